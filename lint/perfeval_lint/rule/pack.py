"""Compiles rule folders into a checked Pack, or reports every mistake of every file at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from perfeval_lint.errors import Problem, RulePackBroken, UnreadableFile
from perfeval_lint.form.nearest import did_you_mean
from perfeval_lint.rule.binding import binding_problems
from perfeval_lint.rule.compile.across import wanted_across
from perfeval_lint.rule.compile.query import Check, wanted_columns
from perfeval_lint.rule.compile.staging import Staging
from perfeval_lint.rule.files import SourceFile, check_shape, read_source
from perfeval_lint.rule.heads import link_problems
from perfeval_lint.rule.locate import MARKER, SLIPS, digest_of, rule_files, shipped_rules
from perfeval_lint.rule.model import SHARED, Definitions, Pack, Profile, Rule
from perfeval_lint.rule.names import name_problems
from perfeval_lint.rule.objects import as_own, read_profile
from perfeval_lint.rule.profile import choice_problems
from perfeval_lint.rule.reader import Reader, bodies_of
from perfeval_lint.rule.schema import DEFINITIONS_SCHEMA, PROFILE_SCHEMA, RULE_SCHEMA, SLIPS_SCHEMA
from perfeval_lint.rule.slips import slip_problems, slips_of
from perfeval_lint.sql.database import open_database

_PROFILES = "profiles"
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
    problems += name_problems(database, _by_folder(folders, files, sources))
    broken = {problem.file for problem in problems}
    unread = {
        rule for path, name in files if name in broken for rule in _ID.findall(path.read_text("utf-8", "replace"))
    }
    if any(name.endswith(MARKER) for name in broken):
        unread.add(SHARED)
    problems += _profile_problems(sources, profiles, rules, definitions, unread)
    named = {source.name: source for source in sources}
    problems += link_problems(named, rules, unread)
    of_slips = [source for source in sources if _kind(source) == SLIPS]
    problems += slip_problems(of_slips, rules, unread)
    broken = {problem.file for problem in problems}
    if not any(name.endswith(MARKER) for name in broken):
        sound = {name: rule for name, rule in rules.items() if rule.file not in broken}
        problems += binding_problems(database, definitions, every_check(sound), every_across_check(sound), named)
    if problems:
        raise RulePackBroken(sorted(set(problems), key=lambda p: (p.file, p.line or 0, p.column or 0)))
    own = {name for path, name in files if not path.resolve().is_relative_to(shipped_rules())}
    return Pack(
        definitions,
        {key: as_own(rule) if rule.file in own else rule for key, rule in rules.items()},
        {key: as_own(profile) if profile.file in own else profile for key, profile in profiles.items()},
        slips_of(of_slips),
        digest_of(files),
    )


def _by_folder(
    folders: Sequence[Path], files: Sequence[tuple[Path, str]], sources: Sequence[SourceFile]
) -> Iterator[tuple[list[SourceFile], list[SourceFile]]]:
    """Yields the definitions and the rules of each folder."""
    for folder in folders:
        names = {name for path, name in files if path.is_relative_to(folder)}
        inside = [source for source in sources if source.name in names]
        yield [one for one in inside if _kind(one) == MARKER], [one for one in inside if _kind(one) == "rule"]


def _kind(source: SourceFile) -> str:
    parts = source.name.split("/")
    if parts[-1] in (MARKER, SLIPS):
        return parts[-1]
    return _PROFILES if _PROFILES in parts[:-1] else "rule"


def _sources(files: Sequence[tuple[Path, str]], problems: list[Problem]) -> Iterator[SourceFile]:
    """Yields the files whose shape is right; records problems of the others."""
    schemas = {MARKER: DEFINITIONS_SCHEMA, SLIPS: SLIPS_SCHEMA, _PROFILES: PROFILE_SCHEMA, "rule": RULE_SCHEMA}
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
    """Returns all checks of the rules on a form, with their default parameters."""
    return [
        Check(rule, target.table, field, rule.severity, rule.params)
        for rule in rules.values()
        if rule.across is None
        for target in rule.targets
        for field in (target.fields or (None,))
    ]


def every_across_check(rules: Mapping[str, Rule]) -> list[Check]:
    """Returns all checks of the rules across forms, with their default parameters."""
    return [
        Check(rule, rule.targets[0].table, None, rule.severity, rule.params)
        for rule in rules.values()
        if rule.across is not None
    ]


def _every_column(rules: Mapping[str, Rule]) -> list[tuple[str, str]]:
    return [*wanted_columns(every_check(rules)), *wanted_across(every_across_check(rules))]


def shared_words(definitions: Definitions, rule: Rule) -> list[str]:
    """Returns the parameters of derived columns that a rule's outcome depends on."""
    needed = Staging(definitions, _every_column({rule.id: rule})).stages
    bodies = [body for key in needed if key in definitions.columns for body in bodies_of(definitions.columns[key])]
    return list(dict.fromkeys(parameter.name for body in bodies for parameter in body.parameters))
