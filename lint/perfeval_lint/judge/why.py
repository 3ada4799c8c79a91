"""Why checks could not be judged, told by SQL of a batch: what judge.undecided says of one form, in the same words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from perfeval_lint.judge.origins import origin_sql
from perfeval_lint.judge.told import place_sql, shown
from perfeval_lint.judge.undecided import (
    VALUE,
    WHY,
    Suspect,
    blame_sql,
    far_suspects,
    quoted_sql,
    row_suspects,
)
from perfeval_lint.rule.model import Definitions
from perfeval_lint.rule.query import Check
from perfeval_lint.rule.sql import identifier, literal

_PLACEHOLDER = re.compile(r"\{([^}]*)\}")
_BLAMED = '"@因"'


@dataclass(frozen=True, slots=True)
class WhySql:
    """The FROM item of some rows with what tells why they were not judged, and the items of WHY as SQL over it."""

    rows: str
    items: str


def why_sql(definitions: Definitions, check: Check, rows: str, table: Callable[[str], str]) -> WhySql:
    """`rows` are those of the check's table that it could not be judged on, with 出处; `table` gives the FROM item of
    all rows of a table, with 出处."""
    suspects = [*row_suspects(definitions, check)]
    own = {one.key: _told(definitions, one) for one in suspects}
    far = [*far_suspects(definitions, check)]
    source = f"(SELECT *, {blame_sql(definitions, check)} AS {_BLAMED} FROM {rows})"
    for number, (_, suspect) in enumerate(far):
        source += f" LEFT JOIN ({_first(definitions, suspect, number, table(suspect.table), rows)}) USING (表号)"
    others = "".join(
        f" WHEN {identifier(column)} IS NULL AND {_far(number)} IS NOT NULL THEN {_far(number)}"
        for number, (column, _) in enumerate(far)
    )
    found = f"CASE{others} END" if others else ""
    return WhySql(source, ", ".join(_item(name, own, found) for name in WHY))


def _item(name: str, own: Mapping[str, Mapping[str, str]], found: str) -> str:
    """One of WHY: of the cell of the row itself that is to blame, else of the first cell found elsewhere."""
    by_sql: dict[str, list[str]] = {}
    for key, told in own.items():
        by_sql.setdefault(told[name], []).append(literal(key))
    cases = "".join(f" WHEN {_BLAMED} IN ({', '.join(keys)}) THEN {sql}" for sql, keys in by_sql.items())
    otherwise = f"({found}).{name}" if found else f"CAST(NULL AS {WHY[name]})"
    return f"CASE{cases} ELSE {otherwise} END" if cases else otherwise


def _told(definitions: Definitions, suspect: Suspect) -> dict[str, str]:
    """WHY of a suspect, as SQL over the rows of its table."""
    place = place_sql(suspect.table, suspect.column)
    quoted = quoted_sql(definitions, suspect)
    items = [literal(suspect.cause), place.part, "行号", literal(suspect.column), place.path, place.words]
    items += [origin_sql(suspect.table, suspect.column), quoted[VALUE]]
    items += [_rendered(text, quoted) for text in (suspect.words.message, suspect.words.help)]
    return dict(zip(WHY, items, strict=True))


def _rendered(text: str, quoted: Mapping[str, str]) -> str:
    parts = _PLACEHOLDER.split(text)
    items = [shown(quoted[part]) if number % 2 else literal(part) for number, part in enumerate(parts) if part]
    return items[0] if len(parts) == 1 else f"concat({', '.join(items)})"


def _first(definitions: Definitions, suspect: Suspect, number: int, rows: str, asked: str) -> str:
    """表号 and WHY of the first row of every form asked for that a suspect cell is in."""
    told = ", ".join(f"{name} := {sql}" for name, sql in _told(definitions, suspect).items())
    return (
        f"SELECT 表号, arg_min(struct_pack({told}), 行号) AS {_far(number)} FROM {rows} "
        f"WHERE {suspect.test} AND 表号 IN (SELECT 表号 FROM {asked}) GROUP BY 表号"
    )


def _far(number: int) -> str:
    return identifier(f"@远{number}")
