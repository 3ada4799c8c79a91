#!/usr/bin/env bash
# A cell of an .xls written twice leaves an empty text in the table of texts, and the count of uses falls back.
#
# Expected: as xlwt adds a text to the table (SST) when a cell is written, a cell written over leaves its first text there
# and counts as two uses; a count of uses above the cells with text would then tell nothing of lost cells.
# Seen (xlwt 1.3.0, olefile 0.47, Python 3.11): three texts in the table, the one written over made empty; two uses, as
# many as there are cells. More texts than uses, and an empty one among them, are no damage.
# Output seen: {'used': 2, 'texts': 3, 'cells': 2, 'left': False}
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check xlwt==1.3.0 olefile==0.47
"$folder/venv/bin/python" - <<'PYTHON'
import io
import struct

import olefile
import xlwt

book = xlwt.Workbook()
sheet = book.add_sheet("表", cell_overwrite_ok=True)
sheet.write(0, 0, "写错的")
sheet.write(0, 0, "改好的")
sheet.write(1, 0, "另一格")
out = io.BytesIO()
book.save(out)
stream = olefile.OleFileIO(io.BytesIO(out.getvalue())).openstream("Workbook").read()
seen = {"cells": 0, "left": "写错的".encode("utf-16-le") in stream}
at = 0
while at + 4 <= len(stream):
    kind, length = struct.unpack_from("<HH", stream, at)
    if kind == 0xFC:  # SST: how often texts are used, how many there are
        seen["used"], seen["texts"] = struct.unpack_from("<II", stream, at + 4)
    seen["cells"] += kind == 0xFD  # LABELSST
    at += 4 + length
expected = {"used": 2, "texts": 3, "cells": 2, "left": False}
print({name: seen[name] for name in expected})
assert seen == expected, "xlwt behaves otherwise now"
PYTHON
