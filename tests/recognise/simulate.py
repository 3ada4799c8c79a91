"""Made-up forms and the flattened text an extractor would give of them, to measure how many cells come back right."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

_WORDS = (
    "知识产权 项目 工作 培训 服务 企业 管理 建设 开展 完成 支持 标准 资金 "
    "系统 维护 人员 设备 采购 活动 宣传 调研 报告 研究 制度 机制 提升 能力 "
    "保障 水平 质量 监测 数据 平台 运行 推进 落实 组织 专项 检查 评审 验收 "
    "试点 示范 单位 部门 社会 公众 满意 经济 发展 环境 生态 改善 持续 影响 "
    "信息 安全 覆盖 课程 编制 印发 指导 意见 办法 方案 购置 改造 维修 办公 "
    "用房 图书 档案 实验室 基地 中心 教学 科研 学生 医疗 卫生 疾病 防控 "
    "农业 农村 道路 桥梁 河道 治理 绿化 养护"
).split()
_UNITS = "次 家 个 份 人次 项 % 场 件 人 台 套 平方米 公里 万元".split()
_LEVELS = {
    "产出指标": ("数量指标", "质量指标", "时效指标", "成本指标"),
    "效益指标": ("经济效益指标", "社会效益指标", "可持续影响指标"),
    "满意度指标": ("服务对象满意度指标",),
}
_CLOSING = "，。、；：）》”"
_OPENING = "（《“"
COLUMN_SETS = {
    "usual": "一级指标 二级指标 三级指标 年度指标值 实际完成值 分值 得分 偏差原因分析及改进措施".split(),
    "weight first": "一级指标 二级指标 三级指标 分值 年度指标值 全年实际值 得分 未完成原因分析".split(),
    "score only": "一级指标 二级指标 三级指标 年初目标值 实际完成值 得分".split(),
    "no reason": "一级指标 二级指标 三级指标 年度指标值 实际完成值 分值 得分".split(),
}
STYLES = ("tight", "loose", "plain", "line")


@dataclass(frozen=True, slots=True)
class Simulated:
    """A form's flattened text and the cells that should come back: the header row, then every row in full."""

    text: str
    header: list[str]
    rows: list[list[str]]


def simulate(seed: int, style: str, columns: str) -> Simulated:
    """A form of 8 to 40 rows; the same seed gives the same form."""
    return _Form(random.Random(seed), style, COLUMN_SETS[columns]).made()


class _Form:
    def __init__(self, chance: random.Random, style: str, header: Sequence[str]) -> None:
        self.chance, self.style, self.header = chance, style, list(header)
        self.spaced = chance.choice((0.0, 0.0, 0.6, 1.0))
        self.centred_levels = chance.random() < 0.5
        wide = 999 if style == "line" else 0
        widths = {"一级指标": 4, "二级指标": chance.randint(3, 5), "三级指标": chance.randint(7, 15)}
        self.widths = [
            wide or 2 * widths.get(name, 4 if name in ("分值", "得分") else chance.randint(4, 14)) for name in header
        ]
        self.lines: list[str] = []

    def made(self) -> Simulated:
        rows = self._rows()
        self._head(rows)
        self._table(rows)
        scores = sum(float(row[self.header.index("得分")]) for row in rows)
        if "分值" in self.header:
            weights = sum(float(row[self.header.index("分值")]) for row in rows)
            self.lines += ["", f"总分 {weights + 10:g} {scores + 9.5:g}", ""]
        else:
            self.lines += ["", f"总分 {scores + 9.5:g}", ""]
        return Simulated("\n".join(self.lines), self.header, rows)

    def phrase(self, least: int, most: int) -> str:
        return "".join(self.chance.choice(_WORDS) for _ in range(self.chance.randint(least, most)))

    def sentence(self, parts: int) -> str:
        phrases = [self.phrase(2, 6) for _ in range(parts)]
        if self.chance.random() < 0.3:
            phrases[0] = f"《{phrases[0]}》" + self.phrase(1, 3)
        if self.chance.random() < 0.3:
            phrases[-1] += f"{self.chance.randint(2, 90)}{self.chance.choice(_UNITS)}"
        end = self.chance.choice(("。", ""))
        return "，".join(phrases) + end

    def quantity(self) -> str:
        before = self.chance.choice(("", "", "≥", "不少于", "至少", "完成"))
        return f"{before}{self.chance.randint(1, 120)}{self.chance.choice(_UNITS)}"

    def _values(self) -> tuple[str, str]:
        kind = self.chance.random()
        if kind < 0.5:
            target = self.quantity()
            return target, target if self.chance.random() < 0.3 else self.quantity()
        if kind < 0.7:
            text = self.chance.choice(("按时完成", "第一季度", "12月底前", "全部建立", "基本满意", "≥90%"))
            return text, self.chance.choice((text, "100%", "已完成"))
        target = self.sentence(self.chance.randint(1, 3))
        return target, self.chance.choice((target, "100%", self.sentence(self.chance.randint(1, 4))))

    def _rows(self) -> list[list[str]]:
        rows = []
        for first, seconds in _LEVELS.items():
            for second in seconds:
                for _ in range(self.chance.randint(1, 5)):
                    target, actual = self._values()
                    weight = self.chance.choice((1, 2, 3, 5))
                    lost = self.chance.random() < 0.12
                    score = weight - 0.5 if lost else weight
                    reason = "由于疫情影响，" + self.sentence(2) if lost else ""
                    if not lost and self.chance.random() < 0.04:
                        reason = self.sentence(1)
                    by_name = dict(zip(self.header, [""] * 9, strict=False))
                    name = self.phrase(2, 9)
                    full = {
                        "一级指标": first,
                        "二级指标": second,
                        "三级指标": name,
                        "分值": f"{weight}",
                        "得分": f"{score:g}",
                    }
                    for column in self.header:
                        if column in full:
                            by_name[column] = full[column]
                        elif "目标值" in column or "指标值" in column:
                            by_name[column] = target
                        elif "实际" in column:
                            by_name[column] = actual
                        else:
                            by_name[column] = reason
                    rows.append([by_name[column] for column in self.header])
        return rows

    def _head(self, rows: Sequence[Sequence[str]]) -> None:
        self.lines += ["项目支出绩效自评表", "（2021年度）", "", "项目名称 " + self.phrase(3, 6), ""]
        self.lines += [f"主管部门 {self.phrase(2, 3)}局 实施单位 {self.phrase(2, 3)}中心", "", "项目资金（万元）", ""]
        self.lines += [
            "年初预算数 全年预算数 全年执行数 分值 执行率 得分",
            "",
            "年度资金总额 100 200 190 10 95.00% 9.5",
            "",
        ]
        self.lines += ["其中：当年财政拨款 100 200 190 — 95.00% —", "", "上年结转资金 — —", "", "其他资金 — —", ""]
        self.lines += ["年度总体目标", "", "预期目标 实际完成情况", ""]
        self.lines += [*self.broken(self.sentence(6), 60), "", *self.broken(self.sentence(8), 50), ""]
        self.lines += ["绩效指标", ""]

    def spaces(self, text: str) -> str:
        """The text with spaces between digits and Chinese characters, now and then or always."""
        made = ""
        for character in text:
            joint = made and character.isdigit() != made[-1].isdigit() and (character >= "一" or made[-1] >= "一")
            made += " " * bool(joint and self.chance.random() < self.spaced) + character
        return made

    def broken(self, text: str, width: int) -> list[str]:
        """The text in lines of at most this width, as a word processor breaks Chinese text."""
        lines, line = [], ""
        for word in _unbreakable(self.spaces(text)):
            if line and _width(line + word) > width:
                lines.append(line.rstrip())
                line = ""
            line += word if line else word.lstrip()
        return [*lines, line.rstrip()] if line.strip() else lines

    def _table(self, rows: Sequence[Sequence[str]]) -> None:
        self._cells([self.broken(name, width) for name, width in zip(self.header, self.widths, strict=True)])
        levels = ("", "")
        until_page = self.chance.randint(6, 12)
        for row in rows:
            cells = [self.broken(text, width) for text, width in zip(row, self.widths, strict=True)]
            until_page -= 1
            if until_page == 0 and self.style != "line":
                until_page = self.chance.randint(6, 12)
                self.lines += ["", "", *(["- 2 -", ""] if self.chance.random() < 0.5 else [])]
                levels = ("", "") if self.chance.random() < 0.5 else levels
            if (row[0], row[1]) == levels:
                cells[1] = []
            if row[0] == levels[0]:
                cells[0] = []
            levels = (row[0], row[1])
            self._cells(cells)

    def _cells(self, cells: Sequence[Sequence[str]]) -> None:
        """One row: each cell's lines in turn, centred in the row; a cell on the same height goes on the same line."""
        last: int | None = None
        for index, lines in enumerate(cells):
            if not lines:
                continue
            if last is not None:
                apart = len(lines) + last - 2
                if apart == 0 and index > 2:
                    self.lines[-1] += " " + lines[0]
                    last = len(lines)
                    continue
                self.lines += [""] * self._blank(apart, last)
            for number, line in enumerate(lines):
                self.lines += [""] if number and self.style == "loose" else []
                self.lines.append(line)
            last = len(lines)
        self.lines += [""] * (self.style in ("tight", "loose"))

    def _blank(self, apart: int, before: int) -> bool:
        if self.style == "loose":
            return apart != 1
        return self.style == "tight" and (before > 1 or self.chance.random() < 0.5)


def _width(text: str) -> float:
    return sum(0.5 if character == " " else 1 if ord(character) < 0x2000 else 2 for character in text)


def _unbreakable(text: str) -> list[str]:
    words: list[str] = []
    for character in text:
        latin = character.isascii() and character != " "
        glued = words and (
            character in _CLOSING
            or words[-1][-1] in _OPENING
            or (latin and words[-1][-1].isascii() and words[-1][-1] != " ")
        )
        if glued or (words and words[-1] == " "):
            words[-1] += character
        else:
            words.append(character)
    return words
