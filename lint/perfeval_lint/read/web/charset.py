"""The text of a web page's bytes: byte order mark, declared charset, else UTF-8 or GB18030, whichever fits."""

from __future__ import annotations

import re

from perfeval_lint.files import is_chinese_utf8, marked_encoding

_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE)
_HEAD = 8192  # bytes of a page in which a charset is looked for; browsers take 1024, pages have it later too

# Browsers read the label gb2312 as GBK; GB18030 holds both. Western labels on Chinese pages are a server's default.
_LABELS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "gb2312": "gb18030",
    "gb_2312": "gb18030",
    "gb_2312-80": "gb18030",
    "csgb2312": "gb18030",
    "chinese": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "gb18030": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-x-big5": "big5hkscs",
}


def decode_page(data: bytes, label: str = "") -> str:
    """The text of a page; `label` is the charset named outside it (the header of a mail part).

    Bytes that no candidate can decode become U+FFFD, by the candidate that leaves fewest. Never raises.
    """
    if marked := marked_encoding(data):
        return data.decode(marked, "replace")
    candidates = _candidates(data, label)
    for encoding in candidates:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    texts = [data.decode(encoding, "replace") for encoding in candidates]
    return min(texts, key=lambda text: text.count("\ufffd"))


def _candidates(data: bytes, label: str) -> list[str]:
    found = _DECLARED.search(data[:_HEAD])
    declared = _LABELS.get(label.lower()) or _LABELS.get(found[1].decode("ascii").lower() if found else "")
    if declared and declared != "utf-8" and not is_chinese_utf8(data):
        return [declared, "utf-8"] if declared == "gb18030" else [declared, "utf-8", "gb18030"]
    return ["utf-8", "gb18030"]
