"""Breaks the clean forms in every known way and shows what each rule caught: python -m tests.rules.proof

Exit status 1 where a mutation is not caught, where a rule of severity error fires that need not, or where anything at
all is found on a clean form.
"""

from __future__ import annotations

import sys
from collections import Counter

from rich import box
from rich.console import Console
from rich.table import Table

from tests.rules.across_cases import CASES as ACROSS_CASES
from tests.rules.across_cases import HARMLESS, Batch, expected
from tests.rules.corpus import OTHER_TRADES, Judges, clean_forms, form_of, remarks_on_forms, shipped_rules
from tests.rules.mutations import CASES, REWRITINGS, broken, collateral, edited, is_caught, rewritten


def on_right_forms(judges: Judges, console: Console) -> tuple[int, int, int]:
    """Shows what is said of right forms; how many forms, known informations and false alarms."""
    clean, others = clean_forms(), clean_forms(OTHER_TRADES)
    remarks = remarks_on_forms() | remarks_on_forms(OTHER_TRADES)
    right = [*clean.items(), *others.items()]
    right += [(name, rewritten(plain, way)) for way in REWRITINGS.values() for name, plain in clean.items()]
    verdicts = judges.each([form_of(plain) for _, plain in right], [remarks[name].get("规则集") for name, _ in right])
    found = [(name, one) for (name, _), verdict in zip(right, verdicts, strict=True) for one in verdict.each()]
    known = [(name, one) for name, one in found if one.rule.id in remarks[name].get("提示", "")]
    for name, one in found:
        why = remarks[name]["提示"] if (name, one) in known else ""
        style = None if why else "red"
        console.print(f"正确的表 {name}：{one.rule.id} {one.place.path} {one.message} {why}", style=style, markup=False)
    return len(right), len(known), len(found) - len(known)


def main() -> int:
    pack, clean, remarks = shipped_rules(), clean_forms(), remarks_on_forms()
    judges = Judges(pack)
    own = {name: remarks[name].get("规则集") for name in clean}
    tried = [*CASES, *broken(clean)]
    forms = [form_of(edited(clean[one.form], one.edit)) for one in tried]
    verdicts = judges.each(forms, [one.profile or own[one.form] for one in tried])
    counted, caught, beside = Counter[str](), Counter[str](), Counter[str]()
    missed = []
    for one, verdict in zip(tried, verdicts, strict=True):
        counted[one.rule] += 1
        caught[one.rule] += is_caught(one, verdict.each())
        beside[one.rule] += len(collateral(one, verdict.each()))
        if not is_caught(one, verdict.each()) or collateral(one, verdict.each()):
            found = [f"{one.rule.id} {one.place.path}" for one in verdict.each()] or "没有发现"
            missed.append(f"{one.rule} {one.form} {one.edit}\n    应在 {'、'.join(one.at)}，得 {found}")
    across = Batch(pack)
    for one in ACROSS_CASES:
        told = across.findings(one.form, one.edits)
        counted[one.rule] += 1
        caught[one.rule] += expected(one) <= told
        beside[one.rule] += len(told - expected(one))
        if told != expected(one):
            missed.append(f"{one.rule} {one.form} {one.edits}\n    应在 {one.at}，得 {told or '没有发现'}")

    console = Console(width=None if sys.stdout.isatty() else 100)
    table = Table("规则", "名称", box=box.SIMPLE_HEAD)
    for column in ("错法", "查出", "多报错误"):
        table.add_column(column, justify="right")
    for rule in pack.rules.values():
        style = "red" if caught[rule.id] < counted[rule.id] or beside[rule.id] or not counted[rule.id] else None
        row = (counted[rule.id], caught[rule.id], beside[rule.id])
        table.add_row(rule.id, rule.title, *map(str, row), style=style)
    console.print(table)
    for text in missed:
        console.print(text, style="red", markup=False)
    right, known, found = on_right_forms(judges, console)
    alarms = [(form, edits, across.findings(form, edits)) for form, edits in [("", []), *HARMLESS]]
    alarms = [alarm for alarm in alarms if alarm[2]]
    for form, edits, said in alarms:
        console.print(f"正确的一批 {form} {edits}：{said}", style="red", markup=False)
    untried = set(pack.rules) - set(counted)
    console.print(
        f"{len(pack.rules)} 条规则，{counted.total()} 种错法，查出 {caught.total()} 种，多报错误 {beside.total()} 条；"
        f"{right} 份正确的表（连同各种写法），误报 {found} 条，说明了理由的提示 {known} 条；"
        f"{len(HARMLESS) + 1} 批没有跨表问题的表，误报 {len(alarms)} 批。"
    )
    return 1 if missed or found or alarms or untried else 0


if __name__ == "__main__":
    sys.exit(main())
