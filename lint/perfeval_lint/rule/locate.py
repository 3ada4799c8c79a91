"""Where the shipped rules are: beside the installed package, or in the checkout it runs from."""

from __future__ import annotations

from pathlib import Path

from perfeval_lint.errors import Problem, RulePackBroken

MARKER = "definitions.yaml"
PACKAGE = Path(__file__).resolve().parent.parent


def shipped_rules() -> Path:
    """The folder of the shipped rules; raises RulePackBroken where the installation lacks them."""
    beside = PACKAGE / "rules"
    checkout = PACKAGE.parent.parent
    if (beside / MARKER).is_file():
        return beside
    if (checkout / "pyproject.toml").is_file() and (checkout / "rules" / MARKER).is_file():
        return checkout / "rules"
    raise RulePackBroken([Problem("no-rules", "安装不完整：找不到规则目录；请重新安装 perfeval-lint", str(beside))])
