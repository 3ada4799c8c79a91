"""explain: one rule in full."""

from __future__ import annotations

import json
from collections.abc import Iterator

from rich.padding import Padding
from rich.text import Text

from perfeval_lint.cli.console import open_console
from perfeval_lint.errors import UsageError
from perfeval_lint.form.nearest import did_you_mean
from perfeval_lint.judge.examples import plain_value
from perfeval_lint.report.words import SEVERITY, basis_line, printable
from perfeval_lint.rule.cache import load_pack
from perfeval_lint.rule.locate import all_folders
from perfeval_lint.rule.model import Across, Pack, Rule
from perfeval_lint.rule.pack import shared_words
from perfeval_lint.rule.profile import Overrides, choose, params_of, severity_of, shared_params
from perfeval_lint.rule.settings import settings_for

_OUTCOMES = {"pass": "通过", "fail": "不通过", "skip": "不适用", "unknown": "未能判断"}


def run_explain(name: str, profile: str | None) -> None:
    """Prints a rule's documentation, all of it from the rule's own file."""
    from pathlib import Path

    pack = load_pack(all_folders(settings_for(Path.cwd()).rule_paths))
    rule = find_rule(pack, name)
    console = open_console()
    console.print(Text(f"{rule.id} {rule.title}", "bold"))
    console.print(Text(f"{rule.name}　{SEVERITY[rule.severity]}", "dim"))
    if profile is not None:
        choose(pack, None, profile)
        for line in profile_changes(pack, rule, profile):
            console.print(Text(line, "yellow"))
    for heading, lines in sections(rule):
        console.print()
        console.print(Text(heading, "bold"))
        for line in lines:
            console.print(Padding(Text(printable(line)), (0, 0, 0, 2)))


def find_rule(pack: Pack, name: str) -> Rule:
    """A rule by id (any case) or name; raises UsageError."""
    for rule in pack.rules.values():
        if name.upper() == rule.id or name == rule.name:
            return rule
    offer = did_you_mean(name.upper(), pack.rules) or did_you_mean(name.lower(), [r.name for r in pack.rules.values()])
    raise UsageError(f"没有规则“{name}”{offer}；perfeval-lint rules list 列出全部规则")


def profile_changes(pack: Pack, rule: Rule, profile: str) -> Iterator[str]:
    """What a profile changes about a rule; one line saying so where it changes nothing."""
    none = Overrides()
    changed = False
    severity = severity_of(pack, rule, profile, none)
    if severity is None:
        yield f"规则集“{profile}”：关闭"
        return
    if severity is not rule.severity:
        changed = True
        yield f"规则集“{profile}”：级别 {SEVERITY[rule.severity]} → {SEVERITY[severity]}"
    for name, value in params_of(pack, rule, profile, none).items():
        if value != rule.params.get(name):
            changed = True
            yield f"规则集“{profile}”：参数 {name} {_shown(rule.params.get(name))} → {_shown(value)}"
    shared = shared_params(pack, profile, none)
    for name in shared_words(pack.definitions, rule):
        if shared[name] != pack.definitions.params[name]:
            changed = True
            yield f"规则集“{profile}”：共用参数 {name} {_shown(pack.definitions.params[name])} → {_shown(shared[name])}"
    if not changed:
        yield f"规则集“{profile}”没有改动这条规则"


def sections(rule: Rule) -> Iterator[tuple[str, list[str]]]:
    """The headings and paragraphs of a rule's documentation."""
    yield "为什么", [rule.why]
    yield "怎么改", [rule.help]
    yield "依据", [basis_line(basis) for basis in rule.basis]
    yield "局限", [rule.limits]
    if rule.params:
        yield "参数", [f"{name}: {_shown(value)}" for name, value in rule.params.items()]
    tables = [f"{t.table}：{'、'.join(t.fields)}" if t.fields else t.table for t in rule.targets]
    condition = [f"判断的表　{'；'.join(tables)}"]
    if rule.when is not None:
        condition.append(f"适用　{rule.when.sql}")
    condition += _across(rule.across) if rule.across is not None else []
    condition.append(f"要求　{rule.require.sql}")
    condition += [f"其中　{name} = {value.sql}" for name, value in rule.values.items()]
    condition += [f"可改为　{name} = {value.sql}" for name, value in rule.fix.items()]
    yield "条件", condition
    examples = []
    for example in rule.examples:
        for number, form in enumerate(example.forms):
            examples.append(f"{'　　' if number else _OUTCOMES[example.outcome]}　{_shown(dict(form))}")
        examples += [f"　　　　{message}" for message in example.findings]
    yield "例子", examples


def _across(across: Across) -> Iterator[str]:
    yield "跨表　只在 audit 里判断，把所有表里相同的行放在一组"
    for key in across.keys:
        yield f"　　　{key.other.sql}" if key.own == key.other else f"　　　{key.other.sql} = {key.own.sql}"
    if across.of is not None:
        yield f"汇总的表　{across.of}"
    if across.having is not None:
        yield f"适用的组　{across.having.sql}"
    if across.once:
        yield "每组只报一次，落在最前的一行"


def _shown(value: object) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=plain_value)
    return plain_value(value)
