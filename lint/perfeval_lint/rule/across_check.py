"""Checks the expressions of rules across forms."""

from __future__ import annotations

from perfeval_lint.rule.checker import Checker, Wanted, characters_before
from perfeval_lint.rule.compile.across import outermost
from perfeval_lint.rule.expression import ACROSS_AGGREGATES
from perfeval_lint.rule.model import THIS_ROW, Across, Definitions, Expression, Reference, Rule
from perfeval_lint.sql.columns import PARENT


def check_across(
    checker: Checker, items: list[tuple[Wanted, Expression]], rule: Rule, definitions: Definitions
) -> None:
    """Records the mistakes in the names and aggregates of every expression of the rule."""
    across, table = rule.across, rule.targets[0].table
    if across is None:
        return
    of = across.of or table
    for item, expression in items:
        match item.path:
            case ("when",):
                _check_row(checker, item, expression, table, definitions, rule)
            case ("across", _):
                _check_row(checker, item, expression, table, definitions, rule)
                if of != table:
                    _check_row(checker, item, expression, of, definitions, rule)
            case ("across", _, _):
                _check_own(checker, item, expression, table, definitions)
            case ("across", _, _, _):
                _check_row(checker, item, expression, of, definitions, rule)
            case ("having",):
                _check_having(checker, item, expression, of, definitions)
            case ("require",) | ("values", _):
                _check_group(checker, item, expression, rule, across, definitions)


def _check_row(
    checker: Checker, item: Wanted, expression: Expression, table: str, definitions: Definitions, rule: Rule
) -> None:
    """Checks an expression over one row: it can use neither aggregates nor the row judged."""
    for call in outermost(expression):
        checker.add_problem(
            item,
            f"这里不能用汇总函数 {call.name.removesuffix('_star')}；汇总写在 require、having 或 values 里",
            characters_before(expression, call),
        )
    for reference in expression.references:
        offset = characters_before(expression, reference)
        if reference.table == THIS_ROW:
            checker.add_problem(item, f"这里直接写列名，不写 {THIS_ROW}", offset)
        elif reference.table is None and reference.name in rule.values:
            checker.add_problem(item, f"“{reference.name}”在 values 里，那是组的算式，这里不能用", offset)
        else:
            checker.check_column(item, reference.name, reference.table, table, definitions, offset=offset)


def _check_own(checker: Checker, item: Wanted, expression: Expression, table: str, definitions: Definitions) -> None:
    """Checks the side of a key that is over the row judged."""
    for call in outermost(expression):
        checker.add_problem(
            item, f"这里不能用汇总函数 {call.name.removesuffix('_star')}", characters_before(expression, call)
        )
    for reference in expression.references:
        _check_own_column(checker, item, expression, reference, table, definitions)


def _check_having(checker: Checker, item: Wanted, expression: Expression, of: str, definitions: Definitions) -> None:
    """Checks an expression over a whole group."""
    _check_calls(checker, item, expression)
    for reference in expression.references:
        offset = characters_before(expression, reference)
        if not any(call.holds(reference) for call in expression.aggregates):
            checker.add_problem(item, f"having 判断一组，列要写在汇总里面，“{reference.name}”不是", offset)
        else:
            checker.check_column(item, reference.name, reference.table, of, definitions, offset=offset)


def _check_calls(checker: Checker, item: Wanted, expression: Expression) -> None:
    for call in expression.aggregates:
        if call.name not in ACROSS_AGGREGATES:
            allowed = "、".join(sorted(ACROSS_AGGREGATES - {"count_star"}))
            message = f"跨表不能用 {call.name}：结果随行的先后而变，或要留住全部文字；可以用 {allowed}"
            checker.add_problem(item, message, characters_before(expression, call))


def _check_group(
    checker: Checker,
    item: Wanted,
    expression: Expression,
    rule: Rule,
    across: Across,
    definitions: Definitions,
) -> None:
    """Checks an expression over a row and its group: inside an aggregate the group's columns, outside 本行.列名."""
    table = rule.targets[0].table
    _check_calls(checker, item, expression)
    for reference in expression.references:
        offset = characters_before(expression, reference)
        if any(call.holds(reference) for call in expression.aggregates):
            if reference.table == THIS_ROW:
                message = f"汇总里面是组里各行的列，不能写 {THIS_ROW}；按本行选行请写进 across"
                checker.add_problem(item, message, offset)
            elif reference.table is None and reference.name in rule.values:
                checker.add_problem(item, f"汇总里面不能用 values 里的“{reference.name}”；请定义派生列", offset)
            else:
                of = across.of or table
                checker.check_column(item, reference.name, reference.table, of, definitions, offset=offset)
        elif reference.table is not None or reference.name not in rule.values:
            _check_own_column(checker, item, expression, reference, table, definitions)


def _check_own_column(
    checker: Checker,
    item: Wanted,
    expression: Expression,
    reference: Reference,
    table: str,
    definitions: Definitions,
) -> None:
    offset = characters_before(expression, reference)
    if reference.table != THIS_ROW:
        name = f"{reference.table}.{reference.name}" if reference.table else reference.name
        checker.add_problem(item, f"汇总之外的列是本行的，请写 {THIS_ROW}.{name}", offset)
    elif reference.name.startswith(f"{PARENT}."):
        name = reference.name.removeprefix(f"{PARENT}.")
        checker.check_column(item, name, PARENT, table, definitions, offset=offset)
    else:
        checker.check_column(item, reference.name, None, table, definitions, offset=offset)
