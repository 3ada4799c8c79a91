"""The tasks of a judging process: each turns an upload into an answer. Only the rules outlast a request."""

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
from perfeval_lint.form.model import Form
from perfeval_lint.form.path import FormPath, parsed
from perfeval_lint.linting.lint import Linter, forms_in
from perfeval_lint.linting.sources import Source, documents_in
from perfeval_lint.report.html.form import form_html
from perfeval_lint.report.html.report import html_parts
from perfeval_lint.report.model import FormReport
from perfeval_lint.report.report import Report
from perfeval_lint.rule.locate import all_folders, digest_of, rule_files
from perfeval_lint.rule.model import Pack, Severity
from perfeval_lint.rule.profile import choose
from perfeval_lint.rule.settings import Settings, settings_for
from perfeval_lint.serve.model import JSON, PAGE, YAML, Answer, Limits, Upload, problem
from perfeval_lint.values.day import as_date
from perfeval_lint.values.number import as_number
from perfeval_lint.values.text import clean
from perfeval_lint.version import VERSION

_RUNNING = frozenset({*(field.name for field in GOAL.fields), "情况说明", "存在问题", "偏差原因"})
_MENDED = "改后.yaml"  # the name of a form in which a value was changed


@dataclass(frozen=True)
class _Rules:
    """The rules at one moment, identified by settings, digest and year; their Linters are made when first needed."""

    settings: Settings
    digest: str
    year: int
    linters: dict[str, Linter] = field(default_factory=dict, compare=False)

    def pack(self) -> Pack:
        """Returns the rules; raises RulePackBroken for faulty ones and for settings that do not fit them."""
        return self._linter("").pack(self.settings)

    def linter(self, profile: str) -> Linter:
        """Returns the Linter of a profile; raises UsageError for a profile that does not exist."""
        if profile:
            choose(self.pack(), None, profile)
        return self._linter(profile)

    def _linter(self, profile: str) -> Linter:
        return self.linters.setdefault(profile, Linter(profile or None))


def _rules_now() -> _Rules:
    """Returns the rules of this folder as they are now; raises RulePackBroken for settings that cannot be read."""
    settings = settings_for(Path.cwd())
    digest = digest_of(rule_files(all_folders(settings.rule_paths)))
    return _Rules(settings, digest, datetime.datetime.now(tz=datetime.UTC).astimezone().year)


class Worker:
    """The state of a judging process: its limits, and the rules until they change."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rules: _Rules | None = None

    def rules(self) -> _Rules:
        """Returns the rules as they are now, the same object until they change. Raises RulePackBroken."""
        now = _rules_now()
        if now != self._rules:
            self._rules = now
        return self._rules

    def forms(self, upload: Upload) -> list[Form]:
        """Returns the forms of a file; raises UnreadableFile."""
        return forms_in(documents_in(upload.data, upload.name, self._limits.judging))

    def judge(self, upload: Upload) -> Report:
        """Returns the report on one file."""
        rules = self.rules()
        source = Source(upload.name, None, rules.settings, upload.data, seconds=self._limits.judging)
        return Report(tuple(rules.linter(upload.profile).run([source])), rules.digest)


_worker: Worker | None = None  # of this process, set by begin() alone


def begin(limits: Limits) -> None:
    """Makes this a judging process: bounds its memory, loads the rules; faulty rules become the answer to requests."""
    global _worker
    bound(limits.memory)
    _worker = Worker(limits)
    with contextlib.suppress(PerfevalError):
        _worker.rules().pack()


def do(task: str, upload: Upload) -> Answer:
    """Performs a task and returns its answer; an error becomes an answer too."""
    if _worker is None:
        raise RuntimeError("begin() has not made this a judging process")
    try:
        return TASKS[task](_worker, upload)
    except UnreadableFile as error:
        return problem(422, error.problem.code, error.problem.message)
    except UsageError as error:
        return problem(400, "usage", str(error))
    except PerfevalError as error:
        return problem(500, "rules", str(error))
    except MemoryError:
        raise  # the process cannot go on
    except Exception as error:  # noqa: BLE001  (of one request; its message may quote the upload)
        name = type(error).__name__
        return problem(500, "failed", f"审核程序出错（{name}），这个文件没有审核；请把文件和版本告诉维护者")


def about(limits: Limits) -> Answer:
    """Answers with the version, the digest of the rules, the profiles and the limits of uploads.

    Raises RulePackBroken for faulty rules and settings.
    """
    pack = _rules_now().pack()
    profiles = [{"name": one.name, "says": one.says} for one in pack.profiles.values()]
    bounds = {"upload": limits.upload, "judging": limits.judging}
    return _json({"version": VERSION, "rules": pack.digest, "profiles": profiles, "limits": bounds})


def lint(worker: Worker, upload: Upload) -> Answer:
    """Answers with the report on a file: as JSON (perfeval.report/1), or as a web page if `more` is html."""
    report = worker.judge(upload)
    if upload.more == "html":
        page = "".join(html_parts(report.files, report.rules))
        return Answer(200, PAGE, page.encode(), f"{PurePath(upload.name).stem}-审核.html")
    return Answer(200, JSON, report.to_json().encode())


def convert(worker: Worker, upload: Upload) -> Answer:
    """Answers with the forms of a file as canonical YAML."""
    forms = worker.forms(upload)
    return Answer(200, YAML, dump(forms).encode(), f"{PurePath(upload.name).stem}.yaml")


def annotated(worker: Worker, upload: Upload) -> Answer:
    """Answers with the file, with comments in its cells."""
    (report,) = worker.judge(upload).files
    data = annotate(upload.data, report)
    name = PurePath(upload.name)
    return Answer(200, "application/octet-stream", data, f"{name.stem}-批注{name.suffix}")


def drawn(worker: Worker, upload: Upload) -> Answer:
    """Answers with the forms of a file for the web page: each as HTML and YAML, with its scores and counts."""
    (report,) = worker.judge(upload).files
    content = {
        "file": upload.name,
        "errors": [_problem(one) for one in report.errors],
        "notes": [_problem(one) for one in report.notes],
        "annotate": takes_comments(upload.data, upload.name),
        "forms": [_drawn(form, places=True) for form in report.forms],
    }
    return _json(content)


def mended(worker: Worker, upload: Upload) -> Answer:
    """Answers with the form after changing one value; `more` is {"path", "value", "rows"} as JSON, for edited()."""
    change = json.loads(upload.more)
    forms = worker.forms(upload)
    if len(forms) != 1:
        raise UsageError("一次改一张表；请重新打开文件再改")
    path = change["path"]
    form = edited(forms[0], path, _canonical(path, change["value"]), change["rows"])
    (report,) = worker.judge(Upload(_MENDED, dump([form]).encode(), upload.profile)).files
    if not report.forms:
        raise UnreadableFile(report.errors[0])
    return _json(_drawn(report.forms[0], places=False))


TASKS: dict[str, Callable[[Worker, Upload], Answer]] = {
    "lint": lint,
    "convert": convert,
    "annotate": annotated,
    "draw": drawn,
    "mend": mended,
}


def _json(content: dict[str, Any]) -> Answer:
    return Answer(200, JSON, json.dumps(content, ensure_ascii=False).encode())


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


def _canonical(path: str, text: str) -> str:
    """Returns the canonical value of what somebody typed: plain numbers, half-width digits, ISO dates.

    Running text keeps its line breaks: unlike those in a file, they do not come from a narrow cell.
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
