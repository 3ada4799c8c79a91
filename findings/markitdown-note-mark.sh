#!/usr/bin/env bash
# A note mark raised behind a number becomes a digit of it in the markdown of a Word table; a strike-out does not get lost.
#
# Expected: as mammoth turns raised letters into <sup> and struck ones into <s>, either both or neither would come
# through to the markdown; and that hidden text, which Word does not print, is left out.
# Seen (markitdown 0.1.9 with mammoth 1.13.0 and markdownify 1.2.3, python-docx 1.2.0, Python 3.11): 57.00 with the mark
# 2 is 57.002, the struck 97% is kept apart as ~~97%~~, hidden text stands before the text that is seen.
# Output seen: | 57.002 | ~~97%~~98.5% | 底稿正文 |
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    'markitdown[docx]==0.1.9' mammoth==1.13.0 markdownify==1.2.3 python-docx==1.2.0
"$folder/venv/bin/python" - <<'PYTHON'
import io

import docx
from markitdown import MarkItDown, StreamInfo

document = docx.Document()
marked, struck, hidden = document.add_table(1, 3).rows[0].cells
marked.paragraphs[0].add_run("57.00")
marked.paragraphs[0].add_run("2").font.superscript = True
struck.paragraphs[0].add_run("97%").font.strike = True
struck.paragraphs[0].add_run("98.5%")
hidden.paragraphs[0].add_run("底稿").font.hidden = True
hidden.paragraphs[0].add_run("正文")
file = io.BytesIO()
document.save(file)
file.seek(0)
shown = MarkItDown().convert_stream(file, stream_info=StreamInfo(extension=".docx")).text_content.splitlines()[-1]
print(shown)
assert shown == "| 57.002 | ~~97%~~98.5% | 底稿正文 |", "markitdown behaves otherwise now"
PYTHON
