"""Forms of any kind by their number: published words and odd ones, with white space of every kind around them."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import yaml

Form = dict[str, Any]

_ROOT = Path(__file__).parents[2]
_READINGS = yaml.safe_load((_ROOT / "tests/quantity/readings.yaml").read_text("utf-8"))
CELLS = (
    *(str(cell["text"]) for group in _READINGS.values() for cell in group),
    "",
    "—",
    "已完成",
    "未举办",
    "100%",
    "5.",
    "1e5",
    "NULL",
    "#VALUE!",
    "选择一项。",
)
KINDS = ("项目支出绩效自评表", "转移支付区域（项目）绩效目标自评表", "部门整体支出绩效自评表", "别的表", "")
LEVELS = (
    ("产出指标", "数量指标"),
    ("产出指标", "时效指标"),
    ("产出", "成本指标"),
    ("成本指标", "经济成本指标"),
    ("效益指标", "生态效益"),
    ("满意度指标", "服务对象满意度标"),
    ("满意度", "满意度指标"),
    ("其他指标", "其他"),
)
RUBRIC = ("过程", "预算管理")  # chooses another profile
NAMES = (
    *(
        "培训人次",
        "投诉率",
        "群众满意度",
        "验收合格率",
        "完成时间",
        "项目总成本",
        "道路修缮里程",
        "预算执行率",
        "XX指标",
        "甲",
    ),
    *(
        "甲\n乙",
        "指标1：",
        "很长的名称" * 9,
        "a, b",
        "'引'",
        "[方]",
        "{花}",
        "…",
        "2019年项目",
        "\U0001f600表情",
        "ＡＢ１２",
        "NULL",
        "⽉报份数",
        "#N/A",
    ),
)
NUMBERS = (
    *(
        "10",
        "9.70",
        "3",
        "0",
        "20",
        "8.5",
        "2.86",
        "100",
        "97.36",
        "543.7",
        "508.95",
        "93.61%",
        "0.9361",
        "100.00%",
        "150%",
    ),
    *(
        "-1",
        "+5",
        "5.",
        ".95",
        "1e5",
        "1,000",
        "１０",
        "10分",
        "无",
        "",
        "99999999999.999999",
        "1234567890123",
        "0.0000004",
        "007",
        "93.6﹪",
        "9。7",
        "3 5",
        "nan",
        "#DIV/0!",
    ),
)
REASONS = (
    *(
        "无",
        "已完成",
        "疫情影响",
        "受疫情影响改为线上，下一步加强管理。",
        "材料涨价",
        "详见说明",
        "本地不要求",
        "",
        "请填写",
    ),
    *("原因一\n原因二", "一个\u3000原因", "超额完成，下一年调整指标值。" * 5),
)
TEXTS = (
    *(
        "完成了全部目标，共举办培训12期、1200人次，资金支出508.95万元。",
        "无",
        "暂无",
        "请在此处简要说明",
        "自评得分97.36分。",
        "",
    ),
    *("市财政局2021年完成了预算绩效管理工作。", "1.甲\n2.乙", "预算执行率为93.61%，因故未能完成的继续推进。", "……"),
)
YEARS = ("2021", "2021", "2022", "2024", "2009", "3021", "0000", "2021年", "２０２１", "20 21", "")
DAYS = ("2022-01-15", "2021-12-31", "2021-02-30", "2022年1月15日", "20220115", "")
PATHS = (
    *(
        "绩效指标[0].得分",
        "绩效指标[1].实际完成值",
        "绩效指标[0]",
        "绩效指标",
        "项目资金[0].全年执行数",
        "总分.得分",
        "总分",
    ),
    *(
        "年度",
        "项目名称",
        "年度总体目标.预期目标",
        "指标分组.产出指标",
        "没有的[2].格",
        "绩效指标[99999999999].得分",
        "绩效指标[0].别的",
    ),
    *("绩效指标[0].\n得分", "[1]", ".", "资金管理情况[2].情况说明", "第3页右侧的批注"),
)
WAIVED = (
    *("PE401", "PE402", "PE403", "PE305", "PE501", "PE303", "PE001", "PE404", "LOCAL001", "unexplained-deduction"),
    *("missing-required-field", "shown-values", "PE999", "PE 401", "pe401", "PE012", "PE901"),
)
SPACES = (
    " ",
    "\n",
    "\t",
    "\u3000",
    "\u00a0",
    "\r\n",
    "\u2028",
    "\u2029",
    "\u0085",
    "\u2003",
    "\u1680",
    "\u202f",
    "\u205f",
    "\u200b",
    "\ufeff",
)


def any_form(number: int, kind: str) -> Form:
    """The form of that number and 表式; the same at every call."""
    return _Maker(Random(number)).form(number, kind)


class _Maker:
    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.is_odd = chance.random() < 0.7  # whether its cells have white space around them, and unknown keys beside

    def form(self, number: int, kind: str) -> Form:
        chance = self.chance
        form: Form = {"格式": "perfeval/1", "联系电话": f"{number:08}"}
        form |= self._some({"表式": (kind,), "年度": YEARS, "项目名称": NAMES, "填写日期": DAYS}, 0.9)
        form |= self._some(dict.fromkeys(("主管部门", "实施单位", "资金使用单位", "部门", "中央主管部门"), NAMES), 0.5)
        form |= self._some(dict.fromkeys(("说明", "偏差分析", "存在问题", "评价结论"), TEXTS), 0.4)
        names = ("年度资金总额", "其中：财政拨款", "当年财政拨款", "其他资金", "合计")
        form["项目资金"] = [self._fund(name) for name in names[: chance.randrange(5)]]
        form["年度总体目标"] = self._some({"预期目标": TEXTS, "实际完成情况": TEXTS}, 0.8)
        form["绩效指标"] = [self._indicator() for _ in range(chance.choice((0, 1, 3, 8, 14)))]
        form["指标分组"] = {
            chance.choice(LEVELS)[chance.randrange(2)]: self._cell(NUMBERS) for _ in range(chance.randrange(3))
        }
        form["总分"] = self._some({"分值": NUMBERS, "得分": NUMBERS, "等级": ("优", "良", "中", "差", "优秀", "")}, 0.7)
        matters = ("分配科学性", "下达及时性", "拨付合规性", "使用规范性", "执行准确性", "预算绩效管理情况", "别的")
        form["资金管理情况"] = [
            {"事项": self._around(name)} | self._some({"情况说明": TEXTS, "存在问题": TEXTS}, 0.7)
            for name in matters[: chance.randrange(8)]
        ]
        form["豁免"] = [self._waiver(form["绩效指标"]) for _ in range(chance.randrange(4))]
        form["存疑"] = [{"位置": self._around(chance.choice(PATHS))} for _ in range(chance.randrange(4))]
        if self.is_odd and chance.random() < 0.3:
            form[chance.choice(("项目名", "甲[3]乙", "备 注", "得分 "))] = chance.choice(("", "值", ["一", "二"]))
        keys = list(form)
        if chance.random() < 0.3:
            chance.shuffle(keys)
        return {key: form[key] for key in keys if form[key] or chance.random() < 0.2}

    def _fund(self, name: str) -> Form:
        fields = dict.fromkeys(("年初预算数", "全年预算数", "全年执行数", "分值", "得分", "执行率"), NUMBERS)
        return {"资金来源": self._around(name)} | self._some(fields | {"偏差原因": REASONS}, 0.7) | self._unknown()

    def _indicator(self) -> Form:
        first, second = RUBRIC if self.chance.random() < 0.01 else self.chance.choice(LEVELS)
        row = self._some({"一级指标": (first,), "二级指标": (second,), "三级指标": NAMES}, 0.95)
        if self.chance.random() < 0.8:
            cells = {"年度指标值": CELLS, "实际完成值": CELLS}
        else:  # the same text on both sides
            cells = dict.fromkeys(("年度指标值", "实际完成值"), (self.chance.choice(CELLS),))
        row |= self._some(cells, 0.93)
        row |= self._some({"分值": NUMBERS[:8], "得分": NUMBERS[:8]}, 0.9)
        return row | self._some({"偏差原因": REASONS}, 0.5) | self._unknown()

    def _waiver(self, rows: list[Form]) -> Form:
        names = [row["三级指标"] for row in rows if "三级指标" in row] or ["培训"]
        name = self.chance.choice(names)
        named = self.chance.choice((name, name.strip()[:2] + "…", name.strip()[:1] + "...", "…", "别的", ""))
        waiver = {"规则": self._around(self.chance.choice(WAIVED))}
        return waiver | self._some({"指标": (named,), "理由": (*REASONS, "")}, 0.7)

    def _unknown(self) -> Form:
        return (
            {self.chance.choice(("得 分", "备注", "[2].得分")): "值"}
            if self.is_odd and self.chance.random() < 0.04
            else {}
        )

    def _some(self, fields: dict[str, tuple[str, ...]], share: float) -> Form:
        """Some of the fields, each with one of its texts."""
        return {name: self._cell(texts) for name, texts in fields.items() if self.chance.random() < share}

    def _cell(self, texts: tuple[str, ...]) -> str:
        return self._around(self.chance.choice(texts))

    def _around(self, text: str) -> str:
        if not self.is_odd or self.chance.random() < 0.75:
            return text
        before, after = (self.chance.choice(SPACES) * self.chance.randrange(3) for _ in range(2))
        return before + text + after
