"""Keys by which labels are compared: without white space, numbering, stars and closing colons."""

from __future__ import annotations

import re
from functools import lru_cache

from perfeval_lint.values.text import half_width

_SPACE = re.compile(r"\s+")
_KEY_MARKS = str.maketrans("（）：【】［］〔〕", "():[][][]")
_NUMBERING = re.compile(r"^(?:[(]?[一二三四五六七八九十]+[)、.]|[0-9]{1,2}[、.](?![0-9]))+")
_LEADING_YEAR = re.compile(r"^(?:19|20)[0-9]{2}年度?(?=.)")
_STARS = "*★☆▲△●○·•◆_"
_TAIL = re.compile(r"(?<=.)(?:[(][^()]*(?:[(][^()]*[)][^()]*)*[)]|\[[^\[\]]*\])$")
_HEAD = re.compile(r"^[(][^()]*[)](?=.)")
_UNIT_TAIL = re.compile(r"(?:万元|元|%)$")


@lru_cache(maxsize=65536)
def label_key(text: str) -> str:
    """A label for comparing: no white space, marks half-width, no numbering, stars or closing colon."""
    key = _SPACE.sub("", half_width(text)).translate(_KEY_MARKS).strip(_STARS)
    if len(key) > 60:
        return key
    key = _NUMBERING.sub("", key)
    return key.strip(":").strip(_STARS)


@lru_cache(maxsize=65536)
def label_keys(text: str) -> tuple[str, ...]:
    """The ways a label may be listed, longest first: as it is, then without bracketed remarks, then without a unit."""
    keys = [label_key(text)]
    if not keys[0] or len(keys[0]) > 60:
        return tuple(keys)
    while (shorter := _TAIL.sub("", keys[-1])) != keys[-1]:
        keys.append(shorter.rstrip(":"))
    for key in list(keys):
        for shorter in (_HEAD.sub("", key), _UNIT_TAIL.sub("", key), _LEADING_YEAR.sub("", key)):
            if shorter and shorter not in keys:
                keys.append(shorter.rstrip(":"))
    return tuple(keys)
