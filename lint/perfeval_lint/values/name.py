"""Names without what a form prints before or behind them: prompts, numbering, 其中：, weights."""

from __future__ import annotations

import re

from perfeval_lint.values.pieces import let_sql, replaced_sql
from perfeval_lint.values.text import clean, text_sql

# --- 指标1： ----------------------------------------------------------------------------------------

_NUMERALS = "一二三四五六七八九十"
_PROMPT = re.compile(
    r"^([★☆▲●*]*)(?:[(（]?[0-9]{1,2}[)）.、])?指标(?:"
    rf"(?:[0-9]{{1,3}}|[{_NUMERALS}]{{1,3}})[:：、]"  # what follows is the name, a digit too
    rf"|[0-9]{{1,3}}[.．]?([^0-9.．]|$)|十?[{_NUMERALS}][.．]?([^0-9.．{_NUMERALS}]|$))"
)


def without_prompt(name: str) -> str:
    """An indicator's clean name without the form's own 指标1：."""
    return _PROMPT.sub(r"\1\2\3", name)


def without_prompt_sql(name: str) -> str:
    """As without_prompt()."""
    unprompted = replaced_sql(name, _PROMPT, r"\1\2\3")
    return f"CASE WHEN contains({name}, '指标') THEN {unprompted} ELSE {name} END"


# --- sources of money -----------------------------------------------------------------------------

_OF_WHICH = re.compile("^其中[:：—-]?")
_OUTLINED = f"[{_NUMERALS}]{{1,3}}[)）、.．]"
_CHINESE = "[\u4e00-\u9fff]"
_FIGURES = r"[0-9]{1,2}(?:\.[0-9]{1,2}){0,3}[、.．]?"  # before a Chinese character, else they are a number
_NUMBERING = re.compile(rf"^(?:[(（]?{_OUTLINED}|{_FIGURES}{_OUTLINED})*(?:{_FIGURES}({_CHINESE}))?")


def without_numbering(text: str) -> str:
    """A name without the numbers before it: 一、 （一） 1. 1.1; a name that is nothing else unchanged."""
    return _NUMBERING.sub(r"\1", text) or text


def without_numbering_sql(text: str) -> str:
    """As without_numbering()."""
    bare = replaced_sql(text, _NUMBERING, r"\1")
    return f"coalesce(nullif({bare}, ''), {text})"


def without_of_which(name: str) -> str:
    """The name of a source of money, or a label, without 其中： before it."""
    return _OF_WHICH.sub("", name)


def source_name(text: str) -> str:
    """The name of a source of money without what is printed before it: 其中：一、财政拨款."""
    return without_numbering(without_of_which(without_numbering(clean(text)))).strip(":：")


def source_name_sql(column: str, kind: str) -> str:
    """As source_name(); NULL for a blank cell."""
    of_which = replaced_sql(without_numbering_sql("printed"), _OF_WHICH, "")
    read = let_sql("own", of_which, f"trim({without_numbering_sql('own')}, ':：')")
    return let_sql("printed", text_sql(column, kind), read)


# --- weights --------------------------------------------------------------------------------------

_WEIGHT = re.compile(r"(?:[(（\[【]|(?<=[^0-9.]))(?P<weight>[0-9]{1,3}(?:\.[0-9]+)?)(?:分值?|%)?(?:[)）\]】]|(?<=分))$")
_POINTS = re.compile(r"[(（]([0-9]{1,3}(?:\.[0-9]+)?)分[)）]$")


def weight_in_indicator(name: str) -> tuple[str, str | None]:
    """An indicator's name and the weight printed behind it: 相关性（5分）; only where the bracket says 分."""
    found = _POINTS.search(name)
    return (name[: found.start()], found[1]) if found and found.start() else (name, None)


def weight_in_name(name: str) -> tuple[str, str | None]:
    """A level's name and the weight printed in it: 产出指标（50分） is 产出指标 and 50."""
    found = _WEIGHT.search(name)
    if found is None or not found.start():
        return name, None
    return name[: found.start()], found["weight"]
