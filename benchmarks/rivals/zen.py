"""GoRules' ZEN: an expression a check that gives the numbers of the failing rows of a form; its numbers are decimals.

Its names are ASCII, so the fields the checks need are renamed first; an absent field is null.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rivals.common import RULES, TOTAL_ROW, Violation, documents

REQUIRES = ("zen-engine", "pyyaml")
EXPRESSES = dict.fromkeys(RULES, "yes")
_FORM = {
    "年度": "year",
    "项目名称": "project",
    "实施单位": "agency",
    "资金使用单位": "user",
    "部门": "unit",
    "主管部门": "dept",
    "地方主管部门": "local",
    "中央主管部门": "central",
}
_FUNDS = {"资金来源": "source", "全年预算数": "budget", "全年执行数": "executed", "分值": "weight", "得分": "score"}
_ROWS = {
    "二级指标": "second",
    "三级指标": "name",
    "年度指标值": "target",
    "实际完成值": "actual",
    "分值": "weight",
    "得分": "score",
    "偏差原因": "reason",
}
_TOTAL = {"得分": "score", "等级": "grade"}
_NUMBERED = "filter([0..len({list}) - 1], {condition})"
_DIGITS = "map(scored, len(split(string(#.score), '.')) > 1 ? len(split(string(#.score), '.')[1]) : 0)"


def _rows(condition: str, rows: str = "rows") -> str:
    return _NUMBERED.format(list=rows, condition=condition.replace("#", f"{rows}[#]"))


_OVER = "#.score != null and #.weight != null and #.score > #.weight"
_UNSCORED = "#.weight != null and #.score == null"
_ALIKE = "rows[j].name == rows[i].name and rows[j].second == rows[i].second and rows[j].target == rows[i].target"
_DUE = "(total.score >= 90 ? '优' : total.score >= 80 ? '良' : total.score >= 60 ? '中' : '差')"
_PLACES = "(max(digits) == 0 ? shown : min([2, max(digits), shown]))"
_EXPRESSIONS = {
    "PE001 年度": "form.year == null",
    "PE001 项目名称": "form.project == null",
    "PE001 单位": "form.agency == null and form.user == null and form.unit == null",
    "PE001 主管": "form.dept == null and form.local == null and form.central == null",
    "PE009": "filter([0..len(rows) - 1] as i, rows[i].name != null and some([0..len(rows) - 1] as j, j < i and "
    f"{_ALIKE}))",
    "PE101": _rows("#.executed != null and #.budget != null and #.executed > #.budget + 0.01", "funds"),
    "PE201": "some(rows, #.weight != null) and sum(map(filter(rows, #.weight != null), #.weight)) + "
    "sum(map(filter(totals, #.weight != null), #.weight)) != 100",
    "PE301 指标": _rows(_OVER),
    "PE301 资金": _rows(_OVER, "funds"),
    "PE302 指标": _rows("#.score != null and #.score < 0"),
    "PE302 资金": _rows("#.score != null and #.score < 0", "funds"),
    "PE302 总分": "total.score != null and total.score < 0",
    "PE304 指标": _rows(_UNSCORED),
    "PE304 资金": _rows(f"#.source == '{TOTAL_ROW}' and {_UNSCORED}", "funds"),
    "PE308": f"total.score != null and total.grade != null and not startsWith(total.grade, {_DUE})",
    "PE401": _rows(
        "#.score != null and #.weight != null and #.score < #.weight and (#.reason == null or #.reason == '')"
    ),
    "PE502": _rows("#.actual == null or #.actual == ''"),
}
# What PE303 needs is worked out step by step, as a decision's expression nodes hand their results on.
_STEPS = {
    "all": "flatMap([rows, totals], #)",
    "scored": "filter(all, #.score != null)",
    "digits": _DIGITS,
    "shown": "len(split(string(total.score ?? 0), '.')) > 1 ? len(split(string(total.score), '.')[1]) : 0",
    "applies": f"total.score != null and some(rows, #.score != null) and none(all, {_UNSCORED})",
}
_TOTAL_WRONG = f"abs(total.score - sum(map(scored, #.score))) > ({_PLACES} == 0 ? 0.5 : {_PLACES} == 1 ? 0.05 : 0.005)"


def from_files(folder: Path) -> Any:
    """The forms as Python objects under ASCII names, by number."""
    return [(number, _renamed(form)) for number, form in documents(folder)]


def _renamed(form: dict[str, Any]) -> dict[str, Any]:
    def ready(record: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
        return {short: record.get(name) for name, short in names.items()}

    funds = [ready(row, _FUNDS) for row in form["项目资金"]]
    return {
        "form": ready(form, _FORM),
        "funds": funds,
        "totals": [row for row in funds if row["source"] == TOTAL_ROW],
        "rows": [ready(row, _ROWS) for row in form["绩效指标"]],
        "total": ready(form.get("总分") or {}, _TOTAL),
    }


def check(data: Any) -> list[Violation]:
    """Evaluates every expression over every form."""
    import zen

    compiled = {name: zen.compile_expression(text) for name, text in _EXPRESSIONS.items()}
    steps = {name: zen.compile_expression(text) for name, text in _STEPS.items()}
    wrong = zen.compile_expression(_TOTAL_WRONG)
    found: list[Violation] = []
    for number, form in data:
        for name, expression in compiled.items():
            answer = expression.evaluate(form)
            rows = ([0] if answer else []) if isinstance(answer, bool) else answer
            found += [(number, name, int(row)) for row in rows]
        context = dict(form)
        for name, step in steps.items():
            context[name] = step.evaluate(context)
        if context["applies"] and wrong.evaluate(context):
            found.append((number, "PE303", 0))
    return found
