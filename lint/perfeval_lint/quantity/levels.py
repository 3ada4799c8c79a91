"""Texts without a number: done, partly done, not done, nothing happened, full coverage."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from perfeval_lint.quantity.happenings import read_none
from perfeval_lint.quantity.model import (
    COUNT,
    DONE,
    EQUAL,
    PARTIAL,
    RATE,
    TEXT,
    UNDONE,
    Quantity,
)
from perfeval_lint.quantity.words import pattern, words

_LONGEST = 400
_PLAIN = re.compile("[。.，,；;、:\"'“”‘’()【】!！?？]+")
_ALL = re.compile("(?:^|.{1,16})(?<!未)全部[^不未无]{1,6}$")


@lru_cache(maxsize=4096)
def read_words(text: str) -> Quantity:
    bare = _PLAIN.sub("", text)
    if _done_pattern().fullmatch(bare):
        return Quantity(TEXT, level=DONE)
    if _partial_pattern().fullmatch(bare):
        return Quantity(TEXT, level=PARTIAL)
    if len(bare) <= 24 and (any(word in bare for word in words("full")) or _ALL.fullmatch(bare)):
        return Quantity(RATE, EQUAL, Decimal(100), Decimal(100), "%", assumed=True)
    if read_none(bare):
        return Quantity(COUNT, EQUAL, Decimal(0), Decimal(0))
    return Quantity(TEXT, level=_undone(text))


def _undone(text: str) -> str | None:
    """undone or partial where the first clause, or the one after a reason, says that nothing was done."""
    clauses = [clause for clause in re.split("[，,。；;]", text[:_LONGEST]) if clause]
    reasons = 0
    while reasons < len(clauses) - 1 and re.match("因|受|由于|鉴于|根据|按照?|据|疫情|为", clauses[reasons]):
        reasons += 1
    if not clauses:
        return None
    found = _undone_pattern().match(clauses[reasons])
    if found is None:
        return None
    some = re.match("部分|个别|少数|少量|有的", clauses[reasons])
    return PARTIAL if found.group("partly") or some else UNDONE


@lru_cache(maxsize=1)
def _done_pattern() -> re.Pattern[str]:
    return re.compile(f"(?:{pattern('done_how')}){{0,3}}(?:{pattern('done')})(?:{pattern('done_what')}){{0,3}}")


@lru_cache(maxsize=1)
def _partial_pattern() -> re.Pattern[str]:
    done = f"(?:{pattern('done')})(?:{pattern('done_what')}){{0,3}}"
    return re.compile(f"(?:部分|已部分|大部分)(?:已)?{done}(?:{pattern('partial')})?|完成部分|未(?:全部|完全){done}")


@lru_cache(maxsize=1)
def _undone_pattern() -> re.Pattern[str]:
    verbs, starts = pattern("undone_after"), pattern("undone")
    return re.compile(
        f"(?:{starts})(?:(?!完成)[^已补]){{0,8}}$|"
        "(?:(?!无|没有|不|防|避免|杜绝|已|零|均|各|全部)[^未没]){0,12}?(?:尚未|暂未|还未|未曾|未能|未予|未|没有能|没能|没有|没)"
        "(?:能够?|正式|实际|再|有|曾|予)?(?P<partly>全部|完全|全面|按时|按期|如期|及时|按计划|有效|足额)?"
        f"(?:{verbs})(?:(?!完成|完毕|整改|已|全部|均|的)[^已补])" + "{0,10}$"
    )
