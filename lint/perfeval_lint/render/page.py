"""The page a form needs: which columns its funds and indicators have, and how wide they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from perfeval_lint.form.definition import FUNDS, INDICATORS, TOTAL, Section
from perfeval_lint.form.model import Form
from perfeval_lint.render.measure import shared_widths
from perfeval_lint.render.official import Official, official_of
from perfeval_lint.render.table import PAGE_WIDTH, room_for

SIDE, FIRST, SECOND, NAME = 0, 1, 2, 3  # columns: block label, 一级指标, 二级指标, 三级指标
LEVELS = ("一级指标", "二级指标")
NUMBERS = ("分值", "得分")

_FIXED_WIDTHS = (0.95, 1.85, 1.55)  # centimetres, of the first three columns
_NUMBER_WIDTHS = (1.05, 1.35)  # of 分值 and 得分, at least; the latter also holds 执行率
_NARROWEST, _WIDEST = 2.1, 5.0  # of the columns that share the rest
_WIDEST_NUMBER = 2.6  # one with more digits is broken over two lines


@dataclass(frozen=True, slots=True)
class Page:
    """A form with the columns its page has. `half` is the column where the right half of a row begins."""

    form: Form
    official: Official
    funds: tuple[str, ...]
    indicators: tuple[str, ...]
    widths: tuple[float, ...]
    half: int

    @property
    def scored(self) -> bool:
        """Returns whether the page has columns for weights and scores."""
        return "分值" in self.indicators


def page_of(form: Form) -> Page:
    """The columns of a form: the official ones, and those in which any row has a value."""
    official = official_of(form)
    scored = official.scored or any(
        _used(form, section, name) for section in (FUNDS, INDICATORS, TOTAL) for name in (*NUMBERS, "等级")
    )
    always = set(official.funds) | (set(NUMBERS) if official.scored else set())
    funds = tuple(f.name for f in FUNDS.fields[1:] if f.name in always or _used(form, FUNDS, f.name))
    indicators = tuple(f.name for f in INDICATORS.fields if scored or f.name not in NUMBERS)
    count = max(1 + len(indicators), NAME + len(funds))
    widths = _widths(form, indicators, count)
    return Page(form, official, funds, indicators, widths, _half(widths))


def _widths(form: Form, indicators: tuple[str, ...], count: int) -> tuple[float, ...]:
    """Widths of `count` columns; where the funds have more than the indicators, the last is shared out."""
    weight = _number_width(form, ("分值",), _NUMBER_WIDTHS[0])
    score = _number_width(form, ("执行率", "得分"), _NUMBER_WIDTHS[1])
    numbers = (weight, score) if "分值" in indicators else ()
    flexible = [name for name in indicators if name not in (*LEVELS, *NUMBERS)]
    texts = [[record.text(name) or "" for record in form.rows(INDICATORS)] for name in flexible]
    extra = count - 1 - len(indicators)
    total = PAGE_WIDTH - sum(_FIXED_WIDTHS) - sum(numbers) - extra * score
    narrowest = _number_width(form, ("年初预算数", "全年预算数", "全年执行数"), _NARROWEST)
    *others, last = shared_widths(texts, total, min(narrowest, total / len(flexible)), _WIDEST)
    return (*_FIXED_WIDTHS, *others, *numbers, *[score] * extra, last)


def _number_width(form: Form, names: Sequence[str], least: float) -> float:
    """A column's width that leaves the numbers of these fields on one line."""
    rows = (*form.rows(FUNDS), *form.rows(INDICATORS))
    rooms = [room_for(text) for record in rows for name in names if (text := record.text(name))]
    return min(max([least, *rooms]), _WIDEST_NUMBER)


def _half(widths: tuple[float, ...]) -> int:
    """The column after 三级指标 or 年度指标值 that parts a row most evenly; both leave room for a label."""
    return min((4, 5), key=lambda column: abs(sum(widths[FIRST:column]) - sum(widths[column:])))


def _used(form: Form, section: Section, name: str) -> bool:
    return section.field(name) is not None and any(record.text(name) for record in form.rows(section))
