"""Rules of strangers: what is not a plain expression over the form is refused, with file and line."""

from __future__ import annotations

import json

import pytest

from perfeval_lint.errors import RulePackBroken
from perfeval_lint.judge.judge import Judge
from perfeval_lint.rule.pack import compile_pack, every_check

ACROSS = """\
across: [{key}]
having: {having}
require: {require}
at: 得分
values: {{值: {value}}}
message: "{{值}}"
"""
SOUND = {"key": "三级指标", "having": "count(*) > 1", "require": "count(*) = 1", "value": "count(*)"}
LINE = 6  # of `require` in a local rule

HOSTILE = [
    # queries inside an expression, and expressions that are queries
    "(SELECT 1) = 1",
    "1 IN (SELECT 1)",
    "EXISTS (SELECT 1)",
    "得分 = ANY (SELECT 1)",
    "ARRAY(SELECT 1) IS NULL",
    "得分 BETWEEN 1 AND (SELECT 2)",
    "CASE WHEN true THEN (SELECT true) END",
    "contains(三级指标, (SELECT 'x'))",
    "true FROM read_csv('/etc/passwd')",
    "true FROM '/etc/passwd'",
    "得分 > 0 FROM range(3)",
    "true WHERE true",
    "true GROUP BY 1",
    "true HAVING true",
    "true QUALIFY true",
    "true ORDER BY 1",
    "true LIMIT 1",
    "true USING SAMPLE 1",
    "true WINDOW w AS ()",
    "true UNION SELECT false",
    "DISTINCT true",
    "ALL true",
    "SELECT true",
    "WITH x AS (SELECT 1) SELECT true",
    "true, false",
    "true AS x",
    # files, network, settings, the machine
    "read_csv('/etc/passwd') IS NULL",
    "read_csv_auto('/etc/passwd') IS NULL",
    "read_text('/etc/passwd') IS NULL",
    "read_blob('/etc/passwd') IS NULL",
    "read_json('/etc/passwd') IS NULL",
    "read_parquet('https://example.org/x') IS NULL",
    "glob('/*') IS NULL",
    "getenv('HOME') = ''",
    "getvariable('x') IS NULL",
    "current_setting('home_directory') = ''",
    "duckdb_settings() IS NULL",
    "pragma_version() IS NULL",
    "version() = ''",
    "current_database() = ''",
    "query('SELECT 1') IS NULL",
    "query_table('指标') IS NULL",
    "nextval('s') = 1",
    "random() < 0.5",
    "now() IS NULL",
    "error('x') IS NULL",
    # without end
    "range(1000000000) IS NULL",
    "generate_series(1, 1000000000) IS NULL",
    "repeat('x', 1000000000) = ''",
    "lpad('x', 1000000000, 'y') = ''",
    "unnest([1]) = 1",
    # hidden where a function takes more than arguments
    "[getenv('HOME')] IS NULL",
    "MAP {'a': getenv('HOME')} IS NULL",
    "CAST(getenv('HOME') AS INTEGER) > 0",
    "sum(得分) FILTER (WHERE getenv('HOME') = '') > 0",
    "max(得分 ORDER BY getenv('HOME')) > 0",
    "sum(得分 ORDER BY (SELECT 1)) > 0",
    # statements
    "true;",
    "true; SELECT 1",
    "true; DROP TABLE 指标",
    "true); DROP TABLE 指标; --",
    "PRAGMA version",
    "SET threads = 8",
    "RESET threads",
    "ATTACH 'x.db'",
    "COPY 指标 TO '/tmp/x'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "DROP TABLE 指标",
    "VALUES (1)",
    # breaking out of the brackets an expression is put in
    "1 = 1) OR (1 = 1",
    "true) --",
    "true /*",
    "*/ true",
    "'",
    '"',
    "",
    # what reaches beyond one row
    "row_number() OVER () = 1",
    "sum(得分) OVER () > 1",
    "row_number() = 1",
    "count(*) > 1",
    "sum(得分) > 0",
    "* IS NULL",
    "指标.* IS NULL",
    "COLUMNS(*) > 1",
    "#1 = 1",
    # other ways to name things
    "main.abs(得分) > 1",
    "system.main.abs(得分) > 1",
    "pg_catalog.abs(得分) > 1",
    "a.b.c.d = 1",
    "information_schema.tables IS NULL",
    "current_user = ''",
    "rowid = 1",
    "CAST(得分 AS 指标) IS NULL",
    "'x'::regclass IS NULL",
    # what has no place here
    "list_transform([1], x -> x) IS NULL",
    "list_transform([1], lambda x: x) IS NULL",
    "[x FOR x IN [1]] IS NULL",
    "三级指标 COLLATE NOCASE = 'a'",
    "DEFAULT",
    "得分 > $没有声明",
    "得分 > ?",
    "得分 > $1",
    "NOT " * 900 + "true",
    "NOT " * 5000 + "true",
    "(" * 5000 + "true" + ")" * 5000,
    "+".join(["1"] * 20000) + " > 0",
    "abs(" * 900 + "得分" + ")" * 900 + " > 0",
]


@pytest.fixture(scope="module")
def problems(tmp_path_factory, local_rule):
    """What compiling all of them at once tells, by file."""
    folder = tmp_path_factory.mktemp("rules") / "local"
    folder.mkdir()
    for number, expression in enumerate(HOSTILE, 100):
        (folder / f"{number}.yaml").write_text(local_rule(f"XX{number}", expression), "utf-8")
    with pytest.raises(RulePackBroken) as broken:
        compile_pack([folder])
    found = {}
    for problem in broken.value.problems:
        found.setdefault(problem.file, []).append(problem)
    return found


@pytest.mark.parametrize("number", range(len(HOSTILE)), ids=[expression[:40] for expression in HOSTILE])
def test_it_is_refused_where_it_stands(number, problems):
    told = problems[f"local/{number + 100}.yaml"]
    assert {problem.line for problem in told} == {LINE}
    assert all(problem.column >= len("require: ") for problem in told)


@pytest.mark.parametrize("expression", ["(SELECT true)", "getenv('HOME') = ''", "true; SELECT 1", "true) OR (true"])
@pytest.mark.parametrize("where", ["when", "value", "fix", "macro", "column", "match", "empty"])
def test_it_is_refused_wherever_an_expression_may_stand(where, expression, local_folder, local_rule):
    quoted = '"' + expression + '"'
    rule = {"when": f"when: {quoted}\n", "value": f"values: {{甲: {quoted}}}\n", "fix": f"fix: {{得分: {quoted}}}\n"}
    words = {
        "macro": f"macros:\n  甲: {{of: [x], sql: {quoted}, says: 有}}\n",
        "column": f"columns:\n  指标:\n    甲: {{sql: {quoted}, says: 有}}\n",
        "match": f"columns:\n  分组:\n    甲: {{sql: count(*), of: 指标, match: {quoted}, says: 有}}\n",
        "empty": f"columns:\n  表:\n    甲: {{sql: count(*), of: 指标, empty: {quoted}, says: 有}}\n",
    }
    files = {"a.yaml": local_rule("XX001", "得分 > 0", more=rule.get(where, ""))}
    if where in words:
        files["definitions.yaml"] = words[where]
    with pytest.raises(RulePackBroken) as broken:
        compile_pack([local_folder(files)])
    expected = "local/definitions.yaml" if where in words else "local/a.yaml"
    assert {problem.file for problem in broken.value.problems} == {expected}
    assert all(problem.line for problem in broken.value.problems)


@pytest.fixture
def judge_locally(local_folder, form_of):
    """The messages a local folder gives on each form."""

    def run(files, *plains):
        pack = compile_pack([local_folder(files)])
        verdicts = Judge(pack, every_check(dict(pack.rules))).judge([form_of(plain) for plain in plains])
        return [[one.message for one in verdict.each()] for verdict in verdicts]

    return run


TEXTS = ["'); DROP TABLE 指标; --", "' OR '1' = '1", "$$", "\\", "{table}", "{source}", "(SELECT 1)"]


@pytest.mark.parametrize("text", TEXTS)
def test_texts_stay_texts(text, judge_locally, local_rule):
    """Whatever a parameter, an expression or the form says in quotes is never taken for SQL."""
    literal = "'" + text.replace("'", "''") + "'"
    column = {"columns": {"指标": {"是它": {"sql": f"三级指标 = {literal}", "says": "有"}}}}
    files = {
        "definitions.yaml": json.dumps(column),
        "a.yaml": local_rule(
            "XX001", "三级指标 <> $文字", message="参数", more=f"params: {{文字: {json.dumps(text)}}}\n"
        ),
        "b.yaml": local_rule("XX002", f"三级指标 <> {literal}", message="表达式"),
        "c.yaml": local_rule("XX003", "NOT 是它", message="派生列"),
    }
    forms = [{"绩效指标": [{"三级指标": name}]} for name in (text, "别的")]
    assert judge_locally(files, *forms) == [["参数", "表达式", "派生列"], []]


@pytest.mark.parametrize("expression", ["得分 <= 分值 -- 说明", "得分 <= 分值 /* 说明 */", "得分 <= -- 说明\n分值"])
def test_a_comment_swallows_nothing_around_it(expression, judge_locally, local_rule):
    more = "when: 分值 > 0 -- 说明\nvalues: {差: 得分 - 分值 -- 说明}\n"
    files = {"a.yaml": local_rule("XX001", expression, message="多 {差}", more=more)}
    forms = [{"绩效指标": [{"分值": "3", "得分": score}]} for score in ("2", "5")]
    assert judge_locally(files, *forms) == [[], ["多 2"]]


@pytest.mark.parametrize(
    ("part", "text", "line"),
    [
        ("key", "(SELECT 1)", 6),
        ("key", "三级指标 FROM read_csv('/etc/passwd')", 6),
        ("key", "{三级指标: (SELECT 三级指标)}", 6),
        ("key", "{(SELECT 三级指标): 本行.三级指标}", 6),
        ("key", "count(*) OVER ()", 6),
        ("key", "本行.表.年度.x", 6),
        ("having", "count(*) > (SELECT 1)", 7),
        ("having", "true GROUP BY ALL", 7),
        ("require", "max(read_text('/etc/passwd')) = ''", 8),
        ("require", "count(*) OVER () = 1", 8),
        ("require", "list(三级指标) IS NULL", 8),
        ("require", "main.max(得分) > 1", 8),
        ("require", "count(*) FILTER (WHERE EXISTS (SELECT 1)) = 1", 8),
        ("value", "getenv('HOME')", 10),
        ("value", "string_agg(三级指标, ',')", 10),
    ],
)
def test_rules_across_forms_are_refused_the_same(part, text, line, local_folder, local_across):
    quoted = {name: json.dumps(one, ensure_ascii=False) for name, one in SOUND.items()}
    quoted[part] = text if text.startswith("{") else json.dumps(text, ensure_ascii=False)
    with pytest.raises(RulePackBroken) as broken:
        compile_pack([local_folder({"a.yaml": local_across("指标", ACROSS.format(**quoted))})])
    assert {(problem.file, problem.line) for problem in broken.value.problems} == {("local/a.yaml", line)}


def test_a_sound_rule_across_forms_is_not_refused(local_folder, local_across):
    compile_pack([local_folder({"a.yaml": local_across("指标", ACROSS.format(**SOUND))})])
