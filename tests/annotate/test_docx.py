"""Comments in Word files: each in its cell, and nothing else touched."""

from __future__ import annotations

import io
import re

import docx
import pytest
from lxml import etree

from perfeval_lint.annotate.docx import comments
from perfeval_lint.annotate.docx.write import annotate_docx
from perfeval_lint.annotate.remarks import AUTHOR, INITIALS, Notes
from perfeval_lint.form.origin import Origin, PageBox, Paragraph, SheetCell, TableCell
from perfeval_lint.read.word.docx import read_docx
from tests.annotate.word_files import (
    HERE,
    STRICT,
    STRICT_RELATION,
    USUAL,
    USUAL_RELATION,
    canonical,
    comments_of,
    notes,
    p,
    part_of,
    remark,
    tbl,
    tc,
    tr,
    word,
    word_parts,
    zipped,
)

DOWN, GOES_ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
DRAWING = "<w:p><w:r><w:drawing/></w:r></w:p>"
INSERTED = f'<w:ins w:id="1" w:author="甲">{"<w:r><w:t>新</w:t></w:r>"}</w:ins>'
DELETED = '<w:del w:id="2" w:author="甲"><w:r><w:delText>旧</w:delText></w:r></w:del>'
NESTED = tbl(tr(tc("内1"), tc("内2", mark=HERE)), tr(tc("内3"), tc("内4")))


def sdt(content: str) -> str:
    return f'<w:sdt><w:sdtPr><w:alias w:val="栏"/></w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>'


CELLS = {
    "plain": (tbl(tr(tc("甲"), tc("乙", mark=HERE))), TableCell(1, 1, 2)),
    "second table": (tbl(tr(tc("甲"))) + p("间") + tbl(tr(tc("乙", mark=HERE))), TableCell(2, 1, 1)),
    "empty": (tbl(tr(tc("甲"), tc("<w:p/>", mark=HERE))), TableCell(1, 1, 2)),
    "empty, with looks": (tbl(tr(tc("<w:p><w:pPr><w:jc/></w:pPr></w:p>", mark=HERE))), TableCell(1, 1, 1)),
    "paragraphs": (tbl(tr(tc(p("一") + p("二") + p("三"), mark=HERE))), TableCell(1, 1, 1)),
    "a drawing only": (tbl(tr(tc(DRAWING, mark=HERE))), TableCell(1, 1, 1)),
    "merged down": (
        tbl(tr(tc("甲", DOWN, HERE), tc("乙")), tr(tc("<w:p/>", GOES_ON), tc("丙"))),
        TableCell(1, 1, 1),
    ),
    "merged across": (tbl(tr(tc("甲"), tc("乙", '<w:gridSpan w:val="2"/>', HERE))), TableCell(1, 1, 2)),
    "merged across, the old way": (
        tbl(tr(tc("甲", '<w:hMerge w:val="restart"/>', HERE), tc("", "<w:hMerge/>"), tc("乙"))),
        TableCell(1, 1, 1),
    ),
    "a control around the cell": (tbl(tr(tc("甲"), sdt(tc("乙", mark=HERE)))), TableCell(1, 1, 2)),
    "a control around the row": (tbl(sdt(tr(tc("甲", mark=HERE)))), TableCell(1, 1, 1)),
    "a control around the paragraph": (tbl(tr(tc(sdt(p("甲")), mark=HERE))), TableCell(1, 1, 1)),
    "a control in the paragraph": (
        tbl(tr(tc(f"<w:p>{sdt('<w:r><w:t>甲</w:t></w:r>')}</w:p>", mark=HERE))),
        TableCell(1, 1, 1),
    ),
    "paragraphs in a control": (tbl(tr(tc(sdt(p("一") + p("二")), mark=HERE))), TableCell(1, 1, 1)),
    "a control around a cell of paragraphs": (tbl(tr(sdt(tc(p("一") + p("二"), mark=HERE)))), TableCell(1, 1, 1)),
    "a control behind a paragraph": (tbl(tr(tc(p("一") + sdt(p("二")), mark=HERE))), TableCell(1, 1, 1)),
    "a control around the table": (sdt(tbl(tr(tc("甲", mark=HERE)))), TableCell(1, 1, 1)),
    "tracked changes": (tbl(tr(tc(f"<w:p>{INSERTED}{DELETED}</w:p>", mark=HERE))), TableCell(1, 1, 1)),
    "all deleted": (tbl(tr(tc(f"<w:p>{DELETED}</w:p>", mark=HERE))), TableCell(1, 1, 1)),
    "a deleted row before": (
        tbl("<w:tr><w:trPr><w:del/></w:trPr>" + tc("旧") + "</w:tr>", tr(tc("甲", mark=HERE))),
        TableCell(1, 2, 1),
    ),
    "a nested table's": (tbl(tr(tc("外"), tc(NESTED + p("")))), TableCell(2, 1, 2)),
    "after a nested table": (tbl(tr(tc(NESTED.replace(HERE, "") + p("")), tc("乙", mark=HERE))), TableCell(1, 1, 2)),
    "with comments and instructions": (tbl(tr("<!-- a --><?b c?>" + tc("甲", mark=HERE))), TableCell(1, 1, 1)),
    "spread over lines": (
        tbl(tr(f"\n <w:tc {HERE}>\n  <w:p>\n   <w:pPr>\n    </w:pPr>\n   </w:p>\n  </w:tc>\n")),
        TableCell(1, 1, 1),
    ),
}


@pytest.mark.parametrize(("body", "origin"), CELLS.values(), ids=CELLS)
def test_a_comment_stands_in_its_cell_and_leaves_all_else(body: str, origin: TableCell) -> None:
    data = word(p("标题") + body + p("尾"))
    out = annotate_docx(data, "a.docx", notes(origin))
    summary, comment = comments_of(out)
    assert summary.covers() == "标题"
    assert comment.cells() == {"here"}
    assert set(comment.marks) == {"commentRangeStart", "commentRangeEnd", "commentReference"}
    assert read_docx(out, "a.docx") == read_docx(data, "a.docx")
    assert canonical(annotate_docx(out, "a.docx", [])) == canonical(data)


@pytest.mark.parametrize(("body", "origin"), CELLS.values(), ids=CELLS)
def test_python_docx_opens_it_and_finds_the_comments(body: str, origin: TableCell) -> None:
    out = annotate_docx(word(p("标题") + body), "a.docx", notes(origin))
    found = list(docx.Document(io.BytesIO(out)).comments)
    assert [comment.author for comment in found] == [AUTHOR] * 2
    assert [comment.initials for comment in found] == [INITIALS] * 2
    assert found[1].text == remark(origin).text
    assert found[1].paragraphs[0].runs[-1].bold
    assert not found[1].paragraphs[1].runs[-1].bold


@pytest.mark.parametrize("box", ["vml", "alternatives"])
def test_in_a_text_box_the_comment_stands_at_the_box_and_says_where_it_belongs(box: str) -> None:
    inside = f"<w:txbxContent>{tbl(tr(tc('甲'), tc('乙')), tr(tc('丙'), tc('丁')))}<w:p/></w:txbxContent>"
    vml = f"<w:pict><v:shape><v:textbox>{inside}</v:textbox></v:shape></w:pict>"
    choice = f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{inside}</wps:txbx></w:drawing></mc:Choice>'
    both = f"<mc:AlternateContent>{choice}<mc:Fallback>{vml}</mc:Fallback></mc:AlternateContent>"
    held = f'<w:p w:rsidR="00C0FFEE"><w:r>{vml if box == "vml" else both}</w:r></w:p>'
    data = word(p("标题") + held)
    out = annotate_docx(data, "a.docx", notes(TableCell(1, 2, 2)))
    comment = comments_of(out)[1]
    held_in = {next(mark.iterancestors("{*}p")) for mark in comment.marks.values()}
    assert [list(paragraph.attrib.values()) for paragraph in held_in] == [["00C0FFEE"]]
    assert comment.lines == list(remark(TableCell(1, 2, 2)).lines)
    assert canonical(annotate_docx(out, "a.docx", [])) == canonical(data)


@pytest.mark.parametrize(
    ("cell", "covered"),
    [
        (p("表题") + NESTED + p("注"), "表题"),
        ("<w:p/>" + NESTED + p("注"), "注"),
        (NESTED + "<w:p/>", "内1"),
        (tbl(tr(tc("<w:p/>"))) + "<w:p/>", ""),
    ],
)
def test_around_a_nested_table_only_one_paragraph_with_text_is_marked(cell: str, covered: str) -> None:
    out = annotate_docx(word(tbl(tr(tc(cell)))), "a.docx", notes(TableCell(1, 1, 1), at=TableCell(1, 1, 1)))
    assert [comment.covers() for comment in comments_of(out)] == [covered, covered]


def test_several_paragraphs_of_a_cell_are_marked_from_first_to_last() -> None:
    body, origin = CELLS["paragraphs"]
    assert comments_of(annotate_docx(word(p("题") + body), "a.docx", notes(origin)))[1].covers() == "一二三"


RUN = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
ENDS = {
    "text": (RUN.format("甲") + RUN.format("乙"), "甲乙"),
    "a page break": (RUN.format("甲") + '<w:r><w:t>乙</w:t><w:br w:type="page"/></w:r>', "甲"),
    "a column break alone": (RUN.format("甲") + '<w:r><w:br w:type="column"/></w:r>', "甲"),
    "a line break": (RUN.format("甲") + "<w:r><w:br/></w:r>", "甲"),
    "blanks": (RUN.format("甲") + RUN.format("乙 "), "甲"),
    "blank runs": (RUN.format("甲") + RUN.format("乙\u3000") + RUN.format("  ") + RUN.format(" "), "甲"),
    "blanks only": (RUN.format("  "), ""),
    "an empty run": (RUN.format("甲 ") + "<w:r/>", "甲 "),
    "an instruction": (RUN.format("甲") + '<w:r><w:instrText xml:space="preserve">PAGE </w:instrText></w:r>', "甲"),
    "a control": (RUN.format("甲") + sdt(RUN.format("乙 ")), "甲乙 "),
}


@pytest.mark.parametrize(("content", "covered"), ENDS.values(), ids=ENDS)
def test_the_range_ends_where_its_mark_moves_nothing(content: str, covered: str) -> None:
    data = word(f"<w:p><w:pPr/>{content}</w:p>" + tbl(tr(tc("甲"))))
    out = annotate_docx(data, "a.docx", notes(Paragraph(1)))
    first, second = comments_of(out)
    assert first.covers() == second.covers() == covered
    holder = first.marks["commentRangeStart"].getparent()
    assert holder is not None
    kinds = ("commentRangeStart", "commentRangeEnd")
    numbers = {kind: [each.attrib.values()[0] for each in holder.iter(f"{{*}}{kind}")] for kind in kinds}
    assert numbers == {kind: [first.number, second.number] for kind in kinds}
    assert canonical(annotate_docx(out, "a.docx", [])) == canonical(data)


@pytest.mark.parametrize("name", ["a control around the cell", "a control around the paragraph"])
def test_in_a_content_control_the_reference_stands_before_the_text(name: str) -> None:
    body, origin = CELLS[name]
    comment = comments_of(annotate_docx(word(p("题") + body), "a.docx", notes(origin)))[1]
    run = comment.marks["commentReference"].getparent()
    assert run is not None
    after = run.getnext()
    assert after is not None
    assert "".join(after.itertext()) in ("甲", "乙")


def test_several_comments_stand_on_one_cell() -> None:
    body, origin = CELLS["plain"]
    out = annotate_docx(word(p("题") + body), "a.docx", notes(origin, origin, origin))
    assert [comment.cells() for comment in comments_of(out)] == [{None}, {"here"}, {"here"}, {"here"}]
    assert len({comment.number for comment in comments_of(out)}) == 4


def test_each_form_has_its_summary_where_it_begins() -> None:
    body = p("表一") + tbl(tr(tc("甲"))) + p("表二") + tbl(tr(tc("乙")))
    both = [*notes(at=Paragraph(1)), *notes(TableCell(2, 1, 1), at=Paragraph(2))]
    assert [each.covers() for each in comments_of(annotate_docx(word(body), "a.docx", both))] == ["表一", "表二", "乙"]


@pytest.mark.parametrize(
    "origin",
    [
        *(TableCell(9, 1, 1), TableCell(1, 9, 1), TableCell(1, 1, 9), TableCell(0, 0, 0), TableCell(1, 2, 1)),
        *(Paragraph(9), Paragraph(0), SheetCell("表", "A1"), PageBox(1, (0, 0, 1, 1))),
    ],
)
def test_a_remark_without_a_home_goes_into_the_summary(origin: Origin) -> None:
    data = word(p("题") + tbl(tr(tc("甲")), "<w:tr><w:tc/></w:tr>"))
    (summary,) = comments_of(annotate_docx(data, "a.docx", notes(origin)))
    assert summary.lines[-5:] == list(remark(origin).lines)


def test_a_form_whose_beginning_is_not_found_has_its_summary_at_the_first_paragraph() -> None:
    out = annotate_docx(word(p("题") + p("尾")), "a.docx", notes(at=SheetCell("表", "A1")))
    assert comments_of(out)[0].covers() == "题"


def test_more_comments_than_word_opens_go_into_the_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comments, "MAX_COMMENTS", 3)
    body, origin = CELLS["plain"]
    out = annotate_docx(word(p("题") + body), "a.docx", notes(*[origin] * 5))
    assert len(comments_of(out)) == 3
    assert len([line for line in comments_of(out)[0].lines if "PE101" in line]) == 3


def test_what_xml_cannot_hold_is_left_out_and_breaks_are_paragraphs() -> None:
    many = [Notes(("总",), Paragraph(1), (remark(Paragraph(1), "甲\x00\x08乙\ufffe\nA<B&C\t😀"),))]
    assert comments_of(annotate_docx(word(p("题")), "a.docx", many))[1].lines[2:4] == ["甲乙", "A<B&C 😀"]


@pytest.mark.parametrize(
    ("run", "mark"),
    [
        ('<w:rPr><w:rFonts w:ascii="A"/><w:vanish/><w:sz w:val="15"/></w:rPr>', ["rFonts", "sz"]),
        ('<w:rPr><w:b/><w:rPrChange w:id="1"><w:rPr><w:sz w:val="99"/></w:rPr></w:rPrChange></w:rPr>', []),
        ("", []),
    ],
)
def test_the_mark_takes_the_size_at_its_place_that_no_line_grows(run: str, mark: list[str]) -> None:
    out = annotate_docx(word(f"<w:p><w:r>{run}<w:t>题</w:t></w:r></w:p>"), "a.docx", notes())
    holder = comments_of(out)[0].marks["commentReference"].getparent()
    assert holder is not None
    assert [etree.QName(each).localname for each in holder.iterfind("{*}rPr/*")] == mark


@pytest.mark.parametrize("main", ["word/document.xml", "word/document22.xml", "word/sub/main.xml", "main.xml"])
@pytest.mark.parametrize("strict", [False, True])
def test_the_main_part_may_have_another_name_and_strict_stays_strict(main: str, strict: bool) -> None:
    body, origin = CELLS["plain"]
    parts = word_parts(p("题") + body, main=main) if not strict else word_parts(p("题") + body, STRICT, main)
    data = zipped({"word/x.xml": "<x/>", **parts})
    out = annotate_docx(data, "a.docx", notes(origin))
    folder, _, base = main.rpartition("/")
    place = f"{folder}/" if folder else ""
    assert comments_of(out, main, f"{place}comments.xml")[1].cells() == {"here"}
    written = part_of(out, main) + part_of(out, f"{place}comments.xml")
    assert (USUAL.encode() in written, STRICT.encode() in written) == (not strict, strict)
    related = part_of(out, f"{place}_rels/{base}.rels").decode()
    assert f'Type="{STRICT_RELATION if strict else USUAL_RELATION}/comments" Target="comments.xml"' in related
    assert canonical(annotate_docx(out, "a.docx", []), main) == canonical(data, main)
    assert read_docx(out, "a.docx") == read_docx(data, "a.docx")


@pytest.mark.parametrize(
    "declaration",
    ["", "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n", "\ufeff<?xml version='1.0' encoding='UTF-8'?>"],
)
def test_everything_around_the_marks_is_written_as_it_was(declaration: str) -> None:
    body, origin = CELLS["with comments and instructions"]
    made = re.sub(r"^<\?xml.*?\?>\s*", "", str(word_parts(p("题<![CDATA[<b>]]>") + body)["word/document.xml"]))
    data = zipped(word_parts("") | {"word/document.xml": f"{declaration}<!-- 前 -->{made}<?z z?>".encode()})
    out = part_of(annotate_docx(data, "a.docx", notes(origin)), "word/document.xml").decode()
    stripped = re.sub(r"<w:comment\w+ w:id=\"\d+\"/>|<w:r><w:commentReference w:id=\"\d+\"/></w:r>", "", out)
    usual = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    given = (declaration or usual) + f"<!-- 前 -->{made}<?z z?>"
    assert stripped == given


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030"])
def test_another_encoding_becomes_utf8(encoding: str) -> None:
    body, origin = CELLS["plain"]
    made = str(word_parts(p("题") + body)["word/document.xml"]).replace("UTF-8", encoding)
    data = zipped(word_parts("") | {"word/document.xml": made.encode(encoding)})
    out = annotate_docx(data, "a.docx", notes(origin))
    assert comments_of(out)[1].cells() == {"here"}
    assert part_of(out, "word/document.xml").startswith(b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n')
