"""Rules, definitions and profiles in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache

from perfeval_lint.form.definition import Kind, columns_of

Scalar = str | bool | Decimal
Param = Scalar | list[Scalar] | dict[str, Scalar]

THIS_FIELD = "本字段"  # in a rule for several fields: the field being judged
FIELD_NAME = "字段名"  # its name, as text
PARENT = "表"  # 表.年度: the form a row belongs to
THIS_ROW = "本行"  # in a matched aggregate: the row that receives the column


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
class Expression:
    """A checked SQL expression and what it names."""

    sql: str
    references: tuple[Reference, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    functions: tuple[str, ...] = ()


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
class Basis:
    """What a rule rests on: `kind` is arithmetic, form, regulation, practice or house."""

    kind: str
    text: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: `outcome` is pass, fail, skip or unknown; `findings` the exact messages of a fail."""

    outcome: str
    form: Mapping[str, object]
    findings: tuple[str, ...]
    params: Mapping[str, Param]
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, as its file says it.

    A finding points to `at_fields[field]` where the rule names one for the field judged, else to `at`.
    """

    id: str
    name: str
    title: str
    severity: Severity
    targets: tuple[Target, ...]
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


@dataclass(frozen=True, slots=True)
class Profile:
    """A named choice of rules: `rules` maps ids to a severity or None (off); `params` to changed parameters."""

    name: str
    says: str
    forms: tuple[str, ...]
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
_TARGET, _ACTUAL = ("年度指标值",), ("实际完成值",)
_BOTH = _TARGET + _ACTUAL
# What was read in an indicator's target and result, and how they compare: type, and the fields it comes from.
READINGS = {
    "目标种类": ("VARCHAR", _TARGET),  # 数量 比率 金额 时间 定性 复合
    "目标算符": ("VARCHAR", _TARGET),  # = ≥ > ≤ < 区间
    "目标值": ("DECIMAL(30,6)", _TARGET),  # the bound; money in 万元
    "目标单位": ("VARCHAR", _TARGET),
    "目标读懂": ("BOOLEAN", _TARGET),
    "实际种类": ("VARCHAR", _ACTUAL),
    "实际算符": ("VARCHAR", _ACTUAL),
    "实际值": ("DECIMAL(30,6)", _ACTUAL),
    "实际单位": ("VARCHAR", _ACTUAL),
    "实际程度": ("VARCHAR", _ACTUAL),  # 完成 部分完成 未完成
    "实际读懂": ("BOOLEAN", _ACTUAL),
    "单位相同": ("BOOLEAN", _BOTH),
    "正向完成": ("BOOLEAN", _BOTH),  # met, where more is better unless the target's operator says otherwise
    "正向比": ("DECIMAL(30,10)", _BOTH),
    "反向完成": ("BOOLEAN", _BOTH),  # the same, where less is better
    "反向比": ("DECIMAL(30,10)", _BOTH),
    "逾期": ("BOOLEAN", _BOTH),
    "出界": ("BOOLEAN", _BOTH),
}
# What a table is given besides what stands on the form: the current year, the readings of an indicator, and how
# many findings a waiver covers.
GIVEN = {
    PARENT: {"今年": "INTEGER"},
    "指标": {name: kind for name, (kind, _) in READINGS.items()},
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
