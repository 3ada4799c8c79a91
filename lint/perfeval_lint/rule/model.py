"""Rules, definitions and profiles in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache

from perfeval_lint.form.definition import EXPECTED_OF_TOTAL, FUNDS, Kind, columns_of

Scalar = str | bool | Decimal
Param = Scalar | list[Scalar] | dict[str, Scalar]

THIS_FIELD = "本字段"  # in a rule for several fields: the field being judged
FIELD_NAME = "字段名"  # its name, as text
PARENT = "表"  # 表.年度: the form a row belongs to
THIS_ROW = "本行"  # where other rows are aggregated: the row that receives the result
OTHERS = "同组"  # in the message of a rule across forms: the other forms of the group


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for error, 1 for warning, 2 for info."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Reference:
    """A column named in an expression.

    `start` and `length` are byte offsets into the expression's UTF-8 text; `safe` says the place tolerates
    NULL (IS NULL, 有内容 …), so that a NULL here is never why the expression is NULL.
    """

    name: str
    table: str | None
    start: int
    length: int
    safe: bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """A $parameter named in an expression, with its byte offsets."""

    name: str
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A call of an aggregate function in an expression, with its byte offsets."""

    name: str
    start: int
    length: int

    def holds(self, part: Reference | Parameter | Aggregate) -> bool:
        """Whether a part of the expression begins inside the call."""
        return self.start <= part.start < self.start + self.length


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked SQL expression and what it names."""

    sql: str
    references: tuple[Reference, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    functions: tuple[str, ...] = ()
    aggregates: tuple[Aggregate, ...] = ()


@dataclass(frozen=True, slots=True)
class Macro:
    """A word of the shared vocabulary: a scalar SQL macro. `total` macros never answer NULL."""

    name: str
    arguments: tuple[str, ...]
    body: Expression
    says: str
    total: bool


@dataclass(frozen=True, slots=True)
class Derived:
    """A derived column.

    Without `of` it is computed from the row; with `by` it aggregates the rows of the same form that share those
    columns. With `of` it aggregates the rows of another table of the same form, `match` choosing
    which; `empty` is its value where there is no such row.
    """

    table: str
    name: str
    body: Expression
    says: str
    by: tuple[str, ...] = ()
    of: str | None = None
    match: Expression | None = None
    empty: Expression | None = None


@dataclass(frozen=True, slots=True)
class Definitions:
    """Shared macros, derived columns, and the parameters ($name) the columns are reckoned with."""

    macros: Mapping[str, Macro]
    columns: Mapping[tuple[str, str], Derived]
    params: Mapping[str, Param]


@dataclass(frozen=True, slots=True)
class Target:
    """A table a rule judges; with fields, each field of each row is judged by itself."""

    table: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Key:
    """What the rows of a group have in common: `own` of the row judged equals `other` of the rows aggregated."""

    own: Expression
    other: Expression


@dataclass(frozen=True, slots=True)
class Across:
    """How a rule compares the rows of all forms.

    A row judged is held against the rows with equal keys: those of the rule's own table that its `when` lets in, or
    with `of` all rows of that table. Groups for which `having` is not true are not judged; with `once` a group is
    judged on its first row alone.
    """

    keys: tuple[Key, ...]
    of: str | None
    having: Expression | None
    once: bool


@dataclass(frozen=True, slots=True)
class Basis:
    """What a rule rests on: `kind` is arithmetic, form, regulation, practice, house (this tool's default) or local (of
    the bureau that wrote the rule; what calls itself house outside the shipped rules is local)."""

    kind: str
    text: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: `outcome` is pass, fail, skip or unknown; `findings` the exact messages of a fail.

    There is one form, or for a rule across forms any number.
    """

    outcome: str
    forms: tuple[Mapping[str, object], ...]
    findings: tuple[str, ...]
    params: Mapping[str, Param]
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, as its file says it.

    A finding points to `at_fields[field]` where the rule names one for the field judged, else to `at`. A rule with
    `across` compares forms and is judged by an audit alone.
    """

    id: str
    name: str
    title: str
    severity: Severity
    targets: tuple[Target, ...]
    across: Across | None
    when: Expression | None
    require: Expression
    at: str
    at_fields: Mapping[str, str]
    message: str
    help: str
    why: str
    basis: tuple[Basis, ...]
    limits: str
    params: Mapping[str, Param]
    values: Mapping[str, Expression]
    fix: Mapping[str, Expression]
    examples: tuple[Example, ...]
    file: str

    @property
    def family(self) -> str:
        """PE1 for PE101."""
        return self.id[:-2]

    @property
    def told(self) -> str:
        """All that a finding says in the rule's words: the templates of its message and help."""
        return f"{self.message}\n{self.help}"


@dataclass(frozen=True, slots=True)
class Profile:
    """A named choice of rules: `rules` maps ids to a severity or None (off); `params` to changed parameters.

    It is chosen for forms whose 表式 holds one of `forms`, or else of whose 一级指标 one holds one of `levels`.
    """

    name: str
    says: str
    forms: tuple[str, ...]
    levels: tuple[str, ...]
    extends: str | None
    rules: Mapping[str, Severity | None]
    params: Mapping[str, Mapping[str, Param]]
    basis: tuple[Basis, ...]
    file: str


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything that judges: definitions, rules by id, profiles by name, and the digest of their files."""

    definitions: Definitions
    rules: Mapping[str, Rule]
    profiles: Mapping[str, Profile]
    digest: str


SQL_TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.NUMBER: "DECIMAL(30,6)",
    Kind.RATE: "DECIMAL(30,10)",
    Kind.YEAR: "INTEGER",
    Kind.DATE: "DATE",
}


_KEYS = {"表号": "UINTEGER", "行号": "UINTEGER"}


@dataclass(frozen=True, slots=True)
class Reading:
    """A column of what was read in an indicator's target and result: its SQL type, the fields it comes from, and a
    sentence for rule authors."""

    kind: str
    fields: tuple[str, ...]
    says: str


def _readings() -> dict[str, Reading]:
    target, actual = ("年度指标值",), ("实际完成值",)
    both = target + actual
    text, number, ratio, truth = "VARCHAR", "DECIMAL(30,6)", "DECIMAL(30,10)", "BOOLEAN"
    return {
        "目标种类": Reading(text, target, "数量、比率、金额、时间、定性或复合（一格里有几项）"),
        "目标算符": Reading(text, target, "= ≥ > ≤ < 或 区间；时间的 ≤ 是期限；定性和复合为空"),
        "目标值": Reading(number, target, "目标的数；区间取下限；金额一律是万元，其余按所写的单位"),
        "目标单位": Reading(text, target, "所写的单位；金额为 万元，百分数为 %；没有写为空串"),
        "目标变动": Reading(text, target, "增 或 减：目标是增长、下降多少；其余为空串"),
        "目标读懂": Reading(truth, target, "假：短短的一格里有数，却认不出是什么意思"),
        "实际种类": Reading(text, actual, "同目标种类"),
        "实际算符": Reading(text, actual, "同目标算符"),
        "实际值": Reading(number, actual, "同目标值"),
        "实际单位": Reading(text, actual, "同目标单位"),
        "实际程度": Reading(text, actual, "文字写的完成、部分完成或未完成；没有说为空"),
        "实际读懂": Reading(truth, actual, "同目标读懂"),
        "单位相同": Reading(truth, both, "两边数的是同一种东西，换算也算；有不认得的单位为空"),
        "正向完成": Reading(truth, both, "完成值达到目标；目标没有写算符时按越多越好；不能相比为空"),
        "正向比": Reading(ratio, both, "实际 ÷ 目标（目标写 ≤ 的为 目标 ÷ 实际）；几项并列取最差的一项"),
        "反向完成": Reading(truth, both, "同正向完成；目标没有写算符时按越少越好"),
        "反向比": Reading(ratio, both, "同正向比；目标没有写算符时为 目标 ÷ 实际"),
        "逾期": Reading(truth, both, "完成的时间晚于目标的最后一天"),
        "出界": Reading(truth, both, "目标是区间，完成值在它之外"),
        "目标每": Reading(text, target, "目标是每一个什么的数：每月2次 为 月，400元/人/天 为 人·天；是总数为空串"),
        "实际每": Reading(text, actual, "同目标每"),
        "实际金额": Reading(number, both, "目标和实际都是钱时，实际的金额，万元；实际没有写单位的按目标的单位"),
    }


READINGS = _readings()


def has_place(name: str) -> str:
    """The column that says whether a row's form has a place for a field, filled in or blank."""
    return f"{name}有栏"


# What a table is given besides what stands on the form: the current year, whether a fund row has a place for what its
# total must say, the readings of an indicator, and how many findings a waiver covers.
GIVEN = {
    PARENT: {"今年": "INTEGER"},
    FUNDS.table: {has_place(name): "BOOLEAN" for name in EXPECTED_OF_TOTAL},
    "指标": {name: reading.kind for name, reading in READINGS.items()},
    "豁免": {"命中数": "UINTEGER"},
}
SHARED = "共用"  # where profiles and settings change the parameters of the derived columns


def raw_columns(table: str) -> Mapping[str, str]:
    """The columns a table is loaded from, in order, with their SQL types: everything on the form is still text."""
    return _KEYS | {column.name: "VARCHAR" for column in columns_of(table)} | GIVEN.get(table, {})


@cache
def base_columns(table: str) -> Mapping[str, str]:
    """The columns a table has before any definition, with their SQL types."""
    types = dict(_KEYS)
    for column in columns_of(table):
        types |= {column.name: SQL_TYPES[column.field.kind]}
        if SQL_TYPES[column.field.kind] != "VARCHAR":
            types[f"{column.name}原文"] = "VARCHAR"
    return types | GIVEN.get(table, {})
