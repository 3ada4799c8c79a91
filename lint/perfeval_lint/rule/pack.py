"""Rule folders to a checked Pack: every mistake of every file at once, or a pack that binds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb

from perfeval_lint.errors import Problem, RulePackBroken, UnreadableFile
from perfeval_lint.form.definition import TABLES
from perfeval_lint.form.nearest import did_you_mean
from perfeval_lint.rule.across import (
    across_of,
    aggregated_table,
    aggregates,
    cut,
    group_sql,
    outermost,
    row_sql,
    wanted_across,
)
from perfeval_lint.rule.database import open_database
from perfeval_lint.rule.files import Path_, SourceFile, check_shape, read_source
from perfeval_lint.rule.locate import MARKER, digest_of, rule_files
from perfeval_lint.rule.model import SHARED, Definitions, Expression, Pack, Profile, Rule, raw_columns
from perfeval_lint.rule.objects import read_profile
from perfeval_lint.rule.profile import choice_problems
from perfeval_lint.rule.query import Check, expression_sql, placeholders_of, wanted_columns
from perfeval_lint.rule.reader import Reader, bodies_of
from perfeval_lint.rule.schema import DEFINITIONS_SCHEMA, PROFILE_SCHEMA, RULE_SCHEMA
from perfeval_lint.rule.sql import macro_statements
from perfeval_lint.rule.staging import Staging, build

_PROFILES = "profiles"
_TRUTHS = ("BOOLEAN", '"NULL"')
_ID = re.compile(r"^id:\s*[\"']?(\w+)", re.MULTILINE)


def compile_pack(folders: Sequence[Path]) -> Pack:
    """Reads, checks and binds everything in the folders; raises RulePackBroken with every mistake."""
    files = rule_files(folders)
    problems: list[Problem] = []
    sources = list(_sources(files, problems))
    database = open_database()
    reader = Reader(database)
    definitions = reader.definitions([source for source in sources if _kind(source) == MARKER])
    rules = reader.rules([source for source in sources if _kind(source) == "rule"], definitions)
    profiles: dict[str, Profile] = {}
    for source in sources:
        if _kind(source) == _PROFILES:
            profile = read_profile(source)
            if profile.name in profiles:
                message = f"规则集“{profile.name}”已在 {profiles[profile.name].file} 里定义"
                problems.append(source.problem("duplicate-name", message, ("name",)))
            profiles.setdefault(profile.name, profile)
    problems += reader.problems
    broken = {problem.file for problem in problems}
    unread = {
        rule for path, name in files if name in broken for rule in _ID.findall(path.read_text("utf-8", "replace"))
    }
    if any(name.endswith(MARKER) for name in broken):
        unread.add(SHARED)
    problems += _profile_problems(sources, profiles, rules, definitions, unread)
    broken = {problem.file for problem in problems}
    if not any(name.endswith(MARKER) for name in broken):
        sound = {name: rule for name, rule in rules.items() if rule.file not in broken}
        problems += _binding_problems(database, definitions, sound, {source.name: source for source in sources})
    if problems:
        raise RulePackBroken(sorted(set(problems), key=lambda p: (p.file, p.line or 0, p.column or 0)))
    return Pack(definitions, rules, profiles, digest_of(files))


def _kind(source: SourceFile) -> str:
    parts = source.name.split("/")
    if parts[-1] == MARKER:
        return MARKER
    return _PROFILES if _PROFILES in parts[:-1] else "rule"


def _sources(files: Sequence[tuple[Path, str]], problems: list[Problem]) -> Iterator[SourceFile]:
    """The files whose shape is right; the others become problems."""
    schemas = {MARKER: DEFINITIONS_SCHEMA, _PROFILES: PROFILE_SCHEMA, "rule": RULE_SCHEMA}
    for path, name in files:
        try:
            source = read_source(path, name)
        except UnreadableFile as error:
            problems.append(error.problem)
            continue
        found = list(check_shape(source, schemas[_kind(source)]))
        problems += found
        if not found:
            yield source


def _profile_problems(
    sources: Sequence[SourceFile],
    profiles: dict[str, Profile],
    rules: dict[str, Rule],
    definitions: Definitions,
    unread: set[str],
) -> Iterator[Problem]:
    by_name = {source.name: source for source in sources}
    for profile in profiles.values():
        source = by_name[profile.file]
        if profile.extends is not None and profile.extends not in profiles:
            message = f"没有规则集“{profile.extends}”{did_you_mean(profile.extends, profiles)}"
            yield source.problem("unknown-profile", message, ("extends",))
        elif _extends_itself(profile, profiles):
            yield source.problem("cycle", f"规则集“{profile.name}”绕回了自己", ("extends",))
        yield from choice_problems(source, rules, definitions.params, unread)


def _extends_itself(profile: Profile, profiles: dict[str, Profile]) -> bool:
    seen = {profile.name}
    at = profile.extends
    while at is not None and at in profiles:
        if at in seen:
            return True
        seen.add(at)
        at = profiles[at].extends
    return False


# --- types, by the database's own binder ----------------------------------------------------------


def every_check(rules: Mapping[str, Rule]) -> list[Check]:
    """All checks the rules make on a form, with their default parameters."""
    return [
        Check(rule, target.table, field, rule.severity, rule.params)
        for rule in rules.values()
        if rule.across is None
        for target in rule.targets
        for field in (target.fields or (None,))
    ]


def every_across_check(rules: Mapping[str, Rule]) -> list[Check]:
    """All checks the rules make across forms, with their default parameters."""
    return [
        Check(rule, rule.targets[0].table, None, rule.severity, rule.params)
        for rule in rules.values()
        if rule.across is not None
    ]


def _every_column(rules: Mapping[str, Rule]) -> list[tuple[str, str]]:
    return [*wanted_columns(every_check(rules)), *wanted_across(every_across_check(rules))]


def shared_words(definitions: Definitions, rule: Rule) -> list[str]:
    """The parameters of derived columns that a rule's outcome depends on."""
    needed = Staging(definitions, _every_column({rule.id: rule})).stages
    bodies = [body for key in needed if key in definitions.columns for body in bodies_of(definitions.columns[key])]
    return list(dict.fromkeys(parameter.name for body in bodies for parameter in body.parameters))


def empty_source(table: str) -> str:
    """A FROM item with a table's raw columns and no rows."""
    items = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in raw_columns(table).items())
    return f"(SELECT {items} WHERE false)"


def _binding_problems(
    database: duckdb.DuckDBPyConnection,
    definitions: Definitions,
    rules: dict[str, Rule],
    sources: dict[str, SourceFile],
) -> Iterator[Problem]:
    definition_files = [source for name, source in sources.items() if name.endswith(MARKER)]
    try:
        database.execute(macro_statements(definitions))
    except duckdb.Error as error:
        yield definition_files[0].problem("binding", f"宏有误：{_first_line(error)}", ("macros",))
        return
    found = list(_column_problems(database, definitions, definition_files))
    if found:
        yield from found
        return
    final = _build_empty(database, definitions, _every_column(rules))
    for check in every_across_check(rules):
        for message, path in _across_problems(database, check, final):
            yield sources[check.rule.file].problem("binding", message, path)
    for check in every_check(rules):
        rule = check.rule
        parts: list[tuple[tuple[str, ...], Expression | None, bool]] = [
            (("when",), rule.when, True),
            (("require",), rule.require, True),
        ]
        parts += [(("values", name), expression, False) for name, expression in rule.values.items()]
        parts += [(("fix", name), expression, False) for name, expression in rule.fix.items()]
        for path, expression, boolean in parts:
            if expression is not None:
                message = _bind(database, expression_sql(check, expression), final[check.table], boolean=boolean)
                if message:
                    yield sources[rule.file].problem("binding", message, path)


def _across_problems(
    database: duckdb.DuckDBPyConnection, check: Check, final: dict[str, str]
) -> Iterator[tuple[str, Path_]]:
    """What the binder has against the expressions of a check across forms, and where."""
    across, of = across_of(check), aggregated_table(check)
    for name, expression, table in (("when", check.rule.when, check.table), ("having", across.having, of)):
        if expression is not None:
            message = _bind(database, row_sql(check, expression, table), final[table], boolean=True)
            if message:
                yield message, (name,)
    yield from _key_problems(database, check, final)
    parts: list[tuple[Path_, Expression]] = [(("require",), check.rule.require)]
    parts += [(("values", name), expression) for name, expression in check.rule.values.items()]
    calls = [(path, cut(expression, one)) for path, expression in parts for one in outermost(expression)]
    wrong = [(_bind(database, row_sql(check, call, of), final[of], boolean=False), path) for path, call in calls]
    if any(message for message, _ in wrong):
        yield from (found for found in wrong if found[0])
    else:
        yield from _group_problems(database, check, parts, final)


def _group_problems(
    database: duckdb.DuckDBPyConnection, check: Check, parts: list[tuple[Path_, Expression]], final: dict[str, str]
) -> Iterator[tuple[str, Path_]]:
    groups = ", ".join(f"({sql}\n) AS {name}" for name, sql in aggregates(check).items()) or "1"
    rows = f"(SELECT {groups} FROM {final[aggregated_table(check)]}) CROSS JOIN {final[check.table]}"
    for path, expression in parts:
        message, kind = _kind_of(database, group_sql(check, expression), rows)
        if not message and path == ("require",) and kind not in _TRUTHS:
            message = _not_boolean(kind)
        if not message and path[-1] in placeholders_of(check.rule.message) and kind.endswith("]"):
            message = "消息里不能用列表"
        if message:
            yield message, path


def _key_problems(
    database: duckdb.DuckDBPyConnection, check: Check, final: dict[str, str]
) -> Iterator[tuple[str, Path_]]:
    of = aggregated_table(check)
    for number, key in enumerate(across_of(check).keys):
        message, kind = _kind_of(database, row_sql(check, key.own, check.table), final[check.table])
        other_message, other = _kind_of(database, row_sql(check, key.other, of), final[of])
        if message or other_message:
            yield message or other_message, ("across", number)
        elif kind != other:
            yield f"两边的类型应相同，这里是 {other} 和 {kind}；可以用 CAST", ("across", number)


def _column_problems(
    database: duckdb.DuckDBPyConnection, definitions: Definitions, files: Sequence[SourceFile]
) -> Iterator[Problem]:
    """Type errors of derived columns: all at once if all bind, else one by one to find which."""
    try:
        _build_empty(database, definitions, list(definitions.columns))
    except duckdb.Error:
        for table, name in definitions.columns:
            try:
                _build_empty(database, definitions, [(table, name)])
            except duckdb.Error as error:
                path = ("columns", table, name, "sql")
                source = next(file for file in files if path in file.places)
                yield source.problem("binding", f"派生列“{name}”有误：{_first_line(error)}", path)


def _build_empty(
    database: duckdb.DuckDBPyConnection, definitions: Definitions, wanted: list[tuple[str, str]]
) -> dict[str, str]:
    built = build(Staging(definitions, wanted), empty_source)
    for statement in (one for wave in built.waves for one in wave):
        database.execute(statement.sql)
    return {table: built.final[table] for table in TABLES}


def _bind(database: duckdb.DuckDBPyConnection, sql: str, table: str, *, boolean: bool) -> str:
    """What the binder has against an expression over a table; empty if nothing."""
    message, kind = _kind_of(database, sql, table)
    return _not_boolean(kind) if not message and boolean and kind not in _TRUTHS else message


def _not_boolean(kind: str) -> str:
    return f"应得出真假（BOOLEAN），这里得出 {kind}"


def _kind_of(database: duckdb.DuckDBPyConnection, sql: str, table: str) -> tuple[str, str]:
    """What the binder has against an expression over a table, empty if nothing, and the type it finds."""
    try:
        described = database.execute(f"DESCRIBE SELECT ({sql}\n) AS x FROM {table}").fetchall()
    except duckdb.Error as error:
        return f"类型或用法有误：{_first_line(error)}", ""
    return "", str(described[0][1])


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0]
