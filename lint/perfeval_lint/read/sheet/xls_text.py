"""The encoding of the texts of a workbook from before Excel 97, in which a code page says it, often wrongly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

# Code pages by the encoding that holds them: Windows', DOS's and the Macintosh's; others are "cp" and their number.
_ENCODINGS = {
    "gb18030": (936, 10008, 20936, 52936, 54936),
    "big5hkscs": (950, 951, 10002, 20000),
    "cp932": (932, 10001, 20932),
    "cp949": (949, 1361, 10003, 51949),
    "utf-8": (65001,),
    "mac_roman": (10000, 32768),
    "cp1252": (32769,),
    "ascii": (367,),
}
# The Chinese ones, and the sets that list characters by how usual they are, with the bytes the usual ones begin with.
_SIMPLIFIED, _TRADITIONAL = ("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)
_CHINESE = {
    "gb18030": (_SIMPLIFIED,),
    "big5hkscs": (_TRADITIONAL,),
    "utf-8": (_SIMPLIFIED, _TRADITIONAL),
}
_MOST = 0.5  # of the characters beyond ASCII; so many are Chinese where the text is
_LEAST = 0.9  # so many are usual ones where Chinese is read in the encoding it was written in
RAW = "latin_1"  # with which every byte is a character


def encoding_of(code_page: int | None, texts: Iterable[str]) -> str:
    """The encoding of a workbook's `texts`, which were read as RAW; "" where it is not known.

    Programs name a Western code page, a Macintosh's or none for Chinese, so the texts decide: the Chinese encoding in
    which they are usual Chinese, else the one named.
    """
    data = [text.encode(RAW) for text in texts if not text.isascii()]
    if not data:
        return "ascii"
    named = _named(code_page)
    chinese = sorted(_CHINESE, key=lambda name: name != named)  # of two that fit as well the one named
    shares = {name: _usual_share(data, name) for name in chinese}
    best = max(chinese, key=lambda name: shares[name])
    if shares[best] > (_MOST if named == best else _LEAST):
        return best
    return named if _decoded(data, named) is not None else ""


def _named(code_page: int | None) -> str:
    listed = (name for name, pages in _ENCODINGS.items() if code_page in pages)
    return next(listed, f"cp{code_page}")


def _usual_share(data: Sequence[bytes], encoding: str) -> float:
    """The share of usual Chinese characters among the letters beyond ASCII; 0 where it is no text."""
    text = _decoded(data, encoding)
    letters = [letter for letter in text or "" if not letter.isascii() and letter.isalpha()]
    usual = sum(any(_is_usual(letter, *one) for one in _CHINESE[encoding]) for letter in letters)
    return usual / max(len(letters), 1)


def _is_usual(letter: str, name: str, low: int, high: int) -> bool:
    data = letter.encode(name, "ignore")
    return len(data) > 1 and low <= data[0] <= high


def _decoded(data: Sequence[bytes], encoding: str) -> str | None:
    """The texts together, None where they are none in that encoding, or there is none of that name."""
    try:
        return "".join(one.decode(encoding) for one in data)
    except (UnicodeError, LookupError):
        return None
