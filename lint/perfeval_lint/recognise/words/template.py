"""Form templates: the words by which a layout is known, read from the YAML files of recognise/templates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from perfeval_lint.blanks import NO_CONTENT
from perfeval_lint.errors import Problem, RulePackBroken
from perfeval_lint.recognise.words.label import label_key, label_keys
from perfeval_lint.values.text import BLANKS, half_width

FOLDER = Path(__file__).parents[1] / "templates"
BASE = "base.yaml"
_LONGEST_KEPT = 40  # longer texts do not come again
PARTS = ("header", "funds", "goals", "indicators", "management", "footers", "levels")
SOURCE = "来源"  # the role of a column that is one source of money
HEADING = "标题"  # the role of a label that names a whole part of the form
DROPPED = "不取"  # the role of a column that is known and left out
_LISTS = ("titles", "total", "subtotals", "matters", "groups", "skipped", "fillers", "blanks", "dropped")
_MAPPINGS = (*PARTS, "refused", "refused-labels", "fund-rows", "guesses")
_PATTERNS = ("titles", "dropped", "subtotals")
_SCALARS = ("name", "form", "money", "furniture")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The meaning of labels in each part of the form: `roles[part][label key]` is a field or one of the roles above."""

    roles: Mapping[str, Mapping[str, str]]
    fund_rows: Mapping[str, str]
    groups: frozenset[str]
    skipped: frozenset[str]
    total: frozenset[str]
    first_levels: frozenset[str]
    subtotals: re.Pattern[str]
    furniture: re.Pattern[str]
    ranks: Mapping[str, Mapping[str, int]]
    matters: frozenset[str]
    guesses: Mapping[str, Mapping[str, re.Pattern[str]]]
    fillers: frozenset[str]
    blanks: frozenset[str]
    dropped: re.Pattern[str]
    found: dict[str, frozenset[str]] = field(default_factory=dict, compare=False)  # caches parts_of

    def role(self, part: str, text: str) -> str | None:
        """The meaning of a label in a part of the form; None where it is not a label there."""
        roles = self.roles[part]
        for key in label_keys(text):
            found = roles.get(key)
            if found is not None:
                return found
        return None

    def guess(self, part: str, label: str) -> str | None:
        """The role a column's label that is not listed has by its words; None where none fits."""
        key = label_key(label)
        return next((role for role, pattern in self.guesses[part].items() if pattern.search(key)), None)

    def level_between(self, head: str, tail: str) -> str | None:
        """The first listed level whose name begins and ends so, with a character or two lost between; else None."""
        longest = len(head) + len(tail) + 2
        found = [
            name
            for name in self.roles["levels"]
            if len(name) <= longest
            and len(name) > max(len(head), len(tail))
            and name.startswith(head)
            and name.endswith(tail)
        ]
        return found[0] if found else None

    def is_subtotal(self, text: str) -> bool:
        """Whether a cell heads the row of a subtotal."""
        return len(text) < _LONGEST_KEPT and self.subtotals.fullmatch(label_key(text)) is not None

    def is_first_level(self, name: str) -> bool:
        """Whether a level's name is listed among those of the first level; some are in both lists."""
        return label_key(name) in self.first_levels

    def rank(self, part: str, label: str) -> int:
        """The position of a label in the list of its role: of two columns of a role the first listed is meant."""
        ranks = self.ranks[part]
        return min((ranks[key] for key in label_keys(label) if key in ranks), default=len(ranks))

    def is_matter(self, text: str) -> bool:
        """Whether a cell is one of the matters of 资金管理情况."""
        return any(key in self.matters for key in label_keys(text))

    def parts_of(self, text: str) -> frozenset[str]:
        """The parts of the form in which a text is a label."""
        parts = self.found.get(text)
        if parts is None:
            parts = frozenset(part for part in PARTS if self.role(part, text) is not None)
            if len(text) < _LONGEST_KEPT:
                self.found[text] = parts
        return parts

    def is_group(self, text: str) -> bool:
        """Whether a cell may head several columns of the indicators."""
        return any(key in self.groups for key in label_keys(text))

    def is_skipped(self, text: str) -> bool:
        """Whether a cell heads a block of the form that the canonical form has no place for."""
        return any(key in self.skipped for key in label_keys(text))

    def is_total(self, text: str) -> bool:
        """Whether a cell heads the row of the total score."""
        return any(key in self.total for key in label_keys(text))

    def fund_row(self, name: str) -> str:
        """A fund row's name; what a layout prints in its place is turned into the name that is meant."""
        return self.fund_rows.get(label_key(name), name)

    def is_blank(self, text: str) -> bool:
        """Whether a cell says "not applicable" or nothing: blank, one of the signs for it, NULL, a prompt."""
        stripped = text.strip() if text.isascii() and text.isprintable() else half_width(text).strip()
        return not stripped or stripped in self.blanks


@dataclass(frozen=True, slots=True)
class Template:
    """One layout: its name, the 表式 it gives, the titles and own labels it is known by, and its vocabulary.

    `money` is 元 or 万元 where the layout itself settles it.
    """

    name: str
    form: str
    titles: tuple[re.Pattern[str], ...]
    marks: frozenset[str]
    vocabulary: Vocabulary
    money: str


@dataclass(frozen=True, slots=True)
class Templates:
    """All templates, the titles of self-evaluations, and those of papers that are none."""

    all: tuple[Template, ...]
    titles: re.Pattern[str]
    refused: Mapping[str, re.Pattern[str]]
    refused_labels: Mapping[str, re.Pattern[str]]

    def refused_by_label(self, text: str) -> str | None:
        """The kind of other paper a column's label belongs to; None where it belongs to none."""
        if len(text) > _LONGEST_KEPT:
            return None
        key = label_key(text)
        return next((name for name, pattern in self.refused_labels.items() if pattern.search(key)), None)


@cache
def shipped_templates() -> Templates:
    """The templates that come with the package."""
    return load_templates(sorted(path for path in FOLDER.glob("*.yaml") if path.name != BASE))


def load_templates(files: Iterable[Path]) -> Templates:
    """The base vocabulary and the given template files; RulePackBroken names every mistake in them."""
    problems: list[Problem] = []
    base = _load(FOLDER / BASE, problems)
    loaded = [_load(file, problems) for file in files]
    if problems:
        raise RulePackBroken(problems)
    templates = tuple(_template(base, own) for own in loaded)
    return Templates(
        templates,
        _either([*base["titles"], *(pattern.pattern for template in templates for pattern in template.titles)]),
        {name: re.compile(pattern) for name, pattern in base["refused"].items()},
        {name: re.compile(pattern) for name, pattern in base["refused-labels"].items()},
    )


def _load(path: Path, problems: list[Problem]) -> dict[str, Any]:
    """A template file, checked: known keys, lists where lists belong, patterns that compile."""
    try:
        content = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    except (OSError, yaml.YAMLError) as error:
        problems.append(Problem("template", f"读不出模板：{error}", str(path)))
        return {}
    problems += [Problem("template", message, str(path)) for message in _mistakes(content)]
    return content if isinstance(content, dict) else {}


def _mistakes(content: object) -> Iterable[str]:
    if not isinstance(content, dict):
        yield "模板应是若干“键: 值”"
        return
    for key, value in content.items():
        yield from _value_mistakes(key, value)
    if "refused" not in content:  # the base names no layout
        yield from (f"缺少“{key}”" for key in ("name", "form") if key not in content)


def _value_mistakes(key: object, value: object) -> Iterable[str]:
    if key in _MAPPINGS:
        yield from _mapping_mistakes(str(key), value)
    elif key in _SCALARS:
        yield from [] if isinstance(value, str) else [f"“{key}”应是一段文字"]
    elif key in _LISTS:
        if not isinstance(value, list) or not _is_texts(value):
            yield f"“{key}”应是文字的列表"
            return
        for pattern in value if key in _PATTERNS else ():
            yield from _pattern_mistake(str(key), pattern)
    else:
        yield f"不认识的键“{key}”；可用：{'、'.join((*_SCALARS, *_LISTS, *_MAPPINGS))}"


def _mapping_mistakes(key: str, value: object) -> Iterable[str]:
    if not isinstance(value, dict):
        yield f"“{key}”应是若干“键: 值”"
    elif key in ("refused", "refused-labels", "guesses"):
        for pattern in value.values():
            for one in pattern.values() if isinstance(pattern, dict) else [pattern]:
                yield from _pattern_mistake(key, one)
    else:
        for name, labels in value.items():
            if not _is_texts(labels):
                yield f"“{key}”的“{name}”应是文字的列表；纯数字请加引号"


def _pattern_mistake(key: str, pattern: object) -> Iterable[str]:
    try:
        re.compile(str(pattern))
    except re.error as error:
        yield f"“{key}”里的“{pattern}”不是正确的正则表达式：{error}"


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _template(base: Mapping[str, Any], own: Mapping[str, Any]) -> Template:
    roles = {part: _roles(base.get(part, {})) | _roles(own.get(part, {})) for part in PARTS}
    marks = {label_key(label) for part in PARTS for labels in own.get(part, {}).values() for label in labels}

    def both(key: str) -> list[str]:
        return [*base.get(key, ()), *own.get(key, ())]

    vocabulary = Vocabulary(
        roles,
        _roles(base["fund-rows"]) | _roles(own.get("fund-rows", {})),
        frozenset(map(label_key, both("groups"))),
        frozenset(map(label_key, both("skipped"))),
        frozenset(map(label_key, both("total"))),
        frozenset(label_key(name) for one in (base, own) for name in one.get("levels", {}).get("一级", ())),
        _either(both("subtotals")),
        re.compile(base["furniture"]),
        {part: _ranks(base.get(part, {})) for part in PARTS},
        frozenset(map(label_key, both("matters"))),
        {part: {role: re.compile(one) for role, one in roles.items()} for part, roles in base["guesses"].items()},
        frozenset(both("fillers")),
        frozenset((*BLANKS, *own.get("blanks", ()))) | NO_CONTENT,
        _either(both("dropped")),
    )
    titles = _patterns(own.get("titles", ()))
    return Template(own["name"], own["form"], titles, frozenset(marks), vocabulary, own.get("money", ""))


def _roles(labels_of: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {label_key(label): role for role, labels in labels_of.items() for label in labels}


def _ranks(labels_of: Mapping[str, Sequence[str]]) -> dict[str, int]:
    return {label_key(label): rank for labels in labels_of.values() for rank, label in enumerate(labels)}


def _patterns(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


def _either(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in dict.fromkeys(patterns)))
