"""Marks of markdown in cells and lines, replaced by their meaning."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

from perfeval_lint.read.text.pieces import Piece

# Bold only where nothing else is likely: "每村≥**人，每户**元" is a prompt left as it was.
_STARS = re.compile(r"(?<![\w\\*≥≤≧≦><=])\*\*(?=[^\s*])([^*]*[^\s*\\])\*\*(?![\w*])")
_LINES = re.compile(r"(?<![\w\\])__(?=[^\s_])([^_]*[^\s_\\])__(?!\w)")
_BREAK = re.compile(r"<br\s{0,9}/?>", re.IGNORECASE)
_ESCAPE = re.compile(
    r"\\([!-/:-@\[-`{-~])|(?:\\|[ ]{2,4})?(\n)|"
    rf"({_BREAK.pattern})|(&(?:#\d{{1,7}}|#[xX][0-9a-fA-F]{{1,6}}|[A-Za-z]\w{{1,30}});)",
    re.IGNORECASE,
)
_DASHES = re.compile(r"(?<![\\-])(?:--|---)(?!-)")
_LITERAL = re.compile(r"(?<![A-Za-z0-9:\\])\\n(?![a-z])")
_PANDAS = re.compile(r"\| *(?:NaN|Unnamed: \d{1,4}) *\|")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(?=\S)")
_QUOTE = re.compile(r"\s{0,3}(?:> ?)+")
_QUOTED_TABLE = re.compile(r"\s{0,3}(?:> ?)+(?=[|+])")
_QUOTED = re.compile(r"\s{0,3}>(?: |\Z)")


@dataclass(frozen=True, slots=True)
class Marks:
    """The kinds of marks a text has: those of markdown, "\\n" in two characters for a line break, "---" for a dash."""

    markdown: bool
    literal_breaks: bool = False
    dashes: bool = False

    def cell(self, piece: Piece) -> Piece:
        """A trimmed cell without marks."""
        text = self._plain(piece.text)
        return piece if text is piece.text else piece._replace(text=text.strip())

    def line(self, piece: Piece) -> Piece:
        """A line without marks; a heading begins after its "#"."""
        if not self.markdown:
            return piece
        heading = _HEADING.match(piece.text)
        if heading:
            piece = piece.part(heading.end(), len(piece.text))
        return piece._replace(text=self._plain(piece.text))

    def _plain(self, text: str) -> str:
        if not self.markdown:
            return _BREAK.sub("\n", text) if "<" in text else text
        if "**" in text:
            text = _STARS.sub(r"\1", text)
        if "__" in text:
            text = _LINES.sub(r"\1", text)
        if self.literal_breaks and "\\n" in text:
            text = _LITERAL.sub("\n", text)
        if self.dashes and "--" in text:
            text = _DASHES.sub(lambda found: "—" if len(found[0]) == 3 else "–", text)
        return _ESCAPE.sub(_meaning, text) if any(sign in text for sign in "\\&<\n") else text


def _meaning(found: re.Match[str]) -> str:
    escaped, line_break, tag, entity = found.groups()
    return escaped or ("\n" if line_break or tag else html.unescape(entity).replace("\xa0", " "))


def marks_of(texts: Iterable[str], *, markdown: bool) -> Marks:
    """The marks of a text. "\\n" is a line break where pandas wrote the table, or where no other sign is one."""
    if not markdown:
        return Marks(markdown=False)
    literal = 0
    has_pandas = has_breaks = False
    for text in texts:
        literal += "\\n" in text and _LITERAL.search(text) is not None
        has_pandas = has_pandas or _PANDAS.search(text) is not None
        has_breaks = has_breaks or ("<" in text and _BREAK.search(text) is not None)
    return Marks(markdown=True, literal_breaks=literal > 0 and (has_pandas or (literal > 1 and not has_breaks)))


def unquoted(lines: list[Piece]) -> list[Piece]:
    """Lines without the "> " of a quotation: those of tables, and all where most lines have one."""
    if not any(">" in line.text[:4] for line in lines):
        return lines
    filled = sum(not line.is_blank for line in lines)
    quoted = sum(_QUOTED.match(line.text) is not None for line in lines)
    pattern = _QUOTE if quoted > 0.5 * filled else _QUOTED_TABLE
    return [_without(line, pattern) for line in lines]


def _without(line: Piece, pattern: re.Pattern[str]) -> Piece:
    found = pattern.match(line.text)
    return line.part(found.end(), len(line.text)) if found else line
