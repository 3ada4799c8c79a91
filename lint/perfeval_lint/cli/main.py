"""perfeval-lint: runs the command; its errors in words, its exit status."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

import click

from perfeval_lint.cli.audit_commands import audit
from perfeval_lint.cli.chinese import in_chinese
from perfeval_lint.cli.commands import cli
from perfeval_lint.cli.interrupts import is_interrupt, note_interrupts
from perfeval_lint.errors import PerfevalError, RulePackBroken, UnreadableFile

_CLOSED_PIPE = 141  # what a shell reports for a program ended by a closed pipe
_ADVICE = "运行 perfeval-lint --help 查看用法。"

cli.add_command(audit)


def run() -> NoReturn:
    """Runs the command; prints expected errors in Chinese, without a traceback."""
    gc.disable()  # forms are very many small objects without cycles: collecting would only look at them
    note_interrupts()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        status = _invoke(sys.argv[1:])
        sys.stdout.flush()
        sys.exit(status)
    except RulePackBroken as error:
        _fail("\n".join([*map(str, error.problems), f"规则有 {len(error.problems)} 处错误，没有检查任何表。"]))
    except UnreadableFile as error:
        _fail(str(error.problem))
    except PerfevalError as error:
        _fail(f"{error}")
    except click.ClickException as error:
        _fail(f"{in_chinese(error)}\n{_ADVICE}")
    except (click.Abort, KeyboardInterrupt):
        _fail("已中断。", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(_CLOSED_PIPE)


def _invoke(arguments: list[str]) -> int:
    """Runs the command and returns its exit status. (click's own main() would turn a closed pipe into a failure.)"""
    try:
        with cli.make_context("perfeval-lint", arguments) as context:
            cli.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    except RuntimeError as error:
        if not is_interrupt(error):
            raise
        raise KeyboardInterrupt from None
    return 0


def _fail(message: str, status: int = 2) -> NoReturn:
    from perfeval_lint.report.words import printable

    for line in message.splitlines():
        click.echo(printable(line), err=True)
    sys.exit(status)
