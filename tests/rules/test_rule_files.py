"""What every rule file must have, and that its own examples come out as written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from perfeval_lint.judge.bulk import BulkJudge
from perfeval_lint.judge.examples import run_examples
from perfeval_lint.judge.review import Reviewer
from perfeval_lint.judge.tell.undecided import REASON

RULES = Path(__file__).parents[2] / "rules"
UNDECIDED = Path(__file__).parents[2] / "lint/perfeval_lint/judge/tell/undecided.yaml"
FILES = sorted(RULES.glob("PE*/*.yaml"))
MAY_BE_CITED = {"财预〔2020〕10号", "财预〔2021〕101号", "财监〔2021〕2号", "财监〔2025〕1号"}


def test_every_yaml_file_is_a_rule_a_profile_the_definitions_or_the_slips():
    others = {path for path in RULES.rglob("*") if path.is_file()} - set(FILES)
    profiles = {path for path in others if path.parent == RULES / "profiles" and path.suffix == ".yaml"}
    assert others - profiles == {RULES / "definitions.yaml", RULES / "slips.yaml"}


def test_every_rule_has_its_file_and_every_file_its_rule(pack):
    wanted = {f"rules/{rule.family}/{rule.id}-{rule.name}.yaml" for rule in pack.rules.values()}
    assert {path.relative_to(RULES.parent).as_posix() for path in FILES} == wanted
    assert {rule.file for rule in pack.rules.values()} == wanted


def test_names_are_kebab_case_and_unique(pack):
    names = [rule.name for rule in pack.rules.values()]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", name)] == []


def test_profiles_stand_under_their_own_names(pack):
    files = {path.stem for path in (RULES / "profiles").glob("*.yaml")}
    assert set(pack.profiles) == files


@pytest.mark.parametrize("part", ["title", "message", "help", "why", "limits"])
def test_every_rule_says(part, pack):
    assert [rule.id for rule in pack.rules.values() if not getattr(rule, part).strip()] == []


def test_every_rule_rests_on_something_that_may_be_cited(pack):
    for holder in (*pack.rules.values(), *pack.profiles.values()):
        assert holder.basis, holder.name
        for basis in holder.basis:
            if basis.kind == "regulation":
                assert basis.document in MAY_BE_CITED, holder.name
            else:
                assert basis.text, holder.name
                assert not basis.document, holder.name


def test_regulations_are_only_cited_as_such():
    numbered = re.compile(r"财[预监][^，。；：\s、}]{0,12}号")
    for path in RULES.rglob("*.yaml"):
        assert set(numbered.findall(path.read_text("utf-8"))) <= MAY_BE_CITED, path.name


def test_every_definition_says_what_it_is(pack):
    macros, columns = pack.definitions.macros, pack.definitions.columns
    assert [name for name, macro in macros.items() if not macro.says.strip()] == []
    assert [name for name, column in columns.items() if not column.says.strip()] == []


@pytest.fixture(scope="module")
def results(pack):
    return list(run_examples(pack))


def test_examples_come_out_as_written(results):
    assert [(one.rule.file, one.example.line, one.trouble) for one in results if one.trouble] == []


def test_every_rule_has_a_passing_and_a_failing_example(results, pack):
    for outcome in ("pass", "fail"):
        assert {one.rule.id for one in results if one.example.outcome == outcome} == set(pack.rules)


def test_every_shared_word_is_used() -> None:
    """A macro or derived column that nothing names, neither a rule, the review, the audit nor the words of what is not
    judged, is a leftover."""
    definitions = yaml.safe_load((RULES / "definitions.yaml").read_text("utf-8"))
    text = "\n".join(path.read_text("utf-8") for path in RULES.rglob("*.yaml"))
    words = [*definitions["macros"], *(name for table in definitions["columns"].values() for name in table)]
    reviewed = {name for _, name in (*Reviewer.columns, *BulkJudge.head)} | {REASON}
    text += UNDECIDED.read_text("utf-8")
    suffixes = set(re.findall(r"本字段(\w+)", text))
    unused = [
        word
        for word in words
        if word not in reviewed
        and len(re.findall(rf"(?<!\w){word}(?!\w)", text)) < 2
        and not any(word.endswith(end) for end in suffixes)
    ]
    assert unused == []
