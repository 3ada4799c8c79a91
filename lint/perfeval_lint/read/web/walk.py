"""The elements of a web page in document order, gathered into lines and tables."""

from __future__ import annotations

import re
from collections.abc import Callable

from selectolax.lexbor import LexborNode

from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.read.unseen import PICTURED
from perfeval_lint.read.web.flow import Flow
from perfeval_lint.read.web.style import PLAIN, Look, Styles
from perfeval_lint.read.web.table import GROUPS, MAX_COLUMNS, MAX_ROWS, RawCell, RawTable

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
_PICTURES = frozenset("img svg canvas object embed video iframe".split())
_OF_TABLE = frozenset("table thead tbody tfoot tr td th caption colgroup col".split())
_USUAL = frozenset("td tr th p span div table tbody".split())  # nothing but what their attributes make of them
_MATH, _FRACTION, _POWER = "m", "mfrac", "msup"
_UNSURE = "网页的样式可能让这一格的字看不见，或者划掉、抬高了一部分；请核对"
_SPECK = 5  # pixels of a picture that only keeps a place
_STRUCK, _RAISED = frozenset(("del", "s", "strike")), "sup"
_DRAWN = _STRUCK | {_RAISED}
_UNSHOWN_INPUTS = frozenset(("hidden", "submit", "button", "reset", "image", "file", "password"))
_NUMBER = re.compile(r"\s*\+?([0-9]+)")


class Walk:
    """Goes through a page once; `content` then holds its lines and tables, `struck` what was ruled through.

    Keeps its own stack, as pages nest deeper than Python may call.
    """

    def __init__(self, root: LexborNode, styles: Styles, file: str, unsure: frozenset[int] = frozenset()) -> None:
        self.content: list[str | RawTable] = []
        self.hidden_tables = False
        self.struck: list[str] = []
        self._styles, self._unsure = styles, unsure
        # Of the elements that are open, those that draw their text so, or may do something to it.
        self._is_struck = self._is_raised = self._is_unsure = 0
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
        if self._is_unsure and not text.isspace():
            self._flow.doubt = self._flow.doubt or _UNSURE
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
        attributes = node.attributes
        look = self._styles.look(attributes) if attributes else PLAIN
        if look is PLAIN and tag in _USUAL and not self._unsure:
            return self._enter_plain(node, tag, attributes)
        if tag in _PICTURES and not _is_speck(attributes):
            self._flow.pictured = True
        if tag in _SKIPPED:
            return False, None
        if look.hidden:
            self._note_hidden(node, tag)
            return False, None
        is_unsure = look.pale or (node.mem_id in self._unsure if self._unsure else False)
        if look is PLAIN and tag not in _DRAWN and not is_unsure and not tag.startswith(_MATH):
            return self._enter_plain(node, tag, attributes)
        above = _formula_above(node, tag)
        if above == _FRACTION and not self._is_struck:
            self._flow.write_joined("/")
        is_raised = look.raised or tag == _RAISED or above == _POWER
        return self._enter_drawn(
            node,
            tag,
            attributes,
            (look.struck or tag in _STRUCK, is_raised, is_unsure and self._doubts(node, look, tag)),
            is_block=look.block and tag not in _OF_TABLE,
        )

    def _doubts(self, node: LexborNode, look: Look, tag: str) -> bool:
        """Returns whether the text of an element of a table is doubted, as its style may hide, strike or raise it."""
        if not self._tables or tag in GROUPS or tag == "table" or node.css_first("table") is not None:
            return False
        if not look.pale:
            return look == PLAIN
        each: LexborNode | None = node
        while each is not None and each.tag != "html":
            if self._styles.has_ground(each.tag or "", each.attributes):
                return False
            each = each.parent if each.tag != "table" else None
        return True

    def _enter_drawn(
        self,
        node: LexborNode,
        tag: str,
        attributes: dict[str, str | None],
        drawn: tuple[bool, bool, bool],
        *,
        is_block: bool,
    ) -> tuple[bool, Callable[[], None] | None]:
        """Begins an element whose text is struck, raised or not sure, as `drawn` says in this order."""
        is_struck, is_raised, is_unsure = drawn
        self._is_struck += is_struck
        self._is_raised += is_raised
        self._is_unsure += is_unsure
        if is_block:
            self._flow.new_block()
        entered, leave = self._enter_plain(node, tag, attributes)

        def leave_drawn() -> None:
            self._is_struck -= is_struck
            self._is_raised -= is_raised
            self._is_unsure -= is_unsure
            if is_block:
                self._flow.new_block()
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
        doubt, pictured = self._flow.doubt, self._flow.pictured
        self._flow, self.content, self._tables, cell = self._outer.pop()
        if cell is not None:
            cell.doubt = doubt or (PICTURED if pictured and not cell.content else "")


def _is_speck(attributes: dict[str, str | None]) -> bool:
    sizes = (_NUMBER.match(attributes.get(name) or "") for name in ("width", "height"))
    return any(size is not None and int(size[1][:9]) <= _SPECK for size in sizes)


def _formula_above(node: LexborNode, tag: str) -> str | None:
    """The fraction or power that an element is the lower or upper part of."""
    above = node.parent.tag if tag.startswith(_MATH) and node.parent is not None else None
    return above if above in (_FRACTION, _POWER) and _has_elder(node) else None


def _has_elder(node: LexborNode) -> bool:
    elder = node.prev
    while elder is not None and not elder.is_element_node:
        elder = elder.prev
    return elder is not None


def _span(text: str | None, most: int, least: int) -> int:
    """A span as browsers read it: the leading digits, 1 where there are none; 0 rows means to the end."""
    found = _NUMBER.match(text) if text else None
    if found is None:
        return 1
    number = int(found[1][:9])
    return min(number, most) if number >= max(least, 0) else 1


def _control(node: LexborNode, tag: str, attributes: dict[str, str | None]) -> str:
    """Returns what a form control shows: the text typed, ☑ or ☐, the option chosen."""
    if tag == "select":
        options = node.css("option")
        chosen = next((option for option in options if "selected" in option.attributes), next(iter(options), None))
        return "" if chosen is None else chosen.text(deep=True)
    kind = (attributes.get("type") or "text").lower()
    if kind in ("checkbox", "radio"):
        return "☑" if "checked" in attributes else "☐"
    return "" if kind in _UNSHOWN_INPUTS else attributes.get("value") or ""
