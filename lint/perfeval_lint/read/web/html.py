"""Web pages (HTML, also those named .xls or .doc) and web archives (MHTML) to grids and lines."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import count

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.form.origin import Paragraph
from perfeval_lint.read.model import Block, Line, Reading
from perfeval_lint.read.web.charset import decode_page
from perfeval_lint.read.web.style import Styles
from perfeval_lint.read.web.table import RawTable, grid_of
from perfeval_lint.read.web.walk import Walk

MAX_BYTES = 16 * 1024 * 1024
_MAX_COST = 300_000_000  # of nested elements: the parser looks through the open ones at each new one; 1 s
_MOST_QUOTED, _LONGEST_QUOTE = 5, 20
_MOST_LOOKS = 50_000_000  # characters of the page times selectors that are looked for in it; 1 s
_SMALL = 100_000  # characters of a page that costs little however it nests

# Left open, these are opened anew in every paragraph after (the HTML standard says so), which can be a million
# times; as plain spans they are not, and the text is the same.
_FORMATTING = re.compile(r"<(/?)(?:a|b|big|code|em|font|i|nobr|small|strong|tt|u)(?=[\s/>])", re.IGNORECASE)
_STRUCK = re.compile(r"<(/?)(?:s|strike)(?=[\s/>])", re.IGNORECASE)  # of the same kind, and what they say is kept
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*)")
_UNNESTED = frozenset(
    "area base br col embed hr img input li link meta option p source tbody td tfoot th thead tr track wbr".split()
)


def read_html(data: bytes, file: str) -> Reading:
    """The tables and lines of a web page, in document order.

    Tables that only arrange the page are replaced by their contents. Raises UnreadableFile where the page is too large,
    nested beyond sense, or empty.
    """
    return _read([(data, "")], file)


def read_mhtml(data: bytes, file: str) -> Reading:
    """The tables and lines of a web archive (.mht), its pages one after the other. Raises UnreadableFile."""
    _check_size(data, file)
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    pages: list[tuple[bytes, str]] = []
    for part in message.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                pages.append((payload, str(part.get_param("charset", "") or "")))
    if not pages:
        raise UnreadableFile(Problem("no-page", "网页归档文件里没有网页；请在浏览器或 Word 中重新另存", file))
    return _read(pages, file)


def _read(pages: Iterable[tuple[bytes, str]], file: str) -> Reading:
    content: list[str | RawTable] = []
    hidden = False
    struck: list[str] = []
    for data, label in pages:
        walk = _walk(data, label, file)
        content += walk.content
        hidden = hidden or walk.hidden_tables
        struck += walk.struck
    blocks = tuple(_blocks(content, file))
    if not any(not isinstance(block, Line) or block.text.strip() for block in blocks):
        raise UnreadableFile(
            Problem(
                "no-text", "网页里没有文字（内容可能由脚本生成）；请在浏览器中打开，复制表格到 Word 保存后再检查", file
            )
        )
    return Reading(blocks, tuple(_notes(struck, file, hidden=hidden)))


def _notes(struck: Sequence[str], file: str, *, hidden: bool) -> Iterator[Problem]:
    """Yields a note on each kind of content that was left out."""
    if hidden:
        yield Problem("hidden-cells", "网页里隐藏的表格内容没有读入", file)
    if struck:
        texts = "、".join(f"“{text[:_LONGEST_QUOTE]}”" for text in struck[:_MOST_QUOTED])
        more = f" 等 {len(struck)} 处" if len(struck) > _MOST_QUOTED else ""
        yield Problem("left-out", f"画了删除线的文字没有读入：{texts}{more}", file)


def _check_size(data: bytes, file: str) -> None:
    if len(data) > MAX_BYTES:
        message = f"网页超过 {MAX_BYTES // 1024 // 1024} MiB，不像自评表；请拆分后再检查"
        raise UnreadableFile(Problem("too-large", message, file))


def _walk(data: bytes, label: str, file: str) -> Walk:
    _check_size(data, file)
    text = _FORMATTING.sub(r"<\1span", _STRUCK.sub(r"<\1del", decode_page(data, label)))
    if len(text) > _SMALL and _nesting_cost(text) > _MAX_COST:
        raise UnreadableFile(Problem("too-deep", "网页的标签层层嵌套没有闭合；请在浏览器中打开后另存再检查", file))
    try:
        root = LexborHTMLParser(text).root
    except (ValueError, RuntimeError) as error:
        raise UnreadableFile(
            Problem("syntax", f"网页解析失败（{error}）；请在浏览器中打开后另存再检查", file)
        ) from None
    if root is None:
        raise UnreadableFile(Problem("no-text", "网页里没有内容；请核对文件", file))
    sheets = [sheet.text(deep=True) or "" for sheet in root.css("style")]
    styles = Styles(sheets, text)
    return Walk(root, styles, file, frozenset(_named(root, styles.unsure, _MOST_LOOKS // (len(text) + 1))))


def _named(root: LexborNode, selectors: Sequence[str], most: int) -> Iterator[int]:
    """The elements that the first of these selectors name, by their addresses."""
    for selector in selectors[:most]:
        if "(" not in selector:
            with suppress(SelectolaxError):  # not one that is understood
                yield from (node.mem_id for node in root.css(selector))


def _nesting_cost(text: str) -> int:
    """About how many open elements the parser looks through: the depth at each tag, added up."""
    depths: dict[str, int] = {}
    depth = cost = 0
    for closing, name in _TAG.findall(text):
        if not closing:
            if name.lower() not in _UNNESTED:
                depths[name] = depths.get(name, 0) + 1
                depth += 1
            cost += depth
        elif depths.get(name):
            depths[name] -= 1
            depth -= 1
    return cost


def _blocks(content: Iterable[str | RawTable], file: str) -> Iterator[Block]:
    """Lines and grids, numbered from 1 each; layout tables dissolved."""
    tables, paragraphs = count(1), count(1)
    for item in _flat(content):
        if isinstance(item, str):
            yield Line(item, Paragraph(next(paragraphs)))
        else:
            yield grid_of(item, next(tables), file)


def _flat(content: Iterable[str | RawTable]) -> Iterator[str | RawTable]:
    for item in content:
        if isinstance(item, str):
            yield item
            continue
        yield from _flat(item.caption)
        if item.is_layout:
            for row in item.rows:
                for cell in row:
                    yield from _flat(cell.content)
        elif any(cell.text for row in item.rows for cell in row):
            yield item
