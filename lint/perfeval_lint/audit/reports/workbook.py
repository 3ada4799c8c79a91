"""审核结果.xlsx: the officer's workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from perfeval_lint.audit.reports import csv_report, facts
from perfeval_lint.audit.reports.model import Limits, Options, Written
from perfeval_lint.audit.reports.names import cell_of, relative_link
from perfeval_lint.audit.reports.shapes import Group
from perfeval_lint.audit.reports.sheet import Book, Column, Kind, Series, Tone, file_link, row_link, writing
from perfeval_lint.audit.reports.words import (
    FINDING_HEAD,
    SCORE_HEAD,
    UNJUDGED_HEAD,
    Cell,
    basis_words,
    finding_cells,
    level_words,
    one_line,
    score_cells,
    unjudged_cells,
)
from perfeval_lint.files import written_whole
from perfeval_lint.judge.outcome import Counts
from perfeval_lint.report.words import REVIEW_WORDS

NAME = "审核结果.xlsx"
SCORES = "得分对比"
_TONES = {"error": Tone.ERROR, "warning": Tone.WARNING}

_GROUPS = (
    Column("主管部门", 26, Kind.LONG),
    Column("单位", 30, Kind.LONG),
    Column("单位数", 8, Kind.COUNT),
    Column("自评表", 8, Kind.COUNT),
    Column("有错误的表", 9, Kind.COUNT),
    Column("占比", 8, Kind.SHARE),
    Column("错误", 8, Kind.COUNT),
    Column("警告", 8, Kind.COUNT),
    Column("提示", 8, Kind.COUNT),
    Column("豁免", 8, Kind.COUNT),
    Column("平均自评得分", 9, Kind.SCORE),
    Column("平均复核得分", 9, Kind.SCORE),
    Column("平均差", 8, Kind.SCORE),
    Column("等级变化", 8, Kind.COUNT),
    Column("未能判断", 9, Kind.COUNT),
)
_FINDING_LOOKS = {
    "级别": (5, Kind.CENTRED),
    "主管部门": (14, Kind.LONG),
    "单位": (16, Kind.LONG),
    "年度": (6, Kind.CENTRED),
    "项目名称": (18, Kind.LONG),
    "规则": (7, Kind.CENTRED),
    "所指": (20, Kind.LONG),
    "问题": (34, Kind.LONG),
    "改法": (24, Kind.LONG),
    "依据": (24, Kind.LONG),
    "位置": (11, Kind.LONG),
    "文件": (22, Kind.LONG),
    "序号": (5, Kind.COUNT),
    "主问题": (26, Kind.LONG),
    "豁免理由": (24, Kind.LONG),
}
_UNJUDGED_LOOKS = {
    **_FINDING_LOOKS,
    "写的是": (20, Kind.LONG),
    "为什么": (30, Kind.LONG),
    "怎么写": (28, Kind.LONG),
    "没有判断的规则": (12, Kind.LONG),
    "原因": (12, Kind.LONG),
}
_SCORE_LOOKS = {
    "主管部门": (14, Kind.LONG),
    "单位": (18, Kind.LONG),
    "项目名称": (22, Kind.LONG),
    "项目编码": (10, Kind.LONG),
    "表式": (13, Kind.LONG),
    "自评等级": (5, Kind.CENTRED),
    "复核等级": (7, Kind.CENTRED),
    "界限": (5, Kind.CENTRED),
    "等级变化": (12, Kind.CENTRED),
    "规则集": (8, Kind.LONG),
    "文件": (22, Kind.LONG),
}
_SCORES = ("自评得分", "复核得分", "差", "可复核分值", "总分值")
_RULES = (
    Column("规则", 8),
    Column("标题", 34, Kind.LONG),
    Column("级别", 6, Kind.CENTRED),
    Column("检查处数", 10, Kind.COUNT),
    Column("通过", 10, Kind.COUNT),
    Column("不通过", 10, Kind.COUNT),
    Column("不适用", 10, Kind.COUNT),
    Column("未能判断", 10, Kind.COUNT),
    Column("不通过占比", 9, Kind.SHARE),
    Column("问题", 8, Kind.COUNT),
    Column("豁免", 8, Kind.COUNT),
    Column("涉及表数", 8, Kind.COUNT),
    Column("涉及单位数", 8, Kind.COUNT),
    Column("改法", 36, Kind.LONG),
    Column("依据", 40, Kind.LONG),
)
_FILES = (
    Column("情况", 10, Kind.CENTRED),
    Column("文件", 60, Kind.LONG),
    Column("往年", 6, Kind.CENTRED),
    Column("说明", 70, Kind.LONG),
    Column("行", 7, Kind.COUNT),
    Column("列", 7, Kind.COUNT),
)
_ABOUT = (Column("项", 20), Column("说明", 110, Kind.LONG))
_NOTE_LEVELS = {"error": "错误", "warning": "提醒", "info": "说明", "note": "说明"}


def write(database: duckdb.DuckDBPyConnection, folder: Path, options: Options) -> Written:
    """Writes the workbook; a remark names what is left out for its limits and is in the CSV files."""
    path = folder / NAME
    with written_whole(path) as part, writing(part, "绩效自评表审核结果", options.limits) as book:
        remarks = _Workbook(database, book, folder, options).write()
    return Written((path,), tuple(remarks))


class _Workbook:
    """Writes the sheets in order."""

    def __init__(self, database: duckdb.DuckDBPyConnection, book: Book, folder: Path, options: Options) -> None:
        self.database = database
        self.book = book
        self.folder = folder
        self.origin = options.origin
        self.limits: Limits = options.limits
        self.rules = {rule.rule: rule for rule in facts.rules(database)}
        self.open = sum(rule.findings for rule in self.rules.values())  # rows, heads or not
        self.waived = sum(rule.waived for rule in self.rules.values())
        self.total = facts.everything(database)
        self.remarks: list[str] = []

    def write(self) -> list[str]:
        """Writes all sheets; returns the remarks on them."""
        self.groups()
        self.findings()
        self.unjudged()
        self.rule_sheet()
        self.scores()
        self.files()
        self.about()
        return self.remarks

    def groups(self) -> None:
        """汇总: the grand total, then departments with their units folded below."""
        series = Series(self.book, "汇总", _GROUPS, frozen=2)
        series.row(("合计", None, *_sums(self.total)), Tone.TOTAL)
        for group in facts.groups(self.database):
            if group.unit is None:
                series.row((group.department, "（小计）", *_sums(group)), Tone.TOTAL)
            else:
                series.row((group.department, group.unit, *_sums(group)), level=1)
        series.close()

    def findings(self) -> None:
        """问题清单, and 豁免清单 where there are waivers."""
        self.finding_sheet("问题清单", FINDING_HEAD, facts.OPEN, self.open)
        if self.waived:
            self.finding_sheet("豁免清单", (*FINDING_HEAD, "豁免理由"), facts.WAIVED, self.waived)

    def finding_sheet(self, name: str, head: Sequence[str], where: str, count: int) -> None:
        series = Series(self.book, name, [Column(one, *_FINDING_LOOKS[one]) for one in head])
        project, file = head.index("项目名称"), head.index("文件")
        listed = facts.findings_with_forms(self.database, where, self.limits.workbook_rows)
        for finding, form in listed:
            is_scored = form.rank <= self.limits.workbook_rows
            links = {project: row_link(SCORES, form.rank, self.limits)} if is_scored else {}
            if link := self.link(form.file, finding.place):
                links[file] = link
            cells = (*finding_cells(finding, form, self.rules), finding.waived)[: len(head)]
            series.row(cells, tones={0: _TONES.get(finding.level, Tone.PLAIN)}, links=links)
        series.close()
        if count > series.rows:
            self.remarks.append(
                f"{name.removesuffix('清单')}共 {count} 条，{name}只列其中 {series.rows} 条，先取错误，再取警告、提示；"
                f"全部见 {csv_report.FINDINGS}"
            )
        if series.unlinked:
            self.remarks.append(
                f"{name}里有 {series.unlinked} 处没有做成链接：Excel 每张工作表至多 {self.limits.sheet_links} 个链接"
            )

    def unjudged(self) -> None:
        """未能判断: the values that left rules undecided, unit by unit; no sheet where there are none."""
        count = facts.unjudged_count(self.database)
        if not count:
            return
        series = Series(self.book, "未能判断", [Column(one, *_UNJUDGED_LOOKS[one]) for one in UNJUDGED_HEAD])
        file = UNJUDGED_HEAD.index("文件")
        for item, form in facts.unjudged_with_forms(self.database, self.limits.workbook_rows):
            link = self.link(form.file, item.place)
            series.row(unjudged_cells(item, form), links={file: link} if link else None)
        series.close()
        if count > series.rows:
            self.remarks.append(f"未能判断共 {count} 处，工作簿只列其中 {series.rows} 处；全部见 {csv_report.UNJUDGED}")

    def link(self, file: str, place: str | None) -> str | None:
        path = relative_link(file, self.origin, self.folder)
        return file_link(path, cell_of(file, place)) if path else None

    def rule_sheet(self) -> None:
        """规则统计: outcomes a rule, and their sums."""
        series = Series(self.book, "规则统计", _RULES, frozen=2)
        sums = Counts()
        for rule in self.rules.values():
            counts = Counts(rule.passed, rule.failed, rule.not_applicable, rule.not_evaluated)
            sums += counts
            level = level_words(rule.level) if rule.level else None
            found = (rule.findings, rule.waived, rule.forms, rule.units)
            series.row((rule.rule, rule.title, level, *_outcomes(counts), *found, rule.help, basis_words(rule)))
        total = (*_outcomes(sums), self.open, self.waived)
        series.row(("合计", None, None, *total, None, None, None, None), Tone.TOTAL)
        series.close()

    def scores(self) -> None:
        """得分对比: forms by how much the own score exceeds the reviewed one."""
        columns = [
            Column(name, *_SCORE_LOOKS.get(name, (8, Kind.SCORE) if name in _SCORES else (6, Kind.COUNT)))
            for name in SCORE_HEAD
        ]
        series = Series(self.book, SCORES, columns, frozen=1)
        change, file = SCORE_HEAD.index("等级变化"), SCORE_HEAD.index("文件")
        for form in facts.forms_by_rank(self.database, self.limits.workbook_rows):
            link = self.link(form.file, None)
            series.row(score_cells(form), tones={change: Tone.ERROR}, links={file: link} if link else None)
        series.close()
        if self.total.forms > self.limits.workbook_rows:
            self.remarks.append(
                f"自评表共 {self.total.forms} 张，工作簿的得分对比只列差最大的 {self.limits.workbook_rows} 张；"
                f"全部得分见 {csv_report.SCORES}"
            )

    def files(self) -> None:
        """读不了的文件: files that gave no form or not all, those read before, and notes on the others."""
        series = Series(self.book, "读不了的文件", _FILES)
        for file in facts.unread_files(self.database):
            link = self.link(file.file, None)
            last = "往年" if file.last_year else None
            cells = (file.status, file.file, last, one_line(file.message), file.line, file.column)
            series.row(cells, links={1: link} if link else None)
        for note in facts.notes(self.database):
            level = _NOTE_LEVELS.get(note.level or "", note.level or "说明")
            series.row((level, note.file, None, one_line(note.message), note.line, note.column))
        series.close()

    def about(self) -> None:
        """说明: what the audit covers, what the columns mean, and what was left out."""
        series = Series(self.book, "说明", _ABOUT)
        run, scope = facts.run(self.database), facts.scope(self.database)
        profiles = "；".join(f"{name} {count} 张" for name, count in facts.profiles(self.database))
        unread = f"读不了 {scope.unreadable} 个，部分读取 {scope.partly} 个，重复 {scope.repeated} 个"
        forms = f"{self.total.units} 个单位的 {self.total.forms} 张自评表，年度 {scope.years}"
        if scope.last_year:
            forms += f"；另有往年的 {scope.last_year} 张只用来比对，不审核，也不在各表里"
        series.row(("范围", f"共 {scope.files} 个文件，{unread}。{forms}。"))
        series.row(("工具", f"perfeval-lint {run.version}；规则摘要 {run.rules}"))
        series.row(("规则集", profiles or "（没有自评表）"))
        for remark in self.remarks or ["没有略去任何问题。"]:
            series.row(("没有列全的", remark))
        for term, words in _TERMS:
            series.row((term, words))
        series.close()


def _sums(group: Group) -> tuple[Cell | float, ...]:
    share = group.faulty / group.forms if group.forms else None
    counts = (group.errors, group.warnings, group.infos, group.waived)
    scores = (group.self_score, group.review_score, group.difference)
    return (group.units, group.forms, group.faulty, share, *counts, *scores, group.grade_changes, group.not_evaluated)


def _outcomes(counts: Counts) -> tuple[Cell | float, ...]:
    judged = counts.passed + counts.failed
    share = counts.failed / judged if judged else None
    return (counts.total, counts.passed, counts.failed, counts.not_applicable, counts.not_evaluated, share)


_TERMS: Sequence[tuple[str, str]] = (
    ("错误、警告、提示", "问题的三级。错误：违反表内勾稽或明文要求；警告：多半有问题，请核实；提示：写法建议。"),
    (
        "主问题",
        "一处毛病引出的几个问题只算一条：由它带出的、同一条规则在表上别处的，都写明它们的主问题（规则和所指），"
        "排在主问题下面，不另计入错误、警告、提示、豁免。主问题的级别取它带出的问题里最重的。",
    ),
    ("豁免", "表上写明理由、不再提示的问题，另列在豁免清单，不计入错误、警告、提示。"),
    ("有错误的表", "至少有一条错误的自评表；占比是它在全部自评表里所占的份额。"),
    ("自评得分、复核得分", f"自评得分是表上的总分。{REVIEW_WORDS}"),
    ("界限", "至多：有的指标没有完成而应扣多少算不出，复核得分和复核等级只是上限，差只是下限。"),
    ("差", "自评得分减复核得分，正数表示自评偏高。平均得分和平均差只算两个得分都有的表。"),
    (
        "可复核分值",
        "有多少分值的得分能由目标和完成值、由金额核对；完成值照抄目标的、用话答数的不能。",
    ),
    ("等级变化", "自评等级与复核等级不同。"),
    ("名次", "按差从大到小，差相同的按错误、警告的多少；没有得分的表排在最后。"),
    (
        "所指、位置",
        "所指是问题在表上的地方；位置是它在文件里的地方：工作表和单元格、第几张表第几行第几格、页、行和列。",
    ),
    (
        "通过、不通过",
        "规则在一处检查的结果。不通过就是问题（含已豁免的）；不通过占比 = 不通过 ÷（通过 + 不通过）。规则统计里的问题和"
        "豁免各处都数，归在主问题下面的也数，所以合计比错误、警告、提示、豁免多。",
    ),
    ("不适用", "规则的前提不成立，如没有扣分就不查扣分原因。"),
    (
        "未能判断",
        "缺少数据或数据读不出，没有下结论；不是没有问题。各表里数的是检查的处数；“未能判断”工作表一行是一个值，"
        "它使几条规则没有判断也只列一次。",
    ),
    ("链接", "“文件”打开原文件，是工作簿的到所在单元格；“项目名称”到得分对比里的那一行。文件移动以后链接会失效。"),
    ("续表", "一张工作表放不下（Excel 至多 1048576 行）时接着写到名字后加 2、3…… 的工作表；一格至多 32767 个字符。"),
)
