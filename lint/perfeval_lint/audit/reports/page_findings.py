"""A finding on the audit's page, and beneath it in short lines what hangs under it."""

from __future__ import annotations

from collections.abc import Sequence

from perfeval_lint.audit.reports.heads import Head, words_beside
from perfeval_lint.audit.reports.page_markup import level, text
from perfeval_lint.audit.reports.shapes import Finding, RuleFacts
from perfeval_lint.audit.reports.words import help_on


def finding_item(head: Head, rule: RuleFacts) -> str:
    """Returns a head of this rule as an item of a list."""
    finding = head.finding
    remedy = help_on(finding, rule)
    hint = f"<p class=soft>改法：{text(remedy)}</p>" if remedy else ""
    places = [_line("", one, finding, "" if one.message == finding.message else one.message) for one in head.places]
    follows = [_line(f"{_named(one)}　", one, finding, one.message) for one in head.follows]
    return (
        f"<li><p>{_named(finding)}　{_where(finding.words or '', finding)}</p><p>{text(finding.message)}</p>{hint}"
        f"{_under(f'另有 {len(places)} 处', places)}{_under(f'由此带出 {len(follows)} 条', follows)}</li>\n"
    )


def _named(finding: Finding) -> str:
    return f"{level(finding.level)} {text(finding.rule)}"


def _where(words: str, finding: Finding) -> str:
    """Returns the place of a finding on the form, in these words, and in the file."""
    place = f"<span class=soft>　{text(finding.place)}</span>" if finding.place else ""
    return f"{text(words)}{place}"


def _line(before: str, finding: Finding, head: Finding, message: str) -> str:
    where = _where(words_beside(finding, head), finding)
    return f"<li>{before}{where}{f'　{text(message)}' if message else ''}</li>\n"


def _under(name: str, lines: Sequence[str]) -> str:
    return f"<p class=soft>{name}：</p>\n<ul class=under>\n{''.join(lines)}</ul>\n" if lines else ""
