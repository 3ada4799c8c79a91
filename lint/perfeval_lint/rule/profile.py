"""Which rules judge a form, how severely, and with which parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from perfeval_lint.errors import UsageError
from perfeval_lint.form.nearest import did_you_mean
from perfeval_lint.rule.compile import Check
from perfeval_lint.rule.model import Pack, Param, Profile, Rule, Severity

DEFAULT = "通用"


@dataclass(frozen=True, slots=True)
class Overrides:
    """A user's own changes on top of a profile: switches, parameters, and rules picked on the command line.

    `select` and `ignore` hold rule ids or their beginnings (PE4); an empty `select` picks all.
    """

    rules: Mapping[str, Severity | None] = field(default_factory=dict)
    params: Mapping[str, Mapping[str, Param]] = field(default_factory=dict)
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def picks(self, rule: Rule) -> bool:
        """Whether the command line lets a rule run."""
        return (not self.select or _matches(rule, self.select)) and not _matches(rule, self.ignore)


def _matches(rule: Rule, prefixes: Iterable[str]) -> bool:
    return any(rule.id.startswith(prefix) or rule.name == prefix for prefix in prefixes)


@dataclass(frozen=True, slots=True)
class Choice:
    """A profile and why it was chosen, in words."""

    profile: str
    reason: str


def choose(pack: Pack, kind: str | None, wanted: str | None) -> Choice:
    """The profile for a form of that 表式: the wanted one, else the one that names such forms, else 通用."""
    if wanted is not None:
        if wanted not in pack.profiles:
            raise UsageError(
                f"没有规则集“{wanted}”{did_you_mean(wanted, pack.profiles)}；已有：{'、'.join(pack.profiles)}"
            )
        return Choice(wanted, "指定")
    for profile in pack.profiles.values():
        if any(word in (kind or "") for word in profile.forms):
            return Choice(profile.name, "按表式选定")
    return Choice(DEFAULT, "默认" if kind else "未写表式，默认")


def lineage(pack: Pack, name: str) -> list[Profile]:
    """A profile and those it extends, the most basic first."""
    chain: list[Profile] = []
    at: str | None = name
    while at is not None:
        chain.append(pack.profiles[at])
        at = pack.profiles[at].extends
    return chain[::-1]


def severity_of(pack: Pack, rule: Rule, profile: str, overrides: Overrides) -> Severity | None:
    """The severity a rule has under a profile and a user's changes; None where it is off."""
    severity: Severity | None = rule.severity
    for layer in lineage(pack, profile):
        severity = layer.rules.get(rule.id, severity)
    return overrides.rules.get(rule.id, severity)


def params_of(pack: Pack, rule: Rule, profile: str, overrides: Overrides) -> Mapping[str, Param]:
    """A rule's parameters under a profile and a user's changes."""
    params = dict(rule.params)
    for layer in lineage(pack, profile):
        params |= layer.params.get(rule.id, {})
    return params | dict(overrides.params.get(rule.id, {}))


def checks_for(pack: Pack, profile: str, overrides: Overrides) -> Iterator[Check]:
    """Every check to make, in the order of rule ids."""
    for rule in pack.rules.values():
        severity = severity_of(pack, rule, profile, overrides)
        if severity is None or not overrides.picks(rule):
            continue
        params = params_of(pack, rule, profile, overrides)
        for target in rule.targets:
            for name in target.fields or (None,):
                yield Check(rule, target.table, name, severity, params)


def check_overrides(pack: Pack, overrides: Overrides) -> None:
    """Raises UsageError for rules and parameters that do not exist."""
    names = {rule.name for rule in pack.rules.values()}
    for prefix in (*overrides.select, *overrides.ignore):
        if prefix not in names and not any(rule.startswith(prefix) for rule in pack.rules):
            raise UsageError(f"没有以“{prefix}”开头的规则{did_you_mean(prefix, pack.rules)}")
    for rule in (*overrides.rules, *overrides.params):
        if rule not in pack.rules:
            raise UsageError(f"没有规则“{rule}”{did_you_mean(rule, pack.rules)}")
    for rule, params in overrides.params.items():
        known = pack.rules[rule].params
        for name in params:
            if name not in known:
                raise UsageError(f"规则 {rule} 没有参数“{name}”{did_you_mean(name, known)}")
