"""A laid-out form as one self-contained web page that prints on upright A4 pages."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from perfeval_lint.render.table import (
    BODY_FONT,
    END_MARGIN,
    PADDING,
    PAGE_WIDTH,
    SIDE_MARGIN,
    TEXT_POINTS,
    TITLE_FONT,
    Cell,
    Role,
    Table,
)

_STYLE = f"""\
@page {{ size: A4 portrait; margin: {END_MARGIN}cm {SIDE_MARGIN}cm; }}
body {{ margin: 1em auto; max-width: {PAGE_WIDTH}cm; color: #000; background: #fff;
  font: {TEXT_POINTS}pt/1.35 "{BODY_FONT}", SimSun, "Songti SC", "Noto Serif CJK SC", serif; }}
h1 {{ margin: 0 0 .3em; text-align: center;
  font: 16pt/1.4 "{TITLE_FONT}", SimHei, "Heiti SC", "Noto Sans CJK SC", sans-serif; }}
p {{ margin: 0 0 .5em; text-align: center; font-size: 10.5pt; }}
table {{ width: 100%; table-layout: fixed; border-collapse: collapse; }}
th, td {{ border: 1px solid #000; padding: .12cm {PADDING}cm; text-align: left; vertical-align: middle;
  font-weight: normal; white-space: pre-wrap; overflow-wrap: anywhere; }}
.middle {{ text-align: center; }}
tr.whole > :not([rowspan]) {{ break-inside: avoid; }}
.head {{ font-weight: bold; }}
@media print {{ body {{ margin: 0; max-width: none; }} }}"""


def write_html(table: Table) -> bytes:
    """The table as the bytes of an HTML page, in UTF-8; every text is escaped."""
    title = escape(table.title)
    columns = "".join(f'<col style="width:{width / PAGE_WIDTH:.2%}">' for width in table.widths)
    page = (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>\n{_STYLE}\n</style>\n</head>\n<body>\n<h1>{title}</h1>\n<p>{escape(table.year_line)}</p>\n"
        f"<table>\n<colgroup>{columns}</colgroup>\n{''.join(_rows(table))}</table>\n</body>\n</html>\n"
    )
    return page.encode()


def _rows(table: Table) -> Iterator[str]:
    begun: list[list[Cell]] = [[] for _ in range(table.rows)]
    for cell in table.cells:
        begun[cell.row].append(cell)
    for row, cells in enumerate(begun):
        whole = ' class="whole"' if table.is_unbroken(cells) else ""
        height = f' style="height:{table.least_height(row)}cm"'
        yield f"<tr{whole}{height}>{''.join(_cell(table, cell) for cell in cells)}</tr>\n"


def _cell(table: Table, cell: Cell) -> str:
    tag = "th" if cell.role is Role.LABEL else "td"
    spans = (f' rowspan="{cell.rows}"' if cell.rows > 1 else "") + (
        f' colspan="{cell.columns}"' if cell.columns > 1 else ""
    )
    names = " ".join(("middle",) * table.is_centred(cell) + ("head",) * table.is_heading(cell))
    look = f' class="{names}"' if names else ""
    return f"<{tag}{spans}{look}>{escape(cell.text)}</{tag}>"
