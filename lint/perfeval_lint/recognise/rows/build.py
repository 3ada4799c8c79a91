"""Collects the values of one form as they are recognised, and makes the form of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from perfeval_lint.form.definition import (
    DOUBTS,
    FORMAT,
    FUNDS,
    GOAL,
    GROUPS,
    INDICATORS,
    KEY_ORDER,
    MANAGEMENT,
    ROOT_FIELDS,
    TOTAL,
    Section,
)
from perfeval_lint.form.model import Form, Record, Value
from perfeval_lint.form.origin import Origin
from perfeval_lint.read.model import Cell

_ROWS = (FUNDS, INDICATORS, MANAGEMENT)


class Read(NamedTuple):
    """A value read from cells, and why it is not sure ("" where it is)."""

    value: Value
    doubt: str = ""


@dataclass(slots=True)
class RowDraft:
    """A row of a section being put together; `blanks` are the cells of fields it leaves blank."""

    origin: Origin
    values: dict[str, Read] = field(default_factory=dict)
    blanks: dict[str, Cell] = field(default_factory=dict)


@dataclass(slots=True)
class Draft:
    """A form being put together: top-level values, goal and total, rows, weights in names, and what is not sure.

    `blanks` are the cells of fields left blank, by section and name; `places` where sections begin.
    """

    origin: Origin
    root: dict[str, Read] = field(default_factory=dict)
    goal: dict[str, Read] = field(default_factory=dict)
    total: dict[str, Read] = field(default_factory=dict)
    rows: dict[str, list[RowDraft]] = field(default_factory=lambda: {section.key: [] for section in _ROWS})
    groups: dict[str, Read] = field(default_factory=dict)
    doubts: list[tuple[str, str, Origin]] = field(default_factory=list)
    blanks: dict[tuple[str, str], Cell] = field(default_factory=dict)
    places: dict[str, Origin] = field(default_factory=dict)

    def form(self, kind: str) -> Form:
        """The form; every doubtful value is a row of 存疑."""
        root = {"格式": Value(FORMAT, self.origin), "表式": Value(kind, self.origin)}
        root |= {name: self.root[name].value for name in ROOT_FIELDS if name in self.root}
        records: dict[str, tuple[Record, ...]] = {"": (Record(root, self.origin, self._blanks("", root)),)}
        self._add_mapping(records, GOAL, self.goal)
        self._add_mapping(records, TOTAL, self.total)
        for section in _ROWS:
            rows = self.rows[section.key]
            if rows:
                records[section.key] = tuple(_record(section, row) for row in rows)
        if self.groups:
            records[GROUPS.key] = tuple(_group(name, read) for name, read in self.groups.items())
        doubts = list(self._doubts())
        if doubts:
            records[DOUBTS.key] = tuple(doubts)
        places = {key: rows[0].origin for key, rows in records.items() if key}
        return Form(records, _keys(root, records), (), places | self.places)  # a part may have a heading and no more

    def _blanks(self, section: str, found: Mapping[str, Value]) -> dict[str, Origin]:
        return {name: cell.origin for (key, name), cell in self.blanks.items() if key == section and name not in found}

    def _add_mapping(self, records: dict[str, tuple[Record, ...]], section: Section, values: dict[str, Read]) -> None:
        found = {name.name: values[name.name].value for name in section.fields if name.name in values}
        if found:
            records[section.key] = (Record(found, next(iter(found.values())).origin, self._blanks(section.key, found)),)

    def _doubts(self) -> Iterable[Record]:
        for path, read in self._paths():
            if read.doubt:
                yield _doubt(path, read.doubt, read.value.origin)
        for path, cell in self.doubted_blanks():
            yield _doubt(path, cell.doubt, cell.origin)
        for place, reason, origin in self.doubts:
            yield _doubt(place, reason, origin)

    def doubted_blanks(self) -> Iterable[tuple[str, Cell]]:
        """The fields that are blank because a cell could not be read, with that cell."""
        once = {"": self.root, GOAL.key: self.goal, TOTAL.key: self.total}
        for (key, name), cell in self.blanks.items():
            if cell.doubt and name not in once[key]:
                yield f"{key}.{name}" if key else name, cell
        for section in _ROWS:
            for number, row in enumerate(self.rows[section.key]):
                for name, cell in row.blanks.items():
                    if cell.doubt and name not in row.values:
                        yield f"{section.key}[{number}].{name}", cell

    def _paths(self) -> Iterable[tuple[str, Read]]:
        """Every value with its path on the form."""
        yield from self.root.items()
        for section, values in ((GOAL, self.goal), (TOTAL, self.total)):
            yield from ((f"{section.key}.{name}", read) for name, read in values.items())
        for section in _ROWS:
            for number, row in enumerate(self.rows[section.key]):
                yield from ((f"{section.key}[{number}].{name}", read) for name, read in row.values.items())
        yield from ((f"{GROUPS.key}.{name}", read) for name, read in self.groups.items())


def _record(section: Section, row: RowDraft) -> Record:
    found = {field.name: row.values[field.name].value for field in section.fields if field.name in row.values}
    # One row may be read in parts.
    blanks = {name: cell.origin for name, cell in row.blanks.items() if name not in found}
    return Record(found, row.origin, blanks or None)


def _group(name: str, read: Read) -> Record:
    return Record({"名称": Value(name, read.value.origin), "分值": read.value}, read.value.origin)


def _doubt(place: str, reason: str, origin: Origin) -> Record:
    return Record({"位置": Value(place, origin), "原因": Value(reason, origin)}, origin)


def _keys(root: dict[str, Value], records: dict[str, tuple[Record, ...]]) -> tuple[str, ...]:
    """Top-level keys in the order of the form."""
    return tuple(key for key in KEY_ORDER if key in root or key in records)


def joined_doubt(cells: Sequence[Cell]) -> str:
    """Why a value made of several cells is not sure."""
    return "；".join(dict.fromkeys(cell.doubt for cell in cells if cell.doubt))
