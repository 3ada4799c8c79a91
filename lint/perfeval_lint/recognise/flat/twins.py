"""Neighbouring texts that say the same: a target and its result are often written in the same words or unit."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import accumulate

from perfeval_lint.recognise.flat.pieces import PAGE, SPACE, Piece, joined
from perfeval_lint.recognise.flat.search import Twin

_NEAREST = 24  # beginnings looked at before each place
_LONGEST = 60  # pieces of one cell
_ALIKE = 0.72
_QUANTITY = re.compile(r"[^0-9]{0,5}[0-9][0-9.,\-—~～]*([^0-9]{1,4}?)(?:以上|以内|以下|左右)?")


def twins(pieces: Sequence[Piece]) -> Mapping[int, Sequence[Twin]]:
    """The pairs of neighbouring cells worth trying, by the place where the second one begins."""
    text = joined(pieces)
    offsets = [0, *accumulate(len(piece.text) for piece in pieces)]
    found: dict[int, list[Twin]] = defaultdict(list)
    seen: dict[str, list[int]] = defaultdict(list)
    for middle in range(len(pieces)):
        head = text[offsets[middle] : offsets[middle] + 2]
        for start in seen[head][-_NEAREST:]:
            if middle - start <= _LONGEST:
                found[middle].extend(_repeats(pieces, text, offsets, start, middle))
        found[middle].extend(_same_unit(pieces, middle))
        seen[head].append(middle)
    return found


def _repeats(pieces: Sequence[Piece], text: str, offsets: Sequence[int], start: int, middle: int) -> list[Twin]:
    """The second text is the first again, or nearly."""
    first = text[offsets[start] : offsets[middle]]
    if len(first) < 2 or any(piece.gap == PAGE for piece in pieces[start + 1 : middle]):
        return []
    limit = offsets[middle] + len(first)
    end = bisect_left(offsets, limit)
    if end < len(offsets) and offsets[end] == limit and text.startswith(first, offsets[middle]):
        return [Twin(start, middle, end, min(9.0, 1.0 + 0.4 * len(first)))]
    if len(first) < 10:
        return []
    found = []
    for near in range(max(middle + 1, end - 3), min(len(pieces), end + 4) + 1):
        second = text[offsets[middle] : offsets[near]]
        matcher = SequenceMatcher(None, first, second, autojunk=False)
        if len(second) < 400 and matcher.real_quick_ratio() > _ALIKE < matcher.quick_ratio():
            ratio = matcher.ratio()
            if ratio > _ALIKE:
                found.append(Twin(start, middle, near, min(7.0, 0.3 * len(first)) * ratio * ratio))
    return found


def _same_unit(pieces: Sequence[Piece], middle: int) -> list[Twin]:
    """Two quantities of one unit, on one line or each on its own."""
    found = []
    for start in range(max(0, middle - 2), middle):
        for end in range(middle + 1, min(len(pieces), middle + 2) + 1):
            gaps = {piece.gap for piece in pieces[start + 1 : end]}
            if gaps == {SPACE} or (len(gaps) == 1 and end - start == 2 and PAGE not in gaps):
                first, second = (_QUANTITY.fullmatch(joined(pieces[a:b])) for a, b in ((start, middle), (middle, end)))
                if first and second and first[1] == second[1]:
                    found.append(Twin(start, middle, end, 1.5))
    return found
