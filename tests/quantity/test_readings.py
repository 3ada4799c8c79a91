"""Readings of cells as people write them, and results held against their targets."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from perfeval_lint import read_quantity
from perfeval_lint.quantity.compare import compare

HERE = Path(__file__).parent
READINGS = [
    entry
    for name in ("readings.yaml", "everyday.yaml")
    for group in yaml.safe_load((HERE / name).read_text("utf-8")).values()
    for entry in group
]
PAIRS = yaml.safe_load((HERE / "pairs.yaml").read_text("utf-8"))
ONLY_IF_TOLD = ("operator", "each", "level", "understood", "unit", "event")


def told(quantity, wanted):
    """What was read, as far as the entry speaks of it: numbers not given are null, other keys are not asserted."""
    read = {"kind": quantity.kind, "lower": quantity.lower, "upper": quantity.upper}
    read |= {"approximate": quantity.approximate, "change": quantity.change}
    read |= {key: getattr(quantity, key) for key in ONLY_IF_TOLD if key in wanted}
    if "deadline" in wanted:
        read["deadline"] = quantity.deadline
    if "parts" in wanted:
        parts = wanted["parts"]
        same = len(parts) == len(quantity.parts)
        read["parts"] = (
            [told(one, part) for one, part in zip(quantity.parts, parts, strict=True)] if same else str(quantity)
        )
    return read


def expected(wanted):
    out = {
        "kind": wanted["kind"],
        "approximate": wanted.get("approximate", False),
        "change": wanted.get("change") or "",
    }
    for key in ("lower", "upper"):
        value = wanted.get(key)
        out[key] = None if value is None else Decimal(str(value))
    if wanted.get("operator") == "=" and out["upper"] is None:
        out["upper"] = out["lower"]
    out |= {key: wanted[key] for key in ONLY_IF_TOLD if key in wanted}
    if "deadline" in wanted:
        day = wanted["deadline"]
        out["deadline"] = datetime.date.fromisoformat(str(day)) if day else None
    if "parts" in wanted:
        out["parts"] = [expected(part) for part in wanted["parts"]]
    return out


@pytest.mark.parametrize("entry", READINGS, ids=[f"{n}-{entry['text'][:30]}" for n, entry in enumerate(READINGS)])
def test_reading(entry):
    assert told(read_quantity(entry["text"], entry.get("year")), entry) == expected(entry)


@pytest.mark.parametrize(
    "entry", PAIRS, ids=[f"{n}-{e['target'][:20]}|{e['actual'][:20]}" for n, e in enumerate(PAIRS)]
)
def test_pair(entry):
    target, actual = (read_quantity(entry[side], entry.get("year")) for side in ("target", "actual"))
    found = compare(target, actual, downward=False)
    assert found.met is entry["met"]
    if "ratio" in entry:
        ratio = None if found.ratio is None else round(float(found.ratio), 4)
        assert ratio == (
            None if entry["ratio"] is None else pytest.approx(round(float(entry["ratio"]), 4), abs=1.01e-4)
        )
