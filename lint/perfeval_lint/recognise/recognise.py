"""From what a reader gives to forms: which rows are a form, by which template, and what could not be made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from perfeval_lint.errors import Problem
from perfeval_lint.form.definition import FUNDS, INDICATORS, MANAGEMENT
from perfeval_lint.form.model import Document, Form, Value
from perfeval_lint.read.model import Block, Cell, Grid, Line, Reading
from perfeval_lint.recognise.papers import LONGEST_TITLE, Paper, is_self_evaluation, papers_of, refused_title
from perfeval_lint.recognise.rows.build import Draft, Read
from perfeval_lint.recognise.rows.columns import Header
from perfeval_lint.recognise.rows.outside import Outside
from perfeval_lint.recognise.rows.parts import whole_headers
from perfeval_lint.recognise.rows.proof import mark_missing
from perfeval_lint.recognise.rows.walk import Walker
from perfeval_lint.recognise.stream.cells import cells_of_lines, has_cells, rows_of_cells
from perfeval_lint.recognise.words.label import label_keys
from perfeval_lint.recognise.words.row import Row, rows_of
from perfeval_lint.recognise.words.template import Template, Templates, Vocabulary, shipped_templates
from perfeval_lint.values.text import clean
from perfeval_lint.values.year import year_in

_TITLE_SCORE = re.compile(r"(?:总得分|自评得分|自评总分|总分)[:：]?([0-9]+(?:\.[0-9]+)?)分?")
_YEAR_LINE = re.compile(
    r"[(（\[]?(?:填报|评价|预算)?(?:年度)?[:：]?[0-9]{4}(?:年度?)?[)）\]]?(?:[(（]?[^()（）]*得分.*)?|[(（\[]年度?[)）\]]"
)
_CAPTION = re.compile(r"(?:金额)?单位[:：].{0,8}$")
_FEW = 15  # cells; shorter streams hold no form
_MUCH = 0.1  # of the cells in doubt: another reading is tried
_WHOLE_UNIT = "部门整体支出绩效自评表"
_TRANSFER = "转移支付区域（项目）绩效目标自评表"
_KIND_OF_UNIT = ("部门整体", "部门（单位）整体", "单位整体", "整体支出", "整体绩效")


def recognise(reading: Reading, file: str, templates: Templates | None = None) -> Iterator[Document]:
    """The forms of a file; what is no self-evaluation form is a document with a problem that says what it is."""
    known = templates or shipped_templates()
    texts = [text for text in _texts(reading.blocks) if len(text) < 2 * LONGEST_TITLE]
    titles = [clean(text) for text in texts if is_self_evaluation(clean(text), known)]
    words = choose(known, titles[0] if titles else "", texts).vocabulary
    forms: list[Form] = []
    refusals: list[Problem] = []
    notes: list[Problem] = []
    outside = Outside(reading.margins, _texts(reading.blocks))
    rows = whole_headers(_rows(reading.blocks, words, known), words)
    for paper in papers_of(rows, known, words):
        found = _form(paper, file, known, outside)
        if isinstance(found, Problem):
            refusals.append(found)
        elif found is not None:
            forms.append(found)
        elif paper.sheet:
            notes.append(Problem("not-a-form", f"工作表“{paper.sheet}”里没有自评表，没有读取", file))
        elif any(not row.is_line for row in paper.rows):
            first = next(cell.text for row in paper.rows if not row.is_line for cell in row.own)
            notes.append(Problem("not-a-form", f"另有表格不是自评表，没有读取：“{clean(first)[:20]}”", file))
    notes += outside.notes(file)
    for index, form in enumerate(forms):  # other papers beside a form are no fault of the file
        yield Document(index, form, notes=() if index else (*notes, *refusals))
    if not forms:
        yield Document(0, None, tuple(refusals) or (_no_form(reading, file),))


def _no_form(reading: Reading, file: str) -> Problem:
    grids = sum(isinstance(block, Grid) for block in reading.blocks)
    what = f"里面有 {grids} 个表，但" if grids else "里面没有表格，"
    return Problem("not-a-form", f"没有找到绩效自评表：{what}认不出指标表头或资金表头；请确认给的是自评表", file)


# --- rows ------------------------------------------------------------------------------------------


def _rows(blocks: Sequence[Block], words: Vocabulary, known: Templates) -> list[Row]:
    """The rows of a file. Lines that hold a form themselves, and streams of cells, are put back into rows."""
    blocks = _without_stray_rows(blocks)
    if any(isinstance(block, Grid) and not _is_stream(block) for block in blocks):
        return list(rows_of(blocks))
    rows: list[Row] = []
    for number, (is_lines, group) in enumerate(groupby(blocks, key=lambda block: isinstance(block, Line))):
        if is_lines:
            rows += _rows_of_lines([block for block in group if isinstance(block, Line)], words, known, number)
        else:
            cells = [_joined(row) for grid in group if isinstance(grid, Grid) for row in rows_of([grid])]
            rows += rows_of_cells(cells, words, known, number)
    return rows


def _without_stray_rows(blocks: Sequence[Block]) -> list[Block]:
    """Blocks where a typed row alone among many lines is a line: its bar is inside the text of a cell."""
    lines = sum(isinstance(block, Line) and bool(block.text.strip()) for block in blocks)
    strays = [block for block in blocks if isinstance(block, Grid) and block.ragged and _height(block) == 1]
    if lines <= _FEW * max(len(strays), 1):
        return list(blocks)
    return [_as_line(block) if any(block is stray for stray in strays) else block for block in blocks]


def _as_line(block: Block) -> Line:
    cell = _joined(next(rows_of([block])))
    return Line(cell.text, cell.origin)


def _joined(row: Row) -> Cell:
    """A typed row as the one cell it is."""
    return row.cells[0]._replace(text="|".join(cell.text for cell in row.cells))


def _height(grid: Grid) -> int:
    return grid.cells[-1].row + 1 if grid.cells else 0


def _is_stream(grid: Grid) -> bool:
    """Whether a typed table has one cell in nearly every row."""
    if not grid.ragged or not grid.cells:
        return False
    count = _height(grid)
    return count > _FEW and len(grid.cells) < 1.2 * count


def _rows_of_lines(lines: Sequence[Line], words: Vocabulary, known: Templates, number: int) -> list[Row]:
    """Lines as one cell each; where that leaves much in doubt, or is not so, as text whose cells were cut."""
    cells = cells_of_lines(lines)
    found = rows_of_cells(cells, words, known, number) if has_cells(cells, words) else []
    if found and _doubted(found) < _MUCH:
        return found
    from perfeval_lint.recognise.flat.flat import unflatten  # only text without cells needs it

    flattened = unflatten(lines, words)
    if flattened is None:
        return found or list(rows_of(lines))
    rows = list(rows_of([flattened.grid]))
    return found if found and _doubted(found) <= _doubted(rows) else rows


def _doubted(rows: Sequence[Row]) -> float:
    """The share of the filled cells that a reading is not sure of."""
    cells = [cell for row in rows for cell in row.filled]
    return sum(bool(cell.doubt) for cell in cells) / max(len(cells), 1)


def _texts(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Line):
            yield block.text
        else:
            yield from (cell.text for cell in block.cells)


# --- one paper -------------------------------------------------------------------------------------


def _form(paper: Paper, file: str, known: Templates, outside: Outside) -> Form | Problem | None:
    """The form of a paper, why it is refused, or None where it is nothing of the kind."""
    title = paper.title(known)
    refused = refused_title(title, known) if title else None
    texts = [cell.text for row in paper.rows for cell in row.filled]
    if refused is None and not (title and is_self_evaluation(title, known)):
        refused = next((known.refused_by_label(text) for text in texts if known.refused_by_label(text)), None)
    if refused is not None and (paper.titles or paper.is_form):
        return _refusal(refused, title or "（没有标题）", file)
    if not paper.is_form:
        return None
    template = choose(known, title or "", texts)
    titles = _title_cells(paper)
    walker = Walker(paper.rows, template.vocabulary, template.money, titles, outside.money(paper.sheet))
    draft = walker.walk()
    outside.units.add(walker.context.money)
    if not any(draft.rows.values()) and not draft.root:
        return None
    if _only_targets(draft, walker.scored, has_title=title is not None):
        if title and is_self_evaluation(title, known):
            return _without_results(title, walker.scored, file)
        return _refusal("绩效目标表", title or "（没有标题）", file)
    _from_titles(draft, titles)
    if any(row.ragged and not row.is_line for row in paper.rows):
        mark_missing(draft)
    kind = _kind(template, title or "", draft)
    _settle_unit(draft, kind)
    return draft.form(kind)


def _refusal(name: str, title: str, file: str) -> Problem:
    message = f"“{_short(title)}”是{name}，不是绩效自评表，没有检查；请给出自评表"
    return Problem("not-self-evaluation", message, file)


def _without_results(title: str, header: Header | None, file: str) -> Problem:
    labels = [clean(column.label) for column in header.columns if column.label.strip()] if header else []
    found = f"（指标的表头有“{'”“'.join(labels)}”）" if labels else ""
    message = (
        f"“{_short(title)}”里没有找到实际完成值、得分，没有检查{found}；"
        "这些栏目可能印在另外的页上、放在另一张工作表里或还没有填，请给出填好的整张表"
    )
    return Problem("no-results", message, file)


def _short(title: str) -> str:
    return title if len(title) <= 40 else title[:39] + "…"


def _only_targets(draft: Draft, header: Header | None, *, has_title: bool) -> bool:
    """Whether a form has targets and no place for what came of them; without a title, nothing filled in there."""
    rows = draft.rows[INDICATORS.key]
    has_place = header is None or bool(header.roles & {"实际完成值", "得分"})
    has_results = any({"实际完成值", "得分"} & row.values.keys() for row in rows)
    if not rows or "实际完成情况" in draft.goal or any("全年执行数" in row.values for row in draft.rows[FUNDS.key]):
        return False
    return not has_place or not (has_title or has_results)


def choose(known: Templates, title: str, texts: Iterable[str]) -> Template:
    """The template whose title fits and that has most of its own labels on the form; else the first one.

    A title that says which form it is decides that.
    """
    keys = {key for text in texts if len(text) < 40 for key in label_keys(text)}
    kind = _kind_in(title)
    of_kind = [template for template in known.all if template.form == kind]
    return max(of_kind or known.all, key=lambda template: _fitness(template, title, keys))


def _kind_in(title: str) -> str | None:
    """The 表式 that the words of a title name; None where they leave it open: a project may be paid by 转移支付."""
    if any(word in title for word in _KIND_OF_UNIT):
        return _WHOLE_UNIT
    return _TRANSFER if "转移支付" in title and "项目支出" not in title else None


def _fitness(template: Template, title: str, keys: set[str]) -> tuple[float, float]:
    fits = any(pattern.search(title) for pattern in template.titles)
    marks = len(template.marks & keys) / len(template.marks) if template.marks else 0.0
    return (fits + 2 * marks, -len(template.marks))


def _from_titles(draft: Draft, titles: Sequence[Cell]) -> None:
    """The year and the total in the title or on a line below it."""
    for cell in titles:
        text = clean(cell.text).replace(" ", "")
        year = year_in(_CAPTION.sub("", text))
        if year and "年度" not in draft.root:
            draft.root["年度"] = Read(Value(year, cell.origin), cell.doubt)
        score = _TITLE_SCORE.search(text)
        if score:
            draft.total.setdefault("得分", Read(Value(score.group(1), cell.origin), cell.doubt))


def _settle_unit(draft: Draft, kind: str) -> None:
    """单位名称 and 部门 head the form of a whole unit; on a project's they are the unit that carries it out."""
    given, meant = "部门", "主管部门" if "实施单位" in draft.root else "实施单位"
    if kind == _WHOLE_UNIT:
        given, meant = "实施单位", "部门"
    if given in draft.root and (kind != _WHOLE_UNIT or meant not in draft.root):
        unit = draft.root.pop(given)
        draft.root.setdefault(meant, unit)
    if ("", given) in draft.blanks:  # left blank, it is the same cell that is to be filled in
        draft.blanks.setdefault(("", meant), draft.blanks[("", given)])
    name = draft.root.get("项目名称")
    year = year_in(name.value.text) if name else None
    if name is not None and year and "年度" not in draft.root:
        draft.root["年度"] = Read(Value(year, name.value.origin), "表上没有写年度，取自项目名称")


def _title_cells(paper: Paper) -> list[Cell]:
    """The cells that hold the titles, then those that hold nothing but the year."""
    firsts = [row.filled[0] for row in paper.rows if row.filled and len(row.filled[0].text) < 60]
    years = [cell for cell in firsts if _YEAR_LINE.fullmatch(_CAPTION.sub("", clean(cell.text).replace(" ", "")))]
    return [*(cell for _, cell in paper.titles), *years]


def _kind(template: Template, title: str, draft: Draft) -> str:
    """The 表式 of the template; without a title, decided by the head fields."""
    if not title and ({"中央主管部门", "资金使用单位"} & draft.root.keys() or draft.rows[MANAGEMENT.key]):
        return _TRANSFER
    return _kind_in(title) or template.form
