"""Raised letters: a power belongs to what it stands on, a note mark does not belong to the cell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

_POWERS = str.maketrans("0123456789-−－", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁻")
_POWER = re.compile(r"[-−－]?[0-9]{1,2}")
_LENGTH = re.compile(r"(?:^|[^A-Za-z])[kcdmKCDM]?[mM]$")  # m, km: a raised 2 or 3 makes an area or a volume
_TEN = re.compile(r"[×xX*＊·]\s*10$")
_WHOLE = re.compile(r"(?:^|[^0-9.,])[0-9]+$")
_ONE_MARK = r"[（(\[【〔]?(?:注|备注)?\s*(?:[0-9]{1,2}|[a-np-z](?![A-Za-z])|[①-⑳➀-➓*＊†‡§#＃※△▲]+|注|备注)[）)\]】〕]?"
_MARKS = re.compile(rf"\s*{_ONE_MARK}(?:[,，、\s]*{_ONE_MARK})*[\s:：]*")
_DOUBT = "上标“{}”按注号看待，没有读入；如是乘方或数的一部分，请写成一行"


def put_together(pieces: Iterable[tuple[str, bool]]) -> tuple[str, str]:
    """The text of pieces of which some are raised, and why it may be wrong ("" where it is not).

    A raised figure on a unit of length or on ×10 is a power and is written as one (m², 10⁴). A note mark (1, ①, [2],
    注3, *) on other text is left out; on a whole number it might be a power, so that is doubted. All else that is
    raised stays as letters: a cell all of whose text is raised, °C typed with a raised o, 1st.
    """
    runs = [("".join(text for text, _ in run), raised) for raised, run in groupby(pieces, key=lambda piece: piece[1])]
    if not any(text.strip() for text, raised in runs if not raised):
        return "".join(text for text, _ in runs), ""
    shown, doubt = "", ""
    for text, raised in runs:
        mark = text.strip()
        if raised and _POWER.fullmatch(mark) and (_LENGTH.search(shown) or _TEN.search(shown)):
            shown += mark.translate(_POWERS)
        elif raised and mark and shown.strip() and _MARKS.fullmatch(text):
            if mark.isdecimal() and _WHOLE.search(shown):
                doubt = _DOUBT.format(mark)
        else:
            shown += text
    return shown, doubt
