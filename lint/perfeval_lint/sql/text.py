"""Pieces of SQL: names, values and lists of parameters."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

Scalar = str | bool | Decimal
Param = Scalar | list[Scalar] | dict[str, Scalar]


def identifier(name: str) -> str:
    """Returns a name quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Param) -> str:
    """Returns a parameter's value as SQL: numbers exact, a mapping as a MAP."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, list):
        return f"[{', '.join(literal(item) for item in value)}]"
    return f"MAP {{{', '.join(f'{literal(key)}: {literal(item)}' for key, item in value.items())}}}"


def unnested(kinds: Mapping[str, str], mark: str = "$") -> str:
    """Returns the items of a SELECT that makes rows of lists: one parameter, $1 and on, for each column of `kinds`."""
    columns = enumerate(kinds.items(), 1)
    return ", ".join(f"unnest({mark}{number}::{kind}[]) AS {identifier(name)}" for number, (name, kind) in columns)
