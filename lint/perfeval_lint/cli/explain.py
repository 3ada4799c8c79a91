"""The command explain: the documentation of one rule."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rich.padding import Padding
from rich.text import Text

from perfeval_lint.cli.console import open_console
from perfeval_lint.errors import UsageError
from perfeval_lint.form.definition import SLIPS_TABLE
from perfeval_lint.form.nearest import did_you_mean
from perfeval_lint.judge.examples import plain_value
from perfeval_lint.judge.tell.quote import shown_as
from perfeval_lint.judge.tell.wording import help_in_general
from perfeval_lint.report.words import SEVERITY, basis_line, printable
from perfeval_lint.report.wrapping import with_breaks
from perfeval_lint.rule.heads import links_of
from perfeval_lint.rule.locate import all_folders
from perfeval_lint.rule.model import Across, Pack, Rule, Scope, Severity
from perfeval_lint.rule.pack import shared_words
from perfeval_lint.rule.pack_cache import load_pack
from perfeval_lint.rule.profile import DEFAULT, Overrides, choose, params_of, severity_of, shared_params
from perfeval_lint.rule.settings import FILE_NAME, settings_for
from perfeval_lint.sql.text import Param

_OUTCOMES = {"pass": "通过", "fail": "不通过", "skip": "不适用", "unknown": "未能判断"}
_SCOPES = {Scope.CELL: "同一格", Scope.ROW: "同一行", Scope.FORM: "同一张表", Scope.SAME: "同一张表上相差同样多"}
_INDENT = 2


def run_explain(name: str, profile: str | None) -> None:
    """Prints a rule's documentation from the rule's own file, and its changes by profile and settings."""
    from pathlib import Path

    settings = settings_for(Path.cwd())
    pack = load_pack(all_folders(settings.rule_paths))
    rule = find_rule(pack, name)
    wanted = profile or settings.profile
    own = Overrides(settings.rules, settings.params)
    chosen = choose(pack, None, wanted).profile if wanted else DEFAULT
    console = open_console()
    console.print(Text(f"{rule.id} {rule.title}", "bold"))
    console.print(Text(f"{rule.name}　{SEVERITY[rule.severity]}", "dim"))
    for line in (*(profile_changes(pack, rule, chosen) if wanted else ()), *own_changes(pack, rule, chosen, own)):
        console.print(Text(printable(line), "yellow"))
    for heading, lines in sections(pack, rule, params_of(pack, rule, chosen, own)):
        console.print()
        console.print(Text(heading, "bold"))
        for line in lines:
            console.print(Padding(with_breaks(Text(printable(line)), console.width - _INDENT), (0, 0, 0, _INDENT)))


def find_rule(pack: Pack, name: str) -> Rule:
    """Returns the rule of an id (in any case) or name; raises UsageError where there is none."""
    for rule in pack.rules.values():
        if name.upper() == rule.id or name == rule.name:
            return rule
    offer = did_you_mean(name.upper(), pack.rules) or did_you_mean(name.lower(), [r.name for r in pack.rules.values()])
    raise UsageError(f"没有规则“{name}”{offer}；perfeval-lint rules list 列出全部规则")


def profile_changes(pack: Pack, rule: Rule, profile: str) -> Iterator[str]:
    """Yields a line for each change a profile makes to a rule, or one that says there is none."""
    before = _State(rule.severity, rule.params, _shared(pack, rule, pack.definitions.params))
    changes = [f"规则集“{profile}”：{change}" for change in before.changes_to(_state(pack, rule, profile, Overrides()))]
    yield from changes or [f"规则集“{profile}”没有改动这条规则"]


def own_changes(pack: Pack, rule: Rule, profile: str, own: Overrides) -> Iterator[str]:
    """Yields a line for each change a user's settings make to a rule, on top of a profile."""
    before, after = _state(pack, rule, profile, Overrides()), _state(pack, rule, profile, own)
    yield from (f"{FILE_NAME}：{change}" for change in before.changes_to(after))


@dataclass(frozen=True, slots=True)
class _State:
    """A rule in force: its severity (None: it is off), its parameters, and those of the derived columns it uses."""

    severity: Severity | None
    params: Mapping[str, Param]
    shared: Mapping[str, Param]

    def changes_to(self, after: _State) -> Iterator[str]:
        """Yields the differences to another state; for a rule that is off there, that alone."""
        if after.severity is None:
            yield from ["关闭"] if self.severity is not None else []
            return
        if after.severity is not self.severity:
            yield f"级别 {SEVERITY[self.severity] if self.severity else '关闭'} → {SEVERITY[after.severity]}"
        for word, old, new in (("参数", self.params, after.params), ("共用参数", self.shared, after.shared)):
            for name, value in new.items():
                if value != old.get(name):
                    yield f"{word} {name} {_shown(old.get(name))} → {_shown(value)}"


def _state(pack: Pack, rule: Rule, profile: str, own: Overrides) -> _State:
    shared = _shared(pack, rule, shared_params(pack, profile, own))
    return _State(severity_of(pack, rule, profile, own), params_of(pack, rule, profile, own), shared)


def _shared(pack: Pack, rule: Rule, values: Mapping[str, Param]) -> dict[str, Param]:
    return {name: values[name] for name in shared_words(pack.definitions, rule)}


def sections(pack: Pack, rule: Rule, params: Mapping[str, Param]) -> Iterator[tuple[str, list[str]]]:
    """Yields the headings and paragraphs of a rule's documentation; `params` are the values in force."""
    yield "为什么", [rule.why]
    yield "怎么改", [help_in_general(rule, {name: shown_as(value) for name, value in params.items()})]
    yield "依据", [basis_line(basis) for basis in rule.basis]
    yield "局限", [rule.limits]
    if gathered := list(_gathered(pack, rule)):
        yield "连带", gathered
    if rule.params:
        yield "参数", [_param(name, value, params.get(name, value)) for name, value in rule.params.items()]
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


def _gathered(pack: Pack, rule: Rule) -> Iterator[str]:
    """Yields which rules' findings hang under those of a rule, under which its own hang, and whether they repeat."""
    links = links_of(pack.rules.values())
    for scope, words in _SCOPES.items():
        if below := [link.follower for link in links if link.head == rule.id and link.scope is scope]:
            yield f"带出{words}的 {_titles(pack, below)}：从它带出的问题改好它就没有了，所以列在它下面，不另计数"
    for scope, words in _SCOPES.items():
        if above := [link.head for link in links if link.follower == rule.id and link.scope is scope]:
            yield f"由{words}的 {_titles(pack, above)}带出：那一处改好，它就没有了，所以列在那一处下面"
    yield from _of_slips(pack, rule)
    if rule.places:
        yield "一张表上有多处的，合成一处问题，列出各处：改法相同"


def _of_slips(pack: Pack, rule: Rule) -> Iterator[str]:
    """Yields what slips explain: of the rule that names them, and of a rule whose findings they explain."""
    explained = {*pack.slips.rules, *(one for some in pack.slips.consequences.values() for one in some)}
    if any(target.table == SLIPS_TABLE for target in rule.targets):
        yield f"带出改正这一格就对得上的 {_titles(pack, sorted(explained))}：里面的数都是由笔误来的，只列规则，不另计数"
    namers = [one.id for one in pack.rules.values() if one.targets[0].table == SLIPS_TABLE]
    if rule.id in explained and namers:
        yield f"由 {_titles(pack, namers)}带出：笔误改正，它就没有了；拿不准是哪一格时，在消息后面写“可能是”"


def _titles(pack: Pack, rules: Iterable[str]) -> str:
    return "、".join(f"{name}（{pack.rules[name].title}）" for name in rules)


def _param(name: str, usual: Param, value: Param) -> str:
    return f"{name}: {_shown(value)}" + ("" if value == usual else f"（默认 {_shown(usual)}）")


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
