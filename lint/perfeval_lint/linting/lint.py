"""Lints files: gathers documents into batches and judges a batch at once; memory does not grow with the files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike, fspath
from pathlib import Path

from perfeval_lint.errors import Problem, RulePackBroken, UnreadableFile
from perfeval_lint.form.model import Document, Form
from perfeval_lint.judge.judge import Judge
from perfeval_lint.linting.sources import Source, documents_of, existing, given_bytes, sources_of
from perfeval_lint.report.model import FileReport, FormReport
from perfeval_lint.report.report import Report
from perfeval_lint.rule.locate import all_folders
from perfeval_lint.rule.model import Pack
from perfeval_lint.rule.pack_cache import cache_folder, load_pack
from perfeval_lint.rule.profile import Choice, Overrides, checks_for, choose_for, pack_under
from perfeval_lint.rule.settings import Settings, settings_problems

BATCH = 1000  # forms judged at once


@dataclass(slots=True)
class _Pending:
    """A form waiting to be judged, and its report once it is."""

    form: Form
    index: int
    choice: Choice
    judge: Judge
    report: FormReport | None = None


@dataclass(slots=True)
class _File:
    """A file being read; reported when all its forms are judged."""

    name: str
    errors: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    forms: list[_Pending] = field(default_factory=list)

    def report(self) -> FileReport:
        done = tuple(pending.report for pending in self.forms if pending.report is not None)
        return FileReport(self.name, done, tuple(self.errors), tuple(self.notes))


class Linter:
    """Lints any number of sources with one set of options; rules and judges are made once.

    `profile` overrides the settings and the form's own 表式; `overrides` are the command line's.
    """

    def __init__(self, profile: str | None = None, overrides: Overrides | None = None) -> None:
        self.profile = profile
        self.overrides = overrides or Overrides()
        self._packs: dict[tuple[Path, ...], Pack] = {}
        self._judges: dict[tuple[str, str], Judge] = {}

    def pack(self, settings: Settings | None = None) -> Pack:
        """Returns the shipped rules with those of the settings; raises RulePackBroken for them and for the settings."""
        settings = settings or Settings()
        if settings.rule_paths not in self._packs:
            self._packs[settings.rule_paths] = load_pack(all_folders(settings.rule_paths))
        pack = self._packs[settings.rule_paths]
        problems = list(settings_problems(pack, settings))
        if problems:
            raise RulePackBroken(problems)
        return pack

    def run(self, sources: Iterable[Source]) -> Iterator[FileReport]:
        """Yields reports in the order of the sources, as soon as their forms are judged."""
        waiting: list[_File] = []
        batch: list[_Pending] = []
        for source in sources:
            file = _File(source.name)
            waiting.append(file)
            for document in documents_of(source):
                file.errors += document.problems
                file.notes += document.notes
                if document.form is None or document.problems:
                    continue
                try:
                    pending = self._pending(source.settings, document.form, document.index)
                except RulePackBroken as error:
                    file.errors += [problem for problem in error.problems if problem not in file.errors]
                    continue
                file.forms.append(pending)
                batch.append(pending)
                if len(batch) >= BATCH:
                    self._judge(batch)
                    batch = []
            if not batch:
                yield from (file.report() for file in waiting)
                waiting = []
        self._judge(batch)
        yield from (file.report() for file in waiting)

    def _pending(self, settings: Settings, form: Form, index: int) -> _Pending:
        pack = self.pack(settings)
        choice = choose_for(pack, form, self.profile or settings.profile)
        return _Pending(form, index, choice, self._judge_for(pack, choice.profile, settings))

    def _judge_for(self, pack: Pack, profile: str, settings: Settings) -> Judge:
        overrides = replace(self.overrides, rules=settings.rules, params=settings.params)
        key = (profile, f"{pack.digest}{overrides}")
        if key not in self._judges:
            checks = list(checks_for(pack, profile, overrides))
            chosen = pack_under(pack, profile, overrides)
            self._judges[key] = Judge(chosen, checks, with_review=True, kept=cache_folder())
        return self._judges[key]

    def _judge(self, batch: Sequence[_Pending]) -> None:
        by_judge: dict[int, list[_Pending]] = {}
        for pending in batch:
            by_judge.setdefault(id(pending.judge), []).append(pending)
        for group in by_judge.values():
            verdicts = group[0].judge.judge([pending.form for pending in group])
            for pending, verdict in zip(group, verdicts, strict=True):
                choice = pending.choice
                pending.report = FormReport(pending.index, pending.form, choice.profile, choice.reason, verdict)


def lint_source(source: str | PathLike[str] | bytes, profile: str | None) -> Report:
    """Returns the report on one path or on bytes; see perfeval_lint.lint."""
    linter = Linter(profile)
    sources = [given_bytes(source)] if isinstance(source, bytes) else sources_of([existing(fspath(source))])
    files = tuple(linter.run(sources))
    return Report(files, linter.pack().digest)


def convert_source(source: str | PathLike[str] | bytes) -> list[Form]:
    """Returns the forms of one file or of bytes; see perfeval_lint.convert."""
    sources = [given_bytes(source)] if isinstance(source, bytes) else sources_of([existing(fspath(source))])
    return forms_in(document for one in sources for document in documents_of(one))


def forms_in(documents: Iterable[Document]) -> list[Form]:
    """Returns the forms of documents that could be read whole; raises UnreadableFile where there is none."""
    documents = list(documents)
    forms = [document.form for document in documents if document.form is not None and not document.problems]
    if not forms:
        raise UnreadableFile(next(problem for document in documents for problem in document.problems))
    return forms
