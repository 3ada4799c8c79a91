"""Spectral: a ruleset over the YAML files (spectral.mjs), run as its users run it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from rivals.common import Violation

REQUIRES = ("@stoplight/spectral-cli",)
EXPRESSES = {
    "PE001": "yes",
    "PE009": "code",
    "PE101": "code",
    "PE201": "code",
    "PE301": "code",
    "PE302": "yes",
    "PE303": "code",
    "PE304": "yes",
    "PE308": "code",
    "PE401": "code",
    "PE502": "yes",
}
_RULESET = Path(__file__).with_name("spectral.mjs")


def command(programs: Path, folder: Path, out: Path) -> list[str]:
    """The command line that checks every file of a folder; the ruleset is copied into `out`."""
    ruleset = Path(shutil.copy(_RULESET, out))
    forms = str(folder / "**" / "*.yaml")
    return [str(programs / "spectral"), "lint", "--quiet", "--ruleset", str(ruleset), "--format", "json", forms]


def violations(printed: str) -> list[Violation]:
    """What the printed report says."""
    found = []
    for result in json.loads(printed):
        row = next((int(step) for step in result["path"] if str(step).isdigit()), 0)
        found.append((int(Path(result["source"]).stem), result["code"], row))
    return list(dict.fromkeys(found))  # a failed anyOf is several results
