"""Rules across forms in a real audit: forms as files, found with message and place; last year's only compared with."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from perfeval_lint.audit.reports.reports import write_reports
from perfeval_lint.audit.run.across import AcrossForms
from perfeval_lint.audit.store.store import FILE_NAME
from perfeval_lint.errors import UsageError
from perfeval_lint.form.load import load
from perfeval_lint.judge.across import judge_across
from perfeval_lint.judge.examples import YEAR, example_text
from perfeval_lint.judge.tell.place import locate
from perfeval_lint.rule.compile.query import FAIL
from perfeval_lint.rule.model import Example, Rule
from perfeval_lint.rule.pack import every_across_check
from perfeval_lint.rule.profile import Overrides
from tests.audit.audits import FEW_AND_ACROSS, Audit, Audited, Rows, write_form
from tests.audit.exports import write_csv
from tests.rules.corpus import shipped_rules

PACK = shipped_rules()
RULES = [rule for rule in PACK.rules.values() if rule.across is not None]
EXAMPLES = [(rule, number) for rule in RULES for number in range(len(rule.examples))]
ACROSS = "规则 LIKE 'PE9%'"


def write_example(folder: Path, rule: Rule, example: Example) -> None:
    """The forms of an example as files, under the names its findings call them by, and its parameters."""
    folder.mkdir()
    for number, form in enumerate(example.forms, start=1):
        text = example_text(rule, form) + "\n" * number  # a copy to the byte would be read once
        (folder / f"{number}.yaml").write_text(text, "utf-8")
    if example.params:
        params = {name: float(value) for name, value in example.params.items()}
        (folder / "perfeval.yaml").write_text(yaml.safe_dump({"params": {rule.id: params}}, allow_unicode=True))


def found_across(audit: Audited) -> Rows:
    columns = "regexp_extract(文件, '[^/]*$') AS 名, p.规则, p.路径, p.消息"
    return audit.rows(f"SELECT {columns} FROM 问题 p JOIN 表 USING (表号) WHERE {ACROSS} AND 豁免 IS NULL ORDER BY ALL")


def outcomes(audit: Audited) -> dict[str, tuple[int, ...]]:
    """The outcomes of each rule: pass, fail, not applicable, not evaluated."""
    sums = "sum(通过)::INT, sum(不通过)::INT, sum(不适用)::INT, sum(未能判断)::INT"
    return {rule: tuple(counts) for rule, *counts in audit.rows(f"SELECT 规则, {sums} FROM 结果 GROUP BY 规则")}


def expected(rule: Rule, example: Example) -> Rows:
    """File, path and message of each finding, as the rule gives them without an audit."""
    forms = [document.form for form in example.forms for document in load(example_text(rule, form)) if document.form]
    names = [f"{number}.yaml" for number in range(1, len(forms) + 1)]
    checks = every_across_check({rule.id: replace(rule, params={**rule.params, **example.params})})
    failed = [one for one in judge_across(PACK, checks, forms, names, year=YEAR) if one.digit == FAIL]
    return sorted(
        (names[one.form], locate(forms[one.form], one.check.table, one.row, one.check.at).path, one.message)
        for one in failed
    )


@pytest.mark.parametrize(("rule", "number"), EXAMPLES, ids=[f"{rule.id}-{number}" for rule, number in EXAMPLES])
def test_examples(rule: Rule, number: int, tmp_path: Path, audit: Audit) -> None:
    example = rule.examples[number]
    write_example(tmp_path / "forms", rule, example)
    found = audit(tmp_path / "forms", year=YEAR, jobs=1, overrides=Overrides(select=(rule.id,)))
    told = [(name, path, message) for name, one, path, message in found_across(found) if one == rule.id]
    assert Counter(message for *_, message in told) == Counter(example.findings)
    assert told == expected(rule, example)
    passed, failed, not_applicable, unknown = outcomes(found)[rule.id]
    ((rows,),) = found.rows(f"SELECT count(*) FROM {rule.targets[0].table}")
    assert passed + failed + not_applicable + unknown == rows
    assert failed == len(told)
    assert (passed > 0) >= (example.outcome == "pass")
    assert (not_applicable == rows) == (example.outcome == "skip")


# --- copies of one form ---


def twice(folder: Path, **fields: Any) -> Path:
    """Two forms of one project, which PE901 finds, and one of another."""
    for name in ("a", "b"):
        write_form(folder / f"{name}.json", 项目名称="档案数字化", 填表人=name, **fields)
    write_form(folder / "c.json", 项目名称="防汛物资")
    return folder


def duplicates(audit: Audited) -> list[str]:
    return [name for name, rule, *_ in found_across(audit) if rule == "PE901"]


def test_a_waiver_covers_a_finding_across_forms(tmp_path: Path, audit: Audit) -> None:
    folder = twice(tmp_path / "forms")
    write_form(folder / "b.json", 项目名称="档案数字化", 豁免=[{"规则": "PE901", "理由": "分两期报送"}])
    found = audit(folder)
    assert duplicates(found) == ["a.json"]
    assert found.rows("SELECT 规则, 豁免 FROM 问题 WHERE 豁免 IS NOT NULL") == [("PE901", "分两期报送")]
    assert found.rows("FROM 问题 WHERE 规则 = 'PE012'") == []
    assert outcomes(found)["PE901"] == (1, 2, 0, 0)


@pytest.mark.parametrize("changed", ["a", "b", "c"])
def test_a_changed_file_is_compared_anew(changed: str, tmp_path: Path, audit: Audit) -> None:
    folder = twice(tmp_path / "forms")
    assert duplicates(audit(folder, overrides=FEW_AND_ACROSS)) == ["a.json", "b.json"]
    write_form(folder / f"{changed}.json", 项目名称="档案数字化" if changed == "c" else "河道清淤")
    found = audit(folder, overrides=FEW_AND_ACROSS)
    assert (found.read, found.judged) == (1, 1)
    assert duplicates(found) == (["a.json", "b.json", "c.json"] if changed == "c" else [])
    assert sum(outcomes(found)["PE901"]) == 3
    assert found.findings() == audit(folder, fresh=True, overrides=FEW_AND_ACROSS).findings()


def test_a_new_and_a_removed_file_are_compared(tmp_path: Path, audit: Audit) -> None:
    folder = twice(tmp_path / "forms")
    audit(folder, overrides=FEW_AND_ACROSS)
    (folder / "b.json").unlink()
    assert duplicates(audit(folder, overrides=FEW_AND_ACROSS)) == []
    write_form(folder / "d.json", 项目名称="防汛物资", 填表人="d")
    found = audit(folder, overrides=FEW_AND_ACROSS)
    assert duplicates(found) == ["c.json", "d.json"]
    assert sum(outcomes(found)["PE901"]) == 3


def test_what_has_not_changed_is_not_compared_again(
    tmp_path: Path, audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = twice(tmp_path / "forms")
    before = audit(folder).findings()
    compared: list[str] = []
    monkeypatch.setattr(AcrossForms, "_compare", lambda self, database, check: compared.append(check.rule.id))
    assert audit(folder).findings() == before
    assert compared == []
    audit(folder, overrides=Overrides(select=("PE901",)))
    assert compared == ["PE901"]


# --- last year's forms ---


PEOPLE = {"二级指标": "数量指标", "三级指标": "培训人数", "分值": "10", "得分": "10"}
LOWERED = "“培训人数”今年的目标是 ≥600人，低于去年实际完成的 800人；去年的表：{}（干部培训）"


@pytest.fixture
def years(tmp_path: Path) -> Path:
    """Folders 2023 and 2024 with a form each: a target of 2024 is below what was done in 2023."""
    for year, target, actual in (("2023", "500人", "800人"), ("2024", "≥600人", "700人")):
        indicator = PEOPLE | {"年度指标值": target, "实际完成值": actual}
        write_form(tmp_path / year / f"党校{year}.json", 年度=year, 项目名称="干部培训", 绩效指标=[indicator])
    return tmp_path


def lowered(audit: Audited) -> list[str]:
    return [message for _, rule, _, message in found_across(audit) if rule == "PE904"]


def last_years_tables(folder: Path) -> Path:
    """The form of 2023 as exported tables."""
    folder.mkdir()
    form = ["自评编号", "年度", "主管部门", "实施单位", "项目名称"]
    rows = ["自评编号", "三级指标", "年度指标值", "实际完成值", "分值", "得分"]
    tables = {
        "自评表": [form, ["1", "2023", "市教育局", "市第一中学", "干部培训"]],
        "指标": [rows, ["1", "培训人数", "500人", "800人", "10", "10"]],
    }
    write_csv(folder, {f"PM_{name}": table for name, table in tables.items()})
    return folder


@pytest.mark.parametrize("kind", ["folder", "output folder", "store", "tables"])
def test_last_year_given_in_any_way(kind: str, years: Path, audit: Audit) -> None:
    told, previous = "党校2023.json", years / "2023"
    if kind in ("output folder", "store"):
        audit(years / "2023", out=years / "去年", overrides=FEW_AND_ACROSS)
        audit(years / "2024", overrides=FEW_AND_ACROSS)  # lets go of last year's store
        told, previous = FILE_NAME, years / "去年" / ("" if kind == "output folder" else FILE_NAME)
    elif kind == "tables":
        told, previous = "PM_自评表.csv", last_years_tables(years / "导出")
    found = audit(years / "2024", previous=(str(previous),), overrides=FEW_AND_ACROSS)
    assert lowered(found) == [LOWERED.format(told)]
    again = audit(years / "2024", previous=(str(previous),), overrides=FEW_AND_ACROSS)
    assert (again.read, again.judged) == (0, 0)
    assert lowered(again) == [LOWERED.format(told)]
    assert lowered(audit(years / "2024", overrides=FEW_AND_ACROSS)) == []


def test_last_years_forms_are_only_compared_with(years: Path, audit: Audit) -> None:
    write_form(years / "2023" / "copy.json", 年度="2023", 项目名称="干部培训")  # PE901 if it were judged
    found = audit(years / "2024", previous=(str(years / "2023"),))
    assert {Path(row[0]).name for row in found.findings()} == {"党校2024.json"}
    for table in ("结果", "未判", "问题"):
        assert found.rows(f"FROM {table} JOIN 表 USING (表号) WHERE 往年") == []
    written = write_reports(found.store.database, years / "报表", ["json", "csv", "letters"])
    report = json.loads((years / "报表/结果.json").read_text("utf-8"))
    assert (report["summary"]["forms"], report["summary"]["last_year_forms"]) == (1, 2)
    assert [len(one["forms"]) for one in report["files"] if one["forms"]] == [1]
    assert "2023" not in (years / "报表/得分.csv").read_text("utf-8").replace("党校2023.json（干部培训）", "")
    assert len([path for path in written.files if path.suffix == ".docx"]) == 1


def test_a_file_may_be_this_years_and_last_years(years: Path, audit: Audit) -> None:
    found = audit(years, previous=(str(years / "2023"),), overrides=FEW_AND_ACROSS)
    assert found.rows("SELECT 往年, count(*) FROM 表 GROUP BY 往年 ORDER BY 往年") == [(False, 2), (True, 1)]
    assert sum(outcomes(found)["PE901"]) == 2


def test_the_store_of_this_very_audit_is_not_last_years(years: Path, audit: Audit) -> None:
    audit(years / "2024", overrides=FEW_AND_ACROSS)
    with pytest.raises(UsageError, match="请给这次另写一个 --out"):
        audit(years / "2024", previous=(str(years / "out"),), overrides=FEW_AND_ACROSS)
    assert len(audit(years / "2024", overrides=FEW_AND_ACROSS).files()) == 1


def test_a_store_is_no_form_of_this_year(years: Path, audit: Audit) -> None:
    audit(years / "2023", out=years / "去年", overrides=FEW_AND_ACROSS)
    with pytest.raises(UsageError, match="是审核的结果，不是自评表"):
        audit(years / "去年" / FILE_NAME, overrides=FEW_AND_ACROSS)
