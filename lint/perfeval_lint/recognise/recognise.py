"""From what a reader gives to forms: which rows are a form, by which template, and what could not be made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from perfeval_lint.errors import Problem
from perfeval_lint.form.definition import INDICATORS, MANAGEMENT
from perfeval_lint.form.model import Document, Value
from perfeval_lint.read.model import Block, Cell, Grid, Line, Reading
from perfeval_lint.recognise.build import Draft, Read
from perfeval_lint.recognise.cells import cells_of_lines, has_cells, rows_of_cells
from perfeval_lint.recognise.rows import Row, rows_of
from perfeval_lint.recognise.template import Template, Templates, Vocabulary, shipped_templates
from perfeval_lint.recognise.text import clean, label_keys
from perfeval_lint.recognise.values import year_in
from perfeval_lint.recognise.walk import Walker, opened

_LONGEST_TITLE = 70
_TITLE_SCORE = re.compile(r"(?:总得分|自评得分|自评总分|总分)[:：]?([0-9]+(?:\.[0-9]+)?)分?")
_YEAR_LINE = re.compile(
    r"[(（\[]?(?:填报|评价|预算)?(?:年度)?[:：]?[0-9]{0,4}(?:年度?)?[)）\]]?(?:[(（]?[^()（）]*得分.*)?"
)
_OTHER_TAIL = re.compile(r"(申报|批复|监控|监控情况|监控汇总|跟踪)表$")
_CAPTION = re.compile(r"(?:金额)?单位[:：].{0,8}$")
_TITLE_TAIL = re.compile(r"[(（\[][^()（）]*[)）\]]$")
_WHOLE_UNIT = "部门整体支出绩效自评表"
_KIND_OF_UNIT = ("部门整体", "部门（单位）整体", "单位整体", "整体支出", "整体绩效")


@dataclass(slots=True)
class _Segment:
    """Rows that belong to one paper: its titles and the rest."""

    titles: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)


def recognise(reading: Reading, file: str, templates: Templates | None = None) -> Iterator[Document]:
    """The forms of a file; what is no self-evaluation form is a document with a problem that says what it is."""
    known = templates or shipped_templates()
    texts = [text for text in _texts(reading.blocks) if len(text) < 2 * _LONGEST_TITLE]
    titles = [clean(text) for text in texts if _is_self_evaluation(clean(text), known)]
    words = choose(known, titles[0] if titles else "", texts).vocabulary
    index = 0
    refusals: list[Problem] = []
    for segment in _segments(_rows(reading.blocks, words), known, words):
        found = _document(segment, index, file, known)
        if found is None:
            continue
        if found.form is None and not found.problems:
            continue
        if found.form is None:
            refusals += found.problems
            continue
        yield found
        index += 1
    if refusals or not index:
        problems = tuple(refusals) or (_no_form(reading, file),)
        yield Document(index, None, problems)


def _no_form(reading: Reading, file: str) -> Problem:
    grids = sum(isinstance(block, Grid) for block in reading.blocks)
    what = f"里面有 {grids} 个表，但" if grids else "里面没有表格，"
    return Problem("not-a-form", f"没有找到绩效自评表：{what}认不出指标表头或资金表头；请确认给的是自评表", file)


# --- rows ------------------------------------------------------------------------------------------


def _rows(blocks: Sequence[Block], words: Vocabulary) -> list[Row]:
    """The rows of a file. Lines that hold a form themselves, and streams of cells, are put back into rows."""
    if any(isinstance(block, Grid) and not _is_stream(block) for block in blocks):
        return list(rows_of(blocks))
    rows: list[Row] = []
    for number, (is_lines, group) in enumerate(groupby(blocks, key=lambda block: isinstance(block, Line))):
        if is_lines:
            rows += _rows_of_lines([block for block in group if isinstance(block, Line)], words, number)
        else:
            cells = [cell for grid in group if isinstance(grid, Grid) for cell in grid.cells]
            rows += rows_of_cells(cells, words, number)
    return rows


def _is_stream(grid: Grid) -> bool:
    """Whether a typed table has one cell in nearly every row."""
    if not grid.ragged or not grid.cells:
        return False
    count = grid.cells[-1].row + 1
    return count > 15 and len(grid.cells) < 1.2 * count


def _rows_of_lines(lines: Sequence[Line], words: Vocabulary, number: int) -> list[Row]:
    cells = cells_of_lines(lines)
    if has_cells(cells, words):
        return rows_of_cells(cells, words, number)
    from perfeval_lint.recognise.flat import unflatten  # only text without cells needs it

    flattened = unflatten(lines, words)
    return list(rows_of(lines if flattened is None else [flattened.grid]))


def _texts(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Line):
            yield block.text
        else:
            yield from (cell.text for cell in block.cells)


# --- segments --------------------------------------------------------------------------------------


def _segments(rows: Sequence[Row], known: Templates, words: Vocabulary) -> Iterator[_Segment]:
    """Rows cut where another paper begins: at a title, or where the head of a form comes again."""
    current = _Segment()
    for at, row in enumerate(rows):
        title = _title(row, known)
        if title is not None:
            if current.keys:
                yield current
                current = _Segment()
            current.titles.append(title)
            current.rows.append(row)
            continue
        key = _substance(rows, at, words)
        if key == "项目名称" and (key in current.keys and "indicators" in current.keys):
            yield current
            current = _Segment()
        if key:
            current.keys.add(key)
        current.rows.append(row)
    if current.rows:
        yield current


def _title(row: Row, known: Templates) -> str | None:
    """The title a row holds; None where it holds none."""
    filled = row.filled
    if not filled or len(filled) > 2 or len(filled[0].text) > 2 * _LONGEST_TITLE:
        return None
    text = clean(filled[0].text).replace(" ", "")
    if len(text) > _LONGEST_TITLE or not _is_title(text, known):
        return None
    return text


def _is_title(text: str, known: Templates) -> bool:
    shorter = _TITLE_TAIL.sub("", text).rstrip(":：")
    if shorter.endswith(("。", "；", "，", "、")) or ("：" in shorter and "编号" not in shorter):
        return False
    is_paper = (
        shorter.endswith(("表", "报告", "情况", "方案"))
        or re.search(r"表[(（]?[0-9]{4}|表.{0,3}总得分", text) is not None
    )
    return is_paper and (_is_self_evaluation(text, known) or _refused(text, known) is not None)


def _is_self_evaluation(text: str, known: Templates) -> bool:
    return known.titles.search(_TITLE_TAIL.sub("", text)) is not None


def _refused(text: str, known: Templates) -> str | None:
    is_own = _is_self_evaluation(text, known) and not _OTHER_TAIL.search(_TITLE_TAIL.sub("", text))
    return None if is_own else next((name for name, pattern in known.refused.items() if pattern.search(text)), None)


def _substance(rows: Sequence[Row], at: int, words: Vocabulary) -> str | None:
    """What of a form a row begins: its head by 项目名称, or a header of one of its parts."""
    row = rows[at]
    for cell in row.filled[:2]:
        label = re.split("[:：]", cell.text, maxsplit=1)[0]
        if words.role("header", label) in ("项目名称", "部门") and len(label) < 20:
            return "项目名称"
    if len(row.filled) < 2 or row.is_line:
        return None
    found = opened(rows, at, words)
    return found[0] if found else None


# --- one paper -------------------------------------------------------------------------------------


def _document(segment: _Segment, index: int, file: str, known: Templates) -> Document | None:
    """The form of a segment, a refusal, or None where it is nothing of the kind."""
    title = _best_title(segment, known)
    refused = _refused(title, known) if title else None
    if refused is not None:
        return Document(index, None, (_refusal(refused, title or "", file),))
    if not segment.keys & {"indicators", "funds", "management"}:
        return None
    template = choose(known, title or "", [cell.text for row in segment.rows for cell in row.filled])
    titles = _title_cells(segment)
    draft = Walker(segment.rows, template.vocabulary, template.money, titles).walk()
    if not any(draft.rows.values()) and not draft.root:
        return None
    if title is None and _only_targets(draft):
        return Document(index, None, (_refusal("绩效目标表", "（没有标题）", file),))
    _from_titles(draft, titles)
    kind = _kind(template, title or "", draft)
    _settle_unit(draft, kind)
    return Document(index, draft.form(kind))


def _best_title(segment: _Segment, known: Templates) -> str | None:
    own = [title for title in segment.titles if _is_self_evaluation(title, known)]
    return own[-1] if own else segment.titles[-1] if segment.titles else None


def _refusal(name: str, title: str, file: str) -> Problem:
    short = title if len(title) <= 40 else title[:39] + "…"
    message = f"“{short}”是{name}，不是绩效自评表，没有检查；请给出自评表"
    return Problem("not-self-evaluation", message, file)


def _only_targets(draft: Draft) -> bool:
    """Whether a form without a title has targets and nothing of what came of them."""
    rows = draft.rows[INDICATORS.key]
    has_results = any({"实际完成值", "得分"} & row.values.keys() for row in rows)
    return bool(rows) and not has_results and "实际完成情况" not in draft.goal


def choose(known: Templates, title: str, texts: Iterable[str]) -> Template:
    """The template whose title fits and of whose own labels most stand on the form; the first one else."""
    keys = {key for text in texts if len(text) < 40 for key in label_keys(text)}
    return max(known.all, key=lambda template: _fitness(template, title, keys))


def _fitness(template: Template, title: str, keys: set[str]) -> tuple[float, float]:
    fits = any(pattern.search(title) for pattern in template.titles)
    marks = len(template.marks & keys) / len(template.marks) if template.marks else 0.0
    return (fits + 2 * marks, -len(template.marks))


def _from_titles(draft: Draft, titles: Sequence[Cell]) -> None:
    """The year and the total that stand in the title or on a line below it."""
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
    unit = None if kind == _WHOLE_UNIT else draft.root.pop("部门", None)
    if unit is not None:
        draft.root.setdefault("实施单位", unit)
    if kind == _WHOLE_UNIT and "部门" not in draft.root and "实施单位" in draft.root:
        draft.root["部门"] = draft.root.pop("实施单位")
    name = draft.root.get("项目名称")
    year = year_in(name.value.text) if name else None
    if name is not None and year and "年度" not in draft.root:
        draft.root["年度"] = Read(Value(year, name.value.origin), "表上没有写年度，取自项目名称")


def _title_cells(segment: _Segment) -> list[Cell]:
    """The cells that hold the titles, then those that hold nothing but the year."""
    firsts = [row.filled[0] for row in segment.rows if row.filled]
    titles = [cell for cell in firsts if clean(cell.text).replace(" ", "") in segment.titles]
    return titles + [
        cell for cell in firsts if len(cell.text) < 30 and _YEAR_LINE.fullmatch(_CAPTION.sub("", clean(cell.text).replace(" ", "")))
    ]


def _kind(template: Template, title: str, draft: Draft) -> str:
    """The 表式: the template's; a form without a title is told by what stands in its head."""
    if any(word in title for word in _KIND_OF_UNIT):
        return _WHOLE_UNIT
    if not title and ({"中央主管部门", "资金使用单位"} & draft.root.keys() or draft.rows[MANAGEMENT.key]):
        return "转移支付区域（项目）绩效目标自评表"
    return template.form
