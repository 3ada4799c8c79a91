"""The columns of findings and of scores, the same in the workbook and in the CSV files."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from perfeval_lint.audit.reports.shapes import NO_PROJECT, Finding, Form, RuleFacts, Unjudged
from perfeval_lint.report.words import SEVERITY, at_most

Cell = str | int | Decimal | None

LEVELS = {severity.value: words for severity, words in SEVERITY.items()}
GRADES = ("优", "良", "中", "差")

FINDING_HEAD = (
    *("级别", "主管部门", "单位", "年度", "项目名称", "规则", "所指", "问题", "改法", "依据"),
    *("位置", "文件", "序号", "主问题"),
)
SCORE_HEAD = (
    *("名次", "主管部门", "单位", "年度", "项目名称", "项目编码", "表式", "自评得分", "复核得分", "界限", "差"),
    *("自评等级", "复核等级", "等级变化", "可复核分值", "总分值", "错误", "警告", "提示", "豁免", "未能判断"),
    *("规则集", "文件", "序号"),
)

UNJUDGED_HEAD = (
    *("主管部门", "单位", "年度", "项目名称", "所指", "写的是", "为什么", "怎么写", "没有判断的规则"),
    *("原因", "位置", "文件", "序号"),
)


def one_line(text: str | None) -> str:
    """Returns a text on one line."""
    return " ".join((text or "").split())


def project_of(form: Form) -> str:
    """Returns the project's name on one line, or that there is none."""
    return one_line(form.project) or NO_PROJECT


def level_words(level: str) -> str:
    """错误 警告 提示."""
    return LEVELS.get(level, level)


def grade_change(form: Form) -> str | None:
    """Returns the change of grade: 优→良（降）; None where there is none."""
    if not form.grade_changed:
        return None
    own, due = (form.self_grade or "")[:1], form.review_grade or ""
    change = f"{form.self_grade}→{shown_grade(form)}"
    if own not in GRADES or due not in GRADES:
        return change
    return f"{change}（{'降' if GRADES.index(due) > GRADES.index(own) else '升'}）"


def shown_grade(form: Form) -> str | None:
    """Returns the grade of the review score: 良, or 至多 良 where it is an upper bound."""
    return form.review_grade and f"{at_most(form.is_most)}{form.review_grade}"


def shown_review(form: Form) -> str:
    """Returns the review score: 93.00, or 至多 93.00 where it is an upper bound."""
    return "—" if form.review_score is None else f"{at_most(form.is_most)}{form.review_score:.2f}"


def finding_cells(finding: Finding, form: Form, rules: Mapping[str, RuleFacts]) -> tuple[Cell, ...]:
    """Returns the cells of a finding under FINDING_HEAD."""
    rule = rules.get(finding.rule)
    return (
        level_words(finding.level),
        form.department,
        form.unit,
        form.year,
        project_of(form),
        finding.rule,
        finding.words,
        finding.message,
        help_on(finding, rule),
        basis_words(rule),
        finding.place,
        form.file,
        form.sequence + 1,
        head_words(finding),
    )


def unjudged_cells(item: Unjudged, form: Form) -> tuple[Cell, ...]:
    """Returns the cells of what left rules undecided under UNJUDGED_HEAD."""
    return (
        form.department,
        form.unit,
        form.year,
        project_of(form),
        item.words,
        item.value,
        item.message,
        item.help,
        item.rules,
        item.cause,
        item.place,
        form.file,
        form.sequence + 1,
    )


def head_words(finding: Finding) -> str | None:
    """Returns the rule and the place of the finding that a finding hangs under; None for a head."""
    if finding.head is None:
        return None
    rule, _, path = finding.head.partition(" ")
    return f"{rule} {finding.head_words or path}"


def help_on(finding: Finding, rule: RuleFacts | None) -> str | None:
    """Returns the remedy of a finding."""
    return finding.help or (rule.help if rule else None)


def basis_words(rule: RuleFacts | None) -> str | None:
    """Returns the basis of a rule on one line."""
    return "；".join((rule.basis or "").splitlines()) if rule else None


def score_cells(form: Form) -> tuple[Cell, ...]:
    """Returns the cells of a form under SCORE_HEAD."""
    return (
        form.rank,
        form.department,
        form.unit,
        form.year,
        project_of(form),
        form.code,
        form.kind,
        form.self_score,
        form.review_score,
        at_most(form.is_most).strip() or None,
        form.difference,
        form.self_grade,
        shown_grade(form),
        grade_change(form),
        form.covered,
        form.total,
        form.errors,
        form.warnings,
        form.infos,
        form.waived,
        form.not_evaluated,
        form.profile,
        form.file,
        form.sequence + 1,
    )


def percent(part: int, whole: int) -> str:
    """Returns a share as 12.3%; a dash where there is nothing to share."""
    return f"{part * 100 / whole:.1f}%" if whole else "—"
