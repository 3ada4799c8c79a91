"""Runs the examples of rules: each must come out exactly as its file says, in an audit as well."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from perfeval_lint.form.definition import (
    BY_KEY,
    FORMAT,
    ROOT_FIELDS,
    SECTIONS,
    SLIPS_TABLE,
    TOTAL,
    UNKNOWN_TABLE,
    Shape,
)
from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form
from perfeval_lint.judge.across import judge_across
from perfeval_lint.judge.in_bulk import told_in_bulk
from perfeval_lint.judge.judge import Judge
from perfeval_lint.judge.outcome import Verdict
from perfeval_lint.rule.compile.query import FAIL, UNKNOWN, Check
from perfeval_lint.rule.model import Example, Pack, Rule
from perfeval_lint.rule.pack import every_across_check, every_check

YEAR = 2025  # what the examples take "this year" to be


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """The outcome of an example; `trouble` says how it differs from the file, None where it does not."""

    rule: Rule
    example: Example
    trouble: str | None


def run_examples(pack: Pack) -> Iterator[ExampleResult]:
    """Runs every example of every rule of a pack."""
    cases = {rule.id: [_Case(pack, rule, one) for one in rule.examples] for rule in _of_one_form(pack).values()}
    told = _told_in_bulk(pack, [case for some in cases.values() for case in some if case.is_usual])
    for rule in pack.rules.values():
        if rule.across is not None:
            for example in rule.examples:
                yield ExampleResult(rule, example, _trouble_across(pack, rule, example))
            continue
        judge = Judge(pack, every_check({rule.id: rule}), year=YEAR)
        for case in cases[rule.id]:
            yield ExampleResult(rule, case.example, case.trouble(judge) or case.trouble_in_bulk(told.get(id(case))))


def _usual_checks(pack: Pack) -> list[Check]:
    """Returns the checks of all rules on a form but those on slips, which add remarks to what others say."""
    return [check for check in every_check(_of_one_form(pack)) if check.table != SLIPS_TABLE]


def _of_one_form(pack: Pack) -> dict[str, Rule]:
    return {rule.id: rule for rule in pack.rules.values() if rule.across is None}


def _trouble_across(pack: Pack, rule: Rule, example: Example) -> str | None:
    documents = list(load("\n---\n".join(example_text(rule, form) for form in example.forms)))
    problems = [problem.message for document in documents for problem in document.problems]
    forms = [document.form for document in documents if document.form is not None]
    if problems or len(forms) < len(example.forms):
        return f"例子本身读不了：{'；'.join(problems)}"
    changed = replace(rule, params={**rule.params, **example.params})
    names = [f"{number}.yaml" for number in range(1, len(forms) + 1)]
    outcomes = judge_across(pack, every_across_check({rule.id: changed}), forms, names, year=YEAR)
    found = [one.message or "" for one in outcomes if one.digit == FAIL]
    return _compare_with(example, found, unknown=any(one.digit == UNKNOWN for one in outcomes), judged=bool(outcomes))


class _Case:
    """An example of a rule that judges one form."""

    def __init__(self, pack: Pack, rule: Rule, example: Example) -> None:
        documents = list(load(example_text(rule, example.forms[0])))
        self.problems = [problem.message for document in documents for problem in document.problems]
        self.form = documents[0].form
        self.pack, self.rule, self.example = pack, rule, example
        self.said: list[str] = []
        needed = _needed_rules(pack, self.form, rule) if self.form else []
        changed = replace(rule, params={**rule.params, **example.params})
        self.is_usual = not needed and not example.params
        self.checks = every_check({one.id: one for one in (changed, *needed)})

    def trouble(self, judge: Judge) -> str | None:
        """Returns how lint differs from what the example expects; `judge` has the rule with its own parameters."""
        if self.problems or self.form is None:
            return f"例子本身读不了：{'；'.join(self.problems)}"
        verdict = (judge if self.is_usual else Judge(self.pack, self.checks, year=YEAR)).judge([self.form])[0]
        findings = [finding for finding in verdict.each() if finding.rule.id == self.rule.id]
        self.said = [_said(self.rule, finding.message, finding.help) for finding in findings]
        return _compare(self.rule, self.example, verdict, [finding.message for finding in findings])

    def trouble_in_bulk(self, told: list[str] | None) -> str | None:
        """Returns how an audit differs from lint; `told` are the messages of the audit where they are known already."""
        if told is None and self.form is not None:
            rows = told_in_bulk(self.pack, self.checks, [self.form], YEAR)
            told = [_said(self.rule, message, remedy) for _, rule, message, remedy in rows if rule == self.rule.id]
        if sorted(told or ()) != sorted(self.said):
            return f"批量审核报 {_quoted(told or [])}，单张报 {_quoted(self.said)}"
        return None


def _told_in_bulk(pack: Pack, cases: Sequence[_Case]) -> dict[int, list[str]]:
    """Returns the messages of one audit of the examples that change no parameters, by the id() of the case."""
    readable = [(case, case.form) for case in cases if case.form is not None]
    told: dict[int, list[str]] = {id(case): [] for case, _ in readable}
    forms = [form for _, form in readable]
    for number, rule, message, remedy in told_in_bulk(pack, _usual_checks(pack), forms, YEAR) if forms else ():
        case, _ = readable[number]
        if case.rule.id == rule:
            told[id(case)].append(_said(case.rule, message, remedy))
    return told


def _said(rule: Rule, message: str, remedy: str | None) -> str:
    """Returns the message of a finding, with its help where that depends on the row."""
    return message if remedy in (None, rule.help) else f"{message}（改法：{remedy}）"


def _needed_rules(pack: Pack, form: Form, rule: Rule) -> list[Rule]:
    """Returns the rules without which a rule says nothing of an example: those its waivers name, and for a rule about
    slips those whose findings slips explain."""
    named = {waiver.text("规则") for waiver in form.rows(BY_KEY["豁免"])}
    if rule.targets[0].table == SLIPS_TABLE:
        named |= pack.slips.rules
    return [other for other in pack.rules.values() if other.id in named and other.id != rule.id]


def _compare(rule: Rule, example: Example, verdict: Verdict, found: list[str]) -> str | None:
    unknown = any(item.rule.id == rule.id for item in verdict.not_evaluated)
    # A rule about unknown keys, slips or waivers has no row to pass where there is none.
    judged = bool(verdict.counts.passed) or rule.targets[0].table in (UNKNOWN_TABLE, SLIPS_TABLE)
    return _compare_with(example, found, unknown=unknown, judged=judged)


def _compare_with(example: Example, found: list[str], *, unknown: bool, judged: bool) -> str | None:
    match example.outcome:
        case "fail":
            if sorted(found) != sorted(example.findings):
                return f"应报 {_quoted(example.findings)}，实报 {_quoted(found)}"
        case "pass":
            if found or unknown:
                return f"应通过，实报 {_quoted(found)}{'；有未能判断的' if unknown else ''}"
            if not judged:
                return "应通过，实际没有适用的行"
        case "skip":
            if found or unknown or judged:
                return f"应不适用，实报 {_quoted(found)}"
        case "unknown":
            if found or not unknown:
                return f"应为未能判断，实报 {_quoted(found)}"
    return None


def _quoted(messages: tuple[str, ...] | list[str]) -> str:
    return "、".join(f"“{message}”" for message in messages) or "无"


def example_text(rule: Rule, form: Mapping[str, object]) -> str:
    """Returns a form of an example as a document of the canonical form.

    Keys that are all top-level keys make a form; otherwise they are one row of the first of the rule's tables that
    has them all.
    """
    content: dict[str, Any] = dict(form)
    if not all(key in ROOT_FIELDS or key in BY_KEY for key in content):
        content = _as_form(rule, content)
    return json.dumps({"格式": FORMAT} | content, ensure_ascii=False, default=plain_value)


def _as_form(rule: Rule, row: Mapping[str, Any]) -> dict[str, Any]:
    tables = [target.table for target in rule.targets]
    sections = [s for s in SECTIONS if s.table in tables and s.key and s is not TOTAL]
    sections.sort(key=lambda section: tables.index(section.table))
    for section in sections:
        if all(section.field(key) for key in row):
            return {section.key: [row] if section.shape is Shape.ROWS else row}
    return dict(row)


def plain_value(value: object) -> str:
    """Returns a parameter or example value as text, with all its digits."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
