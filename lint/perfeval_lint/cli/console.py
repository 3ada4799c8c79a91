"""rich's console without markup; a closed pipe is left to the caller."""

from __future__ import annotations

import os
from typing import Any, NoReturn

from rich.console import Console
from rich.text import Text

from perfeval_lint.report.wrapping import with_breaks


class _PipeConsole(Console):
    """rich's console, which raises BrokenPipeError instead of exiting with 1; breaks lines as Chinese needs."""

    def print(self, *objects: Any, soft_wrap: bool | None = None, **options: Any) -> None:
        """Prints as rich does, with lines broken where a reader of Chinese expects it."""
        if not soft_wrap:
            objects = tuple(self._broken(one) for one in objects)
        super().print(*objects, soft_wrap=soft_wrap, **options)

    def _broken(self, one: Any) -> Any:
        text = Text(one) if isinstance(one, str) else one
        return with_breaks(text, self.width) if isinstance(text, Text) else one

    def on_broken_pipe(self) -> NoReturn:
        raise BrokenPipeError


def open_console(*, no_color: bool = False) -> Console:
    """Returns a console on standard output; without colour or style if the option or NO_COLOR says so."""
    plain = no_color or bool(os.environ.get("NO_COLOR"))
    return _PipeConsole(color_system=None if plain else "auto", highlight=False, emoji=False, markup=False)
