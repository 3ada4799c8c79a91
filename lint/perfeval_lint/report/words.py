"""Words that reports for people have in common."""

from __future__ import annotations

import unicodedata

from perfeval_lint.rule.model import Basis, Severity

SEVERITY = {Severity.ERROR: "错误", Severity.WARNING: "警告", Severity.INFO: "提示"}
BASIS = {
    "arithmetic": "表内勾稽",
    "form": "表上要求",
    "regulation": "文件",
    "practice": "地方做法",
    "house": "本工具默认",
    "local": "本地规定",
}

REVIEW_WORDS = (
    "复核得分是各行应得分之和：没有完成的按比例或档次，预算执行按金额，自评更低的和算不出的照自评，没有填的按 0 分；"
    "有的行没有完成而应扣多少算不出时，写作“至多”。可复核分值小的，复核得分与自评得分相同说明不了什么。"
)

# Characters that steer a terminal or reorder text are shown as their code, not obeyed.
_UNSEEN = frozenset(["Cc", "Cf", "Cs", "Zl", "Zp"])


def printable(text: str) -> str:
    """Makes text safe for a terminal: control, format and lone surrogate characters become \\u escapes."""
    if text.isprintable():
        return text
    return "".join(f"\\u{ord(char):04x}" if unicodedata.category(char) in _UNSEEN else char for char in text)


def at_most(is_most: bool) -> str:
    """Returns the word before a score or grade that is an upper bound, else ""."""
    return "至多 " if is_most else ""


def bound(is_most: bool) -> str:
    """Returns the same for programs: at_most or exact."""
    return "at_most" if is_most else "exact"


def basis_line(basis: Basis) -> str:
    """Returns one basis of a rule as a line: its kind, document and words."""
    parts = [part for part in (basis.document, basis.text) if part]
    return f"{BASIS[basis.kind]}：{'，'.join(parts)}"
