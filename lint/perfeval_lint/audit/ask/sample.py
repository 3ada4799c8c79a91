"""Draws a sample of forms for review on the spot: by strata, with probabilities in proportion to risk, exactly known.

Strata are 主管部门 and the size of the budget, or fewer where the sample has fewer places. Every stratum gets one
place; the others go to the strata by the sum of their risk points (highest averages, D'Hondt). Within a stratum forms
are drawn systematically with probability proportional to size, the size being the form's risk points: whole numbers,
so that the probabilities are exact fractions.
"""

from __future__ import annotations

import csv
import heapq
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb

from perfeval_lint.audit.ask.by_suffix import write_by_suffix
from perfeval_lint.audit.reports import facts
from perfeval_lint.audit.reports.csv_report import harmless
from perfeval_lint.audit.reports.model import Limits
from perfeval_lint.audit.reports.shapes import Form
from perfeval_lint.audit.reports.sheet import Column, Kind, Series, writing
from perfeval_lint.audit.reports.words import Cell, project_of
from perfeval_lint.audit.store.temporary import REPORT_FORMS, RISKS
from perfeval_lint.errors import UsageError
from perfeval_lint.report.words import at_most

FORMAT: Final = "perfeval.sample/1"
_BANDS = ((100, "不足 100 万元"), (1000, "100 万至 1000 万元"))
_LARGE, _NO_AMOUNT = "1000 万元以上", "金额不详"
_WORSE = "list_position(['优', '良', '中', '差'], 复核等级) > list_position(['优', '良', '中', '差'], 自评等级)"
# The risks of a form: words, and points as SQL over the forms.
_RISKS: Final = (
    ("每张表", "1"),
    ("错误", "least(错误 * 4, 40)"),
    ("警告", "least(警告, 10)"),
    ("自评高于复核", "least(greatest(floor(coalesce(差, 0) * 2), 0), 30)"),
    ("等级下降", f"CASE WHEN {_WORSE} THEN 10 ELSE 0 END"),
    ("执行率低", "CASE WHEN 执行率 < 0.5 THEN 10 WHEN 执行率 < 0.8 THEN 5 ELSE 0 END"),
    ("多半未能判断", "CASE WHEN 未能判断 > 通过 + 不通过 THEN 5 ELSE 0 END"),
)
_POINTS = (
    "每张表 1 分；错误每条 4 分，至多 40 分；警告每条 1 分，至多 10 分；自评每高于复核 0.5 分得 1 分，至多 30 分；"
    "复核等级低于自评等级 10 分；执行率不足 50% 得 10 分，不足 80% 得 5 分；未能判断的比判断了的多 5 分"
)


class _Division(NamedTuple):
    """A way to divide the forms into strata: two columns, and words for them."""

    columns: str
    words: str


_DIVISIONS: Final = (
    _Division("主管部门, 档", "主管部门和预算规模（全年预算数）"),
    _Division("主管部门, ''", "主管部门"),
    _Division("'', ''", "（不分）"),
)


class Stratum(NamedTuple):
    """A stratum: its forms, the sum of their risk points, and how many were drawn."""

    department: str
    band: str
    forms: int
    risk: int
    taken: int

    @property
    def name(self) -> str:
        """主管部门，预算规模."""
        return "，".join(part for part in (self.department, self.band) if part) or "全部"


@dataclass(frozen=True, slots=True)
class Pick:
    """A form drawn: its stratum, risk points and their reasons, and the probability of drawing it."""

    form: Form
    stratum: str
    risk: int
    reasons: str
    probability: Fraction


@dataclass(frozen=True, slots=True)
class Sample:
    """The forms drawn, the strata, and a paragraph on the method."""

    seed: str
    strata: tuple[Stratum, ...]
    picks: tuple[Pick, ...]
    method: str


def draw(database: duckdb.DuckDBPyConnection, size: int, seed: str) -> Sample:
    """Draws `size` forms of the store, the same for the same seed and content; UsageError where size is below 1."""
    if size < 1:
        raise UsageError(f"抽样的张数是 {size}，至少要 1")
    facts.prepare(database)
    points = ", ".join(f"CAST({sql} AS BIGINT) AS r{number}" for number, (_, sql) in enumerate(_RISKS))
    total = " + ".join(f"r{number}" for number in range(len(_RISKS)))
    bands = " ".join(f"WHEN 预算数 < {bound} THEN '{words}'" for bound, words in _BANDS)
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE {RISKS} AS SELECT *, {total} AS 风险分 FROM (SELECT 次, 主管部门, 单位, "
        f"CASE WHEN 预算数 IS NULL THEN '{_NO_AMOUNT}' {bands} ELSE '{_LARGE}' END AS 档, {points} FROM {REPORT_FORMS})"
    )
    division, strata = _strata(database, size)
    picks: list[Pick] = []
    for stratum in strata:
        chances = _drawn(_members(database, division, stratum), stratum.taken, f"{seed}\0{stratum.name}")
        picks += _picks(database, stratum, chances)
    return Sample(seed, tuple(strata), tuple(picks), _method(strata, picks, division, seed))


def _strata(database: duckdb.DuckDBPyConnection, size: int) -> tuple[_Division, list[Stratum]]:
    """Returns the finest division in which every stratum gets a place, and its strata."""
    for division in _DIVISIONS:
        rows = database.execute(
            f"SELECT {division.columns}, count(*), sum(风险分)::BIGINT FROM {RISKS} GROUP BY 1, 2 ORDER BY 1, 2"
        ).fetchall()
        if len(rows) <= size:
            break
    taken = _shared_out(size, [row[2] for row in rows], [row[3] for row in rows])
    return division, [Stratum._make((*row, places)) for row, places in zip(rows, taken, strict=True)]


def _shared_out(size: int, forms: Sequence[int], risks: Sequence[int]) -> list[int]:
    """Returns the places of each stratum: one, then to the highest risk over places + 1, at most as it has forms."""
    taken = [1] * len(forms)
    queue = [(-Fraction(risks[number], 2), number) for number, count in enumerate(forms) if count > 1]
    heapq.heapify(queue)
    for _ in range(size - len(forms)):
        if not queue:
            break
        _, number = heapq.heappop(queue)
        taken[number] += 1
        if taken[number] < forms[number]:
            heapq.heappush(queue, (-Fraction(risks[number], taken[number] + 1), number))
    return taken


def _members(database: duckdb.DuckDBPyConnection, division: _Division, stratum: Stratum) -> list[tuple[int, int]]:
    """Returns the forms of a stratum and their risk, unit by unit, so that systematic drawing spreads over units."""
    return database.execute(
        f"SELECT 次, 风险分 FROM {RISKS} WHERE ({division.columns}) = (?, ?) ORDER BY 主管部门, 单位, 次",
        [stratum.department, stratum.band],
    ).fetchall()


def _drawn(members: Sequence[tuple[int, int]], places: int, seed: str) -> dict[int, Fraction]:
    """Draws forms and returns the probability of each: takes those whose share reaches 1, shares out the other places
    anew and draws from a starting point made of the seed."""
    left = list(members)
    taken: dict[int, Fraction] = {}
    while left and places:
        total = sum(risk for _, risk in left)
        certain = [form for form, risk in left if places * risk >= total]
        if not certain:
            point = int.from_bytes(sha256(seed.encode()).digest()) % total
            return taken | systematic(left, places, point)
        taken |= dict.fromkeys(certain, Fraction(1))
        places -= len(certain)
        left = [one for one in left if one[0] not in taken]
    return taken


def systematic(members: Sequence[tuple[int, int]], places: int, point: int) -> dict[int, Fraction]:
    """Draws forms from `point`, a whole number below X, the sum of the risks x; returns the probability n·x/X of each.

    The forms make a line, each n·x long for n places; drawn are those on which point, point + X, … fall. No form
    may be X long or longer; then, of the X points there are, exactly n·x draw it.
    """
    total = sum(risk for _, risk in members)
    taken, end = {}, 0
    for form, risk in members:
        end += places * risk
        if point < end:
            taken[form] = Fraction(places * risk, total)
            point += total
    return taken


def _picks(database: duckdb.DuckDBPyConnection, stratum: Stratum, chances: dict[int, Fraction]) -> Iterator[Pick]:
    rows = database.execute(
        f"SELECT 次, 风险分, COLUMNS('r[0-9]+') FROM {RISKS} WHERE 次 IN (SELECT unnest(?))", [list(chances)]
    )
    risks = {row[0]: row[1:] for row in rows.fetchall()}
    for form in facts.forms_of(database, list(chances)):
        risk, *points = risks[form.order]
        reasons = "，".join(f"{words} {count}" for (words, _), count in zip(_RISKS, points, strict=True) if count)
        yield Pick(form, stratum.name, risk, reasons, chances[form.order])


def _method(strata: Sequence[Stratum], picks: Sequence[Pick], division: _Division, seed: str) -> str:
    forms, certain = sum(stratum.forms for stratum in strata), sum(pick.probability == 1 for pick in picks)
    return (
        f"从 {forms} 张自评表中抽取 {len(picks)} 张。按{division.words}分为 {len(strata)} 层，每层先分 1 张，"
        f"其余名额按各层风险分之和用最高均数法（D'Hondt）分配，不超过该层的张数。"
        f"层内按风险分作不等概率系统抽样（PPS）：应抽概率达到 1 的必抽（{certain} 张），其余各表按单位排列，"
        f"入样概率 = 该层余下名额 × 本表风险分 ÷ 该层余下风险分之和。"
        f"风险分：{_POINTS}。起点由种子“{seed}”和层名的 SHA-256 得出，种子和数据不变，结果就不变。"
        f"由样本推算总体时，每张表按入样概率的倒数加权。读不了的文件不在抽样之内。"
    )


# --- output ---------------------------------------------------------------------------------------

_HEAD = (
    *("主管部门", "单位", "年度", "项目名称", "层", "风险分", "风险来自", "入样概率", "权数"),
    *("自评得分", "复核得分", "界限", "错误", "警告", "文件", "序号"),
)
_WIDTHS = (18, 20, 6, 26, 24, 8, 36, 9, 8, 9, 9, 5, 6, 6, 28, 6)


def sample_text(sample: Sample) -> str:
    """Returns the sample as text: the method, the strata, and the forms drawn."""
    lines = [sample.method, ""]
    lines += [f"{one.name}：{one.forms} 张，风险分 {one.risk}，抽 {one.taken} 张" for one in sample.strata]
    for number, pick in enumerate(sample.picks, start=1):
        form = pick.form
        lines.append(f"\n{number}. {form.department}　{form.unit}　{project_of(form)}")
        lines.append(f"   {form.file}　第 {form.sequence + 1} 张")
        lines.append(f"   风险分 {pick.risk}（{pick.reasons}），入样概率 {float(pick.probability):.4f}")
    return "\n".join(lines) + "\n"


def write_sample(sample: Sample, path: Path) -> Path:
    """Writes the sample as .csv, .xlsx or .json; raises UsageError for any other name."""
    return write_by_suffix(sample, path, {".csv": _write_csv, ".xlsx": _write_xlsx, ".json": _write_json})


def _cells(pick: Pick) -> tuple[str | int | float | None, ...]:
    form, chance = pick.form, float(pick.probability)
    scores = tuple(None if score is None else float(score) for score in (form.self_score, form.review_score))
    bound = at_most(form.is_most).strip() or None
    return (
        *(form.department, form.unit, form.year, project_of(form), pick.stratum, pick.risk, pick.reasons),
        *(
            round(chance, 6),
            round(1 / chance, 4),
            *scores,
            bound,
            form.errors,
            form.warnings,
            form.file,
            form.sequence + 1,
        ),
    )


def _write_csv(sample: Sample, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(_HEAD)
        writer.writerows(
            [harmless(cell) if isinstance(cell, str) else cell for cell in _cells(one)] for one in sample.picks
        )


def _write_xlsx(sample: Sample, path: Path) -> None:
    kinds = {"入样概率": Kind.CHANCE, "权数": Kind.SCORE, "自评得分": Kind.SCORE, "复核得分": Kind.SCORE}
    counts = ("风险分", "错误", "警告", "序号")
    columns = [
        Column(name, width, kinds.get(name, Kind.COUNT if name in counts else Kind.LONG))
        for name, width in zip(_HEAD, _WIDTHS, strict=True)
    ]
    strata = [Column("层", 44, Kind.LONG), *(Column(name, 10, Kind.COUNT) for name in ("张数", "风险分", "抽取"))]
    sheets: tuple[tuple[str, list[Column], Iterable[Sequence[Cell | float]]], ...] = (
        ("抽样名单", columns, map(_cells, sample.picks)),
        ("各层", strata, ((one.name, one.forms, one.risk, one.taken) for one in sample.strata)),
        ("方法", [Column("抽样方法", 120, Kind.LONG)], [(sample.method,)]),
    )
    with writing(path, "现场复核抽样", Limits()) as book:
        for name, heads, rows in sheets:
            series = Series(book, name, heads)
            for row in rows:
                series.row(row)
            series.close()


def _write_json(sample: Sample, path: Path) -> None:
    content: dict[str, Any] = {
        "format": FORMAT,
        "seed": sample.seed,
        "method": sample.method,
        "strata": [
            {"主管部门": one.department, "预算规模": one.band, "forms": one.forms, "risk": one.risk, "taken": one.taken}
            for one in sample.strata
        ],
        "sample": [
            {
                "file": pick.form.file,
                "index": pick.form.sequence,
                "主管部门": pick.form.department,
                "单位": pick.form.unit,
                "年度": pick.form.year,
                "项目名称": pick.form.project,
                "stratum": pick.stratum,
                "risk": pick.risk,
                "reasons": pick.reasons,
                "probability": str(pick.probability),
            }
            for pick in sample.picks
        ],
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
