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
    one = [[(finding.rule.id, finding.waived, finding.message) for finding in verdict.each()] for verdict in verdicts]
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


# --- heads ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def heads_pack(tmp_path_factory, local_rule):
    """The rules of tell_cases.HEAD_RULES."""
    folder = tmp_path_factory.mktemp("heads")
    (folder / "definitions.yaml").write_text("columns: {}\n", "utf-8")
    for name, (severity, at, links) in tell_cases.HEAD_RULES.items():
        more = f"severity: {severity}\nfor: 指标\nrequire: NOT contains(偏差原因, '{name[-1]}')\nat: {at}\n{links}\n"
        text = f"id: {name}\nname: rule-{name.lower()}\ntitle: 本地规则\n{more}"
        text += local_rule(name, "true").partition("at: 得分\n")[2].partition("examples:")[0]
        text += f"examples:\n  - pass: {{偏差原因: 无}}\n  - fail: {{偏差原因: '{name[-1]}'}}\n    finding: 坏\n"
        (folder / f"{name}-rule-{name.lower()}.yaml").write_text(text, "utf-8")
    return compile_pack([folder])


@pytest.mark.parametrize(("rows", "waivers", "off", "expected"), tell_cases.HEADS)
def test_findings_hang_under_their_heads(rows, waivers, off, expected, heads_pack, form_of):
    indicators = [{"三级指标": name, "偏差原因": row or "无"} for name, row in zip("甲乙丙", rows, strict=False)]
    form = form_of({"绩效指标": indicators, "豁免": waivers} if waivers else {"绩效指标": indicators})
    checks = every_check({name: rule for name, rule in heads_pack.rules.items() if name not in off})
    (verdict,), judging = _both(heads_pack, checks, [form])
    assert {said for head in verdict.findings for said in _said_of(head)} == expected
    assert sum(1 for _ in verdict.each()) == len(expected)
    with judging as database:
        query = f"SELECT 规则, 路径, 级别, 豁免, 主问题 FROM {FINDINGS}"
        assert sorted(_said(*row) for row in database.execute(query).fetchall()) == sorted(expected)


def _said_of(head):
    yield _said(head.rule.id, head.place.path, str(head.severity), head.waived, None)
    for one in (*head.places, *head.follows):
        name = f"{head.rule.id} {head.place.path}"
        yield _said(one.rule.id, one.place.path, str(one.severity), one.waived, name)


def _said(rule, path, severity, waived, head):
    """A finding as tell_cases.HEADS writes it: its row instead of its path."""
    words = f"{rule}{_row(path)} {severity}{' waived' if waived else ''}"
    return words if head is None else f"{words} > {head.partition(' ')[0]}{_row(head)}"


def _row(path):
    return path[path.index("[") : path.index("]") + 1]


# --- doubts ---------------------------------------------------------------------------------------

_DEFINITIONS = "columns:\n  表:\n    得分之和: {of: 指标, sql: sum(得分), says: 有}\n"
_RULES = {
    "own": ("指标", "得分 < 0", "得分"),
    "linked": ("指标", "表.总分得分 < 0", "得分"),
    "summed": ("表", "得分之和 < 0", "项目名称"),
    "head": ("表", "项目名称 = 总分得分原文", "项目名称"),
    "unfilled": ("指标", "三级指标 IS NULL", "年度指标值"),
    "unfilled head": ("表", "项目名称 IS NULL", "年度"),
    "no section": ("表", "项目名称 IS NULL", "项目资金"),
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
        assert sum(1 for _ in verdict.each()) == 3 + 3 + 1 + 1 + 3 + 1 + 1
        one.append(
            {
                (names[finding.rule.id], int(finding.place.path.partition("[")[2].partition("]")[0] or 0))
                for finding in verdict.each()
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
