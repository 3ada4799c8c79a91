"""What findings say, in SQL: message, path, words and part of a check on the rows of its table.

For a batch that is too large to be told in Python; a form by itself is told by judge.judge and judge.place, in the
same words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from perfeval_lint.form.definition import BY_KEY, NARRATIVE, TOTAL, UNKNOWN_TABLE, Shape
from perfeval_lint.judge.judge import LONGEST_QUOTE, shown_as
from perfeval_lint.judge.place import HEADER, LONGEST_TITLE, TEXTS
from perfeval_lint.judge.tables import section_of
from perfeval_lint.rule.model import FIELD_NAME, PARENT, Definitions, base_columns
from perfeval_lint.rule.query import Check, expression_sql, inputs
from perfeval_lint.rule.sql import identifier, literal

_PLACEHOLDER = re.compile(r"\{([^}]*)\}")
_SPACE = r"[\s\x{1c}-\x{1f}\x{85}\x{a0}\p{Z}]"
MACROS = f"""
CREATE OR REPLACE TEMP MACRO 报_缩短(t, n) AS CASE WHEN length(t) > n THEN left(t, n - 1) || '…' ELSE t END;
CREATE OR REPLACE TEMP MACRO 报_一行(t) AS CASE WHEN regexp_matches(t, '{_SPACE}')
    THEN regexp_replace(regexp_replace(t, '^{_SPACE}+|{_SPACE}+$', '', 'g'), '{_SPACE}+', ' ', 'g') ELSE t END;
CREATE OR REPLACE TEMP MACRO 报_去零(t) AS CASE WHEN contains(t, '.') THEN rtrim(rtrim(t, '0'), '.') ELSE t END;
CREATE OR REPLACE TEMP MACRO 报_显示(v) AS coalesce(CASE
    WHEN typeof(v) = 'BOOLEAN' THEN CASE CAST(v AS VARCHAR) WHEN 'true' THEN '是' WHEN 'false' THEN '否' END
    WHEN typeof(v) LIKE 'DECIMAL%[]'
        THEN array_to_string([报_去零(x) for x in string_split(trim(CAST(v AS VARCHAR), '[]'), ', ')], '、')
    WHEN typeof(v) LIKE '%[]' THEN replace(trim(CAST(v AS VARCHAR), '[]'), ', ', '、')
    WHEN typeof(v) LIKE 'DECIMAL%' THEN 报_去零(CAST(v AS VARCHAR))
    WHEN typeof(v) IN ('DOUBLE', 'FLOAT') THEN 报_去零(printf('%.6f', TRY_CAST(v AS DOUBLE)))
    ELSE 报_缩短(报_一行(CAST(v AS VARCHAR)), {LONGEST_QUOTE}) END, '（空）');
"""


def shown(value: str) -> str:
    """A value as a message quotes it; of any type."""
    return f"报_显示({value})"


def shown_name(text: str, longest: int) -> str:
    """A name as a message quotes it."""
    return f"coalesce(报_缩短(报_一行({text}), {longest}), '（空）')"


def message_sql(check: Check) -> str:
    """The message of a check with the row's values in it."""
    parts = _PLACEHOLDER.split(check.rule.message)
    items = [_value_sql(check, part) if number % 2 else literal(part) for number, part in enumerate(parts) if part]
    return f"concat({', '.join(items)})"


def _value_sql(check: Check, name: str) -> str:
    rule = check.rule
    if name == FIELD_NAME:
        return literal(check.field or "")
    if name in rule.values:
        return shown(f"TRY({expression_sql(check, rule.values[name])}\n)")
    if name in rule.params:
        return literal(shown_as(check.params[name]))
    column = check.column_name(name)
    printed = f"{column}原文"
    return shown(identifier(printed if printed in base_columns(check.table) else column))


def path_sql(table: str, at: str) -> str:
    """The path of a finding in the form's keys."""
    if table == UNKNOWN_TABLE:
        return "路径"
    if at in BY_KEY:
        return literal(at)
    if table == PARENT:
        return literal(f"{TOTAL.key}.{_total_field(at)}" if _total_field(at) else at)
    section = section_of(table)
    if section.shape is Shape.MAPPING:
        return literal(f"{section.key}.{at}")
    if section.shape is Shape.PAIRS:
        return f"concat({literal(section.key + '.')}, 名称)"
    return f"concat({literal(section.key + '[')}, 行号, {literal('].' + at)})"


def words_sql(table: str, at: str) -> str:
    """The place of a finding for people."""
    if table == UNKNOWN_TABLE:
        row = r"CAST(regexp_extract(路径, '^[^\[]*\[([0-9]+)\]', 1) AS INTEGER) + 1"
        in_row = f"concat(位置, ' 第', {row}, '项·', 键)"
        in_section = f"CASE WHEN starts_with(路径, concat(位置, '[')) THEN {in_row} ELSE concat(位置, '·', 键) END"
        return f"CASE WHEN 路径 = 键 THEN 键 ELSE {in_section} END"
    if at in BY_KEY:
        return literal(at)
    if table == PARENT:
        return literal(f"{TOTAL.key}·{_total_field(at)}" if _total_field(at) else at)
    section = section_of(table)
    if section.shape is Shape.MAPPING:
        return literal(f"{section.key}·{at}")
    title = _title_sql(section.title_field or "")
    if section.shape is Shape.PAIRS:
        return f"concat({literal(section.key)}, {title})"
    return f"concat({literal(section.key + ' 第')}, 行号 + 1, '项', {title}, {literal('·' + at)})"


def _title_sql(field: str) -> str:
    name = identifier(field)
    short = f"CASE WHEN length({name}) <= {LONGEST_TITLE} THEN {name} ELSE left({name}, {LONGEST_TITLE - 1}) || '…' END"
    return f"CASE WHEN {name} IS NOT NULL THEN concat('“', {short}, '”') END"


def part_sql(table: str, at: str) -> str:
    """The part of the form a finding belongs to."""
    if table == UNKNOWN_TABLE:
        return f"CASE WHEN 路径 = 键 THEN {literal(HEADER)} ELSE 位置 END"
    if at in BY_KEY:
        return literal(at)
    if table == PARENT:
        return literal(TOTAL.key if _total_field(at) else TEXTS if at in NARRATIVE else HEADER)
    return literal(section_of(table).key)


def _total_field(at: str) -> str:
    """得分 for 总分得分; empty for a column of 表 that is not of the total."""
    field = at.removeprefix(TOTAL.prefix)
    return field if at.startswith(TOTAL.prefix) and TOTAL.field(field) else ""


def missing_sql(definitions: Definitions, check: Check) -> str:
    """The inputs a check lacks on a row, all of them where none is empty; joined by 、."""
    by_label: dict[str, list[str]] = {}
    for item in inputs(definitions, check):
        for label in item.labels:
            by_label.setdefault(label, []).append(f"{identifier(item.column)} IS NULL")
    if not by_label:
        return "''"
    items = [f"CASE WHEN {_any(tests)} THEN {literal(label)} END" for label, tests in by_label.items()]
    return f"coalesce(nullif(concat_ws('、', {', '.join(items)}), ''), {literal('、'.join(by_label))})"


def _any(tests: Iterable[str]) -> str:
    return " OR ".join(dict.fromkeys(tests))
