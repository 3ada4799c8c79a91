"""The section of the audit's page on the spread of scores and findings over the forms."""

from __future__ import annotations

import duckdb

from perfeval_lint.audit.reports import facts
from perfeval_lint.audit.reports.page_markup import bar, section, table

_SCORE_EDGES = [60.0, 70.0, 80.0, 85.0, 90.0, 95.0, 98.0, 100.0]
_SCORE_BINS = ("60 以下", "60—70", "70—80", "80—85", "85—90", "90—95", "95—98", "98—100", "满分")
_COUNT_EDGES = [1.0, 3.0, 6.0, 11.0, 21.0, 51.0]
_COUNT_BINS = ("没有", "1—2", "3—5", "6—10", "11—20", "21—50", "51 以上")


def spread_section(database: duckdb.DuckDBPyConnection) -> str:
    """Returns the section: histograms of scores and of findings a form."""
    return section(
        "分布",
        f"<div class=pair>\n<div>\n<h3>得分</h3>\n{_of_scores(database)}</div>\n"
        f"<div>\n<h3>一张表的问题数</h3>\n{_of_findings(database)}</div>\n</div>\n",
    )


def _of_scores(database: duckdb.DuckDBPyConnection) -> str:
    whole = "coalesce(nullif(总分值, 0), 100)"
    own = facts.histogram(database, f"自评得分 * 100 / {whole}", _SCORE_EDGES)
    reviewed = facts.histogram(database, f"复核得分 * 100 / {whole}", _SCORE_EDGES)
    most = max(*own, *reviewed)
    rows = [
        f"<th scope=row>{name}</th><td class=bar>{bar(first, most)}{bar(second, most, 'second')}</td>"
        f"<td class=n>{first:,}</td><td class=n>{second:,}</td>"
        for name, first, second in zip(_SCORE_BINS, own, reviewed, strict=True)
    ]
    keys = "".join(
        f'<svg class=key viewBox="0 0 1 1" aria-hidden=true><rect class={look} width=1 height=1 /></svg>{name}'
        for look, name in (("first", "自评"), ("second", "复核"))
    )
    head = (("得分（百分制）", ""), ("表的多少", ""), ("自评", "n"), ("复核", "n"))
    return f"<p class=soft>{keys}</p>\n{table('各分数段有多少张表；含下限，不含上限', head, rows)}"


def _of_findings(database: duckdb.DuckDBPyConnection) -> str:
    spread = facts.histogram(database, "错误 + 警告 + 提示", _COUNT_EDGES)
    rows = [
        f"<th scope=row>{name}</th><td class=bar>{bar(count, max(spread))}</td><td class=n>{count:,}</td>"
        for name, count in zip(_COUNT_BINS, spread, strict=True)
    ]
    return table("一张表的错误、警告、提示合计", (("问题数", ""), ("表的多少", ""), ("表", "n")), rows)
