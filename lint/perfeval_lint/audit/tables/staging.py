"""The temporary tables of one import: what it knows of forms and rows before it inserts them.

A place (位置) orders all rows of a canonical table: the part, the file, the row in it.
"""

from __future__ import annotations

from typing import Final

FOUND_FORMS: Final = "temp.导入的表"
"""A row for each key of the forms' own rows, of those not deleted.

表键; 首行, the place of the first row, NULL where all are deleted; 行数; 不一, whether rows that repeat their form
differ; 表号, NULL where all are deleted or the key is blank.
"""

ROW_COUNTS: Final = "temp.导入的行数"
"""A row for each form that has rows in a canonical table, and one for each kind of rows that have no form.

表号; 归属, one of the numbers below; 行数, of rows not deleted; 总行数, with deleted ones; 首行 and 末行, the first and
last place of those not deleted; 例键, the least key of rows without a form; 有序, whether the column of the order
agrees with the places.
"""

NUMBERED_ROWS: Final = "temp.导入的行"
"""A row for each one that is inserted: 位置; 表号; 行号, its number in the form from 0."""

TABLES: Final = (FOUND_FORMS, ROW_COUNTS, NUMBERED_ROWS)

OF_FORM, ORPHAN, OF_DELETED, NO_KEY = range(4)
"""归属: rows of a form that is imported, of none, of a deleted one; rows without a key."""

KEPT, GONE, UNKNOWN = range(3)
"""状态 of a row: not deleted, deleted, a code that says neither."""
