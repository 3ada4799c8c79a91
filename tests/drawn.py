"""PDF files written by hand: a page of lines and text, its fonts and annotations."""

from __future__ import annotations


def drawn(content: str, *, rotate: int = 0, pages: int = 1, objects: str = "", page: str = "", root: str = "") -> bytes:
    """A PDF of 300 by 200 points with that content on each page; pdfium finds its way without the cross-references.

    `objects` are further ones, from number 5 to 9; `page` and `root` stand in the dictionaries of page and document,
    whose fonts are F, Helvetica, and G, object 5.
    """
    kids = " ".join(f"{number + 10} 0 R" for number in range(pages))
    leaves = "".join(
        f"{number + 10} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Rotate {rotate}/Contents 4 0 R"
        f"/Resources<</Font<</F 3 0 R/G 5 0 R>>/Properties<</L 9 0 R>>/XObject<</X 8 0 R>>>>{page}>>endobj\n"
        for number in range(pages)
    )
    return (
        f"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R{root}>>endobj\n"
        f"2 0 obj<</Type/Pages/Kids[{kids}]/Count {pages}>>endobj\n"
        "3 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
        f"4 0 obj<</Length {len(content)}>>stream\n{content}\nendstream endobj\n{leaves}{objects}"
        "trailer<</Root 1 0 R>>\n"
    ).encode("latin-1")


def stream(number: int, entries: str, content: str) -> str:
    """An object with content."""
    return f"{number} 0 obj<<{entries}/Length {len(content)}>>stream\n{content}\nendstream endobj\n"


def at(x: float, y: float, text: str, *, size: float = 10, font: str = "F") -> str:
    """Text from a point on."""
    return f"BT /{font} {size:g} Tf 1 0 0 1 {x} {y} Tm ({text}) Tj ET\n"


def stroke(*lines: tuple[float, float, float, float]) -> str:
    """Lines from point to point."""
    return "".join(f"{x1} {y1} m {x2} {y2} l S\n" for x1, y1, x2, y2 in lines)


# Three columns at 50, 110, 170, 230 and two rows at 150, 120, 90.
LEVEL = tuple((50.0, y, 230.0, y) for y in (150.0, 120.0, 90.0))
UPRIGHT = tuple((x, 90.0, x, 150.0) for x in (50.0, 110.0, 170.0, 230.0))
WORDS = "".join(at(55 + 60 * column, 130 - 30 * row, f"r{row}c{column}") for row in range(2) for column in range(3))
ALL = [(row, column, 1, 1, f"r{row}c{column}") for row in range(2) for column in range(3)]
