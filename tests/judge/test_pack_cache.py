"""Checked packs kept between runs: the same pack, made again when a file changes, and never in the way."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from perfeval_lint.errors import RulePackBroken
from perfeval_lint.rule import pack as pack_module
from perfeval_lint.rule.pack import compile_pack
from perfeval_lint.rule.pack_cache import load_pack

RULES = Path(__file__).parents[2] / "rules"


ACROSS = """\
id: XX002
name: rule-across
title: 跨表
severity: info
for: 指标
of: 指标
across: [三级指标, {表.年度: 本行.表.年度 - $隔}]
when: 得分 > 0
having: count(*) FILTER (WHERE 分值 > $隔) > 1
require: 本行.得分 >= max(得分) AND 差 < 9
once: true
at: 得分
values: {差: max(得分) - 本行.得分}
message: "{得分} {差} {同组}"
help: 改正。
why: 因为。
basis: [{kind: house, text: 默认值}]
limits: 无。
params: {隔: 1}
examples:
  - pass: [{年度: 2023}, {年度: 2024}]
  - fail: [{年度: 2024}]
    finding: [坏, 又坏]
"""


@pytest.fixture
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("PERFEVAL_LINT_CACHE", str(folder))
    return folder


@pytest.fixture
def uncompiled(monkeypatch):
    """From here on, a pack that is not in the cache cannot be had."""

    def refuse(folders):
        raise AssertionError("compiled again")

    return lambda: monkeypatch.setattr(pack_module, "compile_pack", refuse)


@pytest.fixture
def folder(local_folder, local_rule):
    return local_folder({"a.yaml": local_rule("XX001", "得分 <= $上限", more="params: {上限: 3.50}\n")})


def test_what_is_kept_is_what_was_compiled(cache, pack, uncompiled):
    assert load_pack([RULES]) == pack
    assert len(list(cache.iterdir())) == 1
    uncompiled()
    assert load_pack([RULES]) == pack


def test_everything_a_rule_may_hold_survives(cache, local_folder, local_rule, uncompiled):
    more = (
        "when: 有分(分值)\nparams: {上限: 3.50, 词: [甲, 乙], 表: {甲: 1.50}, 开: true}\n"
        'values: {差: 得分 - $上限, 词: "list_contains($词, 三级指标)", 表: $表, 开: $开}\nfix: {得分: 分值}\n'
    )
    files = {
        "a.yaml": local_rule("XX001", "差 <= 0", message="{差}{词}{开}", more=more),
        "b.yaml": ACROSS,
        "definitions.yaml": "params: {界线: 2.50, 做法: 按比例, 词: [甲], 表: {甲: 1.50}, 开: true}\n"
        "macros:\n  有分: {of: [数], sql: 数 IS NOT NULL, says: 有, total: true}\n"
        "columns:\n  分组:\n    甲: {sql: sum(分值), of: 指标, match: 二级指标 = 本行.名称, empty: 0, says: 和}\n"
        "  指标:\n    乙: {sql: count(*), by: [二级指标, 三级指标], says: 同名}\n"
        "    丙: {sql: \"得分 > $界线 AND $做法 = '按差额' AND $开 AND $表['甲'] > 1\", says: 用参数}\n",
        "profiles/本省.yaml": "name: 本省\nsays: 有\nforms: [自评]\nbasis: [{kind: house, text: 有}]\n"
        "rules: {XX001: off}\nparams: {XX001: {上限: 2}, 共用: {界线: 1.25, 词: [乙, 丙]}}\n",
    }
    folder = local_folder(files)
    compiled = compile_pack([folder])
    assert load_pack([folder]) == compiled
    uncompiled()
    kept = load_pack([folder])
    assert kept == compiled
    assert kept.definitions.params["界线"] == Decimal("2.50")
    assert type(kept.definitions.params["界线"]) is Decimal
    assert kept.profiles["本省"].params["共用"] == {"界线": Decimal("1.25"), "词": ["乙", "丙"]}


@pytest.mark.parametrize("change", ["edit", "add", "remove", "rename"])
def test_a_changed_folder_is_another_pack(change, cache, folder, local_rule):
    (folder / "b.yaml").write_text(local_rule("XX002", "得分 <= 9"), "utf-8")
    before = load_pack([folder])
    if change == "edit":
        (folder / "b.yaml").write_text(local_rule("XX002", "得分 <= 8"), "utf-8")
    elif change == "add":
        (folder / "c.yaml").write_text(local_rule("XX003", "得分 <= 8"), "utf-8")
    elif change == "remove":
        (folder / "b.yaml").unlink()
    else:
        (folder / "b.yaml").rename(folder / "d.yaml")
    after = load_pack([folder])
    assert after.digest != before.digest
    assert after == compile_pack([folder]) != before


def test_another_default_of_a_shared_parameter_is_another_pack(cache, folder):
    packs = []
    for value in ("按比例", "按差额", "按比例"):
        (folder / "definitions.yaml").write_text(f"params: {{做法: {value}}}\n", "utf-8")
        packs.append(load_pack([folder]))
    assert [pack.definitions.params["做法"] for pack in packs] == ["按比例", "按差额", "按比例"]
    assert packs[0] == packs[2]
    assert packs[0].digest != packs[1].digest


def spoiled(text: str, how: str) -> str:
    stored = json.loads(text)
    match how:
        case "empty":
            return ""
        case "cut short":
            return text[: len(text) // 2]
        case "another pack":
            return json.dumps(stored | {"digest": "0" * 64})
        case "a list":
            return "[]"
        case "lists for mappings":
            return json.dumps(stored | {"rules": [], "profiles": [], "definitions": {"macros": [], "columns": []}})
        case "no rules":
            return json.dumps({"digest": stored["digest"]})
        case "a bad number":
            return text.replace('"3.50"', '"三分半"')
        case "a rule with more keys":
            stored["rules"]["XX001"]["more"] = 1
            return json.dumps(stored)
        case "too deep":
            return "[" * 200_000
    raise AssertionError(how)


HOW = ["empty", "cut short", "another pack", "a list", "lists for mappings", "no rules", "a bad number"]
HOW += ["a rule with more keys", "too deep"]


@pytest.mark.parametrize("how", HOW)
def test_a_spoiled_file_is_made_again(how, cache, folder, uncompiled):
    compiled = load_pack([folder])
    (file,) = cache.iterdir()
    text = file.read_text("utf-8")
    file.write_text(spoiled(text, how), "utf-8")
    assert load_pack([folder]) == compiled
    uncompiled()
    assert load_pack([folder]) == compiled


def test_bytes_that_are_no_text_are_ignored(cache, folder):
    compiled = load_pack([folder])
    (file,) = cache.iterdir()
    file.write_bytes(b"\xff\xfe\x00" * 100)
    assert load_pack([folder]) == compiled


def test_a_cache_that_cannot_be_written_is_only_slower(tmp_path, monkeypatch, folder):
    (tmp_path / "file").write_text("not a folder", "utf-8")
    monkeypatch.setenv("PERFEVAL_LINT_CACHE", str(tmp_path / "file" / "below"))
    assert load_pack([folder]) == compile_pack([folder])


def test_an_empty_name_switches_it_off(tmp_path, monkeypatch, folder):
    monkeypatch.setenv("PERFEVAL_LINT_CACHE", "")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert load_pack([folder]) == compile_pack([folder])
    assert sorted(tmp_path.rglob("*")) == before


def test_only_the_latest_packs_are_kept(cache, folder, local_rule):
    for number in range(12):
        (folder / "b.yaml").write_text(local_rule("XX002", f"得分 <= {number}"), "utf-8")
        load_pack([folder])
    assert 1 < len(list(cache.glob("*.json"))) < 12
    assert [path.name for path in cache.iterdir() if path.suffix != ".json"] == []


def test_a_broken_pack_is_not_kept(cache, folder):
    (folder / "b.yaml").write_text("id: 1\n", "utf-8")
    with pytest.raises(RulePackBroken):
        load_pack([folder])
    assert not cache.exists()
