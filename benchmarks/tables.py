"""Markdown or rows of cells to a form, as a user of a general converter would write it, header words known.

Rows may be `helped`: general converters leave out the cells below a merged one, so that the rest of the row moves to
the left. Helped rows are put back: by order where a row has as many cells as the header has words, at the right end
where it has fewer.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence

from cells import Cells, squeeze

_FUNDS = ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
_TRANSFER_FUNDS = {"预算执行率": "执行率"}
_GOAL = {"预期目标": "预期目标", "总体目标": "预期目标", "实际完成情况": "实际完成情况"}
_GOAL |= {"全年实际完成情况": "实际完成情况"}
_INDICATORS = {name: name for name in "一级指标 二级指标 三级指标 年度指标值 实际完成值 分值 得分".split()}
_INDICATORS |= {"指标值": "年度指标值", "全年实际完成值": "实际完成值", "偏差原因分析及改进措施": "偏差原因"}
_INDICATORS |= {"未完成原因和改进措施": "偏差原因"}
_HEADERS = {
    "项目资金": ({name: name for name in _FUNDS} | _TRANSFER_FUNDS, {"全年预算数", "全年执行数"}),
    "年度总体目标": (_GOAL, {"预期目标", "实际完成情况"}),
    "绩效指标": (_INDICATORS, {"一级指标", "三级指标"}),
}
_LEVELS = ("一级指标", "二级指标")
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]$")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~<])")
_RULE = re.compile(r"[|\s:-]*")


def markdown_rows(text: str) -> Iterator[list[str]]:
    """The cells of every pipe table's rows; what pandas writes for a blank cell is blank."""
    for line in text.split("\n"):
        if line.lstrip().startswith("|") and not _RULE.fullmatch(line):
            cells = re.split(r"(?<!\\)\|", line.strip())[1:-1]
            yield [_shown(cell) for cell in cells]


def _shown(cell: str) -> str:
    text = _ESCAPED.sub(r"\1", html.unescape(cell.strip().replace("<br>", "")))
    text = text.removeprefix("**").removesuffix("**")
    return "" if text == "NaN" or text.startswith("Unnamed: ") else text


def cells_of_rows(rows: Sequence[Sequence[str]], *, helped: bool) -> Cells:
    """The values of a form found below the headers of its parts."""
    reader = _Reader(helped)
    for row in rows:
        reader.row(row)
    return reader.cells


class _Reader:
    """Goes down the rows; knows the part it is in and the columns of that part's header."""

    def __init__(self, helped: bool) -> None:
        self.helped = helped
        self.cells: Cells = {"项目资金": [], "年度总体目标": [], "绩效指标": [], "总分": []}
        self.part = ""
        self.columns: dict[int, str] = {}
        self.width = 0
        self.filled: list[int] = []
        self.levels: dict[str, str] = {}

    def row(self, row: Sequence[str]) -> None:
        """Takes in one row."""
        texts = [squeeze(text) for text in row]
        if self._header(texts):
            return
        if "总分" in texts:
            self._total(texts)
        elif self.part:
            texts = self._placed(texts)
            self._values(texts, {name: texts[at] for at, name in self.columns.items() if at < len(texts)})

    def _header(self, texts: list[str]) -> bool:
        words = [_BRACKETS.sub("", text) for text in texts]
        for part, (names, wanted) in _HEADERS.items():
            columns = {at: names[word] for at, word in enumerate(words) if word in names}
            if wanted <= set(columns.values()):
                self.part, self.columns, self.width = part, columns, len(texts)
                self.filled = [at for at, text in enumerate(texts) if text]
                return True
        return False

    def _placed(self, texts: list[str]) -> list[str]:
        """A row under the header's columns."""
        if not self.helped or len(texts) == self.width:
            return texts
        if len(texts) == len(self.filled):
            placed = [""] * self.width
            for at, text in zip(self.filled, texts, strict=True):
                placed[at] = text
            return placed
        return [""] * (self.width - len(texts)) + texts

    def _values(self, texts: list[str], values: dict[str, str]) -> None:
        if not any(values.values()):
            return
        if self.part == "年度总体目标":
            if not self.cells[self.part]:
                self.cells[self.part] = [values]
            return
        if self.part == "项目资金":
            before = [text for text in texts[: min(self.columns)] if text]
            values["资金来源"] = before[-1] if before else ""
        else:
            self._fill_down(values)
        self.cells[self.part].append(values)

    def _fill_down(self, values: dict[str, str]) -> None:
        if values.get("一级指标") and values["一级指标"] != self.levels.get("一级指标"):
            self.levels = {}
        for name in _LEVELS:
            self.levels[name] = values[name] = values.get(name) or self.levels.get(name, "")

    def _total(self, texts: list[str]) -> None:
        found: Mapping[str, str] = dict(
            zip(("分值", "得分", "等级"), (text for text in texts if text not in ("", "总分")), strict=False)
        )
        self.cells["总分"] = [dict(found)]
        self.part = ""
