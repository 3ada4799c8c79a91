"""Hangs findings under the one they follow from, and gathers those that repeat, in Python and in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from perfeval_lint.form.definition import SLIPS_TABLE
from perfeval_lint.form.path import row_of
from perfeval_lint.judge.outcome import Finding
from perfeval_lint.judge.tell.place import PARTS
from perfeval_lint.rule.compile.query import Check
from perfeval_lint.rule.heads import Link, links_of, longest_chain
from perfeval_lint.rule.model import Scope, Severity
from perfeval_lint.sql.text import literal

# The findings of a form that a slip mends: rule, path, and the row of the slip in 笔误.
Mended = Sequence[tuple[str, str, int]]


@dataclass(frozen=True, slots=True)
class Order:
    """How findings of the rules that run are put under each other: `slips` are the rules that name a slip.

    What follows from a slip says no more than the title of its rule: its figures rest on the slip.
    """

    links: tuple[Link, ...]
    repeated: frozenset[str]
    slips: frozenset[str]
    titles: Mapping[str, str]


def order_of(checks: Iterable[Check]) -> Order:
    """Returns the order of the findings of some checks."""
    tables = {check.rule.id: check.table for check in checks}
    rules = {check.rule.id: check.rule for check in checks}
    repeated = frozenset(rule.id for rule in rules.values() if rule.places)
    slips = frozenset(rule for rule, table in tables.items() if table == SLIPS_TABLE)
    return Order(links_of(rules.values()), repeated, slips, {rule.id: rule.title for rule in rules.values()})


def arranged(order: Order, findings: Sequence[Finding], mended: Mended) -> list[Finding]:
    """Returns the heads among the findings of a form, each with its places and followers, in the order given.

    A waived finding is neither head nor follower. Where several could be the head, the gravest is, and of these that of
    the lowest rule, then the first on the form.
    """
    tops = _tops(_heads(order, findings, mended))
    leads = _leads(order, findings, [number for number, top in enumerate(tops) if top == number])
    places: dict[int, list[Finding]] = {}
    follows: dict[int, list[Finding]] = {}
    for number, (top, finding) in enumerate(zip(tops, findings, strict=True)):
        owner = leads.get(top, top)
        if top != number:
            is_of_slip = findings[top].rule.id in order.slips
            follower = replace(finding, message=finding.rule.title) if is_of_slip else finding
            follows.setdefault(owner, []).append(follower)
        elif owner != number:
            places.setdefault(owner, []).append(finding)
    return [
        _with(finding, places.get(number, ()), follows.get(number, ()))
        for number, finding in enumerate(findings)
        if leads.get(tops[number], tops[number]) == number
    ]


def _heads(order: Order, findings: Sequence[Finding], mended: Mended) -> list[int | None]:
    """Returns for each finding, by its number, the one it hangs under."""
    nearest = _nearest(order, findings)
    links: dict[str, list[Link]] = {}
    for link in order.links:
        links.setdefault(link.follower, []).append(link)
    slips = _slips(order, findings, mended)

    def head_of(finding: Finding) -> int | None:
        if finding.waived is not None:
            return None
        found = slips.get((finding.rule.id, finding.place.path)) or [
            nearest[key]
            for link in links.get(finding.rule.id, ())
            if (key := (link.head, link.scope, _within(link.scope, finding))) in nearest
        ]
        return min(found, key=lambda number: _nearness(findings[number]), default=None)

    return [head_of(finding) for finding in findings]


def _slips(order: Order, findings: Sequence[Finding], mended: Mended) -> dict[tuple[str, str], list[int]]:
    """Returns the findings that name the slip by which a rule's finding at a path goes away, those waived left out."""
    of_row: dict[int, list[int]] = {}
    for number, finding in enumerate(findings):
        if finding.rule.id in order.slips and finding.waived is None:
            of_row.setdefault(finding.row, []).append(number)
    found: dict[tuple[str, str], list[int]] = {}
    for rule, path, row in mended:
        found.setdefault((rule, path), []).extend(of_row.get(row, ()))
    return found


def _nearest(order: Order, findings: Sequence[Finding]) -> dict[tuple[str, Scope, object], int]:
    """Returns of each rule that heads others, and each cell, row or form, the finding others hang under."""
    scopes: dict[str, set[Scope]] = {}
    for link in order.links:
        scopes.setdefault(link.head, set()).add(link.scope)
    nearest: dict[tuple[str, Scope, object], int] = {}
    for number, finding in enumerate(findings):
        for scope in scopes.get(finding.rule.id, ()) if finding.waived is None else ():
            key = (finding.rule.id, scope, _within(scope, finding))
            is_known = key[2] is not None
            if is_known and (key not in nearest or _nearness(finding) < _nearness(findings[nearest[key]])):
                nearest[key] = number
    return nearest


def _within(scope: Scope, finding: Finding) -> object:
    """Returns what a head and its follower have in common; None where that is not known, of a sum."""
    if scope is Scope.SAME:
        return finding.off
    if scope is Scope.CELL:
        return finding.place.path
    return row_of(finding.place.path) if scope is Scope.ROW else ""


def _nearness(finding: Finding) -> tuple[object, ...]:
    return finding.severity.rank, finding.rule.id, *_reading(finding)


def _reading(finding: Finding) -> tuple[int, int, str, str]:
    """Returns what puts findings in a fixed order: several of a rule may be at one place."""
    return PARTS.index(finding.place.part), finding.row, finding.place.path, finding.message


def _tops(heads: Sequence[int | None]) -> list[int]:
    """Returns for each finding the one at the top of its chain."""

    def top(number: int) -> int:
        head = heads[number]
        return number if head is None else top(head)

    return [top(number) for number in range(len(heads))]


def _leads(order: Order, findings: Sequence[Finding], tops: Iterable[int]) -> dict[int, int]:
    """Returns the finding that each of a rule that repeats is a place of, by their numbers."""
    groups: dict[str, list[int]] = {}
    for number in tops:
        if findings[number].rule.id in order.repeated:
            groups.setdefault(findings[number].rule.id, []).append(number)
    leads: dict[int, int] = {}
    for group in groups.values():
        lead = min(group, key=lambda number: (findings[number].waived is not None, *_reading(findings[number])))
        leads |= dict.fromkeys(group, lead)
    return leads


def _with(finding: Finding, places: Sequence[Finding], follows: Sequence[Finding]) -> Finding:
    """Returns a head with what belongs to it, as grave as the gravest of it."""
    if not places and not follows:
        return finding
    gravest = min((finding.severity, *(one.severity for one in follows)), key=lambda severity: severity.rank)
    return replace(finding, severity=gravest, places=tuple(places), follows=tuple(follows))


# --- in SQL ---------------------------------------------------------------------------------------


def arranged_sql(order: Order, findings: str, mended: str, headed: str) -> Iterator[str]:
    """Yields the statements that set 主问题 and raise 级别 in a table of findings.

    `mended` is a table of 表号, 规则, 路径 and 笔误行号; `headed` the name of a temporary table: 从 and 主, the rowids
    of a finding and of the one it belongs to.
    """
    yield f"CREATE OR REPLACE TEMP TABLE {headed} AS {_heads_sql(order, findings, mended)}"
    for _ in range(longest_chain(order.links)):
        higher = f"SELECT x.从, coalesce(y.主, x.主) AS 主 FROM {headed} x LEFT JOIN {headed} y ON y.从 = x.主"
        yield f"CREATE OR REPLACE TEMP TABLE {headed} AS {higher}"
    yield f"CREATE OR REPLACE TEMP TABLE {headed} AS {_gathered_sql(order, findings, headed)}"
    gravest = (
        f"SELECT x.主, min({rank_sql('f.级别')}) AS 级 FROM {headed} x JOIN {findings} f ON f.rowid = x.从 "
        f"JOIN {findings} h ON h.rowid = x.主 WHERE f.规则 <> h.规则 GROUP BY x.主"
    )
    levels = literal([severity.value for severity in Severity])
    yield (
        f"UPDATE {findings} SET 级别 = {levels}[g.级] FROM ({gravest}) g "
        f"WHERE {findings}.rowid = g.主 AND {rank_sql('级别')} > g.级"
    )
    if order.slips:
        titles = ", ".join(f"({literal(rule)}, {literal(title)})" for rule, title in order.titles.items())
        slips = ", ".join(map(literal, sorted(order.slips)))
        of_slips = (
            f"SELECT x.从, t.标题 FROM {headed} x JOIN {findings} h ON h.rowid = x.主 "
            f"JOIN {findings} f ON f.rowid = x.从 JOIN (VALUES {titles}) t(规则, 标题) ON t.规则 = f.规则 "
            f"WHERE h.规则 IN ({slips})"
        )
        yield f"UPDATE {findings} SET 消息 = s.标题 FROM ({of_slips}) s WHERE {findings}.rowid = s.从"
    named = f"SELECT x.从, concat(h.规则, ' ', h.路径) AS 名 FROM {headed} x JOIN {findings} h ON h.rowid = x.主"
    yield f"UPDATE {findings} SET 主问题 = n.名 FROM ({named}) n WHERE {findings}.rowid = n.从"


def rank_sql(severity: str) -> str:
    """Returns the SQL of how grave a severity is, 1 for an error; `severity` is SQL."""
    return f"list_position({literal([one.value for one in Severity])}, {severity})"


_READING = "list_position({parts}, {row}.部分), {row}.行号, {row}.路径, {row}.消息"


def _reading_sql(row: str) -> str:
    return _READING.format(parts=literal(list(PARTS)), row=row)


def _heads_sql(order: Order, findings: str, mended: str) -> str:
    """Returns a SELECT of the findings that hang under another, with the nearest one."""
    near = (
        f"CASE l.范围 WHEN '{Scope.CELL}' THEN h.路径 = f.路径 "
        f"WHEN '{Scope.ROW}' THEN split_part(h.路径, '.', 1) = split_part(f.路径, '.', 1) "
        f"WHEN '{Scope.SAME}' THEN h.相差 = f.相差 ELSE true END"
    )
    rows = ", ".join(f"({literal(one.head)}, {literal(one.follower)}, '{one.scope}')" for one in order.links)
    links = f"(VALUES {rows or '(NULL, NULL, NULL)'}) l(主规则, 从规则, 范围)"
    key = f"row(x.次, {rank_sql('x.级别')}, x.规则, {_reading_sql('x')})"
    linked = (
        f"SELECT f.rowid AS 从, h.rowid AS 主, 1 AS 次, h.* FROM {findings} f JOIN {links} ON l.从规则 = f.规则 "
        f"JOIN {findings} h ON h.表号 = f.表号 AND h.规则 = l.主规则 AND {near} "
        "WHERE f.豁免 IS NULL AND h.豁免 IS NULL"
    )
    slips = ""
    if order.slips:
        slips = (
            f" UNION ALL SELECT f.rowid, h.rowid, 0, h.* FROM {findings} f "
            f"JOIN {mended} m ON m.表号 = f.表号 AND m.规则 = f.规则 AND m.路径 = f.路径 "
            f"JOIN {findings} h ON h.表号 = f.表号 AND h.规则 IN ({', '.join(map(literal, sorted(order.slips)))}) "
            "AND h.行号 = m.笔误行号 WHERE f.豁免 IS NULL AND h.豁免 IS NULL"
        )
    return f"SELECT 从, arg_min(主, {key}) AS 主 FROM ({linked}{slips}) x GROUP BY 从"


def _gathered_sql(order: Order, findings: str, headed: str) -> str:
    """Returns a SELECT of what belongs to another finding, places of findings that repeat among it."""
    if not order.repeated:
        return f"SELECT 从, 主 FROM {headed}"
    repeated = ", ".join(map(literal, sorted(order.repeated)))
    leads = (
        f"SELECT rowid AS 处, first_value(rowid) OVER (PARTITION BY 表号, 规则 ORDER BY 豁免 IS NOT NULL, "
        f"{_reading_sql('f')}) AS 首 FROM {findings} f WHERE 规则 IN ({repeated}) "
        f"AND rowid NOT IN (SELECT 从 FROM {headed})"
    )
    return (
        f"WITH l AS ({leads}) SELECT x.从, coalesce(l.首, x.主) AS 主 FROM {headed} x LEFT JOIN l ON l.处 = x.主 "
        "UNION ALL SELECT 处, 首 FROM l WHERE 处 <> 首"
    )
