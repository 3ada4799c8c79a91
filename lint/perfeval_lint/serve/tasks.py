"""What a judging process does: a request in, an answer out. Nothing is kept between two requests but the rules, as long
as they stay as they are."""

from __future__ import annotations

import contextlib
import datetime
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from perfeval_lint.annotate.annotate import annotate, takes_comments
from perfeval_lint.audit.run.own import bound
from perfeval_lint.errors import PerfevalError, Problem, UnreadableFile, UsageError
from perfeval_lint.form.definition import BY_KEY, GOAL, GROUPS, NARRATIVE, ROOT_FIELDS, Kind
from perfeval_lint.form.dump import dump
from perfeval_lint.form.edit import edited
from perfeval_lint.form.path import FormPath, parsed
from perfeval_lint.linting.lint import Linter, forms_in
from perfeval_lint.linting.sources import Source, documents_in
from perfeval_lint.recognise.values import as_date, as_number
from perfeval_lint.recognise.words.text import clean
from perfeval_lint.report.html.form import form_html
from perfeval_lint.report.html.report import html_parts
from perfeval_lint.report.model import FileReport, FormReport
from perfeval_lint.report.report import Report
from perfeval_lint.rule.locate import all_folders, digest_of, rule_files
from perfeval_lint.rule.model import Pack, Severity
from perfeval_lint.rule.profile import choose
from perfeval_lint.rule.settings import Settings, settings_for
from perfeval_lint.serve.model import JSON, PAGE, YAML, Answer, Asked, Limits, problem
from perfeval_lint.version import VERSION

_RUNNING = frozenset({*(field.name for field in GOAL.fields), "情况说明", "存在问题", "偏差原因"})
_MENDED = "改后.yaml"  # what a form goes by once somebody has put a value into it


@dataclass(frozen=True)
class _Rules:
    """The rules of a moment: what makes them, and what judges by them, made when it is first needed."""

    settings: Settings
    digest: str
    year: int
    linters: dict[str, Linter] = field(default_factory=dict, compare=False)

    def pack(self) -> Pack:
        """The rules; raises RulePackBroken for faulty ones and for settings that do not fit them."""
        return self._kept("").pack(self.settings)

    def linter(self, profile: str) -> Linter:
        """The Linter of a profile; raises UsageError for a profile that is not there."""
        if profile:
            choose(self.pack(), None, profile)
        return self._kept(profile)

    def _kept(self, profile: str) -> Linter:
        return self.linters.setdefault(profile, Linter(profile or None))


def _rules_now() -> _Rules:
    """The rules that hold in this folder now; raises RulePackBroken for settings that cannot be read."""
    settings = settings_for(Path.cwd())
    digest = digest_of(rule_files(all_folders(settings.rule_paths)))
    return _Rules(settings, digest, datetime.datetime.now(tz=datetime.UTC).astimezone().year)


class Clerk:
    """What a judging process keeps from request to request."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._rules: _Rules | None = None

    def rules(self) -> _Rules:
        """The rules of now; what judges by them stays until they change. Raises RulePackBroken."""
        now = _rules_now()
        if now != self._rules:
            self._rules = now
        return self._rules


_clerk: Clerk | None = None  # this process's, set by begin() alone


def begin(limits: Limits) -> None:
    """Makes this a judging process: bounds what it may hold, reads the rules; where they are faulty requests tell."""
    global _clerk
    bound(limits.memory)
    _clerk = Clerk(limits)
    with contextlib.suppress(PerfevalError):
        _clerk.rules().pack()


def _own() -> Clerk:
    if _clerk is None:
        raise RuntimeError("begin() has not made this a judging process")
    return _clerk


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


def about(limits: Limits) -> Answer:
    """The version, the digest of the rules, the profiles there are, and what uploads are bounded by.

    Raises RulePackBroken for faulty rules and settings.
    """
    pack = _rules_now().pack()
    profiles = [{"name": one.name, "says": one.says} for one in pack.profiles.values()]
    bounds = {"upload": limits.upload, "judging": limits.judging}
    return _json({"version": VERSION, "rules": pack.digest, "profiles": profiles, "limits": bounds})


def lint(asked: Asked) -> Answer:
    """The report on a file: JSON (perfeval.report/1), or the page of --format html where `more` says so."""
    rules = _own().rules()
    report = _report(asked, rules)
    if asked.more == "html":
        page = "".join(html_parts([report], rules.digest))
        return Answer(200, PAGE, page.encode(), f"{PurePath(asked.name).stem}-审核.html")
    return Answer(200, JSON, Report((report,), rules.digest).to_json().encode())


def convert(asked: Asked) -> Answer:
    """The forms of a file as canonical YAML."""
    forms = forms_in(documents_in(asked.data, asked.name, _own().limits.judging))
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
    forms = forms_in(documents_in(asked.data, asked.name, _own().limits.judging))
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


def _report(asked: Asked, rules: _Rules | None = None) -> FileReport:
    rules = rules or _own().rules()
    source = Source(asked.name, None, rules.settings, asked.data, seconds=_own().limits.judging)
    (report,) = rules.linter(asked.profile).run([source])
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
        "review_bound": form.review_bound,
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
