"""Empty official forms."""

from __future__ import annotations

import io
from decimal import Decimal

import docx
import pytest

from perfeval_lint.errors import UsageError
from perfeval_lint.form.definition import FUNDS, INDICATORS, MANAGEMENT
from perfeval_lint.form.dump import dump
from perfeval_lint.form.load import load
from perfeval_lint.form.model import to_plain
from perfeval_lint.render.blank import KINDS, blank_form
from perfeval_lint.render.layout import lay_out
from perfeval_lint.render.render import render


@pytest.mark.parametrize("kind", [*KINDS, *(official.title for official in KINDS.values())])
@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".html"])
def test_every_kind_is_written(kind: str, suffix: str) -> None:
    assert render(blank_form(kind, 2024), suffix)


@pytest.mark.parametrize("kind", KINDS)
def test_canonical_form_loads_again_without_problems(kind: str) -> None:
    form = blank_form(kind, 2024)
    document = next(load(dump([form])))
    assert document.form is not None
    assert not document.problems
    assert not document.form.unknown
    assert to_plain(document.form) == to_plain(form)


def test_other_kinds_are_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"没有“月报”这种表式；可用的有：项目、转移支付、部门整体"):
        blank_form("月报")


def test_project_form_has_the_official_rows() -> None:
    form = blank_form("项目", 2024)
    sources = [record.text("资金来源") for record in form.rows(FUNDS)]
    assert sources == ["年度资金总额", "当年财政拨款", "上年结转资金", "其他资金"]
    levels = list(dict.fromkeys((row.text("一级指标"), row.text("二级指标")) for row in form.rows(INDICATORS)))
    assert len(levels) == 9
    assert len(form.rows(INDICATORS)) == 27
    assert form.text("年度") == "2024"
    assert blank_form("项目").text("年度") is None


WITH_COST = {"成本指标": "20", "产出指标": "40", "效益指标": "20", "满意度指标": "10"}


@pytest.mark.parametrize("weights", [None, WITH_COST])
def test_weights_add_up_to_a_hundred(weights: dict[str, str] | None) -> None:
    plain = to_plain(blank_form("部门整体", weights=weights))
    groups, funds = plain["指标分组"], plain["项目资金"]
    assert isinstance(groups, dict)
    assert isinstance(funds, list)
    assert isinstance(funds[0], dict)
    assert sum(Decimal(str(weight)) for weight in groups.values()) + Decimal(str(funds[0]["分值"])) == 100


def test_transfer_form_has_the_seven_matters_and_no_scores() -> None:
    form = blank_form("转移支付")
    assert len(form.rows(MANAGEMENT)) == 7
    texts = [cell.text for cell in lay_out(form).cells]
    assert "分值" not in texts
    assert "总分" not in texts
    assert texts[-2:] == ["说明", ""]


def test_blank_word_form_has_cells_to_fill() -> None:
    table = docx.Document(io.BytesIO(render(blank_form("项目", 2024), ".docx"))).tables[0]
    assert table.cell(0, 2).text == ""
    assert table.cell(3, 6).text == "10"
    assert "产出指标（50分）" in {cell.text for cell in table.columns[1].cells}
