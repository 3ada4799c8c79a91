"""What findings say, in SQL: message, help, path, words and part of a check on the rows of its table.

For a batch that is too large to be told in Python; a form by itself is told by judge.judge and judge.place, in the
same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from perfeval_lint.form.definition import BY_KEY, NARRATIVE, TOTAL, UNKNOWN_TABLE, Section, Shape
from perfeval_lint.judge.tables import section_of
from perfeval_lint.judge.tell.place import HEADER, LONGEST_TITLE, TEXTS
from perfeval_lint.judge.tell.quote import LONGEST_QUOTE, shown_as
from perfeval_lint.judge.tell.wording import ENDS, parts_of
from perfeval_lint.rule.compile.query import Check, expression_sql, inputs, placeholders_of
from perfeval_lint.rule.model import FIELD_NAME, Definitions
from perfeval_lint.sql.columns import PARENT, base_columns
from perfeval_lint.sql.text import identifier, literal

_SPACE = r"[\s\x{0b}\x{1c}-\x{1f}\x{85}\x{a0}\p{Z}]"  # what str.split() takes for white space
MACROS = f"""
CREATE OR REPLACE TEMP MACRO 报_缩短(t, n) AS CASE WHEN length(t) > n THEN left(t, n - 1) || '…' ELSE t END;
CREATE OR REPLACE TEMP MACRO 报_一行(t) AS CASE WHEN regexp_matches(t, '{_SPACE}')
    THEN regexp_replace(regexp_replace(t, '^{_SPACE}+|{_SPACE}+$', '', 'g'), '{_SPACE}+', ' ', 'g') ELSE t END;
CREATE OR REPLACE TEMP MACRO 报_去零(t) AS CASE WHEN contains(t, '.') THEN rtrim(rtrim(t, '0'), '.') ELSE t END;
CREATE OR REPLACE TEMP MACRO 报_显示(v) AS coalesce(CASE
    WHEN typeof(v) = 'BOOLEAN' THEN CASE CAST(v AS VARCHAR) WHEN 'true' THEN '是' WHEN 'false' THEN '否' END
    WHEN typeof(v) LIKE 'DECIMAL%' THEN 报_去零(CAST(v AS VARCHAR))
    WHEN typeof(v) IN ('DOUBLE', 'FLOAT') THEN 报_去零(printf('%.6f', TRY_CAST(v AS DOUBLE)))
    ELSE 报_缩短(报_一行(CAST(v AS VARCHAR)), {LONGEST_QUOTE}) END, '（空）');
CREATE OR REPLACE TEMP MACRO 报_去尾(t) AS coalesce(nullif(rtrim(t, '{ENDS}'), ''), t);
"""


def shown(value: str, kind: str = "") -> str:
    """A value as a message quotes it; `kind` is its SQL type where that may be a list."""
    if not kind.endswith("[]"):
        return f"报_显示({value})"
    item = f"x{kind.count('[]')}"  # a list within a list has an item of its own
    items = f"list_transform({value}, lambda {item}: {shown(item, kind.removesuffix('[]'))})"
    return f"coalesce(array_to_string({items}, '、'), '（空）')"


def shown_name(text: str, longest: int) -> str:
    """A name as a message quotes it."""
    return f"coalesce(报_缩短(报_一行({text}), {longest}), '（空）')"


def message_sql(check: Check, kinds: Mapping[str, str]) -> str:
    """The message of a check with the row's values in it; `kinds` are the SQL types of its values_in."""
    return template_sql(check.rule.message, _words(check, kinds))


def help_sql(check: Check, kinds: Mapping[str, str]) -> str:
    """The help of a check with the row's values in it; NULL where it is the same for all rows, as the rule has it."""
    return template_sql(check.rule.help, _words(check, kinds)) if placeholders_of(check.rule.help) else "NULL"


def template_sql(template: str, words: Mapping[str, str]) -> str:
    """A template with its names replaced by words, which are SQL texts."""
    items = [
        literal(part.text)
        if not part.is_name
        else f"报_去尾({words[part.text]})"
        if part.loses_end
        else words[part.text]
        for part in parts_of(template)
    ]
    return f"concat({', '.join(items)})"


def _words(check: Check, kinds: Mapping[str, str]) -> dict[str, str]:
    words = {name: literal(shown_as(value)) for name, value in check.params.items()}
    words |= {name: shown(sql, kinds[name]) for name, sql in values_in(check).items()}
    words[FIELD_NAME] = literal(check.field or "")
    return words


def values_in(check: Check) -> dict[str, str]:
    """What the message and help of a check quote of a row, as SQL over its table, by name."""
    rule = check.rule
    found = {}
    for name in placeholders_of(rule.told):
        if name in rule.values:
            found[name] = f"TRY({expression_sql(check, rule.values[name])}\n)"
        elif name != FIELD_NAME and name not in rule.params:
            column = check.column_name(name)
            printed = f"{column}原文"
            found[name] = identifier(printed if printed in base_columns(check.table) else column)
    return found


@dataclass(frozen=True, slots=True)
class PlaceSql:
    """Where a finding points to, each as SQL: the part of the form, the path in its keys, the words for people."""

    part: str
    path: str
    words: str


def place_sql(table: str, at: str) -> PlaceSql:
    """The place of a finding at a column of the table or at a section."""
    if table == UNKNOWN_TABLE:
        return _unknown()
    if at in BY_KEY:
        return PlaceSql(literal(at), literal(at), literal(at))
    if table == PARENT:
        return _on_root(at)
    return _on_row(section_of(table), at)


def _unknown() -> PlaceSql:
    row = r"CAST(regexp_extract(路径, '^[^\[]*\[([0-9]+)\]', 1) AS INTEGER) + 1"
    in_row = f"concat(位置, ' 第', {row}, '项·', 键)"
    in_section = f"CASE WHEN starts_with(路径, concat(位置, '[')) THEN {in_row} ELSE concat(位置, '·', 键) END"
    part = f"CASE WHEN 路径 = 键 THEN {literal(HEADER)} ELSE 位置 END"
    return PlaceSql(part, "路径", f"CASE WHEN 路径 = 键 THEN 键 ELSE {in_section} END")


def _on_root(at: str) -> PlaceSql:
    field = at.removeprefix(TOTAL.prefix)
    if at.startswith(TOTAL.prefix) and TOTAL.field(field):
        return PlaceSql(literal(TOTAL.key), literal(f"{TOTAL.key}.{field}"), literal(f"{TOTAL.key}·{field}"))
    return PlaceSql(literal(TEXTS if at in NARRATIVE else HEADER), literal(at), literal(at))


def _on_row(section: Section, at: str) -> PlaceSql:
    key = section.key
    if section.shape is Shape.MAPPING:
        return PlaceSql(literal(key), literal(f"{key}.{at}"), literal(f"{key}·{at}"))
    title = _title_sql(section.title_field or "")
    if section.shape is Shape.PAIRS:
        return PlaceSql(literal(key), f"concat({literal(key + '.')}, 名称)", f"concat({literal(key)}, {title})")
    path = f"concat({literal(key + '[')}, 行号, {literal('].' + at)})"
    words = f"concat({literal(key + ' 第')}, 行号 + 1, '项', {title}, {literal('·' + at)})"
    return PlaceSql(literal(key), path, words)


def _title_sql(field: str) -> str:
    name = identifier(field)
    short = f"CASE WHEN length({name}) <= {LONGEST_TITLE} THEN {name} ELSE left({name}, {LONGEST_TITLE - 1}) || '…' END"
    return f"CASE WHEN {name} IS NOT NULL THEN concat('“', {short}, '”') END"


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
