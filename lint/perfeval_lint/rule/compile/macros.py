"""The statements of the shared macros, in order: DuckDB creates a macro only after those it calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from perfeval_lint.rule.model import Definitions, Macro
from perfeval_lint.sql.text import identifier

MACRO_END = "\n);\n"  # what follows the body of a macro in the statement that makes it


def macro_statements(definitions: Definitions, *, temporary: bool = False) -> str:
    """Returns CREATE MACRO for the whole shared vocabulary, as one script."""
    return "".join(
        f"{macro_head(one, temporary=temporary)}{one.body.sql}{MACRO_END}" for one in definitions.macros.values()
    )


def macro_head(macro: Macro, *, temporary: bool = False) -> str:
    """Returns the statement that creates a macro, up to its body."""
    kind = "TEMP MACRO" if temporary else "MACRO"
    return f"CREATE OR REPLACE {kind} {identifier(macro.name)}({', '.join(map(identifier, macro.arguments))}) AS ("


def in_order(macros: Mapping[str, Macro]) -> dict[str, Macro]:
    """Returns the macros, each after those it calls, else in the order given. Those that have no order come last."""
    ordered, stuck = _sorted(macros)
    return ordered | stuck


def circles(macros: Mapping[str, Macro]) -> Iterator[tuple[str, ...]]:
    """Yields the chains of calls that lead back to the macro they begin with."""
    _, stuck = _sorted(macros)
    seen: set[str] = set()
    for name in stuck:
        trail: list[str] = []
        while name not in seen and name not in trail:
            trail.append(name)
            name = _called(stuck[name], stuck)[0]
        if name in trail:
            yield (*trail[trail.index(name) :], name)
        seen.update(trail)


def _sorted(macros: Mapping[str, Macro]) -> tuple[dict[str, Macro], dict[str, Macro]]:
    """Returns the macros in order, and those that have none as they are in a circle or call one that is."""
    ordered: dict[str, Macro] = {}
    waiting = dict(macros)
    while ready := next((macro for macro in waiting.values() if not _called(macro, waiting)), None):
        ordered[ready.name] = waiting.pop(ready.name)
    return ordered, waiting


def _called(macro: Macro, others: Mapping[str, Macro]) -> list[str]:
    return [name for name in macro.body.functions if name in others]
