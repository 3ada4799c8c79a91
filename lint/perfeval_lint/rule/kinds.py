"""Finds text used as a number, a date or a truth, which DuckDB would cast by itself.

DuckDB 2.0 refuses `text < 1` and `text BETWEEN 1 AND 2`, but for =, <>, IS DISTINCT FROM, IN, nullif and CASE … WHEN it
casts the text to the type of the other side, and a text that is a constant nearly everywhere: '100.4' = 100 is true,
as it is rounded to a whole number, and any other text is an error when it runs. The plan of a query holds these casts;
one that the author wrote has a place of its own in the text, one that DuckDB added has the place of its operand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from perfeval_lint.form.definition import JUDGED_TABLES
from perfeval_lint.sql.columns import base_columns

Node = Mapping[str, Any]
Span = tuple[int, int]  # start and length in bytes

TEXT, NUMBER, TRUTH, DATE = "文字", "数", "真假", "日期"
_KINDS = {"VARCHAR": TEXT, "BOOLEAN": TRUTH, "DATE": DATE, "INTERVAL": DATE, "NULL": ""}
_HOLDERS = ("LIST", "ARRAY", "MAP", "STRUCT", "TUPLE")
_CASTS = {NUMBER: "DECIMAL(18,2)", TRUTH: "BOOLEAN", DATE: "DATE"}
_COLUMN = re.compile(r'(?:\w+\.)?"(?:[^"]|"")*"')
_CAST_TO_TEXT = re.compile(r"\b(?:VARCHAR|TEXT|STRING|CHAR|BPCHAR)\s*\)?", re.IGNORECASE)
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Side:
    """An operand as it is written, with its kind; that of NULL is empty."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Mixed:
    """A message on text where another kind is needed, and the place of the comparison or other operation."""

    message: str
    span: Span
    is_constant: bool


def kind_of(name: str) -> str:
    """Returns the kind of a type as DESCRIBE names it."""
    if name.endswith("]"):
        return f"列表（{kind_of(name[: name.rindex('[')])}）"
    base = name.strip('"').split("(", maxsplit=1)[0]
    if base in _HOLDERS:
        return "列表"
    return DATE if base.startswith("TIME") else _KINDS.get(base, NUMBER)


def mixture(sides: Sequence[Side], *, compared: bool) -> str:
    """Returns the message on operands of which some are text and some are not; "" where they are of one kind."""
    text = next((side for side in sides if TEXT in side.kind), None)
    other = next((side for side in sides if side.kind and TEXT not in side.kind), None)
    if text is None or other is None:
        return ""
    beside = f"“{_short(other)}”是{other.kind}" if other.text else f"这里要的是{other.kind}"
    verb = "不能直接比较" if compared else "不能混用"
    return f"“{_short(text)}”是{text.kind}，{beside}，{verb}；{_advice(text, other.kind)}"


def _advice(side: Side, wanted: str) -> str:
    if side.kind != TEXT or wanted not in _CASTS:
        return "请让两边是同一种"
    if side.text.startswith("'"):
        return "请去掉引号" if wanted != DATE else "日期请写成 DATE '2024-12-31'"
    tried = f"TRY_CAST({_short(side)} AS {_CASTS[wanted]})"
    typed = side.text.removesuffix("原文")
    return f"请用数值列“{typed}”，或用 {tried}" if wanted == NUMBER and _is_typed(side.text) else f"请用 {tried}"


@cache
def _printed_columns() -> frozenset[str]:
    return frozenset(name for table in JUDGED_TABLES for name in base_columns(table) if name.endswith("原文"))


def _is_typed(text: str) -> bool:
    return text.rpartition(".")[2] in _printed_columns()


def _short(side: Side) -> str:
    return side.text if len(side.text) <= _LONGEST else side.text[: _LONGEST - 1] + "…"


# --- casts in a plan ------------------------------------------------------------------------------


def mixtures(plan: object, text_at: Callable[[Span], str]) -> Iterator[Mixed]:
    """Yields the casts from text to another kind that DuckDB added; `text_at` gives the text at a place of it."""
    for node, above in _nodes(plan, "expression_class"):
        if node["type"] == "OPERATOR_CAST" and _turns_text(node) and not _is_written(node, text_at):
            owner = above[-1] if above else node
            message = mixture(_sides(node, owner, text_at), compared=owner["type"].startswith("COMPARE"))
            placed = next((one for one in reversed(above) if text_at(span_of(one))), node)
            yield Mixed(message, span_of(placed), is_constant=_is_constant(node["children"][0]))


def _nodes(tree: object, mark: str) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """Yields the nodes that have a mark, each with those around it."""
    waiting: list[tuple[Any, tuple[Node, ...]]] = [(tree, ())]
    while waiting:
        value, above = waiting.pop()
        if isinstance(value, dict):
            if mark in value:
                yield value, above
                above = (*above, value)
            value = value.values()
        waiting += [(item, above) for item in value if isinstance(item, dict | list)]


def _turns_text(node: Node) -> bool:
    given, wanted = node["arguments"][0], node["return_type"]
    if given["id"] == "VARCHAR":
        is_date = _kind(wanted) == DATE and _is_constant(node["children"][0])
        return wanted["id"] != "VARCHAR" and not is_date
    both_hold = given["id"] in _HOLDERS and wanted["id"] in _HOLDERS
    pairs = zip(_leaves(given), _leaves(wanted), strict=False) if both_hold else ()
    return any(one != other and TEXT in (one, other) and one for one, other in pairs)


def _is_written(node: Node, text_at: Callable[[Span], str]) -> bool:
    """Returns whether the author wrote the cast. The plan leaves out a cast of text to text, so that one added around
    it has its place."""
    operand = node["children"][0]
    if node["function_data"]["try_cast"]:
        return True
    if operand["type"] != "BOUND_REF":
        return span_of(operand) != span_of(node)
    text = text_at(span_of(node)).strip()
    return _COLUMN.fullmatch(text) is None and not _CAST_TO_TEXT.search(text, max(0, len(text) - 9))


def _sides(node: Node, owner: Node, text_at: Callable[[Span], str]) -> list[Side]:
    """Returns the operands of the node around a cast; where it has none, the operand of the cast and its new type."""
    operands = owner.get("children", []) if owner["type"].startswith("COMPARE") else []
    sides = [_side(one, text_at) for one in operands]
    own = [_side(node, text_at), Side("", _kind(node["return_type"]))]
    return sides if mixture(sides, compared=True) else own


def _side(node: Node, text_at: Callable[[Span], str]) -> Side:
    """Returns an operand as the author wrote it, without a cast that DuckDB added."""
    added = node["type"] == "OPERATOR_CAST" and not _is_written(node, text_at)
    inner = node["children"][0] if added else node
    if inner["type"] == "BOUND_REF":
        text = "汇总的结果" if inner["alias"].startswith("@") else str(inner["alias"])
    else:
        text = text_at(span_of(inner if _is_placed(inner) else node)).replace('"', "").strip()
    return Side(text, _kind(_type(inner)))


def _type(node: Node) -> Node:
    """Returns the type of a bound expression; AND and OR have none in the plan."""
    if "value" in node:
        return cast(Node, node["value"]["type"])
    return cast(Node, node.get("return_type", {"id": "BOOLEAN"}))


def _kind(kind: Node) -> str:
    if kind["id"] in _HOLDERS:
        return f"列表（{'、'.join(dict.fromkeys(filter(None, _leaves(kind))))}）"
    return kind_of(kind["id"])


def _leaves(kind: Node) -> list[str]:
    """Returns the kinds of the types inside a type, in order."""
    inner = kind.get("type_info") or {}
    if "child_type" in inner:
        return _leaves(inner["child_type"])
    if "child_types" in inner:
        return [leaf for child in inner["child_types"] for leaf in _leaves(child["second"])]
    return [kind_of(kind["id"])]


def span_of(node: Node) -> Span:
    return node["query_location"], node["query_location_length"]


def _is_constant(node: Node) -> bool:
    return node["type"] == "VALUE_CONSTANT" and not node["value"]["is_null"]


def _is_placed(node: Node) -> bool:
    return bool(node["query_location_length"])


# --- a parsed query -------------------------------------------------------------------------------


def nodes_at(tree: object, span: Span) -> Iterator[Node]:
    """Yields the nodes at a place of a parsed query, each followed by the one around it; an operator has no length."""
    for node, above in _nodes(tree, "class"):
        if span_of(node) == span != (0, 0):
            yield from (node, *above[-1:])


def calls_of(tree: object, name: str) -> Iterator[Node]:
    """Yields the calls of a function in a parsed query."""
    return (node for node, _ in _nodes(tree, "class") if node.get("function_name") == name)


def operands_of(node: Node) -> list[Node]:
    """Returns the operands of a node of a parsed query."""
    return list(_operands(node))


def _operands(value: object) -> Iterator[Node]:
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(item, dict) and "class" in item:
            yield from () if item["class"] == "TYPE" else (item,)
        else:
            yield from _operands(item)
