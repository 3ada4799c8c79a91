"""The temporary tables by which the functions of an audit hand rows to each other; those of an import are in tables/.

They last as long as their connection and are no part of the results. Those that judge/bulk.py leaves behind are named
there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Temporary:
    """A temporary table, what a row of it is, and its columns (… for those that depend on the rows at hand). In SQL it
    is written by its name."""

    name: str
    row: str
    columns: str

    def __str__(self) -> str:
        return self.name


# --- inputs into the store (run/intake.py, run/imports.py) ----------------------------------------

INPUTS: Final = Temporary("清单", "An input of this run.", "文件 路径 成员 大小 修改 代码 说明 往年")
STALE_FILES: Final = Temporary("弃用文件", "A file to delete from the store.", "文件号 散列")
STALE_FORMS: Final = Temporary("弃用表", "A form to delete, or not to take in as its file repeats another.", "表号")
FILES_TO_READ: Final = Temporary("待读文件", "An input that is not in the store yet.", f"号 {INPUTS.columns}")
PAIRS_TO_READ: Final = Temporary("待读指标值", "A target and a result that have not been read.", "号 目标 实际 年")
NEW_FILES: Final = Temporary(
    "新文件", "A file just read, as 文件 has it.", "文件号 文件 大小 修改 散列 状态 代码 说明 行 列 表数 往年"
)
REPEATED_FILES: Final = Temporary("重复文件", "A file just read, and the name of an earlier like it.", "文件号 首份")
EARLIER_FORMS: Final = Temporary("往年表", "A form of last year's results, with its number from 0 on.", "表号 次")

# --- judging (run/judging.py, run/across.py) ------------------------------------------------------

FORMS_TO_JUDGE: Final = Temporary(
    "待判表", "A form of the slice, with the words in its 一级指标 that choose a profile.", "表号 表式 往年 年度 级词"
)
COMPARED_FORMS: Final = Temporary(
    "比较表", "A form, the name messages call it by, and its place among all.", "表号 文件 往年 序"
)
ACROSS_OUTCOMES: Final = Temporary(
    "比较结果", "An outcome of the check across forms that was judged last.", "表号 行号 结果 消息 改法"
)

# --- reports (reports/facts.py), and a sample by them (ask/sample.py) -----------------------------

REPORT_FILES: Final = Temporary(
    "报告文件", "A file, numbered by name.", "文件次 文件号 文件 大小 修改 散列 状态 代码 说明 行 列 表数 往年"
)
REPORT_FORMS: Final = Temporary(
    "报告表",
    "A form of this year, numbered by file and by rank, with its scores and counts.",
    "次 表号 文件次 文件 序号 年度 表式 项目名称 项目编码 主管部门 单位 规则集 自评得分 自评等级 复核得分 可复核分值 "
    "总分值 复核等级 复核至多 差 等级变化 错误 警告 提示 豁免 通过 不通过 不适用 未能判断 预算数 执行率 名次",
)
REPORT_RULES: Final = Temporary("报告规则", "A rule with findings, numbered by id.", "规则 规则次")
REPORT_FINDINGS: Final = Temporary(
    "报告问题",
    "A finding, numbered as they are read on the forms, what hangs under a head after it.",
    "号 次 规则 级别 部分 行号 字段 路径 所指 所在 消息 豁免 改法 主问题 主所指",
)
REPORT_UNJUDGED: Final = Temporary(
    "报告未判",
    "A value that left rules undecided, or a place where no value is to blame, numbered as they are read.",
    "号 次 规则 原因 值部分 值行号 值路径 值所指 值所在 值 说明 改法",
)
REPORT_NOTES: Final = Temporary(
    "报告说明", "A remark on the reading of a file, numbered by file.", "号 文件次 文件 级别 代码 说明 行 列"
)
RISKS: Final = Temporary("风险", "A form, its stratum and its risk points.", "次 主管部门 单位 档 … 风险分")

# --- two audits compared (ask/compare.py) ---------------------------------------------------------

_COMPARED_FORM = "表号 表键 主管部门 单位 年度 项目名称"
_COMPARED_FINDING = "表键 规则 部分 字段 行名 已豁免 数 主管部门 单位 年度 项目名称 级别 所指 消息"
OLD_FORMS: Final = Temporary("上次表", "A form of the old audit, with what it is recognised by.", _COMPARED_FORM)
NEW_FORMS: Final = Temporary("这次表", "A form of the new audit, with what it is recognised by.", _COMPARED_FORM)
OLD_FINDINGS: Final = Temporary("上次问题", "The findings of the old audit that are alike.", _COMPARED_FINDING)
NEW_FINDINGS: Final = Temporary("这次问题", "The findings of the new audit that are alike.", _COMPARED_FINDING)
OLD_CHECKS: Final = Temporary("上次查过", "A rule with an outcome on a form of the old audit.", "表键 规则")
NEW_CHECKS: Final = Temporary("这次查过", "A rule with an outcome on a form of the new audit.", "表键 规则")
NEW_UNJUDGED: Final = Temporary("这次未判", "What the new audit could not judge.", "表键 规则 所指")
PAIRED_FINDINGS: Final = Temporary(
    "问题对照",
    "Findings alike, with how often each audit has them and both have.",
    "表键 规则 部分 字段 行名 旧数 新数 同数 豁数 主管部门 单位 年度 项目名称 级别 所指 消息",
)
CHANGES: Final = Temporary(
    "变化",
    "Findings alike and what became of them, numbered by department, unit and project.",
    f"号 变化 数 {PAIRED_FINDINGS.columns}",
)

# --- tasks of Spark (spark/judge_part.py, ranges.py, groups.py, write_results.py) -----------------

FOLDERS_OF_FORMS: Final = Temporary(
    "表去向", "A form, the folders its rows go to, and the task that writes them.", "表号 文件号 新文件号 年度 部门 @去"
)
FOLDERS_OF_FILES: Final = Temporary(
    "文件去向", "A file, the folders its rows go to, and the task that writes them.", "文件号 年度 部门 @去"
)
OWN_ROWS: Final = Temporary("本行", "A row that a check across forms judges, with its group.", "表号 行号 …")
MEMBERS: Final = Temporary("成员", "A row of a group that a check across forms compares.", "表号 行号 …")
GROUPED_FORMS: Final = Temporary("所属表", "A form that rows of a bucket of groups are of.", "表号 文件 序 往年 …")
DROPPED_FORMS: Final = Temporary(
    "弃用表段", "A range of forms that do not count: their file repeats another.", "首表 张数"
)
ROWS_AT_HAND: Final = Temporary("手中行", "A row of the Arrow table at hand.", "…")
KEY_RANGES: Final = Temporary("编号段", "A range of forms' keys: where it begins, and its number.", "起点 号")
RECEIVED: Final = Temporary("收到行", "A row of the table that is being written, with its folders.", "…")
FORMS_OF_REPEATED: Final = Temporary(
    "重复文件的表", "A file that repeats another, with the range of its forms.", "文件号 首表 张数 首份"
)
COUNTED_FROM: Final = Temporary(
    "序号起点", "How many forms of a file of tables are in earlier parts.", "部分 文件号 在前张数"
)
RESULT_FOLDERS: Final = Temporary("结果文件夹", "The folders of rows that are written, numbered.", "夹号 @年 @门")
