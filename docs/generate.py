"""Writes everything that is made from the code and the rules; with --check only says what is stale.

Made: form.schema.json, rule.schema.json and report.schema.json in the package, docs/canonical-form.md,
docs/report.md, docs/rules.md, docs/quantities.md, the lists in docs/conversion.md and docs/tables.md and the tool's
output in both READMEs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from perfeval_lint import read_quantity
from perfeval_lint.audit.tables.words import shipped_words
from perfeval_lint.cli.explain import sections
from perfeval_lint.form.schema import form_page, form_schema
from perfeval_lint.recognise.words.template import shipped_templates
from perfeval_lint.report.schema import report_page, report_schema
from perfeval_lint.report.words import SEVERITY
from perfeval_lint.rule.locate import all_folders
from perfeval_lint.rule.model import Pack, Rule
from perfeval_lint.rule.pack_cache import load_pack
from perfeval_lint.rule.schema import RULE_SCHEMA
from perfeval_lint.sql.columns import READINGS

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "lint" / "perfeval_lint"
NOTE = "<!-- 本页由 docs/generate.py 生成，请勿手改。 -->"


def main() -> int:
    """Writes the files, or with --check returns 1 where any differs from what would be written."""
    made = {
        PACKAGE / "form" / "form.schema.json": _json(form_schema()),
        PACKAGE / "rule" / "rule.schema.json": _json(RULE_SCHEMA),
        PACKAGE / "report" / "report.schema.json": _json(report_schema()),
        ROOT / "docs" / "canonical-form.md": form_page(),
        ROOT / "docs" / "report.md": report_page(),
        ROOT / "docs" / "rules.md": _rules_page(load_pack(all_folders([]))),
        ROOT / "docs" / "quantities.md": _quantities_page(),
        ROOT / "docs" / "conversion.md": _with_templates((ROOT / "docs" / "conversion.md").read_text("utf-8")),
        ROOT / "docs" / "tables.md": _with_words((ROOT / "docs" / "tables.md").read_text("utf-8")),
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
        f"共 {len(pack.rules)} 条。`perfeval-lint explain 编号` 显示同样的内容。标“跨表”的只在 `audit` 里判断。",
        "",
    ]
    lines += ["| 编号 | 名称 | 级别 | 标题 |", "| --- | --- | --- | --- |"]
    for rule in pack.rules.values():
        lines.append(f"| [{rule.id}](#{rule.id.lower()}) | {rule.name} | {SEVERITY[rule.severity]} | {_title(rule)} |")
    lines += ["", "## 规则集", "", "| 名称 | 说明 |", "| --- | --- |"]
    lines += [f"| {profile.name} | {profile.says} |" for profile in pack.profiles.values()]
    for rule in pack.rules.values():
        lines += ["", f'<a id="{rule.id.lower()}"></a>', f"## {rule.id} {rule.title}", ""]
        lines += [f"`{rule.name}`，{SEVERITY[rule.severity]}，[规则文件](../{rule.file})"]
        for heading, paragraphs in sections(pack, rule, rule.params):
            lines += ["", f"**{heading}**", ""]
            code = heading in ("条件", "例子", "参数")
            lines += ["```text", *paragraphs, "```"] if code else [f"- {paragraph}" for paragraph in paragraphs]
    return "\n".join(lines) + "\n"


def _title(rule: Rule) -> str:
    return rule.title if rule.across is None else f"{rule.title}（跨表）"


_SAMPLES = """
至少1次 不少于7000件 90%以上 6-8个 200余件 超过100人次 在127.5万以内 1.8亿元 百分之九十五 一百二十人 各1份
每月不少于2次 2次/季度 400元/人/天 每亩300元
8家、6家、5家，共19家 70万、95万、35万 2021年12月底前拨付支持资金85%以上 第一季度 9月底前完成项目申报 上半年 5个工作日内
下降5%以上 全覆盖 按时完成 未举办 未发生安全事故 签约6个月以上的占比≥75% 达到国家知识产权局办会要求 第6名
近50人 几十人 七八成 上百场 1，200件 .5% 同比-12% ↓5% 6.30前 20211231 2期共86人 道路3条桥梁2座 计划10个，完成9个
已建成3个，在建2个 发生事故2起 杜绝重大事故发生 ￥35,000.00 10.2km2
""".split()
_KINDS = {"count": "数量", "rate": "比率", "amount": "金额", "time": "时间", "text": "定性", "compound": "复合"}


_SIDES = """\
## 两边怎样比

- 一边没有写单位的数，用另一边的单位，然后才换算：`≥186.4公里` 对 `186.4`，`≥2.1万亩` 对 `2.1`。写了 万、亿 的，看带不带
  它说得通：`≥2.1万人` 对 `21000` 是 21000 人，对 `300` 不判断；像是另一个单位的（`≤2小时` 对 `90`）也不判断。
- 10% 以上的目标旁边 1 以下的数（`≥95%` 对 `0.98`）不判断；不会超过 100% 的比率旁边超过 100 的数不判断。一边是日期的，
  另一边的 `12.20` 作月日，别的数不作日期看。
- 每月、每季度一类的数：完成值正好是一期的数，或者也写每月几次，就按一期比；不到一期的数是没有完成；其余的是全年的总数，
  达到一期的数乘以期数为完成，完成比也按全年算，介于两者之间的不判断。每天、每学期一类的个数年年不同，只判断说得准的。
- 单价按每一个什么比，从不相乘：`元/人/天` 对 `每人每天…元`；每一个的东西不同（`元/人·月` 对 `元/人·年`）不能比；完成值
  是总数的，只判断不论几个都成立的。
""".splitlines()

_WAYS = """\
## 越多越好还是越少越好

目标写了 ≥、≤ 一类算符的，照算符；没有写的，看级别和名称，拿不准就不判断：

- 成本（成本指标，或名称以 成本、费用、造价、单价 结尾）的金额越少越好，名称说节约、增收的越多越好；成本里的百分比只有
  超支率、节约率 一类说清楚的才有方向。
- 救助、补助、工资一类的标准应当正好照发：少了是没有完成，多了不判断，也不算超支。
- 名称里没有 事故、投诉、差错 一类坏事的，越多越好；以 坏事 + 率 结尾的、只数坏事的，越少越好；数的是处理了多少坏事的
  （`查处违规起数`、`投诉办结率`）、减少了多少的（`投诉下降率`），越多越好；其余的（`办理行政案件数`、`减少投诉件数`）不判断。
- 办一件事用的时间越短越好，给人的时间（`开放天数`）越长越好。

不判断的行，完成值与目标相等仍是完成。词表在 `rules/definitions.yaml`，一个词有无要有测试为证。
""".splitlines()


def _quantities_page() -> str:
    """What is read in targets and results, shown by what the reader says; the columns rules see; the units."""
    lines = [
        "# 怎样读年度指标值和实际完成值",
        "",
        NOTE,
        "",
        "两栏是人写的文字。工具把它们读成数量、比率、金额（一律换成万元）、时间（到所允许的最后一天）、定性或几项并列，",
        "认不准的说没有读懂，不猜。读数只看这一格和表的年度；完成与否再看两格能不能相比。`12.20` 单看是个数，另一格是",
        "时间的，作月日；`-12%` 旁边是升降的，作下降。在 Python 里用 `perfeval_lint.read_quantity(text, year)`。",
        "",
        "| 所写（年度 2021） | 种类 | 读作 |",
        "| --- | --- | --- |",
    ]
    for text in _SAMPLES:
        read = read_quantity(text, 2021)
        lines.append(f"| {text} | {_KINDS[read.kind]} | {read if read.understood else '没有读懂'} |")
    lines += [
        "",
        "## 规则里的列",
        "",
        "表 `指标` 除表上各栏外还有：",
        "",
        "| 列 | 类型 | 含义 |",
        "| --- | --- | --- |",
    ]
    lines += [f"| `{name}` | {reading.kind} | {reading.says} |" for name, reading in READINGS.items()]
    lines += [
        "",
        "由它们派生的 `反向`、`是否完成`、`完成比`、`比例得分`、`应得分` 等见 `rules/definitions.yaml`。",
        "",
        *_SIDES,
        "",
        *_WAYS,
        "",
        "## 单位",
        "",
        "“个”可以代替任何计数单位。同一行的单位数的是同一种东西；可以换算的换算成同一个；不在表上的单位只有写法相同才算相同。",
        "",
        "```yaml",
        (PACKAGE / "quantity" / "units.yaml").read_text("utf-8").rstrip(),
        "```",
    ]
    return "\n".join(lines) + "\n"


def _with_templates(text: str) -> str:
    """The page on conversion with the list of the templates that are there."""
    rows = [f"| {template.name} | {template.form} |\n" for template in shipped_templates().all]
    return _filled(text, "templates", "| 模板 | 表式 |\n| --- | --- |\n" + "".join(rows))


def _with_words(text: str) -> str:
    """The page on exported tables with the names under which each column is known."""
    words = shipped_words()
    parts = {"任何一张表": words.links} | {f"{name}（表）": one.columns for name, one in words.tables.items()}
    listed = ""
    for title, columns in parts.items():
        rows = [f"| {column} | {' '.join(f'`{name}`' for name in names)} |\n" for column, names in columns.items()]
        listed += f"\n**{title}**\n\n| 列 | 认得的列名 |\n| --- | --- |\n" + "".join(rows)
    return _filled(text, "words", listed + "\n")


def _filled(text: str, mark: str, made: str) -> str:
    """A page with what stands between a mark and its end replaced."""
    before, _, rest = text.partition(f"<!-- {mark} -->\n")
    _, _, after = rest.partition("<!-- end -->")
    return f"{before}<!-- {mark} -->\n{made}<!-- end -->{after}"


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
