"""The cells that may be to blame where a check could not be judged, for one form and for a million alike.

The cell to blame is chosen in SQL: of an indicator by its derived column 未判原因, of other rows by the first input
that is no number or blank. The words are those of undecided.yaml.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from perfeval_lint.form.definition import INDICATORS, TABLES, Kind, columns_of
from perfeval_lint.rule.compile.query import Check, inputs, label_of, placeholders_of
from perfeval_lint.rule.compile.rewrite import rewrite
from perfeval_lint.rule.compile.staging import own_changes, sources
from perfeval_lint.rule.model import Definitions
from perfeval_lint.sql.columns import PARENT, READINGS, base_columns
from perfeval_lint.sql.text import identifier, literal

REASON: Final = "未判原因"
# The columns an audit stores of a check that could not be judged: the cause, the cell to blame (its part of the form,
# row, field, path and words, its place in the file, its text), what is unclear about it, how to write it.
WHY: Final = {
    **dict.fromkeys(("原因", "值部分"), "VARCHAR"),
    "值行号": "UINTEGER",
    **dict.fromkeys(("值字段", "值路径", "值所指", "值所在", "值", "说明", "改法"), "VARCHAR"),
}
VALUE: Final = "值"  # in the words of a cell: its text
_REASON = '"@由"'  # REASON, computed for the rows that are reported
_OTHERWISE = "不能比"
PAIR, CELL = "指标", "格"  # the parts of undecided.yaml: of target and result, and of cells by themselves
_PAIR = frozenset(("年度指标值", "实际完成值"))
_UNREAD = {Kind.NUMBER: "读不出数", Kind.RATE: "读不出比率", Kind.YEAR: "读不出年份", Kind.DATE: "读不出日期"}
_BLANK = {Kind.NUMBER: "没有填数", Kind.RATE: "没有填数"}


@dataclass(frozen=True, slots=True)
class Words:
    """The message and help of a cause, with {placeholders}; `at` is the cell of an indicator it is about."""

    message: str
    help: str
    at: str = ""

    @property
    def placeholders(self) -> set[str]:
        """The columns the words quote."""
        return {*placeholders_of(self.message), *placeholders_of(self.help)}


@dataclass(frozen=True, slots=True)
class Suspect:
    """A cell of a table that may be to blame, and its cause; `test` is SQL over the rows of that table."""

    cause: str
    table: str
    column: str
    test: str
    words: Words

    @property
    def key(self) -> str:
        """Its name in `blame_sql`."""
        return f"{self.cause} {self.column}"

    @property
    def text(self) -> str:
        """The column of the cell's text."""
        return _printed(self.table, self.column)


@cache
def words_of(part: str) -> Mapping[str, Words]:
    """Returns the words of undecided.yaml by cause: of indicators compared (指标), or of cells (格)."""
    import yaml

    text = Path(__file__).with_name("undecided.yaml").read_text("utf-8")
    content = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return {cause: Words(**words) for cause, words in content[part].items()}


# --- what may be to blame -------------------------------------------------------------------------


def columns_for_reasons(definitions: Definitions, checks: Iterable[Check]) -> list[tuple[str, str]]:
    """Returns the (table, column) pairs needed to say why checks were not judged."""
    reason = definitions.columns.get((INDICATORS.table, REASON))
    return [*sources(reason)] if reason is not None and compare(definitions, checks) else []


def compare(definitions: Definitions, checks: Iterable[Check]) -> bool:
    """Returns whether some of the checks read target or result of an indicator."""
    return any(_compared(definitions, check) for check in checks)


def row_suspects(definitions: Definitions, check: Check) -> Iterator[Suspect]:
    """Yields the cells of the row itself, in the order in which they are to blame."""
    fields = _compared(definitions, check)
    words = words_of(PAIR)
    for cause, said in words.items():
        if fields and said.placeholders & _PAIR <= fields:
            yield Suspect(cause, check.table, said.at, f"{_REASON} = {literal(cause)}", said)
    cells = [column for column in _own_cells(definitions, check) if column in _kinds(check.table)]
    yield from (suspect for column in cells for suspect in _unread(check.table, column))
    yield from (_blank(check.table, column) for column in cells)
    if fields == _PAIR:
        yield Suspect(_OTHERWISE, check.table, words[_OTHERWISE].at, "true", words[_OTHERWISE])


def far_suspects(definitions: Definitions, check: Check) -> Iterator[tuple[str, Suspect]]:
    """Yields cells of other rows of the form, each with the column of the row judged that is NULL where they are to
    blame."""
    if _compared(definitions, check):
        return
    for item in inputs(definitions, check):
        if item.column in base_columns(check.table):
            continue
        for table, column in filter(None, map(_cells_by_label().get, item.labels)):
            yield from ((item.column, suspect) for suspect in _unread(table, column))
            if table == PARENT:
                yield item.column, _blank(table, column)


def _compared(definitions: Definitions, check: Check) -> frozenset[str]:
    """Returns the fields of target and result that a check reads."""
    if check.table != INDICATORS.table:
        return frozenset()
    return frozenset(
        field
        for item in inputs(definitions, check)
        if item.column in READINGS
        for field in READINGS[item.column].fields
    )


def _own_cells(definitions: Definitions, check: Check) -> list[str]:
    """Returns the cells of its own row a check reads."""
    found: dict[str, None] = {}
    for item in inputs(definitions, check):
        is_reading = check.table == INDICATORS.table and item.column in READINGS
        names = READINGS[item.column].fields if is_reading else (item.column.removesuffix("原文"),)
        found |= dict.fromkeys(names)
    return list(found)


def _unread(table: str, column: str) -> Iterator[Suspect]:
    """Yields the suspect of a cell that should be a number, a year or a day and is none."""
    cause = _UNREAD.get(_kinds(table)[column])
    if cause is not None:
        name = identifier(column)
        test = f"{name} IS NULL AND {identifier(_printed(table, column))} IS NOT NULL"
        yield Suspect(cause, table, column, test, words_of(CELL)[cause])


def _blank(table: str, column: str) -> Suspect:
    cause = _BLANK.get(_kinds(table)[column], "没有填写")
    return Suspect(cause, table, column, f"{identifier(_printed(table, column))} IS NULL", words_of(CELL)[cause])


@cache
def _kinds(table: str) -> Mapping[str, Kind]:
    return {column.name: column.field.kind for column in columns_of(table)}


def _printed(table: str, column: str) -> str:
    return column if _kinds(table)[column] is Kind.TEXT else f"{column}原文"


@cache
def _cells_by_label() -> Mapping[str, tuple[str, str]]:
    return {label_of(column): (table, column.name) for table in TABLES for column in columns_of(table)}


# --- in SQL ---------------------------------------------------------------------------------------


def blame_sql(definitions: Definitions, check: Check) -> str:
    """Returns the SQL of the key of the row's own suspect that is to blame; NULL where there is none."""
    cases = "".join(f" WHEN {one.test} THEN {literal(one.key)}" for one in row_suspects(definitions, check))
    return f"CASE{cases} END" if cases else "CAST(NULL AS VARCHAR)"


def with_reason(definitions: Definitions, checks: Iterable[Check], rows: str) -> str:
    """Returns the FROM item of `rows` of a table with the column that `blame_sql` of the checks needs besides."""
    if not compare(definitions, checks):
        return rows
    is_known = (INDICATORS.table, REASON) in definitions.columns
    reason = quoted_sql(definitions, REASON) if is_known else "CAST(NULL AS VARCHAR)"
    return f"(SELECT *, {reason} AS {_REASON} FROM {rows})"


def quoted_sql(definitions: Definitions, name: str) -> str:
    """Returns the SQL of a column of indicators; a derived one is computed from the columns it is made of."""
    derived = definitions.columns.get((INDICATORS.table, name))
    if derived is None:
        return identifier(name)
    return f"TRY({rewrite(derived.body, own_changes(definitions, derived.body, INDICATORS.table))}\n)"
