"""From a table, row and column back to the place on the form, in Python and in SQL."""

from __future__ import annotations

from typing import NamedTuple

from perfeval_lint.form.definition import (
    BY_KEY,
    DOUBTS,
    NARRATIVE,
    SECTIONS,
    SLIPS_TABLE,
    TOTAL,
    UNKNOWN_TABLE,
    WAIVERS,
    Section,
    Shape,
)
from perfeval_lint.form.model import Form, Record
from perfeval_lint.form.path import parsed
from perfeval_lint.judge.outcome import Place
from perfeval_lint.judge.tables import section_of, unknown_path
from perfeval_lint.sql.columns import PARENT
from perfeval_lint.sql.text import identifier, literal

HEADER = "基本信息"
TEXTS = "文字说明"
LONGEST_TITLE = 20  # characters of a row's name
# The parts of a form in the order a report goes through them.
PARTS = (
    HEADER,
    *(section.key for section in SECTIONS if section.key and section not in (WAIVERS, DOUBTS)),
    TEXTS,
    WAIVERS.key,
    DOUBTS.key,
)


def locate(form: Form, table: str, row: int, at: str) -> Place:
    """Returns the place a check on a row points to.

    `at` is a column of the table or the key of a section. A field that is not on the form is placed at its row,
    a section that is not there at the top of the form.
    """
    if table == UNKNOWN_TABLE:
        return _unknown(form, row)
    if at in BY_KEY:
        section = BY_KEY[at]
        position = form.places.get(at, form.root.origin)
        return Place(at, section.key, at, position)
    if table == PARENT:
        return _on_root(form, at)
    return _on_row(form, section_of(table), row, at)


def place_at(form: Form, path: str) -> Place:
    """Returns the place of a path of the form that is one of a value."""
    return locate(form, *cell_at(form, path))


def cell_at(form: Form, path: str) -> tuple[str, int, str]:
    """Returns table, row and column of a value's path: 绩效指标[3].得分, 指标分组.产出指标, 总分.得分."""
    found = parsed(path)
    section = BY_KEY.get(found.section) if found else None
    if found is None or section is None:
        return PARENT, 0, path
    if section is TOTAL:
        return PARENT, 0, f"{TOTAL.prefix}{found.field}"
    if section.shape is Shape.PAIRS:
        names = [record.text("名称") for record in form.rows(section)]
        return section.table, names.index(found.field), "分值"
    return section.table, found.row or 0, found.field or ""


def _on_root(form: Form, name: str) -> Place:
    if name.startswith(TOTAL.prefix) and TOTAL.field(name.removeprefix(TOTAL.prefix)):
        field = name.removeprefix(TOTAL.prefix)
        rows = form.rows(TOTAL)
        own = rows[0].place(field) if rows else None
        position = own or form.places.get(TOTAL.key, form.root.origin)
        return Place(f"{TOTAL.key}.{field}", TOTAL.key, f"{TOTAL.key}·{field}", position)
    part = TEXTS if name in NARRATIVE else HEADER
    return Place(name, part, name, form.root.place(name) or form.root.origin)


def _on_row(form: Form, section: Section, row: int, name: str) -> Place:
    record = form.rows(section)[row]
    position = record.place(name) or record.origin
    if section.shape is Shape.MAPPING:
        return Place(f"{section.key}.{name}", section.key, f"{section.key}·{name}", position)
    title = row_title(section, record)
    if section.shape is Shape.PAIRS:
        path = f"{section.key}.{record.text('名称') or ''}"
        return Place(path, section.key, f"{section.key}{title}", position)
    words = f"{section.key} 第{row + 1}项{title}·{name}"
    return Place(f"{section.key}[{row}].{name}", section.key, words, position)


def row_title(section: Section, record: Record) -> str:
    """Returns a row's own name in quotes, shortened; empty where it has none."""
    text = record.text(section.title_field or "") or ""
    short = text if len(text) <= LONGEST_TITLE else text[: LONGEST_TITLE - 1] + "…"
    return f"“{short}”" if short else ""


def _unknown(form: Form, row: int) -> Place:
    unknown = form.unknown[row]
    path = unknown_path(unknown)
    if not unknown.section:
        return Place(path, HEADER, unknown.key, unknown.origin)
    section = BY_KEY[unknown.section]
    words = f"{section.key} 第{unknown.row + 1}项·{unknown.key}"
    if section.shape is not Shape.ROWS:
        words = f"{section.key}·{unknown.key}"
    return Place(path, section.key, words, unknown.origin)


# --- in SQL ---------------------------------------------------------------------------------------


class PlaceSql(NamedTuple):
    """The SQL of a place: the part of the form, the path in its keys, the words for people."""

    part: str
    path: str
    words: str


def place_sql(table: str, at: str) -> PlaceSql:
    """Returns the SQL of `locate`, over the rows of the table as read; its position is `origin_sql`."""
    if table == UNKNOWN_TABLE:
        return _unknown_sql()
    if table == SLIPS_TABLE:
        return PlaceSql("位置", "路径", "所指")
    if at in BY_KEY:
        return PlaceSql(literal(at), literal(at), literal(at))
    if table == PARENT:
        return _on_root_sql(at)
    return _on_row_sql(section_of(table), at)


def _unknown_sql() -> PlaceSql:
    row = r"CAST(regexp_extract(路径, '^[^\[]*\[([0-9]+)\]', 1) AS INTEGER) + 1"
    in_row = f"concat(位置, ' 第', {row}, '项·', 键)"
    in_section = f"CASE WHEN starts_with(路径, concat(位置, '[')) THEN {in_row} ELSE concat(位置, '·', 键) END"
    part = f"CASE WHEN 路径 = 键 THEN {literal(HEADER)} ELSE 位置 END"
    return PlaceSql(part, "路径", f"CASE WHEN 路径 = 键 THEN 键 ELSE {in_section} END")


def _on_root_sql(at: str) -> PlaceSql:
    field = at.removeprefix(TOTAL.prefix)
    if at.startswith(TOTAL.prefix) and TOTAL.field(field):
        return PlaceSql(literal(TOTAL.key), literal(f"{TOTAL.key}.{field}"), literal(f"{TOTAL.key}·{field}"))
    return PlaceSql(literal(TEXTS if at in NARRATIVE else HEADER), literal(at), literal(at))


def _on_row_sql(section: Section, at: str) -> PlaceSql:
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
