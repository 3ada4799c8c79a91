"""What holds of every cell: it gets a reading, in time, the same each time, one that its words read back to."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from perfeval_lint import read_quantity
from perfeval_lint.quantity import numerals, read, units, words
from perfeval_lint.quantity.compare import compare
from perfeval_lint.quantity.model import Quantity
from perfeval_lint.quantity.units import data, known_units, plain
from tests.growth import growth

# The same examples every time: what is new is looked for with other seeds by hand.
some = settings(max_examples=150, deadline=None, derandomize=True)
many = settings(max_examples=500, deadline=None, derandomize=True)

HERE = Path(__file__).parent
READINGS = [yaml.safe_load((HERE / name).read_text("utf-8")) for name in ("readings.yaml", "everyday.yaml")]
CELLS = [(entry["text"], entry.get("year")) for groups in READINGS for group in groups.values() for entry in group]
YEARS = st.none() | st.integers(1990, 2099)


# --- texts ------------------------------------------------------------------------------------------


def listed(content):
    """The words of a data file, wherever in it they stand."""
    if isinstance(content, dict):
        return [word for line in content.values() for word in listed(line)]
    if isinstance(content, list):
        return [word for line in content for word in listed(line)]
    return str(content).split()


WORDS = sorted(set(listed(data("words.yaml"))))
UNITS = sorted(set(listed(data("units.yaml"))) | {"元", "万元", "亿元", "个单位", "个百分点", "个小时"})
DIGITS = "0 1 2 3 5 9 10 12 31 90 95.5 100 2021 0.5 1,000 12,345.60 007 000000000000 1.2.3 1e9 ９５ ½ ② ٣".split()
NUMERALS = "一 两 三 十 十二 百 千 万 亿 半 零 点 百分之 千分之 分之 成 壹佰 二〇二一年 三十".split()
STOPS = [*"，,、；;。.:：（）()《》“”\"'‘’[]【】〔〕?？!/-—~～至到和及 \u3000\n\t", "——", "……"]
DATES = (
    "年 月 日 底 前 季度 上半年 第一季度 一季度 12月 9月底前 2021年 2021-12-31 2021.06 年底 年内 次年 当年 月底".split()
)
PROSE = "其中 各 每 均 第 共 约 余 多 左右 不含 含 同比 上年 未 已 线上 培训 群众满意度 项目 A4 PM2.5 5G □ 😀".split()
SIGNS = "发生 接到 无 杜绝 事故 同比 ↓ + 几十 数百 近百 七八成 12.31前 20231231 ￥ m2 1. 2. 计划 在建".split()
PIECES = st.one_of(*map(st.sampled_from, (WORDS, UNITS, DIGITS, DIGITS, NUMERALS, STOPS, DATES, PROSE, SIGNS)))
JUMBLES = st.lists(PIECES, max_size=12).map("".join) | st.lists(PIECES, max_size=200).map("".join)
PLACES = (DATES, PROSE, WORDS, DIGITS, ["万", "亿", "余"], UNITS, WORDS)
SENTENCES = st.lists(
    st.tuples(*(st.sampled_from([*pool, ""]) for pool in PLACES)).map("".join), min_size=1, max_size=4
).map("，".join)
TEXTS = JUMBLES | SENTENCES

NASTY = """
    1 , 1, 1. 1- 1-1 1、 1% 1至 9 0 至少 至少1 ( ) () (1 (1) 1( 1) 《 》 《》 “ ” “1” 第一季度 第一季 2021年 年 月 1月
    1月至 12月底前 2021-12-31 2021-12 2021.01- ≥ ≥1 ≤1≥ 以上 1以上 约 约1 余 1余 个 1个 个个 万 1万 亿 1亿 1亿1 百分之
    百分之九十 百分之一 百分之1 一 一百 一万 一亿 十 点 一点 零 各 每 均 共 共1 合计1 其中 未 未完成 没有 因 因，
    应保尽保 全部 完成 完成1 控制在 不超过1 增长 增长1% 较上年 较上年同期 A A1 A-1 5G 24小时 1×1 1:1 0571-1 〔2021〕1号
    [2021]1号 ① ①1 1.a ? ?1 率 节约率 。 ；； ，， ,,, 、、 和 1和 1次和 及其以上 (含) (含)以上 （次） ﹣ — ～ 😀
"""
PIECES_OF_TROUBLE = [*NASTY.split(), " ", "\u3000", "\x00", "\u0301", "\ud800"]


def everything(quantity):
    """A reading and its parts."""
    yield quantity
    for part in quantity.parts:
        yield from everything(part)


# --- total, in time, pure ---------------------------------------------------------------------------


@many
@given(st.text(), YEARS)
def test_any_text_is_read(text, year):
    assert isinstance(read_quantity(text, year), Quantity)


@many
@given(TEXTS, YEARS)
def test_any_words_are_read(text, year):
    assert isinstance(read_quantity(text, year), Quantity)


@some
@given(st.text(max_size=12), st.integers())
def test_any_year_will_do(text, year):
    assert isinstance(read_quantity(f"{text}次年3月底前", year), Quantity)


def test_nothing_takes_long():
    """Each piece and each two in turn, up to the lengths that count: one reading that goes wild outweighs the others,
    some 5,000 a length."""

    def read_all(length):
        forget()
        for piece in PIECES_OF_TROUBLE:
            read_quantity((piece * length)[:length])
            read_quantity((piece * length)[: length - 1] + "x")
            for other in PIECES_OF_TROUBLE:
                read_quantity(((piece + other) * length)[:length])

    assert growth(read_all, 50, 400, rounds=1) < 30
    for piece in PIECES_OF_TROUBLE:
        for length in (79, 399, 799, 801):
            read_quantity((piece * length)[:length])


@pytest.mark.parametrize("piece", ["1,", "至少", "(1", "第一季度", "1至", "一", "未", "“", " ", "约1、", "2021年1月"])
def test_a_megabyte_is_prose(piece):
    def read_long(length):
        forget()
        quantity = read_quantity(piece * (length // len(piece)))
        assert quantity.kind == "text"

    assert growth(read_long, 125_000, 1_000_000) < 30


@many
@given(TEXTS, YEARS)
def test_reading_is_pure(text, year):
    """Twice, with what was kept forgotten in between, and beside other texts."""
    first = read_quantity(text, year)
    assert read_quantity(text, year) == first
    forget()
    read_quantity(f"{text}1次", year)
    assert read_quantity(text, year) == first


def forget():
    for module in (read, words, units, numerals):
        for name in ("_read_kept", "_read_words", "_before", "_tail"):
            if hasattr(module, name):
                getattr(module, name).cache_clear()


# --- what a reading is made of ----------------------------------------------------------------------

BOUNDS = {"=": (True, True), "range": (True, True), "≥": (True, False), ">": (True, False)}
BOUNDS |= {"≤": (False, True), "<": (False, True)}


def sound(quantity):
    """Kind, operator, bounds, unit and days of one reading agree with each other."""
    match quantity.kind:
        case "count" | "rate" | "amount":
            assert (quantity.lower is not None, quantity.upper is not None) == BOUNDS[quantity.operator]
            assert all(bound is None or bound.is_finite() for bound in (quantity.lower, quantity.upper))
            if quantity.operator == "=":
                assert quantity.lower == quantity.upper
            if quantity.operator == "range":
                assert quantity.lower <= quantity.upper
            assert (quantity.kind == "amount") == (quantity.unit == "万元")
            assert (quantity.kind == "rate") == (quantity.unit in ("%", "‰", "百分点"))
            assert quantity.change in ("", "增", "减")
            assert (quantity.begin, quantity.deadline) == (None, None)
        case "time":
            assert quantity.operator in ("=", "≤")
            assert quantity.operator == "=" or quantity.begin is None
            assert quantity.deadline is None or type(quantity.deadline) is datetime.date
            assert quantity.begin is None or quantity.begin <= quantity.deadline
        case "text":
            assert quantity.operator is None
            assert quantity.level in (None, "done", "partial", "undone", "absent")
            assert quantity.understood or quantity.level is None
        case kind:
            assert kind == "compound"
            assert quantity.operator is None
            assert len(quantity.parts) > 1
            assert all(part.kind not in ("compound", "text") for part in quantity.parts)
    if not quantity.is_number:
        assert (quantity.lower, quantity.upper, quantity.unit) == (None, None, "")
        assert (quantity.change, quantity.each, quantity.assumed) == ("", False, False)
    assert quantity.kind == "text" or (quantity.level is None and quantity.understood)
    assert quantity.kind == "compound" or quantity.parts == ()


@many
@given(TEXTS, YEARS)
def test_a_reading_is_sound(text, year):
    for quantity in everything(read_quantity(text, year)):
        sound(quantity)


@many
@given(TEXTS)
def test_without_a_year_no_day_is_made_up(text):
    """A day read without a form's year is the day read with any: its year was printed."""
    without, withal = (everything(read_quantity(text, year)) for year in (None, 1999))
    for one, other in zip(without, withal, strict=True):
        assert one.deadline in (None, other.deadline)


# --- written back -----------------------------------------------------------------------------------


@many
@given(TEXTS, YEARS)
def test_words_of_a_reading_read_back(text, year):
    quantity = read_quantity(text, year)
    assert read_quantity(str(quantity)) == quantity


def test_words_of_the_corpus_read_back():
    readings = [(text, read_quantity(text, year)) for text, year in CELLS]
    assert [(text, str(quantity)) for text, quantity in readings if read_quantity(str(quantity)) != quantity] == []


VALUES = st.decimals(0, 10**9, places=0) | st.decimals(0, 10**6, places=2) | st.sampled_from([Decimal(0), Decimal(100)])
COUNTED = sorted(
    {plain(unit) for unit in known_units()} - set("元 元整 % ‰ 百分点 个百分点 点 个点 年 月 日 季度 年度".split())
)


@st.composite
def numbers(draw, kind=None):
    """Any single count, rate or amount that a cell can say."""
    kind = kind or draw(st.sampled_from(["count", "rate", "amount"]))
    unit = {"amount": "万元", "rate": draw(st.sampled_from(["%", "‰", "百分点"]))}.get(kind)
    operator = draw(st.sampled_from([*BOUNDS]))
    first, second = sorted([draw(VALUES), draw(VALUES)])
    lower, upper = BOUNDS[operator]
    return Quantity(
        kind,
        operator,
        first if lower else None,
        (second if operator == "range" else first) if upper else None,
        draw(st.sampled_from(COUNTED)) if unit is None else unit,
        draw(st.booleans()),
        change=draw(st.sampled_from(["", "增", "减"])),
        each=draw(st.booleans()),
    )


DAYS = st.dates(datetime.date(1950, 1, 1), datetime.date(2099, 12, 31))


@st.composite
def times(draw):
    begin, deadline = sorted([draw(DAYS), draw(DAYS)])
    if draw(st.booleans()):
        return Quantity("time", "≤", approximate=draw(st.booleans()), deadline=deadline)
    return Quantity("time", "=", approximate=draw(st.booleans()), deadline=deadline, begin=begin)


@many
@given(numbers() | times())
def test_words_of_any_quantity_read_back(quantity):
    sound(quantity)
    assert read_quantity(str(quantity)) == quantity


@some
@given(st.lists(numbers() | times(), min_size=2, max_size=5))
def test_words_of_any_compound_read_back(parts):
    assume([part.operator for part in parts] != ["≥", "≤"])  # a range
    quantity = Quantity("compound", parts=tuple(parts))
    assert read_quantity(str(quantity)) == quantity


# --- compared ---------------------------------------------------------------------------------------

PLAIN = st.decimals(0, 10**6, places=2)


def said(words_before, value, unit="次"):
    return read_quantity(f"{words_before}{value:f}{unit}")


@some
@given(PLAIN, PLAIN, PLAIN, st.sampled_from(["≥", ">", ""]))
def test_more_is_no_worse(target, one, other, operator):
    assume(target or operator)  # a bare 0 is wanted to stay 0
    less, more = sorted([one, other])
    worse, better = (compare(said(operator, target), said("", value), downward=False) for value in (less, more))
    assert worse.met in (True, False)
    assert better.met or not worse.met
    if worse.ratio is not None and better.ratio is not None:
        assert worse.ratio <= better.ratio


@some
@given(PLAIN, PLAIN, PLAIN, st.sampled_from(["≤", "<", ""]))
def test_less_is_no_worse_downward(target, one, other, operator):
    less, more = sorted([one, other])
    better, worse = (compare(said(operator, target), said("", value), downward=True) for value in (less, more))
    assert worse.met in (True, False)
    assert better.met or not worse.met
    if worse.ratio is not None and better.ratio is not None:
        assert worse.ratio <= better.ratio


@some
@given(PLAIN.filter(bool), PLAIN, st.booleans())
def test_operators_agree(target, actual, downward):
    """= is ≥ or ≤ by its direction; the strict operator differs at the bound alone."""
    loose, strict = ("≤", "<") if downward else ("≥", ">")
    same, bound, beyond = (
        compare(said(operator, target), said("", actual), downward=downward) for operator in ("", loose, strict)
    )
    assert same == bound
    assert bound.ratio == beyond.ratio
    assert beyond.met == (bound.met and actual != target)
    assert bound.met == (actual <= target if downward else actual >= target)


@some
@given(numbers(), numbers(), st.booleans())
def test_any_two_are_compared(target, actual, downward):
    found = compare(target, actual, downward=downward)
    assert found.ratio is None or found.ratio >= 0
    assert found.same_unit is not False or (found.met is None and found.ratio is None)
    assert found.met is None or found.same_unit is not False


@many
@given(TEXTS, TEXTS, st.booleans())
def test_any_two_texts_are_compared(target, actual, downward):
    """Never an error, and nothing is fine that was not understood."""
    wanted, done = read_quantity(target), read_quantity(actual)
    found = compare(wanted, done, downward=downward)
    if not (wanted.understood and done.understood):
        assert not found.met
        assert not found.ratio


@some
@given(numbers().filter(lambda one: one.operator != "range"))
def test_a_target_is_met_by_itself(quantity):
    """What is said in the same words is reached, in either direction."""
    for downward in (False, True):
        assert compare(quantity, quantity, downward=downward).met is True


# --- the same in other words ------------------------------------------------------------------------

EQUALS = [
    ("1公里", "1000米"),
    ("2.5千米", "2500m"),
    ("3km", "3公里"),
    ("50厘米", "0.5米"),
    ("1公顷", "15亩"),
    ("1公顷", "10000平方米"),
    ("1平方公里", "100公顷"),
    ("1平方公里", "1500亩"),
    ("2000平方米", "3亩"),
    ("500㎡", "500平方米"),
    ("1吨", "1000公斤"),
    ("1吨", "2000斤"),
    ("5千克", "10斤"),
    ("1立方米", "1000升"),
    ("1小时", "60分钟"),
    ("1.5小时", "90分钟"),
    ("1分钟", "60秒"),
    ("1小时", "3600秒"),
    ("1天", "24小时"),
    ("1周", "7天"),
    ("1年", "12个月"),
    ("5‰", "0.5%"),
    ("1兆瓦", "1000千瓦"),
    ("1万元", "10000元"),
    ("1亿元", "10000万元"),
    ("1.5亿元", "150000000元"),
    ("120千米", "12万米"),
    ("3万人次", "30000人次"),
    ("1千册", "1000册"),
]


@pytest.mark.parametrize("operator", ["", "≥", "≤"])
@pytest.mark.parametrize(("one", "other"), EQUALS)
def test_equal_in_different_units(one, other, operator):
    for left, right in ((one, other), (other, one)):
        found = compare(read_quantity(operator + left), read_quantity(right), downward=False)
        assert (found.met, found.ratio, found.same_unit) == (True, 1, True)


@pytest.mark.parametrize("operator", [">", "<"])
@pytest.mark.parametrize(("one", "other"), EQUALS)
def test_equal_in_different_units_is_not_beyond(one, other, operator):
    for left, right in ((one, other), (other, one)):
        assert compare(read_quantity(operator + left), read_quantity(right), downward=False).met is False


@some
@given(st.integers(0, 10**12))
@example(110)
@example(12345)
def test_yuan_agree(yuan):
    value = Decimal(yuan)
    amount = read_quantity(f"{yuan}元")
    assert amount == Quantity("amount", "=", value / 10000, value / 10000, "万元")
    assert read_quantity(f"{value / 10**4:f}万元") == amount
    assert read_quantity(f"{yuan:,}元") == amount
    if yuan % 10 == 0:
        assert read_quantity(f"{value / 10**8:f}亿元") == amount


@pytest.mark.parametrize("after", ["", "公里", "元", "户以上"])
def test_no_number_is_special(after):
    """A hotline's number (110, 12345) or a year's (2021) counts like any other."""
    misread = [n for n in range(1, 13_000) if read_quantity(f"{n}{after}").value not in (n, Decimal(n) / 10000)]
    assert misread == []


FULL = {ord(char): ord(char) + 0xFEE0 for char in map(chr, range(0x21, 0x7F)) if char not in ",;"}


def test_full_width_makes_no_difference():
    assert [
        text for text, year in CELLS if read_quantity(text.translate(FULL), year) != read_quantity(text, year)
    ] == []


@some
@given(st.data(), st.sampled_from(CELLS))
def test_spaces_make_no_difference(places, cell):
    text, year = cell
    for _ in range(places.draw(st.integers(1, 4))):
        at = places.draw(st.integers(0, len(text)))
        if text[max(at - 1, 0) : at].isdigit() and text[at : at + 1].isdigit():
            continue  # “3 5” is no 35
        text = text[:at] + places.draw(st.sampled_from([" ", "\u3000", "\n", "\xa0", "\t"])) + text[at:]
    assert read_quantity(text, year) == read_quantity(cell[0], year)


@some
@given(st.integers(0, 10**11), st.sampled_from(["", ".5", ".00"]), st.sampled_from(["≥", "不少于", "", "共"]))
def test_thousands_separators_make_no_difference(value, fraction, before):
    for after in ("次", "万元", "平方米以上", "余人", "%"):
        grouped, bare = (read_quantity(f"{before}{number}{fraction}{after}") for number in (f"{value:,}", value))
        assert grouped == bare


@some
@given(st.sampled_from(["≥", "", "约", "不超过"]), PLAIN, st.sampled_from(COUNTED))
def test_trailing_zeros_make_no_difference(before, value, unit):
    assert read_quantity(f"{before}{value:f}{unit}") == read_quantity(f"{before}{value:f}000{unit}")
