"""Measures the same checks over the same forms by this tool and by what people would take instead; prints the tables.

One run on one machine, every side in turn. From YAML files: the whole process, held to one core, in processor seconds.
Check only: processor seconds of the check alone after checking a few other forms, the data being in memory as columns
(as documents where a tool takes no columns). One file: the whole process by the clock, on all cores.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rivals.common import RULES, Violation
from sides import EVERY, RIVALS, Run, Side, make_data, measure, sides_of, warm_up

LEFT_OUT = {
    "cdisc-rules-engine": "a package it needs does not build with today's setuptools (0.9.2, the last for Python "
    "3.11), and its rules are about data sets laid out by CDISC's standards",
}
_AGREE = {"yes", "code", "joined"}


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3, help="counted runs of each side, three times as many of a file")
    parser.add_argument("--only", nargs="+", choices=RIVALS, default=tuple(RIVALS))
    parser.add_argument("--venvs", type=Path, default=Path(tempfile.gettempdir()) / "perfeval-bench-peers")
    options = parser.parse_args()
    sides = list(sides_of(options.venvs, options.only))
    with tempfile.TemporaryDirectory() as name:
        data = make_data(Path(name), options.forms)
        for side in sides:
            warm_up(side, data)
        for _ in range(options.runs):
            for side in sides:
                measure(side, data)
        _print_times(sides, options.forms)
        _print_agreement(sides)
    _print_expressed([side for side in sides if side.name != EVERY])
    for name, reason in LEFT_OUT.items():
        print(f"\nLeft out: {name}: {reason}.")


# --- printing -------------------------------------------------------------------------------------


def _print_times(sides: Sequence[Side], forms: int) -> None:
    """Medians, and how many times what this tool needs with the same rules."""
    print(f"{forms} forms.\n")
    print("| from YAML files | s | times the tool's | forms a second | MiB |\n| --- | --- | --- | --- | --- |")
    tool = sides[0]
    for side in sides:
        if side.error:
            print(f"| {side.name} | {side.error} | | | |")
            continue
        seconds = _median(side.whole)
        memory = statistics.median(run.memory for run in side.whole)
        ratio = seconds / _median(tool.whole)
        print(f"| {side.name} | {seconds:.2f} | {ratio:.2f} | {forms / seconds:.0f} | {memory:.0f} |")
    print("\n| check only | s | times the tool's | data |\n| --- | --- | --- | --- |")
    for side in sides:
        if side.check and not side.error:
            seconds = _check_seconds(side)
            data = "columns" if side.takes_columns else "documents"
            print(f"| {side.name} | {seconds:.3f} | {seconds / _check_seconds(tool):.2f} | {data} |")
    print("\n| one file | least, s | median, s | times the tool's |\n| --- | --- | --- | --- |")
    for side in sides:
        if not side.error:
            walls = [run.wall for run in side.one]
            middle = statistics.median(walls)
            ratio = middle / statistics.median(run.wall for run in tool.one)
            print(f"| {side.name} | {min(walls):.3f} | {middle:.3f} | {ratio:.2f} |")


def _median(runs: Sequence[Run]) -> float:
    return statistics.median(run.cpu for run in runs)


def _check_seconds(side: Side) -> float:
    return statistics.median(float(_answer(run)["seconds"]) for run in side.check)


def _answer(run: Run) -> dict[str, object]:
    """What rival.py printed; a tool may print lines of its own before."""
    found = json.loads(run.printed.read_text("utf-8").splitlines()[-1])
    assert isinstance(found, dict)
    return found


def _found(side: Side) -> list[Violation]:
    run = side.whole[-1]
    if hasattr(side.module, "violations"):
        return list(side.module.violations(run.printed.read_text("utf-8")))
    return _violations(run)


def _violations(run: Run) -> list[Violation]:
    found = _answer(run)["violations"]
    assert isinstance(found, list)
    return [(int(form), str(name), int(row)) for form, name, row in found]


def _print_agreement(sides: Sequence[Side]) -> None:
    """How many of this tool's findings each side has, of the rules it expresses, and where it differs."""
    wanted = set(_found(sides[0]))
    print("\n| the same findings | rules | of the tool's | missing | more | where |")
    print("| --- | --- | --- | --- | --- | --- |")
    for side in sides:
        if side.name == EVERY or side.error:
            continue
        able = {rule for rule in RULES if side.module.EXPRESSES[rule] in _AGREE}
        own = {violation for violation in wanted if violation[1].split()[0] in able}
        answers = {"": _found(side)}
        if side.takes_columns:
            answers[", columns"] = _violations(side.check[-1])
        for source, found in answers.items():
            _print_difference(f"{side.name}{source}", len(able), own, set(found))


def _print_difference(name: str, able: int, own: set[Violation], found: set[Violation]) -> None:
    missing, more = own - found, found - own
    where = Counter(violation[1] for violation in missing | more)
    places = ", ".join(f"{check} {count}" for check, count in sorted(where.items()))
    print(f"| {name} | {able} | {len(own & found)} of {len(own)} | {len(missing)} | {len(more)} | {places} |")


def _print_expressed(sides: Sequence[Side]) -> None:
    """What each side can express, and why not."""
    print(f"\n| expressed | {' | '.join(RULES)} |\n| --- |{' --- |' * len(RULES)}")
    for side in sides:
        cells = [side.module.EXPRESSES[rule].partition(":")[0] for rule in RULES]
        print(f"| {side.name} | {' | '.join(cells)} |")
    print()
    for side in sides:
        for rule in RULES:
            answer, _, reason = side.module.EXPRESSES[rule].partition(": ")
            if reason:
                print(f"- {side.name}, {rule}: {answer}, {reason}.")


if __name__ == "__main__":
    main()
