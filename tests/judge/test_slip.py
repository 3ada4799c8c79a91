"""The likely slip: cases one by one, forms with slips put in, and published forms on which nothing is named."""

from __future__ import annotations

import copy
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
import yaml

from perfeval_lint.errors import RulePackBroken
from perfeval_lint.form.load import load
from perfeval_lint.form.path import parsed as parsed_path
from perfeval_lint.judge.slips.cells import Cells, parsed, parsed_rate
from perfeval_lint.judge.slips.of_form import FormRelations, is_total, stem
from perfeval_lint.judge.slips.search import NOTHING, Slip, search
from perfeval_lint.judge.slips.state import State
from perfeval_lint.rule.compile.macros import macro_statements
from perfeval_lint.rule.pack import compile_pack
from perfeval_lint.sql.database import open_database
from tests.judge.slipped_forms import Made, Plain, Slipped, slipped_forms
from tests.rules.corpus import CLEAN, ROOT, form_of, shipped_rules

SLIPS: Final = shipped_rules().slips
CASES: Final = yaml.safe_load(Path(__file__).with_name("slip_cases.yaml").read_text("utf-8"))
PUBLISHED: Final = [
    *sorted((ROOT / "examples").glob("*.yaml")),
    *sorted((ROOT / "tests/recognise/samples").glob("*.yaml")),
]


def changed(case: Plain) -> Plain:
    """The form of a case with its changes."""
    form = copy.deepcopy(CASES["forms"][case["form"]])
    for path, text in case.get("change", {}).items():
        place = parsed_path(path)
        assert place is not None
        if place.field is None:
            del form[place.section]
            continue
        record = form[place.section] if place.row is None else form[place.section][place.row]
        if text is None:
            del record[place.field]
        else:
            record[place.field] = text
    return form


def text_at(form: Plain, path: str) -> str:
    """The text of a cell."""
    place = parsed_path(path)
    assert place is not None
    record = form[place.section] if place.row is None else form[place.section][place.row]
    return str(record[place.field])


def written(slip: Slip) -> dict[str, str]:
    """The cells of a slip and what should be in them."""
    return {change.path: change.right for change in slip.changes}


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case.get("name", case["form"]))
def test_case(case: Plain) -> None:
    form = changed(case)
    found = search(SLIPS, form_of(form), SLIPS.rules)
    named: dict[str, str] = {}
    for slip in found.named:
        named |= written(slip)
        assert [change.given for change in slip.changes] == [text_at(form, change.path) for change in slip.changes]
    assert named == case.get("named", {})
    assert [[written(slip) for slip in group] for group in found.possible] == case.get("possible", [])
    if "says" in case:
        assert [slip.says for slip in found.named] == case["says"]
    if "mends" in case:
        assert sorted({name for slip in found.named for name in slip.mends}) == sorted(case["mends"])


@pytest.mark.parametrize("path", [*PUBLISHED, *sorted(CLEAN.glob("*.yaml"))], ids=lambda path: path.stem)
def test_nothing_is_named_on_a_published_form(path: Path) -> None:
    for document in load(path.read_bytes(), path.name):
        assert document.form is not None
        assert search(SLIPS, document.form, SLIPS.rules) == NOTHING


def test_a_rate_may_have_more_decimals_than_are_kept() -> None:
    change = {"项目资金[0].执行率": "59.0000000000%"}
    (slip,) = search(SLIPS, form_of(changed({"form": "培训", "change": change})), SLIPS.rules).named
    assert written(slip) == {"项目资金[0].执行率": "95.00000000%"}


def test_what_no_rule_found_wrong_is_no_ground_to_name_a_slip() -> None:
    """A rule that is off, waived or judges by other parameters does not mind the number."""
    form = form_of(changed({"form": "培训", "change": {"项目资金[0].得分": "95"}}))
    assert search(SLIPS, form, SLIPS.rules).named
    for names in (("rate-score", "scores", "above-weight"), SLIPS.relations):
        unheard = {rule for name in names for rule in SLIPS.relations[name].rules}
        assert search(SLIPS, form, SLIPS.rules - unheard) == NOTHING


# --- slips that are put in ------------------------------------------------------------------------


@dataclass
class Tally:
    """What came of the slips of many forms: what was named wrongly, and the slips that should have been named."""

    wrong: list[tuple[int, str, str]] = field(default_factory=list)
    found: int = 0
    missed: list[tuple[int, Made]] = field(default_factory=list)


def value_of(text: str) -> int | None:
    read = parsed_rate(text) if text.endswith("%") else parsed(text)
    return read[0] if read else None


def tally(seed: int, count: int) -> Tally:
    """Searches forms with slips."""
    tally = Tally()
    for number, one in enumerate(slipped_forms(seed, count)):
        form = form_of(one.form)
        slipped = {path for made in one.slips for path in made.paths}
        rights = {
            path: right for slip in search(SLIPS, form, SLIPS.rules).named for path, right in written(slip).items()
        }
        for path, right in rights.items():
            if path not in slipped or value_of(right) != value_of(text_at(one.clean, path)):
                tally.wrong.append((number, path, right))
        state = State(Cells(form), SLIPS.relations.keys())
        for made in one.slips:
            if is_decidable(state, one, made):
                is_found = rights.keys() >= set(made.paths)
                tally.found += is_found
                tally.missed += [] if is_found else [(number, made)]
    return tally


def is_decidable(state: State, one: Slipped, made: Made) -> bool:
    """Whether a slip is alone in two equations that do not hold, or in one and a power of ten away.

    Two slips in the amounts of one form may cancel out in a rate, so that neither is plain.
    """
    others = {path for other in one.slips if other is not made for path in other.paths}
    if any(path.startswith("项目资金") for path in made.paths) and any(path.startswith("项目资金") for path in others):
        return False
    cells = range(len(state.values))
    mine = {cell for cell in cells if state.cells.path(cell) in made.paths}
    theirs = {cell for cell in cells if state.cells.path(cell) in others}
    equations = [one for one in state.broken() if mine & {*one.cells} and not theirs & {*one.cells}]
    kind = next(kind for kind in SLIPS.kinds if kind.name == made.kind)
    return len(equations) > 1 or (kind.is_power_of_ten and len(equations) == 1)


def test_what_is_named_is_right_and_what_is_plain_is_named() -> None:
    result = tally(seed=20, count=300)
    assert result.wrong == []
    assert result.found >= 0.98 * (result.found + len(result.missed)), result.missed


# --- data -----------------------------------------------------------------------------------------


def test_every_kind_and_every_relation_has_a_case() -> None:
    named = [slip for case in CASES["cases"] for slip in search(SLIPS, form_of(changed(case)), SLIPS.rules).named]
    assert {slip.kind for slip in named} == {kind.name for kind in SLIPS.kinds}
    makes = FormRelations(Cells(form_of(CASES["forms"]["培训"])))
    assert {one.name for one in (*makes.hard(), *makes.counted(), *makes.weak())} == set(SLIPS.relations)


@pytest.mark.parametrize(
    "name", ["年度资金总额：", "合计（预算/实际）", "总额", "全年 资金总计", "当年财政拨款", "其中：财政合计", ""]
)
def test_total_rows_are_those_of_the_rules(name: str) -> None:
    macro = shipped_rules().definitions.macros["是总额行"].body.sql
    (row,) = open_database().execute(f"SELECT {macro} FROM (SELECT ? AS 来源)", [name]).fetchall()
    assert (is_total(name),) == row


@pytest.mark.parametrize(
    "name", ["产出指标（50分）", "产出", "产 出指标", "产出目标(50)", "满意度\t指标等", "指标", ""]
)
def test_levels_are_compared_as_the_rules_do(name: str) -> None:
    pack = shipped_rules()
    with open_database() as database:
        database.execute(macro_statements(pack.definitions))
        assert (stem(name),) == database.execute("SELECT 词干(?)", [name]).fetchone()


@pytest.mark.parametrize(
    ("before", "after", "at", "message"),
    [
        ("how: swap-rows", "how: swap-row", "how: swap-row", "“how”是“swap-row”，只能是"),
        ("    by: [100, 0.01]\n", "", "percent-for-fraction:", "缺少“by”"),
        ("possible: false", "possible: 不", "possible: 不", "“possible”应是true 或 false"),
        ("  funds: {", "  fund: {", "fund: {", "不认识的键“fund”"),
        ("rules: [PE102]", "rules: [PE1020]", "PE1020", "没有规则 PE1020"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_line(
    tmp_path: Path, before: str, after: str, at: str, message: str
) -> None:
    text = (ROOT / "rules/slips.yaml").read_text("utf-8")
    assert before in text
    text = text.replace(before, after, 1)
    folder = tmp_path / "rules"
    shutil.copytree(ROOT / "rules", folder)
    (folder / "slips.yaml").write_text(text, "utf-8")
    with pytest.raises(RulePackBroken) as caught:
        compile_pack([folder])
    line = text[: text.index(at)].count("\n") + 1
    assert [one.line for one in caught.value.problems if message in one.message] == [line]
