"""The official table of a form in HTML: every value with its path, findings marked in the cells they point to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from perfeval_lint.form.definition import FUNDS, GROUPS, INDICATORS, MANAGEMENT
from perfeval_lint.form.model import Form
from perfeval_lint.form.path import parsed
from perfeval_lint.render.layout import lay_out
from perfeval_lint.render.table import PAGE_WIDTH, Cell, Piece, Role, Table
from perfeval_lint.report.html.text import attributes, shown
from perfeval_lint.report.words import SEVERITY
from perfeval_lint.rule.model import Severity

_UNBROKEN_LINES = 12  # in print, a row of more lines may go on overleaf
_TITLE_FIELDS = frozenset(section.title_field for section in (FUNDS, INDICATORS, MANAGEMENT))


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark of a finding in a cell: its number in the list, its severity. `follows`: the cell is not the finding's,
    but one where something goes away with it; the cell looks as it did."""

    number: int
    severity: Severity
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The layout of a form: its cells (title and year first), and the id of the cell of each path."""

    key: str
    table: Table
    heading: tuple[Cell, Cell]
    homes: Mapping[str, str]

    def home(self, path: str) -> str:
        """Returns the id of the cell for a path: its own, else its row's, its section's, or the title's."""
        while path not in self.homes:
            path = _owner(path)
        return self.homes[path]


def plan_of(form: Form, key: str) -> Plan:
    """Returns the layout of a form whose ids begin with `key`."""
    table = lay_out(form)
    title = _value(form, "表式", table.title)
    year = (Piece("（"), *_value(form, "年度", table.year_line[1:-3]), Piece("年度）"))
    heading = (Cell(0, 0, title, Role.TEXT, about=("", "格式")), Cell(0, 0, year, Role.TEXT))
    return Plan(key, table, heading, _homes(key, (*heading, *table.cells)))


def _value(form: Form, name: str, instead: str) -> tuple[Piece, ...]:
    """Returns a value of the form's head, with the text printed where it is blank."""
    value = Piece(form.text(name) or "", name)
    return (value,) if value.text else (value, Piece(instead))


def _homes(key: str, cells: Sequence[Cell]) -> dict[str, str]:
    """Returns the id of the cell that shows each path; that of a row is the cell of its name."""
    homes: dict[str, str] = {}
    for number, cell in enumerate(cells):
        for path in (*cell.about, *(piece.path for piece in cell.pieces if piece.path)):
            homes.setdefault(path, _id(key, number))
            owner, _, name = path.rpartition(".")
            if name in _TITLE_FIELDS:
                homes[owner] = _id(key, number)
    return homes


def _id(key: str, number: int) -> str:
    return f"{key}-c{number}"


def _owner(path: str) -> str:
    """Returns the path that holds a path: of a field its row, of a row its section, of a section "" (the form)."""
    found = parsed(path)
    if found is None or (found.row is None and found.field is None):
        return ""
    return str(found._replace(field=None)) if found.field is not None else found.section


def path_words(path: str) -> str:
    """Returns a path as people read it, rows counted from 1: 绩效指标 第4行 得分."""
    found = parsed(path)
    if found is None:
        return path
    row = None if found.row is None else f"第{found.row + 1}行"
    return " ".join(filter(None, (found.section, row, found.field)))


def table_html(plan: Plan, marks: Mapping[str, Sequence[Mark]], *, editable: bool) -> str:
    """Returns the table; `marks` holds the marks of cells by their ids, `editable` makes every value a text field."""
    return _Drawing(plan, marks, editable).html()


@dataclass(frozen=True, slots=True)
class _Drawing:
    plan: Plan
    marks: Mapping[str, Sequence[Mark]]
    editable: bool

    def html(self) -> str:
        table = self.plan.table
        columns = "".join(f'<col width="{width / PAGE_WIDTH:.2%}">' for width in table.widths)
        title, year = (
            self.element("span", number, cell, name)
            for number, (name, cell) in enumerate(zip(("title", "year"), self.plan.heading, strict=True))
        )
        return (
            f"<table>\n<caption>{title}{year}</caption>\n<colgroup>{columns}</colgroup>\n<tbody>\n"
            f"{''.join(self.rows())}</tbody>\n</table>\n"
        )

    def rows(self) -> Iterator[str]:
        table = self.plan.table
        begun: list[list[tuple[int, Cell]]] = [[] for _ in range(table.rows)]
        for number, cell in enumerate(table.cells, start=len(self.plan.heading)):
            begun[cell.row].append((number, cell))
        for row, cells in enumerate(begun):
            names = ("whole",) * all(table.lines(cell) <= _UNBROKEN_LINES for _, cell in cells)
            names += ("tall",) * (row == table.goal_row)
            heads = all(cell.role is Role.LABEL for _, cell in cells)
            drawn = "".join(self.cell(number, cell, scope="col" if heads else "row") for number, cell in cells)
            yield f"<tr{attributes(class_=' '.join(names) or None)}>{drawn}</tr>\n"

    def cell(self, number: int, cell: Cell, *, scope: str) -> str:
        table = self.plan.table
        names = ("middle",) * table.is_centred(cell) + ("head",) * table.is_heading(cell)
        if cell.role is not Role.LABEL or not cell.text:
            return self.element("td", number, cell, *names)
        scope = "row" if cell.column == 0 else scope  # a cell of the first column heads the rows beside it
        return self.element("th", number, cell, *names, scope=scope)

    def element(self, tag: str, number: int, cell: Cell, *names: str, scope: str | None = None) -> str:
        """Returns one cell, or a line above the table."""
        name = _id(self.plan.key, number)
        marks = self.marks.get(name, ())
        own = [mark.severity for mark in marks if not mark.follows]
        if own:
            names += (min(own, key=lambda severity: severity.rank).value,)
        if self.editable and len(cell.pieces) == 1 and cell.path:
            names += ("sole",)
        head = attributes(
            id=name if cell.path or cell.about else None,
            data_path=cell.path or None,
            data_rows=str(1 + len(cell.about)) if cell.path and cell.rows > 1 else None,
            class_=" ".join(names) or None,
            rowspan=str(cell.rows) if cell.rows > 1 else None,
            colspan=str(cell.columns) if cell.columns > 1 else None,
            scope=scope,
            aria_describedby=self.findings(marks),
        )
        pieces = "".join(self.piece(cell, piece, marks) for piece in cell.pieces)
        return f"<{tag}{head}>{pieces}{self.marked(marks)}</{tag}>"

    def findings(self, marks: Sequence[Mark]) -> str | None:
        return " ".join(f"{self.plan.key}-f{mark.number}" for mark in marks) or None

    def piece(self, cell: Cell, piece: Piece, marks: Sequence[Mark]) -> str:
        """Returns a piece of a cell's text; a value to be edited is a text field of its own."""
        if not self.editable:
            return shown(piece.text)
        if not piece.path:
            stands_in = len(cell.pieces) == 2 and not cell.pieces[0].text  # until something is filled in
            return (
                f'<span class="words{" blank" if stands_in else ""}">{shown(piece.text)}</span>' if piece.text else ""
            )
        is_weight = piece.path.startswith(f"{GROUPS.key}.")  # the others are in the same cell
        is_long = (cell.role is Role.LONG and not is_weight) or "\n" in piece.text
        head = attributes(
            class_="value",
            contenteditable="plaintext-only",
            role="textbox",
            aria_label=path_words(piece.path),
            aria_multiline="true" if is_long else None,
            aria_describedby=self.findings(marks),
            data_path=piece.path,
            spellcheck="false",
        )
        return f"<span{head}>{shown(piece.text)}</span>"

    def marked(self, marks: Sequence[Mark]) -> str:
        """Returns the numbers of the findings, each a link to the finding."""
        links = "".join(
            f'<a class="mark {"follows" if mark.follows else mark.severity.value}" '
            f'href="#{shown(self.plan.key)}-f{mark.number}" '
            f'aria-label="{"连带" if mark.follows else SEVERITY[mark.severity]} {mark.number}">{mark.number}</a>'
            for mark in marks
        )
        return f'<sup class="marks">{links}</sup>' if links else ""
