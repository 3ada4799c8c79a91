"""Pieces of SQL: names, literals, expressions with parts put in, and how a column is named in a table."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from perfeval_lint.rule.model import PARENT, Definitions, Expression, Macro, Param, Reference


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


MACRO_END = "\n);\n"  # what follows the body of a macro in the statement that makes it


def unnested(kinds: Mapping[str, str], mark: str = "$") -> str:
    """The items of a SELECT that makes rows of lists: one parameter, $1 and on, for each column of `kinds`."""
    columns = enumerate(kinds.items(), 1)
    return ", ".join(f"unnest({mark}{number}::{kind}[]) AS {identifier(name)}" for number, (name, kind) in columns)


def macro_statements(definitions: Definitions, *, temporary: bool = False) -> str:
    """CREATE MACRO for the whole shared vocabulary, as one script."""
    return "".join(
        f"{macro_head(one, temporary=temporary)}{one.body.sql}{MACRO_END}" for one in definitions.macros.values()
    )


def macro_head(macro: Macro, *, temporary: bool = False) -> str:
    """The statement that makes a macro, up to its body."""
    kind = "TEMP MACRO" if temporary else "MACRO"
    return f"CREATE OR REPLACE {kind} {identifier(macro.name)}({', '.join(map(identifier, macro.arguments))}) AS ("


Changes = Mapping[tuple[int, int], str]  # what takes the place of byte ranges (start, length) of an expression's text


def rewrite(expression: Expression, changes: Changes) -> str:
    """The SQL text with the given byte ranges replaced."""
    data = expression.sql.encode()
    for (start, length), text in sorted(changes.items(), reverse=True):
        data = data[:start] + text.encode() + data[start + length :]
    return data.decode()


def unchanged(changes: Changes, offset: int) -> int:
    """The byte of the expression that a byte of its rewritten text was; of a part put in, where it begins."""
    grown = 0
    for (start, length), text in sorted(changes.items()):
        size = len(text.encode())
        if offset < start + grown:
            break
        if offset < start + grown + size:
            return start
        grown += size - length
    return offset - grown


def linked(name: str) -> str | None:
    """年度 for the column `表.年度` of a child table; None for any other name."""
    return name.removeprefix(f"{PARENT}.") if name.startswith(f"{PARENT}.") else None


def seen_as(reference: Reference, table: str) -> str:
    """The column a reference stands for in a table: a parent's column is there under `表.x`."""
    is_link = reference.table == PARENT and table != PARENT
    return f"{PARENT}.{reference.name}" if is_link else reference.name
