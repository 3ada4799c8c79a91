"""A form to the table of its official layout: which cells stand where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from perfeval_lint.form.definition import FUNDS, GOAL, GROUPS, INDICATORS, MANAGEMENT, NARRATIVE, TOTAL, Section
from perfeval_lint.form.model import Form, Record
from perfeval_lint.form.origin import Position
from perfeval_lint.render.official import PROJECT_TITLE
from perfeval_lint.render.page import FIRST, LEVELS, NAME, NUMBERS, SECOND, SIDE, Page, page_of
from perfeval_lint.render.table import Cell, Role, Table, printable

_BLANK = Record({}, Position(1, 1))
_NOT_APPLICABLE = "—"
_TOTAL_ROW = "年度资金总额"

# Fields that are printed only where they hold something; each row keeps together what belongs together.
_OTHER_HEADING = (
    ("项目名称",),
    ("项目编码",),
    ("部门",),
    ("主管部门", "实施单位"),
    ("中央主管部门",),
    ("地方主管部门", "资金使用单位"),
    ("项目负责人", "联系电话"),
)
_SIGNATURE = ("填表人", "联系电话", "填写日期")


def lay_out(form: Form) -> Table:
    """The form as the one table of its official layout; every value is printed, 豁免 and unknown keys are not."""
    page = page_of(form)
    cells: list[Cell] = []
    tops: list[int] = []
    for block in _BLOCKS:
        tops.append(max((cell.row + cell.rows for cell in cells), default=0))
        cells.extend(block(page, tops[-1]))
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return Table(
        title=printable(form.text("表式") or PROJECT_TITLE),
        year_line=f"（{printable(form.text('年度') or '　　　　')}年度）",
        widths=page.widths,
        rows=max(cell.row + cell.rows for cell in cells),
        cells=tuple(cells),
        header_row=tops[_BLOCKS.index(_indicators)],
        goal_row=tops[_BLOCKS.index(_goal)] + 1,
    )


def _text(record: Record, name: str) -> str:
    return printable(record.text(name) or "")


def _line(row: int, column: int, parts: Iterable[tuple[int, str, Role]]) -> list[Cell]:
    """Cells side by side from `column` on, each given as columns, text and role."""
    cells = []
    for columns, text, role in parts:
        cells.append(Cell(row, column, text, role, columns=columns))
        column += columns
    return cells


def _block(page: Page, section: Section, cells: list[Cell], top: int) -> list[Cell]:
    """The cells of a section with its label down their left side."""
    bottom = max(cell.row + cell.rows for cell in cells)
    return [Cell(top, SIDE, page.official.label(section.key), Role.LABEL, rows=bottom - top), *cells]


def _heading(page: Page, top: int) -> list[Cell]:
    printed = {name for row in page.official.heading for name in row} | set(_signature(page))
    others = [[name for name in row if name not in printed and page.form.text(name)] for row in _OTHER_HEADING]
    return _fields(page, top, [*page.official.heading, *filter(None, others)])


def _fields(page: Page, top: int, rows: Iterable[Sequence[str]]) -> list[Cell]:
    """Rows of label and value, one or two fields each."""
    cells: list[Cell] = []
    width = len(page.widths)
    for number, names in enumerate(rows, start=top):
        ends = (width,) if len(names) == 1 else (page.half, width)
        for name, begin, end in zip(names, (SIDE, page.half), ends, strict=False):
            label = 2 if begin == SIDE else 1
            role = Role.LONG if name in NARRATIVE else Role.TEXT
            parts = (
                (label, page.official.label(name), Role.LABEL),
                (end - begin - label, _text(page.form.root, name), role),
            )
            cells += _line(number, begin, parts)
    return cells


def _funds(page: Page, top: int) -> list[Cell]:
    width = len(page.widths)
    spans = [1] * (len(page.funds) - 1) + [width - NAME - len(page.funds) + 1]

    def line(row: int, source: str, texts: Iterable[str], roles: Iterable[Role]) -> list[Cell]:
        return _line(row, FIRST, [(2, source, Role.LABEL), *zip(spans, texts, roles, strict=True)])

    labels = [page.official.label(f"{FUNDS.key}.{name}") for name in page.funds]
    head = page.official.label(f"{FUNDS.key}.资金来源")
    cells = line(top, head, labels, [Role.LABEL] * len(labels))
    roles = [Role.TEXT if name == "偏差原因" else Role.NUMBER for name in page.funds]
    rows = page.form.rows(FUNDS) or (_BLANK,)
    for number, record in enumerate(rows):
        texts = [_amount(record, name, is_part=number > 0) for name in page.funds]
        cells += line(top + 1 + number, _source(rows, number), texts, roles)
    return _block(page, FUNDS, cells, top)


def _amount(record: Record, name: str, *, is_part: bool) -> str:
    """A fund row's value; the weight and score of 执行率 belong to the total alone."""
    text = _text(record, name)
    return _NOT_APPLICABLE if is_part and not text and name in NUMBERS else text


def _source(rows: Sequence[Record], number: int) -> str:
    """The name of a fund row; the first below the total is led in with 其中, as printed."""
    text = _text(rows[number], "资金来源")
    leads = number == 1 and _text(rows[0], "资金来源") == _TOTAL_ROW and text and not text.startswith("其中")
    return f"其中：{text}" if leads else text


def _management(page: Page, top: int) -> list[Cell]:
    rows = page.form.rows(MANAGEMENT)
    if not rows:
        return []
    names = ("事项", "情况说明", "存在问题")
    spans = (2, page.half - NAME, len(page.widths) - page.half)
    roles = (Role.LABEL, Role.LONG, Role.LONG)
    labels = [page.official.label(f"{MANAGEMENT.key}.{name}") for name in names]
    cells = _line(top, FIRST, zip(spans, labels, [Role.LABEL] * 3, strict=True))
    for number, record in enumerate(rows, start=top + 1):
        texts = [_text(record, name) for name in names]
        cells += _line(number, FIRST, zip(spans, texts, roles, strict=True))
    return _block(page, MANAGEMENT, cells, top)


def _goal(page: Page, top: int) -> list[Cell]:
    record = next(iter(page.form.rows(GOAL)), _BLANK)
    names = ("预期目标", "实际完成情况")
    spans = (page.half - FIRST, len(page.widths) - page.half)
    labels = [page.official.label(f"{GOAL.key}.{name}") for name in names]
    cells = _line(top, FIRST, zip(spans, labels, [Role.LABEL] * 2, strict=True))
    texts = [_text(record, name) for name in names]
    cells += _line(top + 1, FIRST, zip(spans, texts, [Role.LONG] * 2, strict=True))
    return _block(page, GOAL, cells, top)


def _indicators(page: Page, top: int) -> list[Cell]:
    rows = page.form.rows(INDICATORS) or (_BLANK,)
    names = page.indicators
    spans = [1] * (len(names) - 1) + [len(page.widths) - len(names)]
    labels = [page.official.label(f"{INDICATORS.key}.{name}") for name in names]
    cells = _line(top, FIRST, zip(spans, labels, [Role.LABEL] * len(names), strict=True))
    cells += _levels(page.form, rows, top + 1)
    roles = [Role.NUMBER if name in NUMBERS else Role.TEXT for name in names]
    for number, record in enumerate(rows, start=top + 1):
        texts = [_text(record, name) for name in names]
        cells += _line(number, NAME, list(zip(spans, texts, roles, strict=True))[len(LEVELS) :])
    return _block(page, INDICATORS, cells, top)


def _levels(form: Form, rows: Sequence[Record], top: int) -> list[Cell]:
    """The level cells, each over the neighbours that say the same; a second level ends where the first does."""
    weights = {_text(record, "名称"): _text(record, "分值") for record in form.rows(GROUPS)}
    cells = []
    for depth, column in ((1, FIRST), (2, SECOND)):
        begin = 0
        for key, run in groupby(range(len(rows)), key=lambda number: _level_key(rows, number, depth)):
            length = len(list(run))
            cells.append(Cell(top + begin, column, _level_name(key[depth - 1], weights), Role.LABEL, rows=length))
            begin += length
    return cells


def _level_key(rows: Sequence[Record], number: int, depth: int) -> tuple[str, ...]:
    """What neighbours must share to be one level cell; a blank one is shared with nobody."""
    names = tuple(_text(rows[number], name) for name in LEVELS[:depth])
    return names if names[-1] else (*names, str(number))


def _level_name(name: str, weights: dict[str, str]) -> str:
    weight = weights.get(name)
    return f"{name}（{weight}分）" if weight else name


def _total(page: Page, top: int) -> list[Cell]:
    if not page.scored:
        return []
    record = next(iter(page.form.rows(TOTAL)), _BLANK)
    number, width = 1 + page.indicators.index("分值"), len(page.widths)
    parts = (
        (number, TOTAL.key, Role.LABEL),
        (1, _text(record, "分值"), Role.NUMBER),
        (1, _text(record, "得分"), Role.NUMBER),
        (width - number - 2, _text(record, "等级"), Role.TEXT),
    )
    return _line(top, SIDE, parts)


def _signature(page: Page) -> tuple[str, ...]:
    """The fields at the foot; the telephone number is the project leader's unless only a clerk is named."""
    is_clerks = page.form.text("填表人") and not page.form.text("项目负责人")
    return tuple(name for name in _SIGNATURE if page.form.text(name) and (name != "联系电话" or is_clerks))


def _notes(page: Page, top: int) -> list[Cell]:
    form = page.form
    notes = [(name,) for name in NARRATIVE if name in page.official.notes or form.text(name)]
    signed = _signature(page)
    cells = _fields(page, top, [*notes, *(signed[at : at + 2] for at in range(0, len(signed), 2))])
    groups = _homeless_groups(form)
    if groups:
        row = max((cell.row + 1 for cell in cells), default=top)
        cells += _line(row, SIDE, ((2, GROUPS.key, Role.LABEL), (len(page.widths) - 2, groups, Role.LONG)))
    return cells


def _homeless_groups(form: Form) -> str:
    """Group weights whose name no indicator has as its level: they have no cell to stand in."""
    levels = {_text(record, name) for record in form.rows(INDICATORS) for name in LEVELS}
    pairs = ((_text(record, "名称"), _text(record, "分值")) for record in form.rows(GROUPS))
    return "、".join(_level_name(name, {name: weight}) for name, weight in pairs if name not in levels)


_BLOCKS: tuple[Callable[[Page, int], list[Cell]], ...] = (
    _heading,
    _funds,
    _management,
    _goal,
    _indicators,
    _total,
    _notes,
)
