"""Letters that are not read, in Word files and workbooks alike: whether a colour is seen, how a text is quoted."""

from __future__ import annotations

import re
from functools import lru_cache

WHOLLY_STRUCK = "单元格里的“{}”整个划掉了，没有读入；仍然有效的请去掉删除线"
PICTURED = "单元格里是图片，图片里的内容没有读入；请核对"
WHITE, BLACK = "FFFFFF", "000000"
_RGB = re.compile(r"[0-9A-F]{6}")
_NEAR = 16  # of 255, in each of red, green and blue: nobody sees a difference
_PALE = 200  # of 255, as bright as the eye takes it: white, yellow, the lightest greys
_LONGEST = 30


@lru_cache(maxsize=1024)
def is_same(colour: str, ground: str) -> bool:
    """Returns whether two colours, RRGGBB or as the file names them, look the same; False where one is not known."""
    if colour == ground:
        return colour != ""
    if not (_RGB.fullmatch(colour) and _RGB.fullmatch(ground)):
        return False
    return all(abs(int(colour[at : at + 2], 16) - int(ground[at : at + 2], 16)) <= _NEAR for at in (0, 2, 4))


def is_pale(colour: str) -> bool:
    """Returns whether letters in a colour, RRGGBB, are hard to see on a light ground."""
    if not _RGB.fullmatch(colour):
        return False
    red, green, blue = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
    return 0.3 * red + 0.59 * green + 0.11 * blue > _PALE


def short(text: str) -> str:
    """A text as a message quotes it."""
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1] + "…"
