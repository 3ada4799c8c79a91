"""Formulas of Word (OMML) as a line of text: 3/4, 10⁴, √(x)."""

from __future__ import annotations

import re

from lxml import etree

from perfeval_lint.read.markup import MATH
from perfeval_lint.read.word.names import FALSE, SKIPPED, W, is_on

FORMULA = MATH + "oMath"
_VAL = MATH + "val"
_RAISED = str.maketrans("0123456789+-−－n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻ⁿ")
_POWER = re.compile(r"[-−－+]?[0-9]+|n")
_ONE = re.compile(r"[\w.%]*")  # written in a fraction without brackets
_UNCLEAR = frozenset(
    MATH + name
    for name in ("nary", "m", "eqArr", "limLow", "limUpp", "sPre", "sSubSup", "groupChr", "bar", "borderBox", "acc")
)

_OF_RUN = f"{W}rPr/*"
_NOT_PLAIN = frozenset(W + name for name in ("strike", "dstrike", "vanish", "vertAlign", "position"))


class Formula(str):
    """The text of a formula; `unclear` where it is drawn in a way that a line of text does not show."""

    __slots__ = ("unclear",)
    unclear: bool


def formula(math: etree._Element) -> Formula:
    """The formula below an m:oMath."""
    reader = _Reader()
    text = Formula(reader.inside(math))
    text.unclear = reader.unclear
    return text


class _Reader:
    """Reads one formula."""

    def __init__(self) -> None:
        self.unclear = False

    def inside(self, element: etree._Element | None) -> str:
        """The text of all that an element holds."""
        text = ""
        for child in () if element is None else element:
            piece = self._text(child)
            if child.tag == MATH + "f" and text[-1:].isdigit():
                self.unclear = True  # 1 and a half, or 11 halves
            text += piece
        return text

    def _text(self, element: etree._Element) -> str:
        tag = element.tag
        if tag == MATH + "t" or (tag.endswith("}t") and tag not in SKIPPED):
            return element.text or ""
        if tag in SKIPPED or tag.endswith("Pr"):
            return ""
        special = _PARTS.get(tag)
        if special is not None:
            return special(self, element)
        self.unclear = self.unclear or tag in _UNCLEAR
        return self.inside(element)

    def fraction(self, element: etree._Element) -> str:
        kind = element.find(f"{MATH}fPr/{MATH}type")
        if kind is not None and kind.get(_VAL) == "noBar":
            self.unclear = True
        return "/".join(_bracketed(self.inside(element.find(MATH + part))) for part in ("num", "den"))

    def below(self, element: etree._Element) -> str:
        base, lowered = (self.inside(element.find(MATH + part)) for part in ("e", "sub"))
        self.unclear = self.unclear or (base[-1:].isdigit() and lowered[:1].isdigit())
        return base + lowered

    def run(self, element: etree._Element) -> str:
        self.unclear = self.unclear or any(is_on(each) for each in element.iterfind(_OF_RUN) if each.tag in _NOT_PLAIN)
        return self.inside(element)

    def phantom(self, element: etree._Element) -> str:
        shown = element.find(f"{MATH}phantPr/{MATH}show")
        return "" if shown is not None and shown.get(_VAL) in FALSE else self.inside(element.find(MATH + "e"))

    def power(self, element: etree._Element) -> str:
        base, raised = (self.inside(element.find(MATH + part)) for part in ("e", "sup"))
        if _POWER.fullmatch(raised.strip()):
            return base + raised.strip().translate(_RAISED)
        self.unclear = True
        return base + raised

    def root(self, element: etree._Element) -> str:
        self.unclear = self.unclear or bool(self.inside(element.find(MATH + "deg")).strip())
        return f"√({self.inside(element.find(MATH + 'e'))})"

    def brackets(self, element: etree._Element) -> str:
        begin, end, between = (_sign(element, name) for name in ("begChr", "endChr", "sepChr"))
        return begin + between.join(self.inside(each) for each in element.iterfind(MATH + "e")) + end


_PARTS = {
    MATH + "r": _Reader.run,
    MATH + "f": _Reader.fraction,
    MATH + "sSup": _Reader.power,
    MATH + "sSub": _Reader.below,
    MATH + "rad": _Reader.root,
    MATH + "d": _Reader.brackets,
    MATH + "phant": _Reader.phantom,
}
_SIGNS = {"begChr": "(", "endChr": ")", "sepChr": "|"}


def _sign(brackets: etree._Element, name: str) -> str:
    sign = brackets.find(f"{MATH}dPr/{MATH}{name}")
    return _SIGNS[name] if sign is None else sign.get(_VAL, "")


def _bracketed(text: str) -> str:
    """A part of a fraction: in brackets where it is more than a number or a word."""
    return text if _ONE.fullmatch(text) else f"({text})"
