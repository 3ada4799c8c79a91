"""Names of files, and ways to them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfeval_lint.audit.reports.names import cell_of, distinct_names, relative_link


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("科技局", "科技局"),
        ("科技局（本级）/推广中心", "科技局（本级）／推广中心"),
        ("../../etc/passwd", "／..／etc／passwd"),
        ("..", "未命名"),
        ("", "未命名"),
        ('a:b*c?<d>|"e"\\', "a：b＊c？＜d＞｜＂e＂＼"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("COM¹", "_COM¹"),
        ("尾点. ", "尾点"),
        ("一\n二\x00三\u202e", "一 二三"),
        (".隐藏", "隐藏"),
    ],
)
def test_a_name_says_the_text_as_nearly_as_it_can(text: str, name: str) -> None:
    assert distinct_names([text])[text] == name


def test_equal_names_are_told_apart_the_same_whoever_else_is_there() -> None:
    names = distinct_names(["Ａ局", "A局", "a局", "乙局"])
    assert names["乙局"] == "乙局"
    assert len({name.casefold() for name in names.values()}) == 4
    assert names["A局"] == distinct_names(["A局", "a局"])["A局"] != "A局"


def test_long_names_are_cut_and_still_differ() -> None:
    first, second = "长" * 300 + "一", "长" * 300 + "二"
    names = distinct_names([first, second])
    assert names[first] != names[second]
    assert all(len(name.encode()) < 240 for name in names.values())


@given(st.lists(st.text(max_size=80), max_size=8))
def test_any_texts_get_distinct_names_a_file_system_takes(texts: list[str]) -> None:
    names = distinct_names(texts)
    assert set(names) == set(texts)
    assert len({name.casefold() for name in names.values()}) == len(names)
    for name in names.values():
        assert name
        assert not set(name) & set('<>:"/\\|?*\0\n')
        assert name.strip(". ") == name
        assert len(name.encode()) < 255
        assert Path("folder", name).parent == Path("folder")


def test_the_way_to_a_file_starts_at_the_report() -> None:
    origin, folder = Path("工作"), Path("工作/结果")
    assert relative_link("表/甲.docx", origin, folder) == "../表/甲.docx"
    assert relative_link("收件.zip/内/甲.docx", origin, folder) == "../收件.zip"
    assert relative_link("/别处/甲.xlsx", origin, Path("/工作/结果")) == "../../别处/甲.xlsx"
    assert relative_link("库.duckdb/自评", origin, folder) is None
    assert relative_link("https://example.org/a.html", Path(), Path()) is None
    assert relative_link("\\\\server\\a.xlsx", Path(), Path()) is None


def test_only_workbooks_have_cells_to_open() -> None:
    assert cell_of("甲.xlsx", "自评表!AB12") == ("自评表", "AB12")
    assert cell_of("甲.xls", "a!b!C5") == ("a!b", "C5")
    assert cell_of("甲.docx", "表!C5") is None
    assert cell_of("甲.xlsx", "31:12") is None
    assert cell_of("甲.xlsx", None) is None
