"""Pieces of SQL: names, literals, expressions with parts put in, and how a column is named in a table."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from perfeval_lint.rule.model import PARENT, Definitions, Expression, Param, Reference


def identifier(name: str) -> str:
    """A name quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Param) -> str:
    """A parameter's value as SQL: numbers exact, a mapping as a MAP."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, list):
        return f"[{', '.join(literal(item) for item in value)}]"
    return f"MAP {{{', '.join(f'{literal(key)}: {literal(item)}' for key, item in value.items())}}}"


def macro_statements(definitions: Definitions, *, temporary: bool = False) -> str:
    """CREATE MACRO for the whole shared vocabulary, as one script."""
    kind = "TEMP MACRO" if temporary else "MACRO"
    return "".join(
        f"CREATE OR REPLACE {kind} {identifier(macro.name)}({', '.join(map(identifier, macro.arguments))}) AS "
        f"({macro.body.sql}\n);\n"
        for macro in definitions.macros.values()
    )


def rewrite(expression: Expression, changes: Mapping[tuple[int, int], str]) -> str:
    """The SQL text with the given byte ranges (start, length) replaced."""
    data = expression.sql.encode()
    for (start, length), text in sorted(changes.items(), reverse=True):
        data = data[:start] + text.encode() + data[start + length :]
    return data.decode()


def linked(name: str) -> str | None:
    """年度 for the column `表.年度` of a child table; None for any other name."""
    return name.removeprefix(f"{PARENT}.") if name.startswith(f"{PARENT}.") else None


def seen_as(reference: Reference, table: str) -> str:
    """The column a reference stands for in a table: a parent's column is there under `表.x`."""
    is_link = reference.table == PARENT and table != PARENT
    return f"{PARENT}.{reference.name}" if is_link else reference.name
