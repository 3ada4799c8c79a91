"""What a judging process does: a request in, an answer out. Nothing is kept between two requests but the rules."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path, PurePath
from typing import Any

from perfeval_lint.annotate.annotate import annotate, takes_comments
from perfeval_lint.audit.lint import Linter, forms_in
from perfeval_lint.audit.reader import begin as bound
from perfeval_lint.audit.sources import Source, documents_in
from perfeval_lint.errors import PerfevalError, Problem, UnreadableFile, UsageError
from perfeval_lint.form.definition import BY_KEY, GOAL, GROUPS, NARRATIVE, ROOT_FIELDS, Kind
from perfeval_lint.form.dump import dump
from perfeval_lint.form.edit import edited
from perfeval_lint.form.path import FormPath, parsed
from perfeval_lint.read import office
from perfeval_lint.recognise.text import clean
from perfeval_lint.recognise.values import as_date, as_number
from perfeval_lint.report.html_form import form_html
from perfeval_lint.report.html_report import html_parts
from perfeval_lint.report.json_report import json_text
from perfeval_lint.report.model import FileReport, FormReport, Report
from perfeval_lint.rule.model import Severity
from perfeval_lint.rule.profile import choose
from perfeval_lint.rule.settings import Settings, settings_for
from perfeval_lint.serve.model import JSON, PAGE, YAML, Answer, Asked, Limits, problem
from perfeval_lint.version import VERSION

_RUNNING = frozenset({*(field.name for field in GOAL.fields), "情况说明", "存在问题", "偏差原因"})
_SHARE = 0.8  # of the time for a file, that its conversion by LibreOffice may take
_MENDED = "改后.yaml"  # what a form goes by once somebody has put a value into it


def begin(limits: Limits) -> None:
    """Prepares a judging process: bounds what it may hold, reads the rules.

    LibreOffice ends before the process would be ended: it and its folder are then cleared away.
    """
    office.MAX_SECONDS = min(office.MAX_SECONDS, _SHARE * limits.judging)
    bound(limits.memory)
    _kept("").pack(_settings())


def do(task: str, asked: Asked) -> Answer:
    """The answer to a request; every error is one too."""
    try:
        return TASKS[task](asked)
    except UnreadableFile as error:
        return problem(422, error.problem.code, error.problem.message)
    except UsageError as error:
        return problem(400, "usage", str(error))
    except PerfevalError as error:
        return problem(500, "rules", str(error))
    except MemoryError:
        raise  # the process is of no more use
    except Exception as error:  # noqa: BLE001  (one request's; its message may hold what was uploaded)
        name = type(error).__name__
        return problem(500, "failed", f"审核程序出错（{name}），这个文件没有审核；请把文件和版本告诉维护者")


@cache
def _settings() -> Settings:
    return settings_for(Path.cwd())


@cache
def _kept(profile: str) -> Linter:
    return Linter(profile or None)


def _linter(profile: str) -> Linter:
    """The Linter of a profile, kept with its rules; raises UsageError for a profile that is not there."""
    if profile:
        choose(_kept("").pack(_settings()), None, profile)
    return _kept(profile)


def about(limits: Limits) -> Answer:
    """The version, the digest of the rules, the profiles there are, and what uploads are bounded by.

    Raises RulePackBroken for faulty rules and settings.
    """
    pack = _linter("").pack(_settings())
    profiles = [{"name": one.name, "says": one.says} for one in pack.profiles.values()]
    bounds = {"upload": limits.upload, "judging": limits.judging}
    return _json({"version": VERSION, "rules": pack.digest, "profiles": profiles, "limits": bounds})


def lint(asked: Asked) -> Answer:
    """The report on a file: JSON (perfeval.report/1), or the page of --format html where `more` says so."""
    report = _report(asked)
    rules = _linter(asked.profile).pack(_settings()).digest
    if asked.more == "html":
        page = "".join(html_parts([report], rules))
        return Answer(200, PAGE, page.encode(), f"{PurePath(asked.name).stem}-审核.html")
    return Answer(200, JSON, json_text(Report((report,), rules)).encode())


def convert(asked: Asked) -> Answer:
    """The forms of a file as canonical YAML."""
    forms = forms_in(documents_in(asked.data, asked.name))
    return Answer(200, YAML, dump(forms).encode(), f"{PurePath(asked.name).stem}.yaml")


def annotated(asked: Asked) -> Answer:
    """The file with comments in its cells."""
    data = annotate(asked.data, _report(asked))
    name = PurePath(asked.name)
    return Answer(200, "application/octet-stream", data, f"{name.stem}-批注{name.suffix}")


def drawn(asked: Asked) -> Answer:
    """A file for the web page: each form drawn, with its figures and its YAML."""
    report = _report(asked)
    told = {
        "file": asked.name,
        "errors": [_problem(one) for one in report.errors],
        "notes": [_problem(one) for one in report.notes],
        "annotate": takes_comments(asked.data, asked.name),
        "forms": [_drawn(form, places=True) for form in report.forms],
    }
    return _json(told)


def mended(asked: Asked) -> Answer:
    """A form with one value put in place, drawn again; `more` is {"path", "value", "rows"} as JSON, as for edited()."""
    change = json.loads(asked.more)
    forms = forms_in(documents_in(asked.data, asked.name))
    if len(forms) != 1:
        raise UsageError("一次改一张表；请重新打开文件再改")
    path = change["path"]
    form = edited(forms[0], path, _as_held(path, change["value"]), change["rows"])
    report = _report(Asked(_MENDED, dump([form]).encode(), asked.profile))
    if not report.forms:
        raise UnreadableFile(report.errors[0])
    return _json(_drawn(report.forms[0], places=False))


TASKS: dict[str, Callable[[Asked], Answer]] = {
    "lint": lint,
    "convert": convert,
    "annotate": annotated,
    "draw": drawn,
    "mend": mended,
}


def _json(told: dict[str, Any]) -> Answer:
    return Answer(200, JSON, json.dumps(told, ensure_ascii=False).encode())


def _report(asked: Asked) -> FileReport:
    source = Source(asked.name, None, _settings(), asked.data)
    (report,) = _linter(asked.profile).run([source])
    return report


def _problem(one: Problem) -> dict[str, str]:
    return {"code": one.code, "message": one.message}


def _drawn(form: FormReport, *, places: bool) -> dict[str, Any]:
    found = form.open_findings
    counts = Counter(finding.severity for finding in found)
    rules = Counter(finding.rule.id for finding in found)
    titles = {finding.rule.id: finding.rule.title for finding in found}
    return {
        "index": form.index,
        "表式": form.form.text("表式"),
        "年度": form.form.text("年度"),
        "项目名称": form.form.text("项目名称") or form.form.text("部门"),
        "profile": form.profile,
        "self_score": form.self_score,
        "review_score": form.review_score,
        **{severity.value: counts[severity] for severity in Severity},
        "not_evaluated": form.verdict.counts.not_evaluated,
        "doubts": len(form.doubts),
        "rules": [{"rule": name, "title": titles[name], "count": count} for name, count in rules.most_common()],
        "yaml": dump([form.form]),
        "html": form_html(form, key="form", editable=True, places=places),
    }


def _as_held(path: str, text: str) -> str:
    """What somebody typed, as the canonical form holds it: numbers plain, digits half-width, dates by the calendar.

    Running text keeps its lines: unlike those of a file, they are not where a cell was too narrow.
    """
    found = parsed(path) or FormPath(path)
    name = found.field or ""
    section = BY_KEY.get(found.section)
    field = section.field(name) if section else ROOT_FIELDS.get(path)
    kind = field.kind if field else Kind.TEXT
    if section is GROUPS or kind in (Kind.NUMBER, Kind.RATE):
        return as_number(text)
    if kind is Kind.DATE:
        return as_date(text)
    if name in _RUNNING or path in NARRATIVE:
        return "\n".join(filter(None, map(clean, text.splitlines())))
    return clean(text)
