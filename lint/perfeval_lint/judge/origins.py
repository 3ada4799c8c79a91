"""出处: the place of every cell of a row in its file, as one text that SQL can split.

A line a cell, in the order of the table's columns, then the row itself; in 表 also the sections, in the order of the
form. A cell that is not on the form has an empty line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from perfeval_lint.form.definition import (
    DOUBTS,
    EXPECTED_OF_TOTAL,
    FUNDS,
    SECTIONS,
    SLIPS_TABLE,
    TOTAL,
    UNKNOWN_TABLE,
    columns_of,
)
from perfeval_lint.form.model import Form, Record
from perfeval_lint.form.origin import Origin, Position
from perfeval_lint.judge.tables import Cell, printed, rows_of, section_of
from perfeval_lint.sql.columns import PARENT, has_place

_SECTION_KEYS = tuple(section.key for section in SECTIONS if section.key)


def origins_of(forms: Sequence[Form], table: str) -> list[str]:
    """Returns the 出处 of every row of a table, in the order of the rows."""
    if table == PARENT:
        return [_lines(_of_root(form)) for form in forms]
    if table == UNKNOWN_TABLE:
        return [_short(unknown.origin) for form in forms for unknown in form.unknown]
    section = DOUBTS if table == DOUBTS.table else section_of(table)
    names = [field.name for field in section.fields]
    return [_row(record, names) for form in forms for record in form.rows(section)]


def as_read(forms: Sequence[Form]) -> dict[str, dict[str, list[Cell]]]:
    """Returns the rows of every table and of 存疑 as read, column by column, each with its 出处."""
    tables = printed(forms) | {DOUBTS.table: rows_of(forms, DOUBTS)}
    return {table: {**columns, "出处": [*origins_of(forms, table)]} for table, columns in tables.items()}


def _of_root(form: Form) -> Iterator[Origin | None]:
    totals = form.rows(TOTAL)
    for column in columns_of(PARENT):
        rows = totals if column.section is TOTAL else (form.root,)
        own = rows[0].place(column.field.name) if rows else None
        yield own or (form.places.get(TOTAL.key) if column.section is TOTAL else None)
    yield form.root.origin
    for key in _SECTION_KEYS:
        yield form.places.get(key)


def _row(record: Record, names: Iterable[str]) -> str:
    return _lines(record.place(name) for name in (*names, "")) + _short(record.origin)


def _lines(origins: Iterable[Origin | None]) -> str:
    return "\n".join("" if origin is None else _short(origin) for origin in origins)


def _short(origin: Origin) -> str:
    if origin.__class__ is Position:  # nearly every one of a large audit
        return f"{origin[0]}:{origin[1]}"
    return origin.short.replace("\n", " ")


def origin_sql(table: str, at: str, origins: str = "出处") -> str:
    """Returns the SQL of the place of a cell or section, taken from 出处: that of the row where the cell is not on the
    form, NULL where the row has none."""
    if table in (UNKNOWN_TABLE, SLIPS_TABLE):
        return f"nullif({origins}, '')"
    columns = [column.name for column in columns_of(table)]
    lines = [*columns, "", *(_SECTION_KEYS if table == PARENT else ())]
    own = lines.index("") + 1
    if at not in lines:  # a section, seen from a row: the row is the nearest place known
        return f"nullif(split_part({origins}, E'\\n', {own}), '')"
    line = lines.index(at) + 1
    return (
        f"coalesce(nullif(split_part({origins}, E'\\n', {line}), ''), nullif(split_part({origins}, E'\\n', {own}), ''))"
    )


def places_sql(origins: str) -> str:
    """The columns that say whether a fund row's form has a place for what a total must say, out of 出处; a row of which
    nothing is known is that of an exported table, which has them all."""
    names = [column.name for column in columns_of(FUNDS.table)]
    lines = {name: f"split_part({origins}, E'\\n', {names.index(name) + 1})" for name in EXPECTED_OF_TOTAL}
    return ", ".join(f"{origins} IS NULL OR {line} <> '' AS {has_place(name)}" for name, line in lines.items())
