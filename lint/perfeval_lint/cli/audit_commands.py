"""The commands of the bulk audit and their options."""

from __future__ import annotations

from typing import Any

import click

from perfeval_lint.cli.chinese import Command, Defaulting, help_option
from perfeval_lint.cli.commands import RULES, with_options


class _Audits(Defaulting):
    """The bulk audit and the commands on its results; run is the usual one."""

    usual = "run"


@click.group("audit", cls=_Audits, short_help="批量审核：目录、压缩包、清单、数据表", invoke_without_command=True)
@help_option
@click.pass_context
def audit(ctx: click.Context) -> None:
    """批量审核自评表：目录、压缩包、清单或数据表里的所有表，结果写到 --out 目录，可随时中断、接着做。

    \b
    退出码：0 没有达到 --fail-on 的问题；1 有问题；2 有文件没能检查，或用法有误。
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


_OUT = click.option("--out", required=True, metavar="DIR", help="输出目录；再次运行时接着做，没有变的文件不重读。")


_REPORTS = (
    click.option(
        "--report",
        "reports",
        multiple=True,
        metavar="NAME",
        help="写哪些报表：xlsx、html、csv、json、letters（整改通知）；可写多次。默认前四种。",
    ),
    click.option("--letters", is_flag=True, help="另外给每个单位写一份 Word 整改通知。"),
    click.option("--letter-template", metavar="DOCX", help="整改通知的模板；不写则用自带的。"),
    click.option("--sender", default="", metavar="NAME", help="整改通知的落款。"),
    click.option("--deadline", default="", metavar="DATE", help="整改通知里的整改期限。"),
    click.option("--date", default="", metavar="DATE", help="整改通知的日期。"),
)


@audit.command("run", cls=Command, short_help="批量审核（可省略命令名）")
@click.argument("paths", nargs=-1, metavar="文件…")
@_OUT
@click.option("--list", "lists", multiple=True, metavar="FILE", help="清单：一行一个路径；可写多次。")
@click.option("--mapping", metavar="YAML", help="数据表的对照：哪张表、哪一列是什么，见 docs/tables.md。")
@click.option("--previous", multiple=True, metavar="PATH", help="上年的表（目录、数据表或上年的输出目录），只作比较。")
@with_options(RULES)
@with_options(_REPORTS)
@click.option(
    "--jobs", type=click.IntRange(1, 256), metavar="N", help="同时读取的进程数（单机；默认与处理器核数相同）。"
)
@click.option("--time-limit", type=click.FloatRange(1, 3600), default=60, metavar="SEC", help="一个文件最多读多少秒。")
@click.option(
    "--memory",
    type=click.IntRange(1),
    metavar="GB",
    help="审核最多用多少内存（默认 6，至多本机的一半）；用 Spark 时是一个任务的（默认 1）。",
)
@click.option(
    "--engine",
    type=click.Choice(["embedded", "spark"]),
    default="embedded",
    help="在哪里审核：embedded 本机（默认），spark 集群，见 docs/spark.md。",
)
@click.option("--master", metavar="URL", help="Spark 的 master：spark://主机:7077、yarn、k8s://…。")
@click.option("--archives", metavar="FILE", help="打包好的 Python 环境，发给各 worker；不写则发送本机装的这一份。")
@click.option("--conf", multiple=True, metavar="K=V", help="Spark 的设置，如 spark.executor.memory=8g；可写多次。")
@click.option("--fresh", is_flag=True, help="不要输出目录里已有的结果，重新开始。")
@click.option("--resume", is_flag=True, help="接着上次没有做完的做；没有可接的就报错。")
@click.option("--fail-on", type=click.Choice(["error", "warning", "info", "never"]), default="never", help="同 lint。")
@help_option
@click.pass_context
def audit_run(ctx: click.Context, /, **given: Any) -> None:
    """批量审核，结果写到 --out 目录。"""
    from perfeval_lint.cli.audit import AuditOptions, run

    ctx.exit(run(AuditOptions(**given)))


@audit.command("report", cls=Command, short_help="由已有的结果重写报表、整改通知")
@_OUT
@with_options(_REPORTS)
@help_option
def audit_report(out: str, **given: Any) -> None:
    """由已有的结果写报表，不再审核。"""
    from perfeval_lint.cli.results import ReportOptions, report

    report(out, ReportOptions(**given))


@audit.command("query", cls=Command, short_help="用 SQL 查询审核结果")
@click.argument("sql", metavar="SQL")
@_OUT
@click.option(
    "--format", "output_format", type=click.Choice(["text", "csv", "json"]), default="text", help="结果的格式。"
)
@help_option
def audit_query(sql: str, out: str, output_format: str) -> None:
    """查询审核结果：文件、表、资金、目标、指标、评分、结果、问题、未判、规则、运行。"""
    from perfeval_lint.cli.results import query

    query(sql, out, output_format)


@audit.command("sample", cls=Command, short_help="按风险分层抽取现场核查的样本")
@_OUT
@click.option("--size", type=click.IntRange(1), required=True, metavar="N", help="抽多少张表。")
@click.option("--seed", required=True, metavar="S", help="种子：同样的结果和种子抽出同样的样本。")
@click.option("-o", "--output", metavar="OUT", help="样本写到这个文件：.xlsx、.csv 或 .json。")
@help_option
def audit_sample(out: str, size: int, seed: str, output: str | None) -> None:
    """抽取现场核查的样本，并说明是怎么抽的。"""
    from perfeval_lint.cli.results import sample

    sample(out, size, seed, output)


@audit.command("compare", cls=Command, short_help="比较两次审核：新出现、仍存在、已改正")
@click.argument("old", metavar="前一次")
@click.argument("new", metavar="后一次")
@click.option("--across-years", is_flag=True, help="两次是不同年度的表：比较时不看年度。")
@click.option("-o", "--output", metavar="OUT", help="逐条写到这个文件：.csv 或 .json。")
@help_option
def audit_compare(old: str, new: str, across_years: bool, output: str | None) -> None:
    """比较两次审核的结果（输出目录），按主管部门列出。"""
    from perfeval_lint.cli.results import compare

    compare(old, new, output, across_years=across_years)
