"""One value of a form put in place of another."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfeval_lint.errors import UsageError
from perfeval_lint.form.edit import edited
from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form, to_plain

FLAWED = Path(__file__).parents[2] / "examples/flawed.yaml"

DOUBTED = """\
格式: perfeval/1
项目名称: 培训
绩效指标:
- {得分: 9, 三级指标: 班, 旧列: 甲}
存疑:
- {位置: '绩效指标[0].得分', 原因: 看不清}
- {位置: 表1第2行, 原因: 认不出}
"""


def form_of(text: str) -> Form:
    (document,) = load(text)
    assert document.form is not None
    return document.form


@pytest.fixture
def flawed() -> Form:
    return form_of(FLAWED.read_text("utf-8"))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("项目名称", "另一个名称"),
        ("主管部门", "财政局"),
        ("说明", "有说明。"),
        ("项目资金[0].全年执行数", "58.5"),
        ("绩效指标[3].偏差原因", "写了原因"),
        ("年度总体目标.预期目标", "新目标"),
        ("总分.等级", "良"),
        ("指标分组.产出指标", "50"),
        ("绩效指标[6].三级指标", "新的一行"),
        ("资金管理情况[0].事项", "分配科学性"),
    ],
)
def test_a_value_put_in(flawed, path, text):
    before, after = to_plain(flawed), to_plain(edited(flawed, path, text))
    key, _, rest = path.partition(".")
    name, _, row = key.rstrip("]").partition("[")
    found = after[name][int(row)][rest] if row else after[name][rest] if rest else after[name]
    assert found == text
    changed = {one for one in {*before, *after} if before.get(one) != after.get(one)}
    assert changed == {name}


def test_the_order_is_that_of_the_form():
    form = edited(edited(form_of(DOUBTED), "绩效指标[0].一级指标", "产出指标"), "年度", "2024")
    plain = to_plain(form)
    assert list(plain) == ["格式", "年度", "项目名称", "绩效指标", "存疑"]
    assert list(plain["绩效指标"][0]) == ["一级指标", "三级指标", "得分", "旧列"]


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_a_blank_takes_the_value_away(flawed, blank):
    plain = to_plain(edited(flawed, "绩效指标[0].得分", blank))
    assert "得分" not in plain["绩效指标"][0]
    goal = edited(edited(flawed, "年度总体目标.预期目标", blank), "年度总体目标.实际完成情况", blank)
    assert "年度总体目标" not in to_plain(goal)


def test_what_was_doubted_is_settled():
    form = form_of(DOUBTED)
    (left,) = to_plain(edited(form, "绩效指标[0].得分", "8"))["存疑"]
    assert left["位置"] == "表1第2行"
    assert len(to_plain(edited(form, "绩效指标[0].三级指标", "八"))["存疑"]) == 2


@pytest.mark.parametrize(
    "path", ["绩效指标[7].得分", "绩效指标.得分", "绩效指标[0]", "绩效指标[0].没有", "绩效指标", "没有"]
)
def test_a_path_there_is_not(flawed, path):
    with pytest.raises(UsageError, match="没有这一格"):
        edited(flawed, path, "1")


@pytest.mark.parametrize(
    "path", ["", "格式", "总分", "总分[0].得分", "总分.没有", "项目名称.x", "项目名称[0]", "a" * 100_000, "[", ".."]
)
def test_paths_that_are_none(flawed, path):
    with pytest.raises(UsageError):
        edited(flawed, path, "1")


def test_a_section_left_without_a_new_row(flawed):
    before = to_plain(flawed)
    with pytest.raises(UsageError):
        edited(flawed, "资金管理情况[3].事项", "x")
    assert to_plain(flawed) == before
