"""One value of a form put in place of another, as somebody types it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast

from perfeval_lint.errors import UsageError
from perfeval_lint.form.definition import BY_KEY, DOUBTS, GROUPS, KEY_ORDER, ROOT, Section, Shape
from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form, Plain, to_plain
from perfeval_lint.form.path import FormPath, parsed

_NO_SUCH = "表上没有这一格：“{}”；请重新打开文件再改"


def edited(form: Form, path: str, text: str, rows: int = 1) -> Form:
    """The form with `text` at a path such as 绩效指标[3].得分; blank text takes the value away.

    A level cell may belong to several rows: the text goes into as many as `rows` says, of those there are. What the
    conversion doubted of a value is settled: its row of 存疑 goes. Raises UsageError for a path the form does not
    have; the row after the last one of a section is a new one.
    """
    found = parsed(path)
    if found is None:
        raise UsageError(_NO_SUCH.format(path))
    plain = to_plain(form)
    for each in _each(form, found, rows):
        if not _set(plain, each, text):
            raise UsageError(_NO_SUCH.format(path))
        _settle(plain, str(each))
    ordered = {name: plain[name] for name in KEY_ORDER if name in plain}
    return _loaded(ordered | {name: value for name, value in plain.items() if name not in ordered})


def _each(form: Form, path: FormPath, rows: int) -> Iterator[FormPath]:
    """The path, and those of the rows below it that its cell belongs to."""
    yield path
    if path.row is not None and path.section in BY_KEY:
        there = len(form.rows(BY_KEY[path.section]))
        yield from (path._replace(row=row) for row in range(path.row + 1, min(path.row + rows, there)))


def _set(plain: dict[str, Plain], path: FormPath, text: str) -> bool:
    """Puts a value in place; False where the form has no such path."""
    section = BY_KEY.get(path.section)
    if section is None:
        return _set_root(plain, path, text)
    if section.shape is Shape.ROWS:
        return _set_row(plain, section, path, text)
    return path.row is None and _set_field(plain, section, path.field, text)


def _set_root(plain: dict[str, Plain], path: FormPath, text: str) -> bool:
    name = path.section
    if path.row is not None or path.field is not None or ROOT.field(name) is None or name == "格式":
        return False
    _put(plain, name, text)
    return True


def _set_row(plain: dict[str, Plain], section: Section, path: FormPath, text: str) -> bool:
    """A field of a row; the row after the last one is a new one."""
    rows = cast(list[Plain], plain.setdefault(section.key, []))
    if path.row is None or path.row > len(rows) or path.field is None or not section.field(path.field):
        return False
    if path.row == len(rows):
        rows.append({})
    record = cast(dict[str, Plain], rows[path.row])
    _put(record, path.field, text)
    _order(record, section)
    return True


def _set_field(plain: dict[str, Plain], section: Section, field: str | None, text: str) -> bool:
    """A field of a section that a form has once; the section comes with its first value and goes with its last."""
    if field is None or not (section is GROUPS or section.field(field)):
        return False
    record = cast(dict[str, Plain], plain.setdefault(section.key, {}))
    _put(record, field, text)
    if section is not GROUPS:
        _order(record, section)
    if not record:
        del plain[section.key]
    return True


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
