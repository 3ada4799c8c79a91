"""Word files to grids and lines: what a reader of the page would see, and where it stands."""

from __future__ import annotations

import io
from collections.abc import Callable

import docx
import pytest

from perfeval_lint.form.origin import Paragraph, TableCell
from perfeval_lint.read.model import Grid, Line, Reading
from perfeval_lint.read.word.docx import read_docx

Parts = dict[str, str]
Read = Callable[[str], Reading]


@pytest.fixture
def read(zip_of: Callable[[Parts], bytes], word_parts: Callable[[str], Parts]) -> Read:
    """Reads a Word file whose body is this XML."""
    return lambda body: read_docx(zip_of(word_parts(body)), "a.docx")


def p(text: str, properties: str = "") -> str:
    return f'<w:p><w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def tc(content: str, properties: str = "") -> str:
    content = content if content.startswith("<") else p(content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def tbl(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def run(content: str) -> str:
    return f"<w:p><w:r>{content}</w:r></w:p>"


def grids(reading: Reading) -> list[Grid]:
    return [block for block in reading.blocks if isinstance(block, Grid)]


def lines(reading: Reading) -> list[str]:
    return [block.text for block in reading.blocks if isinstance(block, Line)]


def rows(grid: Grid) -> list[tuple[int, int, int, int, str]]:
    return [(cell.row, cell.column, cell.rows, cell.columns, cell.text) for cell in grid.cells]


def texts(grid: Grid) -> list[str]:
    return [cell.text for cell in grid.cells]


VERTICAL, GOES_ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


def test_paragraphs_and_tables_come_in_order_with_their_places(read: Read) -> None:
    reading = read(p("标题") + "<w:p/>" + tbl(tr(tc("甲"), tc(""))) + p("尾"))
    assert [type(block) for block in reading.blocks] == [Line, Line, Grid, Line]
    assert [block.origin for block in reading.blocks if isinstance(block, Line)] == [
        Paragraph(1),
        Paragraph(2),
        Paragraph(3),
    ]
    assert [cell.origin for cell in grids(reading)[0].cells] == [TableCell(1, 1, 1), TableCell(1, 1, 2)]
    assert reading.notes == ()


def test_merges_span_rows_and_columns(read: Read) -> None:
    body = tbl(
        tr(tc("甲", VERTICAL), tc("乙", '<w:gridSpan w:val="2"/>')),
        tr(tc("", GOES_ON), tc("丙"), tc("丁")),
        tr(tc("", '<w:vMerge w:val="continue"/>'), tc("戊"), tc("")),
    )
    assert rows(grids(read(body))[0]) == [
        (0, 0, 3, 1, "甲"),
        (0, 1, 1, 2, "乙"),
        (1, 1, 1, 1, "丙"),
        (1, 2, 1, 1, "丁"),
        (2, 1, 1, 1, "戊"),
        (2, 2, 1, 1, ""),
    ]


def test_a_continued_cell_without_a_fitting_one_above_stands_for_itself(read: Read) -> None:
    body = tbl(tr(tc("甲", VERTICAL + '<w:gridSpan w:val="2"/>')), tr(tc("乙", GOES_ON), tc("丙", GOES_ON)))
    assert rows(grids(read(body))[0]) == [(0, 0, 1, 2, "甲"), (1, 0, 1, 1, "乙"), (1, 1, 1, 1, "丙")]


def test_the_old_way_of_merging_across(read: Read) -> None:
    body = tbl(tr(tc("甲", '<w:hMerge w:val="restart"/>'), tc("", '<w:hMerge w:val="continue"/>'), tc("乙")))
    assert rows(grids(read(body))[0]) == [(0, 0, 1, 2, "甲"), (0, 2, 1, 1, "乙")]


def test_free_columns_before_a_row(read: Read) -> None:
    body = tbl(tr(tc("甲"), tc("乙")), tr(tc("丙"), properties='<w:gridBefore w:val="1"/><w:gridAfter w:val="0"/>'))
    assert rows(grids(read(body))[0])[-1] == (1, 1, 1, 1, "丙")


def test_rows_and_cells_in_content_controls_count_as_written(read: Read) -> None:
    body = tbl(
        f"<w:sdt><w:sdtContent>{tr(tc('甲'))}</w:sdtContent></w:sdt>",
        tr(f"<w:sdt><w:sdtPr/><w:sdtContent>{tc('乙')}</w:sdtContent></w:sdt>", tc("丙")),
    )
    grid = grids(read(body))[0]
    assert [(cell.text, cell.origin[1:]) for cell in grid.cells] == [("甲", (1, 1)), ("乙", (2, 1)), ("丙", (2, 2))]


def test_tracked_changes_are_read_as_accepted(read: Read) -> None:
    paragraph = (
        "<w:p><w:r><w:t>9</w:t></w:r><w:del><w:r><w:delText>5</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>6</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom>"
        "<w:moveTo><w:r><w:t>新</w:t></w:r></w:moveTo></w:p>"
    )
    assert lines(read(paragraph)) == ["96新"]


def test_deleted_rows_and_cells_are_left_out_but_counted(read: Read) -> None:
    body = tbl(tr(tc("旧"), properties="<w:del/>"), tr(tc("删", "<w:cellDel/>"), tc("新")))
    (cell,) = grids(read(body))[0].cells
    assert (cell.row, cell.column, cell.text, cell.origin) == (0, 0, "新", TableCell(1, 2, 2))


def test_a_nested_one_cell_table_is_text_of_its_cell(read: Read) -> None:
    body = tbl(tr(tc(p("前") + tbl(tr(tc("□是"), tc("☑否"))) + p("")), tc("乙")))
    assert texts(grids(read(body))[0]) == ["前\n□是\t☑否", "乙"]


def test_a_nested_form_is_a_grid_of_its_own_after_the_outer_one(read: Read) -> None:
    inner = tbl(tr(tc("一"), tc("二")), tr(tc("三"), tc("四")))
    found = grids(read(tbl(tr(tc("左"), tc(inner + p("右")))) + tbl(tr(tc("后"), tc("")))))
    assert [texts(grid) for grid in found] == [["左", "右"], ["一", "二", "三", "四"], ["后", ""]]
    assert [grid.cells[0].origin[0] for grid in found] == [1, 2, 3]


def test_a_layout_table_gives_way_to_what_it_frames(read: Read) -> None:
    inner = tbl(tr(tc("一"), tc("二")), tr(tc("三"), tc("四")))
    reading = read(tbl(tr(tc(p("标题") + tbl(tr(tc(inner + p("")))) + p("填表人")))))
    assert [type(block) for block in reading.blocks] == [Line, Grid, Line, Line]
    assert lines(reading) == ["标题", "", "填表人"]
    assert grids(reading)[0].cells[0].origin == TableCell(3, 1, 1)
    assert reading.blocks[0].origin == TableCell(1, 1, 1)  # type: ignore[union-attr]


def test_text_boxes_are_lines_and_come_once(read: Read) -> None:
    box = f"<w:txbxContent>{p('框里')}</w:txbxContent>"
    body = (
        "<w:p><w:r><w:t>锚</w:t><mc:AlternateContent>"
        f"<mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    ) + p("后")
    reading = read(body)
    assert lines(reading) == ["锚", "框里", "后"]
    assert [block.origin for block in reading.blocks if isinstance(block, Line)] == [
        Paragraph(1),
        Paragraph(1),
        Paragraph(2),
    ]


def test_a_text_box_in_a_cell_follows_the_table(read: Read) -> None:
    box = f"<w:txbxContent>{p('框里')}</w:txbxContent>"
    reading = read(tbl(tr(tc(run(f"<w:t>甲</w:t><w:pict>{box}</w:pict>")), tc("乙"))))
    assert texts(grids(reading)[0]) == ["甲", "乙"]
    assert lines(reading) == ["框里"]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<w:t>甲</w:t><w:br/><w:t>乙</w:t><w:cr/><w:t>丙</w:t>", "甲\n乙\n丙"),
        ("<w:t>甲</w:t><w:tab/><w:t>乙</w:t>", "甲\t乙"),
        ("<w:t>绩</w:t><w:softHyphen/><w:t>效</w:t><w:noBreakHyphen/><w:t>1</w:t>", "绩效-1"),
        ("<w:t> 甲 </w:t>", "甲"),
        ('<w:t xml:space="preserve"> 甲 </w:t>', " 甲 "),
        ('<w:sym w:font="Wingdings" w:char="F0FE"/>', "☑"),
        ('<w:sym w:font="Wingdings" w:char="F0A8"/>', "☐"),
        ('<w:sym w:font="Wingdings 2" w:char="F050"/>', "√"),
        ('<w:sym w:font="Symbol" w:char="F0B3"/><w:t>90%</w:t>', "≥90%"),
        ('<w:sym w:font="MS Gothic" w:char="2611"/>', "☑"),
        ('<w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr><w:t>þ</w:t>', "☑"),
        ('<w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr><w:t>\uf0a3a</w:t>', "≤a"),
        (
            "<w:ruby><w:rt><w:r><w:t>pin</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>拼</w:t></w:r></w:rubyBase></w:ruby>",
            "拼",
        ),
        ("<w:t>甲</w:t><w:footnoteReference/>", "甲"),
    ],
)
def test_text_as_shown(read: Read, content: str, text: str) -> None:
    assert lines(read(run(content))) == [text]


def test_formulas_keep_their_text(read: Read) -> None:
    body = "<w:p><m:oMath><m:r><m:t>≥95%</m:t></m:r></m:oMath></w:p>"
    assert lines(read(body)) == ["≥95%"]


def field(*parts: str) -> str:
    marks = {"begin", "separate", "end"}
    return "".join(
        f'<w:r><w:fldChar w:fldCharType="{part}"/></w:r>' if part in marks else f"<w:r>{part}</w:r>" for part in parts
    )


def test_fields_give_their_result(read: Read) -> None:
    simple = field("begin", "<w:instrText>DATE</w:instrText>", "separate", "<w:t>2022年</w:t>", "end")
    inside = field("begin", "<w:instrText>X</w:instrText>", "separate", "<w:t>藏</w:t>", "end")
    outer = field("begin", "<w:instrText>IF</w:instrText>") + inside + field("separate", "<w:t>果</w:t>", "end")
    plain = '<w:fldSimple w:instr="PAGE"><w:r><w:t>3</w:t></w:r></w:fldSimple>'
    assert lines(read(f"<w:p>{simple}{outer}{plain}</w:p>" + p("后"))) == ["2022年果3", "后"]


@pytest.mark.parametrize(
    ("form_field", "text"),
    [
        ("<w:checkBox><w:default w:val='0'/><w:checked/></w:checkBox>", "☑"),
        ("<w:checkBox><w:default w:val='1'/></w:checkBox>", "☑"),
        ("<w:checkBox><w:checked w:val='0'/></w:checkBox>", "☐"),
        ("<w:ddList><w:result w:val='1'/><w:listEntry w:val='优'/><w:listEntry w:val='良'/></w:ddList>", "良"),
        ("<w:ddList><w:result w:val='7'/><w:listEntry w:val='优'/></w:ddList>", ""),
    ],
)
def test_old_form_fields(read: Read, form_field: str, text: str) -> None:
    begin = f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{form_field}</w:ffData></w:fldChar></w:r>'
    assert lines(read(f"<w:p>{begin}{field('separate', 'end')}</w:p>")) == [text]


def test_hidden_text_is_left_out_with_a_note(read: Read) -> None:
    reading = read(
        p("看得见") + p("看不见", "<w:rPr><w:vanish/></w:rPr>") + p("也行", '<w:rPr><w:vanish w:val="0"/></w:rPr>')
    )
    assert lines(reading) == ["看得见", "", "也行"]
    assert [(note.code, note.file) for note in reading.notes] == [("left-out", "a.docx")]
    assert "隐藏文字" in reading.notes[0].message


def test_pictures_objects_and_hidden_rows_are_noted(read: Read) -> None:
    body = run("<w:drawing><pic:pic/></w:drawing>") + run("<w:object/>") + "<w:altChunk/>"
    reading = read(body + tbl(tr(tc("甲")), tr(tc("乙"), properties="<w:hidden/>")))
    assert len(reading.notes) == 4
    assert texts(grids(reading)[0]) == ["甲"]


def test_an_unknown_symbol_is_doubtful(read: Read) -> None:
    (cell,) = grids(read(tbl(tr(tc(run('<w:sym w:font="Webdings" w:char="F0FF"/>'))))))[0].cells
    assert cell.text == "�"
    assert "符号字体" in cell.doubt


def test_strict_files_read_alike(zip_of: Callable[[Parts], bytes], word_parts: Callable[[str], Parts]) -> None:
    parts = word_parts(p("标题") + tbl(tr(tc("甲", VERTICAL)), tr(tc("", GOES_ON))))
    strict = {
        name: content.replace("http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                              "http://purl.oclc.org/ooxml/wordprocessingml/main")
        .replace("http://schemas.openxmlformats.org/officeDocument/2006/", "http://purl.oclc.org/ooxml/officeDocument/")
        for name, content in parts.items()
    }  # fmt: skip
    assert read_docx(zip_of(strict), "a").blocks == read_docx(zip_of(parts), "a").blocks


def test_the_document_may_stand_anywhere(zip_of: Callable[[Parts], bytes], word_parts: Callable[[str], Parts]) -> None:
    parts = word_parts(p("正文"))
    moved = {
        "_rels/.rels": parts["_rels/.rels"].replace("word/document.xml", "/Word/Document2.xml"),
        "word\\document2.xml": parts["word/document.xml"],
    }
    assert lines(read_docx(zip_of(moved), "a")) == ["正文"]


def test_a_file_python_docx_wrote() -> None:
    document = docx.Document()
    document.add_heading("项目支出绩效自评表")
    table = document.add_table(2, 3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "产出指标"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "数量\n质量"
    buffer = io.BytesIO()
    document.save(buffer)
    reading = read_docx(buffer.getvalue(), "a")
    assert lines(reading) == ["项目支出绩效自评表"]
    assert rows(grids(reading)[0])[:2] == [(0, 0, 2, 1, "产出指标"), (0, 1, 1, 2, "数量\n质量")]
