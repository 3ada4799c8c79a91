"""Writes everything that is made from the code and the rules; with --check only says what is stale.

Made: form.schema.json and rule.schema.json in the package, docs/canonical-form.md, docs/rules.md and the tool's
output in both READMEs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from perfeval_lint.cli.explain import sections
from perfeval_lint.form.schema import form_page, form_schema
from perfeval_lint.report.words import SEVERITY
from perfeval_lint.rule.cache import load_pack
from perfeval_lint.rule.locate import all_folders
from perfeval_lint.rule.model import Pack
from perfeval_lint.rule.schema import RULE_SCHEMA

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "lint" / "perfeval_lint"
NOTE = "<!-- 本页由 docs/generate.py 生成，请勿手改。 -->"


def main() -> int:
    """Writes the files, or with --check returns 1 where any differs from what would be written."""
    made = {
        PACKAGE / "form" / "form.schema.json": _json(form_schema()),
        PACKAGE / "rule" / "rule.schema.json": _json(RULE_SCHEMA),
        ROOT / "docs" / "canonical-form.md": form_page(),
        ROOT / "docs" / "rules.md": _rules_page(load_pack(all_folders([]))),
    }
    for name in ("README.md", "README.zh-CN.md"):
        path = ROOT / name
        if path.exists():
            made[path] = _with_output(path.read_text("utf-8"))
    stale = [path for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is stale; run make docs")
        return int(bool(stale))
    for path in stale:
        path.write_text(made[path], "utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


def _json(schema: object) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _rules_page(pack: Pack) -> str:
    lines = [
        "# 规则",
        "",
        NOTE,
        "",
        f"共 {len(pack.rules)} 条。`perfeval-lint explain 编号` 显示同样的内容。",
        "",
    ]
    lines += ["| 编号 | 名称 | 级别 | 标题 |", "| --- | --- | --- | --- |"]
    for rule in pack.rules.values():
        lines.append(f"| [{rule.id}](#{rule.id.lower()}) | {rule.name} | {SEVERITY[rule.severity]} | {rule.title} |")
    lines += ["", "## 规则集", "", "| 名称 | 说明 |", "| --- | --- |"]
    lines += [f"| {profile.name} | {profile.says} |" for profile in pack.profiles.values()]
    for rule in pack.rules.values():
        lines += ["", f'<a id="{rule.id.lower()}"></a>', f"## {rule.id} {rule.title}", ""]
        lines += [f"`{rule.name}`，{SEVERITY[rule.severity]}，[规则文件](../{rule.file})"]
        for heading, paragraphs in sections(rule):
            lines += ["", f"**{heading}**", ""]
            code = heading in ("条件", "例子", "参数")
            lines += ["```text", *paragraphs, "```"] if code else [f"- {paragraph}" for paragraph in paragraphs]
    return "\n".join(lines) + "\n"


def _with_output(text: str) -> str:
    """A README with each `<!-- output: ARGS -->` block filled with what the tool prints for those arguments."""
    parts = text.split("<!-- output: ")
    for number, part in enumerate(parts[1:], 1):
        arguments, _, rest = part.partition(" -->\n")
        _, _, after = rest.partition("<!-- end -->")
        shown = f"```console\n$ perfeval-lint {arguments}\n{_run(arguments)}```\n"
        parts[number] = f"{arguments} -->\n{shown}<!-- end -->{after}"
    return "<!-- output: ".join(parts)


def _run(arguments: str) -> str:
    # PYTHONUTF8 and COLUMNS fix what a terminal would decide.
    environment = os.environ | {
        "PYTHONPATH": str(PACKAGE.parent),
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "PYTHONUTF8": "1",
    }
    command = [sys.executable, "-m", "perfeval_lint", *arguments.split()]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
