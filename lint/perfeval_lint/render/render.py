"""A form to the bytes of a file; the suffix says of which kind."""

from __future__ import annotations

from collections.abc import Callable

from perfeval_lint.errors import UsageError
from perfeval_lint.form.model import Form
from perfeval_lint.render.excel import write_excel
from perfeval_lint.render.layout import lay_out
from perfeval_lint.render.table import Table
from perfeval_lint.render.web import write_html
from perfeval_lint.render.word import write_word

WRITERS: dict[str, Callable[[Table], bytes]] = {
    ".docx": write_word,
    ".xlsx": write_excel,
    ".html": write_html,
    ".htm": write_html,
}


def render(form: Form, suffix: str) -> bytes:
    """The form in its official layout as a file of that suffix (.docx, .xlsx, .html).

    Everything the official form has a place for is printed as written; 豁免 and unknown keys are not.
    Raises UsageError for another suffix, and for a text longer than an Excel cell holds.
    """
    writer = WRITERS.get(suffix.lower())
    if writer is None:
        raise UsageError(f"不能输出为“{suffix}”；可用的后缀有：{'、'.join(WRITERS)}")
    return writer(lay_out(form))
