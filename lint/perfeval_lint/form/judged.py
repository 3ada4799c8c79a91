"""A field's text as it is judged: as a person sees it. The form itself has what was typed."""

from __future__ import annotations

from perfeval_lint.blanks import NO_CONTENT
from perfeval_lint.form.definition import NARRATIVE, SECTIONS, Kind
from perfeval_lint.letters import PERSONS, folded, has_look_alikes

# What is filled in, which a program or a prompt may have left without content; a project may be named None.
_FILLED_IN = {
    *(field.name for section in SECTIONS for field in section.fields if field.kind is not Kind.TEXT),
    *(*PERSONS, "联系电话", "等级", "年度指标值", "实际完成值", "偏差原因", "预期目标", "实际完成情况", "情况说明"),
    *NARRATIVE,
}


def judged(name: str, text: str) -> str | None:
    """The text of a field without white space around it and with look-alike letters folded; None where it is blank.

    NULL and prompts are blank where something is to be filled in.
    """
    shown = text.strip()
    if name not in PERSONS:
        shown = folded(shown)
    return None if not shown or (shown in NO_CONTENT and name in _FILLED_IN) else shown


def judged_column(name: str, texts: list[str | None]) -> list[str | None]:
    """The same for many rows: texts without white space around them, None for blank ones."""
    if NO_CONTENT.isdisjoint(texts) and not has_look_alikes("".join(filter(None, texts))):
        return texts  # nearly always
    return [None if text is None else judged(name, text) for text in texts]
