"""Letters from a Word file with placeholders: {{单位}} anywhere, {{问题.内容}} in a table row that repeats a finding.

A template is text to be filled in and nothing else: it holds no expressions, and what is filled in is escaped, so that
neither the template nor a form can make the tool do anything. It is parsed once; a letter then takes milliseconds.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from lxml import etree

from perfeval_lint.errors import UsageError
from perfeval_lint.form.nearest import did_you_mean
from perfeval_lint.read.package import BROKEN_ZIP

LETTER: Final = (
    *("主管部门", "单位", "年度", "张数", "有问题张数", "问题数", "错误数", "警告数", "提示数"),
    *("未列说明", "期限", "发文单位", "日期"),
)
FINDING: Final = (
    *("问题.序号", "问题.年度", "问题.项目", "问题.表式", "问题.级别", "问题.规则", "问题.位置"),
    *("问题.内容", "问题.改法", "问题.依据", "问题.文件"),
)
_MOST = 20_000_000  # bytes of a template
_DATE = (1980, 1, 1, 0, 0, 0)  # the same content gives the same file
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_FILLED = re.compile(r"word/(?:document|header[0-9]*|footer[0-9]*|footnotes|endnotes)\.xml")
_PLACE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_ROW = re.compile(r"<\?finding begin\?>(.*?)<\?finding end\?>", re.DOTALL)
_MARK = re.compile("\ufdd0([^\ufdd1]*)\ufdd1")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'


@dataclass(frozen=True, slots=True)
class _Text:
    """XML with the names of placeholders at every odd place."""

    pieces: tuple[str, ...]

    def filled(self, values: Mapping[str, str]) -> str:
        """Returns the XML with the values in it."""
        return "".join(values[piece] if number % 2 else piece for number, piece in enumerate(self.pieces))


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the file: texts, those at odd places rows that repeat."""

    name: str
    texts: tuple[_Text, ...]

    def filled(self, values: Mapping[str, str], findings: Sequence[Mapping[str, str]]) -> bytes:
        """Returns the part of one letter."""
        return "".join(self._pieces(values, findings)).encode()

    def _pieces(self, values: Mapping[str, str], findings: Sequence[Mapping[str, str]]) -> Iterator[str]:
        for number, text in enumerate(self.texts):
            if number % 2:
                yield from (text.filled({**values, **finding}) for finding in findings)
            else:
                yield text.filled(values)


class Template:
    """A template, read; raises UsageError, all its mistakes at once, where it cannot be one."""

    def __init__(self, data: bytes, name: str) -> None:
        if len(data) > _MOST:
            raise UsageError(f"{name} 超过 {_MOST // 1_000_000} MB，不像整改通知的模板")
        self._name = name
        self._kept: list[tuple[str, bytes]] = []
        self._parts: list[_Part] = []
        problems: list[str] = []
        for part, content in self._entries(data):
            if _FILLED.fullmatch(part):
                root = self._parsed(content, part)
                problems += _prepare(root)
                self._parts.append(_Part(part, tuple(_split(root))))
            else:
                self._kept.append((part, content))
        if problems:
            raise UsageError(f"{name} 里的占位符有误：\n" + "\n".join(dict.fromkeys(problems)))
        if not any(part.name == "word/document.xml" for part in self._parts):
            raise UsageError(f"{name} 不是 Word 文件（.docx）")

    def _entries(self, data: bytes) -> Iterator[tuple[str, bytes]]:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                entries = archive.infolist()
                if sum(entry.file_size for entry in entries) > 5 * _MOST:
                    raise UsageError(f"{self._name} 解开以后太大，不像整改通知的模板")
                for entry in entries:
                    if not entry.is_dir():
                        yield entry.filename, archive.read(entry)
        except BROKEN_ZIP:
            raise UsageError(f"{self._name} 不是 Word 文件（.docx），或者损坏、加密了") from None

    def _parsed(self, content: bytes, part: str) -> etree._Element:
        try:
            return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, remove_pis=True))
        except (etree.XMLSyntaxError, ValueError):
            raise UsageError(f"{self._name} 里的 {part} 不是完整的 XML") from None

    def letter(self, values: Mapping[str, str], findings: Sequence[Mapping[str, str]]) -> bytes:
        """Returns the bytes of a .docx with values by the names in LETTER, and a row a finding by those in FINDING."""
        safe = {name: _xml(text) for name, text in values.items()}
        rows = [{name: _xml(text) for name, text in finding.items()} for finding in findings]
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self._kept:
                _put(archive, name, content)
            for part in self._parts:
                _put(archive, part.name, part.filled(safe, rows))
        return target.getvalue()


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # the same on every machine
    archive.writestr(entry, content)


def _xml(text: str) -> str:
    """Returns a text as XML for w:t."""
    return escape(_UNPRINTABLE.sub("", text), quote=False).replace("\n", _BREAK)


def _prepare(root: etree._Element) -> list[str]:
    """Marks placeholders and the rows that repeat; returns what is wrong with them."""
    problems = []
    for paragraph in root.iter(f"{_W}p"):
        texts = [text for text in paragraph.iter(f"{_W}t") if next(text.iterancestors(f"{_W}p")) is paragraph]
        for name in _gather(texts):
            row = next(paragraph.iterancestors(f"{_W}tr"), None)
            if name not in (*LETTER, *FINDING):
                problems.append(f"没有“{{{{{name}}}}}”{did_you_mean(name, (*LETTER, *FINDING))}")
            elif name in FINDING and row is None:
                problems.append(f"“{{{{{name}}}}}”只能写在表格的一行里，这一行会按问题重复")
            elif name in FINDING and row is not None:
                _mark_row(row)
    return problems


def _gather(texts: Sequence[etree._Element]) -> list[str]:
    """Puts each placeholder of a paragraph whole, and marked, into the text where it begins, as Word may have cut it.

    Returns the placeholders' names.
    """
    whole = "".join(text.text or "" for text in texts)
    found = list(_PLACE.finditer(whole))
    start = 0
    for text in texts:
        length = len(text.text or "")
        end = start + length
        kept, position = [], start
        for match in found:
            if match.end() <= position or match.start() >= end:
                continue
            kept.append(whole[position : max(match.start(), position)])
            if match.start() >= start:
                kept.append(f"\ufdd0{match[1]}\ufdd1")
            position = match.end()
        kept.append(whole[position:end] if position < end else "")
        text.text = "".join(kept)
        text.set(_SPACE, "preserve")
        start = end
    return [match[1] for match in found]


def _mark_row(row: etree._Element) -> None:
    if row.getprevious() is not None and getattr(row.getprevious(), "target", None) == "finding":
        return
    row.addprevious(etree.ProcessingInstruction("finding", "begin"))
    tail, row.tail = row.tail, None
    row.addnext(etree.ProcessingInstruction("finding", "end"))
    after = row.getnext()
    if after is not None:
        after.tail = tail


def _split(root: etree._Element) -> Iterator[_Text]:
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    for piece in _ROW.split(head + etree.tostring(root, encoding="unicode")):
        yield _Text(tuple(_MARK.split(piece)))
