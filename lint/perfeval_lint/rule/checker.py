"""Parses the expressions of definitions and rules, and checks the columns and parameters in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from perfeval_lint.errors import Problem
from perfeval_lint.form.nearest import did_you_mean
from perfeval_lint.rule.expression import Head, Mistake, aggregates_in, parse
from perfeval_lint.rule.files import Path_, SourceFile
from perfeval_lint.rule.model import FIELD_NAME, THIS_FIELD, Aggregate, Definitions, Expression, Reference, Rule
from perfeval_lint.sql.columns import PARENT, base_columns


@dataclass(frozen=True, slots=True)
class Wanted:
    """An expression of a file that is not parsed yet."""

    source: SourceFile
    path: Path_
    text: str


def characters_before(expression: Expression, part: Reference | Aggregate) -> int:
    """Returns where a part of an expression begins, in characters."""
    return len(expression.sql.encode()[: part.start].decode(errors="ignore"))


class Checker:
    """Parses expressions and checks the names in them; `problems` collects what is wrong."""

    def __init__(self, database: duckdb.DuckDBPyConnection) -> None:
        self.database = database
        self.problems: list[Problem] = []

    def expressions(self, wanted: list[Wanted], macros: Mapping[str, Head]) -> list[Expression]:
        """Parses all expressions in one pass; records a problem for a mistake, and returns NULL in its place."""
        found = []
        parsed = parse(self.database, [item.text for item in wanted], macros)
        for item, result in zip(wanted, parsed, strict=True):
            if isinstance(result, Mistake):
                self.add_problem(item, result.message, result.offset)
                result = Expression("NULL")
            found.append(result)
        return found

    def check_columns(
        self,
        item: Wanted,
        expression: Expression,
        table: str,
        definitions: Definitions,
        *,
        rule: Rule | None = None,
        fields: tuple[str, ...] = (),
        aggregate: bool = False,
    ) -> None:
        values = rule.values if rule else {}
        for reference in expression.references:
            if reference.table is None and (reference.name in values or (fields and reference.name == FIELD_NAME)):
                continue
            offset = characters_before(expression, reference)
            self.check_column(item, reference.name, reference.table, table, definitions, fields, offset)
        if aggregates_in(expression) and not aggregate:
            self.add_problem(item, f"这里不能用汇总函数 {'、'.join(aggregates_in(expression))}；请定义派生列")
        if rule is None:
            self.check_shared(item, expression, definitions)

    def check_shared(self, item: Wanted, expression: Expression, definitions: Definitions) -> None:
        """Checks that the parameters in a derived column are among the shared ones."""
        for parameter in expression.parameters:
            if parameter.name not in definitions.params:
                offer = did_you_mean(parameter.name, definitions.params)
                self.add_problem(item, f"参数 ${parameter.name} 没有在 params 里给出默认值{offer}")

    def check_column(
        self,
        item: Wanted,
        name: str,
        qualifier: str | None,
        table: str,
        definitions: Definitions,
        fields: tuple[str, ...] = (),
        offset: int | None = None,
    ) -> None:
        owner = PARENT if qualifier == PARENT else table
        known = [*base_columns(owner), *(column for t, column in definitions.columns if t == owner)]
        names = [name]
        if name.startswith(THIS_FIELD) and fields:
            names = [field + name.removeprefix(THIS_FIELD) for field in fields]
        if qualifier not in (None, PARENT):
            self.add_problem(item, f"认不出“{qualifier}.{name}”；只能用本表的列，或写 {PARENT}.列名", offset)
            return
        for actual in names:
            if actual not in known:
                self.add_problem(item, f"表“{owner}”没有列“{actual}”{did_you_mean(actual, known)}", offset)

    def add_problem(self, item: Wanted, message: str, offset: int | None = None) -> None:
        """Records a problem at a character of an expression."""
        self.problems.append(item.source.problem_inside("rule", message, item.path, item.text, offset))
