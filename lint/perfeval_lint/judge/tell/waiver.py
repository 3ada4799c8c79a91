"""Applies waivers to findings and counts the findings each waiver covers, in Python and in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from perfeval_lint.form.definition import WAIVERS
from perfeval_lint.form.model import Form, Record
from perfeval_lint.judge.outcome import Finding
from perfeval_lint.judge.tables import Cell, Columns
from perfeval_lint.rule.compile.query import Check
from perfeval_lint.rule.model import Rule
from perfeval_lint.sql.text import literal

_DOTS = ("…", "...")  # an indicator that ends so is the beginning of a name


def dormant_names(rules: Iterable[Rule], checks: Iterable[Check]) -> frozenset[str]:
    """Returns the ids and names of the rules that are not running, so that nothing can be said of their waivers."""
    running = (check.rule for check in checks)
    return frozenset(_names(rules) - _names(running))


def _names(rules: Iterable[Rule]) -> set[str]:
    return {name for rule in rules for name in (rule.id, rule.name)}


def waive(form: Form, findings: Sequence[Finding]) -> tuple[list[Finding], list[int]]:
    """Returns the findings with waivers applied, and how many each waiver covers.

    A waiver without a reason has no force; of several the first one is quoted.
    """
    waivers = form.rows(WAIVERS)
    hits = [0] * len(waivers)
    result = []
    for finding in findings:
        covering = [number for number, waiver in enumerate(waivers) if _covers(waiver, finding)]
        for number in covering:
            hits[number] += 1
        result.append(replace(finding, waived=waivers[covering[0]].text("理由")) if covering else finding)
    return result, hits


def _covers(waiver: Record, finding: Finding) -> bool:
    if waiver.text("理由") is None or waiver.text("规则") not in (finding.rule.id, finding.rule.name):
        return False
    indicator = waiver.text("指标")
    if indicator is None:
        return True
    name = finding.indicator or ""
    if indicator.endswith(_DOTS):
        stem = indicator.rstrip("….")
        return stem != "" and name.startswith(stem)
    return name == indicator


def covered_sql(findings: str, waivers: str, rules: Iterable[Rule]) -> str:
    """Returns a SELECT of 问题 (the rowid of a finding) and 表号, 行号 and 理由 of a waiver that covers it.

    `waivers` is a FROM item with the alias r.
    """
    names = ", ".join(f"({literal(rule.id)}, {literal(rule.name)})" for rule in rules)
    stem = "rtrim(w.指标, '….')"
    covers = (
        "w.指标 IS NULL OR CASE WHEN regexp_matches(w.指标, '(?:…|\\.\\.\\.)$') "
        f"THEN {stem} <> '' AND starts_with(coalesce(f.指标名, ''), {stem}) "
        "ELSE coalesce(f.指标名, '') = w.指标 END"
    )
    return (
        f"WITH n(规则, 名称) AS (VALUES {names}), "
        f"w AS (SELECT r.表号, r.行号, r.规则, r.指标, r.理由 FROM {waivers} WHERE r.理由 IS NOT NULL) "
        f"SELECT f.rowid AS 问题, w.表号, w.行号, w.理由 FROM {findings} f JOIN n USING (规则) "
        f"JOIN w ON w.表号 = f.表号 AND w.规则 IN (n.规则, n.名称) WHERE {covers}"
    )


def waived_sql(findings: str, covered: str) -> str:
    """Returns the UPDATE that applies the waivers of `covered`, a table of `covered_sql`, to their findings."""
    reasons = f"SELECT 问题, arg_min(理由, 行号) AS 理由 FROM {covered} GROUP BY 问题"
    return f"UPDATE {findings} SET 豁免 = c.理由 FROM ({reasons}) c WHERE {findings}.rowid = c.问题"


def hit_counts(waivers: Columns, hits: Sequence[Sequence[int]], dormant: frozenset[str]) -> list[Cell]:
    """Returns 命中数 of the waivers of a batch: how many findings each covers, `hits` by form and row.

    None where its rule is not running.
    """
    rows = zip(waivers["表号"], waivers["行号"], waivers["规则"], strict=True)
    return [None if name in dormant else hits[int(form or 0)][int(row or 0)] for form, row, name in rows]


def hit_counts_sql(waivers: str, covered: str, dormant: frozenset[str]) -> str:
    """Returns a SELECT of 表号, 行号 and 命中数 as in `hit_counts`; `covered` is a table of `covered_sql`."""
    names = ", ".join(map(literal, sorted(dormant)))
    is_dormant = f"规则 IN ({names})" if names else "false"
    return (
        f"SELECT r.表号, r.行号, CASE WHEN {is_dormant} THEN NULL ELSE coalesce(c.数, 0) END AS 命中数 "
        f"FROM {waivers} LEFT JOIN (SELECT 表号, 行号, count(*) AS 数 FROM {covered} GROUP BY ALL) c "
        "ON c.表号 = r.表号 AND c.行号 = r.行号"
    )
