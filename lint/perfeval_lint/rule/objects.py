"""Makes rules and profiles of files whose shape has been checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from perfeval_lint.rule.files import Path_, SourceFile
from perfeval_lint.rule.model import (
    THIS_FIELD,
    Across,
    Basis,
    Example,
    Expression,
    Key,
    Profile,
    Rule,
    Scope,
    Severity,
    Target,
)

OUTCOMES = ("pass", "fail", "skip", "unknown")
OTHER = "other"  # ends the path of the side of an across key that is the mapping's key


def rule_of(source: SourceFile, parsed: Mapping[Path_, Expression]) -> Rule:
    content = source.content
    targets = _targets(content["for"])
    at = content.get("at", THIS_FIELD if any(target.fields for target in targets) else "")
    return Rule(
        id=content["id"],
        name=content["name"],
        title=content["title"],
        severity=Severity(content["severity"]),
        targets=targets,
        across=_across(content, parsed) if "across" in content else None,
        when=parsed.get(("when",)),
        require=parsed[("require",)],
        at=at if isinstance(at, str) else THIS_FIELD,
        at_fields=at if isinstance(at, dict) else {},
        heads=_scopes(content.get("heads", {})),
        follows=_scopes(content.get("follows", {})),
        places=content.get("places", False),
        message=content["message"],
        help=content["help"],
        why=content["why"],
        basis=basis(content),
        limits=content["limits"],
        params=content.get("params", {}),
        values={name: parsed["values", name] for name in content.get("values", {})},
        fix={name: parsed["fix", name] for name in content.get("fix", {})},
        examples=tuple(_example(source, number) for number in range(len(content["examples"]))),
        file=source.name,
    )


def _targets(value: Any) -> tuple[Target, ...]:
    if isinstance(value, str):
        return (Target(value),)
    return tuple(Target(table, tuple(fields)) for table, fields in value.items())


def _scopes(content: Mapping[str, str]) -> dict[str, Scope]:
    return {rule: Scope(scope) for rule, scope in content.items()}


def _across(content: Mapping[str, Any], parsed: Mapping[Path_, Expression]) -> Across:
    keys = []
    for number, key in enumerate(content["across"]):
        if isinstance(key, dict):
            path: Path_ = ("across", number, *key)
            keys.append(Key(parsed[path], parsed[(*path, OTHER)]))
        else:
            keys.append(Key(parsed["across", number], parsed["across", number]))
    return Across(tuple(keys), content.get("of"), parsed.get(("having",)), content.get("once", False))


def basis(content: Mapping[str, Any]) -> tuple[Basis, ...]:
    """Returns the basis entries of a rule or profile file."""
    return tuple(Basis(entry["kind"], entry.get("text", ""), entry.get("document", "")) for entry in content["basis"])


Owned = TypeVar("Owned", Rule, Profile)


def as_own(one: Owned) -> Owned:
    """Returns a rule or profile of a user: the basis it calls house is its author's, not the tool's."""
    return replace(one, basis=tuple(replace(b, kind="local") if b.kind == "house" else b for b in one.basis))


def _example(source: SourceFile, number: int) -> Example:
    entry = source.content["examples"][number]
    outcome = next((outcome for outcome in OUTCOMES if outcome in entry), "pass")
    finding = entry.get("finding", [])
    findings = (finding,) if isinstance(finding, str) else tuple(finding)
    line, _ = source.places[("examples", number)]
    forms = entry.get(outcome, {})
    return Example(
        outcome, tuple(forms) if isinstance(forms, list) else (forms,), findings, entry.get("params", {}), line
    )


def read_profile(source: SourceFile) -> Profile:
    """Returns the profile of a file whose shape has been checked."""
    content = source.content
    return Profile(
        name=content["name"],
        says=content["says"],
        forms=tuple(content.get("forms", ())),
        levels=tuple(content.get("levels", ())),
        extends=content.get("extends"),
        rules=switches(content.get("rules", {})),
        params=content.get("params", {}),
        basis=basis(content),
        file=source.name,
    )


def switches(content: Mapping[str, str]) -> dict[str, Severity | None]:
    """Returns the `rules:` of a profile or settings: a severity, or None for off."""
    return {rule: None if value == "off" else Severity(value) for rule, value in content.items()}
