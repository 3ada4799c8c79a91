"""Prints the lowest versions that pyproject.toml allows, as constraints for pip."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
for needed in (*project["dependencies"], *project["optional-dependencies"]["spark"]):
    found = re.match(r"([\w-]+)>=([\d.]+)", needed)
    if found is None:
        raise SystemExit(f"pyproject.toml gives no lowest version of {needed}")
    print(f"{found[1]}=={found[2]}")
