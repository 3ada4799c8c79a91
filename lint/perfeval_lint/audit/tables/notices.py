"""Reports on an import: the sentences for its tallies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from perfeval_lint.audit.tables import rows
from perfeval_lint.audit.tables.load import Imported
from perfeval_lint.audit.tables.plan import Plan, about
from perfeval_lint.audit.tables.tally import Counted, Tally
from perfeval_lint.audit.tables.words import DELETED, FORMS, SIGN, TABLES
from perfeval_lint.errors import Problem, TablesRefused


@dataclass(frozen=True, slots=True)
class _Sentence:
    """`column` is the canonical name of the column it speaks of."""

    code: str
    text: str
    is_note: bool = False
    column: str = ""


_SENTENCES: Final[Mapping[Counted, _Sentence]] = {
    Counted.DELETED_FORMS: _Sentence("deleted", "{count} 张自评表已标为删除，没有读取，如 {key}", is_note=True),
    Counted.FORMS_WITHOUT_KEY: _Sentence("no-key", "{count} 行没有编号，分不清是哪张自评表，没有读取"),
    Counted.REPEATED_KEYS: _Sentence("repeated-key", "{count} 个编号有不止一行，只读第一行，如 {key}"),
    Counted.DIFFERING_FORMS: _Sentence(
        "differing", "{count} 张自评表各行所写的项目、单位等不一样，取第一行的，如 {key}"
    ),
    Counted.DELETED_ROWS: _Sentence("deleted", "{count} 行已标为删除，没有读取", is_note=True),
    Counted.ORPHANS: _Sentence("orphan", "{count} 行不属于任何一张自评表，没有读取，如 {key}"),
    Counted.ROWS_OF_DELETED: _Sentence("deleted", "{count} 行属于已删除的自评表，没有读取，如 {key}", is_note=True),
    Counted.ROWS_WITHOUT_KEY: _Sentence("no-key", "{count} 行没有编号，没有读取"),
    Counted.FORMS_WITHOUT_INDICATORS: _Sentence("no-indicators", "{count} 张自评表没有一行指标，如 {key}"),
    Counted.UNKNOWN_SIGNS: _Sentence(
        "unknown-code",
        "列“{column}”有 {count} 行的值（如“{code}”）认不出，没有用；请在映射里写 signs",
        column=SIGN,
    ),
    Counted.UNKNOWN_CODES: _Sentence(
        "unknown-code",
        "列“{column}”有 {count} 行的值（如“{code}”）认不出，当作没有删除；请在映射里写 deleted",
        column=DELETED,
    ),
}


@dataclass(frozen=True, slots=True)
class Told:
    """The report of an import: `problems` make forms incomplete, `notes` were left out on purpose or assumed."""

    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]


def tell(plan: Plan, done: Imported) -> Told:
    """The report of the import of a whole set; raises TablesRefused where it holds no form."""
    if not done.forms:
        raise TablesRefused([_without_forms(plan), *_of_forms(plan, done.tallies)])
    tallies = _in_order(plan, done.tallies)
    problems = (_said(plan, tally) for tally in tallies if not _SENTENCES[tally.what].is_note)
    notes = (_said(plan, tally) for tally in tallies if _SENTENCES[tally.what].is_note)
    return Told(tuple(problems), (*plan.notes, *notes))


def _without_forms(plan: Plan) -> Problem:
    source = plan.of(FORMS)[0].source
    message = f"{source.shown} 里没有一张自评表：表是空的，或各行都已删除、没有编号"
    return Problem("empty", message, source.file)


def _of_forms(plan: Plan, tallies: Iterable[Tally]) -> Iterable[Problem]:
    """The problems of the forms' own rows."""
    for tally in _in_order(plan, tallies):
        if plan.parts[tally.part].table == FORMS and not _SENTENCES[tally.what].is_note:
            yield _said(plan, tally)


def _in_order(plan: Plan, tallies: Iterable[Tally]) -> list[Tally]:
    return sorted(tallies, key=lambda tally: (TABLES.index(plan.parts[tally.part].table), tally.what, tally.part))


def _said(plan: Plan, tally: Tally) -> Problem:
    part, sentence = plan.parts[tally.part], _SENTENCES[tally.what]
    example = tally.example or ""
    column = part.columns.get(sentence.column, "")
    message = sentence.text.format(count=tally.count, key=rows.key_shown(example), code=example, column=column)
    return Problem(sentence.code, f"{about(part)}：{message}", part.source.file)
