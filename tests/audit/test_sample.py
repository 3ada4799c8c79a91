"""The sample: chances that are what is said of them, strata that get their places, the same for the same seed."""

from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfeval_lint.audit.ask.sample import draw, sample_text, systematic, write_sample
from perfeval_lint.errors import UsageError


@given(st.lists(st.integers(1, 12), min_size=2, max_size=8), st.integers(1, 5))
def test_over_all_starting_points_each_form_is_drawn_as_often_as_said(risks: list[int], places: int) -> None:
    total = sum(risks)
    places = min(places, (total - 1) // max(risks))  # none is taken for certain
    members = list(enumerate(risks))
    draws = [systematic(members, places, point) for point in range(total)]
    assert all(len(taken) == places for taken in draws)
    counts = Counter(form for taken in draws for form in taken)
    for form, risk in members:
        assert counts[form] == places * risk
        assert all(taken.get(form, Fraction(places * risk, total)) == Fraction(places * risk, total) for taken in draws)


def _forms(form: Any, finding: Any, department: str, count: int, errors: int = 0, **more: Any) -> list[Any]:
    found = tuple(finding(row=number) for number in range(errors))
    return [
        form(
            file=f"{department}{n:02}.docx", department=department, unit=f"{department}{n % 3}", findings=found, **more
        )
        for n in range(count)
    ]


def test_every_stratum_gets_a_place_and_the_risky_more(store: Any, form: Any, finding: Any) -> None:
    forms = [
        *_forms(form, finding, "大局", 30),
        *_forms(form, finding, "险局", 30, errors=5),
        *_forms(form, finding, "小局", 1),
    ]
    sample = draw(store(forms), 12, "1")
    taken = {stratum.department: stratum.taken for stratum in sample.strata}
    assert sum(taken.values()) == len(sample.picks) == 12
    assert taken["小局"] == 1
    assert taken["险局"] > taken["大局"] >= 1
    assert len({pick.form.order for pick in sample.picks}) == 12


def test_the_probabilities_of_a_stratum_add_up_to_its_places(store: Any, form: Any, finding: Any) -> None:
    grave = _forms(form, finding, "局", 1, errors=10, score="90.00")[0]
    forms = [grave, *(one for one in _forms(form, finding, "局", 12, score="90.00") if one.file != grave.file)]
    database = store(forms)
    chances: dict[str, Fraction] = {}
    for seed in range(60):
        chances |= {pick.form.file: pick.probability for pick in draw(database, 3, str(seed)).picks}
    assert chances[grave.file] == 1
    assert len(chances) == 12
    assert sum(chances.values()) == 3


def test_strata_are_by_budget_where_it_is_known_and_coarser_where_places_are_few(
    store: Any, form: Any, finding: Any
) -> None:
    budgets = ("50", "500", "5000", None)
    forms = [
        form(
            file=f"{department}{n}.docx",
            department=department,
            rows={"资金": [{"资金来源": "年度资金总额", "全年预算数": budget}]} if budget else {},
        )
        for department in ("甲局", "乙局")
        for n, budget in enumerate(budgets)
    ]
    database = store(forms)
    assert {stratum.band for stratum in draw(database, 8, "1").strata} == {
        "不足 100 万元",
        "100 万至 1000 万元",
        "1000 万元以上",
        "金额不详",
    }
    assert [stratum.name for stratum in draw(database, 7, "1").strata] == ["乙局", "甲局"]
    assert [stratum.name for stratum in draw(database, 1, "1").strata] == ["全部"]


def test_risk_is_told_in_points(store: Any, form: Any, finding: Any) -> None:
    risky = form(
        score="95.00",
        reviewed="88.60",
        grade="优",
        reviewed_grade="良",
        rows={"资金": [{"全年预算数": "100", "全年执行数": "40"}]},
        outcomes={"PE401": (1, 2, 0, 9)},
        findings=(finding(), finding(row=1), finding(row=2, level="warning"), finding(row=3, waived="撤销")),
    )
    (pick,) = draw(store([risky]), 5, "1").picks
    assert pick.reasons == "每张表 1，错误 8，警告 1，自评高于复核 12，等级下降 10，执行率低 10，多半未能判断 5"
    assert (pick.risk, pick.probability) == (47, 1)


def test_the_same_seed_gives_the_same_sample_and_another_another(store: Any, form: Any, finding: Any) -> None:
    forms = [*_forms(form, finding, "甲局", 40), *_forms(form, finding, "乙局", 40, errors=2)]
    first, second = draw(store(forms), 10, "2025"), draw(store(forms[::-1], seed=9), 10, "2025")
    assert first == second
    assert first.picks != draw(store(forms), 10, "2026").picks


def test_last_years_forms_are_not_drawn_and_nothing_gives_nothing(store: Any, form: Any) -> None:
    assert draw(store([form(last_year=True)]), 5, "1").picks == ()
    with pytest.raises(UsageError, match="至少要 1"):
        draw(store([]), 0, "1")


def test_the_sample_is_written_as_asked(store: Any, form: Any, finding: Any, tmp_path: Path, read_csv: Any) -> None:
    sample = draw(store(_forms(form, finding, "=甲局", 6, errors=1)), 2, "7")
    names = [pick.form.file for pick in sample.picks]
    rows = read_csv(write_sample(sample, tmp_path / "a.csv"))
    assert [row["文件"] for row in rows] == [f"'{name}" for name in names]
    assert rows[0]["主管部门"] == "'=甲局"
    assert float(rows[0]["入样概率"]) == pytest.approx(1 / float(rows[0]["权数"]), rel=1e-3)
    book = openpyxl.load_workbook(write_sample(sample, tmp_path / "a.xlsx"))
    assert book.sheetnames == ["抽样名单", "各层", "方法"]
    assert [row[14] for row in book["抽样名单"].iter_rows(min_row=2, values_only=True)] == names
    shape = json.loads(write_sample(sample, tmp_path / "a.json").read_text("utf-8"))
    assert [Fraction(one["probability"]) for one in shape["sample"]] == [pick.probability for pick in sample.picks]
    assert sample.method in sample_text(sample)
    with pytest.raises(UsageError, match=r"扩展名应是 .csv、.xlsx、.json"):
        write_sample(sample, tmp_path / "a.txt")
