"""Makes office files from XML written in the tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_WORD = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
_SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
_ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)

Parts = Mapping[str, str | bytes]


def zipped(parts: Parts) -> bytes:
    """A zip file of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return buffer.getvalue()


def _word_parts(body: str) -> dict[str, str]:
    return {
        "_rels/.rels": f'<Relationships {_PACKAGE}><Relationship Id="r" Type="{_RELATION}/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"{_DECLARATION}<w:document {_WORD}><w:body>{body}</w:body></w:document>",
    }


def _book_parts(
    sheet: str, *, strings: str = "", styles: str = "", book: str = "", state: str = "visible"
) -> dict[str, str]:
    return {
        "_rels/.rels": f'<Relationships {_PACKAGE}><Relationship Id="r" Type="{_RELATION}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f"<Relationships {_PACKAGE}>"
        f'<Relationship Id="a" Type="{_RELATION}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="s" Type="{_RELATION}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
        f'<Relationship Id="t" Type="{_RELATION}/styles" Target="styles.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {_SHEET} xmlns:r="{_RELATION}">{book}<sheets>'
        f'<sheet name="自评表" sheetId="1" state="{state}" r:id="a"/></sheets></workbook>',
        "xl/sharedStrings.xml": f"<sst {_SHEET}>{strings}</sst>",
        "xl/styles.xml": f"<styleSheet {_SHEET}>{styles}</styleSheet>",
        "xl/worksheets/sheet1.xml": f"{_DECLARATION}<worksheet {_SHEET}>{sheet}</worksheet>",
    }


def _ods_parts(tables: str, styles: str = "") -> dict[str, str]:
    return {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": f"{_DECLARATION}<office:document-content {_ODF}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>",
    }


@pytest.fixture(scope="session")
def zip_of() -> Callable[[Parts], bytes]:
    """Makes a zip file of parts by name."""
    return zipped


@pytest.fixture(scope="session")
def word_parts() -> Callable[[str], dict[str, str]]:
    """The parts of a Word file, from the XML of its body."""
    return _word_parts


@pytest.fixture(scope="session")
def book_parts() -> Callable[..., dict[str, str]]:
    """The parts of a workbook of one sheet, from the XML inside its worksheet element."""
    return _book_parts


@pytest.fixture(scope="session")
def ods_parts() -> Callable[..., dict[str, str]]:
    """The parts of an OpenDocument workbook, from the XML of its tables."""
    return _ods_parts


@pytest.fixture(scope="session")
def files() -> Path:
    """form.xlsx and drawn.xlsx, what LibreOffice made of them as .xls and .ods, and western.xls with GBK text."""
    return Path(__file__).parent / "files"
