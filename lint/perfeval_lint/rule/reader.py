"""Reads rule and definition files whose shape has been checked, and finds every mistake in what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from perfeval_lint.form.definition import JUDGED_TABLES, SECTIONS, columns_of
from perfeval_lint.form.nearest import did_you_mean
from perfeval_lint.rule.across_check import check_across
from perfeval_lint.rule.checker import Checker, Wanted
from perfeval_lint.rule.compile.macros import circles, in_order
from perfeval_lint.rule.compile.query import placeholders_of
from perfeval_lint.rule.expression import ALLOWED, Head, aggregates_in
from perfeval_lint.rule.files import Path_, SourceFile
from perfeval_lint.rule.model import (
    FIELD_NAME,
    OTHERS,
    THIS_FIELD,
    THIS_ROW,
    Definitions,
    Derived,
    Expression,
    Macro,
    Rule,
    Target,
)
from perfeval_lint.rule.objects import OTHER, OUTCOMES, rule_of
from perfeval_lint.sql.columns import PARENT


class Reader(Checker):
    """Turns files whose shape is right into objects; `problems` collects what is wrong with what they say."""

    # --- definitions ---

    def definitions(self, sources: list[SourceFile]) -> Definitions:
        """Returns the macros and derived columns of all definition files."""
        entries = [
            (source, name, entry)
            for source in sources
            for name, entry in source.content.get("macros", {}).items()
            if name not in ALLOWED  # a call means DuckDB's function, and the name is a problem of its own
        ]
        heads = {name: Head(bool(entry.get("total", False)), len(entry["of"])) for _, name, entry in entries}
        wanted = [Wanted(source, ("macros", name, "sql"), entry["sql"]) for source, name, entry in entries]
        bodies = self.expressions(wanted, heads)
        macros = {
            name: Macro(name, tuple(entry["of"]), body, entry["says"], heads[name].total)
            for (_, name, entry), body in zip(entries, bodies, strict=True)
        }
        for item, (_, name, _) in zip(wanted, entries, strict=True):
            if macros[name].body.sql == item.text:
                self.check_macro(item, macros[name])
        for chain in circles(macros):
            item = next(item for item in wanted if item.path[1] == chain[0])
            self.add_problem(item, f"循环定义：{' → '.join(chain)}")
        columns = dict(self.derived_columns(sources, heads))
        params = {name: value for source in sources for name, value in source.content.get("params", {}).items()}
        definitions = Definitions(in_order(macros), columns, params)
        for source in sources:
            for table, entries_of in source.content.get("columns", {}).items():
                for name in entries_of:
                    self.check_derived(source, definitions, definitions.columns[table, name])
        self.check_cycles(sources, definitions)
        return definitions

    def derived_columns(
        self, sources: list[SourceFile], heads: Mapping[str, Head]
    ) -> Iterator[tuple[tuple[str, str], Derived]]:
        keys = ("sql", "match", "empty")
        entries = [
            (source, table, name, entry)
            for source in sources
            for table, named in source.content.get("columns", {}).items()
            for name, entry in named.items()
        ]
        wanted = [
            Wanted(source, ("columns", table, name, key), sql_text(entry[key]))
            for source, table, name, entry in entries
            for key in keys
            if key in entry
        ]
        parsed = iter(self.expressions(wanted, heads))
        for _, table, name, entry in entries:
            found = {key: next(parsed) for key in keys if key in entry}
            yield (
                (table, name),
                Derived(
                    table,
                    name,
                    found["sql"],
                    entry["says"],
                    tuple(entry.get("by", ())),
                    entry.get("of"),
                    found.get("match"),
                    found.get("empty"),
                ),
            )

    def check_macro(self, item: Wanted, macro: Macro) -> None:
        for reference in macro.body.references:
            if reference.name not in macro.arguments or reference.table:
                offer = did_you_mean(reference.name, macro.arguments)
                self.add_problem(item, f"宏里只能用它的参数，“{reference.name}”不是{offer}")
        for parameter in macro.body.parameters:
            self.add_problem(item, f"宏里不能用参数 ${parameter.name}")
        if aggregates_in(macro.body):
            self.add_problem(item, f"这里不能用汇总函数 {'、'.join(aggregates_in(macro.body))}；请定义派生列")
        if len({name.lower() for name in macro.arguments}) < len(macro.arguments):
            self.add_problem(Wanted(item.source, (*item.path[:-1], "of"), ""), "参数的名称有重复（不分大小写）")

    def check_derived(self, source: SourceFile, definitions: Definitions, column: Derived) -> None:
        path: Path_ = ("columns", column.table, column.name)
        inner = column.of or column.table
        item = Wanted(source, (*path, "sql"), column.body.sql)
        self.check_columns(item, column.body, inner, definitions, aggregate=bool(column.of or column.by))
        if column.match is not None:
            item = Wanted(source, (*path, "match"), column.match.sql)
            for reference in column.match.references:
                table = column.table if reference.table == THIS_ROW else inner
                self.check_column(item, reference.name, None, table, definitions)
            self.check_shared(item, column.match, definitions)
        if column.empty is not None:
            item = Wanted(source, (*path, "empty"), column.empty.sql)
            self.check_shared(item, column.empty, definitions)
            for reference in column.empty.references:
                self.add_problem(item, f"empty 是没有行时的值，不能用列“{reference.name}”")
        for name in column.by:
            self.check_column(Wanted(source, (*path, "by"), ""), name, None, column.table, definitions)
        if column.by and column.of:
            self.add_problem(
                Wanted(source, (*path, "by"), ""), "by 和 of 不能同时写：by 汇总本表的行，of 汇总另一个表的行"
            )

    def check_cycles(self, sources: list[SourceFile], definitions: Definitions) -> None:
        from perfeval_lint.rule.compile.rewrite import linked
        from perfeval_lint.rule.compile.staging import sources as made_of

        done: set[tuple[str, str]] = set()

        def visit(key: tuple[str, str], trail: tuple[tuple[str, str], ...]) -> None:
            link = linked(key[1])
            key = (PARENT, link) if link else key
            if key in trail:
                chain = " → ".join(name for _, name in (*trail[trail.index(key) :], key))
                source = next(s for s in sources if key[1] in s.content.get("columns", {}).get(key[0], {}))
                self.problems.append(source.problem("cycle", f"循环定义：{chain}", ("columns", *key, "sql")))
                return
            if key in done or key not in definitions.columns:
                return
            for other in made_of(definitions.columns[key]):
                visit(other, (*trail, key))
            done.add(key)

        for key in definitions.columns:
            visit(key, ())

    # --- rules ---

    def rules(self, sources: list[SourceFile], definitions: Definitions) -> dict[str, Rule]:
        """Returns the rules by id; a repeated id or name is a problem."""
        heads = {macro.name: Head(macro.total, len(macro.arguments)) for macro in definitions.macros.values()}
        wanted = [item for source in sources for item in _rule_expressions(source)]
        parsed = dict(zip(((w.source.name, w.path) for w in wanted), self.expressions(wanted, heads), strict=True))
        rules: dict[str, Rule] = {}
        names: dict[str, str] = {}
        for source in sources:
            found = [(item, parsed[item.source.name, item.path]) for item in _rule_expressions(source)]
            rule = rule_of(source, {item.path: expression for item, expression in found})
            if rule.id in rules:
                self.problems.append(
                    source.problem("duplicate-id", f"编号 {rule.id} 已用于 {rules[rule.id].file}", ("id",))
                )
                continue
            if rule.name in names:
                self.problems.append(
                    source.problem("duplicate-name", f"名称 {rule.name} 已用于 {names[rule.name]}", ("name",))
                )
            names[rule.name] = rule.id
            rules[rule.id] = rule
            self.check_rule(source, rule, found, definitions)
        return dict(sorted(rules.items()))

    def check_rule(
        self, source: SourceFile, rule: Rule, found: list[tuple[Wanted, Expression]], definitions: Definitions
    ) -> None:
        self.check_keys(source, rule)
        for target in rule.targets:
            if target.table not in JUDGED_TABLES:
                offer = did_you_mean(target.table, JUDGED_TABLES)
                self.problems.append(source.problem("unknown-table", f"没有名为“{target.table}”的表{offer}", ("for",)))
                continue
            for item, expression in found:
                self.check_parameters(item, rule, expression)
                if rule.across is None:
                    self.check_columns(item, expression, target.table, definitions, rule=rule, fields=target.fields)
            if rule.across is not None:
                check_across(self, found, rule, definitions)
            for field in target.fields:
                item = Wanted(source, ("for", target.table), "")
                self.check_column(item, field, None, target.table, definitions)
            self.check_message(source, rule, target, definitions)
            self.check_at(source, rule, target)
            self.check_fix(source, rule, target)
        self.check_pointed(source, rule)
        self.check_values(source, rule)
        self.check_examples(source)
        used = {one.name for _, expression in found for one in expression.parameters} | set(
            placeholders_of(rule.templates)
        )
        for name in rule.params:
            if name not in used:
                self.problems.append(source.problem("unused-param", f"参数“{name}”没有用到", ("params", name)))

    def check_keys(self, source: SourceFile, rule: Rule) -> None:
        """Checks which keys a rule has with and without `across`."""
        content = source.content
        if rule.across is None:
            wrong = {key: f"{key} 只用于有 across 的规则" for key in ("of", "having", "once")}
        else:
            wrong = {key: f"跨表的规则不能写 {key}" for key in ("fix", "places")}
            if isinstance(content["for"], dict):
                wrong["for"] = "跨表的规则只判一个表的行，不逐个字段判断"
        for key, message in wrong.items():
            if key in content:
                self.problems.append(source.problem("across", message, (key,)))

    def check_parameters(self, item: Wanted, rule: Rule, expression: Expression) -> None:
        for parameter in expression.parameters:
            if parameter.name not in rule.params:
                offer = did_you_mean(parameter.name, rule.params)
                self.add_problem(item, f"参数 ${parameter.name} 没有在 params 里给出默认值{offer}")

    def check_message(self, source: SourceFile, rule: Rule, target: Target, definitions: Definitions) -> None:
        """Checks the names in the braces of message and help, and that the braces are closed."""
        word = FIELD_NAME if rule.across is None else OTHERS
        for key, template in (("message", rule.message), ("help", rule.help)):
            item = Wanted(source, (key,), "")
            for name in placeholders_of(template):
                if name in rule.values or name in rule.params or name == word:
                    continue
                self.check_column(item, name, None, target.table, definitions, fields=target.fields)
            if template.count("{") != len(placeholders_of(template)):
                self.add_problem(item, "花括号没有成对")

    def check_at(self, source: SourceFile, rule: Rule, target: Target) -> None:
        known = {column.name for column in columns_of(target.table)} | {s.key for s in SECTIONS if s.key}
        known |= {THIS_FIELD} if target.fields else set()
        pointed = [rule.at_fields.get(name, rule.at) for name in target.fields] or [rule.at]
        for at in dict.fromkeys(pointed):
            if at not in known:
                offer = did_you_mean(at, known)
                message = f"at 指向的“{at}”不是表“{target.table}”的字段，也不是表的一部分{offer}"
                self.problems.append(source.problem("unknown-place", message, ("at",)))

    def check_pointed(self, source: SourceFile, rule: Rule) -> None:
        fields = [field for target in rule.targets for field in target.fields]
        for name in rule.at_fields:
            if name not in fields:
                message = f"at 里的“{name}”不在 for 所列的字段里{did_you_mean(name, fields)}"
                self.problems.append(source.problem("unknown-place", message, ("at", name)))

    def check_fix(self, source: SourceFile, rule: Rule, target: Target) -> None:
        known = [column.name for column in columns_of(target.table)]
        for name in rule.fix:
            if name not in known:
                message = f"fix 要改的“{name}”不是表“{target.table}”的字段{did_you_mean(name, known)}"
                self.problems.append(source.problem("unknown-field", message, ("fix", name)))

    def check_values(self, source: SourceFile, rule: Rule) -> None:
        """Checks that no named value leads back to itself; its own name inside it means itself, not a column."""
        for name in rule.values:
            reached = {name}
            waiting = [name]
            while waiting:
                inner = {
                    r.name for r in rule.values[waiting.pop()].references if r.table is None and r.name in rule.values
                }
                if name in inner:
                    message = f"values 里的“{name}”绕回了自己；与列同名的请换一个名字"
                    self.problems.append(source.problem("cycle", message, ("values", name)))
                    break
                waiting += inner - reached
                reached |= inner

    def check_examples(self, source: SourceFile) -> None:
        for number, example in enumerate(source.content["examples"]):
            outcomes = [outcome for outcome in OUTCOMES if outcome in example]
            if len(outcomes) != 1:
                message = f"每个例子写 {'、'.join(OUTCOMES)} 中的一个"
                self.problems.append(source.problem("example", message, ("examples", number)))
            elif isinstance(example[outcomes[0]], list) != ("across" in source.content):
                message = "跨表的规则的例子是若干张表的列表，其余规则的例子是一张表或一行"
                self.problems.append(source.problem("example", message, ("examples", number)))
            elif ("finding" in example) != (outcomes == ["fail"]):
                message = "fail 的例子要写 finding（完整的消息），其余不写"
                self.problems.append(source.problem("example", message, ("examples", number)))
        for outcome in ("pass", "fail"):
            if not any(outcome in example for example in source.content["examples"]):
                message = f"至少要有一个 {outcome} 的例子"
                self.problems.append(source.problem("example", message, ("examples",)))


def bodies_of(column: Derived) -> list[Expression]:
    """Returns the expressions of a derived column."""
    return [one for one in (column.body, column.match, column.empty) if one is not None]


def sql_text(value: object) -> str:
    """Returns an expression as text; YAML's true, false and numbers become SQL's."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _rule_expressions(source: SourceFile) -> Iterator[Wanted]:
    content = source.content
    for number, key in enumerate(content.get("across", ())):
        if isinstance(key, dict):
            for other, own in key.items():
                yield Wanted(source, ("across", number, other), sql_text(own))
                yield Wanted(source, ("across", number, other, OTHER), other)
        else:
            yield Wanted(source, ("across", number), key)
    for key in ("when", "having", "require"):
        if key in content:
            yield Wanted(source, (key,), sql_text(content[key]))
    for group in ("values", "fix"):
        for name, text in content.get(group, {}).items():
            yield Wanted(source, (group, name), sql_text(text))
