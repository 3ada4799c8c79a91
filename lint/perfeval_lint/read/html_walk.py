"""The elements of a web page in document order, gathered into lines and tables."""

from __future__ import annotations

import re
from collections.abc import Callable

from selectolax.lexbor import LexborNode

from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.read.html_flow import Flow
from perfeval_lint.read.html_style import PLAIN, Styles
from perfeval_lint.read.html_table import GROUPS, MAX_COLUMNS, MAX_ROWS, RawCell, RawTable

_MAX_CELLS = 200_000
_MAX_NODES = 1_000_000
_MAX_NESTING = 40  # tables in tables
_SKIPPED = frozenset(
    "script style template noscript head title iframe object svg audio video canvas xml datalist rt rp rtc".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol option p pre section summary ul".split()
)
_KEPT = frozenset(("pre", "textarea", "listing", "xmp", "plaintext"))
_STRUCK, _RAISED = frozenset(("del", "s", "strike")), "sup"
_DRAWN = _STRUCK | {_RAISED}
_UNSHOWN_INPUTS = frozenset(("hidden", "submit", "button", "reset", "image", "file", "password"))
_NUMBER = re.compile(r"\s*\+?([0-9]+)")


class Walk:
    """Goes through a page once; `content` then holds its lines and tables, `struck` what was ruled through.

    Keeps its own stack, as pages nest deeper than Python may call.
    """

    def __init__(self, root: LexborNode, styles: Styles, file: str) -> None:
        self.content: list[str | RawTable] = []
        self.hidden_tables = False
        self.struck: list[str] = []
        self._styles = styles
        self._is_struck = self._is_raised = 0  # of the elements that are open, those that draw their text so
        self._file = file
        self._flow = Flow()
        self._outer: list[tuple[Flow, list[str | RawTable], list[RawTable], RawCell | None]] = []
        self._tables: list[RawTable] = []
        self._cells = 0
        self._kept = 0
        self._run(root)
        self._flush()

    def _run(self, root: LexborNode) -> None:
        open_nodes: list[tuple[LexborNode, Callable[[], None] | None]] = []
        node: LexborNode | None = root
        nodes = 0
        while node is not None or open_nodes:
            if node is None:
                node, leave = open_nodes.pop()
                if leave is not None:
                    leave()
                node = node.next
                continue
            nodes += 1
            if nodes > _MAX_NODES:
                raise UnreadableFile(Problem("too-large", "网页大得不像自评表；请拆分后再检查", self._file))
            if node.is_text_node:
                self._text(node.text_content or "")
            elif node.is_element_node:
                entered, leave = self._enter(node)
                if entered:
                    open_nodes.append((node, leave))
                    node = node.first_child
                    continue
            node = node.next

    def _text(self, text: str) -> None:
        if self._is_struck:
            self.struck += filter(None, [" ".join(text.split())])
            return
        self._flow.raised = self._is_raised > 0
        if self._kept:
            self._flow.write_kept(text)
        else:
            self._flow.write(text)

    def _enter(self, node: LexborNode) -> tuple[bool, Callable[[], None] | None]:
        """Begins an element: whether to go into it, and what to do after it."""
        tag = node.tag or ""
        if tag == "br":
            self._flow.new_line()
            return False, None
        if tag in _SKIPPED:
            return False, None
        attributes = node.attributes
        look = self._styles.look(attributes) if attributes else PLAIN
        if look.hidden:
            self._note_hidden(node, tag)
            return False, None
        if look is PLAIN and tag not in _DRAWN:
            return self._enter_plain(node, tag, attributes)
        is_struck, is_raised = look.struck or tag in _STRUCK, look.raised or tag == _RAISED
        self._is_struck += is_struck
        self._is_raised += is_raised
        entered, leave = self._enter_plain(node, tag, attributes)

        def leave_drawn() -> None:
            self._is_struck -= is_struck
            self._is_raised -= is_raised
            if leave is not None:
                leave()

        if not entered:
            leave_drawn()
        return entered, leave_drawn

    def _enter_plain(
        self, node: LexborNode, tag: str, attributes: dict[str, str | None]
    ) -> tuple[bool, Callable[[], None] | None]:
        if tag in ("td", "th", "caption"):
            return self._enter_cell(tag, attributes)
        if tag == "table":
            return self._enter_table()
        if tag == "tr" or tag in GROUPS:
            return self._enter_row(tag)
        if tag in ("input", "select"):
            self._text(_control(node, tag, attributes))
            return False, None
        if tag in _KEPT:
            self._kept += 1
            self._flow.new_block()
            return True, self._leave_kept
        if tag in _BLOCKS:
            self._flow.new_block()
            return True, self._flow.new_block
        return True, None

    def _note_hidden(self, node: LexborNode, tag: str) -> None:
        in_table = bool(self._tables) or tag == "table" or node.css_first("table") is not None
        if in_table and (node.text(deep=True) or "").strip():
            self.hidden_tables = True

    def _leave_kept(self) -> None:
        self._flow.new_block()
        self._kept -= 1

    def _flush(self) -> None:
        self.content += self._flow.take()

    def _enter_table(self) -> tuple[bool, Callable[[], None]]:
        self._flush()
        if len(self._tables) >= _MAX_NESTING:
            raise UnreadableFile(
                Problem(
                    "too-deep",
                    f"表格里套表格超过 {_MAX_NESTING} 层，不像自评表；请另存为 .docx 或 .xlsx 再检查",
                    self._file,
                )
            )
        table = RawTable()
        self.content.append(table)
        self._tables.append(table)
        return True, self._leave_table

    def _leave_table(self) -> None:
        self._tables.pop()

    def _enter_row(self, tag: str) -> tuple[bool, None]:
        if self._tables:
            self._tables[-1].add_row() if tag == "tr" else self._tables[-1].add_group(tag)
        return True, None

    def _enter_cell(self, tag: str, attributes: dict[str, str | None]) -> tuple[bool, Callable[[], None] | None]:
        if not self._tables:
            return True, None
        table = self._tables[-1]
        outer = self._flow, self.content, self._tables
        cell = None
        if tag == "caption":
            self.content = table.caption
        else:
            self._cells += 1
            if self._cells > _MAX_CELLS:
                message = f"网页里的表格超过 {_MAX_CELLS} 格，不像自评表；请拆分后再检查"
                raise UnreadableFile(Problem("too-large", message, self._file))
            rows = _span(attributes.get("rowspan"), MAX_ROWS, 0)
            cell = RawCell(rows, _span(attributes.get("colspan"), MAX_COLUMNS, 1))
            table.add_cell(cell)
            self.content = cell.content
        self._flow = Flow()
        self._outer.append((*outer, cell))
        return True, self._leave_cell

    def _leave_cell(self) -> None:
        self._flush()
        doubt = self._flow.doubt
        self._flow, self.content, self._tables, cell = self._outer.pop()
        if cell is not None:
            cell.doubt = doubt


def _span(text: str | None, most: int, least: int) -> int:
    """A span as browsers read it: the leading digits, 1 where there are none; 0 rows means to the end."""
    found = _NUMBER.match(text) if text else None
    if found is None:
        return 1
    number = int(found[1][:9])
    return min(number, most) if number >= max(least, 0) else 1


def _control(node: LexborNode, tag: str, attributes: dict[str, str | None]) -> str:
    """What a form control shows: the text typed, ☑ or ☐, the option chosen."""
    if tag == "select":
        options = node.css("option")
        chosen = next((option for option in options if "selected" in option.attributes), next(iter(options), None))
        return "" if chosen is None else chosen.text(deep=True)
    kind = (attributes.get("type") or "text").lower()
    if kind in ("checkbox", "radio"):
        return "☑" if "checked" in attributes else "☐"
    return "" if kind in _UNSHOWN_INPUTS else attributes.get("value") or ""
