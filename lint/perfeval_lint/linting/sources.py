"""Finds the files to lint by paths, and reads files to documents."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from perfeval_lint.errors import Problem, RulePackBroken, UsageError
from perfeval_lint.form.load import CANONICAL, load
from perfeval_lint.form.model import Document
from perfeval_lint.form.nodes import MAX_BYTES
from perfeval_lint.rule.settings import FILE_NAME, Settings, SettingsFinder

STDIN = "-"
_LEFT_BESIDE = ("~$", ".~", "._")  # locks of open files; what a Mac keeps of a file where its disk cannot


@dataclass(frozen=True, slots=True)
class Source:
    """A file to lint: its name in reports, its path (None for bytes in hand), and its settings.

    Reading it may take `seconds`, where something ends it then.
    """

    name: str
    path: Path | None
    settings: Settings
    data: bytes | None = None
    problems: tuple[Problem, ...] = ()
    seconds: float | None = None


def sources_of(paths: Iterable[str], finder: SettingsFinder | None = None) -> Iterator[Source]:
    """Yields the files of the paths: those of a folder that may hold forms, in order; - is standard input.

    `finder` is the run's, where it has looked for settings already.
    """
    finder = finder or SettingsFinder()
    for name in paths:
        path = Path(name)
        if name == STDIN:
            yield Source("<stdin>", None, finder.for_path(Path.cwd()), sys.stdin.buffer.read(MAX_BYTES + 1))
        elif os.path.isdir(name):  # noqa: PTH112  (unlike Path.is_dir, never raises)
            yield from _in_folder(name, path, finder)
        else:
            yield _with_settings(name, path, finder)


def _in_folder(name: str, folder: Path, finder: SettingsFinder) -> Iterator[Source]:
    found = 0
    for path in _walk(folder):
        source = _with_settings(str(path), path, finder)
        if path.name != FILE_NAME and not source.settings.excludes(path):
            found += 1
            yield source
    if not found:
        message = "目录里没有可检查的文件（Word、Excel、PDF、网页、文本、YAML）；请核对路径"
        yield Source(name, None, Settings(), problems=(Problem("no-forms", message, name),))


def _with_settings(name: str, path: Path, finder: SettingsFinder) -> Source:
    """Returns a file with the settings that hold for it; with their problems where they are faulty."""
    try:
        return Source(name, path, finder.for_path(path))
    except RulePackBroken as error:
        return Source(name, path, Settings(), problems=error.problems)


def _walk(folder: Path) -> Iterator[Path]:
    """Yields the files below a folder that may hold forms, by name, without hidden folders and links to folders."""
    from perfeval_lint.read.read import SUFFIXES

    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(root, name) for name in sorted(files) if may_hold_forms(name, (*CANONICAL, *SUFFIXES)))


def may_hold_forms(name: str, suffixes: tuple[str, ...]) -> bool:
    """Returns whether a name has one of the suffixes and is none that Office and Macs put beside a file."""
    return name.lower().endswith(suffixes) and not name.startswith(_LEFT_BESIDE)


def documents_of(source: Source) -> Iterator[Document]:
    """Yields the documents of a source; a file that cannot be opened is one document with a problem."""
    source = opened(source)
    if source.problems:
        yield Document(0, None, source.problems)
    else:
        yield from documents_in(source.data or b"", source.name, source.seconds)


def opened(source: Source) -> Source:
    """Returns the source with its bytes, or with the problem why it cannot be opened."""
    if source.problems or source.path is None or source.data is not None:
        return source
    try:
        with source.path.open("rb") as stream:
            return replace(source, data=stream.read(MAX_BYTES + 1))
    except OSError as error:
        message = "文件不存在；请核对路径" if isinstance(error, FileNotFoundError) else f"打不开：{error.strerror}"
        return replace(source, problems=(Problem("unreadable", message, source.name),))


def documents_in(data: bytes, name: str, seconds: float | None = None) -> Iterator[Document]:
    """Yields the documents of a file's bytes. Canonical files are loaded without importing the readers of the others.

    Reading may take `seconds`, where something ends it then.
    """
    if name.lower().endswith(CANONICAL):
        yield from load(data, name)
        return
    from perfeval_lint.recognise.convert import documents

    yield from documents(data, name, seconds)


def given_bytes(data: bytes) -> Source:
    """Returns bytes as a source without a file."""
    return Source("<bytes>", None, Settings(), data)


def existing(name: str) -> str:
    """Returns the path; raises UsageError where nothing is there."""
    if not Path(name).exists():
        raise UsageError(f"没有这个文件或目录：{name}")
    return name
