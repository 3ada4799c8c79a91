"""Texts without a number: done, partly done, not done, nothing happened, full coverage."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from perfeval_lint.quantity.model import (
    ABSENT,
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
_NONE = re.compile("零(?:投诉|事故|差错|伤亡|死亡|发生|违规|违纪|案件|上访|新增|感染|延误|缺陷|失误|报告|容忍|风险)")
_ABSENT = re.compile(
    "(?:全年|均|本年度?|当年)?(?:(?:未|没有|没|无)(?:再)?(?:发生|出现|接到|收到)[^已，,]{0,14}|"
    "无(?:人员|任何|有效|重大|安全|质量|群体性|责任|服务对象|群众|一例|一起|新增)*"
    "(?:投诉|事故|差错|伤亡|违规|违纪|违法|案件|上访|信访|舆情|失误|逾期|超支|火灾|损失|事件)[^已，,]{0,4})"
)


@lru_cache(maxsize=4096)
def read_words(text: str) -> Quantity:
    bare = _PLAIN.sub("", text)
    if _done_pattern().fullmatch(bare):
        return Quantity(TEXT, level=DONE)
    if _partial_pattern().fullmatch(bare):
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
