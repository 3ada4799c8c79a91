"""Runs a bulk audit: brings a store up to date with its inputs.

Reader processes read what is new or changed; their parts are taken into the store in the order of the files' names;
forms without results are judged as they come. A run may end at any moment: the next goes on from its store.
"""

from __future__ import annotations

import datetime
import errno
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import duckdb

from perfeval_lint.audit.inputs.batches import batches
from perfeval_lint.audit.inputs.inputs import Item, earlier_results, items_of, shown
from perfeval_lint.audit.run.imports import Imports
from perfeval_lint.audit.run.intake import Intake, gathered, transaction
from perfeval_lint.audit.run.judging import Choosing, Judging
from perfeval_lint.audit.run.pool import Limits, Readers, ReadItems
from perfeval_lint.audit.run.reader import Part, read_items
from perfeval_lint.audit.store.results import FILES, MANIFEST, is_results
from perfeval_lint.audit.store.store import Store, open_store
from perfeval_lint.audit.tables.mapping import TableMapping
from perfeval_lint.errors import RulePackBroken, UsageError
from perfeval_lint.rule.locate import all_folders
from perfeval_lint.rule.model import Pack
from perfeval_lint.rule.pack_cache import load_pack
from perfeval_lint.rule.profile import Overrides, check_picks, choose
from perfeval_lint.rule.settings import Settings, SettingsFinder, settings_problems
from perfeval_lint.version import VERSION

_ROOM = 16 * 1024 * 1024  # bytes; a run that cannot write so much more has no disk left


@dataclass(frozen=True, slots=True)
class Request:
    """The inputs and options of an audit. `paths` are files and folders; `previous` those of the year before, or its
    results; `mapping` names the columns of exported tables."""

    paths: tuple[str, ...]
    out: Path
    limits: Limits
    profile: str | None = None
    overrides: Overrides = field(default_factory=Overrides)
    previous: tuple[str, ...] = ()
    mapping: TableMapping = field(default_factory=TableMapping)
    memory: str = "4GB"
    fresh: bool = False
    year: int | None = None


class Progress(Protocol):
    """Receives the progress of a run."""

    def listed(self, files: int, unread: int, unjudged: int) -> None:
        """Receives the counts of all files, of those to be read, and of the forms that wait to be judged."""

    def read(self, files: int, forms: int) -> None:
        """Receives the counts of files just read and of their forms."""

    def judged(self, forms: int) -> None:
        """Receives the count of forms just judged; called from any thread."""


def run_audit(request: Request, progress: Progress, read: ReadItems = read_items) -> Store:
    """Brings the store of the output folder up to date with the inputs; the store is the caller's to close.

    Raises UsageError, RulePackBroken; on any exception the store is closed and holds what was done.
    """
    if is_results(request.out):
        raise UsageError(f"{request.out} 里已有 Spark 审核的结果（{MANIFEST}）；请给这次另写一个 --out")
    settings, pack, choosing = prepared(request)
    store = open_store(request.out, threads=request.limits.processes, memory=request.memory, fresh=request.fresh)
    try:
        run = _Run(store, request, settings, progress, read)
        run.go(Judging(store, pack, choosing, request.limits.processes, progress.judged), pack)
    except duckdb.Error as error:
        words = _words_of(error, request)  # closing may make room
        store.close()
        raise UsageError(words) from None
    except BaseException:
        store.close()
        raise
    return store


def prepared(request: Request) -> tuple[Settings, Pack, Choosing]:
    """Returns the settings and rules of an audit, and how it chooses among them; raises UsageError, RulePackBroken."""
    settings = _settings(request)
    overrides = replace(request.overrides, rules=settings.rules, params=settings.params)
    pack = _pack(settings, request)
    year = request.year or datetime.datetime.now(tz=datetime.UTC).astimezone().year
    return settings, pack, Choosing(request.profile or settings.profile, overrides, year)


def inputs_of(request: Request, settings: Settings) -> Iterator[Item]:
    """Yields every file of this year and the last, as they are found; raises UsageError where one is to be judged by
    other settings than those of the run."""
    earlier = [*map(earlier_results, request.previous)]
    this_year = _OneForAll(settings).excludes
    for paths, excludes, last_year in ((request.paths, this_year, False), (earlier, settings.excludes, True)):
        for item in items_of(paths, excludes, request.mapping):
            if item.is_table and stands_for_results(item) and not last_year:
                raise UsageError(f"{item.name} 是审核的结果，不是自评表；要与它比较，请写 --previous")
            yield replace(item, last_year=last_year)


def stands_for_results(item: Item) -> bool:
    """Returns whether a file is the store or the manifest of an audit's results."""
    return Path(item.path).name in FILES


def _words_of(error: duckdb.Error, request: Request) -> str:
    """Returns in words why the store could not go on, and what to do."""
    again = f"已经做完的留在 {request.out}，再运行同样的命令就接着做"
    if _is_full(request.out):
        return f"磁盘满了，审核停了下来；请空出空间，{again}"
    if isinstance(error, duckdb.OutOfMemoryException):
        return f"内存不够（上限 {request.memory}），审核停了下来；请用 --memory 加大，或用 --jobs 减少进程，{again}"
    return f"审核停了下来：{str(error).splitlines()[0]}；{again}"


def _is_full(folder: Path) -> bool:
    """Returns whether hardly anything more can be written there: no space, a quota, or a bound on the size of files."""
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(_ROOM))
            probe.flush()
    except OSError as error:
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return False


def _settings(request: Request) -> Settings:
    """Returns the settings of all paths; raises UsageError where they differ."""
    finder = SettingsFinder()
    found = [finder.for_path(path) for path in request.paths]
    if not all(one.judges_like(found[0]) for one in found):
        raise UsageError("这些路径的 perfeval.yaml 不同；请分开审核，或把设置放在它们共同的上级目录")
    return found[0] if found else Settings()


class _OneForAll:
    """The settings all forms of a run are judged by; which files to leave out is for the settings of each folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._finder = SettingsFinder()

    def excludes(self, path: Path) -> bool:
        """Returns whether to leave out a file of a folder; raises UsageError where it is to be judged otherwise."""
        own = self._finder.in_folder(str(path.parent))
        if own.excludes(path):
            return True
        if not own.judges_like(self._settings):
            raise UsageError(
                f"{shown(own.sources[-1].name)} 的设置与所给路径的不同，而一次审核只用一套设置；"
                "请把这个目录单独审核（另写一个 --out），或把它的设置并入所给路径的 perfeval.yaml"
            )
        return False


def _pack(settings: Settings, request: Request) -> Pack:
    pack = load_pack(all_folders(settings.rule_paths))
    problems = list(settings_problems(pack, settings))
    if problems:
        raise RulePackBroken(problems)
    check_picks([pack], request.overrides)
    choose(pack, None, request.profile)
    return pack


class _Run:
    """One run of an audit."""

    def __init__(self, store: Store, request: Request, settings: Settings, progress: Progress, read: ReadItems) -> None:
        self.store = store
        self.request = request
        self.settings = settings
        self.progress = progress
        self.read = read
        self.began = time.monotonic()

    def go(self, judging: Judging, pack: Pack) -> None:
        """Lists, reads, judges, and records the run."""
        intake = Intake(self.store.database)
        imports = Imports(self.store, intake, self.request.mapping)
        changed = self._list(intake, imports)
        files = intake.list(item for items in changed for item in items)
        number = self._note_beginning(pack, judging.choice.year)
        state = "中断"
        unread = 0
        try:
            with imports.opened(changed) as sets, transaction(self.store.database):
                intake.forget(item.name for items in changed for item in items)
                for one in sets:
                    imports.take(one)
            unread = intake.to_read()
            self.store.lock()
            unjudged = judging.begin()
            self.progress.listed(files, unread, unjudged)
            with Readers(self.request.limits, self.store.batches, self.read) as readers:
                intake.read_pairs(readers)
                judging.advance()
                for parts in gathered(self._read(readers, intake.items())):
                    intake.take(parts)
                    judging.advance()
            judging.finish()
            state = "完成"
        finally:
            judging.stop()
            self._note_end(number, state, unread)

    def _list(self, intake: Intake, imports: Imports) -> list[list[Item]]:
        """Lists the files with forms; returns the sets of tables (and last year's results) that must be imported."""
        sets: dict[tuple[bool, bool], list[Item]] = {}

        def papers() -> Iterator[Item]:
            for item in inputs_of(self.request, self.settings):
                if item.is_table:
                    sets.setdefault((item.last_year, stands_for_results(item)), []).append(item)
                else:
                    yield item

        intake.list(papers())
        return [changed for items in sets.values() if (changed := imports.changed(items))]

    def _read(self, readers: Readers, items: Iterator[Item]) -> Iterator[Part]:
        for part in readers.read(batches(items)):
            self.progress.read(part.files, part.forms)
            yield part

    def _note_beginning(self, pack: Pack, year: int) -> int:
        values = [VERSION, pack.digest, year, [*map(shown, self.request.paths)]]
        ((number,),) = self.store.database.execute(
            "INSERT INTO 运行 BY NAME SELECT coalesce(max(运行号), 0) + 1 AS 运行号, now()::TIMESTAMP AS 开始, "
            "'进行中' AS 状态, ? AS 版本, ? AS 规则摘要, ? AS 今年, ? AS 输入 FROM 运行 RETURNING 运行号",
            values,
        ).fetchall()
        return int(number)

    def _note_end(self, number: int, state: str, unread: int) -> None:
        with suppress(duckdb.Error):  # where the disk is full, what failed first reports it
            self.store.database.execute(
                "UPDATE 运行 SET 结束 = now()::TIMESTAMP, 状态 = ?, 文件数 = (SELECT count(*) FROM 文件), 新读 = ?, "
                "表数 = (SELECT count(*) FROM 评分), 秒 = ? WHERE 运行号 = ?",
                [state, unread, round(time.monotonic() - self.began, 3), number],
            )
