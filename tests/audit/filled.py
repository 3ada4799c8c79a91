"""Stores filled with what the linter really finds, in any order of insertion, and with rows of one's own."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from perfeval_lint.audit.store.store import RAW_TABLES, RESULT_TABLES, create, raw_names, raw_table
from perfeval_lint.form.definition import SECTIONS, TOTAL, columns_of
from perfeval_lint.judge.tell.undecided import WHY
from perfeval_lint.linting.lint import lint_source
from perfeval_lint.report.model import FileReport, FormReport
from perfeval_lint.report.words import basis_line
from perfeval_lint.rule.locate import all_folders
from perfeval_lint.rule.pack_cache import load_pack

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Finding:
    """A row of 问题 and of 结果."""

    rule: str = "PE401"
    level: str = "error"
    part: str = "绩效指标"
    row: int = 0
    field: str = "偏差原因"
    path: str = "绩效指标[0].偏差原因"
    words: str = "绩效指标 第1项“培训”·偏差原因"
    place: str | None = "31:12"
    message: str = "得分 2.7 低于分值 3，未填写偏差原因"
    waived: str | None = None
    head: str | None = None  # the rule and path of the finding it hangs under


@dataclass(frozen=True)
class Form:
    """A form as the store has it. `raw` holds columns of its root, `rows` those of the other tables.

    `outcomes` are passed, failed, not applicable and not evaluated, a rule.
    """

    file: str = "甲.docx"
    index: int = 0
    raw: dict[str, str | None] = field(default_factory=dict)
    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    last_year: bool = False
    profile: str = "通用"
    department: str | None = "科技局"
    unit: str | None = "推广中心"
    score: str | None = "95.00"
    grade: str | None = "优"
    reviewed: str | None = "90.00"
    covered: str | None = "80.00"
    total: str | None = "100.00"
    reviewed_grade: str | None = "优"
    is_most: bool | None = False
    outcomes: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    unknown: tuple[tuple[str, str, str, str], ...] = ()  # rows of 未判: 规则 路径 所指 缺

    @property
    def heads(self) -> list[Finding]:
        """The findings that hang under no other."""
        return [one for one in self.findings if one.head is None]


@dataclass(frozen=True)
class File:
    """A file and what became of it; notes are 级别, 代码, 说明."""

    name: str
    status: str = "已读"
    code: str | None = None
    message: str | None = None
    notes: tuple[tuple[str, str, str], ...] = ()


def fill(database: duckdb.DuckDBPyConnection, forms: Sequence[Form], files: Sequence[File] = (), seed: int = 0) -> None:
    """Makes a store of these forms; the seed chooses the numbers and the order in which rows are put in."""
    chance = random.Random(seed)
    create(database)
    known = {file.name: file for file in files}
    for form in forms:
        known.setdefault(form.file, File(form.file))
    names = chance.sample(list(known), len(known))
    numbers = {name: number for number, name in enumerate(names, start=seed)}
    rows: dict[str, list[list[Any]]] = {table: [] for table in (*RESULT_TABLES, "文件", "读取说明")}
    raw: dict[str, list[list[Any]]] = {table: [] for table in RAW_TABLES}
    for name, file in known.items():
        count = sum(form.file == name for form in forms)
        spot = [seed * 7, seed, f"h{name}"]  # size, time and digest must not show anywhere
        row = [numbers[name], name, *spot, file.status, file.code, file.message, None, None, count, False]
        rows["文件"].append(row)
        rows["读取说明"] += [[numbers[name], *note, None, None] for note in file.notes]
    for number, form in enumerate(chance.sample(list(forms), len(forms)), start=seed):
        _form_rows(number, numbers[form.file], form, rows, raw)
    for table, content in rows.items():
        _insert(database, table, chance.sample(content, len(content)))
    for table, content in raw.items():
        _insert(database, raw_table(table), chance.sample(content, len(content)))
    _insert(database, "规则", [_rule_row(rule) for rule in load_pack(all_folders([])).rules.values()])
    run = [1, "2025-01-01", "2025-01-02", "完成", "0.1.0", "abcdef0123456789", 2025, ["表"], len(known), 0, len(forms)]
    _insert(database, "运行", [[*run, 1.5 + seed]])


def _form_rows(number: int, file: int, form: Form, rows: dict[str, list[list[Any]]], raw: dict[str, list[Any]]) -> None:
    root = {"年度": "2021", "项目名称": "技能培训", "表式": "项目支出绩效自评表", **form.raw}
    fixed = {"表号": number, "行号": 0, "文件号": file, "序号": form.index, "往年": form.last_year}
    raw["表"].append([(fixed | root).get(name) for name in raw_names("表")])
    for table, records in form.rows.items():
        for row, record in enumerate(records):
            raw[table].append([({"表号": number, "行号": row} | record).get(name) for name in raw_names(table)])
    scores = [form.score, form.grade, form.reviewed, form.covered, form.total, form.reviewed_grade, form.is_most]
    rows["评分"].append([number, form.profile, form.department, form.unit, *scores])
    rows["结果"] += [[number, rule, *counts] for rule, counts in form.outcomes.items()]
    rows["未判"] += [[number, *item, *[None] * len(WHY)] for item in form.unknown]
    for one in form.findings:
        place = [one.part, one.row, one.field, one.path, one.words, one.place]
        rows["问题"].append([number, one.rule, one.level, *place, one.message, one.waived, None, one.head])


def _insert(database: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[Any]]) -> None:
    for start in range(0, len(rows), 500):
        group = rows[start : start + 500]
        marks = ", ".join(f"({', '.join('?' * len(row))})" for row in group)
        database.execute(f"INSERT INTO {table} VALUES {marks}", [cell for row in group for cell in row])


def _rule_row(rule: Any) -> list[str]:
    basis = "\n".join(basis_line(one) for one in rule.basis)
    return [rule.id, rule.name, rule.title, rule.severity.value, rule.help, rule.why, basis]


def as_stored(report: FileReport) -> list[Form]:
    """The forms of a file's report as the store has them."""
    return [_as_stored(report.file, form) for form in report.forms]


def _as_stored(file: str, report: FormReport) -> Form:
    form, review = report.form, report.verdict.review
    root = {field.name: form.root.text(field.name) for field in SECTIONS[0].fields}
    for record in form.rows(TOTAL):
        root |= {f"总分{field.name}": record.text(field.name) for field in TOTAL.fields}
    rows = {
        section.table: [
            {column.name: record.text(column.field.name) or "" for column in columns_of(section.table)}
            for record in form.rows(section)
        ]
        for section in SECTIONS
        if section.key and section is not TOTAL and section.table != "豁免"
    }
    findings, outcomes = [], {}
    for one, head in _with_heads(report):
        row = one.place.path.partition("[")[2].partition("]")[0]
        place = (one.place.part, int(row or 0), one.place.path.rpartition(".")[2], one.place.path, one.place.words)
        where = one.place.position.short
        findings.append(Finding(one.rule.id, one.severity.value, *place, where, one.message, one.waived, head))
        passed, failed, *others = outcomes.get(one.rule.id, (3, 0, 2, 1))
        outcomes[one.rule.id] = (passed, failed + 1, *others)
    scores = (report.self_score, review and review.score)
    return Form(
        file,
        report.index,
        root,
        rows,
        False,
        report.profile,
        root["主管部门"] or root["地方主管部门"],
        root["实施单位"] or root["资金使用单位"],
        _number(scores[0]),
        report.self_grade or _grade(scores[0]),
        _number(scores[1]),
        _number(review and review.covered),
        _number(review and review.total),
        review and review.grade,
        review and review.is_most,
        outcomes,
        tuple(findings),
        tuple(
            (one.rule.id, one.place.path, one.place.words, "、".join(one.missing))
            for one in report.verdict.not_evaluated
        ),
    )


def _with_heads(report: FormReport) -> Iterator[tuple[Any, str | None]]:
    """Every finding, and the rule and path of the one it hangs under."""
    for head in report.verdict.findings:
        for one in head.each():
            yield one, None if one is head else f"{head.rule.id} {head.place.path}"


def _number(value: Any) -> str | None:
    return None if value is None else f"{Decimal(value):.2f}"


def _grade(value: Any) -> str | None:
    if value is None:
        return None
    return next(
        grade for least, grade in ((90, "优"), (80, "良"), (60, "中"), (-1000, "差")) if Decimal(value) >= least
    )


@pytest.fixture(scope="session")
def published() -> list[Form]:
    """The forms of examples/, linted, as the store has them."""
    report = lint_source(ROOT / "examples", None)
    forms = [form for file in report.files for form in as_stored(file)]
    return [replace(form, file=str(Path(form.file).relative_to(ROOT))) for form in forms]


Store = Callable[..., duckdb.DuckDBPyConnection]


@pytest.fixture
def store() -> Iterable[Store]:
    """Makes stores in memory; see fill."""
    made = []

    def make(forms: Sequence[Form], files: Sequence[File] = (), seed: int = 0) -> duckdb.DuckDBPyConnection:
        made.append(duckdb.connect())
        fill(made[-1], forms, files, seed)
        return made[-1]

    yield make
    for database in made:
        database.close()


# Texts that mean something to a spreadsheet, a browser, Word or a template, and must not.
HOSTILE = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "＝1+1",
    "<script>alert(1)</script>",
    "<r><t>rich</t></r>",
    "_x0041_",
    "bell\x07 and \x1b[31m",
    "{{单位}} {% for x in y %}",
    "\u202edesrever",
    "长" * 33_000,
    "https://example.org/",
    "javascript:alert(1)",
    "internal:'汇总'!A1",
    "a & b &lt;b&gt; ]]> \"quoted\" 'so'",
)


@pytest.fixture
def hostile() -> list[Form]:
    """A form for each of the HOSTILE texts, which stands wherever a form's or file's text can stand."""
    return [
        Form(
            f"{text[:60]}.xlsx",
            raw={"项目名称": text, "项目编码": text},
            department=text[:200],
            unit=text[:200],
            findings=(Finding(words=text, place=f"{text[:20]}!C5", message=text), Finding(row=1, waived=text)),
            outcomes={"PE401": (1, 2, 0, 0)},
        )
        for text in HOSTILE
    ]


@pytest.fixture
def form() -> type[Form]:
    """Form, for tests of other modules."""
    return Form


@pytest.fixture
def finding() -> type[Finding]:
    """Finding, for tests of other modules."""
    return Finding


@pytest.fixture
def file() -> type[File]:
    """File, for tests of other modules."""
    return File


@pytest.fixture
def read_csv() -> Callable[[Path], list[dict[str, str]]]:
    """The rows of a CSV file as Excel would take them; it must begin with the mark of UTF-8."""

    def read(path: Path) -> list[dict[str, str]]:
        data = path.read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))

    return read


@pytest.fixture
def fill_store() -> Callable[..., None]:
    """fill, for tests of other modules."""
    return fill
