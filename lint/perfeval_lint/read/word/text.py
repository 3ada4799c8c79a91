"""The text of Word paragraphs as drawn: fields, tracked changes, symbols, formulas; unseen and struck letters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, cast

from lxml import etree

from perfeval_lint.read.package import Package
from perfeval_lint.read.raised import put_together
from perfeval_lint.read.unseen import PICTURED, WHOLLY_STRUCK, short
from perfeval_lint.read.word.fields import follow_field
from perfeval_lint.read.word.look import PLAIN, Drawn, Looks
from perfeval_lint.read.word.marks import equations, note_marks, prompting
from perfeval_lint.read.word.math import MATH, Formula, formula
from perfeval_lint.read.word.names import ALTERNATIVES, BOX, CELL, RUN, SKIPPED, W, chosen
from perfeval_lint.read.word.over import COVERED, CROSSED, has_text, over_text
from perfeval_lint.read.word.symbol import UNKNOWN, symbol, symbols

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_PRESERVE = "{http://www.w3.org/XML/1998/namespace}space"
_SPACE = " \t\r\n"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

_TEXT, _MATH_TEXT = W + "t", _MATH + "t"
_Piece = str | etree._Element  # text, or the mark of a field
_FONTS, _FIELD, _CHUNK = W + "rPr/" + W + "rFonts", W + "fldChar", W + "altChunk"
_SYMBOL_RUNS = etree.XPath(
    "//w:r[w:rPr/w:rFonts[starts-with(@w:ascii, 'Wingdings') or @w:ascii = 'Symbol'"
    " or starts-with(@w:hAnsi, 'Wingdings') or @w:hAnsi = 'Symbol']]",
    namespaces={"w": W[1:-1]},
)
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"
_OBJECT_TAG = W + "object"
_VML = "{urn:schemas-microsoft-com:vml}imagedata"
_IN_LINE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}inline"
_PICTURES = {
    _PICTURE: "picture",
    _VML: "picture",
    _OBJECT_TAG: "object",
}
LEFT_OUT = {
    "hidden": "文中有隐藏文字，没有读取；如要检查请取消隐藏",
    "picture": "文中有图片，图片里的文字没有读取",
    "object": "文中有嵌入的对象（如 Excel 表），没有读取；如是自评表请粘贴为 Word 表格",
    "chunk": "文中有并入的其他文件，没有读取；请用 Word 打开后另存",
    "struck": "文中有划掉的文字，没有读取{}；仍然有效的请去掉删除线",
    "deleted": "文中有修订删去的文字，没有读取{}；请接受或拒绝修订后再检查",
    "unseen": "文中有字色与底色相同、看不见的文字，没有读取{}；请核对，并改为看得见的颜色",
    "covered": "合并的单元格下有盖住的文字，没有读取{}；请拆分单元格后核对",
    "behind": "文中有填了颜色的图形浮在文字上面，可能盖住了表里的字；请核对",
    "prompt": "内容控件里还是提示文字，按没有填写看待{}；已经填写的请重新输入",
}
_LETTERS = frozenset((str,))
_QUOTED = 3  # texts left out that a note quotes
_PROMPT = re.compile(r"\s*(?:单击|点击|轻触|按下|请?选择|请?输入|请?填写|Click|Choose|Enter|Tap|Select)")
_BLANK = {  # why a cell is blank, by what was left out of it
    "struck": WHOLLY_STRUCK,
    "unseen": "单元格里的“{}”字色与底色相同，看不见，没有读入；请核对，并改为看得见的颜色",
    "prompt": "单元格里的“{}”标明是提示文字，没有读入；已经填写的请重新输入",
}
_UNCLEAR = "公式“{}”不能写成一行，可能读错；请改用普通文字"
_BELOW = "下标“{}”紧跟在数字后面，读成了数的一部分；如是注号，请把它移开"
_OBJECT = "有嵌入的对象（如公式），里面的内容没有读入；请改用普通文字"
_OVER = {
    COVERED: "有填了颜色的图形浮在这一格的文字上面，文字可能被盖住；请核对",
    CROSSED: "有线条画在这一格的文字上面，文字可能已经划掉；请核对",
}
_EQUATION = "有用域代码（EQ）画的分式或符号，没有读入；请改用普通文字"


class _Raised(str):
    """Text that stands above its line."""

    __slots__ = ()


class _Lowered(str):
    """Text that stands below its line."""

    __slots__ = ()


class Text(NamedTuple):
    """The text of a paragraph, the text boxes anchored in it, why the text may be wrong, and what was not read."""

    text: str
    boxes: list[etree._Element]
    doubt: str = ""
    gone: Sequence[tuple[str, str]] = ()  # what of _BLANK was left out or _OVER, and its text
    picture: bool = False  # one that stands in the line


class Words:
    """Reads the paragraphs of one part of a document; `left_out` gathers what was met of LEFT_OUT, in order."""

    def __init__(self, root: etree._Element, package: Package, styles: str) -> None:
        self.left_out: dict[str, list[str]] = {}
        self._looks = Looks(root, package, styles)
        self._symbols = set(cast("list[etree._Element]", _SYMBOL_RUNS(root)))
        self._marks = set(note_marks(root))
        self._prompts = {run: bool(_typed(control)) for control in prompting(root) for run in control.iter(RUN)}
        self._special = self._looks.runs | self._symbols | self._marks | self._prompts.keys()
        self._equations = set(equations(root))
        self._over = dict(over_text(root))
        if next(root.iter(_CHUNK), None) is not None:
            self.leave_out("chunk")
        for paragraph, kind in self._over.items():
            if kind == COVERED and next(paragraph.iterancestors(CELL), None) is None and not has_text(paragraph):
                self.leave_out("behind")
        for deleted in root.iter(W + "delText"):
            self.leave_out("deleted", deleted.text or "")
        for moved in root.iter(W + "moveFrom"):
            self.leave_out("deleted", "".join(each.text or "" for each in moved.iter(_TEXT)))
        for control in prompting(root):
            self.leave_out("prompt", _typed(control))

    def notes(self) -> Iterator[str]:
        """What was left out, a sentence each."""
        for key, texts in self.left_out.items():
            named = "、".join(f"“{short(text)}”" for text in dict.fromkeys(texts[:_QUOTED]))
            yield LEFT_OUT[key].format(f"：{named}{'等' if len(texts) > _QUOTED else ''}" if named else "")

    def leave_out(self, key: str, text: str | None = None) -> None:
        """Notes that something was not read; a blank text says nothing."""
        if text is None:
            self.left_out.setdefault(key, [])
        elif text.strip():
            self.left_out.setdefault(key, []).append(text)

    def paragraph(self, paragraph: etree._Element) -> Text:
        """A paragraph as it is drawn."""
        into = _Gathered([], [], [], [])
        self._gather(paragraph, into)
        text, doubt = _shown_text(into.pieces)
        if self._equations and paragraph in self._equations:
            doubt = _EQUATION
        elif "object" in into.drawn:
            doubt = _OBJECT
        if self._over and paragraph in self._over:
            into.gone.append((self._over[paragraph], ""))
        if into.gone:
            self.leave_out("struck", "".join(gone for kind, gone in into.gone if kind == "struck"))
        return Text(_CONTROL.sub("", text), into.boxes, doubt, into.gone, bool(into.drawn))

    def _gather(self, element: etree._Element, into: _Gathered) -> None:
        """Adds the pieces of text below an element, and the marks of fields among them."""
        for child in element:
            tag = child.tag
            if tag in SKIPPED:
                continue
            if tag in _LEAVES:
                into.pieces.append(_LEAVES[tag](child))
            elif tag == _FIELD:
                into.pieces.append(child)
            elif tag == BOX:
                into.boxes.append(child)
            elif tag == MATH:
                into.pieces.append(formula(child))
            elif tag in _PICTURES:
                self._leave_out_picture(child, into)
            elif tag == ALTERNATIVES:
                self._gather(chosen(child), into)
            elif child in self._special:
                self._gather_special(child, into)
            else:
                self._gather(child, into)

    def _gather_special(self, run: etree._Element, into: _Gathered) -> None:
        """A run that may be drawn otherwise than as plain letters."""
        drawn = self._looks.of(run) if run in self._looks.runs else PLAIN
        inside = _Gathered([], [] if drawn.hidden else into.boxes, into.gone, into.drawn)
        self._gather(run, inside)
        text = "".join(piece for piece in inside.pieces if isinstance(piece, str))
        if (
            run in self._marks
            or run in self._prompts
            or drawn.hidden
            or drawn.struck
            or (drawn.unseen and text.strip())
        ):
            into.pieces.extend(piece for piece in inside.pieces if not isinstance(piece, str))
            self._tell(run, drawn, text, into)
            return
        font = _font(run) if run in self._symbols else ""
        for piece in inside.pieces:
            shown = symbols(font, piece) if font and isinstance(piece, str) else piece
            if isinstance(shown, str) and (drawn.raised or drawn.lowered):
                shown = _Raised(shown) if drawn.raised else _Lowered(shown)
            into.pieces.append(shown)

    def _tell(self, run: etree._Element, drawn: Drawn, text: str, into: _Gathered) -> None:
        """Notes why a run is not read."""
        if run in self._prompts:
            into.gone.extend([("prompt", text)] if self._prompts[run] else ())
        elif run in self._marks or not text.strip():
            return
        elif drawn.hidden:
            self.leave_out("hidden")
        elif drawn.struck:
            into.gone.append(("struck", text))
        else:
            into.gone.append(("unseen", text))
            self.leave_out("unseen", text)

    def _leave_out_picture(self, picture: etree._Element, into: _Gathered) -> None:
        """Notes a picture or an object, and that it takes the place of letters."""
        self.leave_out(_PICTURES[picture.tag])
        if picture.tag == _OBJECT_TAG or next(picture.iterancestors(_IN_LINE), None) is not None:
            into.drawn.append(_PICTURES[picture.tag])


class _Gathered(NamedTuple):
    """What is found below a paragraph: text and marks of fields, text boxes, texts left out, kinds of pictures."""

    pieces: list[_Piece]
    boxes: list[etree._Element]
    gone: list[tuple[str, str]]
    drawn: list[str]


def doubt_of(text: str, gone: Sequence[tuple[str, str]], *, picture: bool) -> str:
    """Why the text of a cell may be wrong, of which this was left out or drawn; "" where it is not."""
    if gone or picture:
        doubt = _why_written(gone) if text.strip() else _why_blank(gone, picture=picture)
        if doubt:
            return doubt
    return "有认不出的符号字体字符，读作“�”；请改用普通字符" if UNKNOWN in text else ""


def _why_written(gone: Sequence[tuple[str, str]]) -> str:
    """Why a text may be wrong that is seen."""
    return next((doubt for kind, doubt in _OVER.items() if (kind, "") in gone), "")


def _why_blank(gone: Sequence[tuple[str, str]], *, picture: bool) -> str:
    """Why a cell may not be blank of which this was left out."""
    for kind, doubt in _BLANK.items():
        left_out = "".join(each for of, each in gone if of == kind)
        if left_out.strip():
            return doubt.format(short(left_out))
    return PICTURED if picture else ""


def _typed(control: etree._Element) -> str:
    """The text of a prompt that may be what somebody filled in; "" for one that asks for something."""
    text = "".join(each.text or "" for each in control.iter(_TEXT))
    return "" if _PROMPT.match(text) else text


def _shown_text(found: list[_Piece]) -> tuple[str, str]:
    """What the pieces of a paragraph show, the instructions of fields left out, and why that may be wrong."""
    if _LETTERS.issuperset(map(type, found)):
        return "".join(cast("list[str]", found)), ""
    pieces: list[str] = []
    fields: list[bool] = []  # of each open field, whether its instruction is still running
    for piece in found:
        if not isinstance(piece, str):
            pieces.append(follow_field(piece, fields))
        elif not any(fields):
            pieces.append(piece)
    return _joined(pieces)


def _joined(pieces: list[str]) -> tuple[str, str]:
    """The pieces of a paragraph as one text, and why that may be wrong."""
    doubt, before = "", ""
    for piece in pieces:
        if isinstance(piece, Formula) and (piece.unclear or (before[-1:].isdigit() and piece[:1].isdigit())):
            doubt = _UNCLEAR.format(short(piece))
        if isinstance(piece, _Lowered) and before[-1:].isdigit() and piece[:1].isdigit():
            doubt = _BELOW.format(short(piece))
        before = piece or before
    text, marked = put_together((piece, isinstance(piece, _Raised)) for piece in pieces)
    return text, doubt or marked


def _font(run: etree._Element) -> str:
    fonts = run.find(_FONTS)
    return "" if fonts is None else fonts.get(W + "ascii") or fonts.get(W + "hAnsi") or ""


def _shown(element: etree._Element) -> str:
    text: str = element.text or ""
    if element.get(_PRESERVE) != "preserve" and element.tag == _TEXT:
        text = text.strip(_SPACE)
    return text.replace("\r\n", " ").replace("\n", " ") if "\n" in text else text


def _symbol_of(element: etree._Element) -> str:
    code = element.get(W + "char", "")
    return symbol(element.get(W + "font", ""), int(code, 16)) if re.fullmatch("[0-9A-Fa-f]{1,6}", code) else UNKNOWN


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
