"""Notes and doubts about the parts of a Word file that are not read, or may be hidden by what is drawn over them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from perfeval_lint.read.unseen import PICTURED, WHOLLY_STRUCK, short
from perfeval_lint.read.word.over import COVERED, CROSSED
from perfeval_lint.read.word.symbol import UNKNOWN

_NOTES = {
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
_QUOTED = 3  # texts left out that a note quotes
_BLANK = {  # why a cell is blank, by what was left out of it
    "struck": WHOLLY_STRUCK,
    "unseen": "单元格里的“{}”字色与底色相同，看不见，没有读入；请核对，并改为看得见的颜色",
    "prompt": "单元格里的“{}”标明是提示文字，没有读入；已经填写的请重新输入",
}
_OVER = {
    COVERED: "有填了颜色的图形浮在这一格的文字上面，文字可能被盖住；请核对",
    CROSSED: "有线条画在这一格的文字上面，文字可能已经划掉；请核对",
}


class LeftOut:
    """Collects the contents of one part of a document that are not read, in the order they are met."""

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {}

    def notes(self) -> Iterator[str]:
        """Yields a sentence for each kind of content that was left out."""
        for key, texts in self._texts.items():
            named = "、".join(f"“{short(text)}”" for text in dict.fromkeys(texts[:_QUOTED]))
            yield _NOTES[key].format(f"：{named}{'等' if len(texts) > _QUOTED else ''}" if named else "")

    def add(self, key: str, text: str | None = None) -> None:
        """Adds something that is not read, by its key in _NOTES; a blank text says nothing."""
        if text is None:
            self._texts.setdefault(key, [])
        elif text.strip():
            self._texts.setdefault(key, []).append(text)


def doubt_of(text: str, gone: Sequence[tuple[str, str]], *, picture: bool) -> str:
    """Returns why the text of a cell may be wrong, given what was left out of it or drawn; "" where it is not."""
    if gone or picture:
        doubt = _why_written(gone) if text.strip() else _why_blank(gone, picture=picture)
        if doubt:
            return doubt
    return "有认不出的符号字体字符，读作“�”；请改用普通字符" if UNKNOWN in text else ""


def _why_written(gone: Sequence[tuple[str, str]]) -> str:
    """Returns why a text that is shown may be wrong."""
    return next((doubt for kind, doubt in _OVER.items() if (kind, "") in gone), "")


def _why_blank(gone: Sequence[tuple[str, str]], *, picture: bool) -> str:
    """Returns why a cell that seems blank may not be, given what was left out of it."""
    for kind, doubt in _BLANK.items():
        left_out = "".join(each for of, each in gone if of == kind)
        if left_out.strip():
            return doubt.format(short(left_out))
    return PICTURED if picture else ""
