"""A faulty rule folder: every mistake of every file is told at once, at its line.

Each folder marks its mistakes where they must be told: `#! part of the message`. Those that have to do with what is
shipped are compiled with it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from perfeval_lint.errors import RulePackBroken
from perfeval_lint.judge.tell.wording import MACROS
from perfeval_lint.rule.pack import compile_pack
from perfeval_lint.sql.database import open_database

HERE = Path(__file__).parent
SHIPPED = HERE.parents[1] / "rules"
FOLDERS = {
    "broken": [],
    "broken_words": [],
    "broken_names": [SHIPPED],
    "broken_macros": [SHIPPED],
    "broken_kinds": [SHIPPED],
    "broken_links": [SHIPPED],
}


def marked(folder: Path) -> dict[tuple[str, int], list[str]]:
    """File and line of every marked mistake, with the parts of the messages expected there."""
    marks = {}
    for path in sorted(folder.rglob("*.yaml")):
        name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if " #! " in line:
                marks[name, number] = re.split(r" #! ", line)[1:]
    return marks


def told(folder: Path) -> dict[tuple[str, int | None], list[str]]:
    """File and line of every problem that compiling the folder raises, with the messages."""
    with pytest.raises(RulePackBroken) as broken:
        compile_pack([*FOLDERS[folder.name], folder])
    found: dict[tuple[str, int | None], list[str]] = {}
    for problem in broken.value.problems:
        assert problem.column is not None
        found.setdefault((problem.file, problem.line), []).append(problem.message)
    return found


@pytest.fixture(scope="module", params=FOLDERS)
def compared(request):
    folder = HERE / request.param
    return marked(folder), told(folder)


def test_every_mistake_is_told_where_it_stands(compared):
    marks, found = compared
    assert {place: found.get(place) for place in marks if place not in found} == {}
    missed = {
        place: [part for part in parts if not any(part in message for message in found[place])]
        for place, parts in marks.items()
    }
    assert {place: parts for place, parts in missed.items() if parts} == {}


def test_nothing_else_is_told(compared):
    marks, found = compared
    assert {place: messages for place, messages in found.items() if place not in marks} == {}
    assert {place: found[place] for place, parts in marks.items() if len(found.get(place, parts)) != len(parts)} == {}


def problems_of(*folders: Path) -> list[tuple[str, int | None, str]]:
    with pytest.raises(RulePackBroken) as broken:
        compile_pack(folders)
    return [(problem.file, problem.line, problem.message) for problem in broken.value.problems]


@pytest.mark.parametrize(
    ("values", "require"),
    [
        ("values: {甲: 乙 + 1, 乙: 甲 + 1}\n", "甲 > 0"),
        ("values: {甲: 甲 + 1}\n", "甲 > 0"),
        ("values: {得分: 得分 * 2}\n", "得分 > 0"),
    ],
)
def test_values_made_of_themselves_are_told(values, require, local_folder, local_rule):
    folder = local_folder({"a.yaml": local_rule("XX001", require, more=values)})
    assert {(file, line) for file, line, _ in problems_of(folder)} == {("local/a.yaml", 13)}


def test_types_of_derived_columns_are_told_together(local_folder):
    text = "columns:\n  指标:\n    甲: {sql: 三级指标 + 1, says: 错}\n    乙: {sql: abs(三级指标), says: 错}\n"
    places = [(file, line) for file, line, _ in problems_of(local_folder({"definitions.yaml": text}))]
    assert places == [("local/definitions.yaml", 3), ("local/definitions.yaml", 4)]


def test_a_macro_that_calls_itself_is_told(local_folder, local_rule):
    macros = "macros:\n  甲: {of: [数], sql: 甲(数) + 1, says: 绕回自己}\n"
    folder = local_folder({"definitions.yaml": macros, "a.yaml": local_rule("XX001", "甲(得分) > 0")})
    assert {file for file, _, _ in problems_of(folder)} <= {"local/definitions.yaml", "local/a.yaml"}


@pytest.mark.parametrize(
    ("more", "line"),
    [("fix: {得份: 分值}\n", 13), ("values: {甲: 得分}\nfix: {得分: 分直}\n", 14)],
)
def test_a_fix_names_known_fields_and_columns(more, line, local_folder, local_rule):
    folder = local_folder({"a.yaml": local_rule("XX001", "得分 <= 分值", more=more)})
    assert [(file, at) for file, at, _ in problems_of(folder)] == [("local/a.yaml", line)]


def test_at_names_fields_the_rule_judges(local_folder, local_rule):
    text = local_rule("XX001", "本字段 > 0").replace("for: 指标", "for: {指标: [得分]}")
    folder = local_folder({"a.yaml": text.replace("at: 得分", "at: {得份: 分值}")})
    assert [(file, line) for file, line, _ in problems_of(folder)] == [("local/a.yaml", 7)]


def test_a_rule_that_could_not_be_read_is_not_told_as_unknown(local_folder, local_rule):
    profile = (
        "name: 本省\nsays: 有\nbasis: [{kind: house, text: 有}]\nrules: {XX001: off}\nparams: {XX001: {上限: 1}}\n"
    )
    files = {"a.yaml": local_rule("XX001", "得分 > 0", more="limit: 无\n"), "profiles/本省.yaml": profile}
    assert [(file, line) for file, line, _ in problems_of(local_folder(files))] == [("local/a.yaml", 13)]


def test_two_profiles_of_one_name_are_told(local_folder):
    profile = "name: 本省\nsays: 有\nbasis: [{kind: house, text: 有}]\n"
    folder = local_folder({"profiles/a.yaml": profile, "profiles/b.yaml": profile})
    assert [(file, line) for file, line, _ in problems_of(folder)] == [("local/profiles/b.yaml", 1)]


def test_files_of_one_name_in_two_folders_do_not_mix(tmp_path, local_rule):
    for folder, id, require in (("甲", "XX001", "得分 <= 1"), ("乙", "XX002", "得分 <= 2")):
        (tmp_path / folder / "rules").mkdir(parents=True)
        (tmp_path / folder / "rules/a.yaml").write_text(local_rule(id, require), "utf-8")
    pack = compile_pack([tmp_path / "甲/rules", tmp_path / "乙/rules"])
    assert {rule.id: rule.require.sql for rule in pack.rules.values()} == {"XX001": "得分 <= 1", "XX002": "得分 <= 2"}


def test_a_folder_that_is_not_there_is_told(tmp_path):
    assert problems_of(tmp_path / "没有") == [(str(tmp_path / "没有"), None, "没有这个规则目录")]


def test_an_empty_folder_is_an_empty_pack(tmp_path):
    pack = compile_pack([tmp_path])
    assert (dict(pack.rules), dict(pack.profiles)) == ({}, {})


def test_no_pack_takes_the_name_of_a_macro_of_the_tool(local_folder):
    database = open_database()
    database.execute(MACROS)
    query = "SELECT function_name FROM duckdb_functions() WHERE NOT internal"
    names = [name for (name,) in database.execute(query).fetchall()]
    macros = "macros:\n" + "".join(f"  {name}: {{of: [甲], sql: 甲, says: 有}}\n" for name in names)
    problems = problems_of(local_folder({"definitions.yaml": macros}))
    assert [line for _, line, _ in problems] == list(range(2, len(names) + 2))


@pytest.mark.parametrize("folder", ["", "甲/"])
def test_a_column_may_bear_the_name_of_a_parameter_of_a_shipped_rule(folder, local_folder, pack):
    name = next(name for rule in pack.rules.values() for name in rule.params)
    text = f"columns:\n  指标:\n    {name}: {{sql: 得分 - 分值, says: 有}}\n"
    compile_pack([SHIPPED, local_folder({f"{folder}definitions.yaml": text})])


def test_macros_that_call_later_ones_are_made(local_folder, local_rule):
    macros = "macros:\n  甲: {of: [数], sql: 乙(数) + 1, says: 有}\n  乙: {of: [数], sql: 数 * 2, says: 有}\n"
    rules = local_rule("XX001", "甲(得分) > 0")
    pack = compile_pack([local_folder({"definitions.yaml": macros, "a.yaml": rules})])
    assert list(pack.definitions.macros) == ["乙", "甲"]


def test_the_column_of_a_fault_is_that_of_the_comparison(local_folder, local_rule):
    text = local_rule("XX001", "得分 > 0", more="values:\n  值: 三级指标 <> '' AND 得分原文 = 100\n")
    with pytest.raises(RulePackBroken) as broken:
        compile_pack([local_folder({"a.yaml": text})])
    (problem,) = broken.value.problems
    assert (problem.line, problem.column) == (14, len("  值: 三级指标 <> '' AND ") + 1)


def test_deeply_nested_values_are_told_and_do_not_break_the_check(local_folder, local_rule):
    steps = "".join(f"  值{n}: {'(' * 40}值{n + 1}{' + 1)' * 40}\n" for n in range(30))
    text = local_rule("XX001", "值0 > 0", more=f"values:\n{steps}  值30: 得分\n")
    assert {file for file, _, _ in problems_of(local_folder({"a.yaml": text}))} == {"local/a.yaml"}
