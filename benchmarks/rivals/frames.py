"""The forms as polars frames, for the validators of data frames.

`joined` brings what stands in other tables to the rows that are checked; these validators look at one table at a time.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from rivals.common import NUMBERS, TOTAL_ROW, columns

Frames = dict[str, pl.DataFrame]
DECIMAL = pl.Decimal(38, 6)


def from_files(folder: Path) -> Frames:
    """From YAML files: numbers typed, and kept as printed in a column 原文 beside them."""
    return {
        table: _typed(pl.DataFrame(content, infer_schema_length=None)) for table, content in columns(folder).items()
    }


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    numbers = [name for name in NUMBERS if name in frame.columns]
    texts = frame.with_columns(pl.col(name).cast(pl.String) for name in frame.columns if name not in ("表号", "行号"))
    return texts.with_columns(
        *(pl.col(name).alias(f"{name}原文") for name in numbers),
        *(pl.col(name).cast(DECIMAL) for name in numbers),
    )


def from_columns(folder: Path) -> Frames:
    """From Parquet files of the same tables."""
    frames = {table: pl.read_parquet(folder / f"{table}.parquet") for table in ("表", "资金", "指标")}
    frames["表"] = frames["表"].with_columns(pl.col("年度原文").alias("年度"))
    return {
        table: frame.with_columns(pl.col(name).cast(DECIMAL) for name in NUMBERS if name in frame.columns)
        for table, frame in frames.items()
    }


def joined(frames: Frames) -> Frames:
    """Each form with the sums over its rows, and each indicator with whether it is the first of its like."""
    is_total = pl.col("资金来源") == TOTAL_ROW
    lacking = pl.col("得分原文").is_null() & pl.col("分值原文").is_not_null()
    like = ("表号", "二级指标", "三级指标", "年度指标值")
    indicators = frames["指标"].with_columns(
        (pl.struct(like).is_first_distinct() | pl.col("三级指标").is_null()).alias("首次")
    )
    funds = frames["资金"].with_columns(is_total.alias("总额行"))
    of_rows = indicators.group_by("表号").agg(
        pl.col("分值").sum().alias("指标分值"),
        pl.col("得分").sum().alias("指标得分"),
        pl.col("分值原文").count().alias("分值数"),
        pl.col("得分原文").count().alias("得分数"),
        lacking.sum().alias("缺得分"),
        _digits("得分原文").max().alias("指标位数"),
    )
    of_total = (
        funds.filter(is_total)
        .group_by("表号")
        .agg(
            pl.col("分值").max().alias("执行分值"),
            pl.col("得分").max().alias("执行得分"),
            lacking.sum().alias("缺执行得分"),
            _digits("得分原文").max().alias("执行位数"),
        )
    )
    forms = frames["表"].join(of_rows, on="表号", how="left").join(of_total, on="表号", how="left")
    return {"表": forms.with_columns(_sums()).with_columns(_agreeing()), "资金": funds, "指标": indicators}


def as_floats(frames: Frames) -> Frames:
    """The frames with binary numbers in place of decimals, for validators that know no others."""
    return {table: frame.with_columns(pl.col(pl.Decimal).cast(pl.Float64)) for table, frame in frames.items()}


def _digits(name: str) -> pl.Expr:
    """The decimal places printed."""
    return pl.col(name).str.split(".").list.get(1, null_on_oob=True).str.len_chars().fill_null(0).cast(pl.Int64)


def _sums() -> list[pl.Expr]:
    rows = pl.max_horizontal(pl.col("指标位数").fill_null(0), pl.col("执行位数").fill_null(0)).clip(0, 2)
    total = _digits("总分得分原文").clip(0, 2)
    return [
        (pl.col("指标分值").fill_null(0) + pl.col("执行分值").fill_null(0)).alias("分值合计"),
        (pl.col("指标得分").fill_null(0) + pl.col("执行得分").fill_null(0)).alias("得分合计"),
        pl.when(rows == 0).then(total).otherwise(pl.min_horizontal(rows, total)).alias("位数"),
        pl.coalesce("实施单位", "资金使用单位", "部门").alias("单位"),
        pl.coalesce("主管部门", "地方主管部门", "中央主管部门").alias("主管"),
        pl.when(pl.col("总分得分") >= 90)
        .then(pl.lit("优"))
        .when(pl.col("总分得分") >= 80)
        .then(pl.lit("良"))
        .when(pl.col("总分得分") >= 60)
        .then(pl.lit("中"))
        .when(pl.col("总分得分").is_not_null())
        .then(pl.lit("差"))
        .alias("应有等级"),
    ]


def _agreeing() -> list[pl.Expr]:
    """The check of PE201 and PE303 as true or false, true where it does not apply."""
    complete = (
        pl.col("总分得分原文").is_not_null()
        & (pl.col("得分数") > 0)
        & (pl.col("缺得分").fill_null(0) == 0)
        & (pl.col("缺执行得分").fill_null(0) == 0)
    )
    half = pl.when(pl.col("位数") == 0).then(0.5).when(pl.col("位数") == 1).then(0.05).otherwise(0.005)
    apart = (pl.col("总分得分") - pl.col("得分合计")).abs()
    return [
        ((pl.col("分值数").fill_null(0) == 0) | (pl.col("分值合计") == 100)).alias("分值满百"),
        (~complete | (apart <= half.cast(DECIMAL))).fill_null(value=True).alias("总分相符"),
    ]
