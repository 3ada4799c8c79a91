"""Text outside a page's own: the unit of money is taken from it, other words of a form are reported."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from perfeval_lint.errors import Problem
from perfeval_lint.read.model import Margin
from perfeval_lint.recognise.rows.context import money_unit
from perfeval_lint.values.text import clean, short

_NOTES = ("脚注", "尾注")
_COLON = re.compile(r"[:：]")
_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?=年|度|[)）]|$)")
_PAGE = re.compile(r"[第共总页码,，/\\|·.\-—－~ 0-9]*|Page[0-9 of/]*", re.IGNORECASE)
_UNIT = re.compile(
    r"[\u4e00-\u9fff（）()]{2,24}"
    r"(?:局|厅|委|委员会|管委会|协会|学会|联合会|基金会|办|办公室|中心|学校|大学|中学|小学|幼儿园|院|政府|街道|公司|集团|所|站|馆"
    r"|处|部|队|社|乡|镇|村|林场|农场|水库)"
)
_GAP = re.compile(r"\s{2,}|[\t\n；;]")


class Outside:
    """The texts outside the pages' own of one file; `units` gathers the units of money its forms were read in."""

    def __init__(self, margins: Sequence[Margin], texts: Iterable[str]) -> None:
        self._margins = tuple(dict.fromkeys(margins))
        self._texts = [clean(text) for text in texts] if margins else []
        self.units: set[str] = set()

    def money(self, sheet: str) -> str:
        """The unit of money that holds wherever no other is printed; "" where none or several are said."""
        margins = [margin for margin in self._margins if margin.sheet in ("", sheet)]
        said = {(unit, margin.holds) for margin in margins if (unit := money_unit(margin.text))}
        return next(iter(said))[0] if len(said) == 1 and next(iter(said))[1] else ""

    def notes(self, file: str) -> Iterator[Problem]:
        """Names what says something of a form and was not read, a sentence a text."""
        for margin in self._margins:
            if self._is_unread(margin):
                message = f"{margin.where}里写有“{short(margin.text)}”，没有读取；是表中内容的，请写到表里再检查"
                yield Problem("left-out", message, file)

    def _is_unread(self, margin: Margin) -> bool:
        if _PAGE.fullmatch(margin.text):
            return False
        unit = money_unit(margin.text)
        if margin.where in _NOTES or (unit and self.units != {unit}):
            return True
        return any(self._says_more(piece) for piece in _GAP.split(margin.text))

    def _says_more(self, text: str) -> bool:
        """Whether a text says something of a form that the file does not say elsewhere too."""
        if money_unit(text):
            return False  # the one that the forms were read in
        label, *values = _COLON.split(clean(text), maxsplit=1)
        year = _YEAR.search(label)
        said = values[0] if values else year.group(1) if year else label if _UNIT.fullmatch(label) else ""
        return bool(said) and not any(said in other for other in self._texts)
