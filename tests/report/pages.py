"""Checks that hold for any page and any form on it."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from perfeval_lint.judge.outcome import Finding
from perfeval_lint.report.html.table import plan_of
from perfeval_lint.report.words import SEVERITY, printable

_VOID = frozenset(["col", "meta"])
_HELD = "script, style ~ style, [style], iframe, img, object, embed, link, form, base, input, svg"


class _Balance(HTMLParser):
    """Notes every tag that is closed out of turn or never."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) > len(set(names)):
            self.faults.append(f"<{tag}> has an attribute twice: {names}")
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> out of turn")


def check_links(html: str) -> None:
    """Tags are balanced, ids unique, links and references lead somewhere, nothing runs or is fetched."""
    balance = _Balance()
    balance.feed(html)
    assert not balance.faults + balance.open
    tree = LexborHTMLParser(html)
    ids = Counter(node.attributes["id"] for node in tree.css("[id]"))
    assert set(ids.values()) <= {1}
    for node in tree.css("a"):
        href = node.attributes["href"] or ""
        assert href[0] == "#"
        assert href[1:] in ids
    for name in ("aria-describedby", "aria-labelledby", "data-target"):
        for node in tree.css(f"[{name}]"):
            assert set((node.attributes[name] or "?").split()) <= set(ids)
    assert not tree.css(_HELD)
    assert not [name for node in tree.css("*") for name in node.attributes if name.startswith("on")]


def check_findings(fragment: Any) -> None:
    """Every finding is in the list, in words, and marked in the cell it points to; no mark is without its finding."""
    findings = fragment.report.open_findings
    items = fragment.tree.css("li.finding")
    assert [node.attributes["id"] for node in items] == [f"{fragment.key}-f{n + 1}" for n in range(len(findings))]
    for finding, item in zip(findings, items, strict=True):
        level = {"error": "错误", "warning": "警告", "info": "提示"}[finding.severity.value]
        assert item.attributes["class"] == f"finding {finding.severity.value}"
        assert item.css_first(".level").text() == level
        assert item.attributes["data-path"] == printable(finding.place.path)
        text = " ".join(item.text().split())
        for words in (finding.message, finding.rule.id, finding.help, finding.place.words):
            assert " ".join(printable(words).split()) in text
        cell = fragment.by_id(item.attributes["data-target"])
        assert item.css_first("a").attributes["href"] == f"#{cell.attributes['id']}"
        assert item.attributes["id"] in (cell.attributes["aria-describedby"] or "").split()
        (mark,) = _marks(cell, item)
        assert mark.attributes["aria-label"] == f"{level} {mark.text()}"
        _check_gathered(fragment, item, "places", finding.places)
        _check_gathered(fragment, item, "follows", finding.follows)
    for cell in fragment.tree.css(".sheet [aria-describedby]:not(.value)"):
        levels = [name for name in ("error", "warning", "info") if cell.css(f"a.{name}")]
        assert levels[:1] == _levels(cell)
    for cell in fragment.tree.css(".sheet [id]:not([aria-describedby])"):
        assert not cell.css("a.mark")
        assert not _levels(cell)


def _marks(cell: LexborNode, item: LexborNode) -> list[LexborNode]:
    """The marks of a finding in a cell."""
    return [link for link in cell.css("a.mark") if link.attributes["href"] == f"#{item.attributes['id']}"]


def _levels(cell: LexborNode) -> list[str]:
    """The severity a cell looks like."""
    return [name for name in (cell.attributes.get("class") or "").split() if name in ("error", "warning", "info")]


def _check_gathered(fragment: Any, item: LexborNode, name: str, gathered: tuple[Finding, ...]) -> None:
    """Places and followers are told under their finding, and its number is in each of their cells, once."""
    text = " ".join("".join(part.text() for part in item.css(f".{name}")).split())
    assert bool(text) == bool(gathered)
    plan = plan_of(fragment.report.form, fragment.key)
    for one in gathered:
        said = one.message if name == "follows" else one.message.rpartition("：")[2]
        assert " ".join(printable(said).split()) in text or said in item.css_first(".message").text()
        (mark,) = _marks(fragment.by_id(plan.home(one.place.path)), item)
        assert mark.attributes["aria-label"].split()[0] in ("连带", *SEVERITY.values())
