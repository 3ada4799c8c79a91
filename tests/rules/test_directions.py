"""Which way an indicator runs: less is better, more is better, exactly, or not to be said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from perfeval_lint.judge.judge import Judge
from perfeval_lint.rule.compile.macros import macro_statements
from perfeval_lint.rule.pack import every_check

TABLE = yaml.safe_load(Path(__file__).with_name("directions.yaml").read_text("utf-8"))
CASES = [tuple(case) for group in TABLE for cases in group.values() for case in cases]
FIRST_LEVELS = {"数量": "产出", "质量": "产出", "时效": "产出", "成本": "成本", "效益": "效益", "满意": "满意度"}
WAYS = {True: "下", False: "上", None: "不知"}

# A list of words, and what is asked so that each of its words decides one of the answers.
DECIDE = {
    "反向词": ("名称", ["{}", "{}率", "{}数"]),
    "反向率词": ("名称", ["{}率"]),
    "受困词": ("名称", ["补助{}人数"]),
    "状语词": ("名称", ["{}发放人数"]),
    "违规词": ("名称", ["{}发放人数"]),
    "惩治词": ("名称", ["违规{}件数"]),
    "待办词": ("名称", ["{}数"]),
    "处理词": ("名称", ["{}违规起数"]),
    "旁及词": ("名称", ["投诉{}数", "投诉{}"]),
    "触及词": ("名称", ["{}违规起数"]),
    "减少词": ("名称", ["投诉{}率"]),
    "不明词": ("名称", ["某地{}"]),
    "坏事定语": ("名称", ["查处{}违规起数", "查处违规{}违规起数"]),
    "成本词": ("名称", ["培训{}"]),
    "得利词": ("成本额方向(x)", ["{}"]),
    "待遇词": ("待遇标准(x)", ["{}标准"]),
    "办事词": ("办事用时(x)", ["{}时间"]),
    "给时词": ("regexp_matches(x, 给时词())", ["{}天数"]),
}


def first_level(second: str) -> str:
    return next(first for word, first in FIRST_LEVELS.items() if word in second) + "指标"


def row_of(second: str, name: str, target: str) -> dict[str, str]:
    level = {"一级指标": first_level(second), "二级指标": second}
    return level | {"三级指标": name, "年度指标值": target, "实际完成值": target}


def test_each_name_runs_its_way(pack, form_of):
    judge = Judge(pack, every_check(dict(pack.rules)), year=2025)
    judge.judge([form_of({"绩效指标": [row_of(*case[:3]) for case in CASES]})])
    with judge.cursors.one() as cursor:
        found = cursor.execute(f"SELECT 反向, 等值 FROM {judge.built.final['指标']} ORDER BY 行号").fetchall()
    ways = ["等值" if exactly else WAYS[downward] for downward, exactly in found]
    wrong = [(*case, way) for case, way in zip(CASES, ways, strict=True) if case[3] != way]
    assert wrong == []


def words_of(pack: Any, name: str) -> list[str]:
    return str(pack.definitions.macros[name].body.sql).strip("'").split("|")


def answers(database: duckdb.DuckDBPyConnection, asked: str, texts: list[str]) -> list[object]:
    question = "记号方向(名称记号(x))" if asked == "名称" else asked
    return [row[0] for row in database.execute(f"SELECT {question} FROM unnest(?) AS t(x)", [texts]).fetchall()]


def batches(words: list[str]) -> Iterator[list[str]]:
    """Words to be left out together: those that hold no other one at once, the rest one by one."""
    longer = [word for word in words if any(other != word and other in word for other in words)]
    yield [word for word in words if word not in longer]
    for word in longer:
        yield [word]


def without(pack: Any, name: str, left_out: list[str]) -> str:
    """The statement that makes a list without some of its words."""
    macro = pack.definitions.macros[name]
    rest = "|".join(word for word in words_of(pack, name) if word not in left_out)
    one = replace(macro, body=replace(macro.body, sql=f"'{rest or '没有'}'"))
    return macro_statements(replace(pack.definitions, macros={name: one}))


@pytest.mark.parametrize("name", DECIDE)
def test_every_word_decides_something(name, pack):
    asked, patterns = DECIDE[name]
    words = words_of(pack, name)
    texts = [pattern.format(re.sub(r"[\^\[\]]", "", word)) for word in words for pattern in patterns]
    with duckdb.connect() as database:
        database.execute(macro_statements(pack.definitions))
        before = by_word(words, answers(database, asked, texts))
        idle = []
        for batch in batches(words):
            database.execute(without(pack, name, batch))
            after = by_word(words, answers(database, asked, texts))
            idle += [word for word in batch if after[word] == before[word]]
    assert idle == []


def by_word(words: list[str], found: list[object]) -> dict[str, list[object]]:
    """The answers of each word, which stand in its order, as many for each."""
    many = len(found) // len(words)
    return {word: found[number * many : (number + 1) * many] for number, word in enumerate(words)}
