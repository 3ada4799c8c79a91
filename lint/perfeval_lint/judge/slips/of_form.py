"""The relations of a form, as the rules PE1, PE2 and PE3 see them; where they say nothing there is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Final

from perfeval_lint.form.definition import FUNDS, GROUPS, INDICATORS, TOTAL
from perfeval_lint.judge.slips.cells import DECIMALS, ONE, Cells
from perfeval_lint.judge.slips.relations import AtMost, Between, Like, Relation, Share, Sum

AMOUNTS: Final = ("年初预算数", "全年预算数", "全年执行数")
_CENT: Final = ONE // 100
_PLACES: Final = tuple(10**places for places in range(DECIMALS, -1, -1))
_HALVES: Final = (ONE // 2, ONE // 20, ONE // 200)
_LOW: Final = 10  # so many times a score or what is spent is the weight or the budget at most
_FULL: Final = 100 * ONE
# As the macros 是总额行, 级别文字 and 词干 of definitions.yaml have it.
_ASIDE = re.compile(r"[\s　:：]|[(（][^()（）]*[)）]")
_TOTAL_ROW = re.compile(
    "(?:年度|全年|项目)?(?:财政)?(?:资金|金|总金)?(?:总额|合计|总计|总金额)|年度总金额",
)
_BLANKS = str.maketrans("", "", " \t\r\n　")


@lru_cache(maxsize=1 << 10)
def is_total(name: str) -> bool:
    """Returns whether the name of a fund row is that of a total."""
    return _TOTAL_ROW.fullmatch(_ASIDE.sub("", name)) is not None


@lru_cache(maxsize=1 << 10)
def stem(name: str) -> str:
    """Returns the name of a level without brackets, blanks and 指标 at its end."""
    return name.replace("(", "（").partition("（")[0].translate(_BLANKS).rstrip("指标等目")


def half_place(decimals: int) -> int:
    """Returns half of the last of so many decimals, of two at most."""
    return _HALVES[max(0, min(decimals, 2))]


class FormRelations:
    """Makes the relations of a form: `hard` ones are what its rules ask, `weak` ones are merely usual,
    `counted` ones lie between."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self.values, self.decimals = cells.values, cells.decimals
        rows = cells.form.rows(FUNDS)
        self.rows = range(len(rows))
        self.names = [record.text("资金来源") or "" for record in rows]
        self.totals = [row for row in self.rows if is_total(self.names[row])]
        self.sources = [row for row in self.rows if row not in self.totals]
        self.openings, self.budgets, self.executed = (cells.column(FUNDS, field) for field in AMOUNTS)
        self.rates = cells.column(FUNDS, "执行率")
        self.fund_weights, self.fund_scores = cells.column(FUNDS, "分值"), cells.column(FUNDS, "得分")
        self.weights, self.scores = cells.column(INDICATORS, "分值"), cells.column(INDICATORS, "得分")
        self.scored = self._scored_fund()

    def hard(self) -> Iterator[Relation]:
        """Yields what must hold."""
        rates = {row: rate for row in self.rows if (rate := self._rate(row))}
        yield from rates.values()
        if self.scored is not None:
            yield from self._rate_score(self.scored, rates.get(self.scored))
        yield from self._funds()
        yield from self._sizes()
        yield from self._bounds()
        yield from self._weights()
        yield from self._groups()
        yield from self._scores()

    def counted(self) -> Iterator[Relation]:
        """Yields what counts only where it is mended: full scores of indicators without a reason."""
        rows = zip(self.cells.form.rows(INDICATORS), self.scores, self.weights, strict=True)
        for record, score, weight in rows:
            if score is not None and weight is not None and record.text("偏差原因") is None:
                yield Sum("unexplained", score, (weight,), is_bound=True)

    def weak(self) -> Iterator[Relation]:
        """Yields what usually holds."""
        yield from self._usual_budgets()
        yield from self._usual_rates()
        for score, weight in self._score_pairs():
            yield Sum("full-score", weight, (score,))
            yield AtMost("usual-score", weight, score, -1, times=_LOW)
        for scores in self._scores():
            yield replace(scores, name="exact-scores", tolerance=0, strict=0)

    def _usual_budgets(self) -> Iterator[Relation]:
        for opening, budget, rate in zip(self.openings, self.budgets, map(self._rate, self.rows), strict=True):
            if opening is not None and budget is not None:
                yield Sum("same-budget", opening, (budget,))
                if rate is not None:
                    yield replace(rate, name="own-rate", under=budget, other=None)
        for first, *others in (self.openings, self.budgets, self.executed) if len(self.sources) == 1 else ():
            if first is not None and others and others[0] is not None:
                yield Sum("only-source", first, (others[0],))

    def _usual_rates(self) -> Iterator[Relation]:
        for executed, budget, rate in zip(self.executed, self.budgets, self.rates, strict=True):
            if executed is not None and budget is not None:
                yield AtMost("usual-rate", budget, executed, -1, times=_LOW)
            if rate is not None:
                yield Between("usual-rate", rate, ONE // _LOW + 1, ONE)

    # --- funds ---

    def _scored_fund(self) -> int | None:
        """Returns the fund row whose weight and score count; None where there is none or more than one."""
        scored = [row for row in self.rows if self.fund_weights[row] is not None or self.fund_scores[row] is not None]
        found = [row for row in scored if row in self.totals] or scored
        return found[0] if len(found) == 1 else None

    def _has_details(self) -> bool:
        """Returns whether a source below the first is broken down again, so that a sum of the rows counts it twice."""
        return any(self.names[row].startswith("其中") for row in self.sources[1:])

    def _funds(self) -> Iterator[Relation]:
        if not self.sources or self._has_details():
            return
        for field, column in zip(AMOUNTS, (self.openings, self.budgets, self.executed), strict=True):
            parts = tuple(cell for row in self.sources if (cell := column[row]) is not None)
            if not parts or not self.cells.unread.get((FUNDS.key, field), set()).isdisjoint(self.sources):
                continue
            decimals = max(self.decimals[cell] for cell in column if cell is not None)
            slack = max(_CENT, len(parts) * half_place(decimals) if decimals in (1, 2) else 0)
            strict = len(parts) * _PLACES[decimals] // 2 if decimals else 0
            for row in self.totals:
                total = column[row]
                if total is not None and self.values[total] != 0:
                    yield Sum("funds", total, parts, slack, strict, is_bound=len(self.sources) == 1)

    def _rate(self, row: int) -> Share | None:
        rate, executed, (under, other) = self.rates[row], self.executed[row], self._divisors(row)
        if rate is None or executed is None or under is None or self.values[executed] < 0:
            return None
        decimals = self.decimals[rate] - 2
        near = ONE // 200 if decimals <= 0 else ONE // 2000
        below = ONE // 1001 if decimals == 1 else near
        strict = _PLACES[max(0, min(decimals, 2))] // 100
        return Share("rate", rate, executed, below, near, strict, under=under, other=other, constant=ONE)

    def _divisors(self, row: int) -> tuple[int | None, int | None]:
        """Returns the budget a rate is of, and the other one that will do."""
        budget, opening = self.budgets[row], self.openings[row]
        has_opening = opening is not None and self.values[opening] > 0
        if budget is None:
            return (opening if has_opening else None), None
        if self.values[budget] <= 0:
            return None, None
        return budget, (opening if has_opening else None)

    def _rate_score(self, row: int, rate: Share | None) -> Iterator[Relation]:
        score, weight, printed = self.fund_scores[row], self.fund_weights[row], self.rates[row]
        if score is None or weight is None:
            return
        of_amounts = self._score_of_amounts(row, score, weight)
        if printed is None:
            yield from [of_amounts] if of_amounts is not None else []
            return
        half = half_place(self.decimals[printed] - 2) // 100
        above = self._near_score(score) + self.values[weight] * half // ONE
        below = max(above, ONE // 10 - 1 if self.decimals[score] == 1 else 0)
        relation = Share("rate-score", score, printed, below, above, above, whole=weight, constant=ONE, capped=True)
        if relation.holds(self.values) or not all(one and one.holds(self.values) for one in (rate, of_amounts)):
            yield relation

    def _score_of_amounts(self, row: int, score: int, weight: int) -> Share | None:
        executed, (under, other) = self.executed[row], self._divisors(row)
        if executed is None or under is None:
            return None
        near = self._near_score(score)
        return Share(
            "rate-score", score, executed, near, near, near, whole=weight, under=under, other=other, capped=True
        )

    def _near_score(self, score: int) -> int:
        return max(half_place(self.decimals[score]), ONE // 20 - 1)

    def _sizes(self) -> Iterator[Relation]:
        for opening, budget in zip(self.openings, self.budgets, strict=True):
            if opening is not None and budget is not None and self.values[opening] > 0 and self.values[budget] > 0:
                yield Like("like-budget", opening, budget)

    # --- bounds ---

    def _bounds(self) -> Iterator[Relation]:
        for executed, budget in zip(self.executed, self.budgets, strict=True):
            if executed is not None and budget is not None:
                yield AtMost("overspent", executed, budget, _CENT)
        for score, weight in self._score_pairs():
            yield AtMost("above-weight", score, weight)

    def _score_pairs(self) -> Iterator[tuple[int, int]]:
        """Yields scores with their weights."""
        pairs = [*zip(self.scores, self.weights, strict=True)]
        if self.scored is not None:
            pairs.append((self.fund_scores[self.scored], self.fund_weights[self.scored]))
        for score, weight in pairs:
            if score is not None and weight is not None:
                yield score, weight

    # --- weights and scores ---

    def _parts(self, section_field: str, column: list[int | None], of_funds: list[int | None]) -> tuple[int, ...]:
        """Returns the cells of a column of weights or scores that its total is the sum of; () where one is missing."""
        parts = [cell for cell in column if cell is not None]
        if not parts or self._is_unclear():
            return ()
        if self.scored is not None:
            cell = of_funds[self.scored]
            if cell is None and section_field == "得分":
                return ()
            parts += [] if cell is None else [cell]
        return tuple(parts)

    def _is_unclear(self) -> bool:
        """Returns whether a weight or score is missing, or counts for more than one row of funds."""
        if any((FUNDS.key, field) in self.cells.unread for field in ("分值", "得分")):
            return True
        if self.scored is None and any(cell is not None for cell in (*self.fund_weights, *self.fund_scores)):
            return True
        return not self._are_scored(range(len(self.weights)))

    def _are_scored(self, rows: Iterable[int]) -> bool:
        """Returns whether the indicators of those rows have both weight and score, or neither."""
        unread = self.cells.unread
        if any((INDICATORS.key, field) in unread for field in ("分值", "得分")):
            return False
        return all((self.weights[row] is None) == (self.scores[row] is None) for row in rows)

    def _weights(self) -> Iterator[Relation]:
        parts = self._parts("分值", self.weights, self.fund_weights)
        (total,) = self.cells.column(TOTAL, "分值") or [None]
        if parts:
            yield Sum("weights", total, parts, constant=_FULL)
            if total is not None:
                yield Sum("total-weight", None, (total,), constant=_FULL)

    def _groups(self) -> Iterator[Relation]:
        groups = self.cells.form.rows(GROUPS)
        if not groups:
            return
        rows_of: dict[str, list[int]] = {}
        for row, record in enumerate(self.cells.form.rows(INDICATORS)):
            for name in {stem(record.text(field) or "") for field in ("一级指标", "二级指标")}:
                rows_of.setdefault(name, []).append(row)
        for group, total in zip(groups, self.cells.column(GROUPS, "分值"), strict=True):
            rows = rows_of.get(stem(group.text("名称") or ""), [])
            parts = tuple(cell for row in rows if (cell := self.weights[row]) is not None)
            if total is not None and parts and self._are_scored(rows):
                yield Sum("group", total, parts)

    def _scores(self) -> Iterator[Sum]:
        parts = self._parts("得分", self.scores, self.fund_scores)
        (total,) = self.cells.column(TOTAL, "得分") or [None]
        if total is None or not parts:
            return
        of_parts = min(2, max(self.decimals[part] for part in parts))
        of_total = min(2, self.decimals[total])
        slack = half_place(min(of_total, of_parts) if of_parts else of_total)
        yield Sum("scores", total, parts, slack, slack if of_total < of_parts else 0)
