"""Why a check could not be judged: which value of which row, what is unclear about it, and how to write it.

What is to blame is decided in SQL, by the same expressions for one form and for a batch: of an indicator by its derived
column 未判原因, of other rows by the first input that is no number or blank. The words are those of undecided.yaml.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from perfeval_lint.form.definition import INDICATORS, TABLES, Kind, columns_of
from perfeval_lint.form.model import Form
from perfeval_lint.judge.outcome import Undecided
from perfeval_lint.judge.tell.place import locate
from perfeval_lint.judge.tell.quote import shown_as
from perfeval_lint.judge.tell.wording import filled
from perfeval_lint.judge.threads import Cursors
from perfeval_lint.rule.compile.query import Check, inputs, label_of, placeholders_of
from perfeval_lint.rule.compile.rewrite import rewrite
from perfeval_lint.rule.compile.staging import own_changes, sources
from perfeval_lint.rule.model import Definitions
from perfeval_lint.sql.columns import PARENT, READINGS, base_columns
from perfeval_lint.sql.text import identifier, literal

REASON: Final = "未判原因"
# What an audit keeps of a check that could not be judged: the cause, the cell that is to blame (its part of the form,
# row, field, path and words, its place in the file, what stands in it), what is unclear about it, how to write it.
WHY: Final = {
    **dict.fromkeys(("原因", "值部分"), "VARCHAR"),
    "值行号": "UINTEGER",
    **dict.fromkeys(("值字段", "值路径", "值所指", "值所在", "值", "说明", "改法"), "VARCHAR"),
}
VALUE: Final = "值"  # in the words of a cell: what stands in it
_REASON = '"@由"'  # REASON, reckoned for the rows that are told
_OTHERWISE = "不能比"
PAIR, CELL = "指标", "格"  # the parts of undecided.yaml: of target and result, and of cells by themselves
_PAIR = frozenset(("年度指标值", "实际完成值"))
_UNREAD = {Kind.NUMBER: "读不出数", Kind.RATE: "读不出比率", Kind.YEAR: "读不出年份", Kind.DATE: "读不出日期"}
_BLANK = {Kind.NUMBER: "没有填数", Kind.RATE: "没有填数"}


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a cause, with {placeholders}; `at` is the cell of an indicator it is about."""

    message: str
    help: str
    at: str = ""

    @property
    def placeholders(self) -> set[str]:
        """The columns the words quote."""
        return {*placeholders_of(self.message), *placeholders_of(self.help)}


@dataclass(frozen=True, slots=True)
class Suspect:
    """A cell of a table that may be to blame, and for what; `test` is SQL over the rows of that table."""

    cause: str
    table: str
    column: str
    test: str
    words: Words

    @property
    def key(self) -> str:
        """What `blame_sql` calls it."""
        return f"{self.cause} {self.column}"

    @property
    def text(self) -> str:
        """The column of what stands in the cell."""
        return _printed(self.table, self.column)


@cache
def words_of(part: str) -> Mapping[str, Words]:
    """The words of undecided.yaml by cause: of indicators compared (指标), or of cells (格)."""
    import yaml

    text = Path(__file__).with_name("undecided.yaml").read_text("utf-8")
    content = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return {cause: Words(**words) for cause, words in content[part].items()}


# --- what may be to blame -------------------------------------------------------------------------


def columns_for_reasons(definitions: Definitions, checks: Iterable[Check]) -> list[tuple[str, str]]:
    """The (table, column) pairs that must be there so that checks can say why they were not judged."""
    reason = definitions.columns.get((INDICATORS.table, REASON))
    return [*sources(reason)] if reason is not None and compare(definitions, checks) else []


def compare(definitions: Definitions, checks: Iterable[Check]) -> bool:
    """Whether some of the checks read target or result of an indicator."""
    return any(_compared(definitions, check) for check in checks)


def row_suspects(definitions: Definitions, check: Check) -> Iterator[Suspect]:
    """The cells of the row itself, in the order in which they are to blame."""
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
    """Cells of other rows of the form, each with the column of the row judged that is NULL where they are to blame."""
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
    """Which of target and result a check reads, as fields."""
    if check.table != INDICATORS.table:
        return frozenset()
    return frozenset(
        field
        for item in inputs(definitions, check)
        if item.column in READINGS
        for field in READINGS[item.column].fields
    )


def _own_cells(definitions: Definitions, check: Check) -> list[str]:
    """The cells of its own row a check reads."""
    found: dict[str, None] = {}
    for item in inputs(definitions, check):
        is_reading = check.table == INDICATORS.table and item.column in READINGS
        names = READINGS[item.column].fields if is_reading else (item.column.removesuffix("原文"),)
        found |= dict.fromkeys(names)
    return list(found)


def _unread(table: str, column: str) -> Iterator[Suspect]:
    """A cell that should be a number, a year or a day and is none."""
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
    """The key of the suspect of the row itself that is to blame; NULL where there is none."""
    cases = "".join(f" WHEN {one.test} THEN {literal(one.key)}" for one in row_suspects(definitions, check))
    return f"CASE{cases} END" if cases else "CAST(NULL AS VARCHAR)"


def with_reason(definitions: Definitions, checks: Iterable[Check], rows: str) -> str:
    """`rows` of a table with what `blame_sql` of the checks needs beside its columns."""
    if not compare(definitions, checks):
        return rows
    is_known = (INDICATORS.table, REASON) in definitions.columns
    reason = quoted_sql(definitions, REASON) if is_known else "CAST(NULL AS VARCHAR)"
    return f"(SELECT *, {reason} AS {_REASON} FROM {rows})"


def quoted_sql(definitions: Definitions, name: str) -> str:
    """A column of indicators as SQL; a derived one is reckoned where it is asked for, from columns that are there."""
    derived = definitions.columns.get((INDICATORS.table, name))
    if derived is None:
        return identifier(name)
    return f"TRY({rewrite(derived.body, own_changes(definitions, derived.body, INDICATORS.table))}\n)"


def values_for(definitions: Definitions, number: int, check: Check) -> dict[str, str]:
    """What `Reasons.of` needs of a row, as SQL by name; `number` is the check's."""
    needed = {f"{number}.因": blame_sql(definitions, check)}
    for suspect in row_suspects(definitions, check):
        names = suspect.words.placeholders - {VALUE}
        needed |= {_value_name(suspect, name): quoted_sql(definitions, name) for name in names}
        needed[_value_name(suspect, VALUE)] = identifier(suspect.text)
    return needed


def _value_name(suspect: Suspect, name: str) -> str:
    return f"因.{suspect.column if name == VALUE else name}"


# --- of one form ----------------------------------------------------------------------------------


class Reasons:
    """Says of checks on the forms of a batch why they could not be judged; what it has looked up is kept.

    `final` gives the tables of the batch by name.
    """

    def __init__(
        self, definitions: Definitions, forms: Sequence[Form], final: Mapping[str, str], cursors: Cursors
    ) -> None:
        self._definitions = definitions
        self._forms = forms
        self._final = final
        self._cursors = cursors
        self._own: dict[tuple[str, int], Mapping[str, Suspect]] = {}
        self._far: dict[tuple[str, str], dict[int, tuple[int, str]]] = {}

    def of(self, check: Check, number: int, form: int, row: int, values: Mapping[str, Any]) -> Undecided | None:
        """The cell that is to blame; `number` is the check's among those of its table, `values` are those of
        `values_for` and the check's inputs. None where there is no such cell."""
        own = self._suspects(check, number).get(values.get(f"{number}.因") or "")
        if own is not None:
            names = (*own.words.placeholders, VALUE)
            return self._said(own, form, row, {name: values.get(_value_name(own, name)) for name in names})
        for column, suspect in far_suspects(self._definitions, check) if values else ():
            found = self._elsewhere(suspect).get(form) if values.get(column) is None else None
            if found is not None:
                return self._said(suspect, form, found[0], {VALUE: found[1]})
        return None

    def _suspects(self, check: Check, number: int) -> Mapping[str, Suspect]:
        key = (check.table, number)
        if key not in self._own:
            self._own[key] = {one.key: one for one in row_suspects(self._definitions, check)}
        return self._own[key]

    def _elsewhere(self, suspect: Suspect) -> dict[int, tuple[int, str]]:
        """The first row of every form that a suspect cell of another row is in, and what stands there."""
        key = (suspect.table, suspect.key)
        if key not in self._far:
            text = identifier(suspect.text)
            sql = (
                f"SELECT 表号, min(行号), arg_min({text}, 行号) FROM {self._final[suspect.table]} "
                f"WHERE {suspect.test} GROUP BY 表号"
            )
            with self._cursors.one() as cursor:
                self._far[key] = {form: (row, text) for form, row, text in cursor.execute(sql).fetchall()}
        return self._far[key]

    def _said(self, suspect: Suspect, form: int, row: int, quoted: Mapping[str, Any]) -> Undecided:
        words = {name: shown_as(value) for name, value in quoted.items()}
        message, remedy = filled(suspect.words.message, words), filled(suspect.words.help, words)
        place = locate(self._forms[form], suspect.table, row, suspect.column)
        return Undecided(suspect.cause, place, quoted[VALUE], message, remedy)
