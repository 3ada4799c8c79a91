"""The look of the text of an element of a web page, as far as it decides whether the text is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

_MOST_RULES = 200_000  # characters of style sheets; those of more are not looked into
_MOST_KEPT = 1_000  # looks of a page that are kept
_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_FOR_SOME = re.compile(r"@[^{};]*+(?:;|\{(?:[^{}]++|\{[^{}]*+\})*+\})")  # of @media print and the like
_RULE = re.compile(r"([^{}]*+)\{([^{}]*+)\}")
_BY_CLASS = re.compile(r"[A-Za-z0-9]*\.([\w-]+)")
_DECLARED = re.compile(r"([\w-]+)\s*:\s*([^;]*)")
_NAME = re.compile(r"[\w-]+")
_ANY_CLASS = re.compile(r"\.([\w-]+)")
_SETS_LOOK = re.compile(
    r"display|visibility|mso-hide|opacity|text-decoration|vertical-align|color|text-raise|font-size\s*:\s*0|:\s*-[0-9]",
    re.IGNORECASE,
)
_NOTHING = re.compile(r"0+(?:\.0*)?(?:%|[a-z]{2,3})?")
_FAR = re.compile(r"-[0-9]{3,}(?:\.[0-9]*)?(?:px|pt|em)?")  # out of the page
_LENGTH_UP = re.compile(r"[0-9.]*[1-9][0-9.]*(?:px|pt|em|ex|%)")
_BLOCK = frozenset(("block", "flex", "grid", "list-item", "table"))
_LIGHT = r"\s*(?:24[7-9]|25[0-5])\s*"  # white to the eye
_WHITE = re.compile(rf"white|snow|ivory|#fff|#(?:f[7-9a-f]){{3}}|rgb\({_LIGHT},{_LIGHT},{_LIGHT}\)")
_NO_GROUND = re.compile(rf"(?:{_WHITE.pattern}|transparent|none|inherit|initial|unset|auto)?")
_GROUNDS = ("background", "background-color", "background-image")
_PASSING = re.compile(
    r":(?::|hover|focus|active|visited|link|before|after)"
)  # not what is drawn of the element at rest
_BACKGROUND = re.compile(r"background|bgcolor|stylesheet|@import", re.IGNORECASE)

_Declared = Mapping[str, str]


class Look(NamedTuple):
    """The look of text: not shown, struck through, raised, a block of its own, white on a ground that is not known."""

    hidden: bool = False
    struck: bool = False
    raised: bool = False
    block: bool = False
    pale: bool = False


PLAIN = Look()


class Styles:
    """The styles of a page: those of elements themselves, and of rules for one class (`.a`, `td.a`).

    Which of several rules counts is not followed: what rules of other kinds (`.a.open`, `#b .a`) hide, strike or
    raise, `unsure` lists by their selectors, and classes that such rules name are left alone.
    """

    def __init__(self, sheets: Iterable[str], page: str) -> None:
        self._by_class: dict[str, _Declared] = {}
        self.unsure: list[str] = []
        self._looks: dict[tuple[str | None, ...], Look] = {}
        self._grounds: set[str] = set()  # classes and tags that some rule gives a ground
        # Of its own or from elsewhere: white text may be on it.
        self._has_background = _BACKGROUND.search(page) is not None
        rules = "\n".join(sheets)
        if len(rules) > _MOST_RULES:
            return
        unclear: set[str] = set()
        for selector, declared in _rules(rules):
            simple = _BY_CLASS.fullmatch(selector)
            if any(not _NO_GROUND.fullmatch(declared.get(name, "")) for name in _GROUNDS):
                self._grounds.update(_NAME.findall(selector))
            if simple:
                self._by_class[simple[1]] = {**self._by_class.get(simple[1], {}), **declared}
            else:
                unclear.update(_ANY_CLASS.findall(selector))
                self._note_unsure(selector, declared)
        for name in unclear & self._by_class.keys():
            self._note_unsure(f".{name}", self._by_class.pop(name))

    def _note_unsure(self, selector: str, declared: _Declared) -> None:
        if any(self._look(declared)[:3]):
            self.unsure.append(selector)

    def look(self, attributes: Mapping[str, str | None]) -> Look:
        """Returns the look of the text of an element with these attributes."""
        if "hidden" in attributes:
            return Look(hidden=True)
        said = attributes.get("style"), attributes.get("class"), attributes.get("color")
        look = self._looks.get(said)
        if look is None:
            look = self._drawn(*said)
            if len(self._looks) < _MOST_KEPT:
                self._looks[said] = look
        return look

    def _drawn(self, style: str | None, names: str | None, colour: str | None) -> Look:
        declared: dict[str, str] = {"color": colour.strip().lower()} if colour else {}
        if names and self._by_class:
            for name in names.split():
                declared.update(self._by_class.get(name, {}))
        if style and _SETS_LOOK.search(style):
            declared.update(_declared(style))
        look = self._look(declared)
        return PLAIN if look == PLAIN else look

    def has_ground(self, tag: str, attributes: Mapping[str, str | None]) -> bool:
        """Returns whether an element may give its text a ground that is not white."""
        if not self._grounds.isdisjoint((tag, *(attributes.get("class") or "").split())):
            return True
        own = _declared(attributes.get("style") or "")
        said = (
            attributes.get("bgcolor") or "",
            attributes.get("background") or "",
            *(own.get(n, "") for n in _GROUNDS),
        )
        return any(not _NO_GROUND.fullmatch(one.strip().lower()) for one in said)

    def _look(self, declared: _Declared) -> Look:
        lines = declared.get("text-decoration", "") + declared.get("text-decoration-line", "")
        is_white = _WHITE.fullmatch(declared.get("color", "")) is not None
        return Look(
            (is_white and not self._has_background) or _is_hidden(declared),
            "line-through" in lines,
            _is_raised(declared),
            declared.get("display") in _BLOCK,
            is_white and self._has_background,
        )


def _is_hidden(declared: _Declared) -> bool:
    if declared.get("display") == "none" or declared.get("visibility") in ("hidden", "collapse"):
        return True
    if declared.get("mso-hide") == "all" or declared.get("color") == "transparent":
        return True
    if _NOTHING.fullmatch(declared.get("opacity", "")) or _NOTHING.fullmatch(declared.get("font-size", "")):
        return True
    is_placed = declared.get("position") in ("absolute", "fixed")
    sides = ("left", "top", "text-indent") if is_placed else ("text-indent",)
    return any(_FAR.fullmatch(declared.get(side, "")) for side in sides)


def _is_raised(declared: _Declared) -> bool:
    aligned = declared.get("vertical-align", "")
    if aligned.startswith("super") or _LENGTH_UP.fullmatch(aligned):
        return True
    moved = declared.get("top", "") if declared.get("position") == "relative" else ""
    return moved.startswith("-") and _LENGTH_UP.fullmatch(moved[1:]) is not None


def _rules(sheets: str) -> Iterator[tuple[str, _Declared]]:
    """Yields the selectors of rules that change a look, with their declarations; later ones count."""
    for selectors, body in _RULE.findall(_FOR_SOME.sub("", _COMMENT.sub("", sheets))):
        if _SETS_LOOK.search(body) or "background" in body.lower():
            declared = _declared(body)
            for selector in selectors.split(","):
                if not _PASSING.search(selector):
                    yield selector.strip(), declared


def _declared(style: str) -> _Declared:
    """The declarations of a style, in small letters."""
    pairs = _DECLARED.findall(style.lower())
    return {name: value.replace("!important", "").strip() for name, value in pairs}
