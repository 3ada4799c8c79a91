"""Events that are not meant to happen: 未发生, 杜绝, 无事故; and those that did: 发生1起."""

from __future__ import annotations

import re
from functools import lru_cache

from perfeval_lint.quantity.model import ABSENT, COUNT, EQUAL, HAPPENED, RATE, TEXT, Quantity
from perfeval_lint.quantity.words import pattern

HINTS = re.compile("[未没无杜]|严[防禁]|不(?:再|得)?[发出]|避免|防止")

_ITSELF = frozenset("起 例 宗".split())  # counts of nothing but what happens
_COUNTED = _ITSELF | frozenset("件 次 人 个 名 户".split())
_LONGEST = 14  # characters of the name of what happens
_LONGEST_TEXT = 60
_BEFORE = (
    "(?:全年|全区|全市|全县|全校|全院|期间|本年度?|当年|今年|均|从|确保|保证|力争|实现|做到|坚决|有效|切实|完全|已)*"
)
_ONE = "[一1](?:起|例|件|次|宗|人)"
_STOPS = (re.compile("[。.，,；;、!！?？]+"), re.compile("[。.，,；;!！?？]+"))  # 、 may be inside 无投诉、上访
_PLAIN = re.compile("[、:\"'“”‘’()【】]+")
_SEEN = re.compile(
    "(?:全年|本年度?|当年|今年|期间|仅|只|共|累计|实际|已|有)*(?P<verb>发生|出现|接到|收到)?(?:过|了|有)*"
)
_NONE = ("无", "没有")
_TAIL = re.compile("(?:共|共计|为|[起件次例人]?数|仅|总计)*$")
_NAME = re.compile(f"[一-龥]{{1,{_LONGEST}}}")


def read_absent(text: str) -> Quantity | None:
    """The reading of 未发生, 无一例, 杜绝重大事故, 无事故，无投诉, and of 无 by itself, which names no event; None for
    another text."""
    if len(text) > _LONGEST_TEXT or not HINTS.search(text):
        return None
    if _PLAIN.sub("", text) in _NONE:
        return Quantity(TEXT, level=ABSENT)
    for stops in _STOPS:
        clauses = [_PLAIN.sub("", clause) for clause in stops.split(text) if clause]
        found = [one for one in map(_absent().fullmatch, clauses) if one]
        if clauses and len(found) == len(clauses):
            names = {_named(next(filter(None, one.groups()), "")) for one in found}
            return Quantity(TEXT, level=ABSENT, event=names.pop() if len(names) == 1 else HAPPENED)
    return None


def read_none(text: str) -> bool:
    """Whether the text says that nothing happens by the word 零: 零事故, 零发生."""
    return _none().fullmatch(text) is not None


@lru_cache(maxsize=1)
def _absent() -> re.Pattern[str]:
    what, happens = _kinds(), "(?:发生|出现|接到|收到)"
    return re.compile(
        f"{_BEFORE}(?:"
        f"(?:未|没有|没|无|不|不得)(?:再|曾)?{happens}过?(?:{_ONE})?((?:(?!{_ONE})[^已0-9]){{0,{_LONGEST}}})|"
        f"(?:无|没有|未见)(?:{_ONE})?({what})(?:发生|出现|情况|现象|行为|记录)*|"
        f"(?:未|没有|没|无)(?:再|曾)?(?:{happens})?{_ONE}(?:以上)?(?:发生|{what})?|"
        f"{_ONE}(?:{what})?[均都也]?(?:未|没有|没)再?{happens}|"
        f"(?:杜绝|严防)(?:发生|出现)?((?:{what})?)的?(?:发生|出现)?|"
        f"(?:避免|防止|严禁)(?:发生|出现)((?:{what})?)|"
        f"(?:避免|防止|严禁)([^0-9]{{0,{_LONGEST}}}?)的?(?:发生|出现)"
        ")"
    )


@lru_cache(maxsize=1)
def _none() -> re.Pattern[str]:
    return re.compile(f"{_BEFORE}零(?:{_kinds()}|发生|新增|报告|容忍|风险)(?:发生)?")


def _kinds() -> str:
    """The names of events, as a regular expression: 重大安全事故, 投诉."""
    return f"(?:{pattern('happening_of')}|{pattern('happening')})*(?:{pattern('happening')})"


def _named(printed: str) -> str:
    """The name of an event that does not happen, without the words around it; 发生 where none is left."""
    name = re.sub(f"^(?:{_ONE}|任何|此类|相关)+|(?:发生|出现|情况|现象|的)+$", "", printed)
    return name if _NAME.fullmatch(name) else HAPPENED


def event_of(before: str, unit: str, after: str) -> str:
    """The event that a number counts, by the text before and after it; empty where it counts something else."""
    seen = _SEEN.match(before)
    if unit not in _COUNTED or not (before or after) or seen is None:
        return ""
    name = _TAIL.sub("", before[seen.end() :] + after)
    if not name:
        return HAPPENED if seen.group("verb") in ("发生", "出现") else ""
    is_event = _of_kind().search(name) is not None or (unit in _ITSELF and not after)
    return name if is_event and _NAME.fullmatch(name) else ""


def stayed_away(meant: Quantity, done: Quantity) -> bool | None:
    """Whether what was meant not to happen did not; None where the result may speak of something else."""
    if done.level == ABSENT:
        return True if HAPPENED in (meant.event, done.event) or meant.event == done.event else None
    if done.kind not in (COUNT, RATE) or done.operator != EQUAL or done.change or done.lower is None:
        return None
    if done.lower == 0:
        return True
    return False if done.kind == COUNT and done.lower > 0 and _is_meant(meant, done) else None


def _is_meant(meant: Quantity, done: Quantity) -> bool:
    """Whether what took place is what was meant: 一般事故 is no 重大事故, 处理投诉 no 投诉."""
    if done.event == HAPPENED or (not done.event and done.unit in _ITSELF):
        return True
    is_alike = done.event.endswith(meant.event) or meant.event == HAPPENED
    return is_alike and _whole_kind().fullmatch(done.event) is not None


@lru_cache(maxsize=1)
def _of_kind() -> re.Pattern[str]:
    return re.compile(f"(?:{pattern('happening')})$")


@lru_cache(maxsize=1)
def _whole_kind() -> re.Pattern[str]:
    return re.compile(_kinds())
