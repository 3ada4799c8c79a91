"""Columns that are no text are printed as they are stored, amounts exactly."""

from __future__ import annotations

import duckdb
import pytest

from perfeval_lint.values.money import in_ten_thousands_sql
from perfeval_lint.values.stored import stored_sql


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("1e20", "DOUBLE", "100000000000000000000"),
        ("1e-7", "DOUBLE", "0.0000001"),
        ("508.95", "DOUBLE", "508.95"),
        ("10", "DOUBLE", "10"),
        ("'nan'", "DOUBLE", None),
        ("1.1", "FLOAT", "1.1"),
        ("9.70", "DECIMAL(10,2)", "9.7"),
        ("100", "DECIMAL(10,2)", "100"),
        ("100", "DECIMAL(10,0)", "100"),
        ("12345678901234567890", "HUGEINT", "12345678901234567890"),
        ("'2021-02-03'", "DATE", "2021-02-03"),
        ("'2021-02-03 01:02:03'", "TIMESTAMP", "2021-02-03"),
        ("NULL", "INTEGER", None),
    ],
)
def test_a_typed_cell_is_printed_as_it_is_stored(value: str, kind: str, text: str | None) -> None:
    assert duckdb.execute(f"SELECT {stored_sql('c', kind)} FROM (SELECT {value}::{kind} AS c)").fetchone() == (text,)


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("5437000", "BIGINT", "543.7"),
        ("5437000.00", "DECIMAL(18,2)", "543.7"),
        ("0.01", "DECIMAL(18,2)", "0.000001"),
        ("123456789012.34", "DECIMAL(18,2)", "12345678.901234"),
        ("10000", "DOUBLE", "1"),
    ],
)
def test_typed_amounts_in_yuan_are_exact_in_ten_thousands(value: str, kind: str, text: str) -> None:
    expression = in_ten_thousands_sql("c", kind, "元")
    assert duckdb.execute(f"SELECT {expression} FROM (SELECT {value}::{kind} AS c)").fetchone() == (text,)
