"""The store of an audit, `audit.duckdb`: the forms read, their results, and the state of the run.

Schema 原 holds the forms as they were read, every cell a text; schema 跨 what rules across forms need of each form.
The tables and views beside them are for people: 文件 every input and its state, 读取说明 remarks on the reading,
表 资金 目标 指标 分组 管理 the forms typed, 评分 a row a form, 结果 the outcomes of every rule on every form, 问题 the
findings, 未判 what could not be evaluated, 规则 the rules that judged, 运行 the runs. 表号 is a form, 文件号 a file;
neither means anything outside the store: reports sort by 文件 and 序号.
"""

from __future__ import annotations

import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

import duckdb

from perfeval_lint.errors import UsageError
from perfeval_lint.files import written_new
from perfeval_lint.form.definition import DOUBTS, TABLES, UNKNOWN_TABLE, columns_of
from perfeval_lint.judge.readings import PAIR_COLUMNS
from perfeval_lint.judge.tell.undecided import WHY
from perfeval_lint.rule.compile.staging import typed
from perfeval_lint.sql.columns import PARENT
from perfeval_lint.sql.text import identifier

FILE_NAME: Final = "audit.duckdb"
WRITTEN: Final = (
    "审核结果.html",
    "审核结果.xlsx",
    "问题.csv",
    "未能判断.csv",
    "得分.csv",
    "结果.json",
    "整改通知",
)  # beside it
VERSION: Final = 1
READING: Final = 3  # one higher whenever the same file is read as something else: its forms are then read anew
_BATCHES, _SPILLED = ".批次", ".临时"  # folders beside the store while a run lasts
RAW: Final = "原"
RAW_TABLES: Final = (*TABLES, DOUBTS.table)
READ, PARTLY, UNREADABLE, REPEATED = "已读", "部分读取", "读不了", "重复"  # 文件.状态

ACROSS: Final = "跨"  # schema of what rules across forms need of every judged form
COMPARED: Final = "跨表"  # item of 库: which forms were compared, by which rules

Settings = dict[str, str | bool | int | float | list[str]]  # of DuckDB
ALONE: Final[Settings] = {  # no extension is fetched, no variable of this program is seen as a table
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
}

_OF_ROOT = {"文件号": "UINTEGER", "序号": "UINTEGER", "往年": "BOOLEAN"}

_RESULTS = """
CREATE TABLE 评分 (
    表号 UINTEGER, 规则集 VARCHAR, 主管部门 VARCHAR, 单位 VARCHAR,
    自评得分 DECIMAL(18,2), 自评等级 VARCHAR, 复核得分 DECIMAL(18,2), 可复核分值 DECIMAL(18,2), 总分值 DECIMAL(18,2),
    复核等级 VARCHAR
);
CREATE TABLE 结果 (
    表号 UINTEGER, 规则 VARCHAR, 通过 UINTEGER, 不通过 UINTEGER, 不适用 UINTEGER, 未能判断 UINTEGER
);
CREATE TABLE 问题 (
    表号 UINTEGER, 规则 VARCHAR, 级别 VARCHAR, 部分 VARCHAR, 行号 UINTEGER, 字段 VARCHAR, 路径 VARCHAR,
    所指 VARCHAR, 所在 VARCHAR, 消息 VARCHAR, 豁免 VARCHAR
);
CREATE TABLE 未判 (表号 UINTEGER, 规则 VARCHAR, 路径 VARCHAR, 所指 VARCHAR, 缺 VARCHAR);
"""
# Columns that stores of before do not have.
ADDED: Final = {"评分": {"复核至多": "BOOLEAN"}, "未判": WHY, "问题": {"改法": "VARCHAR", "主问题": "VARCHAR"}}
_ADD = "".join(
    f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {name} {kind};"
    for table, columns in ADDED.items()
    for name, kind in columns.items()
)
# The year of a form t as a number, as in 读数; 0 where there is none.
YEAR_SQL: Final = "coalesce(CAST(CASE WHEN regexp_full_match(t.年度, '[0-9]{4}') THEN t.年度 END AS INTEGER), 0)"
RESULT_TABLES: Final = ("评分", "结果", "问题", "未判")
_KEPT = """
CREATE TABLE 库 (项 VARCHAR PRIMARY KEY, 值 VARCHAR);
CREATE TABLE 文件 (
    文件号 UINTEGER, 文件 VARCHAR, 大小 BIGINT, 修改 BIGINT, 散列 VARCHAR, 状态 VARCHAR, 代码 VARCHAR, 说明 VARCHAR,
    行 UINTEGER, 列 UINTEGER, 表数 UINTEGER, 往年 BOOLEAN
);
CREATE TABLE 读取说明 (文件号 UINTEGER, 级别 VARCHAR, 代码 VARCHAR, 说明 VARCHAR, 行 UINTEGER, 列 UINTEGER);
CREATE TABLE 规则 (
    规则 VARCHAR, 名称 VARCHAR, 标题 VARCHAR, 级别 VARCHAR, 改法 VARCHAR, 为什么 VARCHAR, 依据 VARCHAR
);
CREATE TABLE 运行 (
    运行号 UINTEGER, 开始 TIMESTAMP, 结束 TIMESTAMP, 状态 VARCHAR, 版本 VARCHAR, 规则摘要 VARCHAR, 今年 UINTEGER,
    输入 VARCHAR[], 文件数 UINTEGER, 新读 UINTEGER, 表数 UINTEGER, 秒 DOUBLE
);
"""


def raw_table(table: str) -> str:
    """Returns the quoted name of the table with the forms' rows as read."""
    return f"{RAW}.{identifier(table)}"


def raw_names(table: str) -> list[str]:
    """Returns the columns of a raw table, in order. 出处 holds the place in the file of each of the form's columns and
    then of the row itself, one a line, in the short words of form.origin; empty where not known."""
    extra = _OF_ROOT if table == PARENT else {}
    return ["表号", "行号", *extra, *(column.name for column in columns_of(table)), "出处"]


def create(database: duckdb.DuckDBPyConnection) -> None:
    """Makes the tables of an empty store."""
    database.execute(f"CREATE SCHEMA {RAW};{_KEPT}{_RESULTS}{_ADD}")
    for table in RAW_TABLES:
        kinds = {"表号": "UINTEGER", "行号": "UINTEGER"} | _OF_ROOT
        items = ", ".join(f"{identifier(name)} {kinds.get(name, 'VARCHAR')}" for name in raw_names(table))
        database.execute(f"CREATE TABLE {raw_table(table)} ({items})")
    readings = ", ".join(f"{identifier(name)} {kind}" for name, kind in PAIR_COLUMNS.items())
    database.execute(f"CREATE TABLE {RAW}.读数 ({readings})")
    for table in TABLES:
        if table != UNKNOWN_TABLE:
            database.execute(f"CREATE VIEW {identifier(table)} AS {_typed_view(table)}")
    database.execute("INSERT INTO 库 VALUES ('版本', ?), ('读法', ?)", [str(VERSION), str(READING)])


def _typed_view(table: str) -> str:
    items = ", ".join(typed(column) for column in columns_of(table))
    if table != PARENT:
        return f"SELECT 表号, 行号, {items} FROM {raw_table(table)}"
    rows = f"SELECT 表号, 文件号, 序号, 往年, {items} FROM {raw_table(table)}"
    return f"SELECT t.*, f.文件 FROM ({rows}) t LEFT JOIN 文件 f USING (文件号)"


class Store:
    """An open store, locked against other runs until it is closed. `folder` is the audit's output folder."""

    def __init__(self, folder: Path, database: duckdb.DuckDBPyConnection) -> None:
        self.folder = folder
        self.database = database

    @property
    def batches(self) -> Path:
        """The folder reader processes write to; nothing else outside can be reached once the store is locked."""
        return self.folder / _BATCHES

    def lock(self) -> None:
        """Closes all that is outside the store and its batches, before rules run."""
        allowed = str(self.batches.resolve()).replace("'", "''")
        self.database.execute(f"SET allowed_directories = ['{allowed}/']")
        self.database.execute("SET preserve_insertion_order = false")  # what comes now is in no order, and may be large
        self.database.execute("SET enable_external_access = false")
        self.database.execute("SET lock_configuration = true")

    def close(self) -> None:
        """Closes the store; what is not committed is lost."""
        with suppress(duckdb.Error):  # that a store cannot be written has been reported
            self.database.close()
        for name in (_BATCHES, _SPILLED):
            shutil.rmtree(self.folder / name, ignore_errors=True)


def open_store(folder: Path, *, threads: int, memory: str, fresh: bool = False) -> Store:
    """Opens the store of an output folder, or makes one; raises UsageError where it cannot be used."""
    path = folder / FILE_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"输出目录 {folder} 建不了：{error.strerror}；请换一个目录") from None
    settings: Settings = {
        **ALONE,
        "threads": threads,
        "memory_limit": memory,
        "temp_directory": str(folder / _SPILLED),
        "checkpoint_threshold": "256MB",  # a killed run plays so much of its log back; writing it over takes time
    }
    if fresh and path.exists():
        _connect(path, settings).close()  # no other run is at work on it
        for old in (path, path.with_name(FILE_NAME + ".wal")):
            old.unlink(missing_ok=True)
    _make(path)
    database = _connect(path, settings)
    store = Store(folder, database)
    try:
        shutil.rmtree(store.batches, ignore_errors=True)
        store.batches.mkdir()
        check_version(database, path)
        database.execute(_ADD)
    except BaseException:
        store.close()
        raise
    return store


def _make(path: Path) -> None:
    """Makes an empty store where there is no file; raises UsageError where it cannot be written.

    DuckDB writes a new file in steps and opens none that it was killed in, so the file appears only when it is whole.
    """
    if path.exists():
        return
    try:
        with written_new(path) as part, duckdb.connect(str(part), config=ALONE) as database:
            create(database)
    except (OSError, duckdb.IOException) as error:
        why = error.strerror if isinstance(error, OSError) else str(error).splitlines()[0]
        raise UsageError(f"{path} 写不了：{why}；请换一个输出目录") from None


def open_stored(path: Path) -> duckdb.DuckDBPyConnection:
    """Opens a store for reading; raises UsageError where the file is none or a run is at work on it."""
    database = _connect(path, ALONE, read=True)
    check_version(database, path)
    ((own,),) = database.execute("SELECT current_database()").fetchall()
    for table, kinds in ADDED.items():
        found = {name for name, *_ in database.execute(f"DESCRIBE {table}").fetchall()}
        added = "".join(f", CAST(NULL AS {kind}) AS {name}" for name, kind in kinds.items() if name not in found)
        if added:
            database.execute(f"CREATE TEMP VIEW {table} AS SELECT *{added} FROM {identifier(own)}.main.{table}")
    return database


def _connect(path: Path, settings: Settings, *, read: bool = False) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path), read_only=read, config=settings)
    except duckdb.Error as error:
        why = str(error).splitlines()[0]
        if isinstance(error, duckdb.IOException) and _is_held(path):
            raise UsageError(f"{path} 正被另一个审核使用；请等它结束，或换一个输出目录") from None
        if _is_database(path):
            message = f"{path} 打不开，是更新版本的工具写的，或已损坏；请升级 perfeval-lint，或换一个输出目录（{why}）"
            raise UsageError(message) from None
        raise UsageError(f"{path} 打不开，或不是审核结果：{why}") from None


def _is_held(path: Path) -> bool:
    """Returns whether another process has locked the file, as DuckDB does with one it has open.

    Must not be called while this process has the database open: that would take its lock away.
    """
    try:
        with path.open("r+b") as stream:
            if sys.platform != "win32":
                import fcntl  # not there on Windows, where what is locked cannot be opened

                fcntl.lockf(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return sys.platform == "win32" and path.is_file()
    return False


def _is_database(path: Path) -> bool:
    """Returns whether a file is a DuckDB database by its head, of whatever version."""
    try:
        with path.open("rb") as stream:
            return stream.read(12)[8:] == b"DUCK"
    except OSError:
        return False


def check_version(database: duckdb.DuckDBPyConnection, path: Path, catalog: str = "") -> None:
    """Raises UsageError for a file that is no store, or one of a later version."""
    try:
        (row,) = database.execute(f"SELECT 值 FROM {catalog}库 WHERE 项 = '版本'").fetchall()
    except (duckdb.Error, ValueError):
        raise UsageError(f"{path} 不是审核结果；请换一个输出目录") from None
    if int(row[0]) > VERSION:
        raise UsageError(f"{path} 是更新版本的工具写的（库版本 {row[0]}）；请升级 perfeval-lint，或换一个输出目录")
