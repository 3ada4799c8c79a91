"""docs/audit.md says what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from perfeval_lint.audit.ask.compare import Change
from perfeval_lint.audit.reports import facts, json_report
from perfeval_lint.audit.reports.letter_template import FINDING, LETTER
from perfeval_lint.audit.reports.model import EXCEL_LINKS, EXCEL_ROWS, Limits, Options

PAGE = (Path(__file__).parents[2] / "docs" / "audit.md").read_text("utf-8")


def test_every_placeholder_is_told_and_no_other() -> None:
    told = set(re.findall(r"`\{\{([^…{}]+)\}\}`", PAGE))
    assert told == {*LETTER, *FINDING}


def test_the_limits_and_the_changes_are_told() -> None:
    limits = Limits()
    for number in (limits.workbook_rows, EXCEL_ROWS, EXCEL_LINKS, limits.page_forms, limits.letter_findings):
        assert str(number) in PAGE
    assert f"每张表 {limits.page_findings} 条" in PAGE
    assert all(change in PAGE for change in Change)


def test_the_json_has_the_shape_that_is_shown(store: Any, form: Any, finding: Any, tmp_path: Path) -> None:
    (block,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    unknown = (("PE305", "绩效指标[2].得分", "绩效指标 第3项·得分", "绩效指标.实际完成值"),)
    database = store([form(findings=(finding(),), outcomes={"PE401": (3, 1, 0, 0)}, unknown=unknown)])
    facts.prepare(database)
    (path,) = json_report.write(database, tmp_path, Options()).files
    assert _shape(json.loads(path.read_text("utf-8"))) == _shape(json.loads(block))


def _shape(value: Any) -> Any:
    """A value with its texts left out, one item a list, keys in order."""
    if isinstance(value, dict):
        return [(key, _shape(inner)) for key, inner in value.items()]
    if isinstance(value, list):
        return [_shape(inner) for inner in value[:1] if not isinstance(inner, str)]
    return None if value is None or isinstance(value, str) else type(value)
