"""Rules, definitions and profiles in memory.

Annotations are evaluated here, unlike elsewhere: rule.pack_codec reads the types of the fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from perfeval_lint.sql.text import Param

THIS_FIELD = "本字段"  # in a rule for several fields: the field being judged
FIELD_NAME = "字段名"  # its name, as text
THIS_ROW = "本行"  # where other rows are aggregated: the row that receives the result
OFF = "相差"  # the value of a rule that says by how much a sum is off
OTHERS = "同组"  # in the message of a rule across forms: the other forms of the group
SHARED = "共用"  # where profiles and settings change the parameters of the derived columns


class Severity(StrEnum):
    """The severity of a finding."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """Returns 0 for error, 1 for warning, 2 for info."""
        return list(Severity).index(self)


class Scope(StrEnum):
    """How near a finding must be to the one that heads it: the same cell, the same row, or anywhere on the form; or
    anywhere on the form but off by the same amount, the value OFF of both rules."""

    CELL = "cell"
    ROW = "row"
    FORM = "form"
    SAME = "same"


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

    def holds(self, part: "Reference | Parameter | Aggregate") -> bool:
        """Returns whether a part of the expression begins inside the call."""
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
    """A word of the shared vocabulary: a scalar SQL macro. `total` macros never return NULL."""

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
    """Shared macros, derived columns, and the parameters ($name) in the columns."""

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
    """A key of a group: `own` of the row judged equals `other` of the rows aggregated."""

    own: Expression
    other: Expression


@dataclass(frozen=True, slots=True)
class Across:
    """How a rule compares the rows of all forms.

    A row judged is compared with the rows with equal keys: those of the rule's own table that its `when` admits, or
    with `of` all rows of that table. Groups for which `having` is not true are not judged; with `once` a group is
    judged on its first row alone.
    """

    keys: tuple[Key, ...]
    of: str | None
    having: Expression | None
    once: bool


@dataclass(frozen=True, slots=True)
class Basis:
    """The basis of a rule: `kind` is arithmetic, form, regulation, practice, house (this tool's default) or local (of
    the bureau that wrote the rule; house outside the shipped rules becomes local)."""

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
    """One rule, as in its file.

    A finding points to `at_fields[field]` where the rule names one for the field judged, else to `at`. A rule with
    `across` compares forms and is judged by an audit alone. Findings of the rules in `heads` hang under one of this
    rule, and one of this rule under those of the rules in `follows`; with `places`, findings of this rule on a form
    are one finding with its places.
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
    heads: Mapping[str, Scope]
    follows: Mapping[str, Scope]
    places: bool
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
        """Returns the id without its last two digits: PE1 for PE101."""
        return self.id[:-2]

    @property
    def templates(self) -> str:
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


_UNITS = 4  # places between 元 and 万元


@dataclass(frozen=True, slots=True)
class SlipKind:
    """A common slip: the fields it is made in, how it is undone, and what must agree afterwards for it to be certain.

    `equations` of the relations must be equations; `relations` counts all. `factors` are those of `how` "times".
    `together` undoes it in a whole column or row of amounts.
    """

    name: str
    says: str
    fields: tuple[str, ...]
    how: str
    factors: tuple[Decimal, ...]
    together: bool
    equations: int
    relations: int
    is_possible: bool

    @property
    def is_power_of_ten(self) -> bool:
        """Returns whether the digits stay and only the point moves."""
        return self.how == "times"

    @property
    def is_of_units(self) -> bool:
        """Returns whether the number is one of 元 where 万元 are asked for, or the other way round."""
        return bool(self.factors) and all(abs(factor.adjusted()) == _UNITS for factor in self.factors)


@dataclass(frozen=True, slots=True)
class SlipRelation:
    """A relation between the numbers of a form: its name for people, and the rules that find it broken."""

    says: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slips:
    """The kinds of slips in the order they are tried, the relations they are looked for in, and of each field the
    rules whose findings follow from a slip in it, with how near they are."""

    kinds: tuple[SlipKind, ...]
    relations: Mapping[str, SlipRelation]
    consequences: Mapping[str, Mapping[str, Scope]]

    @property
    def rules(self) -> frozenset[str]:
        """Returns the rules whose findings are why slips are looked for."""
        return frozenset(rule for relation in self.relations.values() for rule in relation.rules)


@dataclass(frozen=True, slots=True)
class Pack:
    """All that is needed to judge: definitions, rules by id, profiles by name, slips, and the digest of their files."""

    definitions: Definitions
    rules: Mapping[str, Rule]
    profiles: Mapping[str, Profile]
    slips: Slips
    digest: str
