"""Word files read as they are drawn: letters by their look, cells by their columns, what stands outside the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from perfeval_lint.errors import UnreadableFile
from perfeval_lint.form.model import Document
from perfeval_lint.form.origin import TableCell
from perfeval_lint.read.model import Grid, Line, Margin, Reading
from perfeval_lint.read.word.docx import read_docx
from perfeval_lint.recognise.convert import convert

Parts = dict[str, str]
Make = Callable[..., bytes]

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_KINDS = {"h": "header", "f": "footer", "s": "styles", "n": "footnotes", "e": "endnotes", "t": "settings"}
_TAGS = {"header": "hdr", "footer": "ftr"}
STYLES = (
    '<w:style w:type="character" w:styleId="old"><w:rPr><w:strike/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="older"><w:basedOn w:val="old"/><w:rPr><w:b/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="mark"><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
    "<w:style w:type='character' w:styleId='quoted'><w:rPr><w:vertAlign w:val='superscript'/></w:rPr></w:style>"
    '<w:style w:type="character" w:styleId="tiny"><w:rPr><w:sz w:val="2"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="draft"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="gone"><w:rPr><w:dstrike/></w:rPr></w:style>'
    '<w:style w:type="table" w:styleId="dark"><w:tcPr><w:shd w:val="clear" w:fill="1F4E79"/></w:tcPr></w:style>'
    '<w:style w:type="character" w:styleId="loop"><w:basedOn w:val="loop"/></w:style>'
)


@pytest.fixture
def make(zip_of: Callable[[Parts], bytes], word_parts: Callable[[str], Parts]) -> Make:
    """A Word file of a body and further parts by name: h1 a header, f1 a footer, s styles; None: named, not there."""

    def made(body: str, **parts: str | None) -> bytes:
        files = word_parts(body)
        relations = ""
        for name, content in parts.items():
            kind = _KINDS[name[0]]
            relations += f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{name}.xml"/>'
            if content is not None:
                tag = _TAGS.get(kind, kind)
                files[f"word/{name}.xml"] = f'<w:{tag} xmlns:w="{_WORD}">{content}</w:{tag}>'
        files["word/_rels/document.xml.rels"] = f'<Relationships xmlns="{_RELATIONS}">{relations}</Relationships>'
        return zip_of(files)

    return made


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def styled(style: str, text: str, more: str = "") -> str:
    return r(text, f'<w:rStyle w:val="{style}"/>{more}')


def tc(content: str, properties: str = "") -> str:
    content = content if content.startswith("<") else r(content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{content}</w:p></w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def tbl(*rows: str, grid: tuple[int, ...] = (), properties: str = "") -> str:
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in grid)
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"


def shade(fill: str) -> str:
    return f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>'


def cells(reading: Reading) -> list[tuple[int, int, int, int, str]]:
    (grid,) = (block for block in reading.blocks if isinstance(block, Grid))
    return [(cell.row, cell.column, cell.rows, cell.columns, cell.text) for cell in grid.cells]


def doubts(reading: Reading) -> dict[str, str]:
    (grid,) = (block for block in reading.blocks if isinstance(block, Grid))
    return {cell.text: cell.doubt for cell in grid.cells if cell.doubt}


def read_cell(data: bytes) -> tuple[str, str, list[str]]:
    """The text of the one cell of a file, its doubt and the notes."""
    reading = read_docx(data, "a.docx")
    ((*_, text),) = cells(reading)
    return text, doubts(reading).get(text, ""), [note.message for note in reading.notes]


# --- letters ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "text", "doubt"),
    [
        (r("57.00") + r("2", '<w:vertAlign w:val="superscript"/>'), "57.00", ""),
        (r("125") + styled("mark", "3") + r("人"), "125人", "上标“3”"),
        (r("125人") + r("①", '<w:position w:val="12"/>'), "125人", ""),
        (r("520m") + styled("mark", "2"), "520m²", ""),
        (r("125") + styled("mark", "3", '<w:vertAlign w:val="baseline"/>') + r("人"), "1253人", ""),
        (r("12") + r("5", '<w:position w:val="2"/>'), "125", ""),
        (r("57.00") + r("5", '<w:position w:val="3"/><w:sz w:val="12"/>'), "57.00", ""),
        (r("57.00") + styled("quoted", "5"), "57.00", ""),
        (r("57.00") + r("5", '<w:vertAlign w:val="subscript"/>'), "57.005", "下标“5”"),
        (r("57.00") + r("5", '<w:position w:val="-6"/>'), "57.005", "下标“5”"),
        (r("CO") + r("2", '<w:vertAlign w:val="subscript"/>'), "CO2", ""),
    ],
)
def test_raised_letters(make: Make, content: str, text: str, doubt: str) -> None:
    found, why, _ = read_cell(make(tbl(tr(tc(content))), s=STYLES))
    assert found == text
    assert bool(why) == bool(doubt)
    assert doubt in why


@pytest.mark.parametrize(
    "struck",
    [
        r("97%", "<w:strike/>"),
        r("97%", "<w:dstrike/>"),
        r("97%", '<w:strike w:val="false"/><w:dstrike/>'),
        styled("old", "97%"),
        styled("older", "97%"),
    ],
)
def test_struck_text_is_left_out_and_quoted(make: Make, struck: str) -> None:
    text, doubt, (note,) = read_cell(make(tbl(tr(tc(struck + r("98.5%")))), s=STYLES))
    assert (text, doubt) == ("98.5%", "")
    assert "划掉" in note
    assert "“97%”" in note


@pytest.mark.parametrize(
    "shown",
    [r("97%", '<w:strike w:val="0"/>'), styled("older", "97%", '<w:strike w:val="off"/>'), styled("loop", "97%")],
)
def test_what_is_switched_off_or_says_nothing_is_read(make: Make, shown: str) -> None:
    assert read_cell(make(tbl(tr(tc(shown))), s=STYLES)) == ("97%", "", [])


def test_a_cell_struck_out_as_a_whole_is_doubted(make: Make) -> None:
    body = tbl(tr(tc('<w:pPr><w:pStyle w:val="gone"/></w:pPr>' + r("57万") + r("元"))))
    text, doubt, _ = read_cell(make(body, s=STYLES))
    assert text == ""
    assert "“57万元”" in doubt


def test_deleted_text_is_named(make: Make) -> None:
    deleted = "<w:del><w:r><w:delText>97%</w:delText></w:r></w:del>"
    text, doubt, (note,) = read_cell(make(tbl(tr(tc(deleted + r("98.5%"))))))
    assert (text, doubt) == ("98.5%", "")
    assert "“97%”" in note


def test_moved_text_is_named_where_it_stood(make: Make) -> None:
    text, _, (note,) = read_cell(make(tbl(tr(tc(f"<w:moveFrom>{r('97%')}</w:moveFrom>")))))
    assert text == ""
    assert "“97%”" in note


@pytest.mark.parametrize("tiny", [r("1", '<w:sz w:val="2"/>'), styled("tiny", "1")])
def test_letters_too_small_to_be_seen_are_left_out_and_named(make: Make, tiny: str) -> None:
    text, _, (note,) = read_cell(make(tbl(tr(tc(tiny + r("98%", '<w:sz w:val="18"/>')))), s=STYLES))
    assert text == "98%"
    assert "隐藏" in note


def test_text_hidden_by_the_style_of_its_paragraph(make: Make) -> None:
    body = tbl(tr(tc('<w:pPr><w:pStyle w:val="draft"/></w:pPr>' + r("旧稿") + r("新稿", '<w:vanish w:val="0"/>'))))
    text, _, (note,) = read_cell(make(body, s=STYLES))
    assert text == "新稿"
    assert "隐藏" in note


WHITE = r("97%", '<w:color w:val="FFFFFF"/>')


@pytest.mark.parametrize(
    "body",
    [
        tbl(tr(tc(WHITE))),
        tbl(tr(tc(WHITE, shade("FFFFFF")))),
        tbl(tr(tc(r("97%", '<w:color w:val="FDFDFD"/>')))),
        tbl(tr(tc(r("97%", '<w:color w:val="F2F2F2"/>')))),
        tbl(tr(tc(r("97%", '<w:color w:val="1F4E79"/>'), shade("1F4E79")))),
        tbl(tr(tc(r("97%", '<w:color w:val="FFFFFF"/><w:highlight w:val="white"/>')))),
        tbl(tr(tc(r("97%", '<w:color w:val="000000"/><w:highlight w:val="black"/>')))),
        tbl(tr(tc(r("97%", '<w:highlight w:val="black"/>')))),
    ],
)
def test_text_in_the_colour_of_its_ground_is_left_out_and_quoted(make: Make, body: str) -> None:
    text, doubt, (note,) = read_cell(make(body))
    assert text == ""
    assert "“97%”字色与底色相同" in doubt
    assert "“97%”" in note


def test_text_beside_what_is_unseen_is_read(make: Make) -> None:
    text, doubt, (note,) = read_cell(make(tbl(tr(tc(r("98%") + WHITE)))))
    assert (text, doubt) == ("98%", "")
    assert "“97%”" in note


@pytest.mark.parametrize(
    "body",
    [
        tbl(tr(tc(WHITE, shade("1F4E79")))),
        tbl(tr(tc(WHITE)), properties='<w:tblStyle w:val="dark"/>'),
        tbl(tr(tc(WHITE)), properties=shade("1F4E79")),
        tbl(tr(tc(f"<w:pPr>{shade('000000')}</w:pPr>{WHITE}"))),
        tbl(tr(tc(r("97%", f'<w:color w:val="FFFFFF"/>{shade("FF0000")}')))),
        tbl(tr(tc(r("97%", '<w:color w:val="FFFFFF"/><w:highlight w:val="black"/>')))),
        tbl(tr(tc(WHITE, '<w:shd w:val="pct50" w:color="000000" w:fill="FFFFFF"/>'))),
    ],
)
def test_white_on_a_dark_ground_is_read(make: Make, body: str) -> None:
    assert read_cell(make(body, s=STYLES)) == ("97%", "", [])


def math(content: str) -> str:
    return f"<m:oMath>{content}</m:oMath>"


def mr(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


def fraction(over: str, under: str) -> str:
    return f"<m:f><m:num>{mr(over)}</m:num><m:den>{mr(under)}</m:den></m:f>"


_UNSEEN_NINE = f'<m:phant><m:phantPr><m:show m:val="0"/></m:phantPr><m:e>{mr("9")}</m:e></m:phant>'
_POWER = f"<m:sSup><m:e>{mr('10')}</m:e><m:sup>{mr('4')}</m:sup></m:sSup>"


@pytest.mark.parametrize(
    ("content", "text", "doubted"),
    [
        (math(fraction("3", "4")), "3/4", False),
        (r("完成") + math(fraction("a+b", "4")), "完成(a+b)/4", False),
        (r("1") + math(fraction("1", "2")), "11/2", True),
        (math(mr("1") + fraction("1", "2")), "11/2", True),
        (math(mr("2×") + _POWER), "2×10⁴", False),
        (math(f"<m:d><m:e>{mr('x')}</m:e></m:d><m:rad><m:deg/><m:e>{mr('9')}</m:e></m:rad>"), "(x)√(9)", False),
        (math(f"<m:sSub><m:e>{mr('98')}</m:e><m:sub>{mr('2')}</m:sub></m:sSub>") + r("%"), "982%", True),
        (math(f"<m:sSub><m:e>{mr('CO')}</m:e><m:sub>{mr('2')}</m:sub></m:sSub>"), "CO2", False),
        (math("<m:r><w:rPr><w:strike/></w:rPr><m:t>97</m:t></m:r>"), "97", True),
        (math(_UNSEEN_NINE + mr("8")), "8", False),
        (math(f"<m:nary><m:e>{mr('x')}</m:e></m:nary>"), "x", True),
        ('<w:r><w:ruby><w:rt><w:r><w:t>zhāng</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>张</w:t></w:r></w:rubyBase>'
         "</w:ruby></w:r>", "张", False),
        ('<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> EQ \\f(3,4) </w:instrText></w:r>'
         '<w:r><w:fldChar w:fldCharType="end"/></w:r>' + r("期"), "期", True),
        (r("3期") + '<w:r><w:footnoteReference w:id="1" w:customMarkFollows="1"/><w:t>7</w:t></w:r>', "3期", False),
        (r("3期") + '<w:r><w:footnoteReference w:id="1"/></w:r>', "3期", False),
    ],
)  # fmt: skip
def test_formulas_ruby_and_signs_of_footnotes(make: Make, content: str, text: str, doubted: bool) -> None:
    found, doubt, _ = read_cell(make(tbl(tr(tc(content)))))
    assert (found, bool(doubt)) == (text, doubted)


_INLINE = (
    '<w:r><w:drawing><wp:{0} xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    "<pic:pic/></wp:{0}></w:drawing></w:r>"
)


@pytest.mark.parametrize(
    ("content", "doubt"),
    [
        (_INLINE.format("inline"), "单元格里是图片"),
        (_INLINE.format("anchor"), ""),
        (r("98.5%") + _INLINE.format("inline"), ""),
        (r("约") + "<w:r><w:object/></w:r>", "嵌入的对象"),
    ],
)
def test_what_is_drawn_in_a_cell_and_not_read_doubts_it(make: Make, content: str, doubt: str) -> None:
    _, found, notes = read_cell(make(tbl(tr(tc(content)))))
    assert found.find(doubt) >= 0
    assert bool(found) == bool(doubt)
    assert len(notes) == 1


_SHAPE = (
    '<w:r><w:drawing xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    '<wp:anchor behindDoc="{behind}"><wp:{wrap}/><wps:wsp><wps:spPr>{fill}</wps:spPr></wps:wsp></wp:anchor>'
    "</w:drawing></w:r>"
)
_FILL = '<a:solidFill><a:srgbClr val="FFFFFF">{}</a:srgbClr></a:solidFill>'


@pytest.mark.parametrize(
    ("behind", "wrap", "fill", "hides"),
    [
        ("0", "wrapNone", _FILL.format(""), True),
        ("0", "wrapNone", _FILL.format('<a:alpha val="90000"/>'), True),
        ("0", "wrapNone", _FILL.format('<a:alpha val="20000"/>'), False),
        ("0", "wrapNone", "<a:noFill/>", False),
        ("1", "wrapNone", _FILL.format(""), False),
        ("0", "wrapSquare", _FILL.format(""), False),
    ],
)
def test_text_that_a_shape_may_hide_is_doubted(make: Make, behind: str, wrap: str, fill: str, hides: bool) -> None:
    shape = _SHAPE.format(behind=behind, wrap=wrap, fill=fill)
    text, doubt, _ = read_cell(make(tbl(tr(tc(r("98.5%") + shape)))))
    assert (text, "被盖住" in doubt) == ("98.5%", hides)
    assert read_cell(make(tbl(tr(tc(shape)))))[:2] == ("", "")


_OLD = (
    '<w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:word">{}</w:pict></w:r>'
)
_FLOATING = 'style="position:absolute;z-index:{}"'
_LINE = '<a:prstGeom prst="line"/>'


@pytest.mark.parametrize(
    ("shape", "doubt"),
    [
        (f'<v:rect {_FLOATING.format(5)} fillcolor="white"/>', "被盖住"),
        (f"<v:group {_FLOATING.format(5)}><v:oval/></v:group>", "被盖住"),
        (f"<v:line {_FLOATING.format(5)}/>", "划掉"),
        (f"<v:rect {_FLOATING.format(-5)}/>", ""),
        (f'<v:rect {_FLOATING.format(5)} filled="f"/>', ""),
        (f'<v:rect {_FLOATING.format(5)}><v:fill opacity="6554f"/></v:rect>', ""),
        (f'<v:rect {_FLOATING.format(5)}><x:wrap type="square"/></v:rect>', ""),
        ("<v:rect/>", ""),
    ],
)
def test_shapes_drawn_in_the_old_way_over_text(make: Make, shape: str, doubt: str) -> None:
    text, found, _ = read_cell(make(tbl(tr(tc(r("98.5%") + _OLD.format(shape))))))
    assert (text, bool(found)) == ("98.5%", bool(doubt))
    assert doubt in found


def test_a_line_drawn_over_text_may_strike_it_out(make: Make) -> None:
    line = _SHAPE.format(behind="0", wrap="wrapNone", fill=_LINE)
    text, doubt, _ = read_cell(make(tbl(tr(tc(r("98.5%") + line)))))
    assert (text, "划掉" in doubt) == ("98.5%", True)
    assert read_cell(make(tbl(tr(tc(line)))))[1] == ""


@pytest.mark.parametrize(
    ("inside", "named"), [("", True), (f"<w:txbxContent><w:p>{r('附件')}</w:p></w:txbxContent>", False)]
)
def test_a_shape_outside_the_cells_that_may_cover_them_is_named(make: Make, inside: str, named: bool) -> None:
    shape = _OLD.format(f"<v:rect {_FLOATING.format(5)}>{inside}</v:rect>")
    *_, notes = read_cell(make(f"<w:p>{shape}</w:p>" + tbl(tr(tc("98.5%")))))
    assert any("盖住" in note for note in notes) == named


@pytest.mark.parametrize("own", ["", "57.00"])
def test_a_cell_with_a_text_box_on_it_is_doubted(make: Make, own: str) -> None:
    box = f"<w:r><w:pict><w:txbxContent><w:p>{r('60.00')}</w:p></w:txbxContent></w:pict></w:r>"
    reading = read_docx(make(tbl(tr(tc(r(own) + box), tc("x")))), "a.docx")
    assert "“60.00”" in doubts(reading)[own]


def test_a_control_that_shows_its_prompt_is_blank(make: Make) -> None:
    control = "<w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    prompt = "<w:showingPlcHdr/>"
    body = tbl(
        tr(
            tc(control.format(prompt, r("单击或点击此处输入文字。"))),
            control.format(prompt, tc("选择一项。")),
            tc(control.format("", r("98.5%"))),
            tc(control.format('<w:showingPlcHdr w:val="0"/>', r("已填"))),
            tc(control.format(prompt, r("如：95%"))),
        )
    )
    reading = read_docx(make(body), "a.docx")
    assert [text for *_, text in cells(reading)] == ["", "", "98.5%", "已填", ""]
    (note,) = reading.notes  # what may have been typed is quoted
    assert "“如：95%”" in note.message
    (grid,) = reading.blocks
    assert isinstance(grid, Grid)
    assert ["标明是提示文字" in cell.doubt for cell in grid.cells] == [False, False, False, False, True]


# --- columns ---------------------------------------------------------------------------------------

GRID = (1000, 1500, 2000, 2500)
OWNER, GOES_ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


def wide(columns: int) -> str:
    return f'<w:gridSpan w:val="{columns}"/>'


def twips(width: int) -> str:
    return f'<w:tcW w:w="{width}" w:type="dxa"/>'


HEAD = tr(*map(tc, ("一级", "二级", "三级", "目标")))


def below_head(data: bytes) -> list[tuple[int, int, int, int, str]]:
    return [cell for cell in cells(read_docx(data, "a.docx")) if cell[0]]


def test_a_merged_cell_below_is_as_wide_as_its_owner(make: Make) -> None:
    for below in ("", wide(3)):
        rows = (tr(tc("产出", wide(2) + OWNER), tc("甲"), tc("1")), tr(tc("", below + GOES_ON), tc("乙"), tc("2")))
        data = make(tbl(HEAD, *rows, grid=GRID))
        assert below_head(data) == [(1, 0, 2, 2, "产出"), (1, 2, 1, 1, "甲"), (1, 3, 1, 1, "1"), (2, 2, 1, 1, "乙"),
                                    (2, 3, 1, 1, "2")]  # fmt: skip
        assert doubts(read_docx(data, "a.docx")) == {}


def test_the_cells_behind_a_narrow_one_keep_their_places_in_the_file(make: Make) -> None:
    rows = (tr(tc("产出", wide(2) + OWNER), tc("甲"), tc("1")), tr(tc("", GOES_ON), tc("乙"), tc("2")))
    reading = read_docx(make(tbl(HEAD, *rows, grid=GRID)), "a.docx")
    (grid,) = (block for block in reading.blocks if isinstance(block, Grid))
    assert {cell.text: cell.origin for cell in grid.cells if cell.text in "乙2"} == {
        "乙": TableCell(1, 3, 2),
        "2": TableCell(1, 3, 3),
    }


def test_merged_cells_that_end_together_go_on_whatever_their_number(make: Make) -> None:
    two_below = tr(tc("", GOES_ON), tc("", GOES_ON), tc("乙"), tc("2"))
    one_below = tr(tc("", wide(2) + GOES_ON), tc("丙"), tc("3"))
    owner = tr(tc("产出", wide(2) + OWNER), tc("甲"), tc("1"))
    owners = tr(tc("产出", OWNER), tc("数量", OWNER), tc("甲"), tc("1"))
    assert below_head(make(tbl(HEAD, owner, two_below, grid=GRID)))[0] == (1, 0, 2, 2, "产出")
    assert below_head(make(tbl(HEAD, owners, one_below, grid=GRID)))[:2] == [(1, 0, 2, 1, "产出"), (1, 1, 2, 1, "数量")]


@pytest.mark.parametrize(
    "below",
    [
        tr(tc("", GOES_ON), tc("乙"), tc("丙"), tc("2")),
        tr(tc("", wide(3) + GOES_ON), tc("2")),
        tr(tc("另", GOES_ON), tc("有", GOES_ON), tc("丙"), tc("2")),
    ],
)
def test_a_merged_cell_that_fits_none_above_is_doubted(make: Make, below: str) -> None:
    reading = read_docx(make(tbl(HEAD, tr(tc("产出", wide(2) + OWNER), tc("甲"), tc("1")), below, grid=GRID)), "a.docx")
    assert next(cell for cell in cells(reading) if cell[:2] == (2, 0))[2] == 1
    assert next(iter(doubts(reading).values())).startswith("这一格接着上面的合并单元格")


def test_a_cell_that_goes_on_nothing_stands_for_itself(make: Make) -> None:
    rows = (tr(tc("甲"), tc("1")), tr(tc("乙", GOES_ON), tc("2")), tr(tc("丙", GOES_ON), tc("3")))
    assert [cell[2:] for cell in cells(read_docx(make(tbl(*rows)), "a.docx"))] == [(1, 1, text) for text in "甲1乙2丙3"]


def test_what_a_merged_cell_covers_is_named(make: Make) -> None:
    reading = read_docx(make(tbl(tr(tc("甲", OWNER), tc("1")), tr(tc("旧", GOES_ON), tc("2")))), "a.docx")
    assert [cell[4] for cell in cells(reading)] == ["甲", "1", "2"]
    assert "“旧”" in reading.notes[0].message


def test_columns_left_free_before_and_behind_a_row(make: Make) -> None:
    before, after = '<w:gridBefore w:val="1"/>', '<w:gridAfter w:val="1"/>'
    rows = (
        tr(tc("甲"), tc("量", OWNER), tc("乙"), tc("1")),
        tr(tc("", GOES_ON), tc("丙"), tc("2"), properties=before),
        tr(tc("丁"), tc("", GOES_ON), tc("戊"), properties=after),
    )
    data = make(tbl(HEAD, *rows, grid=GRID))
    assert (1, 1, 3, 1, "量") in below_head(data)
    assert [cell[:2] for cell in below_head(data) if cell[4] in "丙2丁戊"] == [(2, 2), (2, 3), (3, 0), (3, 2)]
    assert doubts(read_docx(data, "a.docx")) == {}


def test_a_row_without_spans_is_laid_by_its_widths_and_doubted(make: Make) -> None:
    row = tr(tc("产出", twips(2500)), tc("甲", twips(2000)), tc("1", twips(2500)))
    reading = read_docx(make(tbl(HEAD, row, grid=GRID)), "a.docx")
    assert [cell for cell in cells(reading) if cell[0]] == [(1, 0, 1, 2, "产出"), (1, 2, 1, 1, "甲"), (1, 3, 1, 1, "1")]
    assert list(doubts(reading)) == ["甲", "1"]


@pytest.mark.parametrize(
    "row",
    [
        tr(tc("甲", twips(2200)), tc("1", twips(2500))),
        tr(tc("产出"), tc("甲"), tc("1")),
        tr(*(tc(text, twips(1000)) for text in "产数甲一二")),
    ],
)
def test_a_row_whose_cells_fit_no_columns_is_doubted_as_a_whole(make: Make, row: str) -> None:
    reading = read_docx(make(tbl(HEAD, row, grid=GRID)), "a.docx")
    below = [cell[-1] for cell in cells(reading) if cell[0]]
    assert list(doubts(reading)) == below


def test_a_cell_merged_across_others_with_text_is_doubted(make: Make) -> None:
    row = tr(tc("57.00", '<w:hMerge w:val="restart"/>'), tc("60.00", '<w:hMerge w:val="continue"/>'))
    reading = read_docx(make(tbl(row)), "a.docx")
    assert [cell[-1] for cell in cells(reading)] == ["57.00"]
    assert "“60.00”" in doubts(reading)["57.00"]


def test_a_row_that_only_ends_early_is_not_doubted(make: Make) -> None:
    row = tr(tc("产出", twips(1000)), tc("甲", twips(1500)))
    reading = read_docx(make(tbl(HEAD, row, grid=GRID)), "a.docx")
    assert [cell[1] for cell in cells(reading) if cell[0]] == [0, 1]
    assert doubts(reading) == {}


@pytest.mark.parametrize("over_two", [tc("一级指标", wide(2)), tc("一级指标") + tc("一级指标")])
def test_one_label_over_two_levels_is_read_by_their_order_and_doubted(make: Make, over_two: str) -> None:
    body = paragraph("项目支出绩效自评表") + tbl(
        tr(tc("项目名称", wide(2)), tc("业务培训", wide(3))),
        tr(over_two, tc("三级指标"), tc("年度指标值"), tc("实际完成值")),
        tr(tc("产出指标", OWNER), tc("数量指标"), tc("培训人数"), tc("≥120人"), tc("125人")),
        tr(tc("", GOES_ON), tc("质量指标"), tc("合格率"), tc("≥98%"), tc("98.5%")),
    )
    (document,) = convert(make(body), "a.docx")
    assert document.form is not None
    levels = [
        [row.values[name].text for name in ("一级指标", "二级指标", "三级指标")]
        for row in document.form.records["绩效指标"]
    ]
    assert levels == [["产出指标", "数量指标", "培训人数"], ["产出指标", "质量指标", "合格率"]]
    (doubt,) = document.form.records["存疑"]
    assert "二级指标" in doubt.values["原因"].text


def test_the_second_level_over_two_columns_is_read_by_the_order_of_levels_and_doubted(make: Make) -> None:
    body = paragraph("项目支出绩效自评表") + tbl(
        tr(tc("项目名称", wide(2)), tc("业务培训", wide(4))),
        tr(tc("绩效指标", OWNER), tc("一级指标"), tc("二级指标", wide(2)), tc("年度指标值"), tc("实际完成值")),
        tr(tc("", GOES_ON), tc("产出指标"), tc("数量指标"), tc("培训人数"), tc("≥120人"), tc("125人")),
    )
    (document,) = convert(make(body), "a.docx")
    assert document.form is not None
    (row,) = document.form.records["绩效指标"]
    assert [row.values[name].text for name in ("二级指标", "三级指标")] == ["数量指标", "培训人数"]
    (doubt,) = document.form.records["存疑"]
    assert "三级指标" in doubt.values["原因"].text


def test_a_row_marked_as_deleted_is_named(make: Make) -> None:
    rows = tr(tc("旧"), properties='<w:del w:id="1"/>') + tr(tc("新"))
    text, _, (note,) = read_cell(make(tbl(rows)))
    assert text == "新"
    assert "修订删去" in note


@pytest.mark.parametrize("below", ["50", ""])
def test_one_label_over_one_level_stays_whole(make: Make, below: str) -> None:
    body = paragraph("项目支出绩效自评表") + tbl(
        tr(tc("项目名称", wide(2)), tc("业务培训", wide(3))),
        tr(tc("一级指标", wide(2)), tc("三级指标"), tc("年度指标值"), tc("实际完成值")),
        tr(tc("产出指标"), tc(below), tc("培训人数"), tc("≥120人"), tc("125人")),
    )
    (document,) = convert(make(body), "a.docx")
    assert document.form is not None
    assert "二级指标" not in document.form.records["绩效指标"][0].values


# --- outside the page --------------------------------------------------------------------------------

FORM = f"<w:p>{r('项目支出绩效自评表')}</w:p><w:p>{r('（2023年度）')}</w:p>" + tbl(
    tr(tc("项目名称"), tc("业务培训", wide(4))),
    tr(tc("资金来源"), tc("年初预算数"), tc("全年预算数"), tc("全年执行数"), tc("执行率")),
    tr(tc("年度资金总额"), tc("600000"), tc("600000"), tc("570000"), tc("95%")),
    tr(tc("一级指标"), tc("二级指标"), tc("三级指标"), tc("年度指标值"), tc("实际完成值")),
    tr(tc("产出指标"), tc("数量指标"), tc("培训人数"), tc("≥120人"), tc("125人")),
)


def paragraph(text: str) -> str:
    return f"<w:p>{r(text)}</w:p>"


def section(*references: str, more: str = "") -> str:
    """The properties of a section with these headers and footers: h1 in force, h1:first for its first page."""
    named = ""
    for reference in references:
        part, _, kind = reference.partition(":")
        named += f'<w:{_KINDS[part[0]]}Reference xmlns:o="{_OFFICE}" w:type="{kind or "default"}" o:id="{part}"/>'
    return f"<w:sectPr>{named}{more}</w:sectPr>"


def converted(data: bytes) -> tuple[str, str]:
    """What the form of a file says was spent, and the notes."""
    (document,) = convert(data, "a.docx")
    return spent(document), " ".join(note.message for note in document.notes)


def spent(document: Document) -> str:
    assert document.form is not None
    return document.form.records["项目资金"][0].values["全年执行数"].text


@pytest.mark.parametrize("name", ["h1", "f1"])
def test_the_unit_of_money_in_a_header_or_footer_holds(make: Make, name: str) -> None:
    data = make(FORM + section(name), **{name: paragraph("金额单位：元") + paragraph("第 1 页 共 2 页")})
    assert converted(data) == ("57", "")


def test_a_unit_in_a_table_of_the_header_holds(make: Make) -> None:
    assert converted(make(FORM + section("h1"), h1=tbl(tr(tc("金额单位："), tc("元"))))) == ("57", "")


def test_a_unit_in_the_form_stands_before_that_of_the_header(make: Make) -> None:
    said, notes = converted(make(paragraph("金额单位：万元") + FORM + section("h1"), h1=paragraph("金额单位：元")))
    assert said == "570000"
    assert "页眉里写有“金额单位：元”" in notes


@pytest.mark.parametrize(
    "end",
    [
        section("h1", more="<w:titlePg/>"),
        f"<w:p><w:pPr>{section('h1')}</w:pPr></w:p>{section('h2')}",
        section("h1", "h3:first", more="<w:titlePg/>"),
    ],
)
def test_a_unit_that_may_not_hold_for_the_form_is_named(make: Make, end: str) -> None:
    parts = {"h1": paragraph("金额单位：元"), "h2": paragraph("附件"), "h3": paragraph("单位：万元")}
    said, notes = converted(make(FORM + end, **parts))
    assert said == "570000"
    assert "页眉里写有“金额单位：元”" in notes


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("填报单位：某市教育局", True),
        ("某市教育局", True),
        ("2022年度", True),
        ("2023年度项目绩效自评", False),
        ("项目名称：业务培训", False),
        ("部门绩效自评报告", False),
        ("- 3 -", False),
    ],
)
def test_what_a_header_says_of_the_form_is_named_and_no_more(make: Make, text: str, named: bool) -> None:
    said, notes = converted(make(paragraph("金额单位：元") + FORM + section("h1"), h1=paragraph(text)))
    assert said == "57"
    assert ("页眉" in notes) is named


def test_headers_out_of_force_and_notes_not_referred_to_are_no_margins(make: Make) -> None:
    reference = '<w:p><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    notes = (
        f'<w:footnote w:id="2">{paragraph("单位：元")}</w:footnote><w:footnote w:id="3">{paragraph("无")}</w:footnote>'
    )
    body = reference + section("h1", "h2:first", "h3:even")
    data = make(body, h1=paragraph("甲"), h2=paragraph("乙"), h3=paragraph("丙"), n=notes)
    assert read_docx(data, "a.docx").margins == (
        Margin("页眉", "甲", holds=True),
        Margin("脚注", "单位：元", holds=False),
    )
    paired = make(body, h1=paragraph("甲"), h2="", h3=paragraph("丙"), n=notes, t="<w:evenAndOddHeaders/>")
    assert [margin.text for margin in read_docx(paired, "a.docx").margins] == ["甲", "丙", "单位：元"]


def test_a_footnote_is_named(make: Make) -> None:
    body = FORM.replace("125人</w:t></w:r>", '125人</w:t></w:r><w:r><w:endnoteReference w:id="1"/></w:r>')
    _, notes = converted(make(body, e=f'<w:endnote w:id="1">{paragraph("含线上")}</w:endnote>'))
    assert "尾注里写有“含线上”" in notes


@pytest.mark.parametrize(("name", "words"), [("s", "样式"), ("h1", "页眉"), ("n", "脚注")])
def test_a_part_that_is_named_and_missing_is_said(make: Make, name: str, words: str) -> None:
    reading = read_docx(make(paragraph("甲") + section("h1"), **{name: None}), "a.docx")
    assert [block.text for block in reading.blocks if isinstance(block, Line)] == ["甲"]
    assert words in reading.notes[0].message
    assert f"word/{name}.xml" in reading.notes[0].message


def test_styles_cut_off_are_refused(make: Make) -> None:
    with pytest.raises(UnreadableFile):
        read_docx(make(tbl(tr(tc(styled("old", "97%")))), s=STYLES + "<w:style>"), "a.docx")
