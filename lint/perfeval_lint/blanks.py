"""Texts of a cell that are no content: what programs write for nothing, prompts nobody answered, error values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import product

_NOTHING = (
    *("NULL", "null", "Null", r"\N", "(NULL)", "(null)", "[NULL]", "[null]", "<NULL>", "<null>"),
    *("<NA>", "NA", "N/A", "n/a", "nan", "NaN", "NAN", "NaT", "None", "undefined"),
)
# The prompts of content controls and of cells with a list to choose from.
_PROMPTS: tuple[tuple[str, ...], ...] = (
    ("", "请"),
    ("单击", "点击", "单击或点击", "单击或点按", "单击或轻触", "点击或轻触", "在"),
    ("此处", "此", "这里", "以", "此处以"),
    ("输入", "添加", "编辑", "键入", "选择", "填写"),
    ("文字", "文本", "内容", "日期", "一项", ""),
)
_CHOICES: tuple[tuple[str, ...], ...] = (
    ("", "-", "--", "==", "（", "(", "【", "[", "<"),
    (
        *("请选择", "请选择一项", "选择一项", "选择一个项", "请选择日期", "选择日期", "请从下拉列表中选择"),
        *("请下拉选择", "下拉选择", "请点击选择", "点击选择", "请输入", "请输入内容", "请输入文字", "请填写"),
    ),
    ("", "-", "--", "==", "）", ")", "】", "]", ">"),
)
_ENGLISH = ("Click or tap here to enter text", "Click here to enter text", "Choose an item", "Click to add text")
_ENGLISH_DATES = ("Click or tap to enter a date", "Click here to enter a date")
_WHOLE: tuple[tuple[tuple[str, ...], ...], ...] = (_PROMPTS, _CHOICES, ((*_ENGLISH, *_ENGLISH_DATES),))
_ENDS = ("", "。", ".", "…")
# How the prompt of a content control begins, whatever it asks for.
_ASKING = re.compile(r"\s*(?:单击|点击|轻触|按下|请?选择|请?输入|请?填写|Click|Choose|Enter|Tap|Select)")

NO_CONTENT = frozenset((*_NOTHING, *("".join(one) for parts in _WHOLE for one in product(*parts, _ENDS))))
"""Whole cells, without white space around, that are as good as blank."""


def _any_of(texts: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, texts))})"


NO_CONTENT_PATTERN = "|".join(
    (_any_of(_NOTHING), *("".join(map(_any_of, (*parts, _ENDS))) for parts in _WHOLE)),
)
"""The same as a regular expression for Python and DuckDB, to be matched by a whole cell."""

ERROR_VALUE = (
    r"\s*(?:#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|FIELD!|BLOCKED!|GETTING_DATA)|Err:[0-9]{3})\s*"
)
"""A pattern for what Excel, WPS and LibreOffice show where a formula failed; no number, whatever digits it has."""
_ERROR_VALUE = re.compile(ERROR_VALUE)


def asks_for_content(text: str) -> bool:
    """Returns whether the text of a content control asks for something, in whatever words: 单击此处输入项目名称."""
    return _ASKING.match(text) is not None


def is_error_value(text: str) -> bool:
    """Returns whether the text of a whole cell is an error value."""
    return text.lstrip()[:1] in ("#", "E") and _ERROR_VALUE.fullmatch(text) is not None
