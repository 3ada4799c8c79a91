"""Numbers as a workbook shows them: the number format codes of Excel, applied to a value.

Written here because no kept library does it: ssf (2021) fails with today's Babel, q2numfmt gets dates and fills wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from perfeval_lint.read.sheet.number.date import DATE_TOKENS, show_date
from perfeval_lint.read.sheet.number.digits import Token, show_digits, show_general
from perfeval_lint.read.sheet.number.sense import Shown, number_meant
from perfeval_lint.read.sheet.sheet import MAX_TEXT

_MAX_CODE = 255  # characters, Excel's own limit
_MAX_SIZE = Decimal("1e40")  # a larger number is shown as General: no form holds it
_TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)"
  | [\\!](?P<escaped>.)
  | _(?P<padding>.) | \*(?P<fill>.)
  | \[(?P<bracket>[^\]]*)\]
  | (?P<general>General|G/通用格式)
  | (?P<half>AM/PM|A/P|上午/下午)
  | (?P<exponent>E[+-](?=[0\#?]))
  | (?P<date>y+|m+|d+|h+|s+(?:\.0+)?|a{3,4}|e+)
  | (?P<digit>[0\#?])
  | (?P<mark>[.,%@/])
  | (?P<plain>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_COLOURS = re.compile(
    r"(?i)(black|blue|cyan|green|magenta|red|white|yellow|colou?r ?\d+)|[黑蓝青绿红白黄]色?|洋红色?|颜色\d+"
)
_ELAPSED = re.compile(r"(?i)h+|m+|s+")


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a format code between semicolons."""

    tokens: tuple[Token, ...]
    condition: tuple[str, Decimal] | None = None
    unsure: bool = False

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of the tokens."""
        return frozenset(token.kind for token in self.tokens)


def show_number(value: float, code: str, *, from_1904: bool = False) -> Shown:
    """Returns the text that a cell with this value and format code is read as: what it shows, where that is its number.

    A code that is not understood gives the General format and a doubt.
    """
    shown = _cached_number if len(code) <= _MAX_CODE else _shown_number
    return shown(value, code, from_1904=from_1904)


def _shown_number(value: float, code: str, *, from_1904: bool) -> Shown:
    if value != value or value in (float("inf"), float("-inf")):
        return Shown("", "单元格里的数不是有效的数值；请在表格软件里核对")
    stored = Decimal(f"{value:.15g}")  # Excel works with 15 digits: 508.9500000000001 is 508.95
    if not code.strip():
        return number_meant(show_general(value), stored)
    section, number = _choose(_sections(code), stored)
    text = _render(section, number, from_1904=from_1904) if section and abs(number) < _MAX_SIZE else None
    if section is None or text is None:
        return Shown(show_general(value), f"数字格式“{code[:60]}”无法还原，这里是按常规格式读的；请核对显示的内容")
    if section.kinds & DATE_TOKENS or "system" in section.kinds:
        shown = Shown(text) if text else number_meant(text, stored)
    else:
        shown = number_meant(text, stored)
    doubt = f"数字格式“{code[:60]}”里有无法还原的写法；请核对显示的内容" if section.unsure else ""
    return Shown(shown.text, shown.doubt or doubt)


_cached_number = lru_cache(maxsize=8192, typed=True)(_shown_number)


def show_text(text: str, code: str) -> str:
    """Returns the text a cell shows that holds text: itself, or as the code's text section formats it; "" for ;;;."""
    if code == "@" or len(text) > MAX_TEXT or ("@" not in code and ";" not in code):
        return text
    sections = _sections(code)
    section = next((each for each in reversed(sections) if Token("mark", "@") in each.tokens), None)
    if section is None:  # only a fourth section is for texts without saying so
        section = sections[3] if len(sections) > 3 else None
    if section is None or "general" in section.kinds:
        return text
    parts = (text if token == ("mark", "@") else token.text for token in section.tokens if token.kind != "fill")
    return "".join(parts)


def _sections(code: str) -> tuple[Section, ...]:
    """The sections of a code; none where it is too long or has more than four."""
    return _sections_of_short(code) if len(code) <= _MAX_CODE else ()


@lru_cache(maxsize=1024)
def _sections_of_short(code: str) -> tuple[Section, ...]:
    parts: list[list[re.Match[str]]] = [[]]
    for match in _TOKEN.finditer(code):
        if match["plain"] == ";":
            parts.append([])
        else:
            parts[-1].append(match)
    return tuple(_section(part) for part in parts) if len(parts) <= 4 else ()


def _section(matches: list[re.Match[str]]) -> Section:
    tokens: list[Token] = []
    condition = None
    unsure = False
    for match in matches:
        kind = match.lastgroup or ""
        text = match[kind]
        if kind == "bracket":
            compared = _CONDITION.fullmatch(text)
            condition = (compared[1], Decimal(compared[2])) if compared else condition
            unsure = unsure or not (compared or _add_bracket(tokens, text))
        elif kind in ("quoted", "escaped", "plain"):
            tokens.append(Token("literal", text))
        elif kind not in ("padding", "fill"):
            tokens.append(Token(kind, text))
    return Section(tuple(tokens), condition, unsure)


def _add_bracket(tokens: list[Token], text: str) -> bool:
    """Adds the token of a bracket (a colour, currency, locale, elapsed time); False where it is none of these."""
    if text.upper() in ("$-F800", "$-X-SYSDATE"):  # the system's long date, whatever follows it
        tokens.append(Token("system", "yyyy年m月d日"))
    elif text.startswith("$"):
        tokens.append(Token("literal", text[1:].partition("-")[0]))
    elif _ELAPSED.fullmatch(text):
        tokens.append(Token("elapsed", text.lower()))
    else:
        return _COLOURS.fullmatch(text) is not None
    return True


def _choose(sections: tuple[Section, ...], number: Decimal) -> tuple[Section | None, Decimal]:
    """The section for a number, and the number it shows (without its sign where the section says it)."""
    if not sections:
        return None, number
    numeric = sections[:3]
    if len(numeric) > 1 and Token("mark", "@") in numeric[-1].tokens:
        numeric = numeric[:-1]
    if any(section.condition for section in numeric):
        holding = (section for section in numeric if section.condition and _holds(section.condition, number))
        section = next(holding, numeric[-1])
        if number >= 0:
            return section, number
        # What becomes of the sign is only plain where the section writes it.
        return (section, -number) if Token("literal", "-") in section.tokens else (None, number)
    if len(numeric) == 1 or number > 0:
        return numeric[0], number
    if number < 0:
        return numeric[1], -number
    return numeric[2 if len(numeric) > 2 else 0], number


def _holds(condition: tuple[str, Decimal], number: Decimal) -> bool:
    sign, bound = condition
    return {
        "<": number < bound,
        "<=": number <= bound,
        ">": number > bound,
        ">=": number >= bound,
        "=": number == bound,
        "<>": number != bound,
    }[sign]


def _render(section: Section, number: Decimal, *, from_1904: bool) -> str | None:
    """The text of a number in a section; None where the section cannot be followed."""
    kinds = section.kinds
    if "system" in kinds:
        return show_date([("date", "yyyy"), ("literal", "年"), ("date", "m"), ("literal", "月"), ("date", "d"),
                          ("literal", "日")], number, from_1904=from_1904)  # fmt: skip
    if kinds & DATE_TOKENS:
        return show_date(section.tokens, number, from_1904=from_1904)
    if "general" in kinds or Token("mark", "@") in section.tokens:
        general = show_general(float(number))
        return "".join(
            general if token.kind == "general" or token.text == "@" else token.text for token in section.tokens
        ).strip()
    if "digit" not in kinds:
        return "".join(token.text for token in section.tokens).strip()
    return show_digits(section.tokens, number)
