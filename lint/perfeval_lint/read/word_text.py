"""The text of Word paragraphs as shown: fields, tracked changes, symbols, hidden text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast

from lxml import etree

from perfeval_lint.read.word_symbol import UNKNOWN, symbol, symbols

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
VAL = W + "val"
PARAGRAPH, TABLE, BOX = W + "p", W + "tbl", W + "txbxContent"
_PRESERVE = "{http://www.w3.org/XML/1998/namespace}space"
_FALSE = ("0", "false", "off", "none")
_SPACE = " \t\r\n"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

_TEXT, _MATH_TEXT = W + "t", _MATH + "t"
_ALTERNATIVES = _MC + "AlternateContent"
_Piece = str | etree._Element  # text, or the mark of a field
_FONTS, _VANISH = (f"{W}rPr/{W}{name}" for name in ("rFonts", "vanish"))
_FIELD, _CHUNK = W + "fldChar", W + "altChunk"
_SPECIAL_RUNS = etree.XPath(
    "//w:r[w:rPr/w:vanish or w:rPr/w:rFonts[starts-with(@w:ascii, 'Wingdings') or @w:ascii = 'Symbol'"
    " or starts-with(@w:hAnsi, 'Wingdings') or @w:hAnsi = 'Symbol']]",
    namespaces={"w": W[1:-1]},
)
SKIPPED = frozenset(
    W + name
    for name in (
        *("pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sdtEndPr", "instrText", "softHyphen", "rt"),
        *("del", "moveFrom", "delText", "delInstrText"),
    )
)
_PICTURES = {
    "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic": "picture",
    "{urn:schemas-microsoft-com:vml}imagedata": "picture",
    W + "object": "object",
}
LEFT_OUT = {
    "hidden": "文中有隐藏文字，没有读取；如要检查请取消隐藏",
    "picture": "文中有图片，图片里的文字没有读取",
    "object": "文中有嵌入的对象（如 Excel 表），没有读取；如是自评表请粘贴为 Word 表格",
    "chunk": "文中有并入的其他文件，没有读取；请用 Word 打开后另存",
}


class Words:
    """Reads the paragraphs of one document; `left_out` gathers the keys of LEFT_OUT met, in order."""

    def __init__(self, root: etree._Element) -> None:
        self.left_out: dict[str, None] = {}
        self._special = set(cast("list[etree._Element]", _SPECIAL_RUNS(root)))
        if next(root.iter(_CHUNK), None) is not None:
            self.left_out["chunk"] = None

    def paragraph(self, paragraph: etree._Element) -> tuple[str, list[etree._Element]]:
        """The text of a paragraph, and the text boxes anchored in it."""
        boxes: list[etree._Element] = []
        found: list[_Piece] = []
        self._gather(paragraph, found, boxes)
        pieces: list[str] = []
        fields: list[bool] = []  # of each open field, whether its instruction is still running
        for piece in found:
            if not isinstance(piece, str):
                pieces.append(_follow_field(piece, fields))
            elif not any(fields):
                pieces.append(piece)
        return _CONTROL.sub("", "".join(pieces)), boxes

    def _gather(self, element: etree._Element, found: list[_Piece], boxes: list[etree._Element]) -> None:
        """Adds the pieces of text below an element, and the marks of fields among them."""
        for child in element:
            tag = child.tag
            if tag in SKIPPED:
                continue
            if tag in _LEAVES:
                found.append(_LEAVES[tag](child))
            elif tag == _FIELD:
                found.append(child)
            elif tag == BOX:
                boxes.append(child)
            elif tag in _PICTURES:
                self.left_out[_PICTURES[tag]] = None
            elif tag == _ALTERNATIVES:
                self._gather(chosen(child), found, boxes)
            elif child in self._special:
                self._gather_special(child, found, boxes)
            else:
                self._gather(child, found, boxes)

    def _gather_special(self, run: etree._Element, found: list[_Piece], boxes: list[etree._Element]) -> None:
        """A run that is hidden or set in a symbol font."""
        pieces: list[_Piece] = []
        if is_on(run.find(_VANISH)):
            self._gather(run, pieces, [])
            self.left_out.update({"hidden": None} if any(isinstance(piece, str) for piece in pieces) else {})
            found.extend(piece for piece in pieces if not isinstance(piece, str))
            return
        self._gather(run, pieces, boxes)
        fonts = run.find(_FONTS)
        font = "" if fonts is None else fonts.get(W + "ascii") or fonts.get(W + "hAnsi") or ""
        found.extend(symbols(font, piece) if isinstance(piece, str) else piece for piece in pieces)


def doubt_of(text: str) -> str:
    """Why the text of a cell may be wrong; "" where it is not."""
    return "有认不出的符号字体字符，读作“�”；请改用普通字符" if UNKNOWN in text else ""


def chosen(alternatives: etree._Element) -> etree._Element:
    """The one of several equal contents to read: the first, which is the newest form."""
    return alternatives[0] if len(alternatives) else alternatives


def is_on(switch: etree._Element | None) -> bool:
    """Whether a property that is on by being there is on."""
    return switch is not None and switch.get(VAL, "1") not in _FALSE


def _shown(element: etree._Element) -> str:
    text: str = element.text or ""
    if element.get(_PRESERVE) != "preserve" and element.tag == _TEXT:
        text = text.strip(_SPACE)
    return text.replace("\r\n", " ").replace("\n", " ") if "\n" in text else text


def _symbol_of(element: etree._Element) -> str:
    code = element.get(W + "char", "")
    return symbol(element.get(W + "font", ""), int(code, 16)) if re.fullmatch("[0-9A-Fa-f]{1,6}", code) else UNKNOWN


def _follow_field(mark: etree._Element, fields: list[bool]) -> str:
    """Opens, turns or closes a field; the text is that of a form field, which has no result of its own."""
    kind = mark.get(W + "fldCharType")
    if kind == "begin":
        outer = any(fields)
        fields.append(True)
        return "" if outer else _form_field(mark)
    if kind == "separate" and fields:
        fields[-1] = False
    elif kind == "end" and fields:
        fields.pop()
    return ""


def _form_field(mark: etree._Element) -> str:
    """A check box or the entry chosen in a list of an old form field."""
    box = mark.find(f"{W}ffData/{W}checkBox")
    if box is not None:
        checked = box.find(W + "checked")
        return "☑" if is_on(box.find(W + "default") if checked is None else checked) else "☐"
    entries = mark.findall(f"{W}ffData/{W}ddList/{W}listEntry")
    result = mark.find(f"{W}ffData/{W}ddList/{W}result")
    index = result.get(VAL, "0") if result is not None else "0"
    known = index.isdecimal() and len(index) < 5 and int(index) < len(entries)
    return str(entries[int(index)].get(VAL, "")) if known else ""


_LEAVES: dict[str, Callable[[etree._Element], str]] = {
    _TEXT: _shown,
    _MATH_TEXT: _shown,
    W + "sym": _symbol_of,
    W + "br": lambda _: "\n",
    W + "cr": lambda _: "\n",
    W + "tab": lambda _: "\t",
    W + "ptab": lambda _: "\t",
    W + "noBreakHyphen": lambda _: "-",
}
