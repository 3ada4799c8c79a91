"""Writes any number of varied forms, made from the published examples: other names, amounts, scores and mistakes.

`python benchmarks/forms.py FOLDER COUNT` writes them as canonical YAML, a form a file.
"""

from __future__ import annotations

import argparse
import os
import random
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from perfeval_lint.form.dump import dump
from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form, Record, Value

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
_QUANTITIES = ("年度指标值", "实际完成值")
_NUMBER = re.compile(r"(?<![0-9.])[1-9][0-9]{1,5}(\.[0-9]+)?(?![0-9.月日年季])")
_HEADER = ("年度", "项目名称", "主管部门", "实施单位", "资金使用单位")
_DIGITS = ("分值", "得分", "年初预算数", "全年预算数", "全年执行数")


_FOLDER = 1000  # forms of a subfolder
_RARELY = 0.01  # the share of places in which a mistake of each kind is made
_GRADES = ((90, "优"), (80, "良"), (60, "中"), (0, "差"))


def write_forms(folder: Path, count: int, seed: int = 1) -> None:
    """Writes `count` forms, one a file, a thousand a subfolder; the same for the same seed, on any number of cores."""
    starts = range(0, count, _FOLDER)
    write = partial(_write_folder, folder, count, seed)
    if len(starts) == 1:
        write(0)
        return
    with ProcessPoolExecutor(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None) as pool:
        list(pool.map(write, starts))


def _write_folder(folder: Path, count: int, seed: int, start: int) -> None:
    """One subfolder; its chances are its own, so that the subfolders can be written in any order."""
    chance = random.Random(f"{seed} {start}")
    place = folder / f"{start // _FOLDER:04d}"
    place.mkdir(parents=True, exist_ok=True)
    sources = example_forms()
    for number in range(start, min(count, start + _FOLDER)):
        form = _varied(sources[number % len(sources)], number, chance)
        (place / f"{number:07d}.yaml").write_text(dump([form]), "utf-8")


@cache
def example_forms() -> Sequence[Form]:
    """The forms all others are made from."""
    return [form for path in sorted(EXAMPLES.glob("*.yaml")) for form in _forms(path)]


def _forms(path: Path) -> Iterator[Form]:
    for document in load(path.read_bytes(), str(path)):
        if document.form is not None:
            yield document.form


def _varied(form: Form, number: int, chance: random.Random) -> Form:
    """Another form of the same shape; about one in ten numbers and reasons is changed, some of them into mistakes."""
    records = {
        section: tuple(_record(record, number, chance) for record in rows) for section, rows in form.records.items()
    }
    root = _without(records[""][0], _HEADER, chance)
    records[""] = (root,)
    records["绩效指标"] = tuple(_slips(records["绩效指标"], chance))
    if "总分" in records:
        records["总分"] = (_graded(records["总分"][0], chance),)
    return replace(form, records=records, keys=tuple(key for key in form.keys if key in records or key in root.values))


def _record(record: Record, number: int, chance: random.Random) -> Record:
    values = {}
    for name, value in record.values.items():
        text = value.text
        if name in ("项目名称", "三级指标"):
            text = f"{text}（{number % 997}）"
        elif name in _DIGITS and chance.random() < 0.02:
            text = str(chance.randint(1, 12))
        elif name in _QUANTITIES and chance.random() < 0.5:
            text = varied_quantity(text, chance)
        elif name == "偏差原因" and chance.random() < 0.1:
            text = ""
        values[name] = Value(text, value.origin)
    return replace(record, values=values)


def varied_quantity(text: str, chance: random.Random) -> str:
    """A target or result with other numbers, each by its own factor; days stay as they are."""
    return scaled_quantity(text, lambda: chance.uniform(0.8, 1.4))


def scaled_quantity(text: str, factor: Callable[[], float]) -> str:
    """A text with each of its numbers times a factor, as many decimals as before; days stay as they are."""
    return _NUMBER.sub(lambda found: f"{float(found[0]) * factor():.{len(found[1] or '.') - 1}f}", text)


def _slips(rows: Sequence[Record], chance: random.Random) -> Iterator[Record]:
    """Indicators as careless people leave them: a cell left out, a score below zero, a row twice."""
    for row in rows:
        record = _without(row, ("实际完成值", "得分"), chance)
        if "得分" in record.values and chance.random() < _RARELY:
            values = dict(record.values)
            values["得分"] = values["得分"]._replace(text="-1")
            record = replace(record, values=values)
        yield record
        if chance.random() < _RARELY:
            yield record


def _without(record: Record, names: Sequence[str], chance: random.Random) -> Record:
    left = {name: value for name, value in record.values.items() if name not in names or chance.random() >= _RARELY}
    return replace(record, values=left)


def _graded(total: Record, chance: random.Random) -> Record:
    """The total row with a grade, now and then another one than the score calls for."""
    if "得分" not in total.values:
        return total
    score = float(total.values["得分"].text)
    grade = next((grade for bound, grade in _GRADES if score >= bound), "差")
    if chance.random() < 5 * _RARELY:
        grade = chance.choice([grade for _, grade in _GRADES])
    return replace(total, values={**total.values, "等级": Value(grade, total.origin)})


def write_as_told(write: Callable[[Path, int, int], None], says: str | None) -> None:
    """Writes into the folder named on the command line, as many forms as it says and by its seed."""
    parser = argparse.ArgumentParser(description=says)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    write(options.folder, options.count, options.seed)


if __name__ == "__main__":
    write_as_told(write_forms, __doc__)
