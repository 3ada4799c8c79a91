"""The values that the message and help of a check quote, in Python and in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perfeval_lint.judge.tell.quote import shown_as, shown_sql
from perfeval_lint.judge.tell.wording import template_sql
from perfeval_lint.rule.compile.query import Check, expression_sql, placeholders_of, shown_column
from perfeval_lint.rule.model import FIELD_NAME
from perfeval_lint.sql.text import identifier, literal

_FAILED = "（未能取得）"  # the query of the values itself failed: not the same as an empty cell


def values_in(check: Check) -> dict[str, str]:
    """Returns the values that message and help quote of a row: by name, as SQL over the check's table."""
    found = {}
    for name in placeholders_of(check.rule.templates):
        column = shown_column(check, name)
        if column is not None:
            found[name] = identifier(column)
        elif name in check.rule.values:
            found[name] = f"TRY({expression_sql(check, check.rule.values[name])}\n)"
    return found


def _key(check: Check, number: int, name: str) -> str:
    """Returns the name of a value in a row of several checks: checks share columns, not their named values."""
    return shown_column(check, name) or f"{number}.{name}"


def values_by_key(check: Check, number: int) -> dict[str, str]:
    """Returns the SQL that `quotes_of` needs the values of; `number` is the check's among those of its table."""
    return {_key(check, number, name): sql for name, sql in values_in(check).items()}


def quotes_of(check: Check, number: int, row: Mapping[str, Any]) -> dict[str, str]:
    """Returns the texts that stand for the names in message and help; `row` has the values of `values_by_key`."""
    texts = {}
    for name in placeholders_of(check.rule.templates):
        text = _of_all_rows(check, name)
        texts[name] = shown_as(row.get(_key(check, number, name), _FAILED)) if text is None else text
    return texts


def quotes_sql(check: Check, values: Mapping[str, str], kinds: Mapping[str, str]) -> dict[str, str]:
    """Returns the SQL of `quotes_of`; `values` are those of a row and `kinds` their SQL types, both by name."""
    texts = {name: shown_sql(sql, kinds.get(name, "")) for name, sql in values.items()}
    fixed = {name: _of_all_rows(check, name) for name in placeholders_of(check.rule.templates)}
    return texts | {name: literal(text) for name, text in fixed.items() if text is not None}


def _of_all_rows(check: Check, name: str) -> str | None:
    """Returns the text of a name that stands for the same on every row; None for a value of the row."""
    if name == FIELD_NAME:
        return check.field or ""
    if name in check.rule.params and name not in check.rule.values:
        return shown_as(check.params[name])
    return None


def message_sql(check: Check, quotes: Mapping[str, str]) -> str:
    """Returns the SQL of the message of a check, from those of its quotes."""
    return template_sql(check.rule.message, quotes)


def help_sql(check: Check, quotes: Mapping[str, str]) -> str:
    """Returns the SQL of the help of a check; NULL where the help of the rule is the same for all rows."""
    return template_sql(check.rule.help, quotes) if placeholders_of(check.rule.help) else "NULL"
