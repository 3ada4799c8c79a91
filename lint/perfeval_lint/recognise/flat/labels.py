"""Labels in flattened text: cut into pieces by line breaks, several on a line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from perfeval_lint.recognise.flat.pieces import NEWLINE, PAGE, SPACE, Piece, joined
from perfeval_lint.recognise.words.label import label_key
from perfeval_lint.recognise.words.template import HEADING, Vocabulary

_MOST_PIECES = 14
_MOST_CHARACTERS = 36
_LONGEST_HEADER = 80  # pieces from the first label of a header row to the first row below it
_MOST_UNLISTED = 4  # columns; with more it is no header row that goes on
_ENOUGH = 4  # columns of a header row: a label that comes again then is below it
_JOINING = ("及", "和", "与", "（", "(", "的")


@dataclass(frozen=True, slots=True)
class Label:
    """Pieces start..end (end excluded) read as one label; `role` is its meaning, "" where it is not a listed one."""

    start: int
    end: int
    role: str


def longest(pieces: Sequence[Piece], start: int, meaning: Callable[[str], str | None]) -> Label | None:
    """The longest label that begins at a piece; it does not go over a page, nor over a space to a label of its own."""
    found = None
    text = ""
    if pieces[start].text[0] in "（(":
        return None
    for end in range(start, min(start + _MOST_PIECES, len(pieces))):
        gap = pieces[end].gap
        if end > start and (gap == PAGE or (gap == SPACE and found and meaning(pieces[end].text) is not None)):
            break
        text += pieces[end].text
        if len(text) > _MOST_CHARACTERS:
            break
        role = meaning(text)
        if role is not None:
            found = Label(start, end + 1, role)
    return found


def in_part(words: Vocabulary, part: str) -> Callable[[str], str | None]:
    """Looks labels up in one part of the vocabulary."""
    return lambda text: words.role(part, text)


def side_label(pieces: Sequence[Piece], start: int, sides: frozenset[str]) -> int:
    """Returns where a label written down the side of the table ends; `start` where there is none."""
    found = longest(pieces, start, lambda text: "" if label_key(text) in sides else None)
    return found.end if found else start


def chain(pieces: Sequence[Piece], start: int, words: Vocabulary, part: str) -> list[Label]:
    """The labels of one part that follow one another from a piece on, each meaning once.

    A label that heads the whole part, or one that comes again, is taken off the front; behind a header row it ends it.
    """
    labels: list[Label] = []
    meaning = in_part(words, part)
    while start < len(pieces) and (label := longest(pieces, start, meaning)):
        if label.role == HEADING:
            if labels:
                break
        else:
            label = _first_of_two(pieces, label, meaning, {known.role for known in labels})
            seen = next((at for at, other in enumerate(labels) if other.role == label.role != "不取"), None)
            if seen and len(labels) >= _ENOUGH:  # at the front it is one down the side of the table
                break
            labels = labels if seen is None else labels[seen + 1 :]
            labels.append(label)
        start = label.end
    return labels


def _first_of_two(
    pieces: Sequence[Piece], label: Label, meaning: Callable[[str], str | None], known: Collection[str]
) -> Label:
    """The label, or its first part where that is one that has not come yet and the rest alone means the same.

    执行率 above 得分 are two columns, although 执行率得分 is a label too.
    """
    for middle in range(label.start + 1, label.end):
        first = meaning(joined(pieces[label.start : middle]))
        rest = meaning(joined(pieces[middle : label.end]))
        if first and first not in (rest, HEADING, *known) and rest == label.role:
            return Label(label.start, middle, first)
    return label


def chains(
    pieces: Sequence[Piece], begin: int, end: int, words: Vocabulary, part: str, least: int
) -> Iterator[list[Label]]:
    """Every chain of at least so many labels between two places, from the front."""
    at = begin
    while at < end:
        labels = chain(pieces, at, words, part)
        if len(labels) >= least:
            yield labels
            at = labels[-1].end
        else:
            at += 1


def indicator_header(pieces: Sequence[Piece], begin: int, words: Vocabulary) -> list[Label] | None:
    """The columns of the first header row of indicators at or after a place; unlisted columns have role ""."""
    for labels in chains(pieces, begin, len(pieces), words, "indicators", 3):
        roles = {label.role for label in labels}
        if {"三级指标", "年度指标值", "实际完成值"} & roles and len(roles) > 2 and _named(labels):
            return _to_first_row(pieces, labels, words)
    return None


def _named(labels: Sequence[Label]) -> bool:
    return any(label.role in ("一级指标", "二级指标", "三级指标") for label in labels)


def _to_first_row(pieces: Sequence[Piece], labels: list[Label], words: Vocabulary) -> list[Label]:
    """The labels up to the first level name below them, with what is not listed between."""
    first_row = _first_level(pieces, labels[-1].end, words)
    if first_row is None:
        return labels
    listed, labels = labels, list(labels)
    meaning = in_part(words, "indicators")
    at = labels[-1].end
    while at < first_row:
        label = longest(pieces[:first_row], at, meaning)
        if label and label.role not in (HEADING, *(known.role for known in labels)):
            labels.append(label)
        else:
            label = Label(at, at + 1, "")
            _add_unlisted(pieces, labels, label)
        at = label.end
    return labels if sum(label.role == "" for label in labels) <= _MOST_UNLISTED else listed


def _add_unlisted(pieces: Sequence[Piece], labels: list[Label], label: Label) -> None:
    before = labels[-1]
    goes_on = before.role == "" and pieces[label.start].gap == NEWLINE
    if goes_on or before.role == "偏差原因" or pieces[label.start].text.startswith(_JOINING):
        labels[-1] = Label(before.start, label.end, before.role)
    else:
        labels.append(label)


def _first_level(pieces: Sequence[Piece], begin: int, words: Vocabulary) -> int | None:
    for at in range(begin, min(begin + _LONGEST_HEADER, len(pieces))):
        if longest(pieces, at, in_part(words, "levels")):
            return at
    return None


def texts(pieces: Sequence[Piece], label: Label) -> str:
    """A label's text without white space."""
    return joined(pieces[label.start : label.end])
