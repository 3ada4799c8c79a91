"""The official forms as printed: their titles, headings and the words of their labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from perfeval_lint.form.model import Form

PROJECT_TITLE = "项目支出绩效自评表"
TRANSFER_TITLE = "转移支付区域（项目）绩效目标自评表"
DEPARTMENT_TITLE = "部门整体支出绩效自评表"
TOTAL_SOURCE = "年度资金总额"  # the first row of the funds


@dataclass(frozen=True, slots=True)
class Official:
    """The words and fields that one official form prints, filled in or not.

    `heading` holds the rows above the funds, one or two fields each; `funds` the columns of the funds;
    `scored` says whether 分值, 得分 and 总分 belong to the form; `notes` are the text rows at its end.
    `labels` gives the printed words by path (项目资金.执行率) where they are not the field's own name.
    """

    title: str
    heading: tuple[tuple[str, ...], ...]
    funds: tuple[str, ...]
    scored: bool
    notes: tuple[str, ...]
    labels: Mapping[str, str]

    def label(self, path: str) -> str:
        """The printed words for a field or section; the cell above the fund sources is blank."""
        return self.labels.get(path, path.rpartition(".")[2])


_LABELS = {
    "项目资金": "项目资金（万元）",
    "项目资金.资金来源": "",
    "资金管理情况.事项": "",
    "资金管理情况.存在问题": "存在问题和改进措施",
    "绩效指标.偏差原因": "偏差原因分析及改进措施",
}

PROJECT = Official(
    title=PROJECT_TITLE,
    heading=(("项目名称",), ("主管部门", "实施单位")),
    funds=("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"),
    scored=True,
    notes=(),
    labels=_LABELS,
)

TRANSFER = Official(
    title=TRANSFER_TITLE,
    heading=(("项目名称",), ("中央主管部门",), ("地方主管部门", "资金使用单位")),
    funds=("全年预算数", "全年执行数", "执行率"),
    scored=False,
    notes=("说明",),
    labels=_LABELS
    | {
        "项目名称": "转移支付（项目）名称",
        "项目资金": "资金投入情况（万元）",
        "项目资金.全年预算数": "全年预算数（A）",
        "项目资金.全年执行数": "全年执行数（B）",
        "项目资金.执行率": "预算执行率（B/A×100%）",
        "年度总体目标": "总体目标完成情况",
        "年度总体目标.预期目标": "总体目标",
        "年度总体目标.实际完成情况": "全年实际完成情况",
        "绩效指标.年度指标值": "指标值",
        "绩效指标.实际完成值": "全年实际完成值",
        "绩效指标.偏差原因": "未完成原因和改进措施",
    },
)

DEPARTMENT = Official(
    title=DEPARTMENT_TITLE,
    heading=(("部门",),),
    funds=PROJECT.funds,
    scored=True,
    notes=(),
    labels=_LABELS | {"项目资金": "预算资金（万元）"},
)


def official_of(form: Form) -> Official:
    """The official form that a form's 表式 names; any other 表式, or none, takes the project's layout."""
    kind = form.text("表式") or ""
    if "转移支付" in kind or "区域" in kind:
        return TRANSFER
    return DEPARTMENT if "部门整体" in kind else PROJECT
