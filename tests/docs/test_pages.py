"""What the documentation says must be true."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import yaml

from perfeval_lint.judge.examples import run_examples
from perfeval_lint.recognise.words.template import FOLDER
from perfeval_lint.rule.locate import shipped_rules
from perfeval_lint.rule.model import Pack
from perfeval_lint.rule.pack import compile_pack

ROOT = Path(__file__).resolve().parents[2]


def _blocks(page: str) -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)


def _compile(folder: Path) -> Pack:
    return compile_pack([shipped_rules(), folder])


def test_the_rules_of_the_language_page_check_and_their_examples_pass(tmp_path: Path) -> None:
    blocks = _blocks("docs/rule-language.md")
    (tmp_path / "LOCAL001-overspent-training.yaml").write_text(blocks[0], "utf-8")
    (tmp_path / "LOCAL002-shared-telephone.yaml").write_text(blocks[4], "utf-8")
    pack = _compile(tmp_path)
    local = replace(pack, rules={name: rule for name, rule in pack.rules.items() if name.startswith("LOCAL")})
    assert [result.trouble for result in run_examples(local)] == [None] * 5


def test_the_definitions_and_the_profile_of_the_language_page_check(tmp_path: Path) -> None:
    definitions, profile = _blocks("docs/rule-language.md")[5:7]
    (tmp_path / "definitions.yaml").write_text(definitions, "utf-8")
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "某市.yaml").write_text(profile, "utf-8")
    pack = _compile(tmp_path)
    assert "是大额" in pack.definitions.macros
    assert pack.profiles["某市"].extends == "通用"


def test_the_links_and_the_slips_of_the_language_page_check(tmp_path: Path) -> None:
    rule, _, links, slips = _blocks("docs/rule-language.md")[:4]
    (tmp_path / "LOCAL001-overspent-training.yaml").write_text(rule + links, "utf-8")
    other = rule.replace("LOCAL001", "LOCAL004").replace("overspent-training", "overspent-travel")
    (tmp_path / "LOCAL004-overspent-travel.yaml").write_text(other, "utf-8")
    (tmp_path / "slips.yaml").write_text(slips, "utf-8")
    pack = _compile(tmp_path)
    assert pack.rules["LOCAL001"].places
    assert pack.slips.kinds[-1].name == "thousands-for-ten-thousands"
    assert "LOCAL004" in pack.slips.rules


def test_both_readmes_count_rules_and_layouts_and_show_the_same_output() -> None:
    count = len(list(shipped_rules().glob("PE*/*.yaml")))
    layouts = len({path.name[:3] for path in FOLDER.glob("T*.yaml")})
    english, chinese = (Path(ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
    assert f"{count} rules" in english
    assert f"{count} 条规则" in chinese
    assert re.search(rf"The {layouts}\s+known layouts", english)
    assert f"{layouts} 种已知的表" in chinese
    shown = [text.split("<!-- output: ")[1].split("<!-- end -->")[0] for text in (english, chinese)]
    assert shown[0] == shown[1]
    assert "PE101" in shown[0]


def test_the_settings_of_the_readme_are_valid() -> None:
    from jsonschema import Draft202012Validator

    from perfeval_lint.rule.schema import SETTINGS_SCHEMA

    blocks = _blocks("README.md") + _blocks("README.zh-CN.md")
    settings = [yaml.load(block, yaml.BaseLoader) for block in blocks if block.startswith("profile:")]
    assert len(settings) == 2
    for one in settings:
        one["params"] = {}  # BaseLoader leaves numbers as text
        Draft202012Validator(SETTINGS_SCHEMA).validate(one)
