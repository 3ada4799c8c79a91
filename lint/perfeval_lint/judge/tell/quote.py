"""Values as messages quote them."""

from __future__ import annotations

from decimal import Decimal

LONGEST_QUOTE = 60


def shown_as(value: object) -> str:
    """A value as a message quotes it: numbers without needless zeros, long text cut."""
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
