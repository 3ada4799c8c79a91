"""Makes the common slips of files whose shape has been checked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from perfeval_lint.errors import Problem
from perfeval_lint.form.nearest import did_you_mean
from perfeval_lint.rule.files import Path_, SourceFile
from perfeval_lint.rule.model import Scope, SlipKind, SlipRelation, Slips


def slips_of(sources: Iterable[SourceFile]) -> Slips:
    """Returns the slips of all files; what a later file says of a relation or a field replaces what was said."""
    kinds: dict[str, SlipKind] = {}
    relations: dict[str, SlipRelation] = {}
    consequences: dict[str, Mapping[str, Scope]] = {}
    for source in sources:
        content = source.content
        kinds |= {name: _kind(name, entry) for name, entry in content.get("slips", {}).items()}
        for name, entry in content.get("relations", {}).items():
            relations[name] = SlipRelation(entry["says"], tuple(entry.get("rules", ())))
        for field, rules in content.get("consequences", {}).items():
            consequences[field] = {rule: Scope(scope) for rule, scope in rules.items()}
    return Slips(tuple(kinds.values()), relations, consequences)


def slip_problems(
    sources: Iterable[SourceFile], rules: Collection[str], unread: Collection[str] = ()
) -> Iterator[Problem]:
    """Yields a problem for each rule that does not exist; `unread` are rules whose files have mistakes."""
    for source in sources:
        named: list[tuple[str, Path_]] = [
            (rule, ("relations", name, "rules", number))
            for name, entry in source.content.get("relations", {}).items()
            for number, rule in enumerate(entry.get("rules", ()))
        ]
        named += [
            (rule, ("consequences", field, rule))
            for field, some in source.content.get("consequences", {}).items()
            for rule in some
        ]
        for rule, path in named:
            if rule not in rules and rule not in unread:
                yield source.problem("unknown-rule", f"没有规则 {rule}{did_you_mean(rule, rules)}", path)


def _kind(name: str, entry: Mapping[str, Any]) -> SlipKind:
    return SlipKind(
        name,
        entry["says"],
        tuple(entry["fields"]),
        entry["how"],
        tuple(entry.get("by", ())),
        entry.get("together", False),
        int(entry["named"]["equations"]),
        int(entry["named"]["relations"]),
        entry["possible"],
    )
