"""PDFs of every make, annotated: what was there stays, each mark lies on its cell, other readers agree."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pikepdf
import pypdfium2
import pytest

from perfeval_lint import lint
from perfeval_lint.annotate.annotate import annotate
from perfeval_lint.annotate.pdf.write import annotate_pdf
from perfeval_lint.annotate.remarks import AUTHOR, Notes, Remark
from perfeval_lint.errors import UnreadableFile
from perfeval_lint.form.origin import PageBox, Paragraph
from perfeval_lint.read.pdf.pdf import read_pdf
from perfeval_lint.report.model import FileReport
from perfeval_lint.rule.model import Severity

TESTS = Path(__file__).parents[1]
FORM = TESTS / "read_web" / "fixtures" / "form.pdf"
REAL = [
    *(TESTS / "read_web" / "fixtures" / name for name in ("form.pdf", "from_excel.pdf", "rotated.pdf", "sideways.pdf")),
    *sorted((TESTS / "recognise" / "pdf").glob("*.pdf")),
]
Box = tuple[float, float, float, float]


def report_on(data: bytes) -> FileReport:
    (report,) = lint(data).files
    return report


def said(report: FileReport) -> list[tuple[str, str, str]]:
    return [
        (one.rule.id, one.message, str(one.place.position))
        for form in report.forms
        for finding in form.verdict.findings
        for one in finding.each()
    ]


def remark(box: Box, page: int = 1, severity: Severity = Severity.ERROR, text: str = "得分 20 大于分值 10") -> Remark:
    return Remark(PageBox(page, box), severity, "PE301 得分超过分值", "得分", text, "改正。", ())


def notes(*remarks: Remark) -> list[Notes]:
    return [Notes(("绩效自评审核：错误 1 处",), PageBox(1, (0.0, 0.0, 1.0, 1.0)), remarks)]


class Seen(NamedTuple):
    """An annotation of this tool, as another reader has it."""

    kind: str
    text: str
    box: list[float]
    colour: list[float]


def ours(pdf: pikepdf.Pdf) -> list[list[Seen]]:
    """This tool's annotations, a list a page, without their windows."""
    return [
        [
            Seen(str(item.Subtype), str(item.Contents), [*map(float, item.Rect)], [*map(float, item.C)])
            for item in page.get("/Annots", [])
            if str(item.get("/T", "")) == AUTHOR
        ]
        for page in pdf.pages
    ]


def checked(original: bytes, done: bytes) -> pikepdf.Pdf:
    """What was annotated, opened by qpdf without a complaint; the bytes of the original are its beginning."""
    assert done.startswith(original)
    pdf = pikepdf.open(io.BytesIO(done))
    assert pdf.check_pdf_syntax() == []
    return pdf


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_every_finding_of_a_real_file_lies_on_its_page_and_reading_again_finds_the_same(path: Path) -> None:
    data = path.read_bytes()
    report = report_on(data)
    done = annotate(data, report)
    pages = ours(checked(data, done))
    told = []
    for finding in (finding for form in report.forms for finding in form.open_findings):
        told += [(one.place.position, one.message) for one in (finding, *finding.places)]
        told += [(finding.place.position, one.message) for one in finding.follows]
    assert told
    for at, message in told:
        assert isinstance(at, PageBox)
        words = [item.text for item in pages[at.page - 1] if item.kind == "/Square"]
        assert any(message.replace("\n", "\r") in text for text in words)
    assert len([item for items in pages for item in items if item.text.startswith("绩效自评审核")]) == len(report.forms)
    assert said(report_on(done)) == said(report)
    assert read_pdf(done, "x.pdf") == read_pdf(data, "x.pdf")


def saved(**how: object) -> Callable[[pikepdf.Pdf], bytes]:
    def save(pdf: pikepdf.Pdf) -> bytes:
        out = io.BytesIO()
        pdf.save(out, **how)  # type: ignore[arg-type]
        return out.getvalue()

    return save


def revised(pdf: pikepdf.Pdf) -> bytes:
    """With three revisions after the first, by this tool itself."""
    data = saved(object_stream_mode=pikepdf.ObjectStreamMode.disable)(pdf)
    for height in (10.0, 20.0, 30.0):
        data = annotate_pdf(data, "x.pdf", notes(remark((5, 5, 50, height))))
    return data


def hybrid(pdf: pikepdf.Pdf) -> bytes:
    """As Word writes: the pages are free in the table, and shown by a stream that an empty second table names."""
    data = saved(object_stream_mode=pikepdf.ObjectStreamMode.disable)(pdf)
    start = data.rindex(b"xref\n0 ", 0, data.rindex(b"trailer"))
    table, trailer = data[start : data.rindex(b"startxref")].split(b"trailer ")
    rows = table.split(b"\n")[2:-1]
    hidden = [page.objgen[0] for page in pdf_of(data).pages]
    fields = b"".join(b"\1" + int(rows[number][:10]).to_bytes(4) + b"\0" for number in hidden)
    for number in hidden:
        rows[number] = b"0000000000 65535 f "
    size = len(rows)
    stream = b"%d 0 obj\n<</Type/XRef/W[1 4 1]/Index[%s]/Size %d/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (
        *(size, b" ".join(b"%d 1" % number for number in hidden), size + 1, len(fields), fields),
    )
    first = start + len(stream)
    tables = b"xref\n0 %d\n%s\ntrailer %s" % (size, b"\n".join(rows), trailer)
    second = b"xref\n0 0\ntrailer\n%s/Prev %d/XRefStm %d>>\n" % (trailer.strip()[:-2], first, start)
    return data[:start] + stream + tables + second + b"startxref\n%d\n%%%%EOF\n" % (first + len(tables))


def pdf_of(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(data))


MAKES: dict[str, Callable[[pikepdf.Pdf], bytes]] = {
    "table": saved(object_stream_mode=pikepdf.ObjectStreamMode.disable),
    "object streams": saved(object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "linearised": saved(linearize=True, object_stream_mode=pikepdf.ObjectStreamMode.disable),
    "linearised, object streams": saved(linearize=True, object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "hybrid": hybrid,
    "revised": revised,
}


@pytest.mark.parametrize("make", MAKES)
def test_every_make_of_file_is_added_to_in_its_own_manner(make: str) -> None:
    data = MAKES[make](pikepdf.open(FORM))
    report = report_on(data)
    done = annotate(data, report)
    assert sum(map(len, ours(checked(data, done)))) > 1
    assert said(report_on(done)) == said(report)
    added = done[len(data) :]
    assert (b"\nxref\n" in added) == ("streams" not in make)
    assert (b"/XRef" in added) == ("streams" in make)


@pytest.mark.parametrize("make", MAKES)
def test_all_else_in_the_file_stays_as_it_was(make: str) -> None:
    pdf = pikepdf.open(FORM)
    pdf.docinfo["/Title"] = "自评表"
    pdf.attachments["x.txt"] = b"attached"
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("一", 0))
    data = MAKES[make](pdf)
    before, after = pdf_of(data), checked(data, annotate(data, report_on(data)))
    pages = {page.objgen for page in before.pages}
    for held in before.objects:
        if isinstance(held, pikepdf.Dictionary | pikepdf.Array) and held.objgen not in pages:
            assert after.get_object(held.objgen).unparse(resolved=True) == held.unparse(resolved=True)
    for one, other in zip(before.pages, after.pages, strict=True):
        assert {key: str(value) for key, value in one.obj.items() if key != "/Annots"} == {
            key: str(value) for key, value in other.obj.items() if key != "/Annots"
        }
    assert str(after.docinfo["/Title"]) == "自评表"
    assert after.attachments["x.txt"].get_file().read_bytes() == b"attached"
    first = before.trailer.get("/ID")
    assert first is None or after.trailer.ID[0] == first[0]


@pytest.mark.parametrize("make", MAKES)
def test_a_second_run_replaces_the_annotations_of_the_first(make: str) -> None:
    data = MAKES[make](pikepdf.open(FORM))
    once = annotate_pdf(data, "x.pdf", notes(remark((50, 50, 90, 80)), remark((50, 90, 90, 120), 2)))
    twice = annotate_pdf(once, "x.pdf", notes(remark((60, 50, 90, 80), text="第二次")))
    first, second = ours(checked(once, twice))
    assert sorted(item.kind for item in first) == ["/Square", "/Text"]
    assert "第二次" in next(item.text for item in first if item.kind == "/Square")
    assert second == []
    after = pdf_of(twice)
    assert [len(page.get("/Annots", [])) for page in after.pages] == [4, 0]


@pytest.mark.parametrize("indirect", [False, True])
def test_annotations_and_fields_of_others_stay(indirect: bool) -> None:
    pdf = pikepdf.open(FORM)
    name = pikepdf.Name
    comment = pikepdf.Dictionary(
        Type=name.Annot, Subtype=name.Text, Rect=[9, 9, 20, 20], Contents="科长：请核", T="科长", NM="perfeval-lint:1-1"
    )
    field = pdf.make_indirect(
        pikepdf.Dictionary(Type=name.Annot, Subtype=name.Widget, FT=name.Tx, T="甲", V="乙", Rect=[9, 30, 50, 40], F=4)
    )
    array = pikepdf.Array([comment, field])
    pdf.pages[0].Annots = pdf.make_indirect(array) if indirect else array
    pdf.Root.AcroForm = pdf.make_indirect(pikepdf.Dictionary(Fields=[field]))
    data = saved()(pdf)
    for _ in range(2):
        data = annotate_pdf(data, "x.pdf", notes(remark((50, 50, 90, 80))))
    after = pdf_of(data)
    assert [str(item.get("/T", "")) for item in after.pages[0].Annots] == ["科长", "甲", AUTHOR, "", AUTHOR, ""]
    assert str(after.Root.AcroForm.Fields[0].V) == "乙"
    assert after.Root.AcroForm.Fields[0].objgen == after.pages[0].Annots[1].objgen


def test_findings_at_one_box_share_a_mark_in_the_colour_of_the_gravest() -> None:
    box = (50.0, 50.0, 90.0, 80.0)
    lines = remark(box, severity=Severity.INFO, text="a(b\\c\r)\n𠮷"), remark(box), remark((5, 5, 9, 9))
    done = annotate_pdf(FORM.read_bytes(), "x.pdf", notes(*lines))
    pdf = pdf_of(done)
    note, both, _ = ours(pdf)[0]
    assert note.text == "绩效自评审核：错误 1 处"
    assert both.text == "\r\r".join(item.text.replace("\n", "\r") for item in lines[:2])
    assert both.colour == [0.84, 0.12, 0.12]
    written = pdf.pages[0].Annots[2]
    assert written.Popup.Parent.objgen == written.objgen
    assert written.P.objgen == pdf.pages[0].objgen
    assert int(written.F) == 4  # printed


def test_a_remark_without_a_place_on_the_pages_stands_in_the_note() -> None:
    lost = remark((5, 5, 9, 9), 7), Remark(Paragraph(3), Severity.INFO, "PE001 某条", "全表", "没有位置", "改正。", ())
    done = annotate_pdf(FORM.read_bytes(), "x.pdf", notes(*lost))
    ((note,), second) = ours(pdf_of(done))
    assert second == []
    assert "位置：得分\r得分 20 大于分值 10" in note.text
    assert "位置：全表\r没有位置" in note.text


def test_notes_of_two_forms_on_a_page_lie_side_by_side() -> None:
    done = annotate_pdf(FORM.read_bytes(), "x.pdf", notes() + notes())
    left, right = (item.box for item in ours(pdf_of(done))[0])
    assert left[1] == right[1]
    assert left[2] < right[0]


# Pages of 300 by 200 points, or what a crop leaves of them.
CROPS = {"whole": None, "cropped": [40, 30, 290, 180], "beyond": [-50, 20, 280, 500]}


def page_of(rotate: int, crop: list[int] | None, unit: float, media: tuple[int, ...] = (0, 0, 300, 200)) -> bytes:
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(300, 200))
    page.MediaBox = pikepdf.Array(media)
    page.Rotate = rotate
    page.UserUnit = unit
    if crop:
        page.CropBox = crop
    page.Contents = pdf.make_stream(b"0.7 g -500 -500 2000 2000 re f")
    return saved()(pdf)


def pixels(data: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and the colours of the first page, a pixel a point."""
    document = pypdfium2.PdfDocument(data)
    bitmap = document[0].render(scale=1)
    width, height, stride = bitmap.width, bitmap.height, bitmap.stride
    flat = bytes(bitmap.buffer)
    depth = bitmap.n_channels
    starts = (y * stride + x * depth for y in range(height) for x in range(width))
    colours = [flat[start : start + 3] for start in starts]
    document.close()
    return width, height, colours


@pytest.mark.parametrize("rotate", [0, 90, 180, 270, -90])
@pytest.mark.parametrize("crop", CROPS)
@pytest.mark.parametrize(("unit", "media"), [(1.0, (0, 0, 300, 200)), (2.0, (-20, -10, 280, 190))])
def test_the_changed_pixels_fill_the_box(rotate: int, crop: str, unit: float, media: tuple[int, ...]) -> None:
    data = page_of(rotate, CROPS[crop], unit, media)
    box = (60.0, 50.0, 120.0, 90.0)
    done = annotate_pdf(data, "x.pdf", notes(remark(box)))
    checked(data, done)
    (width, height, before), (*_, after) = pixels(data), pixels(done)
    changed = [
        divmod(at, width)[::-1] for at, (one, other) in enumerate(zip(before, after, strict=True)) if one != other
    ]
    on_cell = {(x, y) for x, y in changed if y >= 40}
    inside = {(x, y) for x in range(61, 119) for y in range(51, 89)}
    assert inside <= on_cell
    assert on_cell <= {(x, y) for x in range(60, 120) for y in range(50, 90)}
    note = {(x, y) for x, y in changed if y < 40}
    assert note == {(x, y) for x in range(8, 28) for y in range(8, 28)}
    strong = {at for at in on_cell if after[at[1] * width + at[0]][0] < 60}  # BGR: the frame and the corner
    assert (115, 52) in strong, "the corner is at the upper right, however the page is turned"
    assert (63, 86) not in strong
    assert height > 90


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_nothing_but_the_cells_with_findings_changes_on_a_real_page(path: Path) -> None:
    data = path.read_bytes()
    report = report_on(data)
    (width, _, before), (*_, after) = pixels(data), pixels(annotate(data, report))
    boxes = [(8.0, 8.0, 28.0, 28.0)]
    for form in report.forms:
        found = [one for finding in form.open_findings for one in (finding, *finding.places)]
        places = [finding.place.position for finding in found]
        boxes += [place.box for place in places if isinstance(place, PageBox) and place.page == 1]
    changed = [divmod(at, width) for at, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]
    assert changed
    for y, x in changed:
        assert any(left - 1 <= x <= right and top - 1 <= y <= bottom for left, top, right, bottom in boxes)


def test_a_small_or_outlying_box_is_marked_so_that_it_is_seen() -> None:
    data = page_of(0, None, 1.0)
    done = annotate_pdf(data, "x.pdf", notes(remark((299, 150, 300, 151)), remark((-9, 150, -5, 160), text="x")))
    for item in ours(pdf_of(done))[0][1:]:
        left, bottom, right, top = item.box
        assert 0 <= left <= right - 5.9
        assert right <= 300
        assert top - bottom >= 5.9


def protected(**allowed: bool) -> bytes:
    encryption = pikepdf.Encryption(owner="x", user="", allow=pikepdf.Permissions(**allowed))
    return saved(encryption=encryption)(pikepdf.open(FORM))


def certified(degree: int) -> bytes:
    pdf = pikepdf.open(FORM)
    name = pikepdf.Name
    parameters = pikepdf.Dictionary(Type=name.TransformParams, P=degree, V=name("/1.2"))
    reference = pikepdf.Dictionary(Type=name.SigRef, TransformMethod=name.DocMDP, TransformParams=parameters)
    signature = pdf.make_indirect(
        pikepdf.Dictionary(Type=name.Sig, Filter=name("/Adobe.PPKLite"), Contents=b"0", Reference=[reference])
    )
    field = pdf.make_indirect(
        pikepdf.Dictionary(Type=name.Annot, Subtype=name.Widget, FT=name.Sig, T="s", V=signature, Rect=[0, 0, 0, 0])
    )
    pdf.pages[0].Annots = pikepdf.Array([field])
    pdf.Root.AcroForm = pdf.make_indirect(pikepdf.Dictionary(Fields=[field], SigFlags=3))
    pdf.Root.Perms = pikepdf.Dictionary(DocMDP=signature)
    return saved()(pdf)


def displaced() -> bytes:
    """Every cross-reference off by seven."""
    data = MAKES["table"](pikepdf.open(FORM))
    start = data.rindex(b"startxref")
    return data[:20].replace(b"\n", b"\n%moved\n", 1) + data[20:start] + data[start:]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (protected(modify_annotation=False), "权限设置不许加批注；请去掉保护"),
        (protected(), "加密保存的，批注写不进去；请去掉保护"),
        ((FORM.parent / "owner_password.pdf").read_bytes(), "请去掉保护"),
        (certified(1), "经签名认证，不许再改动"),
        (certified(2), "经签名认证，不许再改动"),
        (displaced(), "内部目录（交叉引用表）有损坏"),
        (FORM.read_bytes()[: FORM.read_bytes().rindex(b"startxref")], "内部目录（交叉引用表）有损坏"),
        (b"junk\n" + FORM.read_bytes(), "内部目录（交叉引用表）有损坏"),
    ],
)
def test_files_that_must_or_can_not_be_added_to_are_refused_with_a_remedy(data: bytes, why: str) -> None:
    assert read_pdf(data, "x.pdf").blocks
    with pytest.raises(UnreadableFile, match=why) as caught:
        annotate_pdf(data, "x.pdf", notes(remark((50, 50, 90, 80))))
    assert "请" in caught.value.problem.message
    assert caught.value.problem.file == "x.pdf"


def test_a_certified_file_that_lets_comments_in_gets_them() -> None:
    data = certified(3)
    assert len(ours(checked(data, annotate_pdf(data, "x.pdf", notes(remark((50, 50, 90, 80))))))[0]) == 2


def test_the_same_file_gives_the_same_bytes() -> None:
    data, written = FORM.read_bytes(), notes(remark((50, 50, 90, 80)))
    assert annotate_pdf(data, "x.pdf", written) == annotate_pdf(data, "x.pdf", written)
