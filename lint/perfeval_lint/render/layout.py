"""A form to the table of its official layout: its cells and their places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from perfeval_lint.form.definition import FUNDS, GOAL, GROUPS, INDICATORS, MANAGEMENT, NARRATIVE, TOTAL, Section
from perfeval_lint.form.model import Form, Record
from perfeval_lint.form.origin import Position
from perfeval_lint.render.official import PROJECT_TITLE, TOTAL_SOURCE
from perfeval_lint.render.page import FIRST, LEVELS, NAME, NUMBERS, SECOND, SIDE, Page, page_of
from perfeval_lint.render.table import Cell, Piece, Role, Table, printable

_Pieces = tuple[Piece, ...]

_BLANK = Record({}, Position(1, 1))
_NOT_APPLICABLE = "—"

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


def _words(text: str) -> _Pieces:
    """Words of the page itself."""
    return (Piece(text),)


def _value(record: Record, owner: str, name: str) -> _Pieces:
    """A value of the form; `owner` is the path of the record it belongs to, "" for the top level."""
    return (Piece(_text(record, name), f"{owner}.{name}" if owner else name),)


def _line(row: int, column: int, parts: Iterable[tuple[int, _Pieces, Role]]) -> list[Cell]:
    """Cells side by side from `column` on, each given as columns, what is printed, and role."""
    cells = []
    for columns, pieces, role in parts:
        cells.append(Cell(row, column, pieces, role, columns=columns))
        column += columns
    return cells


def _head(page: Page, section: Section, names: Sequence[str]) -> list[_Pieces]:
    """The words that head the columns of a section."""
    return [_words(page.official.label(f"{section.key}.{name}")) for name in names]


def _block(page: Page, section: Section, cells: list[Cell], top: int, *, also: tuple[str, ...] = ()) -> list[Cell]:
    """The cells of a section with its label down their left side."""
    bottom = max(cell.row + cell.rows for cell in cells)
    label = _words(page.official.label(section.key))
    return [Cell(top, SIDE, label, Role.LABEL, rows=bottom - top, about=(section.key, *also)), *cells]


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
                (label, _words(page.official.label(name)), Role.LABEL),
                (end - begin - label, _value(page.form.root, "", name), role),
            )
            cells += _line(number, begin, parts)
    return cells


def _funds(page: Page, top: int) -> list[Cell]:
    width = len(page.widths)
    spans = [1] * (len(page.funds) - 1) + [width - NAME - len(page.funds) + 1]

    def line(row: int, source: _Pieces, amounts: Iterable[_Pieces], roles: Iterable[Role]) -> list[Cell]:
        return _line(row, FIRST, [(2, source, Role.LABEL), *zip(spans, amounts, roles, strict=True)])

    head, *labels = _head(page, FUNDS, ("资金来源", *page.funds))
    cells = line(top, head, labels, [Role.LABEL] * len(labels))
    roles = [Role.TEXT if name == "偏差原因" else Role.NUMBER for name in page.funds]
    rows = page.form.rows(FUNDS) or (_BLANK,)
    for number, record in enumerate(rows):
        amounts = [_amount(record, number, name) for name in page.funds]
        cells += line(top + 1 + number, _source(rows, number), amounts, roles)
    return _block(page, FUNDS, cells, top)


def _amount(record: Record, number: int, name: str) -> _Pieces:
    """A fund row's value; the weight and score of 执行率 belong to the total, the first row, alone."""
    value = _value(record, _row(FUNDS, number), name)
    is_blank = number > 0 and name in NUMBERS and not _text(record, name)
    return (*value, *_words(_NOT_APPLICABLE)) if is_blank else value


def _source(rows: Sequence[Record], number: int) -> _Pieces:
    """The name of a fund row; the first below the total is led in with 其中, as printed."""
    text = _text(rows[number], "资金来源")
    leads = number == 1 and _text(rows[0], "资金来源") == TOTAL_SOURCE and text and not text.startswith("其中")
    value = _value(rows[number], _row(FUNDS, number), "资金来源")
    return (*_words("其中："), *value) if leads else value


def _row(section: Section, number: int) -> str:
    """The path of a row, counted from 0."""
    return f"{section.key}[{number}]"


def _management(page: Page, top: int) -> list[Cell]:
    rows = page.form.rows(MANAGEMENT)
    if not rows:
        return []
    names = ("事项", "情况说明", "存在问题")
    spans = (2, page.half - NAME, len(page.widths) - page.half)
    roles = (Role.LABEL, Role.LONG, Role.LONG)
    cells = _line(top, FIRST, zip(spans, _head(page, MANAGEMENT, names), [Role.LABEL] * 3, strict=True))
    for number, record in enumerate(rows):
        values = [_value(record, _row(MANAGEMENT, number), name) for name in names]
        cells += _line(top + 1 + number, FIRST, zip(spans, values, roles, strict=True))
    return _block(page, MANAGEMENT, cells, top)


def _goal(page: Page, top: int) -> list[Cell]:
    record = next(iter(page.form.rows(GOAL)), _BLANK)
    names = ("预期目标", "实际完成情况")
    spans = (page.half - FIRST, len(page.widths) - page.half)
    cells = _line(top, FIRST, zip(spans, _head(page, GOAL, names), [Role.LABEL] * 2, strict=True))
    values = [_value(record, GOAL.key, name) for name in names]
    cells += _line(top + 1, FIRST, zip(spans, values, [Role.LONG] * 2, strict=True))
    return _block(page, GOAL, cells, top)


def _indicators(page: Page, top: int) -> list[Cell]:
    rows = page.form.rows(INDICATORS) or (_BLANK,)
    names = page.indicators
    spans = [1] * (len(names) - 1) + [len(page.widths) - len(names)]
    cells = _line(top, FIRST, zip(spans, _head(page, INDICATORS, names), [Role.LABEL] * len(names), strict=True))
    cells += _levels(page.form, rows, top + 1)
    roles = [Role.NUMBER if name in NUMBERS else Role.TEXT for name in names]
    for number, record in enumerate(rows):
        values = [_value(record, _row(INDICATORS, number), name) for name in names]
        cells += _line(top + 1 + number, NAME, list(zip(spans, values, roles, strict=True))[len(LEVELS) :])
    return _block(page, INDICATORS, cells, top, also=(GROUPS.key,))


def _levels(form: Form, rows: Sequence[Record], top: int) -> list[Cell]:
    """The level cells, each over the neighbours that say the same; a second level ends where the first does."""
    weights = {_text(record, "名称"): _weight(record) for record in form.rows(GROUPS)}
    cells = []
    for depth, (name, column) in enumerate(zip(LEVELS, (FIRST, SECOND), strict=True), start=1):
        for _, run in groupby(range(len(rows)), key=lambda number: _level_key(rows, number, depth)):
            first, *others = run
            value = _value(rows[first], _row(INDICATORS, first), name)
            pieces = (*value, *weights.get(value[0].text, ()))
            about = tuple(f"{_row(INDICATORS, number)}.{name}" for number in others)
            cells.append(Cell(top + first, column, pieces, Role.LABEL, rows=1 + len(others), about=about))
    return cells


def _weight(record: Record) -> _Pieces:
    """Returns the weight printed behind the name of a level, as in 产出指标（50分）; nothing where it has none."""
    weight = _text(record, "分值")
    path = f"{GROUPS.key}.{record.text('名称') or ''}"
    return (Piece("（"), Piece(weight, path), Piece("分）")) if weight else ()


def _level_key(rows: Sequence[Record], number: int, depth: int) -> tuple[str, ...]:
    """Returns the key that neighbours must share to be one level cell; a blank one is shared with nobody."""
    names = tuple(_text(rows[number], name) for name in LEVELS[:depth])
    return names if names[-1] else (*names, str(number))


def _total(page: Page, top: int) -> list[Cell]:
    if not page.scored:
        return []
    record = next(iter(page.form.rows(TOTAL)), _BLANK)
    number, width = 1 + page.indicators.index("分值"), len(page.widths)
    parts = (
        (1, _value(record, TOTAL.key, "分值"), Role.NUMBER),
        (1, _value(record, TOTAL.key, "得分"), Role.NUMBER),
        (width - number - 2, _value(record, TOTAL.key, "等级"), Role.TEXT),
    )
    label = Cell(top, SIDE, _words(TOTAL.key), Role.LABEL, columns=number, about=(TOTAL.key,))
    return [label, *_line(top, number, parts)]


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
    if any(piece.text for piece in groups):
        row = max((cell.row + 1 for cell in cells), default=top)
        cells += _line(row, SIDE, ((2, _words(GROUPS.key), Role.LABEL), (len(page.widths) - 2, groups, Role.LONG)))
    return cells


def _homeless_groups(form: Form) -> _Pieces:
    """Group weights whose name no indicator has as its level: they have no cell of their own."""
    levels = {_text(record, name) for record in form.rows(INDICATORS) for name in LEVELS}
    pieces: list[Piece] = []
    for record in form.rows(GROUPS):
        if (name := _text(record, "名称")) not in levels:
            pieces += (Piece("、"), Piece(name), *_weight(record))
    return tuple(pieces[1:])


_BLOCKS: tuple[Callable[[Page, int], list[Cell]], ...] = (
    _heading,
    _funds,
    _management,
    _goal,
    _indicators,
    _total,
    _notes,
)
