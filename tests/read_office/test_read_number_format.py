"""Number format codes: each row was compared with LibreOffice or taken from Excel's documentation."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfeval_lint.read.number_builtin import BUILTIN
from perfeval_lint.read.number_format import show_number, show_text

SHOWN = [
    ("General", 0.1 + 0.2, "0.3"),
    ("General", 508.95000000000005, "508.95"),
    ("General", 100.0, "100"),
    ("General", -3.2, "-3.2"),
    ("General", 1234567.891234567, "1234567.891"),
    ("General", 33.333333333333336, "33.33333333"),
    ("General", 12345678901.0, "12345678901"),
    ("General", 123456789012.0, "1.23457E+11"),
    ("General", 0.00001, "0.00001"),
    ("General", 0.00001234567, "1.23457E-05"),
    ("General", 0.0, "0"),
    ("G/通用格式", 2.5, "2.5"),
    ('General"分"', 9.5, "9.5分"),
    ("@", 3.10, "3.1"),
    ("0", 0.5, "1"),
    ("0.00", 508.9500000001, "508.95"),
    ("0.00", 9.7, "9.70"),
    ("0.00", 2.675, "2.68"),
    ("0.00", 1.005, "1.01"),
    ("0.00", 99.995, "100.00"),
    ("0.00_ ", 9.7, "9.70"),
    ("0.00%", 0.9361, "93.61%"),
    ("0%", 1, "100%"),
    ("0.0%", -0.0125, "-1.3%"),
    ('0.00"%"', 93.61, "93.61%"),
    ("#,##0.00", 1234.5, "1,234.50"),
    ("#,##0", 1234567, "1,234,567"),
    ("0,000", 5, "0,005"),
    ("#.##", 5, "5."),
    ("0.0#", 5.25, "5.25"),
    ("000000", 42, "000042"),
    ("00-00", 1234, "12-34"),
    ("0.0,", 12345, "12.3"),
    ('0.0,"万"', 1234567, "1234.6万"),
    ('0!.0,"万"', 12345, "1.2万"),
    ("0.00E+00", 12345, "1.23E+04"),
    ("0.00E+00", 0.0009996, "1.00E-03"),
    ("##0.0E+0", 12345, "12.3E+3"),
    ("[Red]0.00;[Blue]-0.00", -3.2, "-3.20"),
    ("0.00;[红色]0.00", -1, "1.00"),
    ("#,##0.00_);(#,##0.00)", -1234.567, "(1,234.57)"),
    ("0.00_);[Red]\\(0.00\\)", -2.005, "(2.01)"),
    ("¥#,##0.00", 3, "¥3.00"),
    ("[$¥-804]#,##0.00", 1234.5, "¥1,234.50"),
    (BUILTIN[43], 0, "-"),
    (BUILTIN[43], -1234.5, "-1,234.50"),
    (BUILTIN[44], 12, "¥12.00"),
    ('"≥"0', 5, "≥5"),
    ('0;-0;"零"', 0, "零"),
    ("0;-0;;@", 0, ""),
    ("[>=100]0.0;[<100]0.00", 5, "5.00"),
    ("[<60]-0;0", -5, "-5"),
    ("yyyy/m/d", 44927, "2023/1/1"),
    (BUILTIN[14] + ";@", 44927, "2023/1/1"),
    ("yyyy-mm-dd", 59, "1900-02-28"),
    ("yyyy-mm-dd", 61, "1900-03-01"),
    ('yyyy"年"m"月"d"日"', 44927, "2023年1月1日"),
    ('[$-804]yyyy"年"m"月";@', 44927, "2023年1月"),
    ("[$-F800]dddd, mmmm dd, yyyy", 44927, "2023年1月1日"),
    ("yyyy.mm.dd", 44927.99, "2023.01.01"),
    ("yyyy/m/d h:mm", 44927.75, "2023/1/1 18:00"),
    ("h:mm AM/PM", 44927.75, "6:00 PM"),
    (BUILTIN[55], 0.25, "上午6时00分"),
    ("[h]:mm:ss", 1.5, "36:00:00"),
    ("mm:ss.0", 0.0007, "01:00.5"),
    ("d-mmm-yy", 44927, "1-Jan-23"),
    ("aaaa", 44927, "星期日"),
    ('"周"aaa', 44927, "周日"),
    ("dddd", 44927, "Sunday"),
    ("e/m/d", 44927, "2023/1/1"),
]


@pytest.mark.parametrize(("code", "value", "text"), SHOWN)
def test_shown(code: str, value: float, text: str) -> None:
    assert show_number(value, code) == (text, "")


def test_dates_of_a_workbook_that_counts_from_1904() -> None:
    assert show_number(43465, "yyyy/m/d", from_1904=True).text == "2023/1/1"


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("# ?/?", 0.5, "0.5"),
        ("yyyy/m/d", -1, "-1"),
        ("yyyy/m/d", 60, "60"),
        ("yyyy/m/d", 0.5, "0.5"),
        ("yyyy/m/d", 1e9, "1000000000"),
        ("[DBNum1][$-804]General", 12, "12"),
        ("[<60]0.00;0", -5, "-5"),
        (";;;", 3, ""),
        ("0;0;0;@;0", 3, "3"),
        ("0" * 300, 3, "3"),
        ("0.0.0", 3, "3"),
        ("0.00", float("nan"), ""),
    ],
)
def test_what_cannot_be_told_for_sure_is_doubted(code: str, value: float, text: str) -> None:
    shown = show_number(value, code)
    assert shown.text == text
    assert "请" in shown.doubt


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("General", "甲"),
        ("@", "甲"),
        ("0.00", "甲"),
        ('"第"@"号"', "第甲号"),
        (BUILTIN[43], "甲"),
        ('0;0;0;@"。"', "甲。"),
    ],
)
def test_text_in_a_cell_with_a_number_format(code: str, shown: str) -> None:
    assert show_text("甲", code) == shown


@settings(max_examples=300, derandomize=True, deadline=None)
@given(
    st.floats(),
    st.text('0#?.,%;@-+E_*\\"![]$ymdhsae/AP:()年月日 <>=50', max_size=24) | st.text(max_size=10),
    st.booleans(),
)
def test_any_code_gives_text(value: float, code: str, from_1904: bool) -> None:
    shown = show_number(value, code, from_1904=from_1904)
    assert isinstance(shown.text, str)
    show_text("甲", code)
