"""Two audits compared: what is new, what lasts, what was mended, and what nobody can tell."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from perfeval_lint.audit.ask.compare import (
    IN_NEW,
    IN_OLD,
    Change,
    Changed,
    Comparison,
    changes,
    comparing,
    comparison_text,
    summary,
    write_changes,
)
from perfeval_lint.errors import UsageError

Compare = Callable[..., tuple[Comparison, list[Changed]]]


@pytest.fixture
def stores(tmp_path: Path, fill_store: Any) -> Callable[[Sequence[Any], Sequence[Any]], tuple[Path, Path]]:
    """Two stores on disk, each in its folder."""

    def make(*audits: Sequence[Any]) -> tuple[Path, Path]:
        for number, forms in enumerate(audits):
            folder = tmp_path / f"第{number + 1}次"
            folder.mkdir()
            with duckdb.connect(str(folder / "audit.duckdb")) as database:
                fill_store(database, forms, seed=number * 17)
        return tmp_path / "第1次", tmp_path / "第2次"

    return make  # type: ignore[return-value]


@pytest.fixture
def compare(stores: Any) -> Compare:
    def run(old: Sequence[Any], new: Sequence[Any], **options: bool) -> tuple[Comparison, list[Changed]]:
        with comparing(*stores(old, new), **options) as database:
            return summary(database), list(changes(database))

    return run


def _counts(found: Sequence[Changed]) -> dict[str, int]:
    return dict(sum((Counter({one.change.value: one.times}) for one in found), Counter()))


INDICATORS = {"指标": [{"三级指标": "培训"}, {"三级指标": "会议"}]}
JUDGED = {"PE401": (3, 1, 0, 0), "PE402": (3, 1, 0, 0)}


def test_each_finding_goes_one_way(compare: Compare, form: Any, finding: Any) -> None:
    old = form(
        rows=INDICATORS,
        outcomes=JUDGED,
        findings=(finding(message="还在"), finding(row=1, message="改了"), finding(rule="PE402", message="会豁免")),
    )
    new = form(
        file="另一个名字.docx",
        rows=INDICATORS,
        outcomes=JUDGED,
        findings=(
            finding(message="还在，数变了"),
            finding(row=1, field="得分", message="新的"),
            finding(rule="PE402", message="会豁免", waived="撤销"),
        ),
    )
    comparison, found = compare([old], [new])
    assert {one.change: one.message for one in found} == {
        Change.LASTING: "还在，数变了",
        Change.MENDED: "改了",
        Change.WAIVED: "会豁免",
        Change.NEW: "新的",
    }
    assert comparison.total.of(*IN_OLD) == 3
    assert comparison.total.of(*IN_NEW) == 2
    assert (comparison.old_forms, comparison.new_forms, comparison.common_forms) == (1, 1, 1)


def test_an_indicator_is_known_by_its_name_not_its_row(compare: Compare, form: Any, finding: Any) -> None:
    old = form(rows=INDICATORS, outcomes=JUDGED, findings=(finding(row=0),))
    moved = {"指标": [{"三级指标": "会议"}, {"三级指标": "培 训"}]}
    _, found = compare([old], [form(rows=moved, outcomes=JUDGED, findings=(finding(row=1),))])
    assert _counts(found) == {"持续": 1}


@pytest.mark.parametrize("order", [1, -1])
def test_one_that_comes_to_hang_under_another_or_not_to_is_the_same(
    order: int, compare: Compare, form: Any, finding: Any
) -> None:
    head = "PE402 绩效指标[0].偏差原因"
    alone = (finding(level="warning"), finding(rule="PE402", level="warning"))
    under = (finding(level="warning", head=head), finding(rule="PE402", level="error"))
    comparison, found = compare(*([form(outcomes=JUDGED, findings=one)] for one in (alone, under)[::order]))
    assert _counts(found) == {"持续": 2}
    assert comparison.total.of(*IN_OLD) == comparison.total.of(*IN_NEW) == 2


def test_of_several_alike_the_gravest_level_is_told(compare: Compare, form: Any, finding: Any) -> None:
    alike = tuple(finding(row=row, level=level) for row, level in enumerate(("info", "warning")))
    _, (found,) = compare([form(outcomes=JUDGED)], [form(outcomes=JUDGED, findings=alike)])
    assert (found.level, found.times) == ("warning", 2)


def test_what_was_not_judged_is_not_mended(compare: Compare, form: Any, finding: Any) -> None:
    both = (finding(), finding(rule="PE402"), finding(rule="PE501"))
    old = form(rows=INDICATORS, outcomes=JUDGED | {"PE501": (0, 1, 0, 0)}, findings=both)
    new = form(
        rows=INDICATORS,
        outcomes={"PE401": (0, 0, 0, 4), "PE402": (1, 0, 0, 0)},
        unknown=(("PE401", "绩效指标[0].偏差原因", "绩效指标 第1项“培训”·偏差原因", "得分"),),
    )
    other = form(file="2.docx", raw={"项目名称": "别的"}, outcomes={"PE501": (1, 0, 0, 0)})
    _, found = compare([old], [new, other])
    assert {one.rule: one.change for one in found} == {
        "PE401": Change.UNCHECKED,
        "PE402": Change.MENDED,
        "PE501": Change.UNCHECKED,
    }


def test_a_rule_across_forms_that_ran_is_judged(compare: Compare, form: Any, finding: Any) -> None:
    known = [form(findings=(finding(rule="PE007", part="基本信息", field="项目名称"),))]
    _, found = compare(known, [form()])
    assert _counts(found) == {"已改": 1}


def test_forms_that_come_and_go_are_told_apart(compare: Compare, form: Any, finding: Any) -> None:
    old = [form(raw={"项目名称": "甲"}, outcomes=JUDGED, findings=(finding(),))]
    new = [form(raw={"项目名称": "乙"}, outcomes=JUDGED, findings=(finding(), finding(row=1)))]
    comparison, found = compare(old, new)
    assert _counts(found) == {"没有再报": 1, "新报的表": 2}
    assert comparison.common_forms == 0


def test_a_rule_that_was_not_asked_before_gives_no_new_faults(compare: Compare, form: Any, finding: Any) -> None:
    old = [form(outcomes={"PE401": (1, 0, 0, 0)}), form(file="2.docx", raw={"项目名称": "乙"}, outcomes=JUDGED)]
    new = [form(outcomes=JUDGED, findings=(finding(), finding(rule="PE402")))]
    _, found = compare(old, new)
    assert {one.rule: one.change for one in found} == {"PE401": Change.NEW, "PE402": Change.NEW_RULE}


def test_of_several_alike_as_many_last_as_both_have(compare: Compare, form: Any, finding: Any) -> None:
    nameless = tuple(finding(row=number) for number in range(3))
    _, found = compare([form(outcomes=JUDGED, findings=nameless)], [form(outcomes=JUDGED, findings=nameless[:1])])
    assert _counts(found) == {"持续": 1, "已改": 2}


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ({"raw": {"项目编码": "A1", "项目名称": "旧名"}}, {"raw": {"项目编码": "A1", "项目名称": "新名"}}, True),
        ({"raw": {"年度": "2021"}}, {"raw": {"年度": "2022"}}, False),
        ({"unit": "推广 中心"}, {"unit": "推广中心"}, True),
        ({"unit": "甲"}, {"unit": "乙"}, False),
        ({"unit": None, "file": "一.docx"}, {"unit": None, "file": "一.docx"}, True),
        ({"unit": None, "file": "一.docx"}, {"unit": None, "file": "二.docx"}, False),
        ({"raw": {"表式": "甲"}}, {"raw": {"表式": "乙"}}, False),
    ],
)
def test_what_a_form_is_known_by(compare: Compare, form: Any, old: Any, new: Any, *, same: bool) -> None:
    comparison, _ = compare([form(**old)], [form(**new)])
    assert comparison.common_forms == int(same)


def test_years_are_compared_where_asked(compare: Compare, form: Any, finding: Any) -> None:
    audits = [[form(raw={"年度": year}, outcomes=JUDGED, findings=(finding(),))] for year in ("2021", "2022")]
    _, found = compare(*audits, across_years=True)
    assert _counts(found) == {"持续": 1}


def test_departments_add_up_to_the_total(compare: Compare, published: list[Any]) -> None:
    comparison, found = compare(published, published[: len(published) // 2])
    assert [sum(column) for column in zip(*(one.counts for one in comparison.departments), strict=True)] == list(
        comparison.total.counts
    )
    assert comparison.total.of(*IN_OLD) == sum(len(form.findings) for form in published)
    assert sum(one.times for one in found) == sum(comparison.total.counts)
    text = comparison_text(comparison)
    assert all(one.department in text for one in comparison.departments if one.department)


def test_changes_are_written_as_asked(stores: Any, form: Any, finding: Any, tmp_path: Path, read_csv: Any) -> None:
    old = [form(outcomes=JUDGED, findings=(finding(message="=1+1"),))]
    with comparing(*stores(old, [form(outcomes=JUDGED)])) as database:
        path = write_changes(database, tmp_path / "变化.csv")
        (row,) = read_csv(path)
        assert (row["变化"], row["级别"], row["问题"]) == ("已改", "错误", "'=1+1")
        shape = json.loads(write_changes(database, tmp_path / "变化.json").read_text("utf-8"))
        with pytest.raises(UsageError, match="扩展名"):
            write_changes(database, tmp_path / "变化.xlsx")
    assert shape["format"] == "perfeval.compare/1"
    assert shape["total"]["mended"] == 1
    assert shape["changes"][0]["change"] == "mended"


def test_what_is_no_store_is_refused(stores: Any, tmp_path: Path) -> None:
    old, _ = stores([], [])
    (tmp_path / "文本.duckdb").write_text("不是数据库", "utf-8")
    for other, words in (
        (old, "是同一个结果库"),
        (tmp_path / "没有", "没有这个结果库"),
        (tmp_path / "文本.duckdb", "不是审核的结果库"),
    ):
        with pytest.raises(UsageError, match=words), comparing(old, other):
            pass
