"""整改通知/主管部门/单位.docx: a letter to every unit whose forms have errors or warnings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import duckdb

from perfeval_lint.audit.reports import facts
from perfeval_lint.audit.reports.heads import Head, gathered, words_beside
from perfeval_lint.audit.reports.letter_default import default_template
from perfeval_lint.audit.reports.letter_template import Template
from perfeval_lint.audit.reports.model import LetterWords, Options, Written
from perfeval_lint.audit.reports.names import distinct_names
from perfeval_lint.audit.reports.shapes import Finding, Form, RuleFacts
from perfeval_lint.audit.reports.words import basis_words, help_on, level_words, one_line, project_of
from perfeval_lint.audit.store.temporary import REPORT_FORMS
from perfeval_lint.errors import UsageError
from perfeval_lint.files import written_whole
from perfeval_lint.judge.explained import GUESSES

FOLDER = "整改通知"
_BLANK_DEADLINE = "　　年　　月　　日"
_BLANK_DATE = "　　　　年　　月　　日"


class _Unit(NamedTuple):
    """The sums of a unit for its letter."""

    department: str
    unit: str
    years: str
    forms: int
    faulty: int
    errors: int
    warnings: int
    infos: int


def write(database: duckdb.DuckDBPyConnection, folder: Path, options: Options) -> Written:
    """Writes the letters. Leaves files in the folder that are not of this run, and reports them."""
    template = read_template(options.letters.template)
    units = _units(database)
    target = folder / FOLDER
    rules = {rule.rule: rule for rule in facts.rules(database)}
    departments = distinct_names(unit.department for unit in units.values())
    names = {
        department: distinct_names(unit.unit for unit in units.values() if unit.department == department)
        for department in departments
    }
    written = []
    for (department, name), listed in _by_unit(database, options.limits.letter_findings):
        unit = units[department, name]
        path = target / departments[department] / f"{names[department][name]}.docx"
        rows = list(_rows(list(listed), rules))
        left = unit.errors + unit.warnings - len(rows)
        more = f"另有{left}条因篇幅没有列入清单，请与我们联系。" if left else ""
        values = _values(unit, options.letters) | {"未列说明": more}
        with written_whole(path) as part:
            part.write_bytes(template.letter(values, rows))
        written.append(path)
    return Written(tuple(written), tuple(_remarks(target, written)))


def read_template(path: Path | None) -> Template:
    """Returns the bureau's template, or the shipped one; raises UsageError."""
    if path is None:
        return Template(default_template(), "随带的模板")
    try:
        return Template(path.read_bytes(), str(path))
    except OSError as error:
        raise UsageError(f"打不开整改通知的模板 {path}：{error.strerror}") from None


def _units(database: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], _Unit]:
    rows = database.execute(
        "SELECT 主管部门, 单位, coalesce(string_agg(DISTINCT 年度, '、' ORDER BY 年度), '　　'), count(*), "
        "count(*) FILTER (错误 + 警告 > 0), sum(错误)::BIGINT, sum(警告)::BIGINT, sum(提示)::BIGINT "
        f"FROM {REPORT_FORMS} GROUP BY 主管部门, 单位 HAVING sum(错误 + 警告) > 0 ORDER BY 主管部门, 单位"
    ).fetchall()
    return {(row[0], row[1]): _Unit._make(row) for row in rows}


def _by_unit(
    database: duckdb.DuckDBPyConnection, most: int
) -> Iterator[tuple[tuple[str, str], Iterator[tuple[Finding, Form]]]]:
    listed = facts.findings_to_mend(database, most)
    return groupby(listed, key=lambda one: (one[1].department, one[1].unit))


def _values(unit: _Unit, words: LetterWords) -> dict[str, str]:
    return {
        "主管部门": unit.department,
        "单位": unit.unit,
        "年度": unit.years,
        "张数": str(unit.forms),
        "有问题张数": str(unit.faulty),
        "问题数": str(unit.errors + unit.warnings),
        "错误数": str(unit.errors),
        "警告数": str(unit.warnings),
        "提示数": str(unit.infos),
        "期限": words.deadline or _BLANK_DEADLINE,
        "发文单位": words.sender,
        "日期": words.date or _BLANK_DATE,
    }


def _rows(listed: Sequence[tuple[Finding, Form]], rules: Mapping[str, RuleFacts]) -> Iterator[dict[str, str]]:
    """Yields the values of each head of a unit."""
    forms = {form.order: form for _, form in listed}
    for number, head in enumerate(gathered(finding for finding, _ in listed), start=1):
        yield _row(number, head, forms[head.finding.form], rules[head.finding.rule])


def _row(number: int, head: Head, form: Form, rule: RuleFacts) -> dict[str, str]:
    finding = head.finding
    place = f"（{finding.place}）" if finding.place else ""
    return {
        "问题.序号": str(number),
        "问题.年度": form.year or "",
        "问题.项目": project_of(form),
        "问题.表式": one_line(form.kind),
        "问题.级别": level_words(finding.level),
        "问题.规则": finding.rule,
        "问题.位置": f"{finding.words or ''}{place}",
        "问题.内容": "\n".join(_content(head)),
        "问题.改法": help_on(finding, rule) or "",
        "问题.依据": basis_words(rule) or "",
        "问题.文件": form.file,
    }


def _without_guess(message: str) -> str:
    """Returns a message that asks to check instead of saying what may have been meant: a letter does not guess."""
    for guess in GUESSES:
        said, found, _ = message.partition(guess)
        message = f"{said}，请核对" if found else message
    return message


def _content(head: Head) -> Iterator[str]:
    """Yields what is wrong, where else it is, and what else comes of it."""
    yield _without_guess(one_line(head.finding.message))
    if head.places:
        places = "、".join(words_beside(one, head.finding) for one in head.places)
        yield f"另有 {len(head.places)} 处：{places}"
    if head.follows:
        follows = "；".join(f"（{words_beside(one, head.finding)}）{one_line(one.message)}" for one in head.follows)
        yield f"由此带出：{follows}"


def _remarks(folder: Path, written: Sequence[Path]) -> Iterator[str]:
    if not written:
        yield "没有单位的自评表有错误或警告，没有写整改通知"
    others = set(folder.rglob("*.docx")) - set(written)
    if others:
        yield f"{FOLDER} 里另有 {len(others)} 个文件不是这次写的，没有改动；其中的单位可能已经没有问题"
