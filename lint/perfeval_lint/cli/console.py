"""The terminal as this tool uses it: text is text, and a closed pipe is the caller's to answer."""

from __future__ import annotations

import os
from typing import NoReturn

from rich.console import Console


class _PipeConsole(Console):
    """rich's console, but for its own answer to a closed pipe (exit status 1)."""

    def on_broken_pipe(self) -> NoReturn:
        raise BrokenPipeError


def open_console(*, no_color: bool = False) -> Console:
    """Standard output; without colour or style where asked for by the option or by NO_COLOR."""
    plain = no_color or bool(os.environ.get("NO_COLOR"))
    return _PipeConsole(color_system=None if plain else "auto", highlight=False, emoji=False, markup=False)
