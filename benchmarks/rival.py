"""Runs one rival in one process, in its environment: loads a folder's forms, checks them, prints JSON.

`seconds` are the processor's for the check alone, the data being in memory; `violations` what it found, as form, check
and row. With --warm-up other forms are checked first, so that what is imported and compiled once is not counted.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import warnings
from pathlib import Path

from worker import processor_seconds


def main() -> None:
    """Loads, checks, prints."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="a module of rivals")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--columns", action="store_true", help="the folder holds columns, not YAML files")
    parser.add_argument("--every", action="store_true", help="all rules, where there are more than the common ones")
    parser.add_argument("--warm-up", type=Path, help="a folder of other forms")
    options = parser.parse_args()
    rival = importlib.import_module(f"rivals.{options.name}")
    load = rival.from_columns if options.columns else rival.from_files
    more = (rival.EVERY,) if options.every else ()
    if options.warm_up:
        rival.check(load(options.warm_up, *more))
    data = load(options.folder, *more)
    begin = processor_seconds()
    found = rival.check(data)
    seconds = processor_seconds() - begin
    json.dump({"seconds": seconds, "violations": found}, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
