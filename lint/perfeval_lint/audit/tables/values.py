"""A table's cells as canonical texts, in SQL: what recognition does to the cells of a paper, done to columns.

Every function takes and gives an SQL expression. The usual cell needs nothing and costs one regular expression.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from perfeval_lint.blanks import NO_CONTENT_PATTERN
from perfeval_lint.form.definition import Kind
from perfeval_lint.letters import LOOK_ALIKE, PERSONS, look_alikes
from perfeval_lint.recognise.values import (
    AMOUNT,
    BARE,
    CHINESE_DAY,
    CONVERTED,
    DAY,
    DIGITS,
    EXPONENT,
    GRADE,
    GRADED,
    GRADED_TAIL,
    JOINED_DAY,
    MOST_DECIMALS,
    MOST_DIGITS,
    NARROW_SIGNS,
    NUMERALS,
    ONLY_YEAR,
    OUT_OF,
    REMARK,
    SCALES,
    SIGNS,
    SMALL_NUMERALS,
    TICKED,
    TITLE_YEAR,
    UNFILLED,
    WIDE_SIGNS,
)
from perfeval_lint.recognise.words.text import APART, HALF, MOST_GROUPS, UNSEEN
from perfeval_lint.sql.text import literal

BLANKS: Final = ("—", "——", "-", "--", "/", "*", "－", "―", "–", "——-", "\\", "/ /", "无此项", "×")
_CONTROL: Final = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\x{e000}-\x{f8ff}\x{fffd}"
_SPACES: Final = r"\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}"
_KEPT, _FROM, _TO = "\ue000", "\ue001", "\ue002"  # marks of our own: no cell has them any more when they are set

_PLAIN_NUMBER: Final = rf"{BARE}%?"
MONEY: Final = [name for name in SCALES if name.endswith("元")]
_PROMPT: Final = r"^([★☆▲●*]*)(?:[(（]?[0-9]{1,2}[)）.、])?指标[0-9一二三四五六七八九十]{1,3}[:：、.．]?([^0-9]|$)"
_NUMBERED: Final = (
    (r"^[(（]?[一二三四五六七八九十]{1,3}[)）、.．]", ""),
    (r"^[0-9]{1,2}(?:\.[0-9]{1,2}){0,3}[、.．]?([\x{4e00}-\x{9fff}])", r"\1"),
)
_UNWANTED: Final = {"分值": "%$", "总分分值": "%$", "总分得分": GRADED_TAIL}  # behind a number


def plain(column: str, kind: str) -> str:
    """A column of any SQL type as text, printed as it is stored: no exponents, no zeros a type has added."""
    text = f"{column}::VARCHAR"
    if is_text(kind):
        return column
    if kind.startswith("DECIMAL"):
        return text if kind.endswith(",0)") else f"rtrim(rtrim({text}, '0'), '.')"
    if kind in ("DOUBLE", "FLOAT"):
        usual = _replace(text, r"\.0$", "")
        spread = f"CASE WHEN contains({text}, 'e') THEN {_spread(text)} ELSE {usual} END"
        return f"CASE WHEN NOT isnan({column}) THEN {spread} END"
    if kind == "DATE" or kind.startswith("TIMESTAMP"):
        return f"strftime({column}, '%Y-%m-%d')"
    return text


def is_text(kind: str) -> bool:
    """Whether a column of that SQL type holds what people typed, which may need tidying."""
    return kind == "VARCHAR"


def tidy(column: str, kind: str) -> str:
    """A column's cells as canonical text; NULL for those that say "not applicable"."""
    return clean(column) if is_text(kind) else plain(column, kind)


def _spread(text: str) -> str:
    """A number with an exponent written out; text that is too large for it as it stands."""
    return f"coalesce({_trimmed(f'TRY_CAST({text} AS DECIMAL(38,{MOST_DECIMALS}))')}, {text})"


def _trimmed(number: str) -> str:
    """A number as text without needless zeros."""
    return f"rtrim(rtrim(({number})::VARCHAR, '0'), '.')"


def clean(text: str) -> str:
    """A cell's text as the canonical form holds it; NULL for one that says "not applicable" or nothing."""
    return _cleaned(text, LOOK_ALIKE, _half_width(_folded(text)))


def person(column: str, kind: str) -> str:
    """A column's names of people: as tidy(), with look-alike letters as they were typed."""
    return _cleaned(column, "", _half_width(column)) if is_text(kind) else plain(column, kind)


def _cleaned(text: str, odd: str, half_width: str) -> str:
    """A cell's text made canonical; `odd` are further letters for which it needs to be."""
    halves = "".join(HALF)
    blanks = "|".join(_escaped(blank) for blank in BLANKS)
    nothing = rf"(?:{blanks}|{NO_CONTENT_PATTERN}|)"
    unusual = rf"[\s{_CONTROL}{_SPACES}{UNSEEN}{halves}{odd}]|[0-9],[0-9]{{3}}|^{nothing}$"
    tidied = f"CASE WHEN NOT regexp_full_match(h, {literal(nothing)}) THEN {_tidied('h')} END"
    usual = f"NOT regexp_matches({text}, {literal(unusual)})"
    return f"CASE WHEN {usual} THEN {text} ELSE {_let('h', half_width, tidied)} END"


def _folded(text: str) -> str:
    """A text with look-alike letters folded, which is looked for first: the table of them is long."""
    table = look_alikes()
    folded = f"translate({text}, {literal(''.join(table))}, {literal(''.join(table.values()))})"
    return f"CASE WHEN regexp_matches({text}, '[{LOOK_ALIKE}]') THEN {folded} ELSE {text} END"


def _let(name: str, value: str, body: str) -> str:
    """`body` with `value` under a name: an expression put in at every place would be planned at every place. For the
    unusual cell only, as a list is made for each."""
    return f"list_transform([{value}], lambda {name}: {body})[1]"


def _half_width(text: str) -> str:
    """Full-width digits, letters, ％ and ． made half-width; what is not seen, and white space around, taken out."""
    text = f"translate({text}, {literal(''.join(HALF) + UNSEEN)}, {literal(''.join(HALF.values()))})"
    text = _replace(_replace(text, f"[{_CONTROL}]", ""), f"[{_SPACES}]", " ")
    return _replace(text, r"^\s+|\s+$", "")


def _tidied(text: str) -> str:
    """White space goes where it is a line break or stands beside Chinese; between Latin words, and where a line break
    stands between figures, one space stays."""
    for _ in range(2):  # a letter may end one pair and begin the next
        text = _replace(text, r"([A-Za-z])[ \t\r]*\n\s*([A-Za-z])", rf"\1{_KEPT}\2")
        text = _replace(text, r"([0-9%])[ \t\r]*\n\s*([0-9])", rf"\1{_KEPT}\2")
    text = _replace(text, r"[ \t\r]*\n\s*", "")
    for _ in range(2):
        text = _replace(text, r"([A-Za-z0-9,.;:)%])\s+([A-Za-z0-9])", rf"\1{_KEPT}\2")
    text = _replace(text, r"\s+", "")
    return _without_thousands(f"replace({text}, '{_KEPT}', ' ')")


def _without_thousands(text: str) -> str:
    grouped = rf"(^|[^0-9.,])([0-9]{{1,3}}(?:,[0-9]{{3}}){{1,{MOST_GROUPS}}})([^0-9,]|$)"
    for _ in range(2):
        text = _replace(text, grouped, rf"\1{_FROM}\2{_TO}\3")
    for _ in range(MOST_GROUPS):
        text = _replace(text, rf"{_FROM}([0-9]+),([0-9,]+){_TO}", rf"{_FROM}\1\2{_TO}")
    return _replace(text, f"[{_FROM}{_TO}]", "")


def number(column: str, kind: str) -> str:
    """A number as printed, without white space, thousands separators and 分; other text as it stands."""
    if not is_text(kind):
        return plain(column, kind)
    is_apart = f"contains({column}, chr(10)) AND regexp_matches({_half_width(column)}, {literal(APART)})"
    bare = f"replace({clean(column)}, CASE WHEN {is_apart} THEN '{_KEPT}' ELSE ' ' END, '')"
    bare = _replace(_replace(_replace(bare, "^'", ""), "([0-9])分$", r"\1"), OUT_OF, r"\1")
    read = f"CASE WHEN regexp_full_match(n, {literal(EXPONENT)}) THEN {_written_out('n')} ELSE n END"
    return _usually(column, _PLAIN_NUMBER, column, _let("n", bare, read))


def _usually(column: str, pattern: str, value: str, other: str) -> str:
    """One value where a cell fits the pattern of the usual cell, else the other."""
    return f"CASE WHEN regexp_full_match({column}, {literal(pattern)}) THEN {value} ELSE {other} END"


def _written_out(number: str) -> str:
    """A number with an exponent, written out; as it stands where it would be very long."""
    digits, decimals, power = (f"regexp_extract({number}, {literal(EXPONENT)}, {group})" for group in (2, 3, 4))
    power = f"TRY_CAST({power} AS INTEGER)"
    is_long = f"length({decimals}) - {power} > {MOST_DECIMALS} OR length({digits}) + {power} > {MOST_DIGITS}"
    return f"CASE WHEN {is_long} THEN {number} ELSE {_spread(number)} END"


def amount(column: str, kind: str, money: str) -> str:
    """An amount in 万元, exactly; `money` is the unit of a cell that has none of its own."""
    read = number(column, kind)
    if not is_text(kind):
        return read if money == "万元" else f"coalesce({_scaled(read, SCALES[money])}, {read})"
    digits, unit = (f"regexp_extract(r, {literal(AMOUNT)}, {group})" for group in (1, 2))
    scales = " ".join(f"WHEN {literal(name)} THEN {scale}" for name, scale in {"": SCALES[money], **SCALES}.items())
    scale = f"CASE {unit} {scales} END"
    is_exact = f"regexp_full_match(d, {literal(CONVERTED)})"
    scaled = f"CASE WHEN {scale} = 1 THEN d WHEN {is_exact} THEN {_scaled('d', scale)} ELSE r END"
    converted = f"CASE WHEN regexp_full_match(r, {literal(AMOUNT)}) THEN {_let('d', digits, scaled)} ELSE r END"
    usual = column if money == "万元" else _scaled(column, SCALES[money])
    return _usually(column, CONVERTED, usual, _let("r", read, converted))


def _scaled(digits: str, scale: str) -> str:
    return _trimmed(f"TRY(TRY_CAST({digits} AS DECIMAL(28,10)) * ({scale})::DECIMAL(9,4))")


def day(column: str, kind: str) -> str:
    """A day as YYYY-MM-DD; other text as it stands; NULL where the blanks of 年 月 日 were not filled in."""
    year, month, day = (f"regexp_extract(r, {literal(CHINESE_DAY)}, {group})" for group in (1, 2, 3))
    numerals = f"MAP {{{', '.join(f'{literal(name)}: {literal(digits)}' for name, digits in SMALL_NUMERALS.items())}}}"
    chinese = f"concat(translate({year}, '{NUMERALS}', '{DIGITS}'), '-', {numerals}[{month}], '-', {numerals}[{day}])"
    cases = [(CHINESE_DAY, chinese)]
    cases += [(pattern, _replace("r", f"^{pattern}$", r"\1-\2-\3")) for pattern in (JOINED_DAY, DAY)]
    dashed = " ".join(f"WHEN regexp_full_match(r, {literal(one)}) THEN {meant}" for one, meant in cases)
    unfilled = f"WHEN regexp_full_match(r, {literal(UNFILLED)}) THEN NULL"
    read = f"CASE {unfilled} ELSE coalesce(TRY_CAST(CASE {dashed} END AS DATE)::VARCHAR, r) END"
    return _let("r", f"replace({tidy(column, kind)}, ' ', '')", read)


def year(column: str, kind: str) -> str:
    """The four digits of a budget year, those before 年 first; other text as it stands."""
    joined = "replace(r, ' ', '')"
    found = ", ".join(f"nullif(regexp_extract({joined}, {literal(one)}, 1), '')" for one in (TITLE_YEAR, ONLY_YEAR))
    read = _let("r", tidy(column, kind), f"coalesce({found}, r)")
    return _usually(column, "(?:19|20)[0-9]{2}", column, read) if is_text(kind) else read


def value(column: str, kind: str, name: str, field: Kind, money: str) -> str:
    """The canonical text of a column of SQL type `kind` that holds the form's column `name`; `money` is the unit of
    amounts, "" for all else."""
    if money:
        return amount(column, kind, money)
    if field is Kind.DATE:
        return day(column, kind)
    if field is Kind.YEAR:
        return year(column, kind)
    if field is Kind.TEXT:
        return _named(person(column, kind) if name in PERSONS else tidy(column, kind), name)
    read = number(column, kind)
    unwanted = _UNWANTED.get(name)
    return _replace(read, unwanted, "") if unwanted and is_text(kind) else read


def _named(text: str, name: str) -> str:
    """Names without what a form prints before them: 指标1：, 其中：; a grade without what is ticked beside it."""
    if name == "三级指标":
        unprompted = _replace(text, _PROMPT, r"\1\2")
        return f"CASE WHEN contains({text}, '指标') THEN {unprompted} ELSE {text} END"
    if name == "资金来源":
        own = _let("v", _replace(_unnumbered("u"), "^其中[:：—-]?", ""), f"trim({_unnumbered('v')}, ':：')")
        return _let("u", text, own)
    return _let("r", text, _grade("r")) if name == "总分等级" else text


def _unnumbered(text: str) -> str:
    """A name without the number before it; a name that is nothing else stays."""
    bare = text
    for _ in range(2):
        for pattern, by in _NUMBERED:
            bare = _replace(bare, pattern, by)
    return f"coalesce(nullif({bare}, ''), {text})"


def _grade(text: str) -> str:
    """The grade of a cell, alone, ticked among others or behind a score; other text as it stands."""
    ticked = ", ".join(f"nullif(regexp_extract({text}, {literal(TICKED)}, {group}), '')" for group in (1, 2))
    graded = f"nullif(regexp_extract({text}, {literal(f'^(?:{GRADED})$')}, 1), '')"
    return f"CASE WHEN regexp_full_match({text}, '{GRADE}') THEN {text} ELSE coalesce({ticked}, {graded}, {text}) END"


def sign(column: str, kind: str, signs: Mapping[str, str]) -> str:
    """The operator a code or word stands for; a text that is none of them as it stands."""
    read = _replace(f"translate({tidy(column, kind)}, '{WIDE_SIGNS}', '{NARROW_SIGNS}')", REMARK, "")
    cases = " ".join(f"WHEN {literal(code)} THEN {literal(meant)}" for code, meant in signs.items())
    return f"CASE {read} {cases} ELSE {read} END" if signs else read


def target(sign: str, value: str, unit: str) -> str:
    """Operator, value and unit of three columns as one text: ≥ 98 % is ≥98%. A value that carries its own operator
    or unit keeps it; the unit 单位（文字描述） of a target in words holds the target itself."""
    of_unit = f"coalesce(nullif({_replace(unit, REMARK, '')}, ''), {unit}, '')"
    is_bare = f"regexp_full_match({value}, {literal(BARE)})"
    has_unit = f"{of_unit} NOT IN ('', '/', '-', '—', '无') AND NOT starts_with({of_unit}, '…')"
    whole = f"CASE WHEN {is_bare} AND {has_unit} THEN {value} || {of_unit} ELSE {value} END"
    begins = f"{sign} IN ({listed(SIGNS)}) AND regexp_matches({value}, '^[0-9]')"
    return f"CASE WHEN {begins} THEN {sign} || {whole} ELSE {whole} END"


def listed(texts: Iterable[str]) -> str:
    """Texts as the items of an SQL list."""
    return ", ".join(literal(text) for text in texts)


def _replace(text: str, pattern: str, by: str) -> str:
    return f"regexp_replace({text}, {literal(pattern)}, {literal(by)}, 'g')"


def _escaped(blank: str) -> str:
    return "".join(f"\\{sign}" if sign in "-/*\\" else sign for sign in blank)
