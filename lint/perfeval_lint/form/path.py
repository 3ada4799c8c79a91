"""Paths on a form as findings, doubts and edits write them: 绩效指标[3].得分, 总分.得分, 项目名称."""

from __future__ import annotations

import re
from typing import NamedTuple

PATTERN = r"(?s)([^\[.]+)(?:\[([0-9]{1,9})\])?(?:\.(.+))?"  # section, row, field; as Python and DuckDB both read it
_PATH = re.compile(PATTERN)


class FormPath(NamedTuple):
    """The parts of a path: a section's key or a top-level field, the row (0-based) and the field, where it has them."""

    section: str
    row: int | None = None
    field: str | None = None

    def __str__(self) -> str:
        row = "" if self.row is None else f"[{self.row}]"
        return self.section + row + ("" if self.field is None else f".{self.field}")


def row_of(path: str) -> str:
    """The path of a field's row: 绩效指标[3] of 绩效指标[3].得分; of one that is in no row, its section or itself."""
    return path.partition(".")[0]


def parsed(text: str) -> FormPath | None:
    """The parts of a path; None for a text that is none."""
    found = _PATH.fullmatch(text)
    if found is None:
        return None
    section, row, field = found.groups()
    return FormPath(section, None if row is None else int(row), field)
