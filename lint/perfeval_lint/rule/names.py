"""Checks the names in definitions and rule files: none may change or hide the meaning of another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from perfeval_lint.errors import Problem
from perfeval_lint.form.definition import JUDGED_TABLES
from perfeval_lint.rule.files import Path_, SourceFile
from perfeval_lint.rule.model import FIELD_NAME, OTHERS, THIS_FIELD, THIS_ROW
from perfeval_lint.sql.columns import PARENT, base_columns

# The names of the tool itself in SQL: macros that begin with 报_; the columns of a row, its form (with a dot) and
# group; and two that its statements put beside the columns of a row.
_OWN = {
    "macros": re.compile("报_.*", re.DOTALL),
    "columns": re.compile(f"{THIS_FIELD}.*|{PARENT}|{THIS_ROW}|{FIELD_NAME}|{OTHERS}|同键|出处|.*[.@].*", re.DOTALL),
}
_KINDS = {"macros": "宏", "params": "参数", "columns": "派生列"}


@dataclass(frozen=True, slots=True)
class Word:
    """A name that a file defines: a macro, a shared parameter, a derived column, or a rule's parameter."""

    source: SourceFile
    path: Path_
    of_rule: bool = False

    @property
    def name(self) -> str:
        return str(self.path[-1])

    @property
    def key(self) -> str:
        """Returns the name as DuckDB compares it: in lower case."""
        return self.name.lower()

    @property
    def group(self) -> str:
        """Returns macros, params or columns."""
        return str(self.path[0])

    @property
    def kind(self) -> str:
        return _KINDS[self.group]

    @property
    def table(self) -> str:
        """Returns the table of a derived column; "" for other words."""
        return str(self.path[1]) if self.group == "columns" else ""

    def clashes(self, other: Word) -> bool:
        """Returns whether one of the two would be taken for the other: another file's word, or one of the same kind and
        table. One file may use a name for columns of several tables; rules have parameters of their own."""
        if self.of_rule and other.group == "params":
            return False
        return self.source.name != other.source.name or self.path[:-1] == other.path[:-1]


def words_of(source: SourceFile) -> Iterator[Word]:
    """Yields the words a definitions file defines."""
    for group in ("macros", "params"):
        yield from (Word(source, (group, name)) for name in source.content.get(group, {}))
    for table, named in source.content.get("columns", {}).items():
        yield from (Word(source, ("columns", table, name)) for name in named)


def name_problems(
    database: duckdb.DuckDBPyConnection, folders: Iterable[tuple[Sequence[SourceFile], Sequence[SourceFile]]]
) -> Iterator[Problem]:
    """Yields the problems of the names in the definitions and rules of each folder, after the folders before it."""
    taken = _taken_by_duckdb(database)
    first: dict[str, list[Word]] = {}
    for definitions, rules in folders:
        for word in (word for source in definitions for word in words_of(source)):
            yield from _problems_of(word, taken, first)
            first.setdefault(word.key, []).append(word)
        for source in rules:
            for name in source.content.get("params", {}):
                yield from _problems_of(Word(source, ("params", name), of_rule=True), taken, first)


def _problems_of(word: Word, taken: Mapping[str, str], first: Mapping[str, list[Word]]) -> Iterator[Problem]:
    """Yields the first problem of a name."""
    holder = next((other for other in first.get(word.key, ()) if word.clashes(other)), None)
    code, called = "taken-name", f"{word.kind}“{word.name}”"
    if word.key in taken:
        message = f"{called}与 DuckDB 的{taken[word.key]} {word.key} 同名；请换一个名字"
    elif word.group in _OWN and _OWN[word.group].fullmatch(word.key):
        message = f"{called}是程序自己用的名称；请换一个名字"
    elif holder is not None and holder.path == word.path:
        code, message = "duplicate-word", f"“{word.name}”已在 {holder.source.name} 里定义；请换一个名字"
    elif holder is not None:
        message = f"{called}与 {holder.source.name} 里的{holder.kind}“{holder.name}”同名；请换一个名字"
    elif word.table and word.key in base_columns(word.table):
        message = f"“{word.name}”是表上已有的列，派生列要用别的名字"
    elif table := next((table for table in JUDGED_TABLES if word.key in base_columns(table)), None):
        message = f"{called}与表“{table}”上的列同名；请换一个名字"
    else:
        return
    yield word.source.problem(code, message, word.path)


def _taken_by_duckdb(database: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Returns every name that has a meaning in the running version of DuckDB, and which."""
    keywords = database.execute("SELECT keyword_name FROM duckdb_keywords()").fetchall()
    functions = database.execute("SELECT function_name FROM duckdb_functions() WHERE internal").fetchall()
    return dict.fromkeys((name for (name,) in keywords), "关键字") | {name.lower(): "函数" for (name,) in functions}
