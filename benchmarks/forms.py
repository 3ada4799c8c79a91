"""Writes any number of varied forms, made from the published examples: other names, amounts, scores and mistakes."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from perfeval_lint.form.dump import dump
from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form, Record, Value

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
_QUANTITIES = ("年度指标值", "实际完成值")
_NUMBER = re.compile(r"(?<![0-9.])[1-9][0-9]{1,5}(?:\.[0-9]+)?(?![0-9.月日年季])")
_DIGITS = ("分值", "得分", "年初预算数", "全年预算数", "全年执行数")


def write_forms(folder: Path, count: int, seed: int = 1) -> None:
    """Writes `count` forms, one a file, a thousand a subfolder; the same for the same seed."""
    sources = [form for path in sorted(EXAMPLES.glob("*.yaml")) for form in _forms(path)]
    chance = random.Random(seed)
    for number in range(count):
        form = _varied(sources[number % len(sources)], number, chance)
        place = folder / f"{number // 1000:04d}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number:07d}.yaml").write_text(dump([form]), "utf-8")


def _forms(path: Path) -> Iterator[Form]:
    for document in load(path.read_bytes(), str(path)):
        if document.form is not None:
            yield document.form


def _varied(form: Form, number: int, chance: random.Random) -> Form:
    """Another form of the same shape; about one in ten numbers and reasons is changed, some of them into mistakes."""
    records = {
        section: tuple(_record(record, number, chance) for record in rows) for section, rows in form.records.items()
    }
    return replace(form, records=records)


def _record(record: Record, number: int, chance: random.Random) -> Record:
    values = {}
    for name, value in record.values.items():
        text = value.text
        if name in ("项目名称", "三级指标"):
            text = f"{text}（{number % 997}）"
        elif name in _DIGITS and chance.random() < 0.02:
            text = str(chance.randint(1, 12))
        elif name in _QUANTITIES and chance.random() < 0.5:
            text = _NUMBER.sub(lambda found: f"{float(found.group()) * chance.uniform(0.8, 1.4):.4g}", text)
        elif name == "偏差原因" and chance.random() < 0.1:
            text = ""
        values[name] = Value(text, value.origin)
    return replace(record, values=values)
