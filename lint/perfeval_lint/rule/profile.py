"""Chooses the profile of a form, and with it the rules, their severities and parameters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from perfeval_lint.errors import Problem, UsageError
from perfeval_lint.form.definition import INDICATORS
from perfeval_lint.form.nearest import did_you_mean
from perfeval_lint.rule.compile.query import Check
from perfeval_lint.rule.model import SHARED, Pack, Profile, Rule, Severity
from perfeval_lint.sql.text import Param

if TYPE_CHECKING:
    from perfeval_lint.form.model import Form
    from perfeval_lint.rule.files import SourceFile

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
        """Returns whether --select and --ignore let a rule run."""
        return (not self.select or _matches(rule, self.select)) and not _matches(rule, self.ignore)


def _matches(rule: Rule, prefixes: Iterable[str]) -> bool:
    return any(rule.id.startswith(prefix) or rule.name == prefix for prefix in prefixes)


@dataclass(frozen=True, slots=True)
class Choice:
    """A profile and the reason it was chosen for."""

    profile: str
    reason: str


def choose_for(pack: Pack, form: Form, wanted: str | None) -> Choice:
    """Returns the profile for a form."""
    levels = [row.text("一级指标") or "" for row in form.rows(INDICATORS)]
    return choose(pack, form.text("表式"), wanted, levels)


def level_words(pack: Pack) -> list[str]:
    """Returns the words in a 一级指标 that choose a profile, each once."""
    return list(dict.fromkeys(word for profile in pack.profiles.values() for word in profile.levels))


def choose(pack: Pack, kind: str | None, wanted: str | None, levels: Collection[str] = ()) -> Choice:
    """Returns the profile of a form by its 表式 and 一级指标: the wanted one, else one that names such forms, else one
    that names such levels, else 通用."""
    if wanted is not None:
        if wanted not in pack.profiles:
            raise UsageError(
                f"没有规则集“{wanted}”{did_you_mean(wanted, pack.profiles)}；已有：{'、'.join(pack.profiles)}"
            )
        return Choice(wanted, "指定")
    for profile in pack.profiles.values():
        if any(word in (kind or "") for word in profile.forms):
            return Choice(profile.name, "按表式选定")
    for profile in pack.profiles.values():
        if any(word in level for word in profile.levels for level in levels):
            return Choice(profile.name, "按一级指标选定")
    return Choice(DEFAULT, "默认" if kind else "未写表式，默认")


def lineage(pack: Pack, name: str) -> list[Profile]:
    """Returns a profile and those it extends, the most basic first."""
    chain: list[Profile] = []
    at: str | None = name
    while at is not None:
        chain.append(pack.profiles[at])
        at = pack.profiles[at].extends
    return chain[::-1]


def severity_of(pack: Pack, rule: Rule, profile: str, overrides: Overrides) -> Severity | None:
    """Returns the severity of a rule under a profile and a user's changes; None where it is off."""
    severity: Severity | None = rule.severity
    for layer in lineage(pack, profile):
        severity = layer.rules.get(rule.id, severity)
    return overrides.rules.get(rule.id, severity)


def params_of(pack: Pack, rule: Rule, profile: str, overrides: Overrides) -> Mapping[str, Param]:
    """Returns a rule's parameters under a profile and a user's changes."""
    params = dict(rule.params)
    for layer in lineage(pack, profile):
        params |= layer.params.get(rule.id, {})
    return params | dict(overrides.params.get(rule.id, {}))


def shared_params(pack: Pack, profile: str, overrides: Overrides) -> Mapping[str, Param]:
    """Returns the parameters of the derived columns under a profile and a user's changes."""
    params = dict(pack.definitions.params)
    for layer in lineage(pack, profile):
        params |= layer.params.get(SHARED, {})
    return params | dict(overrides.params.get(SHARED, {}))


def pack_under(pack: Pack, profile: str, overrides: Overrides) -> Pack:
    """Returns the pack with the parameters that a profile and a user's changes set in its derived columns."""
    return replace(pack, definitions=replace(pack.definitions, params=shared_params(pack, profile, overrides)))


def checks_for(pack: Pack, profile: str, overrides: Overrides) -> Iterator[Check]:
    """Returns every check to make on a form, in the order of rule ids."""
    return _checks(pack, [rule for rule in pack.rules.values() if rule.across is None], profile, overrides)


def across_checks_for(pack: Pack, profile: str, overrides: Overrides) -> Iterator[Check]:
    """Returns every check to make across the forms of an audit, in the order of rule ids."""
    return _checks(pack, [rule for rule in pack.rules.values() if rule.across is not None], profile, overrides)


def _checks(pack: Pack, rules: Iterable[Rule], profile: str, overrides: Overrides) -> Iterator[Check]:
    for rule in rules:
        severity = severity_of(pack, rule, profile, overrides)
        if severity is None or not overrides.picks(rule):
            continue
        params = params_of(pack, rule, profile, overrides)
        for target in rule.targets:
            for name in target.fields or (None,):
                yield Check(rule, target.table, name, severity, params)


def check_picks(packs: Iterable[Pack], overrides: Overrides) -> None:
    """Raises UsageError for a --select or --ignore that fits no rule of any of the packs."""
    rules = {rule.id: rule for pack in packs for rule in pack.rules.values()}
    words = [*rules, *(rule.name for rule in rules.values())]
    for prefix in (*overrides.select, *overrides.ignore):
        if not any(_matches(rule, (prefix,)) for rule in rules.values()):
            raise UsageError(f"没有编号以“{prefix}”开头或名称是它的规则{did_you_mean(prefix, words)}")


def choice_problems(
    source: SourceFile, rules: Mapping[str, Rule], shared: Mapping[str, Param], unread: Collection[str] = ()
) -> Iterator[Problem]:
    """Yields a problem for each rule or parameter in a profile or settings that does not exist or has another type.

    `shared` are the parameters of the derived columns; `unread` are rules that exist but whose files have mistakes
    of their own.
    """
    for group in ("rules", "params"):
        for rule in source.content.get(group, {}):
            if rule not in rules and rule not in unread and not (group == "params" and rule == SHARED):
                message = f"没有规则 {rule}{did_you_mean(rule, rules)}"
                yield source.problem("unknown-rule", message, (group, rule))
    for rule, params in source.content.get("params", {}).items():
        if rule == SHARED and rule in unread:
            continue
        known = shared if rule == SHARED else rules[rule].params if rule in rules else {}
        for name, value in params.items() if rule in rules or rule == SHARED else ():
            path = ("params", rule, name)
            owner = "派生列" if rule == SHARED else f"规则 {rule}"
            if name not in known:
                message = f"{owner} 没有参数“{name}”{did_you_mean(name, known)}"
                yield source.problem("unknown-param", message, path)
            elif type(value) is not type(known[name]):
                message = f"{owner} 的参数“{name}”应和默认值 {known[name]} 同一类型，这里是 {value}"
                yield source.problem("wrong-type", message, path)
