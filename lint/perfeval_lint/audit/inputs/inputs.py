"""Finds the files to read: in folders, by lists of paths, and in zip archives."""

from __future__ import annotations

import errno
import os
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from perfeval_lint.audit.inputs.members import MAC_FOLDER, member_names
from perfeval_lint.audit.store.results import MANIFEST, WRITTEN_NAMES, find, is_results
from perfeval_lint.audit.store.store import FILE_NAME as STORE
from perfeval_lint.audit.store.store import WRITTEN
from perfeval_lint.audit.tables.mapping import TableMapping
from perfeval_lint.audit.tables.sources import DATABASES, PARQUET, TEXTS, is_table
from perfeval_lint.audit.tables.sources import SUFFIXES as TABLES
from perfeval_lint.errors import Problem, UsageError
from perfeval_lint.files import encodings_of
from perfeval_lint.form.load import CANONICAL
from perfeval_lint.linting.sources import may_hold_forms
from perfeval_lint.read.package import BROKEN_ZIP
from perfeval_lint.read.read import SUFFIXES
from perfeval_lint.rule.settings import FILE_NAME

ARCHIVE = ".zip"
_READ = (*CANONICAL, *SUFFIXES, *TABLES, ARCHIVE)
_EXPORTED = "pm_"  # how the tables of the budget system are named
MAX_MEMBERS = 200_000


@dataclass(frozen=True, slots=True)
class Item:
    """One file to read: its name in reports, its place, and by what a change of it is noticed.

    `member` is the place of the entry in the list of the archive at `path`, where two may have one name; `size` is in
    bytes, `changed` in nanoseconds. An item with a problem cannot be read; one of last year is only compared with; a
    table holds the rows of many forms, as do results.
    """

    name: str
    path: str
    member: int | None = None
    size: int = 0
    changed: int = 0
    problem: Problem | None = None
    last_year: bool = False
    is_table: bool = False


def items_of(paths: Iterable[str], excludes: Callable[[Path], bool], mapping: TableMapping) -> Iterator[Item]:
    """Yields every file below the paths that may hold forms; raises UsageError for a path where there is nothing.

    Files in folders for which `excludes` is true are left out. An Excel file in a folder is opened to see whether it is
    a table only where the mapping names tables or its name is that of one (PM_…): there may be very many.
    """
    for path in paths:
        if not os.path.lexists(path):
            raise UsageError(f"没有这个文件或目录：{shown(path)}")
        is_folder = os.path.isdir(path)  # noqa: PTH112  (never raises)
        for item in _in_folder(path, excludes) if is_folder else _at(path):
            looked_into = not is_folder or _may_be_table(item.name, mapping)
            is_whole = not item.problem and item.member is None
            is_table_file = is_whole and looked_into and (_is_table(item, mapping) or _is_manifest(item.path))
            yield replace(item, is_table=True) if is_table_file else item


def earlier_results(path: str) -> str:
    """Returns the path of last year's results for an audit's output folder, any other path as it is; raises
    UsageError."""
    found = find(Path(path)) if os.path.isdir(path) else None  # noqa: PTH112  (never raises)
    return os.path.join(path, found.name) if found else path  # noqa: PTH118  (the path as it was written)


def _is_manifest(path: str) -> bool:
    return os.path.basename(path) == MANIFEST and is_results(Path(path).parent)  # noqa: PTH119


def _may_be_table(name: str, mapping: TableMapping) -> bool:
    lower = name.lower()
    is_sure = lower.endswith((*PARQUET, *DATABASES, *TEXTS))
    return is_sure or bool(mapping.tables) or os.path.basename(lower).startswith(_EXPORTED)  # noqa: PTH119


def _is_table(item: Item, mapping: TableMapping) -> bool:
    return item.name.lower().endswith(TABLES) and is_table(Path(item.path), mapping)


def listed(path: str) -> list[str]:
    """Returns the paths of a list, one a line; raises UsageError where it cannot be read."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"打不开清单 {shown(path)}：{reason(error)}") from None
    for encoding in encodings_of(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return [line.strip() for line in text.splitlines() if line.strip()]
    raise UsageError(f"清单 {shown(path)} 不是文本；每行写一个路径，存为 UTF-8 或 GBK")


def reason(error: OSError) -> str:
    """Returns in words why a file or folder could not be opened."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return "没有权限"
    if error.errno == errno.ENAMETOOLONG:
        return "名字太长"
    return error.strerror or str(error)


def shown(path: str) -> str:
    """Returns a path as text that can be printed and stored; a name that is not UTF-8 is read as GBK."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return os.fsencode(path).decode("gb18030", "replace")
    return path


def _in_folder(folder: str, excludes: Callable[[Path], bool]) -> Iterator[Item]:
    """Yields the files below a folder, without hidden folders, links to folders and what audits wrote."""
    troubles: list[OSError] = []
    for root, folders, files in os.walk(folder, onerror=troubles.append):
        own = _written(root, files)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in own)
        for name in files:
            if name in own:
                continue
            path = os.path.join(root, name)  # noqa: PTH118  (a million of them)
            if may_hold_forms(name, _READ) and name != FILE_NAME and not excludes(Path(path)):
                yield from _at(path)
    for trouble in troubles:
        name = shown(os.fsdecode(trouble.filename or folder))
        message = f"目录打不开（{reason(trouble)}），里面的文件没有检查；请核对权限"
        yield Item(name, os.fsdecode(trouble.filename or folder), problem=Problem("unreadable", message, name))


def _written(folder: str, files: Iterable[str]) -> set[str]:
    """Returns the names of the files and folders that audits wrote into a folder."""
    own: set[str] = set()
    if STORE in files:
        own.update((STORE, *WRITTEN))
    if MANIFEST in files and is_results(Path(folder)):
        own.update((MANIFEST, *WRITTEN_NAMES, *WRITTEN))
    return own


def _at(path: str) -> Iterator[Item]:
    name = shown(path)
    try:
        found = os.stat(path)  # noqa: PTH116  (a million of them)
    except OSError as error:
        is_link = os.path.islink(path)  # noqa: PTH114
        message = "链接指向的文件不存在，或链接绕成了圈" if is_link else f"打不开：{reason(error)}"
        yield Item(name, path, problem=Problem("unreadable", f"{message}；请核对", name))
        return
    if not stat.S_ISREG(found.st_mode):
        message = "不是普通文件（是设备或管道），没有读"
        yield Item(name, path, problem=Problem("unreadable", message, name))
    else:
        yield from unpacked(Item(name, path, size=found.st_size, changed=found.st_mtime_ns))


def unpacked(item: Item) -> Iterator[Item]:
    """Yields the members of an archive that may hold forms; any other file itself."""
    if item.name.lower().endswith(ARCHIVE):
        yield from _in_archive(item)
    else:
        yield item


def _in_archive(archive: Item) -> Iterator[Item]:
    """Yields the members of a zip archive that may hold forms; the archive itself as a problem where there are none."""
    try:
        with zipfile.ZipFile(archive.path) as opened:
            members = opened.infolist()
    except BROKEN_ZIP:
        yield _refused(archive, "damaged", "压缩包不完整或已损坏；请重新打包或解压后再检查")
        return
    if len(members) > MAX_MEMBERS:
        yield _refused(archive, "too-large", f"压缩包里有 {len(members)} 个文件，超过 {MAX_MEMBERS}；请解压后再检查")
        return
    found = 0
    for number, (member, name) in enumerate(zip(members, member_names(members), strict=True)):
        base = name.rpartition("/")[2]
        if member.is_dir() or not may_hold_forms(base, _READ) or MAC_FOLDER in name.split("/"):
            continue
        found += 1
        inside = Item(f"{archive.name}/{name}", archive.path, number, member.file_size, archive.changed)
        if base == FILE_NAME:
            yield unused_settings(inside)
        elif base.lower().endswith(ARCHIVE):
            yield _refused(inside, "archive", "压缩包里还有压缩包，没有读；请先解压")
        else:
            yield inside
    if not found:
        yield _refused(archive, "no-forms", "压缩包里没有可检查的文件（Word、Excel、PDF、网页、文本、YAML）")


def unused_settings(item: Item) -> Item:
    """Returns a settings file that has no effect on the files beside it as an item with a problem."""
    return _refused(item, "settings", "这里的 perfeval.yaml 不起作用；请把设置放在所给路径里（压缩包请先解压）再审核")


def _refused(item: Item, code: str, message: str) -> Item:
    return Item(item.name, item.path, item.member, item.size, item.changed, Problem(code, message, item.name))
