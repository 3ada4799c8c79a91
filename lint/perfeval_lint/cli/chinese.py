"""click in Chinese: the headings of its help, and its error messages."""

from __future__ import annotations

import re

import click


class Chinese:
    """Formats usage and options under Chinese headings."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = ctx.command.collect_usage_pieces(ctx)
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_options(ctx.command, ctx, formatter)
        if isinstance(ctx.command, click.Group):
            _write_commands(ctx.command, formatter)


class Command(Chinese, click.Command):
    """A command with Chinese headings."""


class Group(Chinese, click.Group):
    """A group of commands with Chinese headings."""

    command_class = Command


class Defaulting(Group):
    """A group with a usual command, run where the first word is a file or an option instead of a command."""

    usual = ""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("--help", "-h", "--version"):
            args = [self.usual, *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "[选项] 文件… | 命令 [参数]…", prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_options(self.commands[self.usual], ctx, formatter)
        _write_commands(self, formatter)


def _write_options(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    options = [param for param in command.get_params(ctx) if isinstance(param, click.Option)]
    with formatter.section("选项"):
        formatter.write_dl([row for option in options if (row := option.get_help_record(ctx))])


def _write_commands(group: click.Group, formatter: click.HelpFormatter) -> None:
    with formatter.section("命令"):
        rows = [(name, command.get_short_help_str(60)) for name, command in group.commands.items()]
        formatter.write_dl(rows)


HELP = {"max_content_width": 100}
help_option = click.help_option("-h", "--help", help="显示帮助。")


_COMPLAINTS = (
    (r"No such option[:]? '?(\S+?)'?\.?(?: Did you mean '?(\S+?)'?\?| \(Possible options: (.*)\))?$", "没有选项 {0}"),
    (r"No such command '(.*?)'\.", "没有命令 {0}"),
    (r"Option '(.*?)' requires (?:an|\d+) arguments?", "选项 {0} 后面要有值"),
    (r"Option '(.*?)' does not take a value", "选项 {0} 后面不带值"),
    (r"Got unexpected extra arguments? \((.*?)\)", "多了参数 {0}"),
    (r"Missing argument '(.*?)'", "缺少参数 {0}"),
    (r"Missing option '(.*?)'", "缺少选项 {0}"),
)


def in_chinese(error: click.ClickException) -> str:
    """Returns the message of a click error in Chinese, with the nearest word click offers."""
    param = error.param if isinstance(error, click.BadParameter) else None
    if param is not None and isinstance(param.type, click.Choice):
        return f"选项 {param.opts[0]} 只能是 {'、'.join(map(str, param.type.choices))}"
    message = error.format_message()
    offer = re.search(r"Did you mean '?(?:one of: )?'?([^'?,]+)", message) or re.search(
        r"options: '?([^',)]+)", message
    )
    close = f"；是否想写 {offer.group(1)}？" if offer else ""
    for pattern, chinese in _COMPLAINTS:
        found = re.match(pattern, message)
        if found:
            return chinese.format(found.group(1)) + close
    return f"用法有误：{message}"
