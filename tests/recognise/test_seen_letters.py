"""A cell says what a person sees in it: look-alike letters, what is no content, line breaks between figures."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path

import docx
import pytest
import yaml

from perfeval_lint import lint
from perfeval_lint.blanks import ERROR_VALUE
from perfeval_lint.form.definition import FUNDS, INDICATORS, TOTAL
from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form
from perfeval_lint.letters import LOOK_ALIKE, folded, look_alikes
from perfeval_lint.read.read import read
from perfeval_lint.recognise.convert import documents
from tests.recognise.files import WRITERS
from tests.recognise.notation import parse

RULES = Path(__file__).parents[2] / "rules"
SEEN = """\
P 项目⽀出绩效⾃评表
TABLE
项⽬名称 | ⻬⼭林场防⽕道⼯程{c7}
主管部⻔ | 县林业局{c3} | 实施单位 | ⻬⼭林场{c3}
项⽬负责⼈ | ⾼⽴晴{c3} | 联系电话 | 0551-1234567{c3}
项目资⾦\\n（万元）{r2} |  | 年初预算数 | 全年预算数 | 全年执⾏数 | 分值 | 执⾏率 | 得分
年度资⾦总额 | 60 | 60 | 57．00 | 10 | 95.00﹪ | 9.50
⼀级指标 | ⼆级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 | 偏差原因分析及改进措施
产出指标 | 数量指标 | 新开道路 | ﹥12⼈·⽉ | 125\\n⼈ | 10 | 10 | NULL
产出指标 | 数量指标 | 演练期数 | ≥3期 | 3\\n5 | 10 | 8\\n9 | nan
产出指标 | 质量指标 | 合格率 | ≥90﹪ | 97%\\n98.5% | 10 | 9 | 选择一项。
产出指标 | 时效指标 | 完成时间 | 12⽉底前 | 单击或点击以输入日期。 | 10 | 9 | None
效益指标 | 生态效益指标 | 防护面积 | ≥120m² | ½㎡ | 10 | 10 | N/A
总分 |  |  |  |  | 100 | 95.0 |
"""


@pytest.fixture(scope="module", params=WRITERS)
def form(request: pytest.FixtureRequest) -> Form:
    kind = str(request.param)
    (document,) = documents(WRITERS[kind](parse(SEEN)), f"a{kind}")
    assert document.form is not None
    return document.form


def test_look_alike_letters_are_those_they_are_seen_as(form: Form) -> None:
    assert form.text("项目名称") == "齐山林场防火道工程"
    assert form.text("实施单位") == "齐山林场"
    (fund,) = form.rows(FUNDS)
    assert [fund.text(name) for name in ("资金来源", "全年执行数", "执行率")] == ["年度资金总额", "57.00", "95.00%"]
    rows = form.rows(INDICATORS)
    assert [row.text("年度指标值") for row in rows] == [">12人·月", "≥3期", "≥90%", "12月底前", "≥120m²"]
    assert rows[4].text("实际完成值") == "½㎡"


def test_names_of_people_are_kept_as_typed(form: Form) -> None:
    assert form.text("项目负责人") == "⾼⽴晴"


def test_what_is_no_content_is_blank_in_its_place(form: Form) -> None:
    rows = form.rows(INDICATORS)
    assert ["偏差原因" in row.values for row in rows] == [False] * 5
    assert "实际完成值" not in rows[3].values
    assert rows[3].place("实际完成值") is not None


def test_breaks_keep_figures_apart_and_nothing_else(form: Form) -> None:
    rows = form.rows(INDICATORS)
    assert [row.text("实际完成值") for row in rows[:3]] == ["125人", "3 5", "97% 98.5%"]
    assert rows[1].text("得分") == "8 9"  # two figures, no score


def test_two_figures_in_a_score_are_found() -> None:
    (report,) = lint(WRITERS[".xlsx"](parse(SEEN))).files[0].forms
    found = [one for one in report.verdict.findings if one.place.path == "绩效指标[1].得分"]
    assert [one.rule.id for one in found] == ["PE002"]
    assert "“8 9”不是数字" in found[0].message


def test_a_person_named_in_a_line_is_kept_as_typed() -> None:
    document = docx.Document(io.BytesIO(WRITERS[".docx"](parse(SEEN))))
    document.add_paragraph("填表⼈：⽅⽂　　填报⽇期：2024-01-15")
    stream = io.BytesIO()
    document.save(stream)
    (read,) = documents(stream.getvalue(), "a.docx")
    assert read.form is not None
    assert (read.form.text("填表人"), read.form.text("填写日期")) == ("⽅⽂", "2024-01-15")


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("⼯⽇⾦⻓⻔⻋⺠", "工日金长门车民"),
        ("更晴", "更晴"),
        ("﹪﹥﹤﹦﹢﹣", "%><=+-"),
        ("﹙甲﹚﹕乙﹔", "（甲）：乙；"),
        ("𝟏𝟐", "12"),
    ],
)
def test_letters_that_are_folded(written: str, seen: str) -> None:
    assert folded(written) == seen


@pytest.mark.parametrize("text", ["m²", "㎡", "㎞²", "½", "①", "℃", "‰", "≥５％", "Ⅲ", "㈠", "㏊", "ﬁ", "⺗⺼⻏"])
def test_letters_with_a_sense_of_their_own_stay(text: str) -> None:
    assert folded(text) == text


def test_every_folded_letter_is_one_for_one_and_looked_for() -> None:
    assert all(len(old) == len(new) == 1 and folded(old) == new for old, new in look_alikes().items())
    assert all(folded(new) == new for new in look_alikes().values())
    assert LOOK_ALIKE.count("-") == 6
    radicals = [chr(code) for code in range(0x2F00, 0x2FD6)]
    assert all(folded(one) == unicodedata.normalize("NFKC", one) != one for one in radicals)


@pytest.mark.parametrize("name", ["⽉", r'"\u2F49"'])
def test_a_canonical_form_is_folded_where_it_is_judged(name: str) -> None:
    (document,) = load(f"格式: perfeval/1\n项目名称: {name}\n项目负责人: ⽉\n总分: {{得分: 95﹪}}\n")
    assert document.form is not None
    assert document.form.text("项目名称") == "月"
    assert document.form.text("项目负责人") == "⽉"
    assert document.form.rows(TOTAL)[0].text("得分") == "95%"
    assert document.form.root.values["项目名称"].text == "⽉"  # what was typed is kept


_PROGRAMS = ("NULL", r"\N", "nan", "None", "<NA>", " NaN ", "[null]")
_PROMPTS = (
    "选择一项。",
    "单击此处输入文字。",
    "（请选择）",
    "请下拉选择",
    "【下拉选择】",
    "请在此处填写",
    "请在此输入内容",
)


@pytest.mark.parametrize("cell", [*_PROGRAMS, *_PROMPTS])
def test_no_content_in_a_canonical_form_is_a_blank_cell(cell: str) -> None:
    row = f"{{三级指标: 培训, 年度指标值: ≥3期, 实际完成值: '{cell}', 分值: 10, 得分: '{cell}', 偏差原因: '{cell}'}}"
    report = lint(f"格式: perfeval/1\n绩效指标:\n- {row}\n".encode()).files[0].forms[0]
    found = {one.rule.id for one in report.verdict.findings if one.place.path == "绩效指标[0].实际完成值"}
    assert found == {"PE502"}
    assert not any(one.rule.id in ("PE002", "PE005") for one in report.verdict.findings)
    (record,) = report.form.rows(INDICATORS)
    assert record.values["实际完成值"].text == cell  # what stands there is kept


@pytest.mark.parametrize("cell", ["#DIV/0!", "#N/A", "#REF!", "Err:502"])
def test_an_error_value_is_no_result(cell: str) -> None:
    row = f"{{三级指标: 培训, 年度指标值: ≥3期, 实际完成值: '{cell}', 分值: 10, 得分: 10}}"
    report = lint(f"格式: perfeval/1\n绩效指标:\n- {row}\n".encode()).files[0].forms[0]
    found = [one for one in report.verdict.findings if one.place.path.startswith("绩效指标[0]")]
    assert [(one.rule.id, one.place.path) for one in found] == [("PE005", "绩效指标[0].实际完成值")]
    assert f"公式的错误值“{cell}”" in found[0].message


def test_rules_and_readers_know_the_same_error_values() -> None:
    definitions = yaml.safe_load((RULES / "definitions.yaml").read_text("utf-8"))
    assert definitions["macros"]["错误值样式"]["sql"] == f"'{ERROR_VALUE}'"


def test_a_text_that_stands_in_many_cells_is_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr("perfeval_lint.read.read.has_look_alikes", lambda text: looked.append(text) is not None)
    row = "<tr>" + "<td>同样的文字</td>" * 10 + "</tr>"
    read(f"<table>{row * 20}</table>".encode(), "a.html")
    assert looked.count("同样的文字") == 1
