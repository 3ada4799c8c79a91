"""An import in ranges of keys, each in a store of its own, lays down and tells what one import of the whole does."""

from __future__ import annotations

import pickle
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from perfeval_lint.audit.store.store import create
from perfeval_lint.audit.tables import rows
from perfeval_lint.audit.tables.fit import fit
from perfeval_lint.audit.tables.load import Imported, import_tables, joined
from perfeval_lint.audit.tables.mapping import TableMapping
from perfeval_lint.audit.tables.notices import tell
from perfeval_lint.audit.tables.plan import Plan, sources_of, used_columns, with_rows
from perfeval_lint.audit.tables.source import ROW
from perfeval_lint.audit.tables.sources import close_sources, open_sources
from perfeval_lint.audit.tables.tally import Counted, Tally, added_up
from perfeval_lint.errors import TablesRefused
from perfeval_lint.sql.text import identifier, literal
from tests.audit.exports import EXPORT, WRITERS, Row, Tables, tables_in, write_book, write_csv

FORMS = 240
BUCKETS = 7
LARGEST = "𠀀"  # of the first letters; by UTF-16 units 豈 would be
TABLES = ("表", "资金", "目标", "指标")
Raw = dict[str, list[tuple[object, ...]]]


# --- exports --------------------------------------------------------------------------------------


def name(number: int) -> str:
    """The key of a form: its first letter tells which third of the set it is of."""
    return f"{('F', '表', '豈')[number * 3 // FORMS]}{number:04d}"


def halves(table: str, columns: Sequence[str], content: Sequence[Row]) -> Tables:
    """A table as two files, rows of a form in both."""
    return {f"{table}_{at}": [list(columns), *content[at::2]] for at in range(2)}


def separate_tables() -> Tables:
    """Forms, funds, goals and indicators; only the last third has several goals, only the first stands in disorder."""
    chance = random.Random(7)
    forms: list[Row] = []
    indicators: list[Row] = []
    funds: list[Row] = []
    goals: list[Row] = []
    for number in range(FORMS):
        key = name(number)
        code = chance.choices(["2", "1", "9", "乙"], [88, 6, 3, 3])[0]
        forms += [
            [key, "2021", "局", f"馆{chance.randrange(9)}", f"P{number}", "书", "略", "95.7", code]
            for _ in range(1 + (chance.random() < 0.06))
        ]
        for at in range(chance.choice([0, 1, 2, 3])):
            sign = chance.choices(["1", "定量", "77", "甲"], [90, 4, 3, 3])[0]
            order = str(9 - at if number % 20 == 3 else at)
            row = [key, "产出指标", "数量指标", f"指标{at}", "98", "99", "10", "10", "", sign, "%", order]
            indicators.append([*row, chance.choices(["2", "1", "8"], [90, 6, 4])[0]])
        funds.append([f" {key} ", "年度资金总额", "120", "100.50", "95.5", "95.5%", "9.55"])
        goals += [
            [key, f"目标{at}", "已完成"] for at in range(2 if number >= FORMS * 2 // 3 and number % 5 == 0 else 1)
        ]
    scrambled = indicators[: len(indicators) // 3]
    chance.shuffle(scrambled)
    indicators[: len(scrambled)] = scrambled
    for key in ("A0001", "表", LARGEST + "1", LARGEST + "2", "", "—", ""):
        indicators.insert(chance.randrange(len(indicators)), [key, *indicators[0][1:]])
        funds.append([key, *funds[0][1:]])
        goals.append([key, *goals[0][1:]])
    forms += [["", *forms[0][1:]], ["—", *forms[1][1:]]]
    heads = [list(map(str, EXPORT[table][0])) for table in EXPORT]
    more = ["computesign", "meterunit", "xh", "is_deleted"]
    return {
        **halves("PM_PERF_SELF_EVAL", heads[0], forms),
        "PM_PERF_SELF_BGT": [heads[1], *funds],
        "PM_SELF_EVAL_GOAL": [heads[2], *goals],
        **halves("PM_SELF_EVAL_INDICATOR", [*heads[3], *more], indicators),
    }


def wide_table() -> Tables:
    """Indicators with the columns of their forms, goals and total funds beside them, not the same in every row."""
    chance = random.Random(11)
    columns = "fiscal_year agency_code pro_code pro_name agency_name dept_name kpi_target goal_comp".split()
    columns += "reply_amt cur_amt year_exe_amt lv1_perf_ind_name lv3_perf_ind_name kpi_val ind_comp is_deleted".split()
    content: list[Row] = []
    for number in range(FORMS):
        gone = chance.random() < 0.05
        for at in range(chance.choice([1, 1, 2, 3])):
            dept = "另一局" if chance.random() < 0.05 else "局"
            key = ["2021年", f"U{number // 10:03d}", "" if chance.random() < 0.03 else name(number)]
            goal = ["", ""] if chance.random() < 0.3 else ["购书", "已购"]
            money = ["120", "100", "95.5"] if number % 4 else ["", "", ""]
            code = "是" if gone else chance.choices(["否", "不明", "是"], [92, 4, 4])[0]
            content.append([*key, "书", "馆", dept, *goal, *money, "产出指标", f"指标{at}", "≥5册", "6册", code])
    return halves("自评汇总", columns, content)


def write_mixed(folder: Path, tables: Tables) -> None:
    """The first files as CSV, the others as sheets of a workbook."""
    names = list(tables)
    write_csv(folder, {name: tables[name] for name in names[::2]})
    write_book(folder, {name: tables[name] for name in names[1::2]})


# --- imports --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opened:
    """A set, and the connection that can read it."""

    database: duckdb.DuckDBPyConnection
    plan: Plan
    numbers: dict[Path, int]
    folder: Path


Open = Callable[[Callable[[Path, Tables], None], Tables], Opened]


@pytest.fixture
def opened(database: duckdb.DuckDBPyConnection, tmp_path: Path) -> Iterator[Open]:
    """Writes an export and opens it."""

    def run(write: Callable[[Path, Tables], None], tables: Tables) -> Opened:
        for folder in ("export", "scratch", "buckets"):
            (tmp_path / folder).mkdir()
        write(tmp_path / "export", tables)
        files = tables_in(tmp_path / "export")
        plan = fit(open_sources(database, files, TableMapping(), tmp_path / "scratch"), TableMapping())
        return Opened(database, plan, {file: number for number, file in enumerate(files, 5)}, tmp_path / "buckets")

    yield run
    close_sources(database)


def keys(one: Opened) -> list[str]:
    """The keys of the forms' rows, in order."""
    selects = rows.union(
        f"SELECT {rows.key(part, one.plan)} AS k FROM {part.source.rows} s" for part in one.plan.of("表")
    )
    query = f"SELECT DISTINCT k FROM ({selects}) WHERE k IS NOT NULL ORDER BY k"
    return [key for (key,) in one.database.execute(query).fetchall()]


def bounds(one: Opened) -> list[str]:
    """Where ranges begin; the last holds no form."""
    found = keys(one)
    return [*(found[len(found) * at // (BUCKETS - 1)] for at in range(1, BUCKETS - 1)), found[-1] + "~"]


def staged(one: Opened, begins: Sequence[str]) -> list[list[Path]]:
    """The rows of every source in a file for each range: the columns that are used, and ROW."""
    files = [
        [one.folder / f"{bucket}-{at}.parquet" for at, _ in enumerate(sources_of(one.plan))]
        for bucket in range(BUCKETS)
    ]
    for at, source in enumerate(sources_of(one.plan)):
        key = rows.key(next(part for part in one.plan.parts if part.source == source), one.plan)
        row = f"s.{identifier(ROW)}"
        passed = " + ".join(f"({key} >= {literal(begin)})::INTEGER" for begin in begins)
        items = ", ".join(f"s.{identifier(column)}" for column in used_columns(one.plan, source))
        one.database.execute(
            f"CREATE OR REPLACE TEMP TABLE 分 AS SELECT {items}, {row}, coalesce({passed}, {row} % {BUCKETS}) AS 范围 "
            f"FROM {source.rows} s"
        )
        for bucket in range(BUCKETS):
            own = f"SELECT * EXCLUDE (范围) FROM 分 WHERE 范围 = {bucket} ORDER BY {identifier(ROW)}"
            one.database.execute(f"COPY ({own}) TO {literal(str(files[bucket][at]))} (FORMAT parquet)")
    return files


def import_bucket(plan: Plan, files: Sequence[Path], numbers: dict[Path, int]) -> tuple[Imported, Raw]:
    """An import of a range, in a store of its own."""
    with duckdb.connect() as database:
        create(database)
        given = {}
        for at, (source, file) in enumerate(zip(sources_of(plan), files, strict=True)):
            database.execute(f"CREATE TEMP TABLE 份{at} AS FROM read_parquet({literal(str(file))})")
            given[at] = (f"份{at}", {column: source.columns[column] for column in used_columns(plan, source)})
        own = pickle.loads(pickle.dumps(with_rows(plan, given)))
        done = import_tables(database, own, first_form=0, file_numbers=numbers)
        return pickle.loads(pickle.dumps(done)), raw(database)


def raw(database: duckdb.DuckDBPyConnection) -> Raw:
    return {table: database.execute(f'SELECT * FROM 原."{table}" ORDER BY 表号, 行号').fetchall() for table in TABLES}


def put_together(parts: Sequence[tuple[Imported, Raw]]) -> Raw:
    """The rows of ranges as those of the whole: 表号 and 序号 counted on."""
    found: Raw = {table: [] for table in TABLES}
    first = 0
    in_file: Counter[object] = Counter()
    for done, own in parts:
        for table in TABLES:
            for form, row, *rest in own[table]:
                if table == "表":
                    rest[1] += in_file[rest[0]]
                found[table].append((form + first, row, *rest))
        first += done.forms
        in_file.update(file for _, _, file, *_ in own["表"])
    return found


# --- tests ----------------------------------------------------------------------------------------

SEPARATE = {
    *(Counted.DELETED_FORMS, Counted.FORMS_WITHOUT_KEY, Counted.REPEATED_KEYS, Counted.DELETED_ROWS, Counted.ORPHANS),
    *(Counted.ROWS_OF_DELETED, Counted.ROWS_WITHOUT_KEY, Counted.FORMS_WITHOUT_INDICATORS),
    *(Counted.UNKNOWN_SIGNS, Counted.UNKNOWN_CODES),
}
WIDE = {
    *(Counted.DELETED_FORMS, Counted.FORMS_WITHOUT_KEY, Counted.DIFFERING_FORMS, Counted.DELETED_ROWS),
    *(Counted.ROWS_WITHOUT_KEY, Counted.UNKNOWN_CODES),
}
SETS = {
    "csv": (write_csv, separate_tables, SEPARATE),
    "excel-and-csv": (write_mixed, separate_tables, SEPARATE),
    "parquet": (WRITERS["parquet"], separate_tables, SEPARATE),
    "wide": (write_mixed, wide_table, WIDE),
}


@pytest.mark.parametrize(("write", "make", "counted"), SETS.values(), ids=SETS)
def test_ranges_of_keys_are_imported_as_the_whole(
    write: Callable[[Path, Tables], None], make: Callable[[], Tables], counted: set[Counted], opened: Open
) -> None:
    one = opened(write, make())
    whole = import_tables(one.database, one.plan, first_form=0, file_numbers=one.numbers)
    assert whole.forms > FORMS // 2
    assert {tally.what for tally in whole.tallies} == counted
    parts = [import_bucket(one.plan, files, one.numbers) for files in staged(one, bounds(one))]
    assert parts[-1][0].forms == 0
    assert min(done.forms for done, _ in parts[:-1]) > 0
    together = joined(done for done, _ in parts)
    assert (together.forms, together.rows) == (whole.forms, whole.rows)
    assert tell(one.plan, together) == tell(one.plan, whole)
    assert put_together(parts) == raw(one.database)


def test_a_plan_reads_no_more_than_it_needs(opened: Open) -> None:
    one = opened(write_csv, wide_table())
    sources = sources_of(one.plan)
    assert len(sources) == 2
    assert [part.table for part in one.plan.parts if part.source is sources[0]] == ["指标", "表", "资金", "目标"]
    assert used_columns(one.plan, sources[0]) == list(sources[0].columns)
    given = {at: (f"t{at}", dict.fromkeys(source.columns, "VARCHAR")) for at, source in enumerate(sources)}
    other = with_rows(one.plan, given)
    assert [source.rows for source in sources_of(other)] == ["t0", "t1"]
    assert len({id(part.source) for part in other.parts}) == 2
    assert pickle.loads(pickle.dumps(one.plan)) == one.plan


def test_columns_that_only_link_other_tables_are_not_read(opened: Open) -> None:
    columns = ["eval_id", "agency_name", "lv3_perf_ind_name", "kpi_val", "ind_comp", "备注"]
    tables = {"PM_PERF_SELF_EVAL": EXPORT["PM_PERF_SELF_EVAL"], "PM_SELF_EVAL_INDICATOR": [columns, ["F"] * 6]}
    plan = opened(write_csv, tables).plan
    assert used_columns(plan, sources_of(plan)[1]) == ["eval_id", "lv3_perf_ind_name", "kpi_val", "ind_comp"]


def test_a_set_without_forms_is_refused_when_it_is_whole(opened: Open) -> None:
    forms = [EXPORT["PM_PERF_SELF_EVAL"][0], ["—", *EXPORT["PM_PERF_SELF_EVAL"][1][1:]]]
    one = opened(WRITERS["parquet"], {**EXPORT, "PM_PERF_SELF_EVAL": forms})
    done = import_tables(one.database, one.plan, first_form=0, file_numbers=one.numbers)
    assert (done.forms, set(done.rows.values())) == (0, {0})
    with pytest.raises(TablesRefused) as error:
        tell(one.plan, joined([done, done]))
    assert [problem.message for problem in error.value.problems] == [
        "PM_PERF_SELF_EVAL.parquet 里没有一张自评表：表是空的，或各行都已删除、没有编号",
        "自评表：2 行没有编号，分不清是哪张自评表，没有读取",
    ]


def test_tallies_add_up_by_what_and_where_and_keep_the_least_example() -> None:
    some = [
        Tally(Counted.ORPHANS, 1, 2, LARGEST),
        Tally(Counted.ORPHANS, 1, 1, "豈"),
        Tally(Counted.ORPHANS, 2, 4, "a"),
        Tally(Counted.ORPHANS, 1, 1, None),
        Tally(Counted.DELETED_ROWS, 1, 3),
    ]
    assert added_up(some) == (
        Tally(Counted.DELETED_ROWS, 1, 3),
        Tally(Counted.ORPHANS, 1, 4, "豈"),
        Tally(Counted.ORPHANS, 2, 4, "a"),
    )
    with duckdb.connect() as database:
        least = database.execute(f"SELECT min(unnest) FROM unnest(['豈', '{LARGEST}'])").fetchall()
    assert least == [("豈",)]
