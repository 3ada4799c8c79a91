"""Makes forms whose numbers agree, and puts slips of known kinds in: the same forms for the same seed."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any, Final

Plain = dict[str, Any]
Path = tuple[str, int | None, str]  # section, row, field

AMOUNTS: Final = ("年初预算数", "全年预算数", "全年执行数")
SOURCES: Final = ("当年财政拨款", "上年结转资金", "其他资金", "单位资金")
LEVELS: Final[Mapping[str, tuple[int, tuple[str, ...]]]] = {
    "产出指标": (50, ("数量指标", "质量指标", "时效指标", "成本指标")),
    "效益指标": (30, ("经济效益指标", "社会效益指标", "可持续影响指标")),
    "满意度指标": (10, ("服务对象满意度指标",)),
}


@dataclass(frozen=True, slots=True)
class Made:
    """A slip that was made: its kind and the cells that are wrong for it."""

    kind: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slipped:
    """A form with slips, the form it was before, and the slips."""

    form: Plain
    clean: Plain
    slips: tuple[Made, ...]


def slipped_forms(seed: int, count: int) -> Iterator[Slipped]:
    """Yields forms with one to three slips each."""
    random = Random(seed)
    while count:
        clean = clean_form(random)
        form = copy.deepcopy(clean)
        slips: list[Made] = []
        for _ in range(random.choice((1, 1, 1, 2, 2, 3))):
            made = _slip(random, form, slips)
            slips += [made] if made else []
        if slips:
            count -= 1
            yield Slipped(form, clean, tuple(slips))


# --- forms whose numbers agree --------------------------------------------------------------------


def clean_form(random: Random) -> Plain:
    """A form whose numbers agree."""
    funds = _funds(random)
    weight = int(funds[0].get("分值", 0))
    indicators = _indicators(random, 100 - weight)
    form: Plain = {"项目资金": funds, "绩效指标": indicators}
    if random.random() < 0.3:
        form["指标分组"] = _groups(random, indicators)
    if random.random() < 0.75:
        scores = [row["得分"] for row in indicators] + ([funds[0]["得分"]] if weight else [])
        form["总分"] = {"分值": "100", "得分": _plain(sum(map(Decimal, scores)))}
        if random.random() < 0.15:
            del form["总分"]["分值"]
    return form


def _funds(random: Random) -> list[Plain]:
    decimals = random.choice((0, 1, 2, 2, 2, 3, 4, 6))
    number = random.choice((1, 1, 2, 2, 3, 4))
    has_opening, is_same, has_rates = random.random() < 0.9, random.random() < 0.6, random.random() < 0.5
    sources = [
        _source(random, decimals, is_zero=row > 0 and random.random() < 0.3, is_same=is_same) for row in range(number)
    ]
    total = [sum(row[column] for row in sources) for column in range(3)]
    rows = [_fund("年度资金总额", total, decimals, has_opening, has_rate=True)]
    for name, source in zip(SOURCES, sources, strict=False):
        rows.append(_fund(name, source, decimals, has_opening, has_rate=has_rates and source[1] > 0))
    if random.random() < 0.9:
        weight = random.choice((10, 10, 10, 20))
        rate = Decimal(rows[0]["执行率"].rstrip("%")) / 100
        rows[0] |= {"分值": str(weight), "得分": _plain(_rounded(weight * rate, 2))}
    return rows


def _source(random: Random, decimals: int, *, is_zero: bool, is_same: bool) -> list[Decimal]:
    if is_zero:
        return [Decimal(0)] * 3
    budget = _rounded(Decimal(str(10 ** random.uniform(0.7, 4))), decimals)
    opening = budget if is_same else _rounded(budget * Decimal(str(random.uniform(0.6, 1.5))), decimals)
    spent = 1 if random.random() < 0.35 else Decimal(str(random.uniform(0.4, 0.999)))
    return [opening, budget, _rounded(budget * spent, decimals)]


def _fund(name: str, amounts: list[Decimal], decimals: int, has_opening: bool, *, has_rate: bool) -> Plain:
    row: Plain = {"资金来源": name}
    for column, amount in list(zip(AMOUNTS, amounts, strict=True))[0 if has_opening else 1 :]:
        row[column] = f"{amount:.{decimals}f}"
    if has_rate:
        row["执行率"] = f"{_rounded(100 * amounts[2] / amounts[1], 2)}%"
    return row


def _indicators(random: Random, points: int) -> list[Plain]:
    rows: list[Plain] = []
    number = random.randint(6, 25)
    share = {"产出指标": points - 40, "效益指标": 30, "满意度指标": 10}
    for level, (_, seconds) in LEVELS.items():
        count = max(1, round(number * share[level] / points))
        for weight in sorted(_split(random, share[level], count), key=lambda _: random.random()):
            place = len(seconds) * sum(row["一级指标"] == level for row in rows) // count
            rows.append(_indicator(random, level, seconds[place], len(rows), weight))
    return rows


def _split(random: Random, points: int, count: int) -> list[Decimal]:
    """Some weights that add up to the points, in halves where there are many."""
    step = Decimal("0.5") if random.random() < 0.15 else Decimal(1)
    units = int(points / step)
    base = [units // count + (place < units % count) for place in range(count)]
    for _ in range(count):
        giver, taker = random.randrange(count), random.randrange(count)
        if base[giver] > 1:
            base[giver] -= 1
            base[taker] += 1
    return [unit * step for unit in base]


def _indicator(random: Random, level: str, second: str, number: int, weight: Decimal) -> Plain:
    row: Plain = {"一级指标": level, "二级指标": second, "三级指标": f"第{number}项工作", "分值": _plain(weight)}
    row["得分"] = row["分值"]
    if random.random() < 0.2:
        taken = min(weight, _rounded(Decimal(str(random.uniform(0.05, 2.5))), random.choice((0, 1, 1, 2))))
        row |= {"得分": _plain(weight - taken), "偏差原因": "部分工作推迟到次年"}
    return row


def _groups(random: Random, indicators: list[Plain]) -> dict[str, str]:
    fields = random.choice((("一级指标",), ("二级指标",), ("一级指标", "二级指标")))
    sums: dict[str, Decimal] = {}
    for field in fields:
        for row in indicators:
            sums[row[field]] = sums.get(row[field], Decimal(0)) + Decimal(row["分值"])
    return {name: _plain(weight) for name, weight in sums.items()}


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _plain(value: Decimal | int) -> str:
    shown = f"{Decimal(value):f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


# --- slips ----------------------------------------------------------------------------------------


def _slip(random: Random, form: Plain, slips: list[Made]) -> Made | None:
    """Makes one slip in cells that have none yet; None where the kind has no place on the form."""
    kind = random.choice([*_KINDS])
    changes = _KINDS[kind](random, form)
    changes = {path: text for path, text in changes.items() if text != _text(form, path)}
    made = Made(kind, tuple(written(path) for path in changes))
    if not changes or not _is_by_itself(made, slips):
        return None
    for (section, row, field), text in changes.items():
        (form[section] if row is None else form[section][row])[field] = text
    return made


def _is_by_itself(made: Made, slips: list[Made]) -> bool:
    """Whether a slip is in other cells than those before it.

    A total is added up of the sources as they are, and two exchanges of the same rows look like another one: of such a
    slip a form has one alone in its funds.
    """
    if any(path in slip.paths for slip in slips for path in made.paths):
        return False
    of_funds = [slip for slip in (made, *slips) if any(path.startswith("项目资金") for path in slip.paths)]
    return len(of_funds) < 2 or made not in of_funds or not any(slip.kind in _OF_SOURCES for slip in of_funds)


def written(path: Path) -> str:
    """A path as findings write it."""
    section, row, field = path
    return f"{section}.{field}" if row is None else f"{section}[{row}].{field}"


def cells(form: Plain, fields: tuple[str, ...]) -> list[Path]:
    """The filled cells of some fields, without zeros."""
    found: list[Path] = []
    for section in ("项目资金", "绩效指标"):
        found += [(section, n, name) for n, row in enumerate(form[section]) for name in row if name in fields]
    found += [("总分", None, name) for name in form.get("总分", {}) if name in fields]
    found += [("指标分组", None, name) for name in form.get("指标分组", {}) if "分值" in fields]
    return [path for path in found if Decimal(_text(form, path).rstrip("%")) > 0]


def _text(form: Plain, path: Path) -> str:
    section, row, field = path
    return str((form[section] if row is None else form[section][row])[field])


def _number(form: Plain, path: Path) -> Decimal:
    return Decimal(_text(form, path).rstrip("%"))


def _one(random: Random, form: Plain, fields: tuple[str, ...], change: Callable[[str], str]) -> dict[Path, str]:
    found = cells(form, fields)
    if not found:
        return {}
    path = random.choice(found)
    return {path: change(_text(form, path))}


def _shifted(text: str, factor: Decimal) -> str:
    sign = "%" if text.endswith("%") else ""
    return _plain(Decimal(text.rstrip("%")) * factor) + sign


def _yuan(random: Random, form: Plain) -> dict[Path, str]:
    return _one(random, form, AMOUNTS, lambda text: _shifted(text, Decimal(10000)))


def _yuan_column(random: Random, form: Plain) -> dict[Path, str]:
    found = cells(form, (random.choice(AMOUNTS),))
    return {path: _shifted(_text(form, path), Decimal(10000)) for path in found}


def _point(random: Random, form: Plain) -> dict[Path, str]:
    factor = Decimal(random.choice(("10", "0.1", "100", "0.01")))
    return _one(random, form, (*AMOUNTS, "分值", "得分"), lambda text: _shifted(text, factor))


def _fraction(random: Random, form: Plain) -> dict[Path, str]:
    factor = Decimal(random.choice(("0.01", "100")))
    return _one(random, form, ("执行率",), lambda text: _as_rate(Decimal(text.rstrip("%")) * factor))


def _as_rate(rate: Decimal) -> str:
    decimals = max(2, len(_plain(rate).partition(".")[2]))
    return f"{_rounded(rate, decimals)}%"


def _digits(random: Random, form: Plain, change: Callable[[str, int], str]) -> dict[Path, str]:
    def changed(text: str) -> str:
        places = [change(text, place) for place in range(len(text)) if text[place].isdigit()]
        fine = [one for one in places if _is_number(one)]
        return random.choice(fine) if fine else text

    return _one(random, form, (*AMOUNTS, "执行率", "分值", "得分"), changed)


def _is_number(text: str) -> bool:
    whole = text.rstrip("%").split(".")[0]
    return bool(whole) and (whole == "0" or whole[0] != "0") and not text.rstrip("%").endswith(".")


def _transposed(random: Random, form: Plain) -> dict[Path, str]:
    def change(text: str, place: int) -> str:
        after = text[place + 1 : place + 2]
        return text[:place] + after + text[place] + text[place + 2 :] if after.isdigit() else ""

    return _digits(random, form, change)


def _doubled(random: Random, form: Plain) -> dict[Path, str]:
    return _digits(random, form, lambda text, place: text[: place + 1] + text[place:])


def _lost(random: Random, form: Plain) -> dict[Path, str]:
    return _digits(random, form, lambda text, place: text[:place] + text[place + 1 :])


def _exchanged(random: Random, form: Plain) -> dict[Path, str]:
    field = random.choice((*AMOUNTS, "分值", "得分"))
    found = [path for path in cells(form, (field,)) if path[1] is not None and (field not in AMOUNTS or path[1])]
    if len(found) < 2:
        return {}
    place = random.randrange(len(found) - 1)
    one, other = found[place], found[place + 1] if random.random() < 0.7 else random.choice(found)
    return {one: _text(form, other), other: _text(form, one)}


def _stale(random: Random, form: Plain) -> dict[Path, str]:
    """The total of a column of amounts from before one of its sources was changed."""
    field = random.choice(AMOUNTS)
    found = [path for path in cells(form, (field,)) if path[1]]
    if len(found) < 2:
        return {}
    before = random.choice(found)
    total: Path = ("项目资金", 0, field)
    drift = _number(form, before) * Decimal(random.choice(("0.1", "0.25", "0.5")))
    decimals = len(_text(form, total).partition(".")[2])
    return {total: f"{_rounded(_number(form, total) - drift, decimals):.{decimals}f}"}


_OF_SOURCES: Final = ("exchanged-rows", "stale-total")
_KINDS: Final[Mapping[str, Callable[[Random, Plain], dict[Path, str]]]] = {
    "yuan-for-ten-thousands": _yuan,
    "yuan-throughout": _yuan_column,
    "shifted-point": _point,
    "percent-for-fraction": _fraction,
    "transposed-digits": _transposed,
    "extra-digit": _doubled,
    "lost-digit": _lost,
    "exchanged-rows": _exchanged,
    "stale-total": _stale,
}
