"""The commands convert, render and new: forms from files of any kind, and back to files."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from perfeval_lint.cli.files import write
from perfeval_lint.errors import Problem, UsageError
from perfeval_lint.form.definition import DOUBTS
from perfeval_lint.form.dump import dump
from perfeval_lint.form.model import Form
from perfeval_lint.linting.sources import Source, documents_of, sources_of
from perfeval_lint.report.words import printable

_LONG_WORK = 20  # files from which on a progress bar is shown
_SHOWN_DOUBTS = 5


@dataclass(slots=True)
class _Tally:
    """Counts of a run: files, forms, doubts, and the first problem of each file that was not converted whole."""

    files: int = 0
    forms: int = 0
    doubts: int = 0
    refused: list[Problem] = field(default_factory=list)

    def line(self) -> str:
        """Returns the summary, one line."""
        text = f"共 {self.files} 个文件：转换出 {self.forms} 张表"
        text += f"，存疑 {self.doubts} 处" if self.doubts else ""
        return text + (f"；{len(self.refused)} 个文件没有（或没有全部）转换" if self.refused else "")


def run_convert(files: Sequence[str], out: str | None) -> int:
    """Converts files or folders to canonical YAML; returns 2 where a file could not be converted, else 0."""
    console = Console(stderr=True, highlight=False, emoji=False, markup=False)
    sources = list(sources_of(files))
    into_folder = out is not None and _is_folder(out, files)
    if len(sources) > 1 and not into_folder:
        raise UsageError("要转换的文件不止一个；请用 -o 指定一个目录（已有的目录，或以 / 结尾的名字）")
    tally = _Tally()
    names = _Names(Path(out)) if out is not None and into_folder else None
    with Progress(console=console, transient=True, disable=len(sources) < _LONG_WORK) as progress:
        for source in progress.track(sources, description="转换"):
            forms = _forms(source, tally, console)
            if not forms:
                continue
            target = names.name(source, files) if names else Path(out) if out else None
            _write_yaml(forms, target, source)
    console.print(Text(tally.line(), "bold"))
    return 2 if tally.refused else 0


def _forms(source: Source, tally: _Tally, console: Console) -> list[Form]:
    """Returns the forms of a file; prints its doubts, what was left out, and why it was not converted."""
    tally.files += 1
    forms: list[Form] = []
    refused: list[Problem] = []
    for document in documents_of(source):
        refused += document.problems
        for note in document.notes:
            console.print(Text(printable(f"说明　{note.file}：{note.message}"), "dim"), soft_wrap=True)
        if document.form is not None and not document.problems:
            forms.append(document.form)
    for problem in refused:
        console.print(Text("没有转换 ", "bold red").append(printable(str(problem)), "not bold"), soft_wrap=True)
    tally.forms += len(forms)
    tally.refused += refused[:1]
    for form in forms:
        _print_doubts(source, form, tally, console)
    return forms


def _print_doubts(source: Source, form: Form, tally: _Tally, console: Console) -> None:
    doubts = form.rows(DOUBTS)
    tally.doubts += len(doubts)
    for doubt in doubts[:_SHOWN_DOUBTS]:
        text = f"{source.name}：{doubt.text('位置')}：{doubt.text('原因')}"
        console.print(Text("存疑 ", "yellow").append(printable(text)), soft_wrap=True)
    if len(doubts) > _SHOWN_DOUBTS:
        more = len(doubts) - _SHOWN_DOUBTS
        console.print(Text(f"     另有 {more} 处，见转换出的表里“{DOUBTS.key}”一项", "dim"))


def _is_folder(out: str, files: Sequence[str]) -> bool:
    return out.endswith(("/", os.sep)) or Path(out).is_dir() or any(Path(name).is_dir() for name in files)


class _Names:
    """Names output files after their input, with .yaml, in the same subfolders, no name twice."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.given: set[Path] = set()

    def name(self, source: Source, files: Sequence[str]) -> Path:
        """Returns the file to write for a source."""
        path = source.path or Path("标准输入")
        roots = [Path(name) for name in files if Path(name).is_dir() and path.is_relative_to(name)]
        inner = path.relative_to(roots[0]) if roots else Path(path.name)
        target = self.folder / inner.with_suffix(".yaml")
        if target in self.given:
            target = self.folder / inner.with_name(f"{inner.name}.yaml")
        self.given.add(target)
        return target


def _write_yaml(forms: Sequence[Form], target: Path | None, source: Source) -> None:
    text = dump(forms)
    if target is None:
        sys.stdout.write(text)
        return
    write(target, [text.encode()], [source.path] if source.path else [])


# --- back to files -----------------------------------------------------------------------------------


def run_render(file: str, out: str) -> None:
    """Writes the forms of a file in the official layout; several forms get numbered files."""
    forms = list(_readable(file))
    target = Path(out)
    for number, form in enumerate(forms, 1):
        path = target if len(forms) == 1 else target.with_stem(f"{target.stem}-{number}")
        write(path, [rendered(form, path)], [Path(file)])


def _readable(file: str) -> Iterator[Form]:
    for source in sources_of([file]):
        for document in documents_of(source):
            if document.form is None or document.problems:
                raise UsageError("；".join(str(problem) for problem in document.problems))
            yield document.form


def rendered(form: Form, path: Path) -> bytes:
    """Returns a form as the bytes of a file of the kind that the suffix says."""
    if path.suffix.lower() in (".yaml", ".yml"):
        return dump([form]).encode()
    from perfeval_lint.render.render import render

    return render(form, path.suffix)


def run_new(kind: str, profile: str | None, year: int | None, out: str | None) -> None:
    """Writes an empty form of a kind, with the weights of a profile."""
    from perfeval_lint.render.blank import blank_form

    weights, execution = _weights(profile) if profile else (None, "10")
    form = blank_form(kind, year, weights=weights, execution=execution)
    if out is None:
        sys.stdout.write(dump([form]))
    else:
        write(Path(out), [rendered(form, Path(out))])


def _weights(profile: str) -> tuple[dict[str, str] | None, str]:
    """Returns the level-1 weights (None: not fixed) and the weight of the execution rate that a profile expects."""
    from perfeval_lint.rule.locate import all_folders
    from perfeval_lint.rule.pack_cache import load_pack
    from perfeval_lint.rule.profile import Overrides, choose, params_of, severity_of
    from perfeval_lint.rule.settings import settings_for

    pack = load_pack(all_folders(settings_for(Path.cwd()).rule_paths))
    choose(pack, None, profile)
    levels, execution = (pack.rules[name] for name in ("PE203", "PE202"))
    expected = params_of(pack, execution, profile, Overrides())["应为"]
    if severity_of(pack, levels, profile, Overrides()) is None:
        return None, str(expected)
    found = params_of(pack, levels, profile, Overrides())["不含成本"]
    weights = {name: str(weight) for name, weight in found.items()} if isinstance(found, dict) else None
    return weights, str(expected)
