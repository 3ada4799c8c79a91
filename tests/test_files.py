"""Files written whole, the newest kept, Chinese text decoded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from perfeval_lint.files import encodings_of, keep_newest, written_new, written_whole

TEXT = "绩效自评表，得分 95.7"


def test_an_older_file_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "报表" / "结果.txt"
    with written_whole(path) as part:
        part.write_text("first")
        assert not path.exists()
    with pytest.raises(IsADirectoryError):
        _write_half(path)
    assert path.read_text() == "first"
    assert [file.name for file in path.parent.iterdir()] == ["结果.txt"]


def _write_half(path: Path) -> None:
    with written_whole(path) as part:
        part.write_text("second")
        raise IsADirectoryError


def test_a_new_file_appears_whole_and_only_where_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "库"
    for text in ("first", "second"):
        with written_new(path) as part:
            part.write_text(text)
            assert path.exists() == (text == "second")
    assert path.read_text() == "first"
    assert [file.name for file in tmp_path.iterdir()] == ["库"]


def test_a_name_as_long_as_the_disk_allows(tmp_path: Path) -> None:
    path = tmp_path / ("长" * 84 + ".x")  # 254 bytes; a name may have 255
    with written_whole(path) as part:
        part.write_text("whole")
    assert path.read_text() == "whole"


def test_the_oldest_go(tmp_path: Path) -> None:
    for age, name in enumerate(("c.zip", "a.zip", "b.zip", "d.txt")):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1_000_000 - age, 1_000_000 - age))
    keep_newest(tmp_path, "*.zip", 2)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.zip", "c.zip", "d.txt"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_text_is_read_in_whatever_encoding(encoding: str) -> None:
    data = TEXT.encode(encoding)
    texts = []
    for name in encodings_of(data):
        try:
            texts.append(data.decode(name))
        except UnicodeDecodeError:
            continue
    assert texts[0] == TEXT
