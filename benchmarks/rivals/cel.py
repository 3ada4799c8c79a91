"""CEL by its C++ runtime: an expression a check over a row or a form, `sum` being a function of ours in Python.

CEL knows no decimals and nothing that adds up a list; rows are walked by the program around it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rivals.common import TOTAL_ROW, Violation, documents

REQUIRES = ("cel-expr-python", "pyyaml")
EXPRESSES = {
    "PE001": "yes",
    "PE009": "no: a row's number is not known",
    "PE101": "yes",
    "PE201": "code",
    "PE301": "yes",
    "PE302": "yes",
    "PE303": "code",
    "PE304": "yes",
    "PE308": "yes",
    "PE401": "yes",
    "PE502": "yes",
}
_FITS = '!("得分" in row && "分值" in row && row["得分"] > row["分值"])'
_NOT_NEGATIVE = '!("得分" in row && row["得分"] < 0)'
_SCORED = '!("分值" in row) || "得分" in row'
_DUE = '(row["得分"] >= 90 ? "优" : row["得分"] >= 80 ? "良" : row["得分"] >= 60 ? "中" : "差")'
_DIGITS = 'map(text, text.contains(".") ? size(text) - 1 - text.indexOf(".") : 0)'
_PRINTED = f'math.greatest([0] + scored.map(row, string(row["得分"])).{_DIGITS})'
_SHOWN = f'[string(total["得分"])].{_DIGITS}[0]'
_EXPRESSIONS = {
    "form": {
        "PE001 年度": '"年度" in form',
        "PE001 项目名称": '"项目名称" in form',
        "PE001 单位": '"实施单位" in form || "资金使用单位" in form || "部门" in form',
        "PE001 主管": '"主管部门" in form || "地方主管部门" in form || "中央主管部门" in form',
        "PE201": 'rows.all(row, !("分值" in row)) || '
        'math.abs(sum((rows + totals).filter(row, "分值" in row).map(row, row["分值"])) - 100.0) < 1e-9',
        "PE303": '!("得分" in total) || rows.all(row, !("得分" in row)) || '
        '(rows + totals).exists(row, "分值" in row && !("得分" in row)) || '
        'cel.bind(scored, (rows + totals).filter(row, "得分" in row), '
        f"cel.bind(printed, {_PRINTED}, cel.bind(shown, {_SHOWN}, "
        "cel.bind(places, math.least(2, printed == 0 ? shown : math.least(printed, shown)), "
        'math.abs(sum(scored.map(row, row["得分"])) - double(total["得分"])) <= [0.5, 0.05, 0.005][places] + 1e-9))))',
    },
    "总分": {
        "PE302 总分": _NOT_NEGATIVE,
        "PE308": f'!("得分" in row && "等级" in row) || row["等级"].startsWith({_DUE})',
    },
    "项目资金": {
        "PE101": '!("全年执行数" in row && "全年预算数" in row) || '
        'double(row["全年执行数"]) <= double(row["全年预算数"]) + 0.01 + 1e-9',
        "PE301 资金": _FITS,
        "PE302 资金": _NOT_NEGATIVE,
        "PE304 资金": f'row["资金来源"] != "{TOTAL_ROW}" || {_SCORED}',
    },
    "绩效指标": {
        "PE301 指标": _FITS,
        "PE302 指标": _NOT_NEGATIVE,
        "PE304 指标": _SCORED,
        "PE401": '!("得分" in row && "分值" in row && row["得分"] < row["分值"]) || '
        '("偏差原因" in row && row["偏差原因"] != "")',
        "PE502": '"实际完成值" in row && row["实际完成值"] != ""',
    },
}


def from_files(folder: Path) -> Any:
    """The forms as Python objects, by number."""
    return list(documents(folder))


def check(data: Any) -> list[Violation]:
    """Evaluates the expressions of each section over its rows."""
    compiled = _compiled()
    found: list[Violation] = []
    for number, form in data:
        for section, name, row, values in _contexts(form, compiled):
            answer = compiled[section][name].eval(data=values).plain_value()
            if answer is not True:
                if answer is not False:
                    raise ValueError(answer)  # an error is a value here
                found.append((number, name, row))
    return found


def _contexts(
    form: dict[str, Any], compiled: dict[str, dict[str, Any]]
) -> Iterator[tuple[str, str, int, dict[str, Any]]]:
    """Section, check, row and variables of every evaluation of a form."""
    totals = [row for row in form["项目资金"] if row["资金来源"] == TOTAL_ROW]
    whole = {"form": form, "rows": form["绩效指标"], "totals": totals, "total": form.get("总分") or {}}
    rows = {"form": [whole], "总分": [{"row": whole["total"]}]}
    rows |= {section: [{"row": row} for row in form[section]] for section in ("项目资金", "绩效指标")}
    for section, expressions in compiled.items():
        for number, values in enumerate(rows[section]):
            for name in expressions:
                yield section, name, number, values


def _compiled() -> dict[str, dict[str, Any]]:
    from cel_expr_python import cel
    from cel_expr_python.ext import ext_bindings, ext_math, ext_strings

    mapping = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
    rows = cel.Type.List(mapping)
    add = cel.Overload(
        "sum_list", cel.Type.DOUBLE, [cel.Type.List(cel.Type.DYN)], False, lambda values: float(sum(values))
    )
    environment = cel.NewEnv(
        variables={"form": mapping, "row": mapping, "total": mapping, "rows": rows, "totals": rows},
        extensions=[ext_bindings.ExtBindings(), ext_math.ExtMath(), ext_strings.ExtStrings()],
        functions=[cel.FunctionDecl("sum", [add])],
    )
    return {
        section: {name: environment.compile(text) for name, text in expressions.items()}
        for section, expressions in _EXPRESSIONS.items()
    }
