"""Judges the forms of the store that have no results yet, in slices, several at a time."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import duckdb

from perfeval_lint.audit.run.across import AcrossForms
from perfeval_lint.audit.run.intake import transaction
from perfeval_lint.audit.store.store import RAW, RESULT_TABLES, YEAR_SQL, Store, raw_table
from perfeval_lint.audit.store.temporary import FORMS_TO_JUDGE
from perfeval_lint.form.definition import INDICATORS
from perfeval_lint.judge.bulk import BATCH, FINDINGS, OUTCOMES, SCORES, UNKNOWNS, BulkJudge
from perfeval_lint.judge.tell.quote import shown_as
from perfeval_lint.judge.tell.wording import help_in_general
from perfeval_lint.judge.threads import Cursors
from perfeval_lint.report.words import basis_line
from perfeval_lint.rule.model import Pack, Rule
from perfeval_lint.rule.profile import (
    DEFAULT,
    Overrides,
    across_checks_for,
    checks_for,
    choose,
    level_words,
    pack_under,
    params_of,
)
from perfeval_lint.sql.text import literal
from perfeval_lint.version import VERSION

SLICE = 8192  # forms judged by one series of statements
LAST_YEAR = "（往年）"  # in place of a profile for forms that are only compared with


@dataclass(frozen=True, slots=True)
class Choosing:
    """The profile forms are judged by (None: by 表式), a user's changes to it, and the current year."""

    profile: str | None
    overrides: Overrides
    year: int

    @property
    def common(self) -> str:
        """The profile for checks across forms of any 表式."""
        return self.profile or DEFAULT

    def profile_of(self, pack: Pack, kind: str | None, levels: Collection[str]) -> str:
        """Returns the profile for forms of a 表式 with these words in their 一级指标."""
        return choose(pack, kind, self.profile, levels).profile


class Judging:
    """Judges the forms of a store by one pack and one choice of profiles.

    `judged` is called with the number of forms of every finished slice, from any thread.
    """

    def __init__(self, store: Store, pack: Pack, choice: Choosing, threads: int, judged: Callable[[int], None]) -> None:
        self.store = store
        self.pack = pack
        self.choice = choice
        self.judged = judged
        self._judges: dict[str, BulkJudge] = {}
        self._lock = threading.Lock()
        self._cursors = Cursors([store.database.cursor() for _ in range(threads)])
        self._threads = ThreadPoolExecutor(threads)
        self._running: list[Future[None]] = []
        self._from = 0
        said = f"{VERSION} {duckdb.__version__} {pack.digest} {choice}"
        self._key = hashlib.sha256(said.encode()).hexdigest()
        self._common = choice.common
        self.across = across_forms(pack, choice)

    def begin(self) -> int:
        """Discards results of other rules; returns the number of unjudged forms."""
        database = self.store.database
        if not database.execute("FROM 库 WHERE 项 = '判定' AND 值 = ?", [self._key]).fetchall():
            with transaction(database):
                for table in RESULT_TABLES:
                    database.execute(f"DELETE FROM {table}")
                self.across.begin(database, stager_for(self.pack, self.choice, self.across))
                note_rules(database, self.pack, self.choice)
                database.execute("INSERT OR REPLACE INTO 库 VALUES ('判定', ?)", [self._key])
        without = f"FROM {RAW}.表 t WHERE NOT EXISTS (FROM 评分 s WHERE s.表号 = t.表号)"
        ((waiting, first),) = database.execute(f"SELECT count(*), min(表号) {without}").fetchall()
        self._from = first if waiting else self._end()
        return int(waiting)

    def _end(self) -> int:
        ((end,),) = self.store.database.execute(f"SELECT coalesce(max(表号) + 1, 0) FROM {RAW}.表").fetchall()
        return int(end)

    def advance(self) -> None:
        """Begins to judge the slices that are whole in the store; raises the errors of earlier ones."""
        self._submit(self._end() - SLICE)
        for slice_ in [one for one in self._running if one.done()]:
            self._running.remove(slice_)
            slice_.result()

    def judge_all(self) -> None:
        """Judges every form that is left, each by itself."""
        self._submit(self._end() - 1)
        for slice_ in self._running:
            slice_.result()
        self._running.clear()

    def finish(self) -> None:
        """Judges all that is left, and then the forms against each other."""
        self.judge_all()
        self.across.judge(self.store.database, self._judge_for(self._common), self._key)

    def stop(self) -> None:
        """Cancels the slices that have not begun and waits for those that have."""
        self._threads.shutdown(cancel_futures=True)

    def _submit(self, last: int) -> None:
        """Submits the slices that begin at `last` or before."""
        while self._from <= last:
            self._running.append(self._threads.submit(self._slice, self._from, self._from + SLICE))
            self._from += SLICE

    def _slice(self, start: int, end: int) -> None:
        """Judges the forms of a range of numbers, profile by profile."""
        with self._cursors.one() as database:
            database.execute(
                f"CREATE OR REPLACE TEMP TABLE {FORMS_TO_JUDGE} AS "
                f"SELECT t.表号, t.表式, t.往年, {YEAR_SQL} AS 年度, coalesce(l.级词, []) AS 级词 FROM {RAW}.表 t "
                f"LEFT JOIN ({_words_in_levels(self.pack, start, end)}) l USING (表号) "
                f"WHERE t.表号 >= {start} AND t.表号 < {end} AND NOT EXISTS (FROM 评分 s WHERE s.表号 = t.表号)"
            )
            by_profile = self._kinds_by_profile(database)
            with transaction(database):
                for profile, tests in by_profile.items():
                    self._judge(database, profile, f"NOT 往年 AND ({' OR '.join(tests)})")
                self._prepare_earlier(database)
            ((done,),) = database.execute(f"SELECT count(*) FROM {FORMS_TO_JUDGE}").fetchall()
        self.judged(done)

    def _kinds_by_profile(self, database: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
        """Returns for every profile the conditions that choose its forms of a slice."""
        found: dict[str, list[str]] = {}
        kinds = f"SELECT DISTINCT 表式, 级词 FROM {FORMS_TO_JUDGE} WHERE NOT 往年 ORDER BY 表式, 级词"
        for kind, levels in database.execute(kinds).fetchall():
            test = "表式 IS NULL" if kind is None else f"表式 = {literal(kind)}"
            found.setdefault(self.choice.profile_of(self.pack, kind, levels), []).append(
                f"{test} AND 级词 = {literal([*levels])}::VARCHAR[]"
            )
        return found

    def _judge(self, database: duckdb.DuckDBPyConnection, profile: str, chosen: str) -> None:
        self._choose(database, chosen)
        judge = self._judge_for(profile)
        judge.judge(database)
        self.across.store(database, judge)
        database.execute(f"INSERT INTO 评分 SELECT 表号, {literal(profile)}, * EXCLUDE (表号) FROM {SCORES}")
        database.execute(f"INSERT INTO 结果 FROM {OUTCOMES}")
        database.execute(f"INSERT INTO 问题 SELECT * EXCLUDE (指标名, 相差) FROM {FINDINGS}")
        database.execute(f"INSERT INTO 未判 BY NAME FROM {UNKNOWNS}")

    def _choose(self, database: duckdb.DuckDBPyConnection, condition: str) -> None:
        """Makes a batch of the forms of the slice for which the condition holds."""
        forms = f"SELECT 表号, 年度 FROM {FORMS_TO_JUDGE} WHERE {condition}"
        database.execute(f"CREATE OR REPLACE TEMP TABLE {BATCH} AS {forms}")

    def _prepare_earlier(self, database: duckdb.DuckDBPyConnection) -> None:
        """Stores what others are compared with of last year's forms, which are not judged."""
        self._choose(database, "往年")
        if database.execute(f"FROM {BATCH} LIMIT 1").fetchall():
            stager = stager_for(self.pack, self.choice, self.across)
            stager.stage(database)
            self.across.store(database, stager)
            database.execute(f"INSERT INTO 评分 (表号, 规则集) SELECT 表号, {literal(LAST_YEAR)} FROM {BATCH}")

    def _judge_for(self, profile: str) -> BulkJudge:
        with self._lock:
            if profile not in self._judges:
                self._judges[profile] = judge_for(self.pack, self.choice, profile, self.across)
            return self._judges[profile]


def _words_in_levels(pack: Pack, start: int, end: int) -> str:
    """Returns a SELECT of 表号 and 级词, the words in a form's 一级指标 that choose a profile, for a range of forms."""
    levels = f"SELECT DISTINCT 表号, 一级指标 FROM {raw_table(INDICATORS.table)} WHERE 表号 >= {start} AND 表号 < {end}"
    words = ", ".join(f"({literal(word)})" for word in level_words(pack)) or "(NULL)"
    rows = f"({levels}) JOIN (VALUES {words}) w(词) ON contains(一级指标, 词)"
    return f"SELECT 表号, list(词 ORDER BY 词) AS 级词 FROM (SELECT DISTINCT 表号, 词 FROM {rows}) GROUP BY 表号"


def across_forms(pack: Pack, choice: Choosing) -> AcrossForms:
    """Returns the checks across forms."""
    return AcrossForms(list(across_checks_for(pack, choice.common, choice.overrides)))


def judge_for(pack: Pack, choice: Choosing, profile: str, across: AcrossForms) -> BulkJudge:
    """Returns the judge of a profile's forms, which also leaves what checks across forms need."""
    checks = list(checks_for(pack, profile, choice.overrides))
    chosen = pack_under(pack, profile, choice.overrides)
    return BulkJudge(chosen, checks, choice.year, raw_table, f"{RAW}.读数", across.needed)


def stager_for(pack: Pack, choice: Choosing, across: AcrossForms) -> BulkJudge:
    """Returns a judge without checks: it builds the columns that checks across forms need."""
    chosen = pack_under(pack, choice.common, choice.overrides)
    return BulkJudge(chosen, [], choice.year, raw_table, f"{RAW}.读数", across.needed, is_scored=False)


def note_rules(database: duckdb.DuckDBPyConnection, pack: Pack, choice: Choosing) -> None:
    """Replaces the rows of 规则 by the rules of this run."""
    rows = [
        (rule.id, rule.name, rule.title, str(rule.severity), _help(pack, rule, choice), rule.why, _basis(rule))
        for rule in pack.rules.values()
    ]
    database.execute("DELETE FROM 规则")
    database.executemany("INSERT INTO 规则 VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def _help(pack: Pack, rule: Rule, choice: Choosing) -> str:
    params = params_of(pack, rule, choice.common, choice.overrides)
    return help_in_general(rule, {name: shown_as(value) for name, value in params.items()})


def _basis(rule: Rule) -> str:
    return "\n".join(map(basis_line, rule.basis))
