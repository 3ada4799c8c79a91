"""Pandera on polars: a schema a table, lazy, the failure cases with their row numbers."""

from __future__ import annotations

from typing import Any

from rivals.common import Violation
from rivals.loads import from_columns, from_files  # noqa: F401  (how its forms are loaded)

REQUIRES = ("pandera", "polars", "pyarrow", "pyyaml")
EXPRESSES = {
    "PE001": "yes",
    "PE009": "joined",
    "PE101": "code",
    "PE201": "joined",
    "PE301": "code",
    "PE302": "yes",
    "PE303": "joined",
    "PE304": "code",
    "PE308": "joined",
    "PE401": "code",
    "PE502": "yes",
}


def check(data: Any) -> list[Violation]:
    """Validates the joined tables and numbers the failures by form and row."""
    import pandera.polars as pa
    import polars as pl

    from rivals.frames import joined

    tables = joined(data)
    schemas = _schemas()
    found: list[Violation] = []
    for table, schema in schemas.items():
        frame = tables[table]
        try:
            schema.validate(frame, lazy=True)
        except pa.errors.SchemaErrors as error:
            cases = error.failure_cases.select("column", "check", pl.col("index").cast(pl.Int64)).rows()
            forms = frame["表号"].to_list()
            rows = frame["行号"].to_list() if "行号" in frame.columns else [0] * len(forms)
            nulls = _NULLS[table]
            for column, name, index in cases:
                found.append((forms[index], nulls[column] if name == "not_nullable" else name, rows[index]))
    return found


_NULLS = {
    "表": {"年度": "PE001 年度", "项目名称": "PE001 项目名称", "单位": "PE001 单位", "主管": "PE001 主管"},
    "资金": {},
    "指标": {"实际完成值": "PE502"},
}


def _schemas() -> dict[str, Any]:
    import pandera.polars as pa
    import polars as pl

    def row(expression: pl.Expr, name: str) -> pa.Check:
        return pa.Check(lambda data: data.lazyframe.select(expression.fill_null(value=True)), name=name)

    def not_negative(name: str) -> pa.Column:
        return pa.Column(
            None, pa.Check(lambda data: data.lazyframe.select(pl.col(data.key) >= 0), name=name), nullable=True
        )

    score_fits = pl.col("得分") <= pl.col("分值")
    has_score = pl.col("分值原文").is_null() | pl.col("得分原文").is_not_null()
    explained = (pl.col("得分") >= pl.col("分值")) | pl.col("偏差原因").is_not_null()
    required = {name: pa.Column(None, nullable=False) for name in ("年度", "项目名称", "单位", "主管")}
    return {
        "表": pa.DataFrameSchema(
            required | {"总分得分": not_negative("PE302 总分")},
            checks=[
                row(pl.col("分值满百"), "PE201"),
                row(pl.col("总分相符"), "PE303"),
                row(pl.col("总分等级").str.slice(0, 1) == pl.col("应有等级"), "PE308"),
            ],
        ),
        "资金": pa.DataFrameSchema(
            {"得分": not_negative("PE302 资金")},
            checks=[
                row(pl.col("全年执行数") <= pl.col("全年预算数") + pl.lit("0.01").cast(pl.Decimal(38, 6)), "PE101"),
                row(score_fits, "PE301 资金"),
                row(~pl.col("总额行") | has_score, "PE304 资金"),
            ],
        ),
        "指标": pa.DataFrameSchema(
            {"得分": not_negative("PE302 指标"), "实际完成值": pa.Column(None, nullable=False)},
            checks=[
                row(pl.col("首次"), "PE009"),
                row(score_fits, "PE301 指标"),
                row(has_score, "PE304 指标"),
                row(explained, "PE401"),
            ],
        ),
    }
