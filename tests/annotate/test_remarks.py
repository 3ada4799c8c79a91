"""The texts written into a file: of findings, their further places, and what goes away with them."""

from __future__ import annotations

from pathlib import Path

from perfeval_lint import convert, lint
from perfeval_lint.annotate.annotate import annotate
from perfeval_lint.annotate.remarks import Remark, notes_on
from perfeval_lint.render.render import render
from tests.annotate.book_files import opened

FORM = """\
格式: perfeval/1
绩效指标:
- {一级指标: 产出, 三级指标: 甲, 年度指标值: 完成全部八个乡镇的培训任务, 实际完成值: 完成全部八个乡镇的培训任务}
- {一级指标: 产出, 三级指标: 乙, 年度指标值: 完成全部九个社区的宣传工作, 实际完成值: 完成全部九个社区的宣传工作}
- {一级指标: 产出, 三级指标: 丙, 年度指标值: 4次, 实际完成值: 3次, 分值: 10, 得分: 7.5}
- {一级指标: 效益指标, 三级指标: 丁}
- {一级指标: 效益指标, 三级指标: 戊}
- {一级指标: 满意度指标, 三级指标: 己}
- {一级指标: 满意度指标, 三级指标: 庚}
"""


def remarks_on(path: Path, rule: str) -> list[Remark]:
    """The remarks of one rule on a file."""
    (notes,) = notes_on(lint(path).files[0])
    return [remark for remark in notes.remarks if remark.rule.startswith(rule)]


def written(folder: Path, kind: str) -> Path:
    """The form as a Word file or workbook."""
    (folder / "表.yaml").write_text(FORM, "utf-8")
    path = folder / f"表{kind}"
    path.write_bytes(render(convert(folder / "表.yaml")[0], kind))
    return path


def test_a_place_has_a_short_remark_in_its_own_cell(tmp_path: Path) -> None:
    first, second = remarks_on(written(tmp_path, ".docx"), "PE507")
    assert (first.is_place, second.is_place) == (False, True)
    assert "还有 1 处，见各格的批注" in first.lines
    assert second.origin == first.origin._replace(row=first.origin.row + 1)  # type: ignore[union-attr, call-arg]
    assert second.lines == (
        "警告 PE507 实际完成值照抄年度指标值",
        "位置：绩效指标 第2项“乙”·实际完成值",
        "实际完成值与年度指标值一字不差：“完成全部九个社区的宣传工作”",
        "改法：同 绩效指标 第1项“甲”·实际完成值",
    )


def test_what_goes_away_with_a_finding_is_told_at_the_end_of_its_remark(tmp_path: Path) -> None:
    path = written(tmp_path, ".docx")
    (remark,) = remarks_on(path, "PE401")
    assert remark.lines[-1] == "连带：PE403 目标 4次，实际 3次，完成 75%，未填写偏差原因"
    assert remarks_on(path, "PE403") == []


def test_the_places_in_one_merged_cell_have_one_remark(tmp_path: Path) -> None:
    (remark,) = remarks_on(written(tmp_path, ".xlsx"), "PE007")
    assert remark.places == 0


def test_the_sheet_of_findings_shows_what_belongs_to_the_line_above(tmp_path: Path) -> None:
    path = written(tmp_path, ".xlsx")
    sheet = opened(annotate(path.read_bytes(), lint(path).files[0]))["审核意见"]
    lines = [[cell.value for cell in row[:5]] for row in sheet.iter_rows(min_row=3)]
    shown = [(level, rule.split()[0], remedy) for level, rule, _, _, remedy in lines if rule]
    at = shown.index(("警告", "PE507", "写实际做到了什么：多少、何时、什么效果。"))
    assert shown[at + 1] == ("同类", "PE507", "同 绩效指标 第1项“甲”·实际完成值")
    at = next(n for n, (level, rule, _) in enumerate(shown) if (level, rule) == ("错误", "PE401"))
    assert shown[at + 1] == ("连带", "PE403", "上面的改好就没有了")
