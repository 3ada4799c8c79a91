"""--annotate and -o: what is written, what is refused, and the messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfeval_lint.form.load import load
from perfeval_lint.render.render import render

ROOT = Path(__file__).parents[2]
FLAWED = ROOT / "examples/flawed.yaml"
PDF = ROOT / "tests/read_web/fixtures/form.pdf"


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """The flawed form as Word, Excel and PDF files."""
    (document,) = load(FLAWED.read_bytes())
    assert document.form is not None
    for kind in (".docx", ".xlsx"):
        (tmp_path / f"表{kind}").write_bytes(render(document.form, kind))
    (tmp_path / "表.pdf").write_bytes(PDF.read_bytes())
    return tmp_path


@pytest.mark.parametrize("kind", [".docx", ".xlsx", ".pdf"])
def test_the_copy_is_judged_as_the_original(command, papers, kind):
    before = (papers / f"表{kind}").read_bytes()
    run = command(f"表{kind}", "--annotate", f"批注/新{kind}", "--format", "json")
    assert run.status in (0, 1)
    assert run.err.strip() == f"批注写在 批注/新{kind}"
    assert (papers / f"表{kind}").read_bytes() == before
    again = command(f"批注/新{kind}", "--format", "json")
    assert again.findings == run.findings
    assert run.findings


def test_the_report_is_printed_as_ever(command, papers):
    plain = command("表.docx")
    assert command("表.docx", "--annotate", "b.docx").out == plain.out


REFUSED = {
    "two files": (("表.docx", "表.xlsx", "--annotate", "b.docx"), "一次只能给一个文件"),
    "a folder": ((".", "--annotate", "b.docx"), "一次只能给一个文件"),
    "standard input": (("-", "--annotate", "b.docx"), "一次只能给一个文件"),
    "another kind": (("表.docx", "--annotate", "b.pdf"), "同一种"),
    "the original": (("表.docx", "--annotate", "表.docx"), "不能写到原来的文件上"),
    "a report over a form": (("表.docx", "表.xlsx", "--format", "json", "-o", "表.xlsx"), "不能写到原来的文件上"),
    "no such file": (("没有.docx", "--annotate", "b.docx"), "文件不存在"),
    "a kind without comments": (("表.yaml", "--annotate", "b.yaml"), "加不了批注"),
    "a broken file": (("坏.docx", "--annotate", "b.docx"), "已损坏"),
    "no place to write": (("表.docx", "--annotate", "表.xlsx/b.docx"), "写不了"),
    "-o for the screen": (("表.docx", "-o", "b.txt"), "-o 只用于"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_done_is_told(command, papers, name):
    (papers / "坏.docx").write_bytes((papers / "表.docx").read_bytes()[:2000])
    (papers / "表.yaml").write_bytes(FLAWED.read_bytes())
    before = {path.name for path in papers.iterdir()}
    arguments, message = REFUSED[name]
    run = command(*arguments)
    assert run.status == 2
    assert message in run.err
    assert "Traceback" not in run.err
    assert {path.name for path in papers.iterdir()} == before


@pytest.mark.parametrize("form", ["json", "html"])
def test_a_report_written_to_a_file(command, papers, form):
    shown = command("表.docx", "--format", form)
    written = command("表.docx", "--format", form, "-o", "out/报告")
    assert (papers / "out/报告").read_text("utf-8") == shown.out
    assert written.out == ""
    assert written.status == shown.status
