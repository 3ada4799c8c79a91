"""One cell of 年度指标值 or 实际完成值 to the quantity it says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from perfeval_lint.quantity.dates import HINTS, find_time
from perfeval_lint.quantity.model import (
    ABSENT,
    ABOVE,
    AMOUNT,
    AT_LEAST,
    AT_MOST,
    BELOW,
    COMPOUND,
    COUNT,
    DONE,
    EQUAL,
    MONEY,
    NOT_UNDERSTOOD,
    PARTIAL,
    PROSE,
    RANGE,
    RATE,
    TEXT,
    TIME,
    UNDONE,
    Quantity,
)
from perfeval_lint.quantity.numerals import HINTS as NUMERALS
from perfeval_lint.quantity.numerals import with_digits
from perfeval_lint.quantity.units import plain, same, unit_at_start
from perfeval_lint.quantity.words import UPWARD, agree, normal, operators, pattern, words

LONGEST = 400  # characters of a cell that can still be a quantity; anything longer is prose
_LONGEST_CACHED = 80
_LONGEST_CLAUSES = 120
_LONGEST_PREFIX, _LONGEST_SUFFIX = 40, 12
_LONGEST_PROSE = 40  # prose beside a quantity
_LONGEST_UNCLEAR = 24  # a text with digits no longer than this is meant as a quantity

_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,9})?|[0-9]{1,15}(?:\.[0-9]{1,9})?"
_ONE = re.compile(
    rf"(?P<before>[^0-9]*)(?P<number>{_NUMBER})"
    rf"(?:(?P<first>[^0-9~至到-]{{0,4}})(?:[-~]{{1,2}}|至|到)(?P<second>{_NUMBER}))?(?P<tail>[^0-9]*)"
)
_LARGEST = Decimal(10) ** 18
_SCALES = {
    scale: Decimal(factor)
    for scale, factor in (
        ("万亿", 10**12), ("千亿", 10**11), ("百亿", 10**10), ("十亿", 10**9), ("千万", 10**7), ("百万", 10**6),
        ("十万", 10**5), ("亿", 10**8), ("万", 10**4), ("千", 10**3), ("百", 100), ("十", 10),
    )
}  # fmt: skip
_SCALE = re.compile("|".join(_SCALES))
_TITLES = re.compile("《[^》]{0,80}》|〔[0-9]{4}〕[0-9]{1,4}号|\\[[0-9]{4}\\][0-9]{1,4}号")
_MARKERS = re.compile(r"(?:^|(?<=[;；。，,、]))(?:[(]?[0-9]{1,2}[)]|[0-9]{1,2}[.、](?=[^0-9])|[①-⑳])")
_STOPS = re.compile(r"[。；;，!]+|,(?![0-9]{3}(?![0-9]))|(?<![0-9]),")
_SIGN = re.compile("[≥≤≧≦⩾⩽><]=?")
_LISTED = re.compile("[、和及与且并]|以及")
_PLAIN = re.compile("[。.，,；;、:\"'“”‘’()【】!！?？]+")
_CONTEXT = re.compile("目前|截至目前|截止目前|全年|当年|本年度?|今年|(?:19|20)[0-9]{2}年度?")
_QUOTED = re.compile('“[^”]{0,60}”|‘[^’]{0,60}’|"[^"]{0,60}"|「[^」]{0,60}」')
_BRACKETS = re.compile(r"\(([^()]{0,120})\)")
_BREAKDOWN = re.compile("其中|包括|包含|含|分别为")
_CODES = re.compile(
    "[A-Za-z]+-?[0-9]+(?:[.][0-9]+)?[A-Za-z0-9]*|[45]G(?!B)|(?:110|114|119|12345|12315|12320|12348|12333)(?=[^0-9.,%‰人次个件条项起余多万千])|[0-9]+A级|[0-9]+[×x*:][0-9]+(?:小时)?|24小时(?=不间断|值|开|服务|运|监|供|响应|在线)"
)
_AMBIGUOUS = re.compile(
    r"0[0-9]{2,3}-[0-9]{7,8}|(?:19|20)[0-9]{2}\.(?:0[1-9]|1[0-2])|(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]|[0-9]{9,}|0[0-9]+"
)
_SPECIAL = re.compile(rf"{HINTS.pattern}|{NUMERALS.pattern}|百分比|[(《“\"]|{_CODES.pattern}|{_AMBIGUOUS.pattern}")
_ALL = re.compile("(?:^|.{1,16})(?<!未)全部[^不未无]{1,6}$")
_NONE = re.compile("零(?:投诉|事故|差错|伤亡|死亡|发生|违规|违纪|案件|上访|新增|感染|延误|缺陷|失误|报告|容忍|风险)")
_ABSENT = re.compile(
    "(?:全年|均|本年度?|当年)?(?:(?:未|没有|没|无)(?:再)?(?:发生|出现|接到|收到)[^已，,]{0,14}|"
    "无(?:人员|任何|有效|重大|安全|质量|群体性|责任|服务对象|群众|一例|一起|新增)*"
    "(?:投诉|事故|差错|伤亡|违规|违纪|违法|案件|上访|信访|舆情|失误|逾期|超支|火灾|损失|事件)[^已，,]{0,4})"
)
_INSIDE = re.compile(
    "不低于|不少于|不小于|不得低于|不得少于|至少|不高于|不超过|不多于|不大于|不得超过|不得高于|至多|控制在|高于|低于|超过|多于|少于"
)
_PER = re.compile(r"/[^0-9]{1,3}")
_TIME_UNITS = frozenset("工作日 天 日 小时 分钟 个月 年 周 秒".split())
_BEFORE_NOISE = ":、,;\"'“”‘’(【[「 "
_STRICT = {AT_LEAST: ABOVE, AT_MOST: BELOW}
_YEAR_ONLY = re.compile("(?:内|底)?(?:完成|实施|建成|验收|投入使用|启动)?")
_LAST_YEAR = re.compile("(?:较|比|与|对比|相比)(?:上一?年度?|去年|往年|前年|同期)(?:同期|末|底)?(?:相比)?")
_OTHER_RATE = re.compile("(?:节约|节省|结余|结转|误差|超支)(?:率|幅度|比例)")
_EACH = re.compile("每(?![年月季周日天])|各(?!类|项|级|种|地|单位|区|部门|村|县|市|乡|镇)|均(?!已)|分别")
_ORDINAL = re.compile("第[A-Za-z]|(?:第|前|(?<![每个])月|排名|名列|位居|位列)$")  # 第6名, 前8名 and 当月4日 are no counts
_AGREED = re.compile("[签预履合节条契特邀违]约$")
_NEUTRAL = re.compile("(?:达|到|至|为|是|有|共|计|了|数|量|约计|完成|实现|已|于|在)$")
_CHANGE_END = re.compile("(?:幅度?|比例|了|率)$")


@dataclass(frozen=True, slots=True)
class _Before:
    """What stands before a number: its operator, 约, 增 or 减, 每, and how many characters are prose."""

    operator: str = EQUAL
    approximate: bool = False
    change: str = ""
    each: bool = False
    negative: bool = False
    length: int = 0


@dataclass(frozen=True, slots=True)
class _Tail:
    """What stands after a number: 余, its scale (万), unit, operator, 左右, and how many characters are prose."""

    more: bool = False
    scale: Decimal = Decimal(1)
    unit: str = ""
    operator: str = EQUAL
    approximate: bool = False
    each: bool = False
    money: bool = False
    assumed: bool = False
    length: int = 0


def read_quantity(text: str, year: int | None = None) -> Quantity:
    """Reads one cell. `year` is the form's 年度, for days and periods printed without one.

    Pure and total: any text gets a reading, in time linear in its length; what is no quantity is kind text, and
    a short text whose digits are not clear has `understood` False.
    """
    return _read_kept(text, year) if len(text) <= _LONGEST_CACHED else _read(text, year)


def _read(text: str, year: int | None) -> Quantity:
    if len(text) > 2 * LONGEST:
        return PROSE
    text = normal(text).strip("。；;，,、 ")
    if not text or len(text) > LONGEST:
        return PROSE
    simple = _clause(text) if len(text) <= _LONGEST_SUFFIX and not _SPECIAL.search(text) else None
    if simple is not None and simple.kind != TEXT:
        return simple
    return _read_text(text, year)


_read_kept = lru_cache(maxsize=1 << 16)(_read)


def _read_text(text: str, year: int | None) -> Quantity:
    text = _TITLES.sub("□", text)
    unquoted = _QUOTED.sub("□", text)
    text = unquoted if _has_digit(unquoted) or len(unquoted) > _LONGEST_UNCLEAR else text
    if "百分比" in text:
        text = text.replace("%(百分比)", "%").replace("百分比", "%")
    text = with_digits(text)
    if not _has_digit(text):
        found = find_time(text, year)
        if found is not None and not found.is_year and len(found.before) + len(found.after) <= 2 * _LONGEST_SUFFIX:
            return found.reading
        return _read_words(text)
    if _AMBIGUOUS.fullmatch(text):
        return NOT_UNDERSTOOD
    text = _CODES.sub("□", text)
    text = _MARKERS.sub("", text).replace("(次)", "次")
    if not _has_digit(text):
        return _read_words(text)
    return _read_bracketed(text, year) if "(" in text else _read_clauses(text, year)


def _has_digit(text: str) -> bool:
    return any("0" <= char <= "9" for char in text)


def _read_bracketed(text: str, year: int | None) -> Quantity:
    """What stands outside brackets; numbers inside them belong to it or are quantities of their own."""
    outside = _BRACKETS.sub("", text)
    if not _has_digit(outside):
        return _read_clauses(text.replace("(", "，").replace(")", "，"), year)
    read = _read_clauses(outside, year)
    for inside in _BRACKETS.findall(text):
        if inside.startswith("不含") and read.operator in _STRICT:
            read = replace(read, operator=_STRICT[read.operator])
        elif _has_digit(inside) and not _BREAKDOWN.match(inside):
            more = _read_clauses(inside, year)
            several = more.parts or (more,)
            if more.kind == TEXT or read.kind == TEXT:
                return NOT_UNDERSTOOD if more.understood is False else read
            if not all(same(one.unit, read.unit) for one in several):
                read = _in_order([*(read.parts or (read,)), *several])
    return read


# --- words without a number -----------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _read_words(text: str) -> Quantity:
    bare = _PLAIN.sub("", text)
    if _done_pattern().fullmatch(bare):
        return Quantity(TEXT, level=DONE)
    if bare in words("partial"):
        return Quantity(TEXT, level=PARTIAL)
    if len(bare) <= 24 and (any(word in bare for word in words("full")) or _ALL.fullmatch(bare)):
        return Quantity(RATE, EQUAL, Decimal(100), Decimal(100), "%", assumed=True)
    if _ABSENT.fullmatch(bare):
        return Quantity(TEXT, level=ABSENT)
    if _NONE.fullmatch(bare):
        return Quantity(COUNT, EQUAL, Decimal(0), Decimal(0))
    return Quantity(TEXT, level=_undone(text))


def _undone(text: str) -> str | None:
    """undone or partial where the first clause, or the one after a reason, says that nothing was done."""
    clauses = [clause for clause in re.split("[，,。；;]", text[:LONGEST]) if clause]
    reasons = 0
    while reasons < len(clauses) - 1 and re.match("因|受|由于|鉴于|根据|按照?|据|疫情|为", clauses[reasons]):
        reasons += 1
    if not clauses:
        return None
    found = _undone_pattern().match(clauses[reasons])
    if found is None:
        return None
    return PARTIAL if found.group("partly") else UNDONE


@lru_cache(maxsize=1)
def _done_pattern() -> re.Pattern[str]:
    return re.compile(f"(?:{pattern('done_how')})?(?:{pattern('done')})(?:{pattern('done_what')})?")


@lru_cache(maxsize=1)
def _undone_pattern() -> re.Pattern[str]:
    verbs, starts = pattern("undone_after"), pattern("undone")
    return re.compile(
        f"(?:{starts})[^已补]{{0,8}}$|"
        "(?:(?!无|没有|不|防|避免|杜绝|已|零|均|各|全部)[^未没]){0,12}?(?:尚未|暂未|还未|未曾|未能|未予|未|没有能|没能|没有|没)"
        "(?:能够?|正式|实际|再|有|曾|予)?(?P<partly>全部|完全|全面|按时|按期|如期|及时|按计划|有效|足额)?"
        f"(?:{verbs})(?:(?!完成|完毕|整改|已|全部|均|的)[^已补])" + "{0,10}$"
    )


# --- clauses with numbers -------------------------------------------------------------------------


def _read_clauses(text: str, year: int | None) -> Quantity:
    """The quantities of the clauses together, where they are the substance of the text."""
    found: list[Quantity] = []
    totals: list[bool] = []
    prose = 0
    for clause in _clauses(text):
        if found and _BREAKDOWN.match(clause):
            break
        if not _has_digit(clause):
            if not found and len(clause) > _LONGEST_SUFFIX:
                return _unread(text)
            prose += len(clause)
            continue
        if _CONTEXT.fullmatch(clause):
            if clause == text:
                return _whole_time(clause, year)
            continue
        read = _pieces(clause, year)
        if read is None:
            return _unread(text)
        prose += 0 if read else len(clause)
        found += read
        totals += [False] * (len(read) - 1) + [bool(_total().match(clause))]
    if prose > _LONGEST_PROSE or not found:
        return _unread(text)
    if len(found) == 1:
        return found[0]
    return _summed(found, totals) or _in_order(found)


def _clauses(text: str) -> list[str]:
    """The text cut at stops; 、 cuts where what follows it has a number of its own."""
    cut: list[str] = []
    for clause in _STOPS.split(text):
        if not clause:
            continue
        pieces = clause.split("、") if "、" in clause else [clause]
        waiting = ""
        for piece in pieces:
            waiting += piece
            if _has_digit(piece):
                cut.append(waiting)
                waiting = ""
        if waiting and cut and len(pieces) > 1:
            cut[-1] += waiting
        elif waiting:
            cut.append(waiting)
    return cut


def _pieces(clause: str, year: int | None) -> list[Quantity] | None:
    """The quantities of one clause: a time and what follows it, one number, or several joined by 和; else None."""
    time = find_time(clause, year)
    if time is not None:
        rest = _pieces(time.after, year) if _has_digit(time.after) else []
        if rest is None or len(time.before) > _LONGEST_SUFFIX or (not rest and len(time.after) > _LONGEST_SUFFIX + 4):
            return None
        if time.is_year and (rest or time.before or not _YEAR_ONLY.fullmatch(time.after)):
            return rest  # the year of something: 2021年度报告
        return [time.reading, *rest]
    read = _clause(clause)
    if read is not None:
        return [read] if read.kind != TEXT else None
    signs = list(_SIGN.finditer(clause))
    if len(signs) == 1 and _has_digit(clause[: signs[0].start()]) and signs[0].start() <= _LONGEST_PREFIX:
        read = _clause(clause[signs[0].start() :])  # 签约6个月以上的占比≥75%
        return [read] if read is not None and read.kind != TEXT else None
    parts = _LISTED.split(clause)
    if len(parts) < 2 or not all(map(_has_digit, parts)):
        return None
    several = [_clause(part) for part in parts]
    return [one for one in several if one is not None and one.kind != TEXT] if None not in several else None


def _whole_time(clause: str, year: int | None) -> Quantity:
    found = find_time(clause, year)
    return found.reading if found else NOT_UNDERSTOOD


@lru_cache(maxsize=1)
def _total() -> re.Pattern[str]:
    return re.compile(f".{{0,6}}?(?:{pattern('total')})")


def _summed(found: Sequence[Quantity], totals: Sequence[bool]) -> Quantity | None:
    """The total of “8家、6家、5家，共19家”, where the last number is the sum of those before it."""
    *others, total = found
    parts = [part for part in others if part.kind != TIME]
    if not totals[-1] or total.lower is None or len(parts) < 2:
        return None
    if not all(part.lower is not None and part.operator == EQUAL and same(part.unit, total.unit) for part in parts):
        return None
    return total if sum((part.lower or Decimal(0) for part in parts), Decimal(0)) == total.lower else None


def _in_order(found: Sequence[Quantity]) -> Quantity:
    """Several quantities as a compound; “≥80%且≤90%” as the range it is."""
    if len(found) == 2:
        low, high = found
        is_range = low.operator == AT_LEAST and high.operator == AT_MOST and low.unit == high.unit
        if is_range and low.kind == high.kind and (low.lower or 0) <= (high.upper or 0):
            return replace(low, operator=RANGE, upper=high.upper)
    return Quantity(COMPOUND, parts=tuple(found))


def _unread(text: str) -> Quantity:
    """Prose, or a short text with digits that was meant as a quantity and is not understood."""
    return NOT_UNDERSTOOD if len(text) <= _LONGEST_UNCLEAR else PROSE


# --- one number -----------------------------------------------------------------------------------


def _clause(text: str) -> Quantity | None:
    """The quantity of a clause with one number or one range; PROSE where the number is not its substance."""
    found = _ONE.fullmatch(text)
    if found is None:
        return None
    before = _before(found.group("before"))
    tail = _tail(found.group("tail"))
    if before is None or tail is None:
        return None
    if before.length > _LONGEST_PREFIX or tail.length > _LONGEST_SUFFIX:
        return PROSE
    if not agree(before.operator, tail.operator):
        return None
    lower = _value(found.group("number"), tail)
    if lower > _LARGEST:
        return None
    if found.group("second"):
        return _range(found, before, tail, lower)
    value = -lower if before.negative else lower
    operator = before.operator if before.operator != EQUAL else tail.operator
    if tail.more:
        if operator not in (EQUAL, AT_LEAST):
            return None
        operator = AT_LEAST
    return Quantity(
        _kind(tail),
        operator,
        value if operator == EQUAL or operator in UPWARD else None,
        value if operator == EQUAL or operator not in UPWARD else None,
        MONEY if tail.money else tail.unit,
        before.approximate or tail.approximate or tail.more,
        change=before.change,
        each=before.each or tail.each,
        assumed=tail.assumed,
    )


def _range(found: re.Match[str], before: _Before, tail: _Tail, lower: Decimal) -> Quantity | None:
    upper = _value(found.group("second"), tail)
    first = _tail(found.group("first")) if found.group("first") else None
    if found.group("first"):
        if first is None or first.unit not in ("", tail.unit) or first.operator != EQUAL:
            return None
        lower = _value(found.group("number"), tail if first.scale == 1 and not first.unit else first)
        if first.money != tail.money and first.unit:
            return None
    both = {before.operator, tail.operator} - {EQUAL}
    if (
        lower > upper
        or upper > _LARGEST
        or tail.more
        or before.negative
        or len(both) > 1
        or (both and before.operator != EQUAL)
    ):
        return None
    return Quantity(
        _kind(tail),
        RANGE,
        lower,
        upper,
        MONEY if tail.money else tail.unit,
        before.approximate or tail.approximate,
        change=before.change,
        each=before.each or tail.each,
        assumed=tail.assumed,
    )


def _kind(tail: _Tail) -> str:
    if tail.money:
        return AMOUNT
    return RATE if tail.unit in ("%", "‰", "百分点") else COUNT


def _value(number: str, tail: _Tail) -> Decimal:
    value = Decimal(number.replace(",", ""))
    factor = tail.scale / 10000 if tail.money else tail.scale
    if factor == 1:
        return value
    value *= factor
    return value.to_integral_value() if value == value.to_integral_value() else value.normalize()


@lru_cache(maxsize=4096)
def _before(text: str) -> _Before | None:
    """What stands before a number; None where it makes the number something other than the quantity."""
    if not text:
        return _Before()
    rest, negative = text, False
    if text[-1] == "-":
        rest, negative = text[:-1], True
        if rest and not any(rest.endswith(word) for word, _ in operators("before")):
            return None
    bare = _OTHER_RATE.sub("", _LAST_YEAR.sub("", rest))
    if "?" in rest or _ORDINAL.search(rest) or any(word in bare for word in words("other")):
        return None
    operator, approximate, change, level = EQUAL, False, "", False
    cut = True
    while cut:
        rest = rest.rstrip(_BEFORE_NOISE)
        cut = False
        for word, meant in operators("before"):
            if rest.endswith(word) and not (word == "控制" and rest.endswith("控制数")):
                if operator == EQUAL:
                    operator = meant
                elif not agree(operator, meant):
                    return None
                rest, cut = rest.removesuffix(word), True
                level = level or word in ("达到", "达", "为")
                break
        for word in () if cut else words("about"):
            if rest.endswith(word) and not _AGREED.search(rest):
                rest, cut, approximate = rest.removesuffix(word), True, True
                break
        if not cut and (found := _NEUTRAL.search(rest)):
            level = level or found.group() in "达到至为"
            rest, cut = rest[: found.start()], True
    if operator == EQUAL and (inside := list(_INSIDE.finditer(rest))):
        if len(inside) > 1:
            return None
        operator = dict(operators("before"))[inside[0].group()]
    stem = _CHANGE_END.sub("", rest) if not rest.endswith("率") else rest
    if not level:
        change = "增" if stem.endswith(words("more")) else "减" if stem.endswith(words("less")) else ""
    each = bool(_EACH.search(text))
    return _Before(operator, approximate, change, each, negative, len(rest))


@lru_cache(maxsize=4096)
def _tail(text: str) -> _Tail | None:
    """What stands after a number; None where it is no unit and no suffix of a quantity."""
    if not text:
        return _Tail()
    if "?" in text:
        return None
    rest = text.lstrip("\"'”’)]】")
    more = rest[:1] in ("余", "多") and rest[:2] != "多于"
    rest = rest[1:] if more else rest
    unit = unit_at_start(rest)
    scale = Decimal(1)
    found = _SCALE.match(rest) if len(unit) < 2 else None
    if found:
        scale = _SCALES[found.group()]
        rest = rest[found.end() :]
        if rest[:1] in ("余", "多"):
            more, rest = True, rest[1:]
        unit = unit_at_start(rest)
    money = unit in ("元", "元整")
    assumed = False
    rest = rest[len(unit) :]
    if not unit:
        bare = _unknown_unit(rest)
        if bare is None:
            return None
        unit, rest = bare
        # 127.5万 with nothing behind it is money.
        if not unit and found and found.group() in ("万", "亿", "千万", "百万", "十亿", "百亿", "千亿"):
            money = assumed = True
    per = _PER.match(rest)
    each = bool(per) and money
    if per:
        unit, rest = (unit, rest[per.end() :]) if money else (plain(unit) + per.group(), rest[per.end() :])
    operator, approximate, rest = _after(rest, unit, money=money)
    return _Tail(more, scale, plain(unit), operator, approximate, each, money, assumed, len(rest))


def _unknown_unit(rest: str) -> tuple[str, str] | None:
    """(unit, what follows) where no known unit stands there: nothing, a suffix, or one short word."""
    if not rest:
        return "", ""
    stop = len(rest)
    for word, _ in operators("after"):
        at = rest.find(word) if len(word) > 1 else -1
        if at >= 0:
            stop = min(stop, at)
    if stop <= 3 and (stop == 0 or rest[:stop].isalpha() or rest[:stop] in ("℃",)):
        return rest[:stop], rest[stop:]
    return None


def _after(rest: str, unit: str, *, money: bool) -> tuple[str, bool, str]:
    """(operator, approximate, prose) of what follows a unit."""
    operator, approximate = EQUAL, False
    for word, meant in operators("after"):
        short = len(word) == 1 and not (rest == word or money or plain(unit) in _TIME_UNITS or unit == "%")
        if rest.startswith(word) and not short:
            operator, rest = meant, rest.removeprefix(word)
            break
    else:
        for word, meant in operators("after"):
            if len(word) > 1 and rest.endswith(word) and len(rest) <= _LONGEST_SUFFIX:
                operator, rest = meant, rest.removesuffix(word)
                break
    if operator == "≈":
        operator, approximate = EQUAL, True
    if rest.startswith(("左右", "上下")):
        approximate, rest = True, rest[2:]
    return operator, approximate, rest
