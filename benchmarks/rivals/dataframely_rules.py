"""The schemas of dataframely: columns, and rules as polars expressions that are true of a sound row."""
# ruff: noqa: N805  (dy.rule makes class methods of them)

from __future__ import annotations

from typing import Any

import dataframely as dy
import polars as pl

TEXT: dict[str, Any] = {"nullable": True}
NUMBER: dict[str, Any] = {"nullable": True, "precision": 38, "scale": 6}


class Forms(dy.Schema):
    """A form, with its sums beside it."""

    表号 = dy.Any()
    年度 = dy.String(nullable=False)
    项目名称 = dy.String(nullable=False)
    单位 = dy.String(nullable=False)
    主管 = dy.String(nullable=False)
    总分得分 = dy.Decimal(**NUMBER, min=0)
    总分等级 = dy.String(**TEXT)
    应有等级 = dy.String(**TEXT)
    分值满百 = dy.Bool(nullable=False)
    总分相符 = dy.Bool(nullable=False)

    @dy.rule()
    def adds_up(cls) -> pl.Expr:
        return pl.col("分值满百")

    @dy.rule()
    def total_agrees(cls) -> pl.Expr:
        return pl.col("总分相符")

    @dy.rule()
    def grade_agrees(cls) -> pl.Expr:
        return pl.col("总分等级").str.slice(0, 1) == pl.col("应有等级")


class Funds(dy.Schema):
    """A fund row."""

    表号 = dy.Any()
    行号 = dy.Any()
    总额行 = dy.Bool(nullable=True)
    全年预算数 = dy.Decimal(**NUMBER)
    全年执行数 = dy.Decimal(**NUMBER)
    分值 = dy.Decimal(**NUMBER)
    分值原文 = dy.String(**TEXT)
    得分 = dy.Decimal(**NUMBER, min=0)
    得分原文 = dy.String(**TEXT)

    @dy.rule()
    def within_budget(cls) -> pl.Expr:
        return pl.col("全年执行数") <= pl.col("全年预算数") + pl.lit("0.01").cast(pl.Decimal(38, 6))

    @dy.rule()
    def fits(cls) -> pl.Expr:
        return pl.col("得分") <= pl.col("分值")

    @dy.rule()
    def scored(cls) -> pl.Expr:
        return ~pl.col("总额行") | pl.col("分值原文").is_null() | pl.col("得分原文").is_not_null()


class Indicators(dy.Schema):
    """An indicator."""

    表号 = dy.Any()
    行号 = dy.Any()
    首次 = dy.Bool(nullable=False)
    分值 = dy.Decimal(**NUMBER)
    分值原文 = dy.String(**TEXT)
    得分 = dy.Decimal(**NUMBER, min=0)
    得分原文 = dy.String(**TEXT)
    偏差原因 = dy.String(**TEXT)
    实际完成值 = dy.String(nullable=False)

    @dy.rule()
    def unlike_earlier(cls) -> pl.Expr:
        return pl.col("首次")

    @dy.rule()
    def fits(cls) -> pl.Expr:
        return pl.col("得分") <= pl.col("分值")

    @dy.rule()
    def scored(cls) -> pl.Expr:
        return pl.col("分值原文").is_null() | pl.col("得分原文").is_not_null()

    @dy.rule()
    def explained(cls) -> pl.Expr:
        return (pl.col("得分") >= pl.col("分值")) | pl.col("偏差原因").is_not_null()


SCHEMAS = {"表": Forms, "资金": Funds, "指标": Indicators}
