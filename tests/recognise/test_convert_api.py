"""perfeval_lint.convert, as programs call it."""

from __future__ import annotations

from pathlib import Path

import pytest

import perfeval_lint
from perfeval_lint.errors import UnreadableFile, UsageError
from perfeval_lint.form.load import load
from perfeval_lint.form.model import to_plain
from perfeval_lint.form.origin import TableCell
from perfeval_lint.render.render import render

EXAMPLES = Path(__file__).parents[2] / "examples"
YAML = EXAMPLES / "chaoyang-2020-transfer.yaml"


def test_paths_and_bytes_give_the_same_forms(tmp_path: Path) -> None:
    (document,) = load(YAML.read_bytes())
    assert document.form is not None
    data = render(document.form, ".docx")
    path = tmp_path / "表.docx"
    path.write_bytes(data)
    (from_path,), (from_bytes,) = perfeval_lint.convert(path), perfeval_lint.convert(data)
    assert to_plain(from_path) == to_plain(from_bytes) == to_plain(document.form)
    assert to_plain(perfeval_lint.convert(YAML.read_bytes())[0]) == to_plain(document.form)


def test_every_value_of_a_word_file_knows_its_cell() -> None:
    (document,) = load(YAML.read_bytes())
    assert document.form is not None
    (form,) = perfeval_lint.convert(render(document.form, ".docx"))
    origins = [value.origin for row in form.records["绩效指标"] for value in row.values.values()]
    assert all(isinstance(origin, TableCell) for origin in origins)
    assert len(set(origins)) > 100


def test_amounts_in_yuan_keep_what_was_printed() -> None:
    text = """项目支出绩效自评表（2023年度）

| 项目名称 | 修桥 | 金额单位 | 元 |
|---|---|---|---|
| 项目资金 | 全年预算数 | 全年执行数 | 执行率 |
| 年度资金总额 | 5,437,000 | 5089500.00 | 93.61% |
"""
    (form,) = perfeval_lint.convert(text.encode())
    values = form.records["项目资金"][0].values
    assert (values["全年预算数"].text, values["全年预算数"].printed) == ("543.7", "5,437,000")
    assert (values["全年执行数"].text, values["全年执行数"].printed) == ("508.95", "5089500.00")
    assert (values["执行率"].text, values["执行率"].printed) == ("93.61%", "")


def test_what_is_no_form_is_an_error() -> None:
    with pytest.raises(UnreadableFile, match="没有找到绩效自评表"):
        perfeval_lint.convert("散文一篇".encode())
    with pytest.raises(UsageError):
        perfeval_lint.convert("没有的文件.docx")
