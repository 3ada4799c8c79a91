"""The reading of one cell, and how it is written back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

COUNT, RATE, AMOUNT, TIME, TEXT, COMPOUND = "count", "rate", "amount", "time", "text", "compound"
EQUAL, AT_LEAST, ABOVE, AT_MOST, BELOW, RANGE = "=", "≥", ">", "≤", "<", "range"
MONEY = "万元"

DONE, PARTIAL, UNDONE, ABSENT = "done", "partial", "undone", "absent"
HAPPENED = "发生"


@dataclass(frozen=True, slots=True)
class Quantity:
    """The reading of a 年度指标值 or 实际完成值.

    kind: count, rate, amount (万元), time, text (定性) or compound (several, in `parts`).
    operator: = ≥ > ≤ < or range; None for text and compound. For a time, ≤ is a day not to be passed and = a day
    or period.
    lower, upper: the bounds in `unit`; both the value for =.
    unit: as printed, without a classifier: 次, %, 百分点, 平方米; 万元 for every amount; empty where none.
    approximate: 约, 左右, 余, 近.
    begin, deadline: the first and the last day a time allows; None where the text and the year given do not say.
    change: 增 or 减 where the number is a rise or a fall. each: the number is of each one (各1份), not a total.
    per: of each what, where it is said: 月 of 每月2次 and 2次/月, 人 and 天 of 400元/人/天.
    counted: the unit without that: 次 of 2次/月; empty where that is not in the unit.
    scale: what one of the printed unit is in `unit`: 10,000 for 2.1万亩, 0.0001 for 400元.
    assumed: part of the reading was not printed: the 元 of “53万”, the number of “全覆盖”.
    level: for text, done, partial or undone where its words say so; absent for 未发生, 无投诉.
    event: what did or did not take place, of 发生事故2起 and 无投诉; 发生 where it is not named, empty for a mere 无.
    understood: False for a short text with digits whose meaning is not clear; then kind is text.
    """

    kind: str
    operator: str | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    unit: str = ""
    approximate: bool = False
    deadline: date | None = None
    parts: tuple[Quantity, ...] = ()
    begin: date | None = None
    change: str = ""
    each: bool = False
    per: tuple[str, ...] = ()
    counted: str = field(default="", compare=False)
    scale: Decimal = field(default=Decimal(1), compare=False)
    assumed: bool = False
    level: str | None = None
    understood: bool = True
    event: str = ""

    @property
    def is_number(self) -> bool:
        """Whether this is a single count, rate or amount."""
        return self.kind in (COUNT, RATE, AMOUNT)

    @property
    def value(self) -> Decimal | None:
        """The bound that is there, the lower one first; None for time, text and compound."""
        return self.upper if self.lower is None else self.lower

    def __str__(self) -> str:
        """The reading in words that read back to the same reading."""
        if self.kind == COMPOUND:
            return "；".join(str(part) for part in self.parts)
        if self.kind == TIME:
            return self._time()
        if self.kind == TEXT and self.level == ABSENT:
            return f"未发生{self.event.removeprefix(HAPPENED)}" if self.event else "无"
        if self.kind == TEXT:
            return _WORDS[self.level] if self.understood else "?1?"
        return self._number()

    def _number(self) -> str:
        if self.assumed and self.kind == RATE:
            return "全覆盖"
        words = f"{HAPPENED}{self.event.removeprefix(HAPPENED)}" if self.event else ""
        words += self._of_each()
        words += {"增": "增长", "减": "下降", "": ""}[self.change]
        unit = "万" if self.assumed and self.kind == AMOUNT else self.unit
        more = ""
        match self.operator:
            case "range":
                words += "约" if self.approximate else ""
                number = f"{self.lower:f}-{self.upper:f}"
            case "=":
                words += "约" if self.approximate else ""
                number = f"{self.lower:f}"
            case _:
                more = self._more()
                words += "" if more == "余" else self.operator or ""
                number = f"{self.value:f}"
        if more == "余":
            return f"{words}{number}余{unit}"
        return f"{words}{number}{unit}{more}"

    def _of_each(self) -> str:
        """每人每天 for what is not said in the unit; 各 for what is of each and does not say of what."""
        told = self.unit.removeprefix(self.counted).count("/") if self.counted else 0
        words = "".join(f"每{name}" for name in self.per[: len(self.per) - told])
        return words if not self.each or _SAYS_EACH.search(words) else f"各{words}"

    def _more(self) -> str:
        if not self.approximate:
            return ""
        return "余" if self.operator == AT_LEAST else "左右"

    def _time(self) -> str:
        if self.deadline is None:
            return ("月底前" if self.operator == AT_MOST else "月底") + ("左右" if self.approximate else "")
        last = self.deadline.isoformat()
        about = "左右" if self.approximate else ""
        if self.operator == AT_MOST:
            return f"{last}前{about}"
        if self.begin is None or self.begin == self.deadline:
            return f"{last}{about}"
        return f"{self.begin.isoformat()}至{last}{about}"


_SAYS_EACH = re.compile("每(?![年月季周日天])")
_WORDS = {None: "定性", DONE: "已完成", PARTIAL: "部分完成", UNDONE: "未开展"}
NOT_UNDERSTOOD = Quantity(TEXT, understood=False)
PROSE = Quantity(TEXT)
