"""Binds expressions in the database: finds their types, and reports errors at their places in the file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

import duckdb

from perfeval_lint.errors import Problem
from perfeval_lint.rule.compile.macros import MACRO_END, macro_head, macro_statements
from perfeval_lint.rule.compile.rewrite import Changes, rewrite, unchanged
from perfeval_lint.rule.files import Path_, SourceFile
from perfeval_lint.rule.kinds import (
    Mixed,
    Node,
    Side,
    Span,
    calls_of,
    kind_of,
    mixture,
    mixtures,
    nodes_at,
    operands_of,
    span_of,
)
from perfeval_lint.rule.model import Definitions, Expression, Macro
from perfeval_lint.sql.text import identifier

# DuckDB's own macros (nullif) have places in texts of their own: the query begins behind them all.
_HEAD = " " * 4096 + "SELECT ("
_AFAR = 1 << 20  # where the text of the macros begins: an offset past it is of a macro, one before it of the query
_NOWHERE: Span = (0, 0)

Tree = dict[str, Any]  # a query as DuckDB parses or plans it


@dataclass(frozen=True, slots=True)
class Bound:
    """An expression of a file over the rows of a FROM item, with the SQL that replaces its parts there.

    `name` begins the messages about it; `shift` is where it begins in the text at its path, in characters.
    """

    source: SourceFile
    path: Path_
    expression: Expression
    changes: Changes
    rows: str
    name: str = ""
    shift: int = 0

    @property
    def sql(self) -> str:
        """Returns the expression with its parts replaced."""
        return rewrite(self.expression, self.changes)

    @property
    def item(self) -> str:
        """The expression as an item of a SELECT."""
        return f"({self.sql}\n) AS x"

    @property
    def query(self) -> str:
        return f"{_HEAD}{self.sql}\n) AS x FROM {self.rows}"


@dataclass(frozen=True, slots=True)
class Script:
    """The statement that makes a macro; `start` is where the body of the macro begins for the database."""

    macro: Macro
    home: SourceFile
    start: int

    @property
    def statement(self) -> str:
        """Returns the statement, after as much space as puts its body at `start`."""
        head = macro_head(self.macro)
        return f"{' ' * (self.start - len(head.encode()))}{head}{self.macro.body.sql}{MACRO_END}"

    @property
    def texts(self) -> list[str]:
        """Returns the type text for each argument."""
        return ["VARCHAR"] * len(self.macro.arguments)

    def bound(self, kinds: Sequence[str] = ()) -> Bound:
        """The body by itself, with arguments of these types; without any, of no type."""
        values = [f"CAST(NULL AS {kind})" for kind in kinds] or ["NULL"] * len(self.macro.arguments)
        named = zip(values, self.macro.arguments, strict=True)
        arguments = ", ".join(f"{value} AS {identifier(name)}" for value, name in named) or "1"
        path = ("macros", self.macro.name, "sql")
        return Bound(self.home, path, self.macro.body, {}, f"(SELECT {arguments})", f"宏“{self.macro.name}”有误：")


def _scripts(definitions: Definitions, files: Iterable[SourceFile]) -> list[Script]:
    homes = {name: source for source in files for name in source.content.get("macros", {})}
    scripts = []
    start = _AFAR
    for macro in definitions.macros.values():
        start += len(macro_head(macro).encode())
        scripts.append(Script(macro, homes[macro.name], start))
        start += len(macro.body.sql.encode()) + len(MACRO_END)
    return scripts


class Binder:
    """Binds expressions over the tables and macros of a database; `problems` collects what is wrong with them."""

    def __init__(
        self, database: duckdb.DuckDBPyConnection, definitions: Definitions, files: Iterable[SourceFile]
    ) -> None:
        self.database = database
        self.definitions = definitions
        self.scripts = _scripts(definitions, files)
        self.sound: list[Bound] = []
        self.problems: list[Problem] = []

    def make_macros(self) -> None:
        """Creates the macros: all at once, or else one by one to find those at fault."""
        try:
            self.database.execute(" " * _AFAR + macro_statements(self.definitions))
            made = self.scripts
        except duckdb.Error:
            made = [script for script in self.scripts if self._make(script)]
        for script in made:
            self._check_kinds(script.bound(), constants=False)

    def _make(self, script: Script) -> bool:
        """Creates a macro; returns whether it can be. A failure shows with untyped arguments, or with texts."""
        try:
            self.database.execute(script.statement)
        except duckdb.Error as error:
            untyped, of_text = (self._fault(script.bound(kinds), error) for kinds in ((), script.texts))
            self._add_problem_at(script.bound(), *(untyped if untyped[1] != _NOWHERE else of_text))
            return False
        return True

    def type_of(self, bound: Bound) -> str | None:
        """Returns the type of an expression as DuckDB names it; None where it has a fault, which is recorded."""
        try:
            described = self.database.execute(f"DESCRIBE {bound.query}").fetchall()
        except duckdb.Error as error:
            self._refuse(bound, error)
            return None
        self.sound.append(bound)
        return str(described[0][1])

    def _refuse(self, bound: Bound, error: duckdb.Error) -> None:
        try:
            self._add_problem_at(bound, *self._fault(bound, error))
        except RecursionError:
            self.add_problem(bound, "表达式嵌套太深")

    def add_problem(self, bound: Bound, message: str) -> None:
        """Records a problem at the beginning of an expression."""
        self.problems.append(bound.source.problem("binding", f"{bound.name}{message}", bound.path))

    # --- text in the place of a number ---

    def check_kinds(self) -> None:
        """Records where text is used as a number, a date or a truth, in all expressions found sound so far."""
        for (rows, _), group in groupby(sorted(self.sound, key=_rows), _rows):
            some = list(group)
            if not self._is_clean(f"SELECT {', '.join(one.item for one in some)} FROM {rows}"):
                for bound in some:
                    self._check_kinds(bound)
        self.sound.clear()

    def _is_clean(self, query: str) -> bool:
        """Returns whether no expression of a query has a mixture; one plan of all is much cheaper than one each."""
        try:
            plan = self._plan(query)
            return len(query) < _AFAR and not plan["error"] and not any(True for _ in self._mixtures(query, plan))
        except RecursionError:
            return False

    def _check_kinds(self, bound: Bound, *, constants: bool = True) -> None:
        """Records each mixture of an expression; without `constants` not those of a constant, as the other operand
        may be of any type once the arguments of a macro have theirs."""
        try:
            found = list(self._mixtures(bound.query, self._plan(bound.query)))
        except RecursionError:
            self.add_problem(bound, "表达式嵌套太深")
            return
        for mixed in {one.span: one for one in found if _is_own(bound, one.span)}.values():
            if constants or not mixed.is_constant:
                self._add_problem_at(bound, mixed.message, mixed.span)

    def _mixtures(self, query: str, plan: Tree) -> Iterator[Mixed]:
        return mixtures(plan, lambda span: self._text_at(query, span))

    def _text_at(self, query: str, span: Span) -> str:
        start, length = span
        script = self._script_at(start)
        text, start = (script.macro.body.sql, start - script.start) if script else (query, start)
        return text.encode()[start : start + length].decode(errors="ignore").strip()

    # --- what the database refuses ---

    def _fault(self, bound: Bound, error: duckdb.Error) -> tuple[str, Span]:
        """Returns the message on an error of the database, and its place in the query or in a macro."""
        answer = self._plan(bound.query)
        start, length = json.loads(answer.get("location", "[0, 0]"))
        if "call" in answer:
            return f"类型或用法有误：没有 {answer['call']} 这样的用法", (start, length)
        tree = self._tree(bound.query)
        script = self._script_at(start)
        fault = self._fault_in_macro(tree, script) if script else self._mixture_at(tree, (start, length))
        return fault or (f"类型或用法有误（DuckDB：{first_line(error)}）", (start, length))

    def _fault_in_macro(self, tree: Tree, script: Script) -> tuple[str, Span] | None:
        """Returns the fault of a macro when its arguments have the types a query calls it with, None if it has none."""
        for call in calls_of(tree, script.macro.name):
            kinds = [kind for _, kind in self._described(tree, operands_of(call))]
            if kinds and '"NULL"' not in kinds:
                body = script.bound(kinds)
                try:
                    self.database.execute(f"DESCRIBE {body.query}")
                except duckdb.Error as error:
                    message, (start, length) = self._fault(body, error)
                    return message, (start if start > _AFAR else script.start + start - len(_HEAD), length)
        return None

    def _mixture_at(self, tree: Tree, span: Span) -> tuple[str, Span] | None:
        """Returns the mixture of kinds at a place of a query, None if there is none."""
        for node in nodes_at(tree, span):
            described = self._described(tree, operands_of(node))
            sides = [Side(name.replace('"', ""), kind_of(kind)) for name, kind in described]
            if message := mixture(sides, compared=node["type"].startswith("COMPARE")):
                return message, span
        return None

    def _described(self, tree: Tree, operands: list[Node]) -> list[tuple[str, str]]:
        """Returns the operands of a node as text, with their types; [] where they cannot be bound by themselves."""
        (statement,) = tree["statements"]
        node = statement["node"] | {"select_list": operands}
        alone = tree | {"statements": [statement | {"node": node}]}
        try:
            query = self._ask("json_deserialize_sql", json.dumps(alone))
            return [(name, kind) for name, kind, *_ in self.database.execute(f"DESCRIBE {query}").fetchall()]
        except duckdb.Error:
            return []

    def _plan(self, query: str) -> Tree:
        plan: Tree = json.loads(self._ask("json_serialize_plan", query))
        return plan

    def _tree(self, query: str) -> Tree:
        tree: Tree = json.loads(self._ask("json_serialize_sql", query))
        return tree

    def _ask(self, function: str, text: str) -> str:
        (answer,) = self.database.execute(f"SELECT {function}($1)", [text]).fetchone() or ("",)
        return str(answer)

    # --- places ---

    def _add_problem_at(self, bound: Bound, message: str, span: Span) -> None:
        """Records a problem at its place: in the expression, or in a macro of the same folder that it calls."""
        script = self._script_at(span[0])
        if script is None:
            self._put(bound, message, _characters(bound, unchanged(bound.changes, span[0] - len(_HEAD))))
        elif _folder(script.home) in PurePosixPath(bound.source.name).parents:
            body = script.bound()
            self._put(body, f"{message}（{bound.source.name} 里这样用它）", _characters(body, span[0] - script.start))
        else:
            tree = self._tree(bound.query)
            call = next((span_of(call) for call in calls_of(tree, script.macro.name)), (len(_HEAD), 0))
            self._add_problem_at(bound, f"宏“{script.macro.name}”不能这样用：{message}", call)

    def _put(self, bound: Bound, message: str, at: int) -> None:
        text = bound.expression.sql
        named = f"{bound.name}{message}"
        self.problems.append(bound.source.problem_inside("binding", named, bound.path, text, bound.shift + at))

    def _script_at(self, offset: int) -> Script | None:
        """Returns the macro whose text has that offset; None if it is an offset of the query."""
        return next((script for script in reversed(self.scripts) if script.start <= offset), None)


def _rows(bound: Bound) -> tuple[str, bool]:
    """Returns the rows of an expression and whether it aggregates: the same for all expressions of one SELECT."""
    return bound.rows, bool(bound.expression.aggregates)


def _is_own(bound: Bound, span: Span) -> bool:
    """Returns whether a place of the query is in the expression, not in its rows or in a named value."""
    if len(_HEAD) + len(bound.sql.encode()) <= span[0] < _AFAR:
        return False
    first, last = (unchanged(bound.changes, offset - len(_HEAD)) for offset in (span[0], sum(span) - 1))
    return first != last or not any(start == first and text[0] == "(" for (start, _), text in bound.changes.items())


def _folder(source: SourceFile) -> PurePosixPath:
    return PurePosixPath(source.name).parent


def _characters(bound: Bound, size: int) -> int:
    """Returns the number of characters in the first bytes of an expression."""
    return len(bound.expression.sql.encode()[: max(0, size)].decode(errors="ignore"))


def first_line(error: object) -> str:
    return str(error).splitlines()[0]
