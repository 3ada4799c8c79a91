"""Pointblank on polars: a validation a table, the failing rows taken from its extracts."""

from __future__ import annotations

from typing import Any

from rivals.common import Violation
from rivals.loads import from_columns, from_files  # noqa: F401  (how its forms are loaded)

REQUIRES = ("pointblank", "polars", "pyarrow", "pyyaml")
EXPRESSES = {
    "PE001": "yes",
    "PE009": "joined",
    "PE101": "code",
    "PE201": "joined",
    "PE301": "yes",
    "PE302": "yes",
    "PE303": "joined",
    "PE304": "code",
    "PE308": "joined",
    "PE401": "code",
    "PE502": "yes",
}


def check(data: Any) -> list[Violation]:
    """Interrogates the joined tables and numbers the extracted rows by form and row."""
    import pointblank as pb
    import polars as pl

    from rivals.frames import as_floats, joined

    tables = as_floats(joined(data))  # its comparisons ask for is_nan, which decimals do not have
    has_score = pl.col("分值原文").is_null() | pl.col("得分原文").is_not_null()
    explained = (pl.col("得分") >= pl.col("分值")) | pl.col("偏差原因").is_not_null()
    fits = pl.col("全年执行数") <= pl.col("全年预算数") + 0.01
    graded = pl.col("总分等级").str.slice(0, 1) == pl.col("应有等级")
    forms = (
        pb.Validate(tables["表"])
        .col_vals_not_null("年度", brief="PE001 年度")
        .col_vals_not_null("项目名称", brief="PE001 项目名称")
        .col_vals_not_null("单位", brief="PE001 单位")
        .col_vals_not_null("主管", brief="PE001 主管")
        .col_vals_expr(pl.col("分值满百"), brief="PE201")
        .col_vals_ge("总分得分", 0, na_pass=True, brief="PE302 总分")
        .col_vals_expr(pl.col("总分相符"), brief="PE303")
        .col_vals_expr(graded.fill_null(value=True), brief="PE308")
    )
    funds = (
        pb.Validate(tables["资金"])
        .col_vals_expr(fits.fill_null(value=True), brief="PE101")
        .col_vals_le("得分", pb.col("分值"), na_pass=True, brief="PE301 资金")
        .col_vals_ge("得分", 0, na_pass=True, brief="PE302 资金")
        .col_vals_expr(~pl.col("总额行") | has_score, brief="PE304 资金")
    )
    indicators = (
        pb.Validate(tables["指标"])
        .col_vals_expr(pl.col("首次"), brief="PE009")
        .col_vals_le("得分", pb.col("分值"), na_pass=True, brief="PE301 指标")
        .col_vals_ge("得分", 0, na_pass=True, brief="PE302 指标")
        .col_vals_expr(has_score, brief="PE304 指标")
        .col_vals_expr(explained.fill_null(value=True), brief="PE401")
        .col_vals_not_null("实际完成值", brief="PE502")
    )
    return [violation for plan in (forms, funds, indicators) for violation in _failing(plan)]


def _failing(plan: Any) -> list[Violation]:
    done = plan.interrogate(get_first_n=10**9, extract_limit=10**9)
    found = []
    for number, extract in done.get_data_extracts().items():
        if extract is not None:
            rows = extract["行号"] if "行号" in extract.columns else [0] * len(extract)
            name = done.validation_info[number - 1].brief
            found += [(form, name, row) for form, row in zip(extract["表号"], rows, strict=True)]
    return found
