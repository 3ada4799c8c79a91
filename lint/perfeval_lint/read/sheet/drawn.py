"""Letters of a workbook as they are drawn: what is struck out or has the colour of its ground is not read, and said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from perfeval_lint.read.raised import put_together
from perfeval_lint.read.sheet.number.format import show_text
from perfeval_lint.read.sheet.sheet import Content
from perfeval_lint.read.unseen import BLACK, PICTURED, WHITE, WHOLLY_STRUCK, is_same, short

_PICTURE = re.compile(r"=?\s*(?:_xlfn\.)?(?:DISPIMG|IMAGE)\(", re.IGNORECASE)
_SAME_COLOUR = "单元格里的“{}”字色与底色相同，看不见；请核对，并改为看得见的颜色"
NO_STYLE = "文件里没有这一格的格式，数可能不是显示的样子（如 11.9% 读成 0.119）；请用 Excel（WPS）打开核对后另存"
PICTURE = Content("", PICTURED)


class Font(NamedTuple):
    """The properties of a font that change the reading; the colour as RRGGBB, "" where it is not known."""

    raised: bool = False
    struck: bool = False
    colour: str = BLACK


PLAIN = Font()
Piece = tuple[str, Font | None]
"""Letters in one font; None where they have the cell's."""


@dataclass(frozen=True, slots=True)
class Look:
    """The font of a cell, and the colour of its ground, "" where it is not known.

    `unsure` where something else than the style may colour the cell: a conditional format, the style of a table.
    """

    font: Font = PLAIN
    ground: str = WHITE
    unsure: bool = False

    def hides(self, font: Font | None = None) -> bool:
        """Returns whether letters in a font, the cell's own unless said, cannot be seen on the ground."""
        return is_same((font or self.font).colour, self.ground)

    @property
    def is_plain(self) -> bool:
        """Returns whether all of a cell without fonts of its own letters is drawn as written."""
        return not self.font.struck and not self.hides()


PLAIN_LOOK = Look()


def drawn_text(pieces: Sequence[Piece], look: Look) -> Content:
    """A text as it is drawn: note marks, struck and unseen letters left out."""
    if look.is_plain and all(own is None or own == look.font for _, own in pieces):
        return Content("".join([text for text, _ in pieces]))
    kept: list[tuple[str, bool]] = []
    struck, unseen, doubt = "", "", ""
    for text, own in pieces:
        font = own or look.font
        if font.struck:
            struck += text
        elif look.hides(font) and text.strip() and not look.unsure:
            unseen += text
        else:
            kept.append((text, font.raised))
            doubt = doubt or (_SAME_COLOUR.format(short(text)) if look.hides(font) and text.strip() else "")
    text, mark_doubt = put_together(kept)
    if struck.strip() and not text.strip() and not unseen:
        return Content("", WHOLLY_STRUCK.format(short(struck)))
    return Content(text, doubt or mark_doubt, left_out(struck=struck, unseen=unseen))


def drawn_plainly(text: str, look: Look, code: str) -> Content:
    """A text in the font of its cell as it is drawn, in its number format."""
    is_plain = look is PLAIN_LOOK or look.is_plain
    return formatted(Content(text) if is_plain else drawn_text(((text, None),), look), code)


def formatted(content: Content, code: str) -> Content:
    """A text in its number format: one that hides it (;;;) leaves it out, and a picture is no text."""
    if not content.text or code == "General":
        return PICTURE if is_picture(content.text) else content
    if is_picture(content.text):
        return PICTURE
    shown = show_text(content.text, code)
    return content._replace(text=shown) if shown else Content("", "", left_out(unseen=content.text))


def drawn_number(content: Content, look: Look) -> Content:
    """A number as it is drawn: struck out it is not read, unseen it is doubted."""
    if not content.text or look.is_plain:
        return content
    if look.font.struck:
        return Content("", WHOLLY_STRUCK.format(content.text))
    return Content(content.text, content.doubt or _SAME_COLOUR.format(content.text))


def is_picture(text: str) -> bool:
    """Returns whether the text or formula of a cell is a picture put into it (=DISPIMG("ID_…",1) of WPS)."""
    return "(" in text and _PICTURE.match(text) is not None


def left_out(*, struck: str = "", unseen: str = "") -> str:
    """Returns the texts that were left out of a cell, in words; "" where none was."""
    named = ((struck, "划掉的"), (unseen, "看不见的"))
    return "、".join(f"{word}“{short(text)}”" for text, word in named if text.strip())
