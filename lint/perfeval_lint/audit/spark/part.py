"""A part of the inputs: the settings of all its tasks, the counts it ends with, and the databases tasks work in."""

from __future__ import annotations

import os
import pickle
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import duckdb

from perfeval_lint.audit.run.judging import Choosing
from perfeval_lint.audit.run.pool import Limits, ReadItems
from perfeval_lint.audit.run.reader import read_alone
from perfeval_lint.audit.store.store import ALONE
from perfeval_lint.audit.tables.load import Imported
from perfeval_lint.errors import PerfevalError
from perfeval_lint.rule.model import Pack
from perfeval_lint.version import VERSION

COUNTS: Final = "结果跨"  # rows of 结果 of the rules across forms: sums of the rows of parts and groups
PART_BITS: Final = 32  # a number in the results is the part, shifted, and the number in the part
UNSAID: Final = "未填"


def versions() -> str:
    """Returns the versions that must be the same on the driver and the workers."""
    return f"{VERSION}+duckdb-{duckdb.__version__}"


@dataclass(frozen=True, slots=True)
class Job:
    """The settings of all tasks of an audit. Departments go to one of `groups` groups, parts to shares of
    `parts_a_share`; DuckDB may use `memory` in a task."""

    version: str
    pack: Pack
    choosing: Choosing
    limits: Limits
    memory: str
    groups: int
    parts_a_share: int
    read: ReadItems = read_alone

    def check_version(self) -> None:
        """Raises where the driver has another version than this process."""
        if self.version != versions():
            raise PerfevalError(f"PERFEVAL-VERSION driver={self.version} worker={versions()}")


@dataclass(frozen=True, slots=True)
class Facts:
    """The counts of a part for the driver: files with forms, forms, of tables the forms by file and the counts of their
    import.
    """

    part: int
    files: int
    forms: int
    by_file: dict[int, int] = field(default_factory=dict)
    imported: Imported | None = None


def facts_in(content: bytes) -> Facts:
    """Returns the facts of a chunk, which a task of this audit made."""
    facts: Facts = pickle.loads(content)  # noqa: S301
    return facts


def scratch() -> tempfile.TemporaryDirectory[str]:
    """Makes a folder for a task, on a disk that Spark may use."""
    folder = os.environ.get("SPARK_LOCAL_DIRS", "").split(",")[0]
    return tempfile.TemporaryDirectory(prefix="perfeval-", dir=folder if folder and Path(folder).is_dir() else None)


def connect(job: Job, folder: Path) -> duckdb.DuckDBPyConnection:
    """Opens a database in memory that goes to the folder where memory does not suffice."""
    database = duckdb.connect(
        config={
            **ALONE,
            "threads": 1,
            "memory_limit": job.memory,
            "temp_directory": str(folder / "spilled"),
            "arrow_lossless_conversion": True,
        }
    )
    database.execute("SET TimeZone = 'UTC'")
    return database


def lock(database: duckdb.DuckDBPyConnection) -> None:
    """Closes all that is outside the database, before rules run."""
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")
