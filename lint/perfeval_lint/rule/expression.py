"""SQL expressions of rules: parsed to a tree by DuckDB's own parser, then allow-listed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from perfeval_lint.form.nearest import did_you_mean
from perfeval_lint.rule.model import THIS_ROW, Aggregate, Expression, Parameter, Reference
from perfeval_lint.sql.columns import PARENT

FUNCTIONS = frozenset(
    """
    + - * / // % || ~~ !~~ ^@
    abs ceil concat concat_ws contains date_part day ends_with exp floor greatest instr jaccard
    jaro_winkler_similarity least left len length levenshtein list_contains list_distinct list_has_any list_sort
    list_value ln lower ltrim map map_keys map_values month nullif prefix regexp_extract regexp_extract_all
    regexp_full_match regexp_matches regexp_replace replace reverse right round rtrim sign split_part starts_with
    str_split string_split strlen strpos substr substring suffix translate trim trunc typeof upper year
    """.split()
)
AGGREGATES = frozenset(
    """
    any_value avg bool_and bool_or count count_star first list mad max median min quantile_cont quantile_disc
    string_agg sum
    """.split()
)
ALLOWED = FUNCTIONS | AGGREGATES
# Over a group of any size, in any order: those that depend on the order of rows or hold all their texts are left out.
ACROSS_AGGREGATES = AGGREGATES - {"any_value", "first", "list", "string_agg"}
HOLD_VALUES = frozenset(["mad", "median", "quantile_cont", "quantile_disc"])  # need all values of a group at once

_PREFIX = "SELECT "
_REFUSED = {
    "SUBQUERY": "不能用子查询",
    "STAR": "不能用 *",
    "WINDOW": "不能用窗口函数；请在 definitions.yaml 里用 by 定义派生列",
    "LAMBDA": "不能用 lambda",
    "POSITIONAL_REFERENCE": "不能用 #1 这样的列序号",
    "COLLATE": "不能用 COLLATE",
    "DEFAULT": "不能用 DEFAULT",
}
_ALLOWED = frozenset(
    "BETWEEN CASE CAST COLUMN_REF COMPARISON CONJUNCTION CONSTANT FUNCTION OPERATOR PARAMETER TYPE".split()
)
_NULL_SAFE = frozenset(
    ["OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL", "COMPARE_DISTINCT_FROM", "COMPARE_NOT_DISTINCT_FROM"]
)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a shared macro: whether it never returns NULL, and how many arguments it has."""

    total: bool
    arity: int


_PARTIAL = Head(total=False, arity=0)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake in an expression; `offset` counts characters from its start, None where unknown."""

    message: str
    offset: int | None = None


def parse(
    database: duckdb.DuckDBPyConnection, texts: Sequence[str], macros: Mapping[str, Head]
) -> list[Expression | Mistake]:
    """Returns each text as a checked expression, or its first mistake.

    `macros` are the shared words that may be called.
    """
    rows = database.execute(
        "SELECT json_serialize_sql(x) FROM unnest($1::VARCHAR[]) AS t(x)",
        [[_PREFIX + text for text in texts]],
    ).fetchall()
    return [_checked(text, tree, macros) for text, (tree,) in zip(texts, rows, strict=True)]


def _checked(text: str, tree: str, macros: Mapping[str, Head]) -> Expression | Mistake:
    try:
        return _expression(text, json.loads(tree), macros)
    except RecursionError:
        return Mistake("表达式嵌套太深")


def _expression(text: str, tree: Mapping[str, Any], macros: Mapping[str, Head]) -> Expression | Mistake:
    if tree["error"]:
        position = tree.get("position")
        offset = _character(text, int(position)) if position else None
        return Mistake(f"SQL 语法有误（DuckDB：{tree['error_message']}）", offset)
    item = _only_item(tree)
    if item is None:
        return Mistake("应是一个 SQL 表达式，不能是整条查询")
    try:
        found = list(_walk(item, macros, safe=False))
    except _RefusedError as refused:
        return Mistake(refused.args[0], _character(text, refused.location))
    shift = len(_PREFIX)
    return Expression(
        text,
        tuple(
            Reference(part.name, part.table, part.start - shift, part.length, part.safe)
            for part in found
            if isinstance(part, Reference)
        ),
        tuple(Parameter(part.name, part.start - shift, part.length) for part in found if isinstance(part, Parameter)),
        tuple(dict.fromkeys(part for part in found if isinstance(part, str))),
        tuple(Aggregate(part.name, part.start - shift, part.length) for part in found if isinstance(part, Aggregate)),
    )


def _only_item(tree: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Returns the single expression of a bare SELECT; None for anything more."""
    statements = tree["statements"]
    node = statements[0]["node"]
    bare = (
        len(statements) == 1
        and node["type"] == "SELECT_NODE"
        and node["from_table"]["type"] == "EMPTY"
        and not any(node[part] for part in ("where_clause", "group_expressions", "having", "sample", "qualify"))
        and not node["modifiers"]
        and not node["cte_map"]["map"]
        and len(node["select_list"]) == 1
        and not node["select_list"][0]["alias"]
    )
    return node["select_list"][0] if bare else None


class _RefusedError(Exception):
    """A node that is not on the allow-list."""

    def __init__(self, message: str, location: int) -> None:
        super().__init__(message)
        self.location = location


def _walk(node: object, macros: Mapping[str, Head], *, safe: bool) -> Iterator[Reference | Parameter | Aggregate | str]:
    """Yields the references, parameters, aggregates and functions below a node; raises _RefusedError."""
    if isinstance(node, list):
        for item in node:
            yield from _walk(item, macros, safe=safe)
    elif isinstance(node, dict):
        kind = node.get("class")
        if kind is not None and kind not in _ALLOWED:
            raise _RefusedError(_REFUSED.get(kind, f"不能用 {kind}"), node["query_location"])
        if kind == "COLUMN_REF":
            yield _reference(node, safe=safe)
        elif kind == "PARAMETER":
            yield Parameter(node["identifier"], node["query_location"], node["query_location_length"])
        else:
            if kind == "FUNCTION":
                name = _function(node, macros)
                yield name
                if name in AGGREGATES:
                    yield Aggregate(name, node["query_location"], node["query_location_length"])
            safe = (
                safe
                or node.get("type") in _NULL_SAFE
                or _has_default(node)
                or macros.get(node.get("function_name", ""), _PARTIAL).total
            )
            for child in node.values():
                yield from _walk(child, macros, safe=safe)


def _has_default(node: Mapping[str, Any]) -> bool:
    """Returns whether a node is a coalesce that ends in a constant, so that it is never NULL."""
    if node.get("type") != "OPERATOR_COALESCE":
        return False
    last = node["children"][-1]
    return bool(last.get("class") == "CONSTANT" and last["literal"]["kind"] != "NULL_LITERAL")


def _reference(node: Mapping[str, Any], *, safe: bool) -> Reference:
    names = node["column_names"]
    if names[:2] == [THIS_ROW, PARENT] and len(names) == 3:
        names = [THIS_ROW, f"{PARENT}.{names[2]}"]
    if len(names) > 2:
        raise _RefusedError(f"认不出“{'.'.join(names)}”", node["query_location"])
    table = names[0] if len(names) == 2 else None
    return Reference(names[-1], table, node["query_location"], node["query_location_length"], safe)


def _function(node: Mapping[str, Any], macros: Mapping[str, Head]) -> str:
    name = str(node["function_name"])
    known = name in macros or name in ALLOWED
    if node["schema"] or node["catalog"]:
        raise _RefusedError(f"函数名“{name}”前面不能加库名", node["query_location"])
    if not known:
        offer = did_you_mean(name, [*macros, *ALLOWED])
        raise _RefusedError(f"函数“{name}”不在许可的范围内{offer}", node["query_location"])
    if name in macros and len(node["arguments"]) != macros[name].arity:
        message = f"“{name}”要 {macros[name].arity} 个参数，这里写了 {len(node['arguments'])} 个"
        raise _RefusedError(message, node["query_location"])
    return name


def _character(text: str, location: int) -> int | None:
    """Returns a byte offset into the SELECT as a character offset into the text; None where it is outside."""
    data = text.encode()
    start = location - len(_PREFIX)
    return len(data[:start].decode(errors="ignore")) if 0 <= start <= len(data) else None


def aggregates_in(expression: Expression) -> Iterable[str]:
    """Returns the aggregate functions an expression calls."""
    return [name for name in expression.functions if name in AGGREGATES]
