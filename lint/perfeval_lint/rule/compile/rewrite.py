"""Replaces parts of expressions, and names columns in a table."""

from __future__ import annotations

from collections.abc import Mapping

from perfeval_lint.rule.model import Expression, Reference
from perfeval_lint.sql.columns import PARENT

Changes = Mapping[tuple[int, int], str]  # what takes the place of byte ranges (start, length) of an expression's text


def rewrite(expression: Expression, changes: Changes) -> str:
    """Returns the SQL text with the given byte ranges replaced."""
    data = expression.sql.encode()
    for (start, length), text in sorted(changes.items(), reverse=True):
        data = data[:start] + text.encode() + data[start + length :]
    return data.decode()


def unchanged(changes: Changes, offset: int) -> int:
    """Returns the place in an expression of a byte of its rewritten text; in a replaced part, where the part begins."""
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
    """Returns 年度 for the column `表.年度` of a child table; None for any other name."""
    return name.removeprefix(f"{PARENT}.") if name.startswith(f"{PARENT}.") else None


def seen_as(reference: Reference, table: str) -> str:
    """Returns the column a reference means in a table: a parent's column is there as `表.x`."""
    is_link = reference.table == PARENT and table != PARENT
    return f"{PARENT}.{reference.name}" if is_link else reference.name
