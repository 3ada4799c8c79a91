"""Canonical forms as hypothesis makes them: what a unit could have printed, in canonical text."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form
from perfeval_lint.recognise.words.label import label_key
from perfeval_lint.recognise.words.template import shipped_templates
from perfeval_lint.values.name import without_prompt
from perfeval_lint.values.number import is_number
from perfeval_lint.values.text import clean

WORDS = shipped_templates().all[0].vocabulary
CHARACTERS = (
    "知识产权运营服务体系建设项目完成情况良好企业培训次数达到公里万户及时率提升群众“”《》，、；（）%≥ABCdef0123456789"
)
KINDS = ("项目支出绩效自评表", "转移支付区域（项目）绩效目标自评表", "部门整体支出绩效自评表")
LEVELS = {
    "成本指标": ("经济成本指标", "社会成本指标"),
    "产出指标": ("数量指标", "质量指标", "时效指标"),
    "效益指标": ("经济效益指标", "社会效益指标", "生态效益指标"),
    "满意度指标": ("服务对象满意度指标",),
}


def _is_plain(text: str) -> bool:
    """Whether a text is already canonical, and nothing that means something else on a form."""
    if not text or text != clean(text) or is_number(text) or text != without_prompt(text):
        return False
    if WORDS.is_blank(text) or text in WORDS.fillers or WORDS.is_total(text) or WORDS.dropped.fullmatch(text):
        return False
    return not any(label_key(text) in roles for roles in WORDS.roles.values())


def texts(longest: int = 60) -> st.SearchStrategy[str]:
    """Texts of a cell: they begin with a Chinese word, so that none is a number or a label."""
    tails = st.text(CHARACTERS, max_size=longest)
    return tails.map(lambda tail: clean("某县" + tail)).filter(_is_plain)


def amounts() -> st.SearchStrategy[str]:
    return st.decimals(0, 10**7, places=2).map(str) | st.integers(0, 10**7).map(str)


def quantities() -> st.SearchStrategy[str]:
    number = st.integers(1, 9999)
    made = st.tuples(st.sampled_from(["≥", "≤", "", "不少于"]), number, st.sampled_from(["次", "%", "家", "万元"]))
    return made.map(lambda parts: f"{parts[0]}{parts[1]}{parts[2]}") | texts(40)


def _optional(values: dict[str, st.SearchStrategy[str]]) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({}, optional=values)


def _indicators(*, scored: bool) -> st.SearchStrategy[list[dict[str, str]]]:
    scores = {"分值": amounts(), "得分": amounts()} if scored else {}
    cells = _optional({"年度指标值": quantities(), "实际完成值": quantities(), **scores, "偏差原因": texts()})
    row = st.tuples(texts(30), cells).map(lambda parts: {"三级指标": parts[0], **parts[1]})
    return st.lists(row, min_size=1, max_size=7)


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """A form of one of the three kinds, sections and cells there or not."""
    kind = draw(st.sampled_from(KINDS))
    is_transfer = kind.startswith("转移支付")
    plain: dict[str, Any] = {
        "格式": "perfeval/1",
        "表式": kind,
        "年度": draw(st.sampled_from(["2019", "2023", "2025"])),
    }
    head = ["部门"] if kind.startswith("部门") else ["项目名称", "项目负责人"]
    head += ["中央主管部门", "地方主管部门", "资金使用单位"] if is_transfer else ["主管部门"]
    head += [] if is_transfer or "部门" in head else ["实施单位"]
    plain |= draw(_optional({name: texts(20) for name in head}))
    columns = (
        ("全年预算数", "全年执行数") if is_transfer else ("年初预算数", "全年预算数", "全年执行数", "分值", "得分")
    )
    sources = draw(st.lists(st.sampled_from(["当年财政拨款", "上年结转资金", "地方资金", "其他资金"]), unique=True))
    plain["项目资金"] = [
        {"资金来源": source, **draw(_optional({name: amounts() for name in columns}))}
        for source in ["年度资金总额", *sources]
    ]
    goal = draw(_optional({"预期目标": texts(200), "实际完成情况": texts(200)}))
    if goal:
        plain["年度总体目标"] = goal
    plain["绩效指标"] = [
        {"一级指标": first, "二级指标": second, **row}
        for first in draw(st.lists(st.sampled_from(list(LEVELS)), min_size=1, unique=True))
        for second in LEVELS[first]
        for row in draw(_indicators(scored=not is_transfer))
    ]
    if not is_transfer:
        plain["总分"] = {"分值": "100", "得分": draw(amounts())}
    plain |= draw(_optional({name: texts() for name in ("存在问题", "改进措施", "说明")}))
    document = next(load(json.dumps(plain, ensure_ascii=False)))
    assert document.form is not None
    assert not document.problems
    return document.form
