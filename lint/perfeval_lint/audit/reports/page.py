"""审核结果.html: one page that needs no network and runs no script; every text on it is escaped."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

import duckdb

from perfeval_lint.audit.reports import csv_report, facts, workbook
from perfeval_lint.audit.reports.heads import gathered
from perfeval_lint.audit.reports.model import Options, Written
from perfeval_lint.audit.reports.names import relative_link
from perfeval_lint.audit.reports.page_findings import finding_item
from perfeval_lint.audit.reports.page_markup import bar, counts, level, score, section, table, text
from perfeval_lint.audit.reports.page_spread import spread_section
from perfeval_lint.audit.reports.page_style import STYLE
from perfeval_lint.audit.reports.page_unjudged import unjudged_section
from perfeval_lint.audit.reports.shapes import Form
from perfeval_lint.audit.reports.words import (
    grade_change,
    percent,
    project_of,
    shown_review,
)
from perfeval_lint.files import written_whole
from perfeval_lint.report.words import REVIEW_WORDS

NAME = "审核结果.html"
_TITLE = "绩效自评表审核结果"
_RANKED = 30
_DEPARTMENTS = 200
_UNREAD = 100


def write(database: duckdb.DuckDBPyConnection, folder: Path, options: Options) -> Written:
    """Writes the page; of a large audit it holds the forms whose findings weigh most, and says so."""
    page = _Page(database, folder, options)
    path = folder / NAME
    data = page.data()
    with written_whole(path) as part:
        part.write_bytes(data)
    return Written((path,), tuple(page.remarks))


class _Page:
    """Puts the page together."""

    def __init__(self, database: duckdb.DuckDBPyConnection, folder: Path, options: Options) -> None:
        self.database = database
        self.folder = folder
        self.options = options
        self.total = facts.everything(database)
        self.rules = {rule.rule: rule for rule in facts.rules(database)}
        self.remarks: list[str] = []

    def data(self) -> bytes:
        """The whole page, no larger than its limit as far as the forms' findings go."""
        shown = self.chosen_forms()
        head = _head() + "".join(self.top())
        sections = [
            self.ranking({form.order for form, _ in shown}),
            self.by_department(),
            self.by_rule(),
            unjudged_section(self.database, self.link),
            spread_section(self.database),
            self.drill_down(shown),
            self.unread(),
            self.about(),
        ]
        return f"{head}<main>\n{self.figures()}{''.join(sections)}</main>\n</body>\n</html>\n".encode()

    def top(self) -> Iterator[str]:
        scope = facts.scope(self.database)
        words = (
            f"{scope.years} 年度，{self.total.units:,} 个单位，{self.total.forms:,} 张自评表，{scope.files:,} 个文件"
        )
        yield f"<header>\n<h1>{_TITLE}</h1>\n<p class=soft>{text(words)}</p>\n"
        links = "".join(f'<li><a href="#{name}">{name}</a></li>' for name in _SECTIONS)
        yield f'<nav aria-label="本页各节"><ul>{links}</ul></nav>\n</header>\n'

    def figures(self) -> str:
        """The key figures."""
        total, scope = self.total, facts.scope(self.database)
        unread = scope.unreadable + scope.partly
        scores = f"{total.self_score} → {total.review_score}" if total.review_score is not None else "—"
        items = (
            ("自评表", f"{total.forms:,}", f"{total.units:,} 个单位", False),
            ("有错误的表", f"{total.faulty:,}", f"占 {percent(total.faulty, total.forms)}", total.faulty > 0),
            ("错误", f"{total.errors:,}", f"警告 {total.warnings:,}，提示 {total.infos:,}", total.errors > 0),
            ("平均得分，自评 → 复核", scores, f"平均差 {score(total.difference)}", False),
            ("等级变化", f"{total.grade_changes:,}", "张表的自评等级与复核得分不符", total.grade_changes > 0),
            ("未能判断", f"{total.not_evaluated:,}", "处：缺数据或读不出，不是没有问题", False),
            ("没有读全的文件", f"{unread:,}", f"读不了 {scope.unreadable:,}，部分读取 {scope.partly:,}", unread > 0),
            ("豁免", f"{total.waived:,}", "条：表上写明了理由，不计入问题", False),
        )
        cells = "".join(
            f"<div{' class=bad' if bad else ''}><dt>{name}</dt><dd>{value}<small>{text(note)}</small></dd></div>\n"
            for name, value, note, bad in items
        )
        return f'<section aria-label="要点">\n<dl class=figures>\n{cells}</dl>\n</section>\n'

    def ranking(self, shown: set[int]) -> str:
        """The forms whose own score exceeds the reviewed one by most."""
        forms = [form for form in facts.forms_by_rank(self.database, _RANKED) if (form.difference or 0) > 0]
        head = (("名次", "n wide"), ("项目", ""), ("自评", "n"), ("复核", "n"), ("差", "n"), ("等级", ""))
        rows = []
        for form in forms:
            project = text(project_of(form))
            name = f'<a href="#f{form.order}">{project}</a>' if form.order in shown else project
            change = grade_change(form)
            rows.append(
                f"<td class='n wide'>{form.rank}</td><th scope=row class=name>{name}"
                f"<small>{text(form.department)}　{text(form.unit)}</small></th>"
                f"<td class=n>{score(form.self_score)}</td><td class=n>{shown_review(form)}</td>"
                f"<td class=n>{score(form.difference)}</td>"
                f"<td>{f'<span class=error>{text(change)}</span>' if change else ''}</td>"
                f"<td class='n wide'>{form.errors:,}</td><td class='n wide'>{score(form.covered)}</td>"
            )
        more = (*head, ("错误", "n wide"), ("可复核", "n wide"))
        caption = f"自评高出复核得分最多的 {len(rows)} 张；可复核是得分能够核对的分值"
        content = table(caption, more, rows) if rows else "<p>没有自评高于复核得分的表。</p>"
        return section("差最大的表", content)

    def by_department(self) -> str:
        """Departments, the most errors first."""
        groups = facts.departments(self.database, _DEPARTMENTS + 1)
        most = max((group.errors for group in groups), default=0)
        head = (
            ("主管部门", ""),
            ("错误", "n"),
            ("错误的多少", "wide"),
            ("警告", "n"),
            ("自评表", "n wide"),
            ("有错误的", "n"),
        )
        rows = [
            f"<th scope=row class=name>{text(group.department or '')}</th><td class=n>{group.errors:,}</td>"
            f"<td class='bar wide'>{bar(group.errors, most)}</td><td class=n>{group.warnings:,}</td>"
            f"<td class='n wide'>{group.forms:,}</td><td class=n>{percent(group.faulty, group.forms)}</td>"
            f"<td class=n>{score(group.difference)}</td><td class='n wide'>{group.grade_changes:,}</td>"
            for group in groups[:_DEPARTMENTS]
        ]
        caption = "按错误的多少排列；平均差是自评减复核"
        if len(groups) > _DEPARTMENTS:
            caption += f"；只列前 {_DEPARTMENTS} 个，全部见 {workbook.NAME} 的汇总"
        return section("主管部门", table(caption, (*head, ("平均差", "n"), ("等级变化", "n wide")), rows))

    def by_rule(self) -> str:
        """Rules, those with the most findings first."""
        found = sorted(
            (rule for rule in self.rules.values() if rule.findings), key=lambda one: (-one.findings, one.rule)
        )
        most = max((rule.findings for rule in found), default=0)
        head = (
            ("规则", ""),
            ("标题", ""),
            ("级别", ""),
            ("问题", "n"),
            ("问题的多少", "wide"),
            ("表", "n"),
            ("单位", "n wide"),
        )
        rows = [
            f"<td>{text(rule.rule)}</td><th scope=row class=name>{text(rule.title or '')}</th>"
            f"<td>{level(rule.level or '')}</td><td class=n>{rule.findings:,}</td>"
            f"<td class='bar wide'>{bar(rule.findings, most)}</td><td class=n>{rule.forms:,}</td>"
            f"<td class='n wide'>{rule.units:,}</td>"
            for rule in found
        ]
        return section(
            "规则", table("有问题的规则，按问题的多少排列；归在别的问题下面的也数，不含已豁免的", head, rows)
        )

    def chosen_forms(self) -> list[tuple[Form, str]]:
        """The forms whose findings the page holds, each with its part of the page."""
        limits = self.options.limits
        left = limits.page_bytes * 2 // 3
        chosen: list[tuple[Form, str]] = []
        heaviest = facts.heaviest_forms(self.database, limits.page_forms + 1)
        for form in heaviest[: limits.page_forms]:
            part = self.form(form)
            left -= len(part.encode())
            if left < 0:
                break
            chosen.append((form, part))
        if len(chosen) < len(heaviest):
            self.remarks.append(
                f"网页只列问题最重的 {len(chosen)} 张表的问题；全部问题见 {workbook.NAME} 和 {csv_report.FINDINGS}"
            )
        return chosen

    def form(self, form: Form) -> str:
        """One form and its findings."""
        heads = list(gathered(facts.findings_of(self.database, form.order)))
        shown = heads[: self.options.limits.page_findings]
        year = f"{text(form.year)} 年度　" if form.year else ""
        change = grade_change(form)
        scores = f"；自评 {score(form.self_score)}，复核 {shown_review(form)}" if form.review_score is not None else ""
        words = f"{counts(form.errors, form.warnings, form.infos)}{scores}{f'，{change}' if change else ''}"
        more = len(heads) - len(shown)
        rest = f"<p class='soft files'>还有 {more:,} 条，见 {workbook.NAME} 的问题清单。</p>\n" if more else ""
        items = "".join(finding_item(head, self.rules[head.finding.rule]) for head in shown)
        return (
            f"<details><summary>{year}<b>{text(project_of(form))}</b>"
            f"<span class=soft>{text(words)}</span></summary>\n"
            f"<p class='soft files' id=f{form.order}>文件：{self.link(form)}</p>\n"
            f"<ol class=findings>\n{items}</ol>\n{rest}</details>\n"
        )

    def link(self, form: Form) -> str:
        path = relative_link(form.file, self.options.origin, self.folder)
        name = text(form.file) + (f"（第 {form.sequence + 1} 张）" if form.sequence else "")
        return f'<a href="{quote(path)}">{name}</a>' if path else name

    def drill_down(self, shown: Sequence[tuple[Form, str]]) -> str:
        """Departments, their units, the forms of those and their findings, folded."""
        names = {group.department: number for number, group in enumerate(facts.groups(self.database)) if not group.unit}
        ordered = sorted(shown, key=lambda one: (names[one[0].department], one[0].unit, one[0].order))
        parts = []
        for department, members in groupby(ordered, key=lambda one: one[0].department):
            units = [
                _folded(unit, [form for form, _ in forms], "".join(part for _, part in forms))
                for unit, group in groupby(list(members), key=lambda one: one[0].unit)
                for forms in [list(group)]
            ]
            inside = [form for form, _ in shown if form.department == department]
            parts.append(_folded(department, inside, "".join(units)))
        said = "".join(f"<p class=soft>{text(remark)}。</p>\n" for remark in self.remarks)
        empty = "" if parts else "<p>没有问题。</p>\n"
        return section("逐级查看", f"<p class=soft>主管部门、单位、自评表逐级展开。</p>\n{said}{empty}{''.join(parts)}")

    def unread(self) -> str:
        """Files that were not read or not wholly."""
        files = facts.unread_files(self.database, _UNREAD + 1)
        head = (("情况", ""), ("文件", ""), ("说明", ""))
        rows = [
            f"<td class=state>{text(file.status)}</td><th scope=row class=name>{text(file.file)}</th>"
            f"<td class=name>{text(file.message or '')}</td>"
            for file in files[:_UNREAD]
        ]
        caption = "没有读、没有读全或与别的文件重复"
        if len(files) > _UNREAD:
            caption += f"；只列前 {_UNREAD} 个，全部见 {workbook.NAME}"
        return section("读不了的文件", table(caption, head, rows) if rows else "<p>没有。</p>\n")

    def about(self) -> str:
        """Explains the terms; names the rules and the version."""
        run = facts.run(self.database)
        profiles = "；".join(f"{name} {count:,} 张" for name, count in facts.profiles(self.database))
        lines = (
            "错误违反表内勾稽或明文要求；警告多半有问题，请核实；提示是写法建议。",
            "由一个问题带出的、同一条规则在表上别处的，列在它下面，不另计数；它的级别取其中最重的。",
            REVIEW_WORDS,
            "未能判断的地方缺少数据或数据读不出，没有下结论。",
            f"规则集：{profiles or '（没有自评表）'}。工具：perfeval-lint {run.version}；规则摘要 {run.rules}。",
        )
        return section("说明", "".join(f"<p>{text(line)}</p>\n" for line in lines))


_SECTIONS = ("差最大的表", "主管部门", "规则", "未能判断", "分布", "逐级查看", "读不了的文件", "说明")


def _head() -> str:
    digest = base64.b64encode(sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="referrer" content="no-referrer">\n<title>{_TITLE}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n"
    )


def _folded(name: str, forms: Sequence[Form], inside: str) -> str:
    found = (sum(one.errors for one in forms), sum(one.warnings for one in forms), sum(one.infos for one in forms))
    words = f"{len(forms):,} 张表，{counts(*found)}"
    return f"<details><summary><b>{text(name)}</b><span class=soft>{words}</span></summary>\n{inside}</details>\n"
