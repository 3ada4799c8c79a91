"""The cells of a form, and how many of them a converter got right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import zip_longest

from perfeval_lint.form.model import Plain

Cells = dict[str, list[dict[str, str]]]  # a part of the form: its rows: the values by field
PARTS = {"项目资金": "资金来源", "年度总体目标": "", "绩效指标": "三级指标", "总分": ""}
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?%?")
_PRINTED = re.compile(r"^其中:|\([0-9.]+分?\)$")  # printed around the names of fund sources and levels
_NAMES = ("资金来源", "一级指标", "二级指标")


def squeeze(text: str) -> str:
    """A text without white space, full-width letters, digits and brackets made narrow."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def cells_of_form(plain: Mapping[str, Plain]) -> Cells:
    """The values of a form's funds, goal, indicators with their levels, and total; blank ones left out."""
    cells: Cells = {}
    for part in PARTS:
        rows = plain.get(part, [])
        cells[part] = [
            {name: str(text) for name, text in row.items() if str(text).strip()}
            for row in (rows if isinstance(rows, list) else [rows])
            if isinstance(row, dict)
        ]
    return cells


def right(expected: Cells, found: Cells) -> tuple[int, int]:
    """How many cells stand in the found form in the right row and column, and how many there are."""
    hits = sum(
        same(name, text, other.get(name, ""))
        for part, key in PARTS.items()
        for _, row, other in paired(expected[part], found.get(part, []), key)
        for name, text in row.items()
    )
    return hits, sum(len(row) for rows in expected.values() for row in rows)


def paired(
    rows: Sequence[dict[str, str]], others: Sequence[dict[str, str]], key: str
) -> Iterator[tuple[int, dict[str, str], dict[str, str]]]:
    """Rows side by side with the number of the other: those with the same name in order, and those between them by
    their place; an empty one where there is no other."""
    left, right = ([_plain(key, row.get(key, "")) for row in side] for side in (rows, others))
    for _, begin, end, first, last in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        pairs = zip_longest(rows[begin:end], others[first:last], fillvalue={})
        yield from ((number, row, other) for number, (row, other) in enumerate(pairs, first))


def _plain(name: str, text: str) -> str:
    text = squeeze(text)
    return _PRINTED.sub("", text) if name in _NAMES else text


def same(name: str, text: str, other: str) -> bool:
    """Whether two texts say the same; numbers are compared as numbers, 0.966 and 96.6% are one."""
    text, other = _plain(name, text), _plain(name, other)
    return text == other or (
        _NUMBER.fullmatch(text) is not None and _NUMBER.fullmatch(other) is not None and _number(text) == _number(other)
    )


def _number(text: str) -> Decimal:
    return Decimal(text[:-1]) / 100 if text.endswith("%") else Decimal(text)
