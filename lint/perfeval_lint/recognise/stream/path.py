"""The cheapest way to read the cells below a header: each in a column, or as a label, value, note or total."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from perfeval_lint.read.model import Cell
from perfeval_lint.recognise.rows.columns import NAMES, Header
from perfeval_lint.recognise.rows.header import GROUP_WEIGHTS
from perfeval_lint.recognise.rows.parts import MISFITS
from perfeval_lint.recognise.stream.labels import Labels
from perfeval_lint.recognise.words.template import DROPPED, HEADING
from perfeval_lint.values.number import is_number

_UNKNOWN = 4.0  # a cell that is neither data nor label
_LABEL = 0.4
_NOTE = 0.6
_AT_END = 0.02  # blanks at the very end are easily lost
_CLOSE = 0.35  # two readings closer than this are both possible
_POOR = 1.4  # a row whose cells fit their columns worse than this is not sure
_NO_NAME = 1.2
_NEVER = float("inf")
_TOTAL_NUMBERS = 2  # weight and score
_LEVELS = ("一级指标", "二级指标", *GROUP_WEIGHTS.values())
_NAME = "三级指标"
_NOT_READ = ("", HEADING, DROPPED)
_MERGED = ("分值", "得分", "执行率")  # columns whose cells are sometimes merged over several rows
_OPTIONAL = (*_NOT_READ, "偏差原因", "存在问题", "改进措施")  # columns that are often blank
_DOUBT = "文字一格一行，这一行各格属于哪一栏不能确定，请对照原表核对"

_NOTES, _LABELS, _VALUES, _TOTALS = -1, -2, -3, -4  # states other than a column


@dataclass(frozen=True, slots=True)
class Zone:
    """The cells below a header, or above all headers where there is none; sparse text has no blank cells."""

    header: Header | None
    labels: Labels
    part: str
    is_sparse: bool = False

    @property
    def roles(self) -> list[str]:
        """The columns' roles."""
        return [column.role for column in self.header.columns] if self.header else []


class _Costs:
    """The cost of each reading of a cell, and of each step from one cell to the next."""

    def __init__(self, zone: Zone) -> None:
        self.roles = zone.roles
        self.labels = zone.labels
        self.part = zone.part
        self.is_sparse = zone.is_sparse
        self.width = len(self.roles)
        self.states = [*range(self.width), _NOTES, _LABELS, _VALUES]
        self.states += range(_TOTALS, _TOTALS - self.width - 1, -1) if self.part == "indicators" else ()
        self.misfit: Callable[[str, str], float] = MISFITS[self.part](self.labels.words) if self.width else _no_misfit
        self.left = _sums(self._left(number) for number in range(self.width))
        self.middle = _sums(_middle_cost(role, is_sparse=zone.is_sparse) for role in self.roles)
        self.right = _sums(_right_cost(role, is_sparse=zone.is_sparse) for role in reversed(self.roles))
        self.last = _sums(
            _AT_END if role in _OPTIONAL else _right_cost(role, is_sparse=zone.is_sparse) / 2
            for role in reversed(self.roles)
        )

    def _left(self, number: int) -> float:
        """The cost of a column that a row leaves out before its first cell; rows of amounts and matters have names."""
        names = _names(self.roles) if self.part in ("funds", "management") else 0
        return _NO_NAME if number + 1 == names else _left_cost(self.roles[number])

    def of(self, state: int, text: str) -> float:
        """The cost of reading a cell as a state says."""
        if state >= 0:
            return self.misfit(self.roles[state], text)
        if state == _NOTES:
            return self._note(text)
        if state == _LABELS:
            return _LABEL if self.labels.is_label(text, self.part) else _NEVER
        if state == _VALUES:
            return 2.0 if self.labels.is_label(text, self.part) else 0.0
        return self._total(text, is_first=state == _TOTALS)

    def _note(self, text: str) -> float:
        if self.labels.is_pair(text):
            return _LABEL
        if self.labels.is_heading(text) or self.labels.is_note(text):
            return _NOTE
        return 2.0 if self.labels.is_label(text, self.part) else _UNKNOWN

    def _total(self, text: str, *, is_first: bool) -> float:
        if is_first:
            return 0.0 if self.labels.words.is_total(text) else _NEVER
        return _UNKNOWN if self.misfit("分值", text) > 1 and len(text) > 2 else 0.0

    def step(self, before: int, state: int) -> float:
        """The cost of going from one cell's reading to the next one's."""
        if before == _LABELS or state == _VALUES:
            return 0.0 if before == _LABELS and state == _VALUES else _NEVER
        if state < _TOTALS:
            return 0.0 if before == state + 1 else _NEVER
        if before >= 0 and state > before:
            return self.middle[state] - self.middle[before + 1]
        return self.end(before, self.right) + self.begin(state)

    def begin(self, state: int) -> float:
        """The cost of beginning a row."""
        if state in (_VALUES, *range(_TOTALS - self.width, _TOTALS)):
            return _NEVER
        return self.left[state] if state >= 0 else 0.0

    def end(self, state: int, right: Sequence[float]) -> float:
        """The cost of ending a row, where blank cells that are missing at its right cost so much."""
        if state >= 0:
            return right[self.width - 1 - state]
        return 1.0 if state == _LABELS else 0.0


def _sums(costs: Iterable[float]) -> list[float]:
    return list(accumulate(costs, initial=0.0))


def _no_misfit(_role: str, _text: str) -> float:
    return 0.0


def _names(roles: Sequence[str]) -> int:
    """Counts the columns before the first one with values."""
    is_name = ("", HEADING, NAMES)
    return next((number for number, role in enumerate(roles) if role not in is_name), len(roles))


def _left_cost(role: str) -> float:
    """The cost of a column that a row leaves out before its first cell: levels are merged over several rows."""
    if role == HEADING:
        return 0.0
    if role == "" or role in _LEVELS:
        return 0.1
    return 0.6 if role == _NAME else 1.5


def _middle_cost(role: str, *, is_sparse: bool) -> float:
    """The cost of a column that a row leaves out between its cells: one merged with that of the row above."""
    if role in _NOT_READ:
        return 0.3
    if role in ("二级指标", *GROUP_WEIGHTS.values(), "偏差原因"):
        return 0.6
    if role in _MERGED:
        return 0.5 if is_sparse else 1.2
    return 0.7 if is_sparse else 2.0


def _right_cost(role: str, *, is_sparse: bool) -> float:
    """The cost of a column that a row leaves out after its last cell."""
    if is_sparse:
        return 0.25 if role in _OPTIONAL else 0.4
    return 0.6 if role in _OPTIONAL else 1.0


@dataclass(frozen=True, slots=True)
class _Path:
    cost: float
    states: list[int]
    margins: list[float]  # how much dearer the cheapest reading is that reads the cell differently


def cheapest_rows(cells: Sequence[Cell], zone: Zone) -> tuple[float, list[list[Cell]]]:
    """The cheapest reading of the cells: its cost and its rows; those that are not sure have doubt on their cells."""
    if not cells:
        return 0.0, []
    costs = _Costs(zone)
    path = _path(cells, costs)
    rows: list[list[Cell]] = []
    above: list[Cell] = []
    for start, end in _cuts(path.states):
        row, states = list(cells[start:end]), path.states[start:end]
        is_unsure = _is_unsure(row, states, path.margins[start:end], costs) or _is_stray(cells, path.states, end, costs)
        row = list(map(_doubted, row)) if is_unsure else row
        if states[0] >= 0:
            row = above = _padded(row, states, costs.roles, above)
        rows.append(row)
    return path.cost, rows


def _doubted(cell: Cell) -> Cell:
    return cell._replace(doubt=cell.doubt or _DOUBT) if cell.text.strip() else cell


def _is_stray(cells: Sequence[Cell], states: Sequence[int], at: int, costs: _Costs) -> bool:
    """Whether a cell below a header is nothing known: then the row before it need not be whole."""
    return costs.width > 0 and at < len(cells) and states[at] == _NOTES and costs.of(_NOTES, cells[at].text) >= _UNKNOWN


def _path(cells: Sequence[Cell], costs: _Costs) -> _Path:
    """The cheapest path forwards and backwards: together they give the cost of each other reading of a cell."""
    states = range(len(costs.states))
    steps = [[costs.step(before, state) for state in costs.states] for before in costs.states]
    own = [[costs.of(state, cell.text) for state in costs.states] for cell in cells]
    forward = [[costs.begin(state) + own[0][number] for number, state in enumerate(costs.states)]]
    for texts in own[1:]:
        last = forward[-1]
        forward.append([min(last[b] + steps[b][s] for b in states) + texts[s] for s in states])
    backward = [[costs.end(state, costs.last) for state in costs.states]]
    for texts in reversed(own[1:]):
        last = backward[-1]
        backward.append([min(steps[s][n] + texts[n] + last[n] for n in states) for s in states])
    backward.reverse()
    best = _traced(forward, backward, steps)
    cost = forward[-1][best[-1]] + backward[-1][best[-1]]
    margins = [_margin(forward[at], backward[at], number, costs) - cost for at, number in enumerate(best)]
    return _Path(cost, [costs.states[number] for number in best], margins)


def _traced(forward: list[list[float]], backward: list[list[float]], steps: list[list[float]]) -> list[int]:
    states = range(len(steps))
    best = [min(states, key=lambda s: forward[-1][s] + backward[-1][s])]
    for last in reversed(forward[:-1]):
        after = best[-1]
        best.append(min(states, key=lambda s: last[s] + steps[s][after]))
    return best[::-1]


def _margin(forward: list[float], backward: list[float], best: int, costs: _Costs) -> float:
    """The cost of the cheapest path on which the cell is read differently."""
    own = costs.states[best]
    is_read = own >= 0 and costs.roles[own] not in _NOT_READ
    others = (
        forward[number] + backward[number]
        for number, state in enumerate(costs.states)
        if number != best and (is_read or (state >= 0 and costs.roles[state] not in _NOT_READ))
    )
    return min(others, default=_NEVER)


def _cuts(states: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where rows begin and end."""
    start = 0
    for at in range(1, len(states) + 1):
        if at == len(states) or _begins(states[at - 1], states[at]):
            yield start, at
            start = at


def _begins(before: int, state: int) -> bool:
    if state == _VALUES or state < _TOTALS:
        return False
    return not (before >= 0 and state > before)


def _is_unsure(row: list[Cell], states: Sequence[int], margins: Sequence[float], costs: _Costs) -> bool:
    """Whether another reading of a row is nearly as cheap, or its cells do not fit their columns."""
    if states[0] == _TOTALS:
        return costs.is_sparse and sum(is_number(cell.text) for cell in row) != _TOTAL_NUMBERS
    if states[0] < 0:
        return False
    filled = [number for number, cell in enumerate(row) if not costs.labels.words.is_blank(cell.text)]
    misfit = sum(costs.of(states[number], row[number].text) for number in filled)
    if min((margins[number] for number in filled), default=_NEVER) < _CLOSE or misfit >= _POOR:
        return True
    filled_roles = {costs.roles[states[number]] for number in filled}
    return _lacks_name(filled_roles, costs.roles) or (costs.is_sparse and _leaves_out(states, costs.roles))


def _lacks_name(filled: set[str], roles: Sequence[str]) -> bool:
    """Whether a row of the indicators has a level without the one below it."""
    return _LEVELS[0] in filled and _LEVELS[1] in roles and _LEVELS[1] not in filled


def _leaves_out(states: Sequence[int], roles: Sequence[str]) -> bool:
    """Whether a row has no cell in a column between its own or after them, reasons aside."""
    left_out = set(range(states[0], len(roles))) - set(states)
    return any(roles[number] != "偏差原因" or number < states[-1] for number in left_out)


def _padded(row: list[Cell], states: Sequence[int], roles: Sequence[str], above: Sequence[Cell]) -> list[Cell]:
    """A row with blanks where its cells are missing; a name merged over several rows is that of the row above."""
    by_state = dict(zip(states, row, strict=True))
    blank = row[0]._replace(text="", doubt="")
    return [
        by_state.get(number) or (above[number] if role == _NAME and above and number < states[0] else blank)
        for number, role in enumerate(roles)
    ]
