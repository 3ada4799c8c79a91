"""Why checks could not be judged, told by SQL of a batch: what judge.undecided says of one form, in the same words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from perfeval_lint.judge.origins import origin_sql
from perfeval_lint.judge.tell.told import place_sql, shown, template_sql
from perfeval_lint.judge.tell.undecided import (
    CELL,
    PAIR,
    VALUE,
    WHY,
    Suspect,
    Words,
    blame_sql,
    far_suspects,
    quoted_sql,
    row_suspects,
    words_of,
)
from perfeval_lint.rule.compile.query import Check, placeholders_of
from perfeval_lint.rule.model import Definitions
from perfeval_lint.sql.text import identifier, literal

_BLAMED = '"@因"'
_SAID = ("说明", "改法")
_FOUND = tuple(name for name in WHY if name not in _SAID)  # what is known before the words are put together
FOUND = ", ".join(("表号", "规则", "路径", "所指", "缺", *_FOUND))


@dataclass(frozen=True, slots=True)
class WhySql:
    """The FROM item of some rows with what tells why they were not judged; WHY as SQL over it, but the words."""

    rows: str
    items: str


def why_sql(definitions: Definitions, check: Check, rows: str, table: Callable[[str], str]) -> WhySql:
    """`rows` are those of the check's table that it could not be judged on, with 出处 and REASON; `table` gives the
    FROM item of all rows of a table, with 出处."""
    own = {one.key: _found(one) for one in row_suspects(definitions, check)}
    far = [*far_suspects(definitions, check)]
    source = f"(SELECT *, {blame_sql(definitions, check)} AS {_BLAMED} FROM {rows})"
    for number, (_, suspect) in enumerate(far):
        source += f" LEFT JOIN ({_first(suspect, number, table(suspect.table), rows)}) USING (表号)"
    others = "".join(
        f" WHEN {identifier(column)} IS NULL AND {_far(number)} IS NOT NULL THEN {_far(number)}"
        for number, (column, _) in enumerate(far)
    )
    elsewhere = f"CASE{others} END" if others else ""
    return WhySql(source, ", ".join(_item(name, own, elsewhere) for name in _FOUND))


def _item(name: str, own: Mapping[str, Mapping[str, str]], elsewhere: str) -> str:
    """One of WHY: of the cell of the row itself that is to blame, else of the first cell found elsewhere."""
    by_sql: dict[str, list[str]] = {}
    for key, found in own.items():
        by_sql.setdefault(found[name], []).append(literal(key))
    cases = "".join(f" WHEN {_BLAMED} IN ({', '.join(keys)}) THEN {sql}" for sql, keys in by_sql.items())
    otherwise = f"({elsewhere}).{name}" if elsewhere else f"CAST(NULL AS {WHY[name]})"
    return f"CASE{cases} ELSE {otherwise} END" if cases else otherwise


def _found(suspect: Suspect) -> dict[str, str]:
    """WHY of a suspect, all but the words, as SQL over the rows of its table."""
    place = place_sql(suspect.table, suspect.column)
    items = [literal(suspect.cause), place.part, "行号", literal(suspect.column), place.path, place.words]
    items += [origin_sql(suspect.table, suspect.column), identifier(suspect.text)]
    return dict(zip(_FOUND, items, strict=True))


def _first(suspect: Suspect, number: int, rows: str, asked: str) -> str:
    """表号 and WHY of the first row of every form asked for that a suspect cell is in."""
    found = ", ".join(f"{name} := {sql}" for name, sql in _found(suspect).items())
    return (
        f"SELECT 表号, arg_min(struct_pack({found}), 行号) AS {_far(number)} FROM {rows} "
        f"WHERE {suspect.test} AND 表号 IN (SELECT 表号 FROM {asked}) GROUP BY 表号"
    )


def _far(number: int) -> str:
    return identifier(f"@远{number}")


# --- the words ------------------------------------------------------------------------------------


def said_sql(definitions: Definitions, found: str, rows: str | None) -> str:
    """A SELECT of what was found of checks, with the words. `found` is a table of FOUND; `rows`, where the checks
    compare target and result, that of the indicators."""
    words = dict(words_of(CELL))
    quoted = f"SELECT *, {shown(VALUE)} AS {_quote(VALUE)} FROM {found}"
    if rows is not None:
        words |= words_of(PAIR)
        items = ", ".join(f"{sql} AS {_quote(name)}" for name, sql in _quotes(definitions))
        quotes = f"SELECT 表号, 行号, {items} FROM {rows}"
        quoted = (
            f"SELECT u.*, q.* EXCLUDE (表号, 行号) FROM ({quoted}) u "
            f"LEFT JOIN ({quotes}) q ON q.表号 = u.表号 AND q.行号 = u.值行号"
        )
    said = (_said(words, name, label) for name, label in zip(("message", "help"), _SAID, strict=True))
    return f"SELECT {FOUND}, {', '.join(said)} FROM ({quoted})"


def _quotes(definitions: Definitions) -> Iterator[tuple[str, str]]:
    names = {name for words in words_of(PAIR).values() for name in words.placeholders}
    for name in sorted(names):
        yield name, shown(quoted_sql(definitions, name))


def _quote(name: str) -> str:
    return identifier(f"@{name}")


def _said(words: Mapping[str, Words], name: str, label: str) -> str:
    cases = " ".join(f"WHEN {literal(cause)} THEN {_rendered(getattr(one, name))}" for cause, one in words.items())
    return f"CASE 原因 {cases} END AS {label}"


def _rendered(text: str) -> str:
    return template_sql(text, {name: _quote(name) for name in placeholders_of(text)})
