"""Forms with anything typed into any cell: never an exception, never a lost outcome, the same alone as in a batch."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfeval_lint.form.definition import SECTIONS, SLIPS_TABLE, TOTAL, UNKNOWN_TABLE
from perfeval_lint.form.model import to_plain
from perfeval_lint.rule.pack import every_check

NUMBERS = ["0", "-0", "+5", "00012.50%", "2", "2.0001", "100%", "-5%", "0.0000001%", "999999999999%", "0.000000000001"]
NUMBERS += ["999999999999.999999", "-999999999999", "9" * 12 + "." + "9" * 40, "9" * 40, "500.55555555555555555555"]
NOT_NUMBERS = ["", " ", "　", "约九成", "1e5", "NaN", "inf", "１２", "+.5", "5.", "%", "%%", "5 %", "1,000", "--1", "½"]
DATES = ["2021-02-30", "9999-12-31", "0001-01-01", "2021年", "20212021年", "20", "0000", "9999", "2201"]
TEXTS = [
    "'",
    '"',
    "\\",
    "{得分}",
    "{table}",
    "{source}",
    "$1",
    "--",
    "/*",
    "a" * 3000,
    "😀",
    "无",
    "……",
    "XX",
    "指标1：",
]
TEXTS += ["合计", "年度资金总额", "产出", "满意度指标", "自评得分为 999.999999 分", "自评得分 1 分" * 5, "PE401"]
CELLS = st.one_of(
    st.sampled_from(NUMBERS + NOT_NUMBERS + DATES + TEXTS),
    st.decimals(allow_nan=False, allow_infinity=False, places=6).map(lambda number: f"{number:f}"),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
)


def cells(plain, path=()):
    """The paths of all scalars of nested dicts and lists, but the format's."""
    children = plain.items() if isinstance(plain, dict) else enumerate(plain)
    for key, value in children:
        if isinstance(value, str):
            yield (*path, key)
        else:
            yield from cells(value, (*path, key))


def mangled(plain, changes):
    result = copy.deepcopy(plain)
    paths = [path for path in cells(plain) if path != ("格式",)]
    for number, text in changes.items():
        *above, last = paths[number % len(paths)]
        parent = result
        for step in above:
            parent = parent[step]
        parent[last] = text
    return result


CHANGES = st.dictionaries(st.integers(0, 400), CELLS, min_size=1, max_size=30)
BATCHES = st.lists(st.tuples(st.integers(0, 11), CHANGES), min_size=2, max_size=8)


@pytest.fixture(scope="module")
def total(pack):
    """How many outcomes a form gets: every check on every row of its table, and the slips found."""
    checks = [check for check in every_check(dict(pack.rules)) if check.table != SLIPS_TABLE]

    def count(form, verdict):
        slips = sum(1 for finding in verdict.each() if finding.rule.targets[0].table == SLIPS_TABLE)
        rows = {section.table: len(form.rows(section)) for section in SECTIONS if section is not TOTAL}
        rows[UNKNOWN_TABLE] = len(form.unknown)
        return sum(rows[check.table] for check in checks) + slips

    return count


@pytest.fixture(scope="module")
def bases(clean):
    return [to_plain(form) for form in clean]


@pytest.fixture(scope="module")
def check_batch(bases, form_of, judge, told, total):
    """Judges a batch of (base form, changes) in two orders and alone, and compares."""

    def check(batch):
        forms = [form_of(mangled(bases[base], changes)) for base, changes in batch]
        verdicts = judge.judge(forms)
        for form, verdict in zip(forms, verdicts, strict=True):
            assert verdict.counts.total == total(form, verdict)
            assert verdict.counts.failed == sum(1 for _ in verdict.each())
            assert verdict.counts.not_evaluated == len(verdict.not_evaluated)
        forwards = [told(verdict) for verdict in verdicts]
        assert [told(verdict) for verdict in judge.judge(forms[::-1])] == forwards[::-1]
        assert [told(verdict) for verdict in judge.judge(forms[-1:])] == forwards[-1:]

    return check


@settings(max_examples=15, deadline=None, derandomize=True, database=None)
@given(batch=BATCHES)
def test_any_text_in_any_cell(check_batch, batch):
    check_batch(batch)


TOTAL_ROW = {"资金来源": "年度资金总额", "年初预算数": "100", "全年预算数": "100", "全年执行数": "90", "分值": "10"}


@pytest.mark.parametrize("source", ["年度资金总额", "其他资金"])
@pytest.mark.parametrize(
    "row",
    [
        {"执行率": "约九成"},
        {"执行率": "九十%"},
        {"执行率": "-999999999999%", "得分": "-999999999999"},
        {"执行率": "999999999999", "分值": "-999999999999", "得分": "0"},
        {"全年预算数": "0.000001", "全年执行数": "999999999999.999999", "执行率": "100%", "得分": "10"},
        {"全年预算数": "0.0000001", "全年执行数": "1", "执行率": "100%", "得分": "10"},
        {"全年预算数": "-1", "全年执行数": "-1", "执行率": "100%", "得分": "10"},
        {"分值": "999999999999.999999", "得分": "999999999999.999999", "执行率": "0.000001%"},
        {"年初预算数": "0.000001", "全年预算数": "999999999999.999999"},
    ],
)
def test_a_hard_row_leaves_other_forms_as_they_were(row, source, judge, form_of, told):
    hard = form_of({"项目资金": [TOTAL_ROW | row | {"资金来源": source}]})
    plain = form_of({"项目资金": [TOTAL_ROW | {"得分": "8", "执行率": "80%"}]})
    expected = told(judge.judge([plain])[0])
    assert told(judge.judge([hard, plain])[1]) == expected
    assert told(judge.judge([plain, hard])[0]) == expected


def test_a_large_batch_judges_as_small_ones_do(bases, judge, form_of, told):
    changes = [{number: "约九成", 3 * number: "-1", 7 * number: ""} for number in range(120)]
    forms = [form_of(mangled(bases[number % len(bases)], one)) for number, one in enumerate(changes)]
    small = [verdict for start in range(0, 120, 10) for verdict in judge.judge(forms[start : start + 10])]
    assert [told(verdict) for verdict in judge.judge(forms)] == [told(verdict) for verdict in small]
