"""Word files made from XML written in the tests, notes to write into them, and what then stands in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from perfeval_lint.annotate.remarks import Notes, Remark
from perfeval_lint.form.origin import Origin, Paragraph
from perfeval_lint.rule.model import Severity

USUAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
USUAL_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATION = "http://purl.oclc.org/ooxml/officeDocument/relationships"
MICROSOFT = "http://schemas.microsoft.com/office/2011/relationships"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
FIRST = Paragraph(1)
HERE = 'w:id="here"'  # marks the cell a comment should stand in
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_NAMESPACES = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" mc:Ignorable="w14"'
)

Parts = dict[str, str | bytes]


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip file of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return buffer.getvalue()


def document(body: str, namespace: str = USUAL) -> str:
    """The XML of a main part with that body."""
    head = f'{DECLARATION}<w:document xmlns:w="{namespace}" {_NAMESPACES}>'
    return f"{head}<w:body>{body}<w:sectPr/></w:body></w:document>"


def relations(*each: tuple[str, str]) -> str:
    """The XML of a part of relations, each a type and a target."""
    items = (f'<Relationship Id="r{n}" Type="{kind}" Target="{to}"/>' for n, (kind, to) in enumerate(each))
    return f'{DECLARATION}<Relationships xmlns="{_RELATIONS}">{"".join(items)}</Relationships>'


def types(main: str = "word/document.xml", main_type: str = MAIN_TYPE, **parts: str) -> str:
    """The XML of [Content_Types].xml for a main part, and further parts of word/ by the stem of their names."""
    others = "".join(f'<Override PartName="/word/{stem}.xml" ContentType="{each}"/>' for stem, each in parts.items())
    return (
        f'{DECLARATION}<Types xmlns="{_TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{main}" ContentType="{main_type}"/>{others}</Types>'
    )


def word(body: str) -> bytes:
    """The smallest whole Word file of that body."""
    return zipped(word_parts(body))


def word_parts(body: str, namespace: str = USUAL, main: str = "word/document.xml") -> Parts:
    """The parts of the smallest whole Word file, by name."""
    relation = STRICT_RELATION if namespace == STRICT else USUAL_RELATION
    return {
        "[Content_Types].xml": types(main),
        "_rels/.rels": relations((f"{relation}/officeDocument", main)),
        main: document(body, namespace),
    }


def p(text: str) -> str:
    """A paragraph."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def tc(content: str, properties: str = "", mark: str = "") -> str:
    """A cell of text or of blocks."""
    head = f"<w:tc {mark}>" if mark else "<w:tc>"
    held = f"<w:tcPr>{properties}</w:tcPr>" if properties else "<w:tcPr/>"
    return f"{head}{held}{content if content.startswith('<') else p(content)}</w:tc>"


def tr(*cells: str) -> str:
    """A row."""
    return f"<w:tr>{''.join(cells)}</w:tr>"


def tbl(*rows: str) -> str:
    """A table."""
    return f"<w:tbl><w:tblPr/>{''.join(rows)}</w:tbl>"


def remark(origin: Origin, message: str = "多 3.5 万元") -> Remark:
    """A remark at a place."""
    words = "项目资金·全年执行数"
    return Remark(origin, Severity.ERROR, "PE101 执行数超过预算数", words, message, "核对两个数。", ("表内勾稽",))


def notes(*origins: Origin, at: Origin = FIRST) -> list[Notes]:
    """The notes on a form that begins at `at`, with a remark at each place."""
    return [Notes(("绩效自评审核：错误 1 处", "检查 10 处"), at, tuple(remark(origin) for origin in origins))]


@dataclass(frozen=True)
class Comment:
    """A comment as it stands in a file: its number, author and lines, and its three marks in the text."""

    number: str
    author: str
    lines: list[str]
    marks: dict[str, etree._Element]

    def cells(self) -> set[str | None]:
        """The ids of the cells its marks stand in."""
        found = (next(mark.iterancestors("{*}tc"), None) for mark in self.marks.values())
        return {None if cell is None else next(iter(cell.attrib.values()), "") for cell in found}

    def covers(self) -> str:
        """The text between its first and last mark."""
        root = next(iter(self.marks.values())).getroottree()
        order = list(root.iter("*"))
        first, last = (order.index(self.marks[name]) for name in ("commentRangeStart", "commentRangeEnd"))
        return "".join(each.text or "" for each in order[first:last] if etree.QName(each).localname == "t")


def comments_of(data: bytes, main: str = "word/document.xml", part: str = "word/comments.xml") -> list[Comment]:
    """The comments of a Word file in the order of their part."""
    root = etree.fromstring(part_of(data, main))
    marks: dict[str, dict[str, etree._Element]] = {}
    for mark in root.iter("{*}commentRangeStart", "{*}commentRangeEnd", "{*}commentReference"):
        marks.setdefault(mark.get(_in(mark, "id"), ""), {})[etree.QName(mark).localname] = mark
    found = []
    for each in etree.fromstring(part_of(data, part)):
        lines = ["".join(text.text or "" for text in line.iter("{*}t")) for line in each.iter("{*}p")]
        number = each.get(_in(each, "id"), "")
        found.append(Comment(number, each.get(_in(each, "author"), ""), lines, marks.get(number, {})))
    return found


def part_of(data: bytes, name: str) -> bytes:
    """The bytes of a part."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name)


def canonical(data: bytes, name: str = "word/document.xml") -> bytes:
    """A part in canonical XML."""
    return etree.tostring(etree.fromstring(part_of(data, name)), method="c14n")


def _in(element: etree._Element, name: str) -> str:
    return f"{{{etree.QName(element).namespace}}}{name}"
