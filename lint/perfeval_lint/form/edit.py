"""One value of a form put in place of another, as somebody types it."""

from __future__ import annotations

import json
import re
from typing import cast

from perfeval_lint.errors import UsageError
from perfeval_lint.form.definition import BY_KEY, DOUBTS, GROUPS, KEY_ORDER, ROOT, Section, Shape
from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form, Plain, to_plain

_PATH = re.compile(r"(?P<key>[^\[.]+)(?:\[(?P<row>[0-9]{1,6})\])?(?:\.(?P<field>.+))?", re.DOTALL)


def edited(form: Form, path: str, text: str) -> Form:
    """The form with `text` at a path such as 绩效指标[3].得分; blank text takes the value away.

    What the conversion doubted of that value is settled: its row of 存疑 goes. Raises UsageError for a path the form
    does not have; the row after the last one of a section is a new one.
    """
    plain = to_plain(form)
    found = _PATH.fullmatch(path)
    if found is None:
        raise _no_such(path)
    key, row, field = found["key"], found["row"], found["field"]
    section = BY_KEY.get(key)
    if section is None:
        _set_root(plain, key, row, field, path, text)
    elif section.shape is Shape.ROWS:
        _set_row(plain, section, row, field, path, text)
    elif row is None and field is not None and (section is GROUPS or section.field(field)):
        _set_field(plain, section, field, text)
    else:
        raise _no_such(path)
    _settle(plain, path)
    ordered = {name: plain[name] for name in KEY_ORDER if name in plain}
    return _loaded(ordered | {name: value for name, value in plain.items() if name not in ordered})


def _set_root(plain: dict[str, Plain], key: str, row: str | None, field: str | None, path: str, text: str) -> None:
    if row is not None or field is not None or ROOT.field(key) is None or key == "格式":
        raise _no_such(path)
    _put(plain, key, text)


def _set_row(
    plain: dict[str, Plain], section: Section, row: str | None, field: str | None, path: str, text: str
) -> None:
    """A field of a row; the row after the last one is a new one."""
    rows = cast(list[Plain], plain.setdefault(section.key, []))
    if row is None or int(row) > len(rows) or field is None or not section.field(field):
        raise _no_such(path)
    if int(row) == len(rows):
        rows.append({})
    record = cast(dict[str, Plain], rows[int(row)])
    _put(record, field, text)
    _order(record, section)


def _set_field(plain: dict[str, Plain], section: Section, field: str, text: str) -> None:
    """A field of a section that a form has once; the section comes with its first value and goes with its last."""
    record = cast(dict[str, Plain], plain.setdefault(section.key, {}))
    _put(record, field, text)
    if section is not GROUPS:
        _order(record, section)
    if not record:
        del plain[section.key]


def _put(record: dict[str, Plain], name: str, text: str) -> None:
    if text and not text.isspace():
        record[name] = text
    else:
        record.pop(name, None)


def _order(record: dict[str, Plain], section: Section) -> None:
    """Puts the fields in the order of the form; keys it does not know stay behind them."""
    held = dict(record)
    record.clear()
    record.update({field.name: held.pop(field.name) for field in section.fields if field.name in held})
    record.update(held)


def _settle(plain: dict[str, Plain], path: str) -> None:
    doubts = plain.get(DOUBTS.key)
    if isinstance(doubts, list):
        left: list[Plain] = [one for one in doubts if not (isinstance(one, dict) and one.get("位置") == path)]
        if left:
            plain[DOUBTS.key] = left
        else:
            del plain[DOUBTS.key]


def _loaded(plain: dict[str, Plain]) -> Form:
    (document,) = load(json.dumps(plain, ensure_ascii=False))
    if document.form is None or document.problems:
        raise UsageError(f"改不了：{'；'.join(problem.message for problem in document.problems)}")
    return document.form


def _no_such(path: str) -> UsageError:
    return UsageError(f"表上没有这一格：“{path}”；请重新打开文件再改")
