"""The number behind what a cell shows: a zero drawn as a dash, a sign the format hides, digits cut by an exponent."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from perfeval_lint.read.sheet.number.digits import show_general

_MOST_DIGITS = 15  # that a workbook keeps of a number
_DASHES = re.compile(r"[-—–−－‐]")
_BRACKETS = re.compile(r"([^0-9()（）]*)[(（]\s*([^()（）]*[0-9][^()（）]*?)\s*[)）]([^0-9()（）]*)")
_LOSS_SIGN = re.compile(r"^\s*[−－﹣▲△负]\s*")
_EXPONENT = re.compile(r"-?[0-9](?:\.[0-9]+)?E\+(?:[0-9]{2,3})")
_FROM = Decimal("1e10")  # from here on an exponent hides the digits of a code or a telephone number
_UP_TO = Decimal("1e21")
_HIDDEN = "单元格里存有 {}，数字格式没有把它显示出来；请核对，并改为能看见的格式"
_NO_SIGN = "单元格里存的是负数 {}，数字格式没有显示负号；请核对"
_TOO_LONG = "超过 15 位的数在表格软件里只保留前 15 位，后面的变成了 0；请按文本重新填写"


class Shown(NamedTuple):
    """The text a cell shows; `doubt` says why it may not be that text, "" where it is."""

    text: str
    doubt: str = ""


def number_meant(shown: str, number: Decimal) -> Shown:
    """Returns the text that a cell is read as which shows this one for this number.

    A person takes a dash or an empty cell for zero, brackets for a loss, and an exponent for the digits it abbreviates;
    what a person cannot see (another number behind a blank, a minus) is read as stored and doubted.
    """
    has_digits = any(map(str.isdecimal, shown))
    if not number and not has_digits and (_DASHES.search(shown) or not any(map(str.isalnum, shown))):
        return Shown("0")
    if number and not any(map(str.isalnum, shown)):
        return Shown(show_general(float(number)), _HIDDEN.format(show_general(float(number))))
    doubt = _TOO_LONG if number == number.to_integral() and number.adjusted() + 1 > _MOST_DIGITS else ""
    if _EXPONENT.fullmatch(shown) and _FROM <= abs(number) < _UP_TO and number == number.to_integral():
        return Shown(f"{number:f}", doubt)
    if number < 0 and has_digits:
        return _signed(shown, doubt)
    return Shown(shown, doubt)


def _signed(shown: str, doubt: str) -> Shown:
    """The text of a negative number with its minus; doubted where nothing that is shown says so."""
    bracketed = _BRACKETS.fullmatch(shown)
    if bracketed is not None and "-" not in shown:
        return Shown("-" + "".join(bracketed.groups()).strip(), doubt)
    marked = _LOSS_SIGN.sub("-", shown)
    if "-" in marked:
        return Shown(marked, doubt)
    return Shown("-" + shown, doubt or _NO_SIGN.format("-" + shown))
