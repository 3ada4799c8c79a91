"""Comments that stand in a Word file already: those of others stay, those of an earlier run are replaced."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from lxml import etree

from perfeval_lint.annotate.docx.write import annotate_docx
from perfeval_lint.annotate.remarks import AUTHOR
from perfeval_lint.form.origin import TableCell
from perfeval_lint.read.word.docx import read_docx
from tests.annotate.word_files import (
    MICROSOFT,
    USUAL,
    USUAL_RELATION,
    Parts,
    canonical,
    comments_of,
    document,
    notes,
    p,
    part_of,
    relations,
    tbl,
    tc,
    tr,
    types,
    word_parts,
    zipped,
)

ORIGIN = TableCell(1, 1, 1)
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
W15 = "http://schemas.microsoft.com/office/word/2012/wordml"
CID = "http://schemas.microsoft.com/office/word/2016/wordml/cid"
CEX = "http://schemas.microsoft.com/office/word/2018/wordml/cex"
# The comments of a clerk (7), of an earlier run (3, in two paragraphs), and the clerk's answer to it (4).
COMMENTS = (
    (7, "王会计", ("0A",)),
    (3, AUTHOR, ("0B", "0C")),
    (4, "王会计", ("0D",)),
)


def _comment(number: int, author: str, paragraphs: tuple[str, ...]) -> str:
    held = "".join(f'<w:p w14:paraId="{each}"><w:r><w:t>批{each}</w:t></w:r></w:p>' for each in paragraphs)
    return f'<w:comment w:id="{number}" w:author="{author}" w:initials="a">{held}</w:comment>\n'


def _marked(number: int, text: str) -> str:
    return (
        f'<w:commentRangeStart w:id="{number}"/>{text}<w:commentRangeEnd w:id="{number}"/>'
        f'<w:r><w:rPr><w:sz w:val="16"/></w:rPr><w:commentReference w:id="{number}"/></w:r>'
    )


def _parts() -> Parts:
    """A file as a later Word saves it, with threads, durable ids and people."""
    text = _marked(3, _marked(4, "<w:r><w:t>甲</w:t></w:r>"))
    body = f"<w:p>{_marked(7, '<w:r><w:t>题</w:t></w:r>')}</w:p>" + tbl(tr(tc(f"<w:p>{text}</w:p>"), tc("乙")))
    kinds = ("commentsExtended", "commentsIds", "commentsExtensible", "people")
    return word_parts("") | {
        "[Content_Types].xml": types(
            comments="application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml",
            **{kind: f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml" for kind in kinds},
        ),
        "word/document.xml": document(body),
        "word/_rels/document.xml.rels": relations(
            (f"{USUAL_RELATION}/comments", "comments.xml"), *((f"{MICROSOFT}/{kind}", f"{kind}.xml") for kind in kinds)
        ),
        "word/comments.xml": f'<w:comments xmlns:w="{USUAL}" xmlns:w14="{W14}">'
        + "".join(_comment(*each) for each in COMMENTS)
        + "</w:comments>",
        "word/commentsExtended.xml": f'<w15:commentsEx xmlns:w15="{W15}"><w15:commentEx w15:paraId="0A" w15:done="1"/>'
        '<w15:commentEx w15:paraId="0C" w15:done="0"/>'
        '<w15:commentEx w15:paraId="0D" w15:paraIdParent="0C" w15:done="0"/></w15:commentsEx>',
        "word/commentsIds.xml": f'<i:commentsIds xmlns:i="{CID}"><i:commentId i:paraId="0A" i:durableId="1A"/>'
        '<i:commentId i:paraId="0C" i:durableId="1C"/><i:commentId i:paraId="0D" i:durableId="1D"/></i:commentsIds>',
        "word/commentsExtensible.xml": f'<e:commentsExtensible xmlns:e="{CEX}"><e:commentExtensible e:durableId="1A"/>'
        '<e:commentExtensible e:durableId="1C"/><e:commentExtensible e:durableId="1D"/></e:commentsExtensible>',
        "word/people.xml": f'<w15:people xmlns:w15="{W15}"><w15:person w15:author="王会计"/></w15:people>',
    }


def _values(data: bytes, part: str) -> list[list[str]]:
    return [[str(value) for value in each.attrib.values()] for each in etree.fromstring(part_of(data, part))]


def test_comments_of_others_stay_and_those_of_an_earlier_run_go() -> None:
    out = annotate_docx(zipped(_parts()), "a.docx", notes(ORIGIN))
    found = comments_of(out)
    assert [(each.number, each.author) for each in found[:2]] == [("7", "王会计"), ("4", "王会计")]
    assert [each.author for each in found[2:]] == [AUTHOR, AUTHOR]
    assert [each.covers() for each in found] == ["题", "甲", "题", "甲"]
    assert len({each.number for each in found}) == 4
    assert "批0B" not in part_of(out, "word/comments.xml").decode()


def test_the_parts_of_later_words_hold_no_comment_that_is_gone_and_an_answer_stands_alone() -> None:
    out = annotate_docx(zipped(_parts()), "a.docx", notes(ORIGIN))
    assert _values(out, "word/commentsExtended.xml") == [["0A", "1"], ["0D", "0"]]
    assert _values(out, "word/commentsIds.xml") == [["0A", "1A"], ["0D", "1D"]]
    assert _values(out, "word/commentsExtensible.xml") == [["1A"], ["1D"]]
    assert part_of(out, "word/people.xml") == part_of(zipped(_parts()), "word/people.xml")


@pytest.mark.parametrize("absent", ["commentsExtended", "commentsIds", "commentsExtensible"])
def test_a_part_of_a_later_word_may_be_missing(absent: str) -> None:
    parts = _parts()
    del parts[f"word/{absent}.xml"]
    out = annotate_docx(zipped(parts), "a.docx", notes(ORIGIN))
    assert [each.number for each in comments_of(out)][:2] == ["7", "4"]


def test_without_comments_of_an_earlier_run_the_parts_beside_stay_byte_for_byte() -> None:
    parts = {name: part.replace(AUTHOR, "李会计") if isinstance(part, str) else part for name, part in _parts().items()}
    out = annotate_docx(zipped(parts), "a.docx", notes(ORIGIN))
    changed = {name for name, part in parts.items() if part_of(out, name) != str(part).encode()}
    assert changed == {"word/document.xml", "word/comments.xml"}
    assert [each.author for each in comments_of(out)] == ["王会计", "李会计", "王会计", AUTHOR, AUTHOR]


def test_annotating_again_and_again_leaves_one_set_of_comments() -> None:
    data = zipped(word_parts(p("题") + tbl(tr(tc("甲"), tc("<w:p/>")))))
    first = annotate_docx(data, "a.docx", notes(ORIGIN, TableCell(1, 1, 2)))
    again = annotate_docx(first, "a.docx", notes(TableCell(1, 1, 2)))
    assert [each.covers() for each in comments_of(again)] == ["题", ""]
    with zipfile.ZipFile(io.BytesIO(again)) as package, zipfile.ZipFile(io.BytesIO(first)) as before:
        assert package.namelist() == before.namelist()
        assert package.testzip() is None
    assert part_of(again, "[Content_Types].xml") == part_of(first, "[Content_Types].xml")
    assert part_of(again, "word/_rels/document.xml.rels") == part_of(first, "word/_rels/document.xml.rels")
    assert canonical(annotate_docx(again, "a.docx", [])) == canonical(data)


def test_nothing_to_write_and_nothing_to_remove_gives_the_very_bytes() -> None:
    data = zipped(word_parts(p("题") + tbl(tr(tc("甲")))))
    assert annotate_docx(data, "a.docx", []) == data


def test_numbers_of_stray_marks_are_not_taken() -> None:
    stray = '<w:p><w:commentRangeStart w:id="0"/><w:r><w:commentReference w:id="1"/></w:r></w:p>'
    out = annotate_docx(zipped(word_parts(stray + p("题"))), "a.docx", notes())
    assert [each.number for each in comments_of(out)] == ["2"]


def test_a_run_that_holds_more_than_the_mark_keeps_the_rest() -> None:
    run = '<w:r><w:t>甲</w:t><w:commentReference w:id="3"/><w:t>乙</w:t></w:r>'
    parts = _parts() | {"word/document.xml": document(f"<w:p>{run}</w:p>")}
    out = annotate_docx(zipped(parts), "a.docx", [])
    assert canonical(out) == canonical(zipped(word_parts("<w:p><w:r><w:t>甲</w:t><w:t>乙</w:t></w:r></w:p>")))


def test_comments_that_python_docx_wrote_stay() -> None:
    made = docx.Document()
    paragraph = made.add_paragraph("题")
    made.add_comment(paragraph.runs, "请核对", author="王会计", initials="王")
    made.add_table(1, 2).cell(0, 0).text = "甲"
    buffer = io.BytesIO()
    made.save(buffer)
    out = annotate_docx(buffer.getvalue(), "a.docx", notes(ORIGIN))
    found = [(each.author, each.text) for each in docx.Document(io.BytesIO(out)).comments]
    assert found[0] == ("王会计", "请核对")
    assert [author for author, _ in found] == ["王会计", AUTHOR, AUTHOR]
    assert read_docx(out, "a.docx") == read_docx(buffer.getvalue(), "a.docx")
