"""Values as messages quote them, in Python and in SQL."""

from __future__ import annotations

from decimal import Decimal

LONGEST_QUOTE = 60


def shown_as(value: object) -> str:
    """Returns a value as a message quotes it: numbers without needless zeros, long text cut."""
    if value is None:
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal | float):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, list):
        return "、".join(shown_as(item) for item in value)
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


_SPACE = r"[\s\x{0b}\x{1c}-\x{1f}\x{85}\x{a0}\p{Z}]"  # what str.split() takes for white space
MACROS = f"""
CREATE OR REPLACE TEMP MACRO 报_缩短(t, n) AS CASE WHEN length(t) > n THEN left(t, n - 1) || '…' ELSE t END;
CREATE OR REPLACE TEMP MACRO 报_一行(t) AS CASE WHEN regexp_matches(t, '{_SPACE}')
    THEN regexp_replace(regexp_replace(t, '^{_SPACE}+|{_SPACE}+$', '', 'g'), '{_SPACE}+', ' ', 'g') ELSE t END;
CREATE OR REPLACE TEMP MACRO 报_去零(t) AS CASE WHEN contains(t, '.') THEN rtrim(rtrim(t, '0'), '.') ELSE t END;
CREATE OR REPLACE TEMP MACRO 报_显示(v) AS coalesce(CASE
    WHEN typeof(v) = 'BOOLEAN' THEN CASE CAST(v AS VARCHAR) WHEN 'true' THEN '是' WHEN 'false' THEN '否' END
    WHEN typeof(v) LIKE 'DECIMAL%' THEN 报_去零(CAST(v AS VARCHAR))
    WHEN typeof(v) IN ('DOUBLE', 'FLOAT') THEN 报_去零(printf('%.6f', TRY_CAST(v AS DOUBLE)))
    ELSE 报_缩短(报_一行(CAST(v AS VARCHAR)), {LONGEST_QUOTE}) END, '（空）');
"""


def shown_sql(value: str, kind: str = "") -> str:
    """Returns the SQL of `shown_as`, which needs MACROS; `kind` is the SQL type of the value where it may be a list."""
    if not kind.endswith("[]"):
        return f"报_显示({value})"
    item = f"x{kind.count('[]')}"  # a list within a list has an item of its own
    items = f"list_transform({value}, lambda {item}: {shown_sql(item, kind.removesuffix('[]'))})"
    return f"coalesce(array_to_string({items}, '、'), '（空）')"


def shown_name_sql(text: str, longest: int) -> str:
    """Returns the SQL of a name as a message quotes it, cut to `longest` characters."""
    return f"coalesce(报_缩短(报_一行({text}), {longest}), '（空）')"
