"""The letter used where the bureau gives no template of its own: an official letter, its findings on wide pages.

Margins, type and line spacing are those of official documents (GB/T 9704); where a computer lacks their typefaces it
takes the ones named beside them.
"""

from __future__ import annotations

import io
import zipfile
from html import escape
from typing import Final

TITLE: Final = ("方正小标宋简体", "华文中宋")
BODY: Final = ("仿宋_GB2312", "仿宋")
HEADING: Final = ("黑体", "SimHei")
_NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_TWIPS = 1440 / 2.54  # a centimetre
_COLUMNS = (
    ("序号", 1.4, "{{问题.序号}}"),
    ("项目", 4.0, "{{问题.项目}}"),
    ("级别", 1.4, "{{问题.级别}}"),
    ("位置", 4.5, "{{问题.位置}}"),
    ("问题", 5.9, "{{问题.规则}}　{{问题.内容}}"),
    ("怎么改", 4.2, "{{问题.改法}}"),
    ("依据", 4.3, "{{问题.依据}}"),
)
_PARAGRAPHS = (
    "按照预算绩效管理工作安排，我们审核了你单位报送的{{张数}}张绩效自评表（{{年度}}年度），其中{{有问题张数}}张存在问题，"
    "共{{问题数}}条：错误{{错误数}}条，警告{{警告数}}条。问题清单附后。",
    "请逐条核对。属于错误的，按“怎么改”一栏更正；属于警告、经核实无误的，请在表上的偏差原因或说明栏写明理由。"
    "请于{{期限}}前将更正后的自评表报送我们。{{未列说明}}",
)


def default_template() -> bytes:
    """Returns the bytes of the template, a .docx; the same every time."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _parts():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return target.getvalue()


def _parts() -> tuple[tuple[str, str], ...]:
    xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    inside = (("rId1", "styles"), ("rId2", "fontTable"), ("rId3", "footer"))
    types = "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="{kind}.{name}+xml"/>'
        for part, name in (
            ("document", "document.main"),
            ("styles", "styles"),
            ("fontTable", "fontTable"),
            ("footer1", "footer"),
        )
    )
    links = "".join(
        f'<Relationship Id="{number}" Type="{relation}/{name}" Target="{name}{"1" if name == "footer" else ""}.xml"/>'
        for number, name in inside
    )
    return (
        (
            "[Content_Types].xml",
            f'{xml}<Types xmlns="{package}/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
        ),
        (
            "_rels/.rels",
            f'{xml}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{relation}/officeDocument" Target="word/document.xml"/></Relationships>',
        ),
        ("word/document.xml", f"{xml}<w:document {_NAMES}><w:body>{_body()}</w:body></w:document>"),
        (
            "word/_rels/document.xml.rels",
            f'{xml}<Relationships xmlns="{package}/relationships">{links}</Relationships>',
        ),
        ("word/styles.xml", xml + _styles()),
        ("word/fontTable.xml", xml + _fonts()),
        ("word/footer1.xml", xml + _footer()),
    )


def _body() -> str:
    lines = [
        _paragraph("关于{{年度}}年度绩效自评表\n审核问题的整改通知", "Title"),
        _paragraph("{{单位}}：", "Salutation"),
        *(_paragraph(text, "Body") for text in _PARAGRAPHS),
        _paragraph("附件：绩效自评表审核问题清单", "Body"),
        _paragraph("", "Body"),
        _paragraph("{{发文单位}}", "Signature"),
        _paragraph("{{日期}}", "Signature"),
        f"<w:p><w:pPr>{_section(3.7, 3.5, 2.8, 2.6)}</w:pPr></w:p>",
        _paragraph("附件", "Annex"),
        _paragraph("绩效自评表审核问题清单", "AnnexTitle"),
        _table(),
        _paragraph("", "Cell"),
        _section(2.0, 2.0, 2.0, 2.0, wide=True),
    ]
    return "".join(lines)


def _paragraph(text: str, style: str) -> str:
    """Returns a paragraph, with a break where the text has one: a title must not be broken inside a word."""
    lines = [f'<w:t xml:space="preserve">{escape(line, quote=False)}</w:t>' for line in text.split("\n") if line]
    run = f"<w:r>{'<w:br/>'.join(lines)}</w:r>" if lines else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{run}</w:p>'


def _section(top: float, bottom: float, left: float, right: float, *, wide: bool = False) -> str:
    size = 'w:w="16838" w:h="11906" w:orient="landscape"' if wide else 'w:w="11906" w:h="16838"'
    sides = (("top", top), ("right", right), ("bottom", bottom), ("left", left), ("header", 1.5), ("footer", 1.75))
    margins = " ".join(f'w:{side}="{round(width * _TWIPS)}"' for side, width in sides)
    return (
        f'<w:sectPr><w:footerReference w:type="default" r:id="rId3"/><w:pgSz {size}/>'
        f'<w:pgMar {margins} w:gutter="0"/></w:sectPr>'
    )


def _table() -> str:
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    widths = [round(width * _TWIPS) for _, width, _ in _COLUMNS]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    head = "".join(_cell(name, width, "CellHead") for (name, _, _), width in zip(_COLUMNS, widths, strict=True))
    row = "".join(_cell(text, width, "Cell") for (_, _, text), width in zip(_COLUMNS, widths, strict=True))
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>"
        f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{row}</w:tr></w:tbl>"
    )


def _cell(text: str, width: int, style: str) -> str:
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f"{_paragraph(text, style)}</w:tc>"
    )


def _styles() -> str:
    """Sizes are half points, spacing twentieths of a point: text of 16 points on lines of 28."""
    body = f'<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{BODY[0]}"/>'
    styles = (
        ("Title", "标题", TITLE[0], 44, _look(600, "center", before=560, after=560)),
        ("Salutation", "称呼", BODY[0], 32, _look(560)),
        ("Body", "正文段落", BODY[0], 32, _look(560, "both", '<w:ind w:firstLineChars="200" w:firstLine="640"/>')),
        ("Signature", "落款", BODY[0], 32, _look(560, "right", '<w:ind w:rightChars="200" w:right="640"/>')),
        ("Annex", "附件", HEADING[0], 32, _look(480)),
        ("AnnexTitle", "附件标题", TITLE[0], 32, _look(480, "center", after=160)),
        ("CellHead", "表头", HEADING[0], 21, _look(290, "center", before=40, after=40)),
        ("Cell", "表格文字", BODY[0], 21, _look(290, before=20, after=20)),
    )
    rest = "".join(
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{name}"><w:name w:val="{shown}"/>'
        f'<w:basedOn w:val="Normal"/><w:pPr>{look}</w:pPr><w:rPr><w:rFonts w:eastAsia="{font}"/>'
        f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr></w:style>'
        for name, shown, font, size, look in styles
    )
    return (
        f'<w:styles {_NAMES}><w:docDefaults><w:rPrDefault><w:rPr>{body}<w:sz w:val="32"/>'
        f'<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults>'
        f'<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
        f"{rest}</w:styles>"
    )


def _look(line: int, align: str = "left", indent: str = "", *, before: int = 0, after: int = 0) -> str:
    spacing = f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="exact"/>'
    return f'{spacing}{indent}<w:jc w:val="{align}"/>'


def _fonts() -> str:
    pairs = (TITLE, BODY, HEADING)
    fonts = "".join(f'<w:font w:name="{name}"><w:altName w:val="{other}"/></w:font>' for name, other in pairs)
    return f"<w:fonts {_NAMES}>{fonts}</w:fonts>"


def _footer() -> str:
    field = "".join(
        f"<w:r>{inside}</w:r>"
        for inside in (
            '<w:t xml:space="preserve">— </w:t>',
            '<w:fldChar w:fldCharType="begin"/>',
            '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
            '<w:fldChar w:fldCharType="end"/>',
            '<w:t xml:space="preserve"> —</w:t>',
        )
    )
    return f'<w:ftr {_NAMES}><w:p><w:pPr><w:pStyle w:val="CellHead"/></w:pPr>{field}</w:p></w:ftr>'
