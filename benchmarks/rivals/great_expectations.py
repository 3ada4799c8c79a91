"""Great Expectations on pandas: a suite a table, complete results with the indexes of the unexpected rows."""

from __future__ import annotations

import os
from typing import Any

from rivals.common import Violation
from rivals.loads import from_columns, from_files  # noqa: F401  (how its forms are loaded)

REQUIRES = ("great_expectations", "polars", "pyarrow", "pyyaml")
EXPRESSES = {
    "PE001": "yes",
    "PE009": "joined",
    "PE101": "joined",
    "PE201": "joined",
    "PE301": "yes",
    "PE302": "yes",
    "PE303": "joined",
    "PE304": "yes",
    "PE308": "joined",
    "PE401": "yes",
    "PE502": "yes",
}


def check(data: Any) -> list[Violation]:
    """Validates the joined tables, as pandas frames, and numbers the unexpected rows by form and row."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    import polars as pl

    from rivals.frames import as_floats, joined

    tables = as_floats(joined(data))
    tables["表"] = tables["表"].with_columns(pl.col("总分等级").str.slice(0, 1))
    tables["资金"] = tables["资金"].with_columns((pl.col("全年预算数") + 0.01).alias("上限"))
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("forms")
    found: list[Violation] = []
    for table, expectations in _expectations().items():
        frame = tables[table].to_pandas()
        batch = source.add_dataframe_asset(table).add_batch_definition_whole_dataframe("all")
        suite = gx.ExpectationSuite(name=table, expectations=list(expectations))
        result = batch.get_batch({"dataframe": frame}).validate(suite, result_format="COMPLETE")
        forms = frame["表号"].tolist()
        rows = frame["行号"].tolist() if "行号" in frame.columns else [0] * len(forms)
        for one in result.results:
            if one.exception_info.get("raised_exception"):
                raise RuntimeError(one.exception_info["exception_message"])
            name = one.expectation_config.meta["check"]
            found += [(forms[index], name, rows[index]) for index in one.result["unexpected_index_list"] or ()]
    return found


def _expectations() -> dict[str, Any]:
    import great_expectations.expectations as gxe

    def named(name: str) -> dict[str, Any]:
        return {"meta": {"check": name}}

    def required(column: str, name: str) -> Any:
        return gxe.ExpectColumnValuesToNotBeNull(column=column, **named(name))

    def not_negative(column: str, name: str) -> Any:
        return gxe.ExpectColumnValuesToBeBetween(column=column, min_value=0, **named(name))

    def at_most(smaller: str, larger: str, name: str) -> Any:
        return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A=larger, column_B=smaller, or_equal=True, ignore_row_if="either_value_is_missing", **named(name)
        )

    def true(column: str, name: str) -> Any:
        return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=[True], **named(name))

    def required_where(column: str, condition: str, name: str) -> Any:
        return gxe.ExpectColumnValuesToNotBeNull(
            column=column, row_condition=condition, condition_parser="pandas", **named(name)
        )

    return {
        "表": (
            required("年度", "PE001 年度"),
            required("项目名称", "PE001 项目名称"),
            required("单位", "PE001 单位"),
            required("主管", "PE001 主管"),
            true("分值满百", "PE201"),
            not_negative("总分得分", "PE302 总分"),
            true("总分相符", "PE303"),
            gxe.ExpectColumnPairValuesToBeEqual(
                column_A="总分等级", column_B="应有等级", ignore_row_if="either_value_is_missing", **named("PE308")
            ),
        ),
        "资金": (
            at_most("全年执行数", "上限", "PE101"),
            at_most("得分", "分值", "PE301 资金"),
            not_negative("得分", "PE302 资金"),
            required_where("得分原文", "总额行 and 分值原文.notnull()", "PE304 资金"),
        ),
        "指标": (
            true("首次", "PE009"),
            at_most("得分", "分值", "PE301 指标"),
            not_negative("得分", "PE302 指标"),
            required_where("得分原文", "分值原文.notnull()", "PE304 指标"),
            required_where("偏差原因", "得分 < 分值", "PE401"),
            required("实际完成值", "PE502"),
        ),
    }
