"""The report as one web page without network or script: an overview, then every form with its findings."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import IO

from perfeval_lint.errors import Problem, UsageError
from perfeval_lint.report.html.form import form_html, form_style, project_of
from perfeval_lint.report.html.style import PAGE_STYLE
from perfeval_lint.report.html.text import one_line, shown
from perfeval_lint.report.lines import total_line
from perfeval_lint.report.model import FileReport, FormReport, Summary
from perfeval_lint.report.words import REVIEW_WORDS, SEVERITY
from perfeval_lint.version import VERSION

_TITLE = "绩效自评表审核结果"
_IN_MEMORY = 1 << 24  # bytes of forms held before they go to a file
_PIECE = 1 << 16  # characters
_COLUMNS = ("项目和文件", "自评", "复核", *SEVERITY.values())


def html_parts(files: Iterable[FileReport], rules: str) -> Iterator[str]:
    """Yields the page in pieces; `rules` is the digest of the rules that judged.

    The overview comes first but is complete only after the last form: until then the forms wait in a temporary file,
    so that memory holds one of them and the rows of the overview. Raises UsageError where it cannot be written.
    """
    overview = _Overview()
    with SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8", newline="") as forms:
        for file in files:
            _set_aside(forms, overview.add(file))
        yield from overview.head()
        forms.seek(0)
        yield from _pieces(forms)
    yield _foot(rules)


def _set_aside(forms: IO[str], pieces: Iterator[str]) -> None:
    try:
        forms.writelines(pieces)
    except OSError as error:
        raise UsageError(
            f"临时目录放不下报告（{error.strerror}）；请清出空间，或用环境变量 TMPDIR 另指一个目录"
        ) from None


def _pieces(forms: IO[str]) -> Iterator[str]:
    while piece := forms.read(_PIECE):
        yield piece


class _Overview:
    """Turns files into forms of the page and collects the rows and counts of its overview."""

    def __init__(self) -> None:
        self.total = Summary()
        self.rows: list[str] = []
        self.problems: list[str] = []
        self.notes: list[str] = []
        self.project = ""

    def add(self, file: FileReport) -> Iterator[str]:
        """Adds a file; yields its forms."""
        self.total = self.total.plus(file)
        self.problems += map(_problem, file.errors)
        self.notes += map(_problem, file.notes)
        for form in file.forms:
            key = f"f{len(self.rows) + 1}"
            self.project = project_of(form)
            number = "" if len(file.forms) == 1 else f"（第 {form.index + 1} 张）"
            name = one_line(f"{file.file}{number}")
            self.rows.append(_row(key, name, form))
            yield f'<p class="source">{name}</p>\n' + form_html(form, key=key)

    def head(self) -> Iterator[str]:
        """Yields the page down to the forms."""
        title = f"{self.project} · {_TITLE}" if len(self.rows) == 1 else _TITLE
        yield _head(title)
        yield f'<header class="top">\n<h1>{_TITLE}</h1>\n<p>{shown(total_line(self.total))}</p>\n</header>\n'
        yield '<main id="main">\n'
        for name, lines in (("没有检查", self.problems), ("说明", self.notes)):
            if lines:
                yield f'<section class="panel">\n<h2>{name}</h2>\n<ul>\n{"".join(lines)}</ul>\n</section>\n'
        if len(self.rows) > 1:
            yield from self.table()

    def table(self) -> Iterator[str]:
        """Yields a table with a row for each form, with a link to it."""
        head = "".join(
            f'<th scope="col"{_look("number" if number else "")}>{name}</th>' for number, name in enumerate(_COLUMNS)
        )
        yield (
            '<section class="panel">\n<h2>总览</h2>\n<div class="scroll" tabindex="0" role="group" aria-label="总览">\n'
            f'<table class="overview">\n<thead><tr>{head}</tr></thead>\n<tbody>\n'
        )
        yield from self.rows
        yield "</tbody>\n</table>\n</div>\n</section>\n"


def _row(key: str, name: str, form: FormReport) -> str:
    counts = Counter(finding.severity for finding in form.open_findings)
    scores = (form.self_score or "—", form.shown_review or "—")
    numbers = (*map(one_line, scores), *(str(counts[severity]) for severity in SEVERITY))
    return (
        f'<tr><th scope="row"><a href="#{key}">{one_line(project_of(form))}</a><small>{name}</small></th>'
        + "".join(f"<td{_look('number')}>{number}</td>" for number in numbers)
        + "</tr>\n"
    )


def _look(name: str) -> str:
    return f' class="{name}"' if name else ""


def _problem(problem: Problem) -> str:
    place = ":".join(str(part) for part in (problem.file, problem.line, problem.column) if part not in (None, ""))
    return f"<li><b>{one_line(place)}</b>　{one_line(problem.message)}</li>\n"


def _head(title: str) -> str:
    style = form_style() + PAGE_STYLE
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="referrer" content="no-referrer">\n<title>{one_line(title)}</title>\n'
        f'<style>{style}</style>\n</head>\n<body>\n<a class="skip" href="#main">跳到结果</a>\n'
    )


def _foot(rules: str) -> str:
    return (
        '</main>\n<footer class="foot">\n'
        "<p>错误违反表内勾稽或明文要求；警告多半有问题，请核实；提示是写法建议。"
        "未能判断的地方缺少数据或数据读不出，没有下结论。</p>\n"
        f"<p>{REVIEW_WORDS}</p>\n"
        f"<p>工具：perfeval-lint {VERSION}；规则摘要 {shown(rules)}</p>\n</footer>\n</body>\n</html>\n"
    )
