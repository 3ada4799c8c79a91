"""Empty official forms to fill in: fund rows, levels and weights are there, the texts are blank."""

from __future__ import annotations

import json
from collections.abc import Mapping

from perfeval_lint.errors import UsageError
from perfeval_lint.form.definition import FORMAT, INDICATORS
from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form, Plain
from perfeval_lint.render.official import DEPARTMENT, PROJECT, TOTAL_SOURCE, TRANSFER, Official

_ROWS_A_LEVEL = 3

_FUND_SOURCES = (TOTAL_SOURCE, "当年财政拨款", "上年结转资金", "其他资金")
_TRANSFER_SOURCES = (TOTAL_SOURCE, "中央财政资金", "地方资金", "其他资金")
_MANAGEMENT = (
    "分配科学性",
    "下达及时性",
    "拨付合规性",
    "使用规范性",
    "执行准确性",
    "预算绩效管理情况",
    "支出责任履行情况",
)

_OUTPUT = ("数量指标", "质量指标", "时效指标")
_BENEFIT = ("经济效益指标", "社会效益指标", "生态效益指标", "可持续影响指标")
_LEVELS = {
    "产出指标": (*_OUTPUT, "成本指标"),
    "效益指标": _BENEFIT,
    "满意度指标": ("服务对象满意度指标",),
}
_LEVELS_WITH_COST = {
    "成本指标": ("经济成本指标", "社会成本指标", "生态环境成本指标"),
    "产出指标": _OUTPUT,
    "效益指标": _BENEFIT,
    "满意度指标": ("服务对象满意度指标",),
}
# Together with 10 for the execution rate these are 100: 财预〔2020〕10号.
_WEIGHTS = {"产出指标": "50", "效益指标": "30", "满意度指标": "10"}

KINDS = {"项目": PROJECT, "转移支付": TRANSFER, "部门整体": DEPARTMENT}


def blank_form(
    kind: str, year: int | None = None, *, weights: Mapping[str, str] | None = None, execution: str = "10"
) -> Form:
    """An empty canonical form of a kind (项目, 转移支付, 部门整体) or of a 表式 in full.

    `weights` are those of the level-1 indicators (成本指标 among them makes it a level of its own), `execution`
    that of the execution rate. Raises UsageError for any other kind.
    """
    official = KINDS.get(kind) or next((found for found in KINDS.values() if found.title == kind), None)
    if official is None:
        raise UsageError(f"没有“{kind}”这种表式；可用的有：{'、'.join(KINDS)}")
    plain: dict[str, Plain] = {"格式": FORMAT, "表式": official.title, "年度": "" if year is None else str(year)}
    plain |= {name: "" for row in official.heading for name in row}
    plain |= _sections(official, weights or _WEIGHTS, execution)
    plain |= dict.fromkeys(official.notes, "")
    document = next(load(json.dumps(plain, ensure_ascii=False)))
    if document.form is None or document.problems:
        raise AssertionError(document.problems)
    return document.form


def _sections(official: Official, weights: Mapping[str, str], execution: str) -> dict[str, Plain]:
    levels = _LEVELS_WITH_COST if "成本指标" in weights else _LEVELS
    sections: dict[str, Plain] = {"项目资金": _funds(official, execution)}
    if official is TRANSFER:
        sections["资金管理情况"] = [{"事项": matter, "情况说明": "", "存在问题": ""} for matter in _MANAGEMENT]
    sections["年度总体目标"] = {"预期目标": "", "实际完成情况": ""}
    sections["绩效指标"] = _indicators(levels, scored=official.scored)
    if official.scored:
        sections["指标分组"] = dict(weights)
        sections["总分"] = {"分值": "100", "得分": ""}
    return sections


def _funds(official: Official, execution: str) -> list[Plain]:
    rows: list[Plain] = []
    for source in _TRANSFER_SOURCES if official is TRANSFER else _FUND_SOURCES:
        row: dict[str, Plain] = {"资金来源": source, **dict.fromkeys(official.funds, "")}
        if source != TOTAL_SOURCE:
            row = {name: text for name, text in row.items() if name not in ("分值", "得分")}
        elif official.scored:
            row["分值"] = execution
        rows.append(row)
    return rows


def _indicators(levels: Mapping[str, tuple[str, ...]], *, scored: bool) -> list[Plain]:
    blanks: dict[str, Plain] = {
        field.name: "" for field in INDICATORS.fields[2:] if scored or field.name not in ("分值", "得分")
    }
    return [
        {"一级指标": first, "二级指标": second} | blanks
        for first, seconds in levels.items()
        for second in seconds
        for _ in range(_ROWS_A_LEVEL)
    ]
