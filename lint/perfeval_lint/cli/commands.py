"""The commands and their options, but for those of the bulk audit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from perfeval_lint.cli.chinese import HELP, Command, Defaulting, Group, help_option
from perfeval_lint.version import VERSION


class _Commands(Defaulting):
    """The command itself; lint is its usual subcommand."""

    usual = "lint"


@click.group(cls=_Commands, context_settings=HELP, invoke_without_command=True)
@click.version_option(VERSION, "--version", message="perfeval-lint %(version)s", help="显示版本。")
@help_option
@click.pass_context
def cli(ctx: click.Context) -> None:
    """审核绩效自评表：文件可以是 Word、Excel、PDF、网页、文本或规范格式的 YAML，也可以是目录；- 表示标准输入。

    \b
    退出码：0 没有达到 --fail-on 的问题；1 有问题；2 有文件没能检查，或用法有误。
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


RULES = (
    click.option("--profile", metavar="NAME", help="规则集，如 转移支付；不写则按表式选定。"),
    click.option(
        "--select", multiple=True, metavar="ID", help="只用这些规则，可写开头：PE4、PE101；可写多次或用逗号隔开。"
    ),
    click.option("--ignore", multiple=True, metavar="ID", help="不用这些规则，写法同上。"),
)


def with_options(options: tuple[Callable[[Any], Any], ...]) -> Callable[[Any], Any]:
    """Returns a decorator that adds options to a command, in their order."""

    def add(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return add


@cli.command("lint", cls=Command, short_help="审核自评表（可省略命令名）")
@click.argument("files", nargs=-1, required=True, metavar="文件…")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    help="报告的格式：text 屏幕（默认），json 供程序读，html 网页（表和问题画在一起，可打印）。",
)
@click.option("-o", "--output", metavar="OUT", help="报告写到这个文件，用于 --format json 或 html；不写则输出到屏幕。")
@click.option(
    "--annotate", metavar="OUT", help="把问题作为批注写进这份文件的副本（.docx、.xlsx、.pdf），原件不动；一次一个文件。"
)
@with_options(RULES)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    default="error",
    help="达到哪一级就以 1 退出（默认 error）。",
)
@click.option("-q", "--quiet", is_flag=True, help="只列问题，不要表头、改法和小结。")
@click.option("--statistics", is_flag=True, help="只列每条规则的问题数。")
@click.option("--no-color", is_flag=True, help="不用颜色。")
@help_option
@click.pass_context
def lint(ctx: click.Context, /, **given: Any) -> None:
    """审核自评表，列出问题、位置和改法。"""
    from perfeval_lint.sql.database import open_ahead

    open_ahead()
    from perfeval_lint.cli.lint import LintOptions, run_lint

    ctx.exit(run_lint(LintOptions(**given)))


@cli.command("convert", cls=Command, short_help="把 Word、Excel、PDF、网页、文本转换成规范格式")
@click.argument("files", nargs=-1, required=True, metavar="文件…")
@click.option("-o", "--output", metavar="OUT", help="写到这个文件；多个文件或目录时写到这个目录。不写则输出到屏幕。")
@help_option
@click.pass_context
def convert(ctx: click.Context, /, files: tuple[str, ...], output: str | None) -> None:
    """把自评表转换成规范格式的 YAML，没有把握的值列在“存疑”里。

    \b
    退出码：0 全部转换；2 有文件没能转换，或用法有误。
    """
    from perfeval_lint.cli.convert import run_convert

    ctx.exit(run_convert(files, output))


@cli.command("render", cls=Command, short_help="把规范格式的表写成 Word、Excel 或网页")
@click.argument("file", metavar="文件")
@click.option("-o", "--output", required=True, metavar="OUT", help="要写的文件：.docx、.xlsx、.html 或 .yaml。")
@help_option
def render(file: str, output: str) -> None:
    """按官方样式（A4）写出自评表，可直接报送。"""
    from perfeval_lint.cli.convert import run_render

    run_render(file, output)


@cli.command("new", cls=Command, short_help="生成空表：规范格式或官方 Word、Excel")
@click.argument("kind", metavar="种类", default="项目")
@click.option("--profile", metavar="NAME", help="按这个规则集的分值分配，如 101号、湖北。")
@click.option("--year", type=click.IntRange(1990, 2100), metavar="YYYY", help="年度。")
@click.option(
    "-o", "--output", metavar="OUT", help="要写的文件：.yaml、.docx、.xlsx 或 .html；不写则输出 YAML 到屏幕。"
)
@help_option
def new(kind: str, profile: str | None, year: int | None, output: str | None) -> None:
    """生成一张空的自评表。种类：项目、转移支付、部门整体。"""
    from perfeval_lint.cli.convert import run_new

    run_new(kind, profile, year, output)


@cli.command("serve", cls=Command, short_help="在浏览器里审核：拖入文件，看问题，改数，下载批注")
@click.option(
    "--host",
    default="127.0.0.1",
    metavar="ADDR",
    help="在哪个地址上开（默认 127.0.0.1）；别的机器要用，写本机在内网的地址。",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    metavar="N",
    help="端口（默认 8765）；0 为任选一个空的。",
)
@click.option("--name", "names", multiple=True, metavar="NAME", help="别人用来打开本页的主机名；可写多次。")
@click.option(
    "--token", default="", envvar="PERFEVAL_LINT_TOKEN", metavar="S", help="口令；不写而又不是本机地址时自动生成。"
)
@click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="审核的进程数（默认比处理器核数多一个）。")
@click.option(
    "--time-limit",
    type=click.FloatRange(1, 3600),
    default=30,
    metavar="SEC",
    help="一个文件最多审核多少秒（默认 30）。",
)
@click.option(
    "--max-size", type=click.IntRange(1, 100), default=20, metavar="MB", help="一个文件最大多少 MB（默认 20）。"
)
@help_option
def serve(**given: Any) -> None:
    """在浏览器里审核自评表；文件只在这台机器上审核，不保存。程序可用的接口见 /openapi.json。"""
    from perfeval_lint.cli.serve import ServeOptions, run_serve

    run_serve(ServeOptions(**given))


@cli.command("explain", cls=Command, short_help="说明一条规则：为什么、依据、怎么改、例子")
@click.argument("name", metavar="规则")
@click.option("--profile", metavar="NAME", help="同时说明这个规则集作了哪些改动。")
@help_option
def explain(name: str, profile: str | None) -> None:
    """说明一条规则，如 perfeval-lint explain PE401。"""
    from perfeval_lint.cli.explain import run_explain

    run_explain(name, profile)


@cli.group("rules", cls=Group, short_help="列出、检查、测试规则")
@help_option
def rules() -> None:
    """列出、检查、测试规则。"""


_FOLDERS = click.argument("folders", nargs=-1, metavar="[规则目录]…")


@rules.command("list", short_help="列出规则")
@click.option("--profile", metavar="NAME", help="按这个规则集列出级别和开关。")
@_FOLDERS
@help_option
def rules_list(folders: tuple[str, ...], profile: str | None) -> None:
    """列出规则的编号、级别和标题。"""
    from perfeval_lint.cli.rules import run_list

    run_list(folders, profile)


@rules.command("check", short_help="检查规则文件写得对不对")
@_FOLDERS
@help_option
def rules_check(folders: tuple[str, ...]) -> None:
    """检查随带的规则和所给目录里的规则：一次列出所有文件的所有错误。"""
    from perfeval_lint.cli.rules import run_check

    run_check(folders)


@rules.command("test", short_help="运行规则文件里的例子")
@_FOLDERS
@help_option
@click.pass_context
def rules_test(ctx: click.Context, folders: tuple[str, ...]) -> None:
    """运行每条规则的例子，结果必须与文件里写的完全一样。"""
    from perfeval_lint.cli.rules import run_test

    ctx.exit(run_test(folders))
