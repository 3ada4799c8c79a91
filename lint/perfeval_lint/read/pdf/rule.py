"""A line drawn on a page of a PDF."""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """A drawn line: level or upright, at which height (or distance from the left), from where to where, how thick."""

    level: bool
    at: float
    start: float
    end: float
    width: float = 0.0
