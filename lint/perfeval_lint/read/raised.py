"""Raised letters: a power belongs to the unit or number before it, a note mark does not belong to the cell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

_POWERS = str.maketrans("0123456789-−－", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁻")
_POWER = re.compile(r"[-−－]?[0-9]{1,2}")
_LENGTH = re.compile(r"(?:^|[^A-Za-z])[kcdmhnμNKCDM]?[mM]$")  # m, km: a raised 2 or 3 makes an area or a volume
_METRES = re.compile(r"(?:(?<![平立]方)(?<![平立]方[千分厘毫])米|(?<![平立]方)公里)$")  # not what is square already
_AREA = re.compile(r"[23]")
_TEN = re.compile(r"[×xX*＊·]\s*10$")
_WHOLE = re.compile(r"(?:^|[^0-9.,])[0-9]+$|[0-9]\.$")  # to which raised figures may belong
_ONE_MARK = r"[（(\[【〔]?(?:注|备注)?\s*(?:[0-9]{1,2}|[a-np-z](?![A-Za-z])|[①-⑳➀-➓*＊†‡§#＃※△▲]+|注|备注)[）)\]】〕]?"
_MARKS = re.compile(rf"\s*{_ONE_MARK}(?:[-~～—–,，、\s]*{_ONE_MARK})*[\s:：]*")
_NUMBER = re.compile(r"\s*[0-9]")
_DOUBT = "上标“{}”按注号看待，没有读入；如是乘方或数的一部分，请写成一行"
_DOUBT_AREA = "上标“{}”按乘方读入；如是注号，请把它移开或写成文字"


def put_together(pieces: Iterable[tuple[str, bool]]) -> tuple[str, str]:
    """The text of pieces of which some are raised, and why it may be wrong ("" where it is not).

    A raised figure on a unit of length or on ×10 is a power and is written as one (m², 10⁴); doubted on 米. A note
    mark (1, ①, [2], 注3, *) on other text is left out; on a whole number it might be a power, and before a number a
    part of it, so that is doubted. All else that is raised stays as letters: a cell all of whose text is raised, °C
    typed with a raised o, 1st.
    """
    runs = [("".join(text for text, _ in run), raised) for raised, run in groupby(pieces, key=lambda piece: piece[1])]
    if not any(text.strip() for text, raised in runs if not raised):
        return "".join(text for text, _ in runs), ""
    shown, doubt = "", ""
    for (text, raised), (after, _) in zip(runs, [*runs[1:], ("", False)], strict=True):
        mark = text.strip()
        if raised and _is_power(mark, shown):
            shown += mark.translate(_POWERS)
            doubt = _DOUBT_AREA.format(mark) if _METRES.search(shown[: -len(mark)]) else doubt
        elif raised and mark and _MARKS.fullmatch(text) and (shown.strip() or _NUMBER.match(after)):
            if not shown.strip() or (mark.isdecimal() and _WHOLE.search(shown)):
                doubt = _DOUBT.format(mark)
        else:
            shown += text
    return shown, doubt


def _is_power(mark: str, before: str) -> bool:
    """Returns whether what is raised is the power of the unit or of the ten before it."""
    if _AREA.fullmatch(mark) and _METRES.search(before):
        return True
    return bool(_POWER.fullmatch(mark) and (_LENGTH.search(before) or _TEN.search(before)))
