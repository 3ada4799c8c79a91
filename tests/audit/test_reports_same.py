"""The same content gives the same bytes, in whatever order, under whatever numbers, when and where."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfeval_lint.audit.ask.sample import draw, write_sample
from perfeval_lint.audit.reports.model import LetterWords, Options
from perfeval_lint.audit.reports.reports import REPORTS, write_reports


def _everything(database: Any, origin: Path) -> dict[str, bytes]:
    folder = origin / "结果"
    folder.mkdir(parents=True)
    write_reports(database, folder, REPORTS, Options(origin=origin, letters=LetterWords(sender="某市财政局")))
    sample = draw(database, 4, "2025")
    for kind in ("csv", "xlsx", "json"):
        write_sample(sample, folder / f"抽样.{kind}")
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_content_gives_the_same_bytes(
    store: Any, published: list[Any], file: Any, finding: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [file("坏.pdf", "读不了", "scanned", "是扫描件"), file("另.pdf", "读不了", "scanned", "是扫描件")]
    waived = replace(published[0], file="豁免.xlsx", findings=(finding(place="甲!C5", waived="撤销"),) * 2)
    forms = [*published, waived]
    first = _everything(store(forms, files, seed=1), tmp_path / "一")
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    try:
        second = _everything(store(forms[::-1], files[::-1], seed=40), tmp_path / "另一个目录")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert set(first) == set(second)
    assert [name for name in first if first[name] != second[name]] == []
    assert sum(name.endswith(".docx") for name in first) >= 3
    for data in first.values():
        assert str(tmp_path).encode() not in data
