"""convert, render, new, and linting of files that are not YAML."""

from __future__ import annotations

import json
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from perfeval_lint.cli.main import cli
from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form, to_plain

EXAMPLES = Path(__file__).parents[2] / "examples"
EXCHANGE = EXAMPLES / "beijing-2021-ip-exchange.yaml"
# Before click 8.2 standard error is captured by itself only if the runner says so.
APART: dict[str, Any] = {"mix_stderr": False} if "mix_stderr" in signature(CliRunner).parameters else {}


def run(*args: object) -> tuple[int, str, str]:
    result = CliRunner(**APART).invoke(cli, [str(arg) for arg in args], catch_exceptions=True)
    if result.exception and not isinstance(result.exception, SystemExit):
        return 2, result.stdout, str(result.exception)
    return result.exit_code, result.stdout, result.stderr


def forms_of(text: str | bytes) -> list[Form]:
    documents = list(load(text))
    assert all(document.problems == () for document in documents)
    return [document.form for document in documents if document.form]


@pytest.fixture(scope="module")
def word(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("office") / "国际交流.docx"
    assert run("render", EXCHANGE, "-o", path)[0] == 0
    return path


def test_a_word_file_becomes_yaml_on_the_screen(word: Path) -> None:
    status, out, err = run("convert", word)
    assert status == 0
    assert to_plain(forms_of(out)[0]) == to_plain(forms_of(EXCHANGE.read_bytes())[0])
    assert "共 1 个文件：转换出 1 张表" in err


def test_what_convert_writes_lints_without_structural_findings(word: Path, tmp_path: Path) -> None:
    target = tmp_path / "表.yaml"
    assert run("convert", word, "-o", target)[0] == 0
    status, out, _ = run("lint", target, "--select", "PE0", "--format", "json")
    assert status == 0
    report = json.loads(out)
    assert report["files"][0]["errors"] == []
    assert {finding["rule"] for finding in report["files"][0]["forms"][0]["findings"]} <= {"PE007"}


def test_findings_on_a_word_file_point_to_its_cells(word: Path) -> None:
    _, out, _ = run("lint", word, "--format", "json", "--select", "PE305")
    findings = json.loads(out)["files"][0]["forms"][0]["findings"]
    assert [finding["path"] for finding in findings] == ["绩效指标[0].得分", "绩效指标[6].得分", "绩效指标[17].得分"]
    assert all(set(finding["location"]) == {"table", "row", "cell"} for finding in findings)
    _, text, _ = run("lint", word, "--select", "PE305")
    assert f"{word}:表1第{findings[0]['location']['row']}行" in text.replace("\n", "")


def test_findings_on_a_workbook_point_to_sheet_and_cell(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    run("render", EXCHANGE, "-o", path)
    _, out, _ = run("lint", path, "--format", "json", "--select", "PE305")
    location = json.loads(out)["files"][0]["forms"][0]["findings"][0]["location"]
    assert location["sheet"] == "绩效自评表"
    assert location["cell"][:1].isalpha()


def test_a_folder_is_converted_file_by_file(word: Path, tmp_path: Path) -> None:
    inbox = tmp_path / "收件"
    (inbox / "二科").mkdir(parents=True)
    (inbox / "二科" / "表.docx").write_bytes(word.read_bytes())
    (inbox / "表.docx").write_bytes(word.read_bytes())
    (inbox / "表.txt").write_bytes(EXCHANGE.with_suffix(".txt").read_bytes())
    (inbox / "~$表.docx").write_bytes(b"lock")
    (inbox / "空.docx").write_bytes(b"")
    status, _, err = run("convert", inbox, "-o", tmp_path / "out")
    assert status == 2
    written = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.*"))
    assert written == ["二科/表.yaml", "表.txt.yaml", "表.yaml"]
    assert "空.docx" in err
    assert "共 4 个文件：转换出 3 张表" in err


def test_several_files_need_a_folder(word: Path) -> None:
    status, _, err = run("convert", word, EXCHANGE)
    assert status == 2
    assert "用 -o 指定一个目录" in err


def test_a_file_is_never_written_over_itself(word: Path) -> None:
    before = word.read_bytes()
    status, _, err = run("render", word, "-o", word)
    assert status == 2
    assert "不能写到原来的文件上" in err
    assert word.read_bytes() == before


def test_doubts_are_told_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "表.md"
    path.write_text(
        "项目支出绩效自评表（2023年度）\n\n| 项目名称 | 修桥 | | | | |\n|---|---|---|---|---|---|\n"
        "| 一级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 |\n"
        "| 产出指标 | 修桥 | 3座 | 3座 | 50 | 50 |\n| | | 2座 | 1座 | 40 | 20 |\n| 总分 | | | | 100 | 70 |\n",
        encoding="utf-8",
    )
    status, out, err = run("convert", path)
    assert status == 0
    assert "存疑" in err
    (form,) = forms_of(out)
    assert to_plain(form)["存疑"] == [
        {"位置": "绩效指标[1].三级指标", "原因": "名称一格空白，按与上一行合并取了上一行的名称"}
    ]
    target = tmp_path / "表.yaml"
    target.write_text(out, encoding="utf-8")
    for file in (path, target):
        _, text, _ = run("lint", file, "--format", "json")
        findings = json.loads(text)["files"][0]["forms"][0]
        assert findings["doubts"][0]["path"] == "绩效指标[1].三级指标"
        unsure = [found for found in findings["findings"] if found["message"].endswith("（请核对识别结果）")]
        assert unsure
        assert all(found["path"].startswith("绩效指标[1]") or "[" not in found["path"] for found in unsure)


@pytest.mark.parametrize("kind", ["项目", "转移支付", "部门整体"])
@pytest.mark.parametrize("suffix", [".yaml", ".docx", ".xlsx", ".html"])
def test_new_writes_an_empty_form(kind: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"空表{suffix}"
    assert run("new", kind, "--year", 2025, "-o", path)[0] == 0
    status, out, err = run("convert", path) if suffix != ".yaml" else (0, path.read_text(encoding="utf-8"), "")
    assert (status, "存疑" in err) == (0, False)
    (form,) = forms_of(out)
    assert form.text("年度") == "2025"


def test_new_takes_the_weights_of_a_profile() -> None:
    _, out, _ = run("new", "--profile", "101号")
    plain = to_plain(forms_of(out)[0])
    assert plain["指标分组"] == {"成本指标": "20", "产出指标": "40", "效益指标": "20", "满意度指标": "10"}
    _, out, _ = run("new", "--profile", "湖北")
    assert to_plain(forms_of(out)[0])["项目资金"][0]["分值"] == "20"  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("空.docx", b"", "0 字节"),
        ("坏.docx", b"PK\x03\x04 broken", "损坏"),
        ("图.pdf", b"\x89PNG\r\n\x1a\n....", "图片"),
        ("包.zip", b"Rar!\x1a\x07\x00", "压缩包"),
        ("散文.txt", "今年的工作做得很好。".encode(), "没有找到绩效自评表"),
        ("表.ofd", b"not a zip", "认不出"),
    ],
)
def test_what_cannot_be_read_is_told_with_the_remedy(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    for command in ("convert", "lint"):
        status, out, err = run(command, path)
        assert status == 2
        text = (out + err).replace("\n", "").replace(" ", "")
        assert name in text
        assert said.replace(" ", "") in text
        assert "Traceback" not in text


def test_an_unknown_kind_of_output_is_refused(tmp_path: Path) -> None:
    status, _, err = run("render", EXCHANGE, "-o", tmp_path / "表.pdf")
    assert status == 2
    assert ".docx" in err
