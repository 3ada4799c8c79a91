"""The terminal as this tool uses it: text is text, and a closed pipe is the caller's to answer."""

from __future__ import annotations

import os
from typing import Any, NoReturn

from rich.console import Console
from rich.text import Text

from perfeval_lint.report.wrapping import with_breaks


class _PipeConsole(Console):
    """rich's console, but for its own answer to a closed pipe (exit status 1) and for where it breaks lines."""

    def print(self, *objects: Any, soft_wrap: bool | None = None, **options: Any) -> None:
        """As rich's; texts are broken where a reader of Chinese expects it."""
        if not soft_wrap:
            objects = tuple(self._broken(one) for one in objects)
        super().print(*objects, soft_wrap=soft_wrap, **options)

    def _broken(self, one: Any) -> Any:
        text = Text(one) if isinstance(one, str) else one
        return with_breaks(text, self.width) if isinstance(text, Text) else one

    def on_broken_pipe(self) -> NoReturn:
        raise BrokenPipeError


def open_console(*, no_color: bool = False) -> Console:
    """Standard output; without colour or style where asked for by the option or by NO_COLOR."""
    plain = no_color or bool(os.environ.get("NO_COLOR"))
    return _PipeConsole(color_system=None if plain else "auto", highlight=False, emoji=False, markup=False)
