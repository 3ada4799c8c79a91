"""How the text of an element of a web page is drawn, as far as that decides whether it is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

_MOST_RULES = 200_000  # characters of style sheets; those of more are not looked into
_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_FOR_SOME = re.compile(r"@[^{};]*+(?:;|\{(?:[^{}]++|\{[^{}]*+\})*+\})")  # of @media print and the like
_RULE = re.compile(r"([^{}]*+)\{([^{}]*+)\}")
_BY_CLASS = re.compile(r"[A-Za-z0-9]*\.([\w-]+)")
_DECLARED = re.compile(r"([\w-]+)\s*:\s*([^;]*)")
_ANY_CLASS = re.compile(r"\.([\w-]+)")
_TELLING = re.compile(r"display|visibility|mso-hide|opacity|text-decoration|vertical-align|color", re.IGNORECASE)
_NOTHING = re.compile(r"0+(?:\.0*)?(?:%|[a-z]{2,3})?")
_WHITE = re.compile(r"white|#fff(?:fff)?|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\)")
_BACKGROUND = re.compile(r"background|bgcolor|stylesheet|@import", re.IGNORECASE)

Declared = Mapping[str, str]


class Look(NamedTuple):
    """Whether text is not shown, struck through, or raised."""

    hidden: bool = False
    struck: bool = False
    raised: bool = False


PLAIN = Look()


class Styles:
    """The styles of a page: those of elements themselves, and of rules for one class (`.a`, `td.a`).

    Classes that other rules name too (`.a.open`, `#b .a`) are left alone: what counts there is not followed.
    """

    def __init__(self, sheets: Iterable[str], page: str) -> None:
        self._by_class: dict[str, Declared] = {}
        self._has_background = (
            _BACKGROUND.search(page) is not None
        )  # of its own or from elsewhere: white text may stand on it
        rules = "\n".join(sheets)
        if len(rules) > _MOST_RULES:
            return
        unclear: set[str] = set()
        for selector, declared in _rules(rules):
            simple = _BY_CLASS.fullmatch(selector)
            if simple:
                self._by_class[simple[1]] = {**self._by_class.get(simple[1], {}), **declared}
            else:
                unclear.update(_ANY_CLASS.findall(selector))
        for name in unclear:
            self._by_class.pop(name, None)

    def look(self, attributes: Mapping[str, str | None]) -> Look:
        """How an element with these attributes draws its text."""
        if "hidden" in attributes:
            return Look(hidden=True)
        style, names = attributes.get("style"), attributes.get("class")
        declared: dict[str, str] = {}
        if names and self._by_class:
            for name in names.split():
                declared.update(self._by_class.get(name, {}))
        if style and _TELLING.search(style):
            declared.update(_declared(style))
        return self._look(declared) if declared else PLAIN

    def _look(self, declared: Declared) -> Look:
        lines = declared.get("text-decoration", "") + declared.get("text-decoration-line", "")
        return Look(
            self._is_hidden(declared), "line-through" in lines, declared.get("vertical-align", "").startswith("super")
        )

    def _is_hidden(self, declared: Declared) -> bool:
        if declared.get("display") == "none" or declared.get("visibility") in ("hidden", "collapse"):
            return True
        if declared.get("mso-hide") == "all" or _NOTHING.fullmatch(declared.get("opacity", "")):
            return True
        return not self._has_background and _WHITE.fullmatch(declared.get("color", "")) is not None


def _rules(sheets: str) -> Iterator[tuple[str, Declared]]:
    """The selectors that have telling rules, with what is declared; later ones count."""
    for selectors, body in _RULE.findall(_FOR_SOME.sub("", _COMMENT.sub("", sheets))):
        if _TELLING.search(body):
            declared = _declared(body)
            for selector in selectors.split(","):
                yield selector.strip(), declared


def _declared(style: str) -> Declared:
    """The declarations of a style, in small letters."""
    pairs = _DECLARED.findall(style.lower())
    return {name: value.replace("!important", "").strip() for name, value in pairs}
