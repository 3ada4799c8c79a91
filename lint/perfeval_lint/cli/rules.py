"""The commands rules list, check and test."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from perfeval_lint.cli.console import open_console
from perfeval_lint.judge.examples import run_examples
from perfeval_lint.report.words import SEVERITY
from perfeval_lint.rule.locate import all_folders
from perfeval_lint.rule.model import Pack
from perfeval_lint.rule.pack import compile_pack
from perfeval_lint.rule.pack_cache import load_pack
from perfeval_lint.rule.profile import DEFAULT, Overrides, choose, severity_of
from perfeval_lint.rule.settings import settings_for


def _folders(folders: tuple[str, ...]) -> list[Path]:
    """Returns the folder of the shipped rules and the folders named, or else those of this folder's settings."""
    named = [Path(folder) for folder in folders]
    return all_folders(named or settings_for(Path.cwd()).rule_paths)


def run_list(folders: tuple[str, ...], profile: str | None) -> None:
    """Prints every rule's id, severity and title under a profile."""
    pack = load_pack(_folders(folders))
    choice = choose(pack, None, profile).profile if profile else DEFAULT
    console = open_console()
    for rule in pack.rules.values():
        severity = severity_of(pack, rule, choice, Overrides())
        only = "（跨表，只在 audit 里判断）" if rule.across is not None else ""
        console.print(Text(f"{rule.id}  {SEVERITY[severity] if severity else '关闭'}  {rule.title}{only}"))
    console.print(Text(f"规则集 {choice}，共 {len(pack.rules)} 条；可选的规则集：{'、'.join(pack.profiles)}", "dim"))


def run_check(folders: tuple[str, ...]) -> None:
    """Checks every file without the cache; raises RulePackBroken with all mistakes."""
    pack = compile_pack(_folders(folders))
    open_console().print(Text(f"{_sizes(pack)}，没有错误。"))


def run_test(folders: tuple[str, ...]) -> int:
    """Runs every example; returns 1 if the outcome of any differs from its file, else 0."""
    pack = compile_pack(_folders(folders))
    console = open_console()
    results = list(run_examples(pack))
    failed = [result for result in results if result.trouble is not None]
    for result in failed:
        console.print(Text(f"{result.rule.file}:{result.example.line}  {result.rule.id}  {result.trouble}"))
    console.print(Text(f"{_sizes(pack)}，{len(results)} 个例子，{len(failed)} 个与所写不符。"))
    return int(bool(failed))


def _sizes(pack: Pack) -> str:
    return f"{len(pack.rules)} 条规则，{len(pack.profiles)} 个规则集"
