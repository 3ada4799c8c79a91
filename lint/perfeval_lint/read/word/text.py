"""The text of Word paragraphs as drawn: fields, tracked changes, symbols, formulas; unseen and struck letters."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

from lxml import etree

from perfeval_lint.blanks import asks_for_content
from perfeval_lint.read.markup import IN_WORD, MATH, SPACE, VML
from perfeval_lint.read.package import Package
from perfeval_lint.read.raised import put_together
from perfeval_lint.read.unseen import short
from perfeval_lint.read.word.fields import follow_field
from perfeval_lint.read.word.left_out import LeftOut
from perfeval_lint.read.word.look import PLAIN, Drawn, Looks
from perfeval_lint.read.word.marks import equations, note_marks, prompting
from perfeval_lint.read.word.math import FORMULA, Formula, formula
from perfeval_lint.read.word.names import ALTERNATIVES, BOX, CELL, RUN, SKIPPED, TEXT, W, chosen
from perfeval_lint.read.word.over import COVERED, has_text, over_text
from perfeval_lint.read.word.symbol import UNKNOWN, symbol, symbols

_BLANK_SIGNS = " \t\r\n"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

_MATH_TEXT = MATH + "t"
_Piece = str | etree._Element  # text, or the mark of a field
_FONTS, _FIELD, _CHUNK = W + "rPr/" + W + "rFonts", W + "fldChar", W + "altChunk"
_SYMBOL_RUNS = etree.XPath(
    "//w:r[w:rPr/w:rFonts[starts-with(@w:ascii, 'Wingdings') or @w:ascii = 'Symbol'"
    " or starts-with(@w:hAnsi, 'Wingdings') or @w:hAnsi = 'Symbol']]",
    namespaces={"w": W[1:-1]},
)
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"
_OBJECT_TAG = W + "object"
_OLD_PICTURE = VML + "imagedata"
_IN_LINE = IN_WORD + "inline"
_PICTURES = {
    _PICTURE: "picture",
    _OLD_PICTURE: "picture",
    _OBJECT_TAG: "object",
}
_LETTERS = frozenset((str,))
_UNCLEAR = "公式“{}”不能写成一行，可能读错；请改用普通文字"
_BELOW = "下标“{}”紧跟在数字后面，读成了数的一部分；如是注号，请把它移开"
_OBJECT = "有嵌入的对象（如公式），里面的内容没有读入；请改用普通文字"
_EQUATION = "有用域代码（EQ）画的分式或符号，没有读入；请改用普通文字"


class _Raised(str):
    """Text that is raised above its line."""

    __slots__ = ()


class _Lowered(str):
    """Text that is lowered below its line."""

    __slots__ = ()


class ParagraphText(NamedTuple):
    """The text of a paragraph, the text boxes anchored in it, why the text may be wrong, and what was not read."""

    text: str
    boxes: list[etree._Element]
    doubt: str = ""
    gone: Sequence[tuple[str, str]] = ()  # kinds of what was left out or drawn over it, each with its text
    picture: bool = False  # one in the line of the text


class TextReader:
    """Reads the paragraphs of one part of a document; `left_out` collects what of them is not read."""

    def __init__(self, root: etree._Element, package: Package, styles: str) -> None:
        self.left_out = LeftOut()
        self._looks = Looks(root, package, styles)
        self._symbols = set(cast("list[etree._Element]", _SYMBOL_RUNS(root)))
        self._marks = set(note_marks(root))
        self._prompts = {run: bool(_typed(control)) for control in prompting(root) for run in control.iter(RUN)}
        self._special = self._looks.runs | self._symbols | self._marks | self._prompts.keys()
        self._equations = set(equations(root))
        self._over = dict(over_text(root))
        if next(root.iter(_CHUNK), None) is not None:
            self.left_out.add("chunk")
        for paragraph, kind in self._over.items():
            if kind == COVERED and next(paragraph.iterancestors(CELL), None) is None and not has_text(paragraph):
                self.left_out.add("behind")
        for deleted in root.iter(W + "delText"):
            self.left_out.add("deleted", deleted.text or "")
        for moved in root.iter(W + "moveFrom"):
            self.left_out.add("deleted", "".join(each.text or "" for each in moved.iter(TEXT)))
        for control in prompting(root):
            self.left_out.add("prompt", _typed(control))

    def paragraph(self, paragraph: etree._Element) -> ParagraphText:
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
            self.left_out.add("struck", "".join(gone for kind, gone in into.gone if kind == "struck"))
        return ParagraphText(_CONTROL.sub("", text), into.boxes, doubt, into.gone, bool(into.drawn))

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
            elif tag == FORMULA:
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
            self._note_unread(run, drawn, text, into)
            return
        font = _font(run) if run in self._symbols else ""
        for piece in inside.pieces:
            shown = symbols(font, piece) if font and isinstance(piece, str) else piece
            if isinstance(shown, str) and (drawn.raised or drawn.lowered):
                shown = _Raised(shown) if drawn.raised else _Lowered(shown)
            into.pieces.append(shown)

    def _note_unread(self, run: etree._Element, drawn: Drawn, text: str, into: _Gathered) -> None:
        """Notes why a run is not read."""
        if run in self._prompts:
            into.gone.extend([("prompt", text)] if self._prompts[run] else ())
        elif run in self._marks or not text.strip():
            return
        elif drawn.hidden:
            self.left_out.add("hidden")
        elif drawn.struck:
            into.gone.append(("struck", text))
        else:
            into.gone.append(("unseen", text))
            self.left_out.add("unseen", text)

    def _leave_out_picture(self, picture: etree._Element, into: _Gathered) -> None:
        """Notes a picture or an object, and that it takes the place of letters."""
        self.left_out.add(_PICTURES[picture.tag])
        if picture.tag == _OBJECT_TAG or next(picture.iterancestors(_IN_LINE), None) is not None:
            into.drawn.append(_PICTURES[picture.tag])


class _Gathered(NamedTuple):
    """The contents of a paragraph: text and marks of fields, text boxes, texts left out, kinds of pictures."""

    pieces: list[_Piece]
    boxes: list[etree._Element]
    gone: list[tuple[str, str]]
    drawn: list[str]


def _typed(control: etree._Element) -> str:
    """The text of a prompt that may be what somebody filled in; "" for one that asks for something."""
    text = "".join(each.text or "" for each in control.iter(TEXT))
    return "" if asks_for_content(text) else text


def _shown_text(found: list[_Piece]) -> tuple[str, str]:
    """Returns the text that the pieces of a paragraph show, without instructions of fields, and why it may be wrong."""
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
    if element.get(SPACE) != "preserve" and element.tag == TEXT:
        text = text.strip(_BLANK_SIGNS)
    return text.replace("\r\n", " ").replace("\n", " ") if "\n" in text else text


def _symbol_of(element: etree._Element) -> str:
    code = element.get(W + "char", "")
    return symbol(element.get(W + "font", ""), int(code, 16)) if re.fullmatch("[0-9A-Fa-f]{1,6}", code) else UNKNOWN


_LEAVES: dict[str, Callable[[etree._Element], str]] = {
    TEXT: _shown,
    _MATH_TEXT: _shown,
    W + "sym": _symbol_of,
    W + "br": lambda _: "\n",
    W + "cr": lambda _: "\n",
    W + "tab": lambda _: "\t",
    W + "ptab": lambda _: "\t",
    W + "noBreakHyphen": lambda _: "-",
}
