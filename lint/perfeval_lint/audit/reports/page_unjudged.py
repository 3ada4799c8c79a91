"""The section of the audit's page on what could not be judged: causes, texts, and the first places."""

from __future__ import annotations

from collections.abc import Callable

import duckdb

from perfeval_lint.audit.reports import csv_report, facts
from perfeval_lint.audit.reports.page_markup import section, table, text
from perfeval_lint.audit.reports.shapes import Form
from perfeval_lint.audit.reports.words import project_of

_NAME = "未能判断"
_TEXTS = 30
_PLACES = 100


def unjudged_section(database: duckdb.DuckDBPyConnection, link: Callable[[Form], str]) -> str:
    """Returns the section; `link` gives the markup of a form's file."""
    count = facts.unjudged_count(database)
    if not count:
        return section(_NAME, "<p>没有。</p>\n")
    return section(_NAME, f"{_causes(database)}{_texts(database)}{_places(database, count, link)}")


def _causes(database: duckdb.DuckDBPyConnection) -> str:
    head = (("原因", ""), ("处", "n"), ("表", "n"), ("单位", "n"))
    rows = [
        f"<th scope=row class=name>{text(one.cause)}</th><td class=n>{one.places:,}</td>"
        f"<td class=n>{one.forms:,}</td><td class=n>{one.units:,}</td>"
        for one in facts.unjudged_causes(database)
    ]
    return "<h3>原因</h3>\n" + table("一个值使几条规则没有判断，只算一处", head, rows)


def _texts(database: duckdb.DuckDBPyConnection) -> str:
    texts = facts.unjudged_texts(database, _TEXTS)
    if not texts:
        return ""
    head = (("写的是", ""), ("原因", ""), ("怎么写", "wide"), ("处", "n"), ("表", "n"), ("单位", "n wide"))
    rows = [
        f"<th scope=row class=name>{text(one.value or '')}</th><td>{text(one.cause)}</td>"
        f"<td class='name wide'>{text(one.help or '')}</td><td class=n>{one.places:,}</td>"
        f"<td class=n>{one.forms:,}</td><td class='n wide'>{one.units:,}</td>"
        for one in texts
    ]
    return "<h3>写法</h3>\n" + table(f"最常见的写法，至多列 {_TEXTS} 种", head, rows)


def _places(database: duckdb.DuckDBPyConnection, count: int, link: Callable[[Form], str]) -> str:
    head = (("项目", ""), ("所指", ""), ("为什么、怎么写", ""), ("没有判断的规则", "wide"))
    rows = [
        f"<th scope=row class=name>{text(project_of(form))}<small>{text(form.unit)}</small>"
        f"<small>{link(form)}</small></th>"
        f"<td class=name>{text(item.words or '')}<small>{text(item.place or '')}</small></td>"
        f"<td class=name>{text(item.message)}<small>{text(item.help or '')}</small></td>"
        f"<td class=wide>{text(item.rules)}</td>"
        for item, form in facts.unjudged_with_forms(database, _PLACES)
    ]
    caption = f"共 {count:,} 处"
    if count > _PLACES:
        caption += f"；只列前 {_PLACES} 处，全部见 {csv_report.UNJUDGED}"
    return "<h3>哪一格</h3>\n" + table(caption, head, rows)
