"""A table's cells as canonical texts, in SQL: what recognition does to the cells of a paper, done to columns.

Every function takes and gives an SQL expression. The usual cell needs nothing and costs one regular expression.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from perfeval_lint.form.definition import Kind
from perfeval_lint.rule.sql import literal

BLANKS: Final = ("—", "——", "-", "--", "/", "*", "－", "―", "–", "——-", "\\", "/ /", "无此项", "×")
_WIDE: Final = {chr(0xFF10 + n): chr(0x30 + n) for n in range(10)}
_LETTERS: Final = {chr(0xFF21 + n + 32 * low): chr(0x41 + n + 32 * low) for n in range(26) for low in (0, 1)}
_HALF: Final = _WIDE | _LETTERS | {"％": "%", "．": ".", "\u2550": "=", "\u00a0": " ", "\u3000": " "}
_UNSEEN: Final = "\ufeff\u200b\u200c\u200d\u00ad\u2060\u200e\u200f"
_CONTROL: Final = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\x{e000}-\x{f8ff}\x{fffd}"
_SPACES: Final = r"\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}"
_KEPT, _FROM, _TO = "\ue000", "\ue001", "\ue002"  # marks of our own: no cell has them any more when they are set
_MOST_GROUPS = 4  # of thousands; more digits are no amount

_PLAIN_NUMBER: Final = r"[+-]?[0-9]+(?:\.[0-9]+)?%?"
_EXPONENT: Final = r"\s*[+-]?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]{1,2}\s*"
_BARE_AMOUNT: Final = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
_AMOUNT: Final = rf"[¥￥]?({_BARE_AMOUNT})([亿万千百]?元|万)?"
MONEY: Final = {"元": "0.0001", "百元": "0.01", "千元": "0.1", "万元": "1", "亿元": "10000"}
_PROMPT: Final = r"^([★☆▲●*]*)(?:[(（]?[0-9]{1,2}[)）.、])?指标[0-9一二三四五六七八九十]{1,3}[:：、.．]?([^0-9]|$)"
_OF_WHICH: Final = r"^(?:其中[:：—-]?)?(?:[(（]?[一二三四五六七八九十]{1,3}[)）、.．]|[0-9]{1,2}[、.．])*"
_DAY: Final = r"([0-9]{4})[年./-]([0-9]{1,2})[月./-]([0-9]{1,2})日?(?:T?[0-9]{2}:[0-9:.]+)?"
_REMARK: Final = r"[(（\[][^()（）]*[)）\]]?$"
SIGNS: Final = ("≥", "≤", ">", "<", "=", "≧", "≦", ">=", "<=", "≈")


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
    cast = f"TRY_CAST({text} AS DECIMAL(38,12))::VARCHAR"
    return f"coalesce(rtrim(rtrim({cast}, '0'), '.'), {text})"


def clean(text: str) -> str:
    """A cell's text as the canonical form holds it; NULL for one that says "not applicable"."""
    halves = "".join(_HALF)
    blanks = "|".join(_escaped(blank) for blank in BLANKS)
    blank = rf"[\s{_CONTROL}{_SPACES}{_UNSEEN}\x{{a0}}\x{{3000}}]*"
    odd = rf"[\s{_CONTROL}{_SPACES}{_UNSEEN}{halves}]|[0-9],[0-9]{{3}}|^(?:{blanks}|)$"
    return (
        f"CASE WHEN NOT regexp_matches({text}, {literal(odd)}) THEN {text} "
        f"WHEN NOT regexp_full_match({text}, {literal(f'{blank}(?:{blanks})?{blank}')}) THEN {_tidied(text)} END"
    )


def _tidied(text: str) -> str:
    """White space goes where it is a line break or stands beside Chinese; between Latin words one space stays."""
    text = f"translate({text}, {literal(''.join(_HALF) + _UNSEEN)}, {literal(''.join(_HALF.values()))})"
    text = _replace(_replace(text, f"[{_CONTROL}]", ""), f"[{_SPACES}]", " ")
    text = _replace(text, r"^\s+|\s+$", "")
    for _ in range(2):  # a letter may end one pair and begin the next
        text = _replace(text, r"([A-Za-z])[ \t\r]*\n\s*([A-Za-z])", rf"\1{_KEPT}\2")
    text = _replace(text, r"[ \t\r]*\n\s*", "")
    for _ in range(2):
        text = _replace(text, r"([A-Za-z0-9,.;:)%])\s+([A-Za-z0-9])", rf"\1{_KEPT}\2")
    text = _replace(text, r"\s+", "")
    return _without_thousands(f"replace({text}, '{_KEPT}', ' ')")


def _without_thousands(text: str) -> str:
    grouped = r"(^|[^0-9.,])([0-9]{1,3}(?:,[0-9]{3})+)([^0-9,]|$)"
    for _ in range(2):
        text = _replace(text, grouped, rf"\1{_FROM}\2{_TO}\3")
    for _ in range(_MOST_GROUPS):
        text = _replace(text, rf"{_FROM}([0-9]+),([0-9,]+){_TO}", rf"{_FROM}\1\2{_TO}")
    return _replace(text, f"[{_FROM}{_TO}]", "")


def number(column: str, kind: str) -> str:
    """A number as printed, without white space, thousands separators and 分; other text as it stands."""
    if not is_text(kind):
        return plain(column, kind)
    bare = f"replace({clean(column)}, ' ', '')"
    bare = _replace(_replace(bare, "^'", ""), "([0-9])分$", r"\1")
    bare = _replace(bare, r"^([0-9]+(?:\.[0-9]+)?)/[0-9]{1,3}$", r"\1")
    return (
        f"CASE WHEN regexp_full_match({column}, {literal(_PLAIN_NUMBER)}) THEN {column} "
        f"WHEN regexp_full_match({column}, {literal(_EXPONENT)}) THEN {_spread(column)} ELSE {bare} END"
    )


def amount(column: str, kind: str, money: str) -> str:
    """An amount in 万元, exactly; `money` is the unit of a cell that has none of its own."""
    read = number(column, kind)
    if not is_text(kind):
        return read if money == "万元" else f"coalesce({_scaled(read, MONEY[money])}, {read})"
    unit = f"regexp_extract({read}, {literal(_AMOUNT)}, 2)"
    scales = " ".join(f"WHEN {literal(name)} THEN {scale}" for name, scale in MONEY.items())
    scale = f"CASE {unit} WHEN '' THEN {MONEY[money]} WHEN '万' THEN 1 {scales} END"
    digits = f"regexp_extract({read}, {literal(_AMOUNT)}, 1)"
    scaled = f"CASE WHEN {scale} = 1 THEN {digits} ELSE coalesce({_scaled(digits, scale)}, {read}) END"
    other = f"CASE WHEN regexp_full_match({read}, {literal(_AMOUNT)}) THEN {scaled} ELSE {read} END"
    if money == "万元":
        return f"CASE WHEN regexp_full_match({column}, {literal(_BARE_AMOUNT)}) THEN {column} ELSE {other} END"
    return other


def _scaled(digits: str, scale: str) -> str:
    product = f"TRY(TRY_CAST({digits} AS DECIMAL(28,10)) * ({scale})::DECIMAL(9,4))::VARCHAR"
    return f"rtrim(rtrim({product}, '0'), '.')"


def day(column: str, kind: str) -> str:
    """A day as YYYY-MM-DD; other text as it stands."""
    read = f"replace({tidy(column, kind)}, ' ', '')"
    joined = _replace(read, "^([0-9]{4})([0-9]{2})([0-9]{2})$", r"\1-\2-\3")
    dashed = _replace(joined, f"^{_DAY}$", r"\1-\2-\3")
    return f"coalesce(TRY_CAST({dashed} AS DATE)::VARCHAR, {read})"


def year(column: str, kind: str) -> str:
    """The four digits of a budget year; other text as it stands."""
    read = tidy(column, kind)
    return f"coalesce(nullif(regexp_extract({read}, '(?:19|20)[0-9]{{2}}'), ''), {read})"


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
        return _named(tidy(column, kind), name)
    read = number(column, kind)
    return f"rtrim({read}, '%')" if name in ("分值", "总分分值") and is_text(kind) else read


def _named(text: str, name: str) -> str:
    """Names without what a form prints before them: 指标1：, 其中："""
    if name == "三级指标":
        unprompted = _replace(text, _PROMPT, r"\1\2")
        return f"CASE WHEN contains({text}, '指标') THEN {unprompted} ELSE {text} END"
    unnumbered = _replace(text, _OF_WHICH, "")
    return f"rtrim({unnumbered}, ':：')" if name == "资金来源" else text


def sign(column: str, kind: str, signs: Mapping[str, str]) -> str:
    """The operator a code or word stands for; a text that is none of them as it stands."""
    read = _replace(f"translate({tidy(column, kind)}, '＝＞＜', '=><')", _REMARK, "")
    cases = " ".join(f"WHEN {literal(code)} THEN {literal(meant)}" for code, meant in signs.items())
    return f"CASE {read} {cases} ELSE {read} END" if signs else read


def target(sign: str, value: str, unit: str) -> str:
    """Operator, value and unit of three columns as one text: ≥ 98 % is ≥98%. A value that carries its own operator
    or unit keeps it; the unit 单位（文字描述） of a target in words holds the target itself."""
    of_unit = f"coalesce(nullif({_replace(unit, _REMARK, '')}, ''), {unit}, '')"
    is_bare = f"regexp_full_match({value}, '[+-]?[0-9]+(?:\\.[0-9]+)?')"
    has_unit = f"{of_unit} NOT IN ('', '/', '-', '—', '无')"
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
