"""The HTTP interface, over the wire: it answers as the command does and as openapi.json says."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import jsonschema
import pytest
import yaml
from openapi_spec_validator import validate

import perfeval_lint
from perfeval_lint.form.dump import dump
from perfeval_lint.form.load import load
from perfeval_lint.render.render import render
from perfeval_lint.serve.app import application
from perfeval_lint.serve.guard import Access
from perfeval_lint.serve.model import problem
from tests.serve.serving import EXAMPLES, ROOT, Server, post

FLAWED = ROOT / "examples/flawed.yaml"
KINDS = (".docx", ".xlsx")


@pytest.fixture(scope="session")
def described(server: Server) -> dict:
    return httpx.get(f"{server.base}/openapi.json").json()


def answer_schema(described: dict, path: str, kind: str = "application/json", status: str = "200") -> dict:
    """Returns the schema of the answers of an address in openapi.json, ready for jsonschema."""
    methods = described["paths"][path]
    answer = next(iter(methods.values()))["responses"][status]
    if "$ref" in answer:
        answer = described["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return {"components": described["components"], **answer["content"][kind]["schema"]}


def rendered(kind: str, example: Path = EXAMPLES[0]) -> bytes:
    (document,) = load(example.read_bytes())
    assert document.form is not None
    return render(document.form, kind)


@pytest.mark.parametrize("example", [*EXAMPLES, FLAWED], ids=lambda path: path.stem)
def test_lint_says_what_the_library_says(server, described, example):
    answer = post(server.base, "/lint", example)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    report = answer.json()
    expected = json.loads(perfeval_lint.lint(example).to_json())
    assert report["files"][0]["forms"] == expected["files"][0]["forms"]
    assert report["summary"] == expected["summary"]
    jsonschema.validate(report, answer_schema(described, "/lint"))


@pytest.mark.parametrize("kind", KINDS)
def test_files_of_other_kinds(server, kind):
    data = rendered(kind)
    found = post(server.base, "/lint", data, f"自评表{kind}").json()["files"][0]["forms"][0]["findings"]
    assert found
    expected = json.loads(perfeval_lint.lint(data).to_json())["files"][0]["forms"][0]["findings"]
    assert found == expected


def test_lint_as_a_page(server):
    answer = post(server.base, "/lint", FLAWED, format="html")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''flawed-%E5%AE%A1%E6%A0%B8.html"
    assert answer.text.startswith("<!DOCTYPE html>")
    assert "PE101" in answer.text


def test_convert(server):
    answer = post(server.base, "/convert", rendered(".docx"), "自评表.docx")
    assert answer.status_code == 200
    (document,) = load(EXAMPLES[0].read_bytes())
    (converted,) = load(answer.content)
    assert converted.form is not None
    assert document.form is not None
    assert converted.form.text("项目名称") == document.form.text("项目名称")
    assert not converted.problems


@pytest.mark.parametrize("kind", KINDS)
def test_annotate(server, kind):
    data = rendered(kind)
    answer = post(server.base, "/annotate", data, f"自评表{kind}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].endswith(f"-%E6%89%B9%E6%B3%A8{kind}")
    assert answer.content != data
    before, after = (perfeval_lint.lint(one).files[0].forms[0].verdict for one in (data, answer.content))
    assert [one.message for one in after.findings] == [one.message for one in before.findings]


def test_draw(server, described):
    answer = post(server.base, "/draw", FLAWED)
    answered = answer.json()
    jsonschema.validate(answered, answer_schema(described, "/draw"))
    (form,) = answered["forms"]
    assert form["项目名称"] == "基层业务培训"
    assert not answered["annotate"]
    assert 'data-path="绩效指标[0].得分"' in form["html"]
    assert "style=" not in form["html"]
    assert "<script" not in form["html"]
    assert yaml.safe_load(form["yaml"]) == yaml.safe_load(FLAWED.read_text("utf-8"))
    expected = json.loads(perfeval_lint.lint(FLAWED).to_json())["summary"]
    assert {level: form[level] for level in ("error", "warning", "info")} == {
        level: expected[level] for level in ("error", "warning", "info")
    }


def test_mend_takes_the_finding_away(server, described):
    (document,) = load(FLAWED.read_bytes())
    assert document.form is not None
    first = post(server.base, "/draw", FLAWED).json()["forms"][0]
    change = {"yaml": dump([document.form]), "path": "项目资金[0].全年执行数", "value": "５８．５"}
    answer = httpx.post(f"{server.base}/mend", params={"name": "表.yaml"}, json=change, timeout=300)
    form = answer.json()
    jsonschema.validate(form, answer_schema(described, "/mend"))
    assert yaml.safe_load(form["yaml"])["项目资金"][0]["全年执行数"] == 58.5
    before, after = ({one["rule"] for one in each["rules"]} for each in (first, form))
    assert "PE101" in before - after


TYPED = {
    "项目资金[0].执行率": ("９３．６％", "93.6%"),
    "项目资金[0].年初预算数": ("1,060.50 ", 1060.50),
    "指标分组.产出指标": ("５０分", 50),
    "填写日期": ("2021年3月5日", "2021-03-05"),
    "年度": ("２０２２", 2022),
    "年度总体目标.预期目标": ("一、办 班。\r\n\n 二、２期。\n", "一、办班。\n二、2期。"),
    "绩效指标[0].偏差原因": ("甲\n乙", "甲\n乙"),
    "说明": ("甲\n乙", "甲\n乙"),
    "绩效指标[0].三级指标": ("举办\n培训", "举办培训"),
}


@pytest.mark.parametrize("path", TYPED)
def test_what_is_typed_is_held_in_its_canonical_form(server, path):
    typed, held = TYPED[path]
    change = {"yaml": FLAWED.read_text("utf-8"), "path": path, "value": typed}
    form = httpx.post(f"{server.base}/mend", params={"name": "表"}, json=change, timeout=300).json()
    found = yaml.load(form["yaml"], yaml.CSafeLoader)
    for name in path.replace("[0]", ".0").split("."):
        found = found[int(name) if name == "0" else name]
    assert str(found) == str(held)


def test_a_level_cell_stands_for_its_rows(server):
    change = {"yaml": FLAWED.read_text("utf-8"), "path": "绩效指标[0].一级指标", "value": "产出", "rows": 3}
    form = httpx.post(f"{server.base}/mend", params={"name": "表"}, json=change, timeout=300).json()
    levels = [row["一级指标"] for row in yaml.safe_load(form["yaml"])["绩效指标"]]
    assert levels == ["产出"] * 3 + ["效益指标"] * 2 + ["满意度指标"]


def test_no_rows_are_made_beyond_those_there_are(server):
    change = {"yaml": FLAWED.read_text("utf-8"), "path": "绩效指标[4].一级指标", "value": "产出", "rows": 900}
    form = httpx.post(f"{server.base}/mend", params={"name": "表"}, json=change, timeout=300).json()
    levels = [row["一级指标"] for row in yaml.safe_load(form["yaml"])["绩效指标"]]
    assert levels[4:] == ["产出"] * 2


def test_about(server, described):
    answered = httpx.get(f"{server.base}/about").json()
    jsonschema.validate(answered, answer_schema(described, "/about"))
    assert answered["version"] == perfeval_lint.__version__
    assert "通用" in {one["name"] for one in answered["profiles"]}


def test_the_description_is_valid_and_of_every_address(described):
    validate(described)
    routes = {
        (route.path, method)  # type: ignore[attr-defined]
        for route in application(None, Access(), problem(200, "", "")).routes  # type: ignore[arg-type]
        for method in route.methods - {"HEAD"}  # type: ignore[attr-defined]
    }
    pages = {(path, "GET") for path in ("/", "/app.js", "/app.css", "/form.css", "/icon.svg", "/openapi.json")}
    written = {(path, method.upper()) for path, methods in described["paths"].items() for method in methods}
    assert routes - pages == written


WRONG = {
    "no name": ("/lint", {}, b"x", 400, "name"),
    "a path": ("/lint", {"name": "../../etc/表.docx"}, b"x", 400, "name"),
    "a Windows path": ("/lint", {"name": "..\\表.docx"}, b"x", 400, "name"),
    "a control character": ("/convert", {"name": "表\r\nX: y.docx"}, b"x", 400, "name"),
    "a long name": ("/lint", {"name": "表" * 300}, b"x", 400, "name"),
    "no such profile": ("/lint", {"name": "a.yaml", "profile": "没有"}, FLAWED.read_bytes(), 400, "usage"),
    "no such format": ("/lint", {"name": "a.yaml", "format": "pdf"}, b"x", 400, "format"),
    "nothing": ("/convert", {"name": "a.docx"}, b"", 422, "empty"),
    "a picture": ("/convert", {"name": "a.docx"}, b"\x89PNG\r\n\x1a\n", 422, "picture"),
    "not annotated": ("/annotate", {"name": "a.yaml"}, FLAWED.read_bytes(), 422, "not-annotated"),
    "nothing to annotate": ("/annotate", {"name": "a.docx"}, b"PK\x03\x04", 422, "damaged"),
    "no JSON": ("/mend", {"name": "a"}, b"{", 400, "body"),
    "deep JSON": ("/mend", {"name": "a"}, b"[" * 200_000, 400, "body"),
    "a number": ("/mend", {"name": "a"}, b'{"yaml": 1, "path": "x", "value": ""}', 400, "body"),
    "rows without end": (
        "/mend",
        {"name": "a"},
        b'{"yaml": "", "path": "x", "value": "", "rows": 1000000}',
        400,
        "body",
    ),
    "rows that are no whole number": (
        "/mend",
        {"name": "a"},
        json.dumps({"yaml": FLAWED.read_text("utf-8"), "path": "绩效指标[0].得分", "value": "1", "rows": 1.0}).encode(),
        400,
        "body",
    ),
    "a lone surrogate": ("/mend", {"name": "a"}, b'{"yaml": "\\ud800", "path": "x", "value": ""}', 400, "body"),
    "no such cell": (
        "/mend",
        {"name": "a"},
        json.dumps({"yaml": FLAWED.read_text("utf-8"), "path": "总分.没有", "value": "1"}).encode(),
        400,
        "usage",
    ),
    "no form": ("/mend", {"name": "a"}, b'{"yaml": "x: [", "path": "x", "value": ""}', 422, "syntax"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_followed_is_told(server, described, name):
    path, parameters, data, status, code = WRONG[name]
    answer = httpx.post(f"{server.base}{path}", params=parameters, content=data, timeout=300)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    jsonschema.validate(answer.json(), answer_schema(described, path, "application/problem+json", "default"))
    assert any("\u4e00" <= char <= "\u9fff" for char in answer.json()["detail"])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/lint", 405), ("POST", "/", 405), ("POST", "/about", 405), ("GET", "/x<b>", 404)],
)
def test_addresses_there_are_not(server, method, path, status):
    answer = httpx.request(method, f"{server.base}{path}")
    assert answer.status_code == status
    assert answer.json()["status"] == status


def test_a_file_that_cannot_be_read_has_a_report(server):
    report = post(server.base, "/lint", b"\x89PNG\r\n\x1a\n", "扫描<b>.docx").json()
    assert report["files"][0]["errors"][0]["code"] == "picture"
    drawn = post(server.base, "/draw", b"\x89PNG\r\n\x1a\n", "扫描<b>.docx").json()
    assert drawn["forms"] == []
    assert drawn["file"] == "扫描<b>.docx"
