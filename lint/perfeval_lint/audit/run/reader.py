"""The work of a reader process: reads files to forms and writes the raw rows of the store as Parquet for it to take.

The part of a batch depends on the bytes of its files alone: reading knows nothing of the store and can run anywhere.
"""

from __future__ import annotations

import hashlib
import signal
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from perfeval_lint.audit.inputs.inputs import Item, reason
from perfeval_lint.audit.run.own import own
from perfeval_lint.audit.store.store import PARTLY, READ, UNREADABLE, raw_names
from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.form.model import Form
from perfeval_lint.form.nodes import MAX_BYTES
from perfeval_lint.judge.origins import as_read
from perfeval_lint.judge.readings import PAIR_COLUMNS, Pair, columns_of_pairs, pairs_of
from perfeval_lint.linting.sources import documents_in
from perfeval_lint.read.package import BROKEN_ZIP
from perfeval_lint.sql.columns import PARENT
from perfeval_lint.sql.text import unnested

PROGRESS = "进度"  # a file in the batch's folder: the number of the item being read, and since when
FILES, REMARKS, READ_QUANTITIES = "文件", "读取说明", "读数"
_ENCRYPTED = 0x41  # flags of a member of an archive: encrypted, strongly encrypted
_FILE_COLUMNS = {
    "文件号": "UINTEGER",
    "文件": "VARCHAR",
    "大小": "BIGINT",
    "修改": "BIGINT",
    "散列": "VARCHAR",
    "状态": "VARCHAR",
    "代码": "VARCHAR",
    "说明": "VARCHAR",
    "行": "UINTEGER",
    "列": "UINTEGER",
    "表数": "UINTEGER",
    "往年": "BOOLEAN",
}
_REMARK_COLUMNS = {
    "文件号": "UINTEGER",
    "级别": "VARCHAR",
    "代码": "VARCHAR",
    "说明": "VARCHAR",
    "行": "UINTEGER",
    "列": "UINTEGER",
}
_NUMBERS = {"表号": "UINTEGER", "行号": "UINTEGER", "文件号": "UINTEGER", "序号": "UINTEGER", "往年": "BOOLEAN"}


@dataclass(frozen=True, slots=True)
class Part:
    """The folder with the rows of a batch, and its numbers of files and forms; numbers in it count from 0."""

    folder: str
    files: int
    forms: int


@dataclass(slots=True)
class _Found:
    """The rows of a batch of files."""

    files: list[tuple[object, ...]] = field(default_factory=list)
    remarks: list[tuple[object, ...]] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    owners: list[tuple[int, int, bool]] = field(default_factory=list)  # of each form: file, index, last year's


class _TooSlowError(Exception):
    """A file took longer than it may."""


def read_items(items: Sequence[Item], folder: str, seconds: float) -> Part:
    """Reads a batch of files into a new folder; one file may take `seconds`."""
    place = Path(folder)
    place.mkdir(parents=True)
    found = _Found()
    with (place / PROGRESS).open("wb", buffering=0) as progress:
        for number, item in enumerate(items):
            progress.seek(0)
            progress.write(b"%10d %16.3f" % (number, time.time()))
            _read_item(found, number, item, seconds)
    _write(place, found)
    return Part(folder, len(found.files), len(found.forms))


def read_alone(items: Sequence[Item], folder: str, seconds: float) -> Part:
    """Reads as read_items does, for a store of its own: the part holds all readings of targets and results, whatever
    was read before."""
    own().forget_pairs()
    return read_items(items, folder, seconds)


def read_pairs(pairs: Sequence[Pair], folder: str) -> Part:
    """Reads targets and results that came with tables into a new folder."""
    place = Path(folder)
    place.mkdir(parents=True)
    _write_quantities(place, pairs)
    return Part(folder, 0, 0)


def _read_item(found: _Found, number: int, item: Item, seconds: float) -> None:
    problems: list[Problem] = []
    forms: list[tuple[int, Form]] = []
    digest = ""
    if item.problem is not None:
        _record(found, number, item, digest, [item.problem], [])
        return
    try:
        with _limited(seconds):
            data = _bytes_of(item)
            digest = hashlib.blake2b(data, digest_size=16).hexdigest()
            for document in documents_in(data, item.name, seconds):
                problems += document.problems
                for note in document.notes:
                    found.remarks.append((number, "note", note.code, note.message, note.line, note.column))
                if document.form is not None and not document.problems:
                    forms.append((document.index, document.form))
    except _TooSlowError:
        problems.append(too_slow(seconds, item))
    except MemoryError:
        problems.append(Problem("too-large", "读这个文件用的内存超过上限，已放弃；请核对文件，或删去多余的内容"))
    except OSError as error:
        problems.append(Problem("unreadable", _words_of(error)))
    except UnreadableFile as error:
        problems.append(error.problem)
    except Exception as error:  # noqa: BLE001  (one file must not end the run; the error is reported)
        problems.append(Problem("internal", f"读取时出错（{type(error).__name__}）；请把文件发给维护者"))
    _record(found, number, item, digest, problems, forms)


def too_slow(seconds: float, item: Item) -> Problem:
    """Returns the problem of a file that took longer than it may."""
    message = f"读了 {seconds:g} 秒还没有读完，已放弃；请核对文件，或转换成 Word、Excel"
    return Problem("too-slow", message, item.name)


def _record(
    found: _Found,
    number: int,
    item: Item,
    digest: str,
    problems: Sequence[Problem],
    forms: Sequence[tuple[int, Form]],
) -> None:
    first = problems[0] if problems else None
    state = UNREADABLE if first and not forms else PARTLY if first else READ
    problem = (first.code, first.message, first.line, first.column) if first else (None, None, None, None)
    found.files.append(
        (number, item.name, item.size, item.changed, digest or None, state, *problem, len(forms), item.last_year)
    )
    found.remarks += [(number, "error", one.code, one.message, one.line, one.column) for one in problems[1:]]
    found.forms += [form for _, form in forms]
    found.owners += [(number, index, item.last_year) for index, _ in forms]


def _words_of(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "文件不存在，检查期间被移走或删除；请核对"
    return f"打不开：{reason(error)}；请核对权限和路径"


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raises in Python code that takes too long; the parent ends what hangs in a library."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: object) -> None:
        raise _TooSlowError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _bytes_of(item: Item) -> bytes:
    if item.member is None:
        with open(item.path, "rb") as stream:  # noqa: PTH123  (names that are not UTF-8)
            return stream.read(MAX_BYTES + 1)
    try:
        archive = own().archive(item.path)
        entry = archive.infolist()[item.member]
        if entry.flag_bits & _ENCRYPTED:
            raise UnreadableFile(Problem("protected", "压缩包设有密码；请去掉密码或解压后再检查", item.name))
        with archive.open(entry) as stream:
            return stream.read(MAX_BYTES + 1)
    except BROKEN_ZIP:
        problem = Problem("damaged", "在压缩包里已损坏；请重新打包或解压后再检查", item.name)
        raise UnreadableFile(problem) from None


def _write(place: Path, found: _Found) -> None:
    """Writes the rows, a Parquet file a table that has any."""
    _write_table(place, FILES, _FILE_COLUMNS, list(zip(*found.files, strict=True)))
    _write_table(place, REMARKS, _REMARK_COLUMNS, list(zip(*found.remarks, strict=True)))
    for table, columns in as_read(found.forms).items():
        given: dict[str, Sequence[object]] = {**columns}
        if table == PARENT:
            given |= {
                "文件号": [file for file, _, _ in found.owners],
                "序号": [index for _, index, _ in found.owners],
                "往年": [is_old for _, _, is_old in found.owners],
            }
        names = raw_names(table)
        kinds = {name: _NUMBERS.get(name, "VARCHAR") for name in names}
        _write_table(place, table, kinds, [given[name] for name in names])
    _write_quantities(place, own().unseen(pairs_of(found.forms)))


def _write_quantities(place: Path, pairs: Iterable[Pair]) -> None:
    """Writes the readings of pairs."""
    _write_table(place, READ_QUANTITIES, PAIR_COLUMNS, columns_of_pairs(pairs))


def _write_table(place: Path, table: str, kinds: Mapping[str, str], columns: Sequence[Sequence[object]]) -> None:
    if not columns or not columns[0]:
        return
    file = str(place / f"{table}.parquet").replace("'", "''")
    sql = f"COPY (SELECT {unnested(kinds)}) TO '{file}' (COMPRESSION lz4)"
    own().database.execute(sql, [list(column) for column in columns])
