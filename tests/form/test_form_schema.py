"""The JSON Schema: valid, shipped as generated, and of one mind with the loader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import perfeval_lint
from perfeval_lint.form.definition import FORMAT, GROUPS, SECTIONS, Section, Shape
from perfeval_lint.form.load import load
from perfeval_lint.form.schema import form_schema

SHIPPED = Path(perfeval_lint.__file__).parent / "form" / "form.schema.json"
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
VALIDATOR = Draft202012Validator(form_schema())


def loader_accepts(source: str) -> bool:
    """One form, no problems and no unknown keys."""
    (document,) = load(source)
    return not document.problems and document.form is not None and not document.form.unknown


# --- any document ---
# No control characters (the loader refuses them) and no blank texts (a blank section is an absent one).

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=6).filter(str.strip)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)


def right(section: Section) -> st.SearchStrategy[Any]:
    """A section of the right shape, or null."""
    if section is GROUPS:
        return st.none() | st.dictionaries(TEXTS, SCALARS, max_size=3)
    required = {field.name: SCALARS for field in section.fields if field.required}
    optional = {field.name: SCALARS for field in section.fields if not field.required}
    record = st.fixed_dictionaries(required, optional=optional)
    return st.none() | (st.lists(record, max_size=3) if section.shape is Shape.ROWS else record)


ROOT_FIELDS = [field.name for section in SECTIONS if section.shape is Shape.ROOT for field in section.fields]
ROOT_KEYS: dict[str, st.SearchStrategy[Any]] = {name: SCALARS for name in ROOT_FIELDS if name != "格式"}
ROOT_KEYS |= {section.key: right(section) for section in SECTIONS if section.key}
RIGHT = st.fixed_dictionaries({"格式": st.just(FORMAT)}, optional=ROOT_KEYS)


@st.composite
def bent(draw: st.DrawFn) -> Any:
    """A right document with one part, or one key of one part, replaced by anything, added or taken away."""
    document = draw(RIGHT)
    part = draw(st.sampled_from([document, *parts_of(document)]))
    if isinstance(part, list):
        part.append(draw(ANYTHING))
    elif draw(st.booleans()) and part:
        del part[draw(st.sampled_from(sorted(part)))]
    else:
        known = sorted({*ROOT_KEYS, "格式", "得分", "规则"})
        part[draw(st.sampled_from(known) | TEXTS)] = draw(ANYTHING)
    return document


def parts_of(node: Any) -> list[Any]:
    """All lists and mappings below a node."""
    children = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
    inner = [child for child in children if isinstance(child, dict | list)]
    return inner + [part for child in inner for part in parts_of(child)]


def texts_only(node: Any) -> Any:
    """The document as a reader that knows no types sees it."""
    if isinstance(node, dict):
        return {key: texts_only(value) for key, value in node.items() if value is not None}
    if isinstance(node, list):
        return [texts_only(item) for item in node if item is not None]
    return node if isinstance(node, str) else json.dumps(node)


# --- tests ---


def test_the_schema_is_valid() -> None:
    Draft202012Validator.check_schema(form_schema())


def test_the_shipped_file_is_the_schema() -> None:
    assert json.loads(SHIPPED.read_text("utf-8")) == form_schema()


def test_the_schema_explains_every_key() -> None:
    """Editors show the description as hover text."""
    for section in SECTIONS:
        for field in section.fields if section is not GROUPS else ():
            part = form_schema()["properties"]
            if section.key:
                part = part[section.key].get("items", part[section.key])["properties"]
            assert field.says in part[field.name]["description"]
        if section.key:
            assert form_schema()["properties"][section.key]["description"] == section.says


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_valid(path: Path) -> None:
    source = path.read_text("utf-8")
    assert VALIDATOR.is_valid(yaml.load(source, yaml.CBaseLoader))
    assert VALIDATOR.is_valid(yaml.safe_load(source))
    assert loader_accepts(source)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(document=RIGHT)
def test_both_accept_a_right_document(document: Any) -> None:
    VALIDATOR.validate(document)
    assert loader_accepts(json.dumps(document))


@settings(max_examples=500, deadline=None, derandomize=True)
@given(document=bent() | st.dictionaries(st.sampled_from(sorted(ROOT_KEYS)), ANYTHING) | ANYTHING)
def test_both_agree_on_any_document(document: Any) -> None:
    assert loader_accepts(json.dumps(document)) == VALIDATOR.is_valid(document)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(document=bent())
def test_both_agree_on_any_document_of_texts_in_yaml(document: Any) -> None:
    source = yaml.dump(texts_only(document), Dumper=yaml.CSafeDumper, allow_unicode=True)
    seen = yaml.load(source, yaml.CBaseLoader)
    assert loader_accepts(source) == VALIDATOR.is_valid(seen)


@pytest.mark.parametrize(
    ("document", "valid"),
    [
        ({"格式": FORMAT}, True),
        ({"格式": FORMAT, "项目资金": []}, True),
        ({"格式": FORMAT, "总分": {}, "指标分组": {}}, True),
        ({"格式": FORMAT, "项目资金": None, "总分": None, "指标分组": None}, True),
        ({"格式": FORMAT, "豁免": [{"规则": None}]}, True),
        ({"格式": FORMAT, "豁免": [{"理由": "甲"}]}, False),
        ({"格式": FORMAT, "项目资金": [None]}, False),
        ({"格式": FORMAT, "总分": {"得分": []}}, False),
        ({"格式": FORMAT, "指标分组": {"产出指标": {}}}, False),
        ({"格式": FORMAT, "项目名": "培训"}, False),
        ({"格式": f" {FORMAT} "}, False),
        ({"格式": "perfeval/2"}, False),
        ({"格式": None}, False),
        ({}, False),
        ([], False),
        (1, False),
        (None, False),
    ],
)
def test_both_agree_on_the_edges(document: Any, valid: bool) -> None:
    assert VALIDATOR.is_valid(document) is valid
    assert loader_accepts(json.dumps(document, ensure_ascii=False)) is valid
