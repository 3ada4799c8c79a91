"""Says why a check could not be judged, in Python and in SQL: the cell to blame and how to write it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from perfeval_lint.form.model import Form
from perfeval_lint.judge.outcome import Undecided
from perfeval_lint.judge.tell.place import locate, place_sql
from perfeval_lint.judge.tell.quote import shown_as, shown_sql
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
from perfeval_lint.judge.tell.wording import filled, template_sql
from perfeval_lint.judge.threads import Cursors
from perfeval_lint.rule.compile.query import Check, placeholders_of
from perfeval_lint.rule.model import Definitions
from perfeval_lint.sql.text import identifier, literal

_BLAMED = '"@因"'
_SAID = ("说明", "改法")
_FOUND = tuple(name for name in WHY if name not in _SAID)  # known before the words are filled in
FOUND = ", ".join(("表号", "规则", "路径", "所指", "缺", *_FOUND))


# --- of one form ----------------------------------------------------------------------------------


def values_for(definitions: Definitions, number: int, check: Check) -> dict[str, str]:
    """Returns the SQL that `Reasons.of` needs the values of, by name; `number` is the check's in its table."""
    needed = {_blamed_name(number): blame_sql(definitions, check)}
    for suspect in row_suspects(definitions, check):
        names = suspect.words.placeholders - {VALUE}
        needed |= {_value_name(suspect, name): quoted_sql(definitions, name) for name in names}
        needed[_value_name(suspect, VALUE)] = identifier(suspect.text)
    return needed


def _blamed_name(number: int) -> str:
    return f"@因.{number}"


def _value_name(suspect: Suspect, name: str) -> str:
    return f"@值.{suspect.column if name == VALUE else name}"


class Reasons:
    """Says of checks on the forms of a batch why they could not be judged; caches what it has looked up.

    `final` gives the tables of the batch by name.
    """

    def __init__(
        self, definitions: Definitions, forms: Sequence[Form], final: Mapping[str, str], cursors: Cursors
    ) -> None:
        self._definitions = definitions
        self._forms = forms
        self._final = final
        self._cursors = cursors
        self._own: dict[tuple[str, int], Mapping[str, Suspect]] = {}
        self._far: dict[tuple[str, str], dict[int, tuple[int, str]]] = {}

    def of(self, check: Check, number: int, form: int, row: int, values: Mapping[str, Any]) -> Undecided | None:
        """Returns the cell to blame, None where there is none. `number` is the check's in its table, `values` are those
        of `values_for` and the check's inputs."""
        own = self._suspects(check, number).get(values.get(_blamed_name(number)) or "")
        if own is not None:
            names = (*own.words.placeholders, VALUE)
            return self._said(own, form, row, {name: values.get(_value_name(own, name)) for name in names})
        for column, suspect in far_suspects(self._definitions, check) if values else ():
            found = self._elsewhere(suspect).get(form) if values.get(column) is None else None
            if found is not None:
                return self._said(suspect, form, found[0], {VALUE: found[1]})
        return None

    def _suspects(self, check: Check, number: int) -> Mapping[str, Suspect]:
        key = (check.table, number)
        if key not in self._own:
            self._own[key] = {one.key: one for one in row_suspects(self._definitions, check)}
        return self._own[key]

    def _elsewhere(self, suspect: Suspect) -> dict[int, tuple[int, str]]:
        """Returns, for every form that has a suspect cell in some row, the first such row and the cell's text."""
        key = (suspect.table, suspect.key)
        if key not in self._far:
            text = identifier(suspect.text)
            sql = (
                f"SELECT 表号, min(行号), arg_min({text}, 行号) FROM {self._final[suspect.table]} "
                f"WHERE {suspect.test} GROUP BY 表号"
            )
            with self._cursors.one() as cursor:
                self._far[key] = {form: (row, text) for form, row, text in cursor.execute(sql).fetchall()}
        return self._far[key]

    def _said(self, suspect: Suspect, form: int, row: int, quoted: Mapping[str, Any]) -> Undecided:
        words = {name: shown_as(value) for name, value in quoted.items()}
        message, remedy = filled(suspect.words.message, words), filled(suspect.words.help, words)
        place = locate(self._forms[form], suspect.table, row, suspect.column)
        return Undecided(suspect.cause, place, quoted[VALUE], message, remedy)


# --- in SQL ---------------------------------------------------------------------------------------


def why_sql(definitions: Definitions, check: Check, rows: str, table: Callable[[str], str], beside: str) -> str:
    """Returns a SELECT of what is `beside` and of WHY without its words: the SQL of `Reasons.of`.

    `rows` are those of the check's table that it could not be judged on, with 出处 and REASON; `table` gives the FROM
    item of all rows of a table, with 出处.
    """
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
    return f"SELECT {beside}, {', '.join(_item(name, own, elsewhere) for name in _FOUND)} FROM {source}"


def _item(name: str, own: Mapping[str, Mapping[str, str]], elsewhere: str) -> str:
    """Returns the SQL of one column of WHY: of the row's own cell to blame, else of the first one in other rows."""
    by_sql: dict[str, list[str]] = {}
    for key, found in own.items():
        by_sql.setdefault(found[name], []).append(literal(key))
    cases = "".join(f" WHEN {_BLAMED} IN ({', '.join(keys)}) THEN {sql}" for sql, keys in by_sql.items())
    otherwise = f"({elsewhere}).{name}" if elsewhere else f"CAST(NULL AS {WHY[name]})"
    return f"CASE{cases} ELSE {otherwise} END" if cases else otherwise


def _found(suspect: Suspect) -> dict[str, str]:
    """Returns the SQL of the columns of WHY without its words, for a suspect, over the rows of its table."""
    from perfeval_lint.judge.origins import origin_sql  # not needed where one form is judged

    place = place_sql(suspect.table, suspect.column)
    items = [literal(suspect.cause), place.part, "行号", literal(suspect.column), place.path, place.words]
    items += [origin_sql(suspect.table, suspect.column), identifier(suspect.text)]
    return dict(zip(_FOUND, items, strict=True))


def _first(suspect: Suspect, number: int, rows: str, judged: str) -> str:
    """Returns a SELECT of 表号 and WHY of the first row with the suspect cell, of every form of `judged`."""
    found = ", ".join(f"{name} := {sql}" for name, sql in _found(suspect).items())
    return (
        f"SELECT 表号, arg_min(struct_pack({found}), 行号) AS {_far(number)} FROM {rows} "
        f"WHERE {suspect.test} AND 表号 IN (SELECT 表号 FROM {judged}) GROUP BY 表号"
    )


def _far(number: int) -> str:
    return identifier(f"@远{number}")


def said_sql(definitions: Definitions, found: str, rows: str | None) -> str:
    """Returns a SELECT of the rows of `found`, a table of FOUND, with the words.

    `rows` are those of the indicators, where the checks compare target and result.
    """
    words = dict(words_of(CELL))
    quoted = f"SELECT *, {shown_sql(VALUE)} AS {_quote(VALUE)} FROM {found}"
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
        yield name, shown_sql(quoted_sql(definitions, name))


def _quote(name: str) -> str:
    return identifier(f"@{name}")


def _said(words: Mapping[str, Words], name: str, label: str) -> str:
    cases = " ".join(f"WHEN {literal(cause)} THEN {_rendered(getattr(one, name))}" for cause, one in words.items())
    return f"CASE 原因 {cases} END AS {label}"


def _rendered(text: str) -> str:
    return template_sql(text, {name: _quote(name) for name in placeholders_of(text)})
