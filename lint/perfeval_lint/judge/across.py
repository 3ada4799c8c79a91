"""Judges rules across forms: one SELECT a check, over all rows of all forms.

It is made of filters, hash aggregates and hash joins on one 128-bit number of the group, so that it runs in bounded
memory and can be spread over machines by that number. The order of the rows makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from perfeval_lint.form.model import Form
from perfeval_lint.judge.tables import load_tables, source_sql, tabulate
from perfeval_lint.judge.tell.message import help_sql, message_sql, quotes_sql
from perfeval_lint.judge.tell.quote import shown_name_sql
from perfeval_lint.judge.tell.wording import MACROS
from perfeval_lint.judge.threads import Cursors
from perfeval_lint.rule.compile.across import (
    PROJECT,
    across_of,
    aggregated_columns,
    aggregated_table,
    aggregates,
    group_expressions,
    group_sql,
    own_columns,
    row_sql,
    wanted_across,
)
from perfeval_lint.rule.compile.macros import macro_statements
from perfeval_lint.rule.compile.query import FAIL, UNKNOWN, Check, placeholders_of, shown_column, shown_columns
from perfeval_lint.rule.compile.staging import Staging, build
from perfeval_lint.rule.expression import HOLD_VALUES
from perfeval_lint.rule.model import OTHERS, Expression, Pack
from perfeval_lint.sql.columns import PARENT
from perfeval_lint.sql.database import open_cursors
from perfeval_lint.sql.text import identifier

_ROW = ("表号", "行号")  # what every table has
_NAMED = 3  # other forms of a group that a message names
_LONGEST_NAME = 40  # characters of a file's or project's name there


def wanted(checks: Iterable[Check]) -> list[tuple[str, str]]:
    """Returns the (table, column) pairs the checks need of every form, each once; a parent's column is `表.x`."""
    return list(dict.fromkeys(wanted_across(checks)))


@dataclass(frozen=True, slots=True)
class Sides:
    """The FROM items a check across forms is judged on; all rows of a group must be in them.

    `members` are the rows that make the groups and `own` the rows judged, both with the number of their group, "@组";
    where they are the same rows, `own` is None. `rows` has the columns that the message prints of the rows judged.
    `forms` are all forms: 表号, 项目名称, 文件 (its name in messages), 序 (different for every form, in the order of
    the files) and 往年 (true for a form that is there for comparison only).
    """

    members: str
    own: str | None
    rows: str
    forms: str


def sides_of(check: Check, tables: Mapping[str, str], extra: Iterable[str] = ()) -> Sides:
    """Returns the sides of a check over the forms of `tables`: the FROM item of each table, with 表号, 行号 and the
    wanted columns, of 表 also 文件, 序 and 往年. The rows judged have the columns `extra` besides those they need."""
    across, columns = across_of(check), aggregated_columns(check)
    own = own_columns(check) | set(extra)
    keys, others = [key.own for key in across.keys], [key.other for key in across.keys]
    if is_even(check):
        return Sides(
            f"({_grouped(check, check.table, others, check.rule.when, columns | own, tables)})",
            None,
            tables[check.table],
            tables[PARENT],
        )
    chosen = None if across.of else check.rule.when
    return Sides(
        f"({_grouped(check, aggregated_table(check), others, chosen, columns, tables)})",
        f"({_grouped(check, check.table, keys, check.rule.when, own, tables)})",
        tables[check.table],
        tables[PARENT],
    )


def printed_columns(check: Check) -> set[str]:
    """Returns the columns of the rows judged that the message and help print."""
    return set(shown_columns(check))


def outcomes_sql(check: Check, sides: Sides) -> str:
    """Returns a SELECT of 表号, 行号, 结果 (a digit), 消息 and 改法 (NULL unless failed), in no order.

    改法 is NULL, too, where the rule's help is the same for all rows.

    The MACROS of judge.tell must be there. Rows that take no part, have no counterpart or are of a form that is there
    for comparison only are left out.
    """
    rule = check.rule
    verdict = f"coalesce(CAST(TRY({group_sql(check, rule.require)}\n) AS TINYINT), {UNKNOWN})"
    values = [name for name in dict.fromkeys(placeholders_of(rule.templates)) if name in rule.values]
    told = "".join(f", TRY({group_sql(check, rule.values[name])}\n) AS {_value(name)}" for name in values)
    kept = "".join(f', CASE WHEN "@果" = {FAIL} THEN {_value(name)} END AS {_value(name)}' for name in values)
    others = _others(sides.forms) if _names_others(check) else ""
    members, judged = f"SELECT * FROM {sides.members}", _judged_rows(check, sides)
    rows = [f'"@成员" AS MATERIALIZED ({members})', f'"@本行" AS ({judged})']
    if sides.own is not None:  # of other rows than those judged, only those that some row judged asks for
        asked = f'{members} SEMI JOIN (SELECT "@组" FROM "@本行") USING ("@组")'
        rows = [f'"@本行" AS MATERIALIZED ({judged})', f'"@成员" AS MATERIALIZED ({asked})']
    return f"""
        WITH {", ".join(rows)},
        "@各组" AS ({_groups(check)}),
        "@判定" AS MATERIALIZED (
            SELECT 表号, 行号, "@组", "@果"{kept} FROM (
                SELECT *, {verdict} AS "@果"{told} FROM "@本行" JOIN "@各组" USING ("@组")
            )
        ),
        "@不过" AS (SELECT * FROM "@判定" WHERE "@果" = {FAIL}){others}
        SELECT 表号, 行号, CAST("@果" AS VARCHAR) AS 结果, CAST(NULL AS VARCHAR) AS 消息, CAST(NULL AS VARCHAR) AS 改法
        FROM "@判定" WHERE "@果" <> {FAIL}
        UNION ALL {_findings(check, sides.rows)}
    """


@dataclass(frozen=True, slots=True)
class AcrossOutcome:
    """The outcome of a check across forms on a row of a form: a digit, and the message of a fail; its help where
    that is another for every row."""

    check: Check
    form: int
    row: int
    digit: str
    message: str | None
    help: str | None


def judge_across(
    pack: Pack, checks: Sequence[Check], forms: Sequence[Form], names: Sequence[str], *, year: int
) -> list[AcrossOutcome]:
    """Judges a few forms in memory, in their order; `names` are what messages call them."""
    built = build(Staging(pack.definitions, wanted(checks)), source_sql)
    cursors = Cursors(open_cursors(None)[0])
    with cursors.one() as cursor:
        cursor.execute(macro_statements(pack.definitions))
    rows = tabulate(forms, year)
    load_tables(cursors, built, rows)
    named = f"""
        CREATE TABLE "@{PARENT}" AS SELECT *, 表号 AS 序, false AS 往年 FROM {built.final[PARENT]}
        JOIN (SELECT unnest(range(len($1))) AS 表号, unnest($1::VARCHAR[]) AS 文件) USING (表号)
    """
    tables = {**built.final, PARENT: f'"@{PARENT}"'}
    found = []
    with cursors.one() as cursor:
        cursor.execute(MACROS)
        cursor.execute(named, [list(names)])
        for check in checks:
            if rows[check.table]["表号"] and rows[aggregated_table(check)]["表号"]:
                sql = outcomes_sql(check, sides_of(check, tables))
                told = cursor.execute(f"{sql} ORDER BY 表号, 行号").fetchall()
                found += [AcrossOutcome(check, *one) for one in told]
    return found


# --- the rows and their groups --------------------------------------------------------------------


def _groups(check: Check) -> str:
    """Returns a SELECT of the groups to be judged, with their aggregates."""
    columns = ", ".join(['"@组"', *(f"({sql}\n) AS {name}" for name, sql in aggregates(check).items())])
    having = across_of(check).having
    if having is None:
        return f'SELECT {columns} FROM "@成员" GROUP BY "@组"'
    fits = f'GROUP BY "@组" HAVING {row_sql(check, having, aggregated_table(check))}\n'
    functions = {name for expression in group_expressions(check) for name in expression.functions}
    if not functions & HOLD_VALUES:
        return f'SELECT {columns} FROM "@成员" {fits}'
    chosen = f'SELECT "@组" FROM "@成员" {fits}'
    return f'SELECT {columns} FROM "@成员" SEMI JOIN ({chosen}) USING ("@组") GROUP BY "@组"'


def _judged_rows(check: Check, sides: Sides) -> str:
    """Returns a SELECT of the rows to be judged: none of last year, and of each group only the first where it is
    reported once."""
    columns = own_columns(check).difference(_ROW)
    rows = sides.own or '"@成员"'
    now = f"{rows} ANTI JOIN (SELECT 表号 FROM {sides.forms} WHERE 往年) USING (表号)"
    items = [*_ROW, '"@组"', *map(identifier, sorted(columns))]
    if not across_of(check).once:
        return f"SELECT {', '.join(items)} FROM {now}"
    fields = ", ".join(f"{item} := {item}" for item in items)
    first = f"arg_min(struct_pack({fields}), row(序, 行号))"
    return f'SELECT unnest({first}) FROM {now} JOIN (SELECT 表号, 序 FROM {sides.forms}) USING (表号) GROUP BY "@组"'


def _grouped(
    check: Check,
    table: str,
    keys: Sequence[Expression],
    when: Expression | None,
    columns: set[str],
    tables: Mapping[str, str],
) -> str:
    """Returns a SELECT of the rows of a table that `when` admits and that have all keys, with the number of their
    group."""
    items = ", ".join([*_ROW, *map(identifier, sorted(columns.difference(_ROW)))])
    texts = [f"CAST(TRY({row_sql(check, key, table)}\n) AS VARCHAR)" for key in keys]
    named = ", ".join(f'{text} AS "@键{number}"' for number, text in enumerate(texts))
    chosen = f"WHERE TRY({row_sql(check, when, table)}\n)" if when is not None else ""
    rows = f"SELECT {items}, {named} FROM {tables[table]} {chosen}"
    # The length before each text keeps two from running into one; a NULL among them makes all NULL.
    whole = " || ".join(f'length("@键{number}") || \':\' || "@键{number}"' for number in range(len(keys)))
    return f'SELECT * FROM (SELECT {items}, md5_number({whole}) AS "@组" FROM ({rows})) WHERE "@组" IS NOT NULL'


def is_even(check: Check) -> bool:
    """Returns whether the rows judged are the rows aggregated, by the same keys: then they are one side."""
    across = across_of(check)
    return across.of is None and all(key.own == key.other for key in across.keys)


# --- messages -------------------------------------------------------------------------------------


def _names_others(check: Check) -> bool:
    return OTHERS in placeholders_of(check.rule.templates)


def _others(forms: str) -> str:
    """Returns the CTEs of the forms of the groups that fail: of each group the first few and their number."""
    file, project = shown_name_sql("文件", _LONGEST_NAME), shown_name_sql(PROJECT, _LONGEST_NAME)
    name = f"CASE WHEN {PROJECT} IS NULL THEN {file} ELSE concat({file}, '（', {project}, '）') END"
    return f"""
        , "@同表" AS MATERIALIZED (SELECT DISTINCT "@组", 表号 FROM "@成员" WHERE "@组" IN (SELECT "@组" FROM "@不过")),
        "@同组" AS (
            SELECT "@组", count(*) AS 张数, arg_min({{'表号': 表号, '名': 名}}, 序, {_NAMED + 1}) AS 前几 FROM "@同表"
            JOIN (SELECT 表号, 序, {name} AS 名 FROM {forms}) USING (表号) GROUP BY "@组"
        )
    """


def _findings(check: Check, rows: str) -> str:
    """Returns a SELECT of the rows that fail, with their messages and help."""
    others = ""
    quotes = _quotes(check)
    if _names_others(check):
        others = 'JOIN "@同组" n ON n."@组" = f."@组" LEFT JOIN "@同表" s ON s."@组" = f."@组" AND s.表号 = f.表号'
    return f"""
        SELECT f.表号, f.行号, '{FAIL}', {message_sql(check, quotes)}, {help_sql(check, quotes)} FROM "@不过" f
        JOIN {rows} r ON r.表号 = f.表号 AND r.行号 = f.行号 {others}
    """


def _quotes(check: Check) -> dict[str, str]:
    """Returns the SQL of the texts a message quotes: of the row judged, its group and the other forms of the group."""
    values = {name: f"f.{_value(name)}" for name in check.rule.values}
    for name in placeholders_of(check.rule.templates):
        column = shown_column(check, name)
        if column is not None:
            values[name] = f"r.{identifier(column)}"
    return quotes_sql(check, values, {}) | {OTHERS: _OTHER_FORMS}


_COUNT = "n.张数 - CAST(s.表号 IS NOT NULL AS INTEGER)"
_FIRST = (
    f"array_to_string(list_transform(list_filter(n.前几, lambda x: x.表号 <> f.表号)[1:{_NAMED}], "
    "lambda x: x.名), '、')"
)
_OTHER_FORMS = (
    f"CASE WHEN {_COUNT} = 0 THEN '本表' WHEN {_COUNT} <= {_NAMED} THEN {_FIRST} "
    f"ELSE concat({_FIRST}, ' 等 ', {_COUNT}, ' 张表') END"
)


def _value(name: str) -> str:
    return identifier(f"@值.{name}")
