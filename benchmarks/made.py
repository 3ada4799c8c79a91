"""Makes forms of ordinary size with texts of their own, from the words of the published examples."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence

from forms import EXAMPLES

from perfeval_lint.form.definition import GOAL, INDICATORS
from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form, Plain

_LEVELS = (
    ("产出指标", "数量指标", 6),
    ("产出指标", "质量指标", 6),
    ("产出指标", "时效指标", 4),
    ("产出指标", "成本指标", 3),
    ("效益指标", "经济效益指标", 2),
    ("效益指标", "社会效益指标", 4),
    ("效益指标", "可持续影响指标", 3),
    ("满意度指标", "服务对象满意度指标", 2),
)
_SOURCES = ("当年财政拨款", "上年结转资金", "其他资金")
_UNITS = "次 家 个 份 人次 项 场 件 台 平方米".split()
_EXECUTION = 10


def example_forms() -> Iterator[Form]:
    """The five published examples."""
    for path in sorted(EXAMPLES.glob("*.yaml")):
        if path.stem != "flawed":
            yield from (document.form for document in load(path.read_bytes()) if document.form is not None)


def made_forms(count: int, seed: int) -> Iterator[Form]:
    """Forms of 25 to 40 indicators; the same for the same seed."""
    clauses, names = _words(list(example_forms()))
    for number in range(count):
        maker = _Maker(random.Random(seed * 100_000 + number), clauses, names)
        document = next(load(json.dumps(maker.form(), ensure_ascii=False)))
        assert document.form is not None
        yield document.form


def _words(forms: Sequence[Form]) -> tuple[list[str], list[str]]:
    """The clauses of goals and reasons, and pieces of the indicators' names, of two to eight characters."""
    goals = [value.text for form in forms for record in form.rows(GOAL) for value in record.values.values()]
    rows = [record for form in forms for record in form.rows(INDICATORS)]
    reasons = [record.text("偏差原因") or "" for record in rows]
    clauses = {clause for text in goals + reasons for clause in re.split("[，。；\\s]", text) if len(clause) > 5}
    names = {piece for record in rows for piece in re.findall("[一-龥]{2,8}", record.text("三级指标") or "")}
    return sorted(clauses), sorted(names)


class _Maker:
    """Makes one form from words, by chance."""

    def __init__(self, chance: random.Random, clauses: list[str], names: list[str]) -> None:
        self.chance, self.clauses, self.names = chance, clauses, names

    def form(self) -> dict[str, Plain]:
        """The form in its canonical shape; weights are 100 in all, the total is the sum of the scores."""
        funds, indicators = self._funds(), self._indicators()
        scores = [float(str(row["得分"])) for row in (funds[0], *indicators)]
        return {
            "格式": "perfeval/1",
            "表式": "项目支出绩效自评表",
            "年度": str(self.chance.randint(2019, 2024)),
            "项目名称": self._name(3) + "项目",
            "主管部门": self._name(1) + "局",
            "实施单位": self._name(2) + "中心",
            "项目资金": list(funds),
            "年度总体目标": {"预期目标": self._sentence(4, 14), "实际完成情况": self._sentence(4, 14)},
            "绩效指标": list(indicators),
            "总分": {"分值": "100", "得分": f"{sum(scores):g}"},
        }

    def _name(self, pieces: int) -> str:
        return "".join(self.chance.choice(self.names) for _ in range(pieces))

    def _sentence(self, least: int, most: int) -> str:
        return "，".join(self.chance.choice(self.clauses) for _ in range(self.chance.randint(least, most))) + "。"

    def _funds(self) -> list[dict[str, Plain]]:
        budget = round(self.chance.uniform(20, 9000), self.chance.randint(0, 4))
        spent = round(budget * self.chance.uniform(0.6, 1), 2)
        amounts = {"年初预算数": f"{budget:.10g}", "全年预算数": f"{budget:.10g}", "全年执行数": f"{spent:.10g}"}
        rate = spent / budget
        total = amounts | {"分值": str(_EXECUTION), "执行率": f"{rate:.2%}", "得分": f"{_EXECUTION * rate:.2f}"}
        zeros = dict.fromkeys(amounts, "0")
        parts = [{"资金来源": name} | (zeros if number else amounts) for number, name in enumerate(_SOURCES)]
        return [{**row} for row in ({"资金来源": "年度资金总额", **total}, *parts)]

    def _indicators(self) -> list[dict[str, Plain]]:
        levels = [
            (first, second) for first, second, rows in _LEVELS for _ in range(self.chance.randint(rows - 1, rows + 2))
        ]
        weights = [(100 - _EXECUTION) // len(levels)] * len(levels)
        weights[0] += 100 - _EXECUTION - sum(weights)
        return [self._indicator(*level, weight) for level, weight in zip(levels, weights, strict=True)]

    def _indicator(self, first: str, second: str, weight: int) -> dict[str, Plain]:
        target, actual = self._quantities(second)
        row: dict[str, Plain] = {"一级指标": first, "二级指标": second, "三级指标": self._name(2)}
        row |= {"年度指标值": target, "实际完成值": actual, "分值": str(weight), "得分": str(weight)}
        if self.chance.random() < 0.15:
            row |= {"得分": f"{weight * self.chance.uniform(0.5, 0.99):.2f}", "偏差原因": self._sentence(1, 3)}
        return row

    def _quantities(self, second: str) -> tuple[str, str]:
        number, unit = self.chance.randint(2, 4000), self.chance.choice(_UNITS)
        choices = [(f"≥{number}{unit}", f"{number + self.chance.randint(0, 90)}{unit}")]
        if second in ("质量指标", "服务对象满意度指标"):
            choices = [(f"≥{self.chance.randint(80, 95)}%", f"{self.chance.uniform(80, 99):.1f}%")]
        elif second == "时效指标":
            month = self.chance.randint(2, 12)
            choices = [(f"{month}月底前完成", f"{month}月"), ("按时完成", "已完成")]
        elif second == "成本指标":
            choices = [(f"控制在{number}万元以内", f"{number - 1}.{self.chance.randint(1, 9)}万元")]
        elif "效益" in second or "影响" in second:
            choices = [(self._sentence(1, 2), self._sentence(1, 3))]
        return self.chance.choice(choices)
