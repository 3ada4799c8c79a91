"""Pale text printed over a page of a PDF, such as the user's name, separated from the text of the cells."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from statistics import median
from typing import NamedTuple

from perfeval_lint.read.pdf.chars import Char
from perfeval_lint.read.pdf.geometry import Box, bound
from perfeval_lint.read.pdf.rule import Rule

_PALE = 0.45  # from this shade on (0 black, 1 white), text may be a watermark
_WHITE = 0.97  # from here on, text that is seen is on a dark ground
_PALER = 0.25  # than the text of the page, at least
_BODY = 0.1  # the share of a page's text from which on a shade is one of its text
_SAME = 0.1  # of the type's height: how far base lines of one text are apart
_GAP = 1.5  # times the type's height: the gap that parts one text from the next
_CLOSE = 0.35  # of the type's height: the gap in which a line goes through a word
_OFTEN, _OFTEN_PALE = 3, 0.6  # how often, and how pale, text is that may be a watermark because it is repeated
_TWICE = 2  # as often, words that go over lines or other text are those of a watermark
_LARGER = 1.3  # times the type of the page: so large is no text of a cell
_DOUBT = "浅色的“{}”在页面上重复出现，可能是水印；请核对原文"
_OVER = "浅色的“{}”压在表格线或其他文字上，可能是水印；请核对原文"


_Word = tuple[tuple[float, ...], str]
"""A word with the look it is written in."""


class _Run(NamedTuple):
    """Pale characters side by side in one look: their places among the characters."""

    look: tuple[float, ...]
    places: list[int]
    chars: list[Char]

    @property
    def text(self) -> str:
        """The text of the characters."""
        return "".join(char.text for char in self.chars).strip()

    @property
    def words(self) -> list[_Word]:
        """The words in their look."""
        return [(self.look, word) for word in self.text.split()]

    def goes_on_in(self, other: _Run) -> bool:
        """Returns whether another run in the same look goes on where this one ends."""
        end, start = self.chars[-1], other.chars[0]
        on_line = self.look == other.look and abs(end.base - start.base) < _SAME * end.size
        return on_line and abs(start.start - end.end) <= _GAP * end.size


def without_watermark(chars: Sequence[Char], rules: Sequence[Rule]) -> tuple[list[Char], list[str]]:
    """The characters without those of watermarks, and their texts, each once.

    A watermark is pale text, or text that the file says is none of its own, that goes over the lines of the table or
    over other text and is repeated, larger than the page's or turned; and the same words in the same look elsewhere
    on the page. Pale words only repeated, or only over something, are doubted. Raises TooMuch.
    """
    pale = _pale(chars)
    if not pale:
        return list(chars), []
    bound(len(pale) * (len(chars) + len(rules)))
    runs = list(_runs(chars, pale))
    page = _Page([char for index, char in enumerate(chars) if index not in pale], rules)
    counts = Counter(word for run in runs for word in run.words)
    over = [page.is_under(run) for run in runs]
    marks = [run for run, is_over in zip(runs, over, strict=True) if is_over and page.is_other(run, counts)]
    words = {word for run in marks for word in run.words}
    left = list(chars)
    out: set[int] = set()
    for run, is_over in zip(runs, over, strict=True):
        doubt = _OVER if is_over else _DOUBT if _is_often(run, counts) else ""
        if words.issuperset(run.words):
            out.update(run.places)
        elif doubt:
            for index in run.places:
                left[index] = chars[index]._replace(doubt=chars[index].doubt or doubt.format(run.text))
    texts = dict.fromkeys(word for run in marks for word in run.text.split())
    return [char for index, char in enumerate(left) if index not in out], list(texts)


def _is_often(run: _Run, counts: Counter[_Word]) -> bool:
    """Returns whether a run is so pale, and has words so often on the page, that it may be a watermark."""
    return run.chars[0].style.shade >= _OFTEN_PALE and any(
        counts[look, word] >= _OFTEN and len(word) > 1 and any(letter.isalpha() for letter in word)
        for look, word in run.words
    )


def _pale(chars: Sequence[Char]) -> set[int]:
    """The places of characters paler than the text of the page."""
    candidates = {
        index for index, char in enumerate(chars) if _PALE <= char.style.shade < _WHITE or char.style.artifact
    }
    if not candidates:
        return candidates
    shades = Counter(round(char.style.shade, 2) for char in chars)
    body = min((shade for shade, count in shades.items() if count >= _BODY * len(chars)), default=0.0)
    return {i for i in candidates if chars[i].style.shade >= body + _PALER or chars[i].style.artifact}


def _runs(chars: Sequence[Char], pale: set[int]) -> Iterator[_Run]:
    """Pale text in pieces: what one command of the page writes, and commands that go on on the same line."""
    pieces: list[_Run] = []
    for _, same in groupby(sorted(pale), key=lambda index: id(chars[index].style)):
        places = list(same)
        first = chars[places[0]]
        look = (float(first.turn), round(first.size, 1), round(first.style.shade, 2))
        pieces.append(_Run(look, places, [chars[place] for place in places]))
    pieces.sort(key=lambda piece: (piece.look, round(piece.chars[0].base, 1), piece.chars[0].start))
    last = pieces[0]
    for piece in pieces[1:]:
        if last.goes_on_in(piece):
            last = _Run(last.look, last.places + piece.places, last.chars + piece.chars)
        else:
            yield last
            last = piece
    yield last


class _Page:
    """The characters and lines on a page without pale text."""

    def __init__(self, chars: Sequence[Char], rules: Sequence[Rule]) -> None:
        self._boxes = sorted((char.box for char in chars if not char.text.isspace()), key=_height)
        self._heights = [_height(box) for box in self._boxes]
        self._largest = max((box[3] - box[1] for box in self._boxes), default=0.0)
        self._rules = rules
        self._size = median(char.size for char in chars) if chars else 0.0

    def is_other(self, run: _Run, counts: Counter[_Word]) -> bool:
        """Returns whether a run differs from the text of a cell: repeated, large, turned, or none of the text."""
        first = run.chars[0]
        is_repeated = any(counts[word] >= _TWICE for word in run.words)
        return is_repeated or first.turn % 4 != 0 or first.size > _LARGER * self._size or first.style.artifact

    def is_under(self, run: _Run) -> bool:
        """Returns whether a run goes over a line or over other characters."""
        inked = [char for char in run.chars if not char.text.isspace()]
        return any(self._has_text(char.box) or self._has_rule(char.box) for char in inked) or any(
            self._has_rule(_between(one, other))
            for one, other in pairwise(inked)
            if 0 < other.start - one.end < _CLOSE * one.size
        )

    def _has_text(self, box: Box) -> bool:
        first = bisect_left(self._heights, box[1] - self._largest)
        last = bisect_right(self._heights, box[3] + self._largest)
        return any(_overlap(box, self._boxes[index]) for index in range(first, last))

    def _has_rule(self, box: Box) -> bool:
        left, top, right, bottom = box
        across, down = (right - left) * 0.1, (bottom - top) * 0.3
        for rule in self._rules:
            if rule.level:
                if top + down < rule.at < bottom - down and rule.start < left + across and right - across < rule.end:
                    return True
            elif left + across < rule.at < right - across and rule.start < top + down and bottom - down < rule.end:
                return True
        return False


def _between(one: Char, other: Char) -> Box:
    left, top, right, bottom = one.box
    return (min(left, other.box[0]), top, max(right, other.box[2]), bottom) if one.turn % 2 == 0 else one.box


def _overlap(one: Box, other: Box) -> bool:
    """Returns whether boxes cover more than a third of the smaller one, across and down."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return (
        across > min(one[2] - one[0], other[2] - other[0]) / 3 and down > min(one[3] - one[1], other[3] - other[1]) / 3
    )


def _height(box: Box) -> float:
    return (box[1] + box[3]) / 2
