"""Findings gathered under their heads, and the words for what hangs there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from perfeval_lint.audit.reports.shapes import Finding


class Head(NamedTuple):
    """A finding with what hangs under it: `places`, the same rule elsewhere on the form, and `follows`, what goes away
    with it."""

    finding: Finding
    places: tuple[Finding, ...]
    follows: tuple[Finding, ...]


def gathered(findings: Iterable[Finding]) -> Iterator[Head]:
    """Yields the heads of findings that come in the order of reports; one whose head is not there heads itself."""
    group: list[Finding] = []
    for finding in findings:
        if group and not _is_under(finding, group[0]):
            yield _head(group)
            group = []
        group.append(finding)
    if group:
        yield _head(group)


def _is_under(finding: Finding, head: Finding) -> bool:
    return finding.form == head.form and finding.head == f"{head.rule} {head.path}"


def _head(group: list[Finding]) -> Head:
    first, *others = group
    places = tuple(one for one in others if one.rule == first.rule)
    return Head(first, places, tuple(one for one in others if one.rule != first.rule))


def words_beside(finding: Finding, head: Finding) -> str:
    """Returns where a finding is, without what it shares with its head: the cell in the same row, the row for the same
    cell of another."""
    words = finding.words or ""
    part, name, cell = _split(words)
    head_part, head_name, head_cell = _split(head.words or "")
    if not name or part != head_part:
        return words
    if name == head_name:
        return cell
    return name if cell == head_cell else f"{name}·{cell}"


def _split(words: str) -> tuple[str, str, str]:
    """Returns the part, the row and the cell of 绩效指标 第1项“培训”·得分; no row where there is none."""
    row, _, cell = words.rpartition("·")
    part, _, name = row.partition(" ")
    return part, name, cell
