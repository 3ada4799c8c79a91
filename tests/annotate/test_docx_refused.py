"""Word files that take no comments, or not from everyone: what is said about them."""

from __future__ import annotations

import random
import re

import pytest

from perfeval_lint.annotate.docx.write import annotate_docx
from perfeval_lint.errors import UnreadableFile
from perfeval_lint.form.origin import TableCell
from perfeval_lint.read.word.docx import read_docx
from tests.annotate.word_files import (
    DECLARATION,
    USUAL,
    USUAL_RELATION,
    Parts,
    comments_of,
    notes,
    p,
    relations,
    tbl,
    tc,
    tr,
    types,
    word_parts,
    zipped,
)

MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
COMMENTS = {"word/_rels/document.xml.rels": relations((f"{USUAL_RELATION}/comments", "comments.xml"))}
BOMB = f"<!DOCTYPE a [<!ENTITY e 'x'>]><w:comments xmlns:w='{USUAL}'>&e;</w:comments>"

REFUSED: dict[str, tuple[Parts, str]] = {
    "signed": ({"_xmlsignatures/sig1.xml": "<x/>"}, "数字签名.*签名失效.*去掉签名"),
    "macros": ({"word/vbaProject.bin": b"x"}, r"带有宏.*另存为不带宏的 \.docx"),
    "macros, only declared": ({"[Content_Types].xml": types(main_type=MACROS)}, r"带有宏.*另存为不带宏的 \.docx"),
    "no document": ({"word/document.xml": f"{DECLARATION}<x/>"}, "不是 .docx"),
    "no paragraph": ({"word/document.xml": f'<w:document xmlns:w="{USUAL}"/>'}, "没有段落"),
    "broken text": ({"word/document.xml": "<w:document"}, "不是完整的 XML"),
    "comments that are none": (COMMENTS | {"word/comments.xml": "<x/>"}, "存放批注的部分不是批注"),
    "broken comments": (COMMENTS | {"word/comments.xml": "<x"}, "不是完整的 XML"),
    "entities": (COMMENTS | {"word/comments.xml": BOMB}, "DTD 或实体"),
    "a zip bomb": (COMMENTS | {"word/comments.xml": b" " * 70_000_000}, "展开后太大"),
    "broken types": ({"[Content_Types].xml": "<Types"}, "不是完整的 XML"),
    "broken relations": ({"word/_rels/document.xml.rels": "<x"}, "不是完整的 XML"),
    "two parts of one name": ({"word/DOCUMENT.xml": "<x/>"}, "同名的部分"),
}


@pytest.mark.parametrize(("parts", "said"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_in_words(parts: Parts, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said) as caught:
        annotate_docx(zipped(word_parts(p("题")) | parts), "甲.docx", notes())
    assert caught.value.problem.file == "甲.docx"


@pytest.mark.parametrize("cut", [0, 1, 30, 200, 700, -1, -30])
def test_a_file_cut_off_is_refused_in_words(cut: int) -> None:
    with pytest.raises(UnreadableFile):
        annotate_docx(zipped(word_parts(p("题")))[:cut], "甲.docx", notes())


def test_comments_that_a_relation_promises_and_are_not_there_are_made() -> None:
    out = annotate_docx(zipped(word_parts(p("题")) | COMMENTS), "a.docx", notes())
    assert [each.covers() for each in comments_of(out)] == ["题"]


@pytest.mark.parametrize(
    ("protection", "said"),
    [
        ('w:edit="readOnly" w:enforcement="1"', True),
        ('w:edit="forms" w:enforcement="true"', True),
        ('w:edit="readOnly" w:enforcement="0"', False),
        ('w:edit="readOnly"', False),
        ('w:edit="comments" w:enforcement="1"', False),
        ('w:edit="trackedChanges" w:enforcement="1"', False),
        ('w:edit="none" w:enforcement="1"', False),
    ],
)
def test_a_protected_file_says_so_in_its_summary(protection: str, said: bool) -> None:
    settings = {
        "word/_rels/document.xml.rels": relations((f"{USUAL_RELATION}/settings", "settings.xml")),
        "word/settings.xml": f'<w:settings xmlns:w="{USUAL}"><w:documentProtection {protection}/></w:settings>',
    }
    (summary,) = comments_of(annotate_docx(zipped(word_parts(p("题")) | settings), "a.docx", notes()))
    assert ("编辑保护" in summary.lines[-1]) is said


def _spoilt(part: str, chance: random.Random) -> str:
    """A part with a tag or a value of it replaced, left out or said twice."""
    pieces = re.findall(r'<[^>]*>|"[^"]*"', part)
    piece = chance.choice(pieces)
    other = chance.choice(['""', '"-1"', '"99999999999999999999"'] if piece.startswith('"') else [*pieces, ""])
    return part.replace(piece, chance.choice([other, piece * 2]), chance.choice([1, -1]))


def test_spoilt_files_are_refused_in_words_or_read_as_before() -> None:
    chance = random.Random(11)
    body = p("题") + tbl(tr(tc("甲"), tc("<w:p/>")), tr(tc(tbl(tr(tc("内"))) + p("尾")), tc("乙")))
    written = 0
    for _ in range(500):
        comments = f'<w:comments xmlns:w="{USUAL}"><w:comment w:id="0" w:author="a"/></w:comments>'
        parts = word_parts(body) | COMMENTS | {"word/comments.xml": comments}
        name = chance.choice(list(parts))
        data = zipped(parts | {name: _spoilt(str(parts[name]), chance)})
        try:
            out = annotate_docx(data, "a.docx", notes(TableCell(1, 1, 2), TableCell(1, 2, 1)))
        except UnreadableFile:
            continue
        written += 1
        assert _read(out) == _read(data)
    assert written > 100


def _read(data: bytes) -> object:
    try:
        return read_docx(data, "a.docx")
    except UnreadableFile as refused:
        return refused.problem
