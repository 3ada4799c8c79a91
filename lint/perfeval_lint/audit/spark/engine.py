"""A bulk audit on Spark: the embedded engine's batches as tasks, results as Parquet in the output folder.

Spark spreads, schedules, shuffles and recovers. Three steps: parts of the inputs are read and judged form by form;
groups of forms that rules compare are judged bucket by bucket; the rows of all are written by year and department.
The steps write to a folder of their own; the results move to the output folder when all is done.
"""

from __future__ import annotations

import pickle
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial, reduce
from pathlib import Path
from typing import TYPE_CHECKING

from perfeval_lint.audit.inputs.batches import batches, weight_of
from perfeval_lint.audit.inputs.inputs import Item
from perfeval_lint.audit.run.engine import Request, inputs_of, prepared, stands_for_results
from perfeval_lint.audit.run.pool import ReadItems
from perfeval_lint.audit.run.reader import read_alone
from perfeval_lint.audit.spark import tasks
from perfeval_lint.audit.spark.chunks import DDL, FACTS, GROUPS, HASHES, ROWS, Chunk
from perfeval_lint.audit.spark.completeness import SHARED, check_files, check_whole
from perfeval_lint.audit.spark.imports import (
    FORMS_A_PART,
    Earlier,
    FileRow,
    OpenSet,
    cut_up,
    file_rows,
    first_part,
    open_set,
    parts_of,
    write_earlier,
)
from perfeval_lint.audit.spark.output import Totals, conclude, put_in_place, staged
from perfeval_lint.audit.spark.part import Facts, Job, facts_in, versions
from perfeval_lint.audit.spark.paths import pattern_of, place_of
from perfeval_lint.audit.spark.remote import files_at, is_database, is_remote, tables_of
from perfeval_lint.audit.spark.session import Cluster, session
from perfeval_lint.audit.spark.write_results import Corrections, Repeated
from perfeval_lint.audit.store.results import IN_FOLDERS
from perfeval_lint.errors import UsageError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, Row, SparkSession

_PART_WEIGHT = 8_000  # of a part: some twenty seconds of work
_LEAST_WEIGHT = 400  # a part costs about as much besides its files
_PARTS_A_CORE = 4  # at least, so that no core waits long for the last
_FORMS_A_GROUP = 30_000  # of departments: so many forms one task writes, or compares, at a time
_MOST_GROUPS = 512
_CHECKS = 8  # rules across forms, about
_FORMS_OF_CONTENTS = 1000  # in a partition of files that come by Spark, about
_FORMS_A_SHARE = 5_000_000  # one task writes at most, where all forms are of one department


Watch = Callable[["SparkSession"], AbstractContextManager[object]]  # shows the progress of the jobs of its block


def run_on_spark(request: Request, cluster: Cluster, watch: Watch, read: ReadItems = read_alone) -> None:
    """Audits on a cluster; raises UsageError, RulePackBroken, TablesRefused. Afterwards the output folder holds whole
    results, or is as it was."""
    began = time.time()
    local = replace(request, paths=_local(request.paths), previous=_local(request.previous))
    settings, pack, choosing = prepared(local)
    with staged(request.out, fresh=request.fresh) as folder:
        items = list(inputs_of(local, settings))
        with session(cluster, folder / "spark") as spark, watch(spark):
            job = Job(versions(), pack, choosing, request.limits, request.memory, 1, 1, read)
            totals = _Run(spark, job, folder, request).go(items)
        conclude(folder, request, job, began, totals)
        put_in_place(folder, request.out)


def _local(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(path for path in paths if not is_remote(path))


@dataclass(frozen=True, slots=True)
class _Inputs:
    """The files with forms, by year and name; sets of tables, this year's and last year's; last year's results."""

    files: list[Item]
    sets: list[list[Item]]
    earlier: list[Item]


def _sorted_out(items: Iterable[Item]) -> _Inputs:
    found = {(not item.last_year, item.name): item for item in items}
    ordered = [found[key] for key in sorted(found)]
    tables = [item for item in ordered if item.is_table and not stands_for_results(item)]
    sets = [[item for item in tables if item.last_year == last_year] for last_year in (False, True)]
    return _Inputs(
        [item for item in ordered if not item.is_table],
        [some for some in sets if some],
        [item for item in ordered if item.is_table and stands_for_results(item)],
    )


@dataclass(frozen=True, slots=True)
class _Contents:
    """Files that Spark reads: a part a partition, numbered by Spark from the first part on."""

    first_part: int
    frame: DataFrame
    partitions: int
    last_year: bool


@dataclass(frozen=True, slots=True)
class _Work:
    """The inputs as tasks get them: files and the numbered parts they are cut into, sets of tables, last year's results
    with the parts they are written in, and files that Spark reads."""

    files: list[Item]
    parts: list[tuple[int, bytes]]
    sets: list[OpenSet]
    earlier: list[tuple[Item, list[Earlier]]]
    contents: list[_Contents]

    @property
    def parts_of_earlier(self) -> list[Earlier]:
        """Those of all of last year's results."""
        return [one for _, some in self.earlier for one in some]

    def files_of_tables(self, facts: Sequence[Facts]) -> Iterator[FileRow]:
        """Yields the rows of the results on the files of tables, once these are judged; raises TablesRefused."""
        for one in self.sets:
            yield from file_rows(one, facts)
        for item, some in self.earlier:
            if some:
                yield FileRow(some[0].file, item, sum(one.forms for one in some))


class _Run:
    """One run on a cluster."""

    def __init__(self, spark: SparkSession, job: Job, folder: Path, request: Request) -> None:
        self.spark = spark
        self.folder = folder
        self.request = request
        self.cores = int(spark.sparkContext.defaultParallelism)
        spark.conf.set("spark.sql.shuffle.partitions", str(4 * self.cores))
        self.job = job

    def go(self, items: list[Item]) -> Totals:
        """Runs all steps; `items` are the inputs that are paths."""
        self._probe()
        self._say("列出文件和表")
        work = self._work(items)
        job = self._sized(work)
        frames = self._judged(job, work)
        self._say("读取和审核")
        self._write(_union(frames), "one")
        facts = [facts_in(row.content) for row in self._facts("one")]
        _check_parts(facts, work, self.folder / "one")
        of_tables = [*work.files_of_tables(facts)]
        self._say("找内容相同的文件")
        corrections = self._corrections(facts)
        self._say("跨表比较")
        self._write(self._compared(job, corrections), "two")
        self._check_compared()
        self._say("写结果")
        check_files(self._write_results(job, corrections), self.folder / "results")
        forms = sum(one.forms for one in facts) - sum(one.forms for one in corrections.repeated)
        return Totals(sum(one.files for one in facts) + len(of_tables), forms, of_tables)

    def _work(self, items: list[Item]) -> _Work:
        contents = self._remote(items)
        inputs = _sorted_out(items)
        sets = [
            open_set(self.spark, some, self.request.mapping, number, self.folder)
            for number, some in enumerate(inputs.sets)
        ]
        earlier = [
            (item, write_earlier(item, len(sets) + number, self.folder)) for number, item in enumerate(inputs.earlier)
        ]
        first = len(sets) + len(earlier)
        numbered = [
            _Contents(first_part(first + number), frame, frame.rdd.getNumPartitions(), last_year)
            for number, (frame, last_year) in enumerate(contents)
        ]
        return _Work(inputs.files, self._parts(inputs.files), sets, earlier, numbered)

    def _judged(self, job: Job, work: _Work) -> list[DataFrame]:
        """Returns frames of the chunks of all parts: nothing is judged yet, but tables are cut into ranges."""
        earlier = [(one.part, pickle.dumps(one[1:])) for one in work.parts_of_earlier]
        return [
            *self._ranges(job, work.sets),
            self._pickled(work.parts).mapInArrow(partial(tasks.files_of_parts, job), DDL),
            self._pickled(earlier).mapInArrow(partial(tasks.earlier, job), DDL),
            *(
                one.frame.mapInArrow(partial(tasks.contents, job, one.first_part, one.last_year), DDL)
                for one in work.contents
            ),
        ]

    def _remote(self, items: list[Item]) -> list[tuple[DataFrame, bool]]:
        """Adds tables of databases to the items; returns the contents of files at URIs, and whether of last year."""
        contents = []
        for paths, last_year in ((self.request.paths, False), (self.request.previous, True)):
            for number, path in enumerate(filter(is_database, paths)):
                folder = self.folder / f"database{number}{'-last-year' if last_year else ''}"
                items += tables_of(self.spark, path, self.request.mapping, folder, last_year=last_year)
            uris = [path for path in paths if is_remote(path) and not is_database(path)]
            if uris:
                frame, refused = files_at(self.spark, uris)
                items += [replace(item, last_year=last_year) for item in refused]
                contents.append((frame, last_year))
        return contents

    def _probe(self) -> None:
        """Raises UsageError where workers do not share the output folder with this machine."""
        self._say("核对各 worker")
        folder = self.folder / "probe"
        folder.mkdir()
        (folder / tasks.PROBE).write_bytes(b"")
        numbers = self.spark.sparkContext.parallelize(range(2 * self.cores), 2 * self.cores)
        for host, name, there in numbers.map(partial(tasks.probe, self.job, str(folder))).collect():
            if not there or not (folder / name).is_file():
                raise UsageError(f"worker {host} 和本机看到的输出目录 {self.folder.parent} 不是同一个；{SHARED}")

    def _parts(self, files: Sequence[Item]) -> list[tuple[int, bytes]]:
        """Returns numbered parts of the files, in the order of their names."""
        weight = sum(map(weight_of, files)) // (self.cores * _PARTS_A_CORE)
        cut = batches(files, max(_LEAST_WEIGHT, min(_PART_WEIGHT, weight)))
        return [(number, pickle.dumps(list(some))) for number, some in enumerate(cut)]

    def _pickled(self, parts: Sequence[tuple[int, bytes]]) -> DataFrame:
        """Returns parts as a frame, each a task of its own."""
        spread = self.spark.sparkContext.parallelize(parts, max(1, len(parts)))
        return self.spark.createDataFrame(spread, tasks.PARTS_DDL)

    def _ranges(self, job: Job, sets: Sequence[OpenSet]) -> Iterator[DataFrame]:
        """Yields frames of the judged ranges of sets of tables."""
        for number, one in enumerate(sets):
            self._say("分发各表的行")
            target = self.folder / f"zero{number}"
            chunks = cut_up(self.spark, job, one, self.cores, target)
            together = chunks.repartition(max(1, 2 * len(one.some.begins)), "group")
            ordered = together.sortWithinPartitions("group", "name", "part")
            yield ordered.mapInArrow(partial(tasks.ranges, job, one.some), DDL)

    def _sized(self, work: _Work) -> Job:
        """Returns the job with the numbers of its groups and shares."""
        earlier = work.parts_of_earlier
        forms = len(work.files) + sum(one.forms for one in work.sets) + sum(one.forms for one in earlier)
        forms += sum(one.partitions for one in work.contents) * _FORMS_OF_CONTENTS
        parts = len(work.parts) + len(earlier) + sum(-(-one.forms // FORMS_A_PART) for one in work.sets)
        groups = max(1, min(_MOST_GROUPS, -(-forms // _FORMS_A_GROUP)))
        share = max(1, _FORMS_A_SHARE * max(parts, 1) // max(forms, 1))
        return replace(self.job, groups=groups, parts_a_share=share)

    def _say(self, words: str) -> None:
        self.spark.sparkContext.setJobDescription(words)

    def _write(self, frame: DataFrame, name: str) -> None:
        frame.write.partitionBy("kind").option("compression", "none").parquet(place_of(self.folder / name))

    def _read(self, name: str, kind: str) -> DataFrame:
        """Returns the chunks of a kind that a step wrote."""
        from pyspark.sql import functions as sql

        return self._chunks(name).where(sql.col("kind") == kind).select(*Chunk._fields)

    def _chunks(self, name: str) -> DataFrame:
        return self.spark.read.schema(DDL).parquet(pattern_of(self.folder / name))

    def _facts(self, name: str) -> list[Row]:
        """Returns the facts that a step wrote; raises UsageError where chunks they count are missing."""
        facts: list[Row] = self._read(name, FACTS).collect()
        others = self._chunks(name).where(f"kind <> '{FACTS}'").count()
        check_whole([others], [sum(row.rows for row in facts)], self.folder / name)
        return facts

    def _check_compared(self) -> None:
        """Raises UsageError where a bucket of groups has not been judged."""
        due = self._groups().select("check", "group").distinct().collect()
        done = [(row.name, row.group) for row in self._facts("two")]
        check_whole(done, map(tuple, due), self.folder / "two")

    def _groups(self) -> DataFrame:
        """Returns the chunks to be compared, each with the number of its check."""
        from pyspark.sql import functions as sql

        return self._read("one", GROUPS).withColumn("check", sql.substring_index("name", ".", 1))

    def _corrections(self, facts: Sequence[Facts]) -> Corrections:
        """Finds the files that repeat others; as on one machine, the first by name counts."""
        from pyspark.sql import functions as sql

        found = self._read("one", HASHES).mapInArrow(tasks.hashes, tasks.HASHES_DDL)
        first = found.groupBy("hash", "earlier").agg(sql.min("file").alias("like"), sql.count("*").alias("times"))
        repeated = (
            found.join(first.where("times > 1"), ["hash", "earlier"])
            .where("file <> like")
            .select("number", "first", "forms", "like")
        )
        rows = sorted(tuple(row) for row in repeated.collect())
        return Corrections(tuple(Repeated(*row) for row in rows), _counted_from(facts))

    def _compared(self, job: Job, corrections: Corrections) -> DataFrame:
        dropped = [(one.first, one.forms) for one in corrections.repeated if one.forms]
        together = self._groups().repartition(self._tasks(job.groups * _CHECKS), "check", "group")
        ordered = together.sortWithinPartitions("check", "group", "name", "part").select(*Chunk._fields)
        return ordered.mapInArrow(partial(tasks.groups, job, dropped), DDL)

    def _write_results(self, job: Job, corrections: Corrections) -> list[str]:
        """Writes the results; returns their files."""
        chunks = _union([self._read(name, ROWS) for name in ("one", "two")])
        together = chunks.repartition(self._tasks(job.groups * len(IN_FOLDERS)), "name", "group", "share")
        ordered = together.sortWithinPartitions("name", "group", "share", "part")
        target = str(self.folder / "results")
        files = ordered.mapInArrow(partial(tasks.results, job, corrections, target), tasks.FILES_DDL).collect()
        return [row.file for row in files]

    def _tasks(self, keys: int) -> int:
        """Returns the number of tasks for so many keys: enough that they spread evenly, few enough to be quick."""
        return max(1, min(keys * 2, max(self.cores * 8, keys // 4)))


def _union(frames: Sequence[DataFrame]) -> DataFrame:
    return reduce(lambda one, other: one.unionAll(other), frames)


def _check_parts(facts: Sequence[Facts], work: _Work, folder: Path) -> None:
    """Raises UsageError where a part is missing, or there twice."""
    numbers = [one.part for one in facts]
    for some in work.contents:  # Spark numbers these: only their count is known
        own = [number for number in numbers if number in parts_of(some.first_part)]
        check_whole([len(own), len(set(own))], [some.partitions] * 2, folder)
        numbers = [number for number in numbers if number not in own]
    expected = [number for number, _ in work.parts]
    expected += [one.part for one in work.parts_of_earlier]
    expected += [number for one in work.sets for number in one.parts]
    check_whole(numbers, expected, folder)


def _counted_from(facts: Sequence[Facts]) -> dict[tuple[int, int], int]:
    """Returns for every part and file of tables how many forms of the file are in earlier parts."""
    before: dict[int, int] = defaultdict(int)
    found = {}
    for one in sorted(facts, key=lambda one: one.part):
        for file, forms in one.by_file.items():
            found[one.part, file] = before[file]
            before[file] += forms
    return found
