"""The links between rules: whose findings hang under whose."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from perfeval_lint.errors import Problem
from perfeval_lint.form.nearest import did_you_mean
from perfeval_lint.rule.files import SourceFile
from perfeval_lint.rule.model import OFF, Rule, Scope


@dataclass(frozen=True, slots=True)
class Link:
    """A finding of the rule `follower` hangs under one of the rule `head` that is within the scope."""

    head: str
    follower: str
    scope: Scope


def links_of(rules: Iterable[Rule]) -> tuple[Link, ...]:
    """Returns every link between the rules given, once, by head and follower."""
    rules = list(rules)
    ids = {rule.id for rule in rules}
    found = {link for rule in rules for _, _, link in _written(rule)}
    inside = (link for link in found if link.head in ids and link.follower in ids)
    return tuple(sorted(inside, key=lambda link: (link.head, link.follower, link.scope)))


def longest_chain(links: Collection[Link]) -> int:
    """Returns how many links the longest chain of heads and followers has; they must make no circle."""
    followers: dict[str, set[str]] = {}
    for link in links:
        followers.setdefault(link.head, set()).add(link.follower)

    def below(rule: str) -> int:
        return max((1 + below(one) for one in followers.get(rule, ())), default=0)

    return max((below(rule) for rule in followers), default=0)


def link_problems(
    sources: Mapping[str, SourceFile], rules: Mapping[str, Rule], unread: Collection[str] = ()
) -> Iterator[Problem]:
    """Yields a problem for each link to a rule that does not exist or cannot be linked, for links that contradict each
    other, and for circles. `sources` are the rules' files by name; `unread` are rules whose files have mistakes."""
    scopes: dict[tuple[str, str], Scope] = {}
    for rule in rules.values():
        source = sources[rule.file]
        for key, other, link in _written(rule):
            path = (key, other)
            if other not in rules:
                if other not in unread:
                    yield source.problem("unknown-rule", f"没有规则 {other}{did_you_mean(other, rules)}", path)
                continue
            if scopes.setdefault((link.head, link.follower), link.scope) != link.scope:
                message = f"{link.head} 和 {link.follower} 两个文件写的范围不同：这里写 {link.scope.value}"
                yield source.problem("link", message, path)
            if unfit := _unfit(rule, rules[other], link.scope):
                yield source.problem("link", unfit, path)
    yield from _circles(sources, rules, scopes)


def _written(rule: Rule) -> Iterator[tuple[str, str, Link]]:
    """Yields the links a rule's file writes: the key, the other rule, the link."""
    for other, scope in rule.heads.items():
        yield "heads", other, Link(rule.id, other, scope)
    for other, scope in rule.follows.items():
        yield "follows", other, Link(other, rule.id, scope)


def _unfit(rule: Rule, other: Rule, scope: Scope) -> str | None:
    """Returns why two rules cannot be linked; None where they can."""
    if across := [one.id for one in (rule, other) if one.across is not None]:
        return f"{across[0]} 是跨表的规则，问题不列在别的下面，也不带出别的"
    shared = {target.table for target in rule.targets} & {target.table for target in other.targets}
    if scope is Scope.ROW and not shared:
        return f"{rule.id} 和 {other.id} 不判同一个表的行，范围不能是 row；可写 form"
    without = [one.id for one in (rule, other) if OFF not in one.values]
    if scope is Scope.SAME and without:
        return f"范围 same 要两条规则的 values 里都有“{OFF}”，{without[0]} 没有"
    return None


def _circles(
    sources: Mapping[str, SourceFile], rules: Mapping[str, Rule], links: Collection[tuple[str, str]]
) -> Iterator[Problem]:
    """Yields a problem at each rule that hangs under itself."""
    for rule in rules.values():
        trail = _way_back(rule.id, links)
        if trail:
            path = ("heads", trail[1]) if trail[1] in rule.heads else ("follows", trail[-2])
            yield sources[rule.file].problem("cycle", f"绕回了自己：{' → '.join(trail)}", path)


def _way_back(rule: str, links: Collection[tuple[str, str]]) -> list[str]:
    """Returns the shortest chain of followers from a rule back to it; empty where there is none."""
    trails = [[rule]]
    seen: set[str] = set()
    for trail in trails:
        for head, follower in sorted(links):
            if head == trail[-1] and follower == rule:
                return [*trail, rule]
            if head == trail[-1] and follower not in seen:
                seen.add(follower)
                trails.append([*trail, follower])
    return []
