"""Running text of a web page, with white space as a browser shows it."""

from __future__ import annotations

import re

from perfeval_lint.read.raised import put_together

_SPACES = re.compile("[ \t\n\r\f]+")
# A line break of the source between two Chinese characters is no space: editors wrap there at any place.
_WRAPPED = re.compile("(?<=[\u3000-\u9fff\uff00-\uffee])[ \t]*[\r\n][ \t\r\n]*(?=[\u3000-\u9fff\uff00-\uffee])")
_FINE = str.maketrans({"\xa0": " ", "\u200b": None, "\ufeff": None, "\xad": None, "\0": None})


class Flow:
    """Collects the text of a block of a page into lines; `raised` says whether the text that comes next is.

    `doubt` says why a line may be wrong: a raised figure that may be a note mark or a power. `pictured` where a
    picture is among the text.
    """

    __slots__ = ("_parts", "_pending", "_raised", "_used", "doubt", "lines", "pictured", "raised")

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.doubt = ""
        self.raised = False
        self.pictured = False
        self._parts: list[str] = []
        self._raised: set[int] = set()  # places among the parts
        self._pending = False  # a space, shown only if more text follows on the line
        self._used = False

    def write(self, text: str) -> None:
        """Adds text in which white space counts for nothing but one space between words."""
        if "\n" in text or "\r" in text:
            text = _WRAPPED.sub("", text)
        text = _SPACES.sub(" ", text)
        if text == " ":
            self._pending = True
            return
        if not text:
            return
        if self._used and (self._pending or text[0] == " "):
            self._parts.append(" ")
        if self.raised:
            self._raised.add(len(self._parts))
        self._parts.append(text.strip(" "))
        self._pending = text[-1] == " "
        self._used = True

    def write_joined(self, text: str) -> None:
        """Adds text with no space before it."""
        self._pending = False
        self.write(text)

    def write_kept(self, text: str) -> None:
        """Adds text whose line breaks and spaces are shown as written (pre, textarea)."""
        first, *rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._keep(first)
        for line in rest:
            self.new_line()
            self._keep(line)

    def _keep(self, text: str) -> None:
        if text:
            if self.raised:
                self._raised.add(len(self._parts))
            self._parts.append(f" {text}" if self._used and self._pending else text)
            self._pending, self._used = False, True

    def new_line(self) -> None:
        """Ends the line, even an empty one, as <br> does."""
        text = "".join(self._parts)
        if self._raised:
            text, doubt = put_together((part, place in self._raised) for place, part in enumerate(self._parts))
            self.doubt = self.doubt or doubt
            self._raised.clear()
        self.lines.append(text.translate(_FINE))
        self._parts.clear()
        self._pending = self._used = False

    def new_block(self) -> None:
        """Ends the line if it holds anything, as the border of a paragraph does."""
        if self._used:
            self.new_line()
        self._pending = False

    def take(self) -> list[str]:
        """The lines so far; collecting begins anew."""
        self.new_block()
        lines, self.lines = self.lines, []
        return lines
