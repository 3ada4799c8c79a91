"""Grades: alone, ticked among others, behind a score."""

from __future__ import annotations

import re

from perfeval_lint.values.pieces import fits_sql, found_sql, let_sql
from perfeval_lint.values.text import clean, text_sql

_GRADE = re.compile("[优良中差]|优秀|良好|一般|较差|合格|不合格")
_TICKED = re.compile("([优良中差])[(（]?[☑√✓✔■][)）]?(?:$|[□☐良中差])|[☑√✓✔■]([优良中差])")
_GRADED = re.compile("^[0-9.]+分?[(（]([优良中差])[)）]$")


def grade_in(text: str) -> str | None:
    """The grade a cell holds, alone, ticked among others (优☑ 良□) or behind a score; None where it holds none."""
    printed = clean(text)
    if _GRADE.fullmatch(printed):
        return printed
    ticked = _TICKED.search(printed) or _GRADED.fullmatch(printed)
    return next(filter(None, ticked.groups())) if ticked else None


def grade_sql(column: str, kind: str) -> str:
    """As grade_in(), but other text clean; NULL for a blank cell."""
    found = ", ".join(found_sql("printed", one, group) for one, group in ((_TICKED, 1), (_TICKED, 2), (_GRADED, 1)))
    read = f"CASE WHEN {fits_sql('printed', _GRADE)} THEN printed ELSE coalesce({found}, printed) END"
    return let_sql("printed", text_sql(column, kind), read)
