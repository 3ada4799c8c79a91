"""The facts of a cell, each read by Python as on paper and by SQL as in a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from perfeval_lint.letters import folded
from perfeval_lint.recognise.words.template import shipped_templates
from perfeval_lint.values.day import as_date, date_sql
from perfeval_lint.values.grade import grade_in, grade_sql
from perfeval_lint.values.money import UNITS, in_ten_thousands, in_ten_thousands_sql
from perfeval_lint.values.name import source_name, source_name_sql, without_prompt, without_prompt_sql
from perfeval_lint.values.number import as_number, as_weight, number_sql, score_of, score_sql, weight_sql
from perfeval_lint.values.target import joined_target, sign_sql, target_sql
from perfeval_lint.values.text import clean, person_sql, text_sql
from perfeval_lint.values.year import year_in, year_sql

VARCHAR = "VARCHAR"
is_blank = shipped_templates().all[0].vocabulary.is_blank


@dataclass(frozen=True, slots=True)
class Fact:
    """What a cell is read as: by Python where it is not blank, and by SQL from a column of text.

    Readers fold look-alike letters before recognition sees them, but for names of people.
    """

    python: Callable[[str], str | None]
    sql: Callable[[str, str], str]
    is_folded: bool = True

    def on_paper(self, cell: str) -> str | None:
        """The value of a cell on paper; None for a blank one."""
        seen = folded(cell) if self.is_folded else cell
        return None if is_blank(seen) else self.python(seen)

    def in_table(self, cells: Sequence[str]) -> list[str | None]:
        """The values of cells in a table."""
        return queried(self.sql("a", VARCHAR), cells)


def _money(unit: str) -> Fact:
    return Fact(
        lambda text: in_ten_thousands(text, unit), lambda column, kind: in_ten_thousands_sql(column, kind, unit)
    )


FACTS: Mapping[str, Fact] = {
    "text": Fact(clean, text_sql),
    "person": Fact(clean, person_sql, is_folded=False),
    "name": Fact(
        lambda text: without_prompt(clean(text)), lambda column, kind: without_prompt_sql(text_sql(column, kind))
    ),
    "source": Fact(source_name, source_name_sql),
    "number": Fact(as_number, number_sql),
    "weight": Fact(as_weight, weight_sql),
    "score": Fact(score_of, score_sql),
    "grade": Fact(lambda text: grade_in(text) or clean(text), grade_sql),
    "day": Fact(lambda text: as_date(text) or None, date_sql),
    "year": Fact(lambda text: year_in(text) or clean(text), year_sql),
    **{unit: _money(unit) for unit in UNITS},
}

TARGET_SQL = target_sql(sign_sql("a", VARCHAR, {}), text_sql("b", VARCHAR), text_sql("c", VARCHAR))
"""The target of the columns a, b and c: operator, value, unit."""


def target_on_paper(sign: str, value: str, unit: str) -> str | None:
    """The target of three cells on paper; None where there is no value."""
    sign, value, unit = ("" if is_blank(cell) else clean(cell) for cell in map(folded, (sign, value, unit)))
    return joined_target(sign, value, unit) if value else None


def queried(expression: str, *columns: Sequence[str]) -> list[str | None]:
    """The values of an expression over columns of cells a, b and c."""
    items = ", ".join(f"unnest(${number}::VARCHAR[]) AS {name}" for number, name in enumerate("abc"[: len(columns)], 1))
    rows = duckdb.execute(f"SELECT {expression} FROM (SELECT {items})", [list(column) for column in columns]).fetchall()
    return [value for (value,) in rows]
