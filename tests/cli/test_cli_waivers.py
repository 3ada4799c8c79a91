"""豁免: what a waiver covers, that it is counted apart, and when it is reported itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

# Two indicators that PE401 finds; the waivers differ from form to form.
FORM = """\
格式: perfeval/1
项目名称: 技能培训
绩效指标:
- {三级指标: 培训人次, 分值: 3, 得分: 2}
- {三级指标: 培训人次和场次, 分值: 3, 得分: 2}
豁免:
"""

WAIVERS = {
    "one indicator": "- {规则: PE401, 指标: 培训人次, 理由: 疫情停训}\n",
    "the whole form": "- {规则: PE401, 理由: 疫情停训}\n",
    "by name": "- {规则: unexplained-deduction, 指标: 培训人次, 理由: 疫情停训}\n",
    "by beginning": "- {规则: PE401, 指标: 培训人次…, 理由: 疫情停训}\n",
    "by beginning and dots": "- {规则: PE401, 指标: 培训人次和..., 理由: 疫情停训}\n",
    "without a reason": "- {规则: PE401, 指标: 培训人次}\n",
    "with a blank reason": "- {规则: PE401, 指标: 培训人次, 理由: '　 '}\n",
    "another indicator": "- {规则: PE401, 指标: 别的指标, 理由: 疫情停训}\n",
    "another rule": "- {规则: PE301, 理由: 疫情停训}\n",
    "a rule there is not": "- {规则: PE999, 理由: 疫情停训}\n",
    "a rule that is not running": "- {规则: PE101, 理由: 疫情停训}\n",
    "two": "- {规则: PE401, 指标: 培训人次, 理由: 甲}\n- {规则: PE401, 指标: 培训人次和场次, 理由: 乙}\n",
    "only an ellipsis": "- {规则: PE401, 指标: …, 理由: 疫情停训}\n",
}

# for each form: the reasons beside the two findings of PE401, and the waivers that PE012 reports
EXPECTED: dict[str, tuple[list[str | None], list[str]]] = {
    "one indicator": (["疫情停训", None], []),
    "the whole form": (["疫情停训", "疫情停训"], []),
    "by name": (["疫情停训", None], []),
    "by beginning": (["疫情停训", "疫情停训"], []),
    "by beginning and dots": ([None, "疫情停训"], []),
    "without a reason": ([None, None], ["对 PE401 的豁免没有起作用：没有写理由，不生效"]),
    "with a blank reason": ([None, None], ["对 PE401 的豁免没有起作用：没有写理由，不生效"]),
    "another indicator": ([None, None], ["对 PE401 的豁免没有起作用：“别的指标”没有这条规则的问题"]),
    "another rule": ([None, None], ["对 PE301 的豁免没有起作用：本表没有这条规则的问题"]),
    "a rule there is not": ([None, None], ["对 PE999 的豁免没有起作用：本表没有这条规则的问题"]),
    "a rule that is not running": ([None, None], []),
    "two": (["甲", "乙"], []),
    "only an ellipsis": ([None, None], ["对 PE401 的豁免没有起作用：“…”没有这条规则的问题"]),
}


@pytest.fixture
def waived(tmp_path: Path) -> Path:
    """All the forms in one file, in the order of WAIVERS."""
    path = tmp_path / "豁免.yaml"
    path.write_text("---\n".join(FORM + waivers for waivers in WAIVERS.values()), "utf-8")
    return path


def test_a_waiver_covers_what_it_names_and_an_idle_one_is_reported(command: Any, waived: Path) -> None:
    run = command("豁免.yaml", "--format", "json", "--select", "PE401,PE301,PE012")
    found = {}
    for name, form in zip(WAIVERS, run.forms, strict=True):
        reasons = [finding["waived"] for finding in form["findings"] if finding["rule"] == "PE401"]
        idle = [finding["message"] for finding in form["findings"] if finding["rule"] == "PE012"]
        found[name] = (reasons, idle)
    assert found == EXPECTED


def test_waived_findings_are_counted_apart(command: Any, waived: Path) -> None:
    run = command("豁免.yaml", "--format", "json", "--select", "PE401,PE301,PE012")
    reasons = [reason for reasons, _ in EXPECTED.values() for reason in reasons]
    covered = sum(reason is not None for reason in reasons)
    idle = sum(len(messages) for _, messages in EXPECTED.values())
    summary = run.report["summary"]
    assert (summary["waived"], summary["error"], summary["warning"]) == (covered, len(reasons) - covered, idle)
    assert all(form["outcomes"]["fail"] == len(form["findings"]) for form in run.forms)


def test_the_text_tells_a_waiver_with_its_reason_and_not_as_a_finding(command: Any, tmp_path: Path) -> None:
    (tmp_path / "表.yaml").write_text(FORM + WAIVERS["the whole form"], "utf-8")
    run = command("表.yaml", "--select", "PE401,PE012")
    assert run.status == 0
    assert "PE401 表.yaml:" not in run.out
    assert "不通过 2（其中豁免 2）" in run.out
    assert run.out.replace("\n", "").count("理由：疫情停训") == 2
    assert "错误 0，警告 0，提示 0，豁免 2" in run.out


def test_an_idle_waiver_points_to_its_line(command: Any, tmp_path: Path) -> None:
    (tmp_path / "表.yaml").write_text(FORM + WAIVERS["another indicator"], "utf-8")
    run = command("表.yaml", "--format", "json", "--select", "PE401,PE012", "--fail-on", "warning")
    (idle,) = [finding for finding in run.findings if finding["rule"] == "PE012"]
    assert (idle["path"], idle["location"]) == ("豁免[0].规则", {"line": 7, "column": 8})
    assert (idle["severity"], run.status) == ("warning", 1)
