"""Runs one rival in one process: `rival.py NAME FOLDER FROM`, FROM being files or columns. Prints JSON.

A further word `every` has this tool judge with all its rules.

Runs in the environment of the rival. `seconds` are the processor's for the check alone, the data being in memory;
`violations` what it found, as form, check and row; `memory` the peak of the process in MiB.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from pathlib import Path

from worker import _peak, _processor


def main() -> None:
    """Loads, checks, prints."""
    warnings.simplefilter("ignore")
    _, name, folder, source, *every = sys.argv
    rival = importlib.import_module(f"rivals.{name}")
    load = rival.from_columns if source == "columns" else rival.from_files
    data = load(Path(folder), rival.EVERY) if every else load(Path(folder))
    begin = _processor()
    found = rival.check(data)
    seconds = _processor() - begin
    json.dump({"seconds": seconds, "memory": _peak(), "violations": found}, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
