"""Turns forms into the columns of the tables rules are judged on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial

from perfeval_lint.form.definition import (
    BY_KEY,
    EXPECTED_OF_TOTAL,
    FUNDS,
    INDICATORS,
    SECTIONS,
    TABLES,
    TOTAL,
    UNKNOWN_TABLE,
    WAIVERS,
    Section,
    Shape,
    columns_of,
)
from perfeval_lint.form.judged import judged_column
from perfeval_lint.form.model import Form, Record, Unknown
from perfeval_lint.judge.threads import Cursors, run_together
from perfeval_lint.rule.compile.staging import Build, Statement
from perfeval_lint.sql.columns import PARENT, READINGS, has_place, raw_columns
from perfeval_lint.sql.text import unnested

Cell = str | int | bool | Decimal | None
Columns = Mapping[str, list[Cell]]
_SECTION_OF = {section.table: section for section in SECTIONS if section.key and section is not TOTAL}


def tabulate(forms: Sequence[Form], year: int) -> Mapping[str, Columns]:
    """Returns every table's raw columns for a batch: 表号 is the form's place in the batch, 行号 that of the row in
    its section.

    `year` is the current year, for rules that must know it.
    """
    tables = printed(forms)
    tables[PARENT] |= {"今年": [year] * len(forms)}
    tables[FUNDS.table] |= _places(forms)
    tables[INDICATORS.table] |= _readings(forms)
    tables[WAIVERS.table] |= {"命中数": [None] * len(tables[WAIVERS.table]["表号"])}
    return tables


def printed(forms: Sequence[Form]) -> dict[str, dict[str, list[Cell]]]:
    """Returns every table's columns as printed on the forms, without those of GIVEN."""
    return {table: _of_root(forms) if table == PARENT else _of_rows(forms, table) for table in TABLES}


def _of_root(forms: Sequence[Form]) -> dict[str, list[Cell]]:
    columns: dict[str, list[Cell]] = {"表号": list(range(len(forms))), "行号": [0] * len(forms)}
    for column in columns_of(PARENT):
        name = column.field.name
        if column.section is TOTAL:
            columns[column.name] = [rows[0].text(name) if (rows := form.rows(TOTAL)) else None for form in forms]
        else:
            columns[column.name] = [form.root.text(name) for form in forms]
    return columns


def _of_rows(forms: Sequence[Form], table: str) -> dict[str, list[Cell]]:
    """Returns the rows of a section, or the unknown keys."""
    if table == UNKNOWN_TABLE:
        return _of_unknown(forms)
    return rows_of(forms, _SECTION_OF[table])


def rows_of(forms: Sequence[Form], section: Section) -> dict[str, list[Cell]]:
    """Returns the rows of one section of a batch of forms, as they are judged. A blank cell is None: rules see no
    difference between blank and absent."""
    batch: list[tuple[Record, ...]] = [form.rows(section) for form in forms]
    columns: dict[str, list[Cell]] = {
        "表号": [number for number, rows in enumerate(batch) for _ in rows],
        "行号": [number for rows in batch for number in range(len(rows))],
    }
    values = [record.values for rows in batch for record in rows]
    for field in section.fields:  # as Record.text(), but a column at a time
        found = [value.get(field.name) for value in values]
        texts = [None if value is None else value[0].strip() or None for value in found]
        columns[field.name] = [*judged_column(field.name, texts)]
    return columns


def _places(forms: Sequence[Form]) -> dict[str, list[Cell]]:
    """Returns, for each fund row, whether its form has the columns that a total must fill in."""
    rows = [record for form in forms for record in form.rows(FUNDS)]
    return {has_place(name): [record.place(name) is not None for record in rows] for name in EXPECTED_OF_TOTAL}


def _readings(forms: Sequence[Form]) -> dict[str, list[Cell]]:
    """Returns the READINGS of the targets and results of the indicators, column by column."""
    from perfeval_lint.judge.readings import reading_row, year_of

    rows = [
        reading_row(record.text("年度指标值"), record.text("实际完成值"), year_of(form))
        for form in forms
        for record in form.rows(INDICATORS)
    ]
    columns = zip(*rows, strict=True) if rows else [() for _ in READINGS]
    return {name: list(column) for name, column in zip(READINGS, columns, strict=True)}


def _of_unknown(forms: Sequence[Form]) -> dict[str, list[Cell]]:
    found = [(number, row, unknown) for number, form in enumerate(forms) for row, unknown in enumerate(form.unknown)]
    return {
        "表号": [number for number, _, _ in found],
        "行号": [row for _, row, _ in found],
        "键": [unknown.key for _, _, unknown in found],
        "相近": [unknown.nearest for _, _, unknown in found],
        "位置": [unknown.section or "顶层" for _, _, unknown in found],
        "路径": [unknown_path(unknown) for _, _, unknown in found],
    }


def unknown_path(unknown: Unknown) -> str:
    """Returns the path of a key that the canonical form does not know."""
    section = BY_KEY.get(unknown.section)
    if section is None:
        return unknown.key
    index = f"[{unknown.row}]" if section.shape is Shape.ROWS else ""
    return f"{section.key}{index}.{unknown.key}"


def load_tables(cursors: Cursors, built: Build, tables: Mapping[str, Columns]) -> None:
    """Builds the tables given, stage by stage, from the raw columns of a batch."""
    for wave in built.waves:
        wanted = [one for one in wave if one.table in tables]
        wanted = [one for one in wanted if tables[one.table]["表号"] or not one.is_leaf]
        run_together([partial(_create, cursors, one, tables[one.table]) for one in wanted])


def _create(cursors: Cursors, statement: Statement, columns: Columns) -> None:
    with cursors.one() as cursor:
        cursor.execute(statement.sql, list(columns.values()) if statement.is_first else None)


def source_sql(table: str, mark: str = "$") -> str:
    """Returns a FROM item that unnests one list parameter a column, $1 and on, in the order of tabulate()."""
    return f"(SELECT {unnested(raw_columns(table), mark)})"


def section_of(table: str) -> Section:
    """Returns the section whose rows a table holds; raises KeyError for 表 and for unknown keys."""
    return _SECTION_OF[table]
