"""Pieces of the audit's page as markup; every text in them is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from perfeval_lint.audit.reports.words import level_words, one_line
from perfeval_lint.report.words import printable

_LONGEST = 300  # characters of a text


def section(name: str, content: str) -> str:
    """A section of the page under its heading, which is its anchor."""
    return f'<section id="{name}" aria-labelledby="{name}-题">\n<h2 id="{name}-题">{name}</h2>\n{content}</section>\n'


def table(caption: str, head: Iterable[tuple[str, str]], rows: Iterable[str]) -> str:
    """A table that scrolls by itself: its caption, the words and look of each head cell, and the cells of each row."""
    cells = "".join(f"<th scope=col{_class(look)}>{name}</th>" for name, look in head)
    body = "".join(f"<tr>{row}</tr>\n" for row in rows)
    return (
        f'<div class=scroll tabindex=0 role=region aria-label="{escape(caption)}">\n<table>\n'
        f"<caption>{escape(caption)}</caption>\n<thead><tr>{cells}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n</div>\n"
    )


def _class(look: str) -> str:
    return f' class="{look}"' if look else ""


def bar(value: int, most: int, look: str = "first") -> str:
    """A bar for the eye; its number is beside it as text."""
    width = round(value * 100 / most, 1) if most else 0
    return (
        f'<svg viewBox="0 0 100 10" preserveAspectRatio=none aria-hidden=true>'
        f'<rect class={look} width="{width}" height=10 /></svg>'
    )


def counts(errors: int, warnings: int, infos: int) -> str:
    """How many findings of each level."""
    return f"错误 {errors:,}，警告 {warnings:,}，提示 {infos:,}"


def level(name: str) -> str:
    """A level in its colour."""
    look = f" {name}" if name in ("error", "warning", "info") else ""
    return f'<span class="level{look}">{text(level_words(name))}</span>'


def score(value: object) -> str:
    """A score with its two decimals."""
    return "—" if value is None else f"{value:.2f}"


def text(words: str) -> str:
    """Returns a text for the page: on one line, not too long, without control characters, escaped."""
    line = one_line(words)
    return escape(printable(line if len(line) <= _LONGEST else f"{line[:_LONGEST]}……"))
