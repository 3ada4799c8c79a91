"""The SQL that turns the rows of a table's parts into canonical texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from perfeval_lint.audit.tables.fields import field_sql
from perfeval_lint.audit.tables.plan import AMOUNTS, Part, Plan
from perfeval_lint.audit.tables.source import FILE_BITS, ROW, Place
from perfeval_lint.audit.tables.staging import GONE, KEPT, UNKNOWN
from perfeval_lint.audit.tables.words import ADJUSTED, DELETED, FORMS, FUNDS, ORDER, SIGN, UNIT, shipped_words
from perfeval_lint.form.definition import EXPECTED_OF_TOTAL, FORMAT, Column, Kind, columns_of
from perfeval_lint.sql.text import identifier, literal
from perfeval_lint.values.pieces import listed_sql
from perfeval_lint.values.stored import stored_sql
from perfeval_lint.values.target import sign_sql, target_sql
from perfeval_lint.values.text import text_sql
from perfeval_lint.values.year import year_sql

_PART_BITS: Final = 52
_BETWEEN: Final = "\x1f"  # the columns of a key


def place(number: int) -> str:
    """The place of a row of the part with that number."""
    return f"({number << _PART_BITS} + s.{identifier(ROW)})"


def file_place(number: int, file: int) -> int:
    """The places of the rows of a file of a part, shifted by FILE_BITS."""
    return (number << (_PART_BITS - FILE_BITS)) + file


def key(part: Part, plan: Plan) -> str:
    """The key of the form a row belongs to, as one text; NULL where a column of it is blank."""
    return f" || {literal(_BETWEEN)} || ".join(_key_text(part, name) for name in plan.key)


def _key_text(part: Part, name: str) -> str:
    if name in part.values:
        return literal(part.values[name])
    return year_sql(*_column(part, name)) if name == "年度" else text_sql(*_column(part, name))


def key_shown(text: str) -> str:
    """A key for people."""
    return " ".join(text.split(_BETWEEN))


def shown_key(expression: str, plan: Plan) -> str:
    """SQL for a key with the names of its columns, as the place of a row that has no number."""
    part = plan.of(FORMS)[0]
    names = "、".join(part.columns.get(name, name) for name in plan.key)
    return f"{literal(names + ' ')} || replace({expression}, {literal(_BETWEEN)}, ' ')"


def state(part: Part, plan: Plan) -> str:
    """The state of a row: KEPT, GONE or UNKNOWN."""
    if DELETED not in part.columns:
        return f"{KEPT}::TINYINT"
    words = shipped_words()
    code = f"lower({text_sql(*_column(part, DELETED))})"
    gone = plan.mapping.deleted or words.deleted
    kept = plan.mapping.kept or words.kept
    kept = tuple(one for one in kept if one not in gone)
    return (
        f"(CASE WHEN {code} IN ({listed_sql(gone)}) THEN {GONE} "
        f"WHEN {code} IS NULL OR {code} IN ({listed_sql(kept)}) THEN {KEPT} ELSE {UNKNOWN} END)::TINYINT"
    )


def order(part: Part) -> tuple[str, str]:
    """The order of a form's rows before their place: a number, then a text; both NULL without a column of the order."""
    if ORDER not in part.columns:
        return "NULL::DOUBLE", "NULL::VARCHAR"
    text = text_sql(*_column(part, ORDER))
    return f"TRY_CAST({text} AS DOUBLE)", text


def texts(part: Part, plan: Plan) -> list[str]:
    """The canonical columns of a part's table, in order, as select items."""
    return [f"{_text(part, column, plan)} AS {identifier(column.name)}" for column in columns_of(part.table)]


def _text(part: Part, column: Column, plan: Plan) -> str:
    name = column.name
    if name == "格式":
        return literal(FORMAT)
    if name == "年度指标值" and name not in part.values:
        return _target(part, plan)
    text = _one(part, name, column.field.kind)
    return f"coalesce({text}, {literal(plan.mapping.form)})" if name == "表式" else text


def _one(part: Part, name: str, kind: Kind) -> str:
    if name in part.values:
        return literal(part.values[name])
    if name not in part.columns:
        return "NULL"
    money = (part.money.get(name) or "万元") if part.table == FUNDS and name in AMOUNTS else ""
    return field_sql(*_column(part, name), name, kind, money)


def _target(part: Part, plan: Plan) -> str:
    """The target: the adjusted one where there is one, with its operator and unit from their own columns."""
    aimed = [text_sql(*_column(part, name)) for name in (ADJUSTED, "年度指标值") if name in part.columns]
    value = f"coalesce({', '.join(aimed)})" if aimed else "NULL::VARCHAR"
    if SIGN not in part.columns and UNIT not in part.columns:
        return value
    unit = text_sql(*_column(part, UNIT)) if UNIT in part.columns else "NULL::VARCHAR"
    return target_sql(sign(part, plan), value, unit)


def sign(part: Part, plan: Plan) -> str:
    """The operator of a row, as a sign or a word; NULL where the part has no column of it."""
    if SIGN not in part.columns:
        return "NULL::VARCHAR"
    return sign_sql(*_column(part, SIGN), {**shipped_words().signs, **plan.mapping.signs})


def printed(part: Part, name: str) -> str:
    """A column as it is stored, as text."""
    return stored_sql(*_column(part, name))


def _column(part: Part, name: str) -> tuple[str, str]:
    """The source's column of that canonical name, and its SQL type."""
    column = part.columns[name]
    return f"s.{identifier(column)}", part.source.columns[column]


def origin(part: Part, key_text: str) -> str:
    """出处: the places of a row's columns and of the row itself, a line each; of a form without row numbers its key,
    of other rows nothing."""
    columns = columns_of(part.table)
    where = part.source.place
    if where is None:
        return f"repeat(chr(10), {len(columns)}) || {key_text}" if part.table == FORMS else "NULL"
    row = f"(s.{identifier(ROW)} + {where.first})"
    lines = (_line(part, where, name, row) for name in (*(column.name for column in columns), ""))
    return " || chr(10) || ".join(lines)


def _line(part: Part, where: Place, name: str, row: str) -> str:
    """The place of a column in a row, or of the row itself (""), as SQL; empty for a column that is not there.

    What a fund row must say has that of the row, as in canonical YAML.
    """
    is_of_row = not name or (part.table == FUNDS and name in EXPECTED_OF_TOTAL)
    if where.sheet and name in part.columns:
        return f"{literal(f'{where.sheet}!{where.letters[part.columns[name]]}')} || {row}"
    if not is_of_row:
        return "''"
    return f"{literal(f'{where.sheet}!A')} || {row}" if where.sheet else f"'第' || {row} || '行'"


def union(selects: Iterable[str]) -> str:
    """Several selects as one."""
    return " UNION ALL ".join(selects)
