"""The one definition of the canonical form: JSON Schema, table columns and docs page come from it."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from enum import Enum
from functools import cache

FORMAT = "perfeval/1"
# .95 and 5. are what Excel shows of 0.95 under #.00 and of 5 under 0.##
NUMBER = re.compile(r"[+-]?(?:[0-9]{1,12}(?:\.[0-9]*)?|\.[0-9]+)")
RATE = re.compile(rf"{NUMBER.pattern}%?")
YEAR = re.compile(r"[0-9]{4}")


class Kind(Enum):
    """The type a field's scalar is read as; decided by the field, never by how the YAML looks."""

    TEXT = "文本"
    NUMBER = "数值"
    RATE = "比率"
    YEAR = "年份"
    DATE = "日期"

    def readable(self, text: str) -> bool:
        """Whether `text`, without white space around it, is a value of this kind."""
        if self is Kind.TEXT:
            return True
        if self is Kind.DATE:
            return _is_date(text)
        return _GRAMMAR[self].fullmatch(text) is not None


_GRAMMAR = {Kind.NUMBER: NUMBER, Kind.RATE: RATE, Kind.YEAR: YEAR}


def _is_date(text: str) -> bool:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Field:
    """One value of the form: its key, kind, and a sentence for editors, docs and rule authors."""

    name: str
    kind: Kind
    says: str
    required: bool = False


class Shape(Enum):
    """How a section is written in YAML."""

    ROOT = "根"  # scalars at the top level
    MAPPING = "映射"  # one mapping of fields
    ROWS = "列表"  # a list of mappings
    PAIRS = "名值对"  # name: value


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form. `key` is its YAML key, `table` the table its rows become.

    `prefix` goes before the field names when the section's fields are columns of another table
    (总分.得分 is the column 总分得分 of 表). `title_field` names a row for people.
    """

    key: str
    table: str
    shape: Shape
    fields: tuple[Field, ...]
    says: str
    prefix: str = ""
    title_field: str | None = None

    def field(self, name: str) -> Field | None:
        """The field of that key, or None."""
        return next((field for field in self.fields if field.name == name), None)


def _text(name: str, says: str, *, required: bool = False) -> Field:
    return Field(name, Kind.TEXT, says, required)


def _number(name: str, says: str) -> Field:
    return Field(name, Kind.NUMBER, says)


ROOT = Section(
    key="",
    table="表",
    shape=Shape.ROOT,
    says="表头和文字说明：一张表一行。",
    fields=(
        _text("格式", f"本格式的版本，固定写 {FORMAT}。", required=True),
        _text(
            "表式",
            "表的种类：项目支出绩效自评表、转移支付区域（项目）绩效目标自评表、部门整体支出绩效自评表。",
        ),
        Field("年度", Kind.YEAR, "自评的预算年度，四位数字。"),
        _text("项目名称", "项目或转移支付的名称，同表上所写。"),
        _text("项目编码", "预算管理一体化系统的项目编码。"),
        _text("主管部门", "预算主管部门。"),
        _text("中央主管部门", "转移支付的中央主管部门。"),
        _text("地方主管部门", "转移支付的地方主管部门。"),
        _text("实施单位", "项目实施单位。"),
        _text("资金使用单位", "转移支付的资金使用单位。"),
        _text("部门", "部门整体支出自评表的部门。"),
        _text("项目负责人", "项目负责人姓名。"),
        _text("联系电话", "联系电话，按文本保留。"),
        _text("填表人", "填表人姓名。"),
        Field("填写日期", Kind.DATE, "填表日期，YYYY-MM-DD。"),
        _text("偏差分析", "表级的偏差大或目标未完成原因分析。"),
        _text("存在问题", "自评发现的问题。"),
        _text("改进措施", "改进措施及结果应用。"),
        _text("评价结论", "自评结论。"),
        _text("说明", "表尾说明；转移支付表在此写明巡视、审计和财政监督发现的问题。"),
    ),
)

# Texts a form has below its tables; the other top-level fields are its head.
NARRATIVE = ("偏差分析", "存在问题", "改进措施", "评价结论", "说明")

FUNDS = Section(
    key="项目资金",
    table="资金",
    shape=Shape.ROWS,
    says="预算执行情况，一个资金来源一行，金额单位为万元；第一行通常是年度资金总额。",
    title_field="资金来源",
    fields=(
        _text("资金来源", "年度资金总额、当年财政拨款、上年结转资金、其他资金等。"),
        _number("年初预算数", "年初批复的预算，万元。"),
        _number("全年预算数", "调整后的全年预算，万元。"),
        _number("全年执行数", "全年实际执行，万元。"),
        _number("分值", "预算执行率的分值，一般为 10，只写在总额行。"),
        Field("执行率", Kind.RATE, "执行数除以预算数。写 93.61% 或 0.9361；不带 % 且大于 2 的按百分数读。"),
        _number("得分", "预算执行率的得分。"),
        _text("偏差原因", "资金行的原因或说明栏（表上有此栏时）。"),
    ),
)

# What the total row must say wherever a form has a place for it; canonical YAML and exported tables always have.
EXPECTED_OF_TOTAL = ("全年预算数", "全年执行数")

GOAL = Section(
    key="年度总体目标",
    table="目标",
    shape=Shape.MAPPING,
    says="年度总体目标及其完成情况。",
    fields=(
        _text("预期目标", "年初设定的目标。"),
        _text("实际完成情况", "全年实际完成情况。"),
    ),
)

INDICATORS = Section(
    key="绩效指标",
    table="指标",
    shape=Shape.ROWS,
    says="绩效指标，一个三级指标一行，顺序同表。",
    title_field="三级指标",
    fields=(
        _text("一级指标", "产出指标、效益指标、满意度指标、成本指标。"),
        _text("二级指标", "数量指标、质量指标、时效指标、成本指标、社会效益指标等。"),
        _text("三级指标", "指标的具体名称。"),
        _text("年度指标值", "目标值，按表上的写法，如 至少1次、≥60项、12月底前完成。"),
        _text("实际完成值", "完成值，按表上的写法。"),
        _number("分值", "指标的分值（权重）。"),
        _number("得分", "指标的自评得分。"),
        _text("偏差原因", "偏差原因分析及改进措施。"),
    ),
)

GROUPS = Section(
    key="指标分组",
    table="分组",
    shape=Shape.PAIRS,
    says="印在级别名称里的分值，如“产出指标（50分）”写成 产出指标: 50，名称里不再保留。",
    title_field="名称",
    fields=(
        _text("名称", "一级或二级指标的名称。"),
        _number("分值", "名称里印的分值。"),
    ),
)

TOTAL = Section(
    key="总分",
    table="表",
    shape=Shape.MAPPING,
    says="表尾的总分行。",
    prefix="总分",
    fields=(
        _number("分值", "总分值，一般为 100。"),
        _number("得分", "自评总得分。"),
        _text("等级", "优、良、中、差（表上有时）。"),
    ),
)

MANAGEMENT = Section(
    key="资金管理情况",
    table="管理",
    shape=Shape.ROWS,
    says="转移支付表的资金管理情况（2022 年起），七个事项各一行。",
    title_field="事项",
    fields=(
        _text(
            "事项",
            "分配科学性、下达及时性、拨付合规性、使用规范性、执行准确性、预算绩效管理情况、支出责任履行情况。",
        ),
        _text("情况说明", "该事项的情况说明。"),
        _text("存在问题", "存在问题和改进措施。"),
    ),
)

WAIVERS = Section(
    key="豁免",
    table="豁免",
    shape=Shape.ROWS,
    says="本表不适用的规则：写规则编号、指标名称（可省）和理由。没有理由或没有用上的豁免会被报告。",
    title_field="规则",
    fields=(
        _text("规则", "规则编号，如 PE402。", required=True),
        _text("指标", "三级指标名称；以 … 结尾表示按开头匹配；省略则对全表有效。"),
        _text("理由", "为什么不适用。"),
    ),
)

DOUBTS = Section(
    key="存疑",
    table="存疑",
    shape=Shape.ROWS,
    says="转换时没有把握的值和没有认出的内容；核对、改正后删去该项。依据这些值的问题会注明“请核对识别结果”。",
    title_field="位置",
    fields=(
        _text("位置", "表中的路径，如 绩效指标[3].年度指标值；没有认出的内容写它在原文件里的位置。", required=True),
        _text("原因", "为什么没有把握，或没有认出的文字。"),
    ),
)

SECTIONS = (ROOT, FUNDS, GOAL, INDICATORS, GROUPS, TOTAL, MANAGEMENT, WAIVERS, DOUBTS)
BY_KEY = {section.key: section for section in SECTIONS if section.key}
ROOT_FIELDS = {field.name: field for field in ROOT.fields}
# Top-level keys in the order of the form: head, sections, texts, and what the conversion was not sure of.
KEY_ORDER = (
    *(name for name in ROOT_FIELDS if name not in NARRATIVE),
    *(key for key in BY_KEY if key != DOUBTS.key),
    *NARRATIVE,
    DOUBTS.key,
)

# Tables that are not a section of their own: unknown keys found while reading.
UNKNOWN_TABLE = "未知项"
# Slips of the pen that explain what other rules found, a row each: made while judging, on no form.
SLIPS_TABLE = "笔误"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: the place of its value on the form and its SQL type."""

    name: str
    field: Field
    section: Section

    @property
    def path(self) -> str:
        """The path below the row: 得分, or 总分.得分 for a prefixed section."""
        return f"{self.section.key}.{self.field.name}" if self.section.prefix else self.field.name


@cache
def columns_of(table: str) -> tuple[Column, ...]:
    """The columns a table takes from the form, in the order of the form; empty for an unknown table."""
    if table in _OWN:
        return tuple(Column(name, Field(name, Kind.TEXT, says), ROOT) for name, says in _OWN[table])
    return tuple(
        Column(section.prefix + field.name, field, section)
        for section in SECTIONS
        if section.table == table
        for field in section.fields
    )


_OWN = {
    UNKNOWN_TABLE: (
        ("键", "表格式里没有的键"),
        ("相近", "最接近的已知键"),
        ("位置", "所在的部分"),
        ("路径", "在规范格式里的路径"),
    ),
    SLIPS_TABLE: (
        ("现值", "填错的一格里现在的数"),
        ("应写", "改正后的数"),
        ("错法", "怎么填错的，如 按元填了"),
        ("对上", "改正后就对得上的几处，用顿号隔开"),
        ("同改", "因同样的原因一起填错的其他格，各写现在的数和改正后的数；没有为空"),
        ("位置", "所在的部分"),
        ("路径", "在规范格式里的路径"),
        ("所指", "填错的一格，给人看的写法"),
    ),
}

# The tables that hold a form as it was read, and with what judging adds those that rules can judge.
TABLES = ("表", "资金", "目标", "指标", "分组", "管理", "豁免", UNKNOWN_TABLE)
JUDGED_TABLES = (*TABLES, SLIPS_TABLE)
