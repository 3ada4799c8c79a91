"""Lines of a cell as drawn, put together: a number that a narrow column wrapped is one number again."""

from __future__ import annotations

from collections.abc import Iterable

_FIGURES = frozenset("0123456789０１２３４５６７８９")


def joined_lines(lines: Iterable[tuple[str, bool]]) -> str:
    """The text of lines, each with whether it is full: whether no further figure would have fitted on it.

    Inside a number a line is broken only where it is full. A break between figures after a line that is not was
    typed, and stays.
    """
    text, is_wrapped = "", False
    for line, is_full in lines:
        cuts_number = is_wrapped and text[-1:] in _FIGURES and line[:1] in _FIGURES
        text += line if cuts_number or not text else f"\n{line}"
        is_wrapped = is_full and bool(line)
    return text
