"""One form and a million are told in the same words: every case through the Python, and through the SQL in DuckDB."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from perfeval_lint.form.load import load
from perfeval_lint.judge.bulk import FINDINGS, UNKNOWNS
from perfeval_lint.judge.in_bulk import judged_in_bulk
from perfeval_lint.judge.judge import Judge
from perfeval_lint.judge.origins import as_read, origin_sql
from perfeval_lint.judge.tell.doubt import REMARK
from perfeval_lint.judge.tell.place import locate, place_sql
from perfeval_lint.judge.tell.quote import shown_as, shown_sql
from perfeval_lint.judge.tell.wording import MACROS, filled, template_sql
from perfeval_lint.rule.pack import compile_pack, every_check
from perfeval_lint.sql.text import identifier, unnested
from tests.judge import tell_cases

YEAR = 2025
SHIPPED = Path(__file__).parents[2] / "rules"


@pytest.fixture(scope="module")
def database():
    """A database with the macros of messages, and the rows of tell_cases.FORM as read."""
    (document,) = load(tell_cases.FORM)
    with duckdb.connect() as opened:
        opened.execute(MACROS)
        for table, columns in as_read([document.form]).items():
            kinds = dict.fromkeys(columns, "VARCHAR") | {"表号": "UINTEGER", "行号": "UINTEGER"}
            opened.execute(f"CREATE TABLE {identifier(table)} AS SELECT {unnested(kinds)}", [*columns.values()])
        yield opened


@pytest.mark.parametrize(("value", "kind", "quoted"), tell_cases.QUOTES)
def test_values_are_quoted(value, kind, quoted, database):
    assert shown_as(value) == quoted
    sql = f"SELECT {shown_sql('x', kind)} FROM (SELECT CAST($1 AS {kind}) AS x)"
    assert database.execute(sql, [value]).fetchone() == (quoted,)


@pytest.mark.parametrize(("template", "text", "said"), tell_cases.TEMPLATES)
def test_templates_are_filled_in(template, text, said, database):
    assert filled(template, {"甲": text}) == said
    sql = f"SELECT {template_sql(template, {'甲': 'x'})} FROM (SELECT $1::VARCHAR AS x)"
    assert database.execute(sql, [text]).fetchone() == (said,)


@pytest.mark.parametrize(("table", "row", "at", "part", "path", "words", "position"), tell_cases.PLACES)
def test_places_are_found(table, row, at, part, path, words, position, database):
    (document,) = load(tell_cases.FORM)
    place = locate(document.form, table, row, at)
    assert (place.part, place.path, place.words, place.position.short) == (part, path, words, position)
    sql = place_sql(table, at)
    items = f"{sql.part}, {sql.path}, {sql.words}, {origin_sql(table, at)}"
    rows = f"{identifier(table)} WHERE 行号 = {row}"
    if at == "存疑" or (table == "指标" and at == "总分"):  # a place the rows do not know: that of the row
        items = f"{sql.part}, {sql.path}, {sql.words}, '{position}'"
    assert database.execute(f"SELECT {items} FROM {rows}").fetchall() == [(part, path, words, position)]


def _both(pack, checks, forms):
    """The verdicts on the forms, and the database in which an audit left its own."""
    return Judge(pack, checks, year=YEAR).judge(forms), judged_in_bulk(pack, checks, forms, YEAR)


# --- waivers --------------------------------------------------------------------------------------

_WAIVED = [{"三级指标": "培训人次", "分值": "3", "得分": "2"}]


@pytest.fixture(scope="module")
def waived(pack, form_of):
    """Of every form of tell_cases.WAIVERS, by lint and by an audit: the reason, and what PE012 says."""
    forms = [form_of({"绩效指标": _WAIVED, "豁免": waivers}) for waivers, _ in tell_cases.WAIVERS]
    checks = every_check({name: pack.rules[name] for name in ("PE401", "PE301", "PE012")})
    verdicts, judging = _both(pack, checks, forms)
    one = [[(finding.rule.id, finding.waived, finding.message) for finding in verdict.findings] for verdict in verdicts]
    bulk: list[list[tuple[str, str | None, str]]] = [[] for _ in forms]
    with judging as database:
        query = f"SELECT 表号, 规则, 豁免, 消息 FROM {FINDINGS} ORDER BY 表号, 规则 DESC, 行号"
        for form, *said in database.execute(query).fetchall():
            bulk[form].append(tuple(said))
    return {"lint": one, "audit": bulk}


@pytest.mark.parametrize("side", ["lint", "audit"])
@pytest.mark.parametrize("number", range(len(tell_cases.WAIVERS)))
def test_waivers_cover(side, number, waived):
    _, (reason, idle) = tell_cases.WAIVERS[number]
    found = waived[side][number]
    assert [why for rule, why, _ in found if rule == "PE401"] == [reason]
    assert tuple(message.partition("：")[2] for rule, _, message in found if rule == "PE012") == idle


# --- doubts ---------------------------------------------------------------------------------------

_DEFINITIONS = "columns:\n  表:\n    得分之和: {of: 指标, sql: sum(得分), says: 有}\n"
_RULES = {
    "own": ("指标", "得分 < 0", "得分"),
    "linked": ("指标", "表.总分得分 < 0", "得分"),
    "summed": ("表", "得分之和 < 0", "项目名称"),
    "head": ("表", "项目名称 = 总分得分原文", "项目名称"),
}


@pytest.fixture(scope="module")
def doubted(tmp_path_factory, form_of, local_rule):
    """Of every form of tell_cases.DOUBTS, by lint and by an audit: what is remarked, as (name of the rule, row)."""
    folder = tmp_path_factory.mktemp("doubts")
    (folder / "definitions.yaml").write_text(_DEFINITIONS, "utf-8")
    names = {}
    for number, (name, (table, require, at)) in enumerate(_RULES.items(), 1):
        text = (
            local_rule(f"XX00{number}", require).replace("for: 指标", f"for: {table}").replace("at: 得分", f"at: {at}")
        )
        (folder / f"XX00{number}-rule-xx00{number}.yaml").write_text(text, "utf-8")
        names[f"XX00{number}"] = name
    pack = compile_pack([folder])
    rows = [{"三级指标": name, "得分": "1"} for name in "甲乙丙"]
    plain = {"项目名称": "培训", "绩效指标": rows, "总分": {"得分": "3"}}
    forms = [form_of(plain | {"存疑": [{"位置": place}]}) for place, _ in tell_cases.DOUBTS]
    verdicts, judging = _both(pack, every_check(pack.rules), forms)
    one = []
    for verdict in verdicts:
        assert len(verdict.findings) == 3 + 3 + 1 + 1
        one.append(
            {
                (names[finding.rule.id], int(finding.place.path.partition("[")[2].partition("]")[0] or 0))
                for finding in verdict.findings
                if finding.message == f"坏{REMARK}"
            }
        )
    bulk: list[set[tuple[str, int]]] = [set() for _ in forms]
    with judging as database:
        query = f"SELECT 表号, 规则, 行号 FROM {FINDINGS} WHERE 消息 = '坏{REMARK}'"
        for form, rule, row in database.execute(query).fetchall():
            bulk[form].add((names[rule], row))
    return {"lint": one, "audit": bulk}


@pytest.mark.parametrize("side", ["lint", "audit"])
@pytest.mark.parametrize("number", range(len(tell_cases.DOUBTS)))
def test_doubts_are_remarked(side, number, doubted):
    _, remarked = tell_cases.DOUBTS[number]
    assert doubted[side][number] == remarked


# --- missing inputs -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def unknown(pack, form_of):
    """Of every form of tell_cases.MISSING, by lint and by an audit: rule, path, what is missing and what is said."""
    forms = [form_of(plain) for plain, *_ in tell_cases.MISSING]
    rules = {name: pack.rules[name] for _, name, *_ in tell_cases.MISSING}
    verdicts, judging = _both(pack, every_check(rules), forms)
    one = [
        {
            (item.rule.id, item.place.path, item.missing, item.why and item.why.message, item.why and item.why.help)
            for item in verdict.not_evaluated
        }
        for verdict in verdicts
    ]
    bulk: list[set[tuple[object, ...]]] = [set() for _ in forms]
    with judging as database:
        query = f"SELECT 表号, 规则, 路径, string_split(缺, '、'), 说明, 改法 FROM {UNKNOWNS}"
        for form, rule, path, missing, *said in database.execute(query).fetchall():
            bulk[form].add((rule, path, tuple(missing), *said))
    return {"lint": one, "audit": bulk}


@pytest.mark.parametrize("side", ["lint", "audit"])
@pytest.mark.parametrize("number", range(len(tell_cases.MISSING)))
def test_missing_inputs_are_named(side, number, unknown):
    _, rule, path, missing = tell_cases.MISSING[number]
    assert (rule, path, missing) in {found[:3] for found in unknown[side][number]}


def test_what_is_said_of_them_is_the_same(unknown):
    assert unknown["lint"] == unknown["audit"]
    assert all(unknown["lint"])
