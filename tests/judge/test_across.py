"""Rules across forms on tables made by hand: who is in a group, who is told, and in what words."""

from __future__ import annotations

import random
from decimal import Decimal

import duckdb
import pytest

from perfeval_lint.judge.across import outcomes_sql, sides_of, wanted
from perfeval_lint.judge.tell.wording import MACROS
from perfeval_lint.rule.pack import compile_pack
from perfeval_lint.rule.profile import Overrides, across_checks_for, checks_for

PROFILE = "name: 通用\nsays: 有\nbasis: [{kind: house, text: 有}]\n"
SAME_NAME = "across: [项目名称]\nrequire: count(*) = 1\nmessage: 同名 {同组}"


@pytest.fixture
def check(local_folder, local_across):
    """check(keys, table): the one check of a rule with those keys, and the pack it is of."""

    def make(more, table="表"):
        at = {"表": "项目名称", "指标": "得分"}[table]
        rule = local_across(table, f"{more}\nat: {at}")
        folder = local_folder({"a.yaml": rule, "profiles/通用.yaml": PROFILE})
        (found,) = across_checks_for(compile_pack([folder]), "通用", Overrides())
        return found

    return make


def judged(check, forms, rows=(), numbers=None):
    """(表号, 行号, 结果, 消息) of the check, sorted.

    `forms` are 年度, 项目名称 and, if need be, 总分得分 and 往年; they are called f0, f1 … in their order, whatever
    their `numbers`. `rows` are 表号, 行号, 三级指标 and 得分.
    """
    database = duckdb.connect()
    database.execute(MACROS)
    database.execute(
        "CREATE TABLE 表 (表号 INTEGER, 行号 INTEGER, 年度 INTEGER, 项目名称 VARCHAR, 总分得分 DECIMAL(30,6),"
        " 总分得分原文 VARCHAR, 往年 BOOLEAN, 文件 VARCHAR, 序 BIGINT)"
    )
    for order, form in enumerate(forms):
        year, name, score, last_year = (*form, *(None, False)[len(form) - 2 :])
        number = numbers[order] if numbers else order
        values = [number, 0, year, name, score, score, last_year, f"f{order}", order]
        database.execute("INSERT INTO 表 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    database.execute("CREATE TABLE 行 (表号 INTEGER, 行号 INTEGER, 三级指标 VARCHAR, 得分原文 VARCHAR)")
    for row in rows:
        database.execute("INSERT INTO 行 VALUES (?, ?, ?, ?)", row)
    database.execute(
        "CREATE TABLE 指标 AS SELECT 行.*, CAST(得分原文 AS DECIMAL(30,6)) AS 得分,"
        ' 年度 AS "表.年度", 项目名称 AS "表.项目名称" FROM 行 JOIN 表 USING (表号)'
    )
    sides = sides_of(check, {"表": "表", "指标": "指标"})
    return sorted(database.execute(f"SELECT 表号, 行号, 结果, 消息 FROM ({outcomes_sql(check, sides)})").fetchall())


def test_a_group_is_what_has_equal_keys(check):
    forms = [(2024, "甲"), (2024, "乙"), (2023, "甲"), (2024, "甲")]
    assert judged(check(SAME_NAME), forms) == [
        (0, 0, "0", "同名 f2（甲）、f3（甲）"),
        (1, 0, "1", None),
        (2, 0, "0", "同名 f0（甲）、f3（甲）"),
        (3, 0, "0", "同名 f0（甲）、f2（甲）"),
    ]


def test_keys_do_not_run_into_each_other(check):
    two = check("across: [项目名称, 总分得分原文]\nrequire: count(*) = 1\nmessage: 坏")
    assert {row[2] for row in judged(two, [(2024, "甲1", "1"), (2024, "甲", "11"), (2024, "甲1:1", "1")])} == {"1"}


def test_a_row_without_a_key_or_outside_when_takes_no_part(check):
    forms = [(2024, None), (2024, None), (None, "甲"), (2024, "甲"), (2024, "甲", "5")]
    assert judged(check(SAME_NAME + "\nwhen: 年度 > 0 AND 总分得分 IS NULL"), forms) == [(3, 0, "1", None)]


def test_forms_of_last_year_are_compared_with_and_never_told(check):
    forms = [(2024, "甲", None, True), (2024, "甲"), (2023, "乙", None, True), (2023, "乙", None, True)]
    assert judged(check(SAME_NAME), forms) == [(1, 0, "0", "同名 f0（甲）")]


def test_a_key_may_differ_on_the_two_sides(check):
    before = check(
        "of: 指标\nacross: [三级指标, {表.年度: 本行.表.年度 - 1}]\nrequire: 本行.得分 >= max(得分)\n"
        "values: {去年: max(得分)}\nmessage: 去年 {去年}，今年 {得分}；{同组}",
        "指标",
    )
    rows = [(0, 0, "培训", "9.50"), (1, 0, "培训", "8.0"), (1, 1, "会议", "1"), (2, 0, "培训", None)]
    assert judged(before, [(2023, "甲"), (2024, "甲"), (2024, "乙")], rows) == [
        (1, 0, "0", "去年 9.5，今年 8.0；f0（甲）"),
        (2, 0, "2", None),
    ]


def test_rows_of_one_table_are_held_against_another(check):
    named = check("of: 表\nacross: [{项目名称: 本行.三级指标}]\nrequire: count(*) > 1\nmessage: 只有 {同组}", "指标")
    rows = [(0, 0, "乙", None), (0, 1, "丙", None), (1, 0, "乙", None), (1, 1, "没有", None)]
    assert judged(named, [(2024, "甲"), (2024, "乙"), (2024, "丙"), (2024, "丙")], rows) == [
        (0, 0, "0", "只有 f1（乙）"),
        (0, 1, "1", None),
        (1, 0, "0", "只有 本表"),
    ]


def test_a_group_told_once_is_told_on_its_first_row(check):
    once = check(SAME_NAME + " 共 {共}\nvalues: {共: count(*)}\nonce: true\nhaving: count(*) > 1")
    forms = [(2024, "甲", None, True), (2024, "乙"), (2024, "甲"), (2024, "甲"), (2024, "丙")]
    assert judged(once, forms) == [(2, 0, "0", "同名 f0（甲）、f3（甲） 共 3")]


def test_what_cannot_be_reckoned_is_not_evaluated(check):
    total = check("across: [年度]\nrequire: sum(总分得分) > 10\nmessage: 坏")
    assert judged(total, [(2024, "甲"), (2024, "乙"), (2023, "丙", "11")]) == [
        (0, 0, "2", None),
        (1, 0, "2", None),
        (2, 0, "1", None),
    ]
    divided = check("across: [年度]\nrequire: CAST(concat(max(项目名称), 'x') AS INTEGER) > 0\nmessage: 坏")
    assert [row[2] for row in judged(divided, [(2024, "1")])] == ["2"]


def test_many_forms_are_counted_and_a_few_named(check):
    told = judged(check(SAME_NAME), [(2024, "甲")] * 6)
    assert told[0][3] == "同名 f1（甲）、f2（甲）、f3（甲） 等 5 张表"
    assert told[2][3] == "同名 f0（甲）、f1（甲）、f3（甲） 等 5 张表"
    assert told[5][3] == "同名 f0（甲）、f1（甲）、f2（甲） 等 5 张表"


def test_the_order_of_the_rows_makes_no_difference(check):
    rule = check(SAME_NAME + " {最高}\nvalues: {最高: median(总分得分)}")
    forms = [(2024, "甲乙丙"[number % 3], str(number)) for number in range(40)]
    plain = {f"f{row[0]}": row[2:] for row in judged(rule, forms)}
    numbers = list(range(100, 140))
    random.Random(5).shuffle(numbers)
    shuffled = judged(rule, forms, numbers=numbers)
    assert {f"f{numbers.index(row[0])}": row[2:] for row in shuffled} == plain


def test_a_key_that_most_rows_share(check):
    """One group of many rows is an aggregate like any other: no pair of rows is ever made."""
    rule = check("of: 表\n" + SAME_NAME)
    database = duckdb.connect(config={"memory_limit": "400MB"})
    database.execute(MACROS)
    database.execute(
        "CREATE TABLE 表 AS SELECT i AS 表号, 0 AS 行号, 'f' || i AS 文件, i AS 序, false AS 往年,"
        " CASE WHEN i < 290000 THEN '甲' ELSE i::VARCHAR END AS 项目名称 FROM range(300000) t(i)"
    )
    sql = outcomes_sql(rule, sides_of(rule, {"表": "表"}))
    told = database.execute(
        f"SELECT 结果, count(*), count(DISTINCT 消息) FROM ({sql}) GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert told == [("0", 290000, 4), ("1", 10000, 0)]


def test_the_message_quotes_columns_values_and_parameters(check):
    rule = check(
        "across: [年度]\nrequire: max(总分得分) < $上限\nparams: {上限: 9.50}\n"
        "values: {名: \"concat(本行.项目名称, '''')\", 空: max(项目名称) FILTER (WHERE false)}\n"
        "message: \"{总分得分} '{名}' {上限} {空}\""
    )
    assert judged(rule, [(2024, "甲{名}", "9.70")]) == [(0, 0, "0", "9.70 '甲{名}'' 9.5 （空）")]


def test_a_word_may_stand_twice_and_a_row_may_know_its_number(check):
    rule = check(
        "across: [年度]\nrequire: count(DISTINCT 表号) + 本行.行号 < 2\nvalues: {数: count(*)}\n"
        'message: "{数}{数} {同组} {同组}"',
    )
    assert judged(rule, [(2024, "甲"), (2024, "乙")])[0] == (0, 0, "0", "22 f1（乙） f1（乙）")


def test_wanted_columns_are_named_once(check):
    rule = check(
        "of: 指标\nacross: [三级指标, {表.年度: 本行.表.年度}]\nwhen: 得分 > 0\n"
        "having: count(DISTINCT 表.项目名称) > 1\n"
        'require: 本行.分值 > avg(得分) FILTER (WHERE 分值 > 0)\nmessage: "{得分} {年度指标值} {同组}"',
        "指标",
    )
    found = wanted([rule, rule])
    assert len(set(found)) == len(found)
    names = ["三级指标", "得分", "分值", "得分原文", "年度指标值", "表.年度", "表.项目名称"]
    assert set(found) == {("表", "项目名称"), *(("指标", name) for name in names)}


def test_shipped_checks_are_across_or_on_one_form(pack):
    across = [one.rule.id for one in across_checks_for(pack, "通用", Overrides())]
    assert across == [rule.id for rule in pack.rules.values() if rule.across is not None] != []
    assert not set(across) & {one.rule.id for one in checks_for(pack, "通用", Overrides())}


def test_profiles_and_settings_change_them_as_others(pack):
    off = Overrides(rules={"PE903": None}, params={"PE902": {"字数": Decimal(30)}}, ignore=("PE905",))
    checks = {one.rule.id: one for one in across_checks_for(pack, "通用", off)}
    assert not {"PE903", "PE905"} & set(checks)
    assert checks["PE902"].params == {"字数": Decimal(30)}
