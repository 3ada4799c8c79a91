"""Words of the report for people."""

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
}

# Characters that steer a terminal or reorder text are shown as their code, not obeyed.
_UNSEEN = frozenset(["Cc", "Cf", "Cs", "Zl", "Zp"])


def printable(text: str) -> str:
    """Text safe for a terminal: control, format and lone surrogate characters become \\u escapes."""
    if text.isprintable():
        return text
    return "".join(f"\\u{ord(char):04x}" if unicodedata.category(char) in _UNSEEN else char for char in text)


def basis_line(basis: Basis) -> str:
    """One basis of a rule as a line: its kind, document and words."""
    parts = [part for part in (basis.document, basis.text) if part]
    return f"{BASIS[basis.kind]}：{'，'.join(parts)}"
