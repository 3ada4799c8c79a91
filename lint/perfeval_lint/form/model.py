"""The canonical form in memory: frozen, every value with the place it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from perfeval_lint.errors import Problem
from perfeval_lint.form.definition import GROUPS, SECTIONS, Section, Shape
from perfeval_lint.form.judged import judged
from perfeval_lint.form.origin import Origin

Plain = str | list["Plain"] | dict[str, "Plain"]


class Value(NamedTuple):
    """A scalar in canonical form, and its place. A named tuple: a form holds hundreds, a batch a hundred thousand.

    `printed` is the text in the file where that says something else (5437000 元 for 543.7); else "".
    """

    text: str
    origin: Origin
    printed: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of one mapping (or one row), in the order written; `blanks` are the places of fields left blank."""

    values: Mapping[str, Value]
    origin: Origin
    blanks: Mapping[str, Origin] | None = None

    def text(self, name: str) -> str | None:
        """The text of a field as it is judged, None where it is absent or blank.

        What is judged goes through here, so that white space at the edge of a cell, or how a letter was typed that
        is seen as another, never makes a difference.
        """
        value = self.values.get(name)
        return judged(name, value.text) if value is not None else None

    def place(self, name: str) -> Origin | None:
        """The place of a field, filled in or left blank; None where it is not on the form."""
        value = self.values.get(name)
        if value is not None:
            return value.origin
        return self.blanks.get(name) if self.blanks else None


@dataclass(frozen=True, slots=True)
class Unknown:
    """A key the canonical form does not know, kept so that writing loses nothing.

    `section` and `row` say which mapping holds it ("" and 0 for the top level); `nearest` is the known key
    it resembles most, or None.
    """

    section: str
    row: int
    key: str
    value: Plain
    nearest: str | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class Form:
    """One self-evaluation form.

    `records` maps a section's key ("" for the top level) to its records; `keys` is the order of the top-level
    keys; `places` are those of the sections' keys.
    """

    records: Mapping[str, tuple[Record, ...]]
    keys: tuple[str, ...]
    unknown: tuple[Unknown, ...]
    places: Mapping[str, Origin]

    @property
    def root(self) -> Record:
        """The top-level scalars."""
        return self.records[""][0]

    def text(self, name: str) -> str | None:
        """The text of a top-level field, None where it is absent or blank."""
        return self.root.text(name)

    def rows(self, section: Section) -> tuple[Record, ...]:
        """The records of a section; empty where the form has none."""
        return self.records.get(section.key, ())


@dataclass(frozen=True, slots=True)
class Document:
    """The result of reading one document: its form, and what could not be read.

    `form` is None where nothing could be made of it. A form with problems is incomplete and is not judged.
    `notes` report what was left out of the file on purpose.
    """

    index: int
    form: Form | None
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


def to_plain(form: Form) -> dict[str, Plain]:
    """The form as nested dicts, lists and strings, in the canonical shape and order.

    Two forms say the same when their plain forms are equal; the places of the values do not count.
    """
    extra: dict[tuple[str, int], list[Unknown]] = {}
    for unknown in form.unknown:
        extra.setdefault((unknown.section, unknown.row), []).append(unknown)

    def mapping(record: Record, section: str, row: int) -> dict[str, Plain]:
        known: dict[str, Plain] = {name: value.text for name, value in record.values.items()}
        return known | {unknown.key: unknown.value for unknown in extra.get((section, row), ())}

    plain: dict[str, Plain] = {}
    for key in form.keys:
        records = form.records.get(key)
        if records is None:
            plain[key] = form.root.values[key].text
        elif _shape(key) is Shape.ROWS:
            plain[key] = [mapping(record, key, row) for row, record in enumerate(records)]
        elif key == GROUPS.key:
            plain[key] = dict(_pairs(records))
        else:
            plain[key] = mapping(records[0], key, 0)
    return plain | {unknown.key: unknown.value for unknown in extra.get(("", 0), ())}


def _shape(key: str) -> Shape:
    return next(section.shape for section in SECTIONS if section.key == key)


def _pairs(records: tuple[Record, ...]) -> Iterator[tuple[str, str]]:
    for record in records:
        yield record.values["名称"].text, record.values["分值"].text
