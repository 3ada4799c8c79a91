"""perfeval.yaml: a user's own choice of profile, rules and parameters, found upwards from the file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perfeval_lint.errors import Problem, RulePackBroken, UnreadableFile
from perfeval_lint.form.nearest import did_you_mean
from perfeval_lint.rule.model import Pack, Severity
from perfeval_lint.rule.profile import choice_problems
from perfeval_lint.sql.text import Param

if TYPE_CHECKING:
    from perfeval_lint.rule.files import SourceFile

FILE_NAME = "perfeval.yaml"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a perfeval.yaml, merged with those it extends.

    `rule_paths` are folders; `exclude` are patterns matched against paths below `folder` and file names; `sources`
    are the files it was read from, for the places of mistakes.
    """

    profile: str | None = None
    rules: Mapping[str, Severity | None] = field(default_factory=dict)
    params: Mapping[str, Mapping[str, Param]] = field(default_factory=dict)
    rule_paths: tuple[Path, ...] = ()
    exclude: tuple[str, ...] = ()
    folder: Path | None = None
    sources: tuple[SourceFile, ...] = ()

    def judges_like(self, other: Settings) -> bool:
        """Returns whether forms are judged the same under other settings; the files that are left out may differ."""
        own = (self.profile, self.rules, self.params, self.rule_paths)
        return own == (other.profile, other.rules, other.params, other.rule_paths)

    def excludes(self, path: Path) -> bool:
        """Returns whether a file found in a folder is to be left out: by a pattern, or as a rule or settings file."""
        if self.folder is None:
            return False
        resolved = path.resolve()
        if any(resolved.is_relative_to(rules) for rules in self.rule_paths):
            return True
        if any(resolved == Path(source.name).resolve() for source in self.sources):
            return True
        inside = resolved.is_relative_to(self.folder)
        shown = resolved.relative_to(self.folder).as_posix() if inside else resolved.name
        return any(fnmatch(shown, pattern) or fnmatch(path.name, pattern) for pattern in self.exclude)


class SettingsFinder:
    """Finds the settings of files, upwards from each; looks into every folder once.

    It lasts one run: the next one sees the changes since.
    """

    def __init__(self) -> None:
        self._found: dict[str, Settings] = {}

    def for_path(self, path: str | Path) -> Settings:
        """Returns the settings of a file or folder; raises RulePackBroken where the file is faulty."""
        full = os.path.abspath(path)  # noqa: PTH100  (unlike Path.resolve, never looks at the disk)
        return self.in_folder(full if os.path.isdir(full) else os.path.dirname(full))  # noqa: PTH112, PTH120

    def in_folder(self, folder: str) -> Settings:
        """Returns the settings of the files directly in a folder; raises RulePackBroken."""
        if folder in self._found:
            return self._found[folder]
        passed = [folder]
        here = os.path.abspath(folder)  # noqa: PTH100
        settings = self._at(here)
        while settings is None:
            passed.append(here)
            here = os.path.dirname(here)  # noqa: PTH120
            settings = self._at(here)
        self._found |= dict.fromkeys((*passed, here), settings)
        return settings

    def _at(self, folder: str) -> Settings | None:
        """Returns the settings found in a folder itself; None if those of the folder above apply."""
        if folder in self._found:
            return self._found[folder]
        file = os.path.join(folder, FILE_NAME)  # noqa: PTH118
        if os.path.isfile(file):  # noqa: PTH113  (never raises)
            return read_settings(Path(file))
        return Settings() if os.path.dirname(folder) == folder else None  # noqa: PTH120


def settings_for(path: str | Path) -> Settings:
    """Returns the settings of a file or folder as they are now; raises RulePackBroken where the file is faulty."""
    return SettingsFinder().for_path(path)


def read_settings(path: Path, trail: tuple[Path, ...] = ()) -> Settings:
    """Reads a settings file and those it extends; raises RulePackBroken with their mistakes."""
    from perfeval_lint.rule.files import check_shape, read_source
    from perfeval_lint.rule.objects import switches
    from perfeval_lint.rule.schema import SETTINGS_SCHEMA

    try:
        source = read_source(path, str(path))
    except UnreadableFile as error:
        raise RulePackBroken([error.problem]) from None
    problems = list(check_shape(source, SETTINGS_SCHEMA))
    if path in trail:
        problems = [source.problem("cycle", "extends 绕回了自己", ("extends",))]
    if problems:
        raise RulePackBroken(problems)
    content = source.content
    base = _base(source, path, trail)
    params = {rule: dict(base.params.get(rule, {})) for rule in base.params}
    for rule, changed in content.get("params", {}).items():
        params[rule] = params.get(rule, {}) | changed
    return Settings(
        profile=content.get("profile", base.profile),
        rules=dict(base.rules) | switches(content.get("rules", {})),
        params=params,
        rule_paths=(*base.rule_paths, *_rule_paths(source, content, path)),
        exclude=(*base.exclude, *content.get("exclude", ())),
        folder=path.resolve().parent,
        sources=(*base.sources, source),
    )


def settings_problems(pack: Pack, settings: Settings) -> Iterator[Problem]:
    """Yields problems of profiles, rules and parameters in the settings that do not exist or have another type."""
    for source in settings.sources:
        content = source.content
        profile = content.get("profile")
        if profile is not None and profile not in pack.profiles:
            message = f"没有规则集“{profile}”{did_you_mean(profile, pack.profiles)}"
            yield source.problem("unknown-profile", message, ("profile",))
        yield from choice_problems(source, pack.rules, pack.definitions.params)


def _base(source: SourceFile, path: Path, trail: tuple[Path, ...]) -> Settings:
    extended = source.content.get("extends")
    if extended is None:
        return Settings()
    target = (path.parent / extended).resolve()
    if not target.is_file():
        raise RulePackBroken([source.problem("no-file", f"extends 指向的文件“{extended}”不存在", ("extends",))])
    return read_settings(target, (*trail, path))


def _rule_paths(source: SourceFile, content: Mapping[str, Any], path: Path) -> list[Path]:
    found = []
    problems: list[Problem] = []
    for number, entry in enumerate(content.get("rule-paths", ())):
        folder = (path.parent / entry).resolve()
        if folder.is_dir():
            found.append(folder)
        else:
            problems.append(source.problem("no-folder", f"没有规则目录“{entry}”", ("rule-paths", number)))
    if problems:
        raise RulePackBroken(problems)
    return found
