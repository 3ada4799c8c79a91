"""The clean corpus as one batch with more forms in it: what the rules across forms must say, and what not.

A case adds edited copies of a clean form. The findings on the whole batch must be exactly the rule at `at`: places on
the added forms (by number) and on the forms of the corpus (by name).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from perfeval_lint.judge.across import judge_across
from perfeval_lint.judge.tell.place import locate
from perfeval_lint.rule.compile.query import FAIL
from perfeval_lint.rule.model import Pack
from perfeval_lint.rule.profile import Overrides, across_checks_for, pack_under
from tests.rules import corpus
from tests.rules.mutations import ACTUAL, FULL, GONE, SAME_REASON, STARRED, T2023, WHOLE, edited

Edit = Mapping[str, Any]
Place = tuple[int | str, str]
Told = set[tuple[str, int | str, str]]  # rule, form, path


@dataclass(frozen=True)
class AcrossCase:
    rule: str
    form: str
    edits: tuple[Edit, ...]
    at: tuple[Place, ...]


def case(rule: str, form: str, edits: Iterable[Edit], *at: Place) -> AcrossCase:
    return AcrossCase(rule, form, tuple(edits), at)


def other(number: int, **cells: Any) -> Edit:
    """FULL as the form of another project with a text of its own."""
    return {
        "项目名称": f"专业技术人员第{number}期轮训",
        "项目编码": GONE,
        ACTUAL: f"第{number}期轮训班按教学计划办结，学员全部通过考核，学员单位反映良好。",
        **cells,
    }


def others(count: int, **cells: Any) -> list[Edit]:
    return [other(number, **cells) for number in range(count)]


REASON = "绩效指标[0].偏差原因"
SPENT = "项目资金[0].全年执行数"
PEOPLE, PEOPLE_DONE = "绩效指标[1].年度指标值", "绩效指标[1].实际完成值"
NEXT_YEAR = {"年度": "2023"}
CULTURE = {"主管部门": "青河市文化和旅游局"}
LIBRARY = {"实施单位": "青河市图书馆", **CULTURE}
WATER = "全市供水保障率和河道水质均达到年初目标，群众投诉减少。"
DONE_BY = "青河市卫生人才服务中心完成培训 6 期，到课 612 人次。"

CASES = [
    case("PE901", FULL, [{}], (FULL, "项目名称"), (0, "项目名称")),
    case("PE901", FULL, [{"项目名称": "基层卫生人员“能力提升”培训 "}], (FULL, "项目名称"), (0, "项目名称")),
    case("PE901", FULL, [NEXT_YEAR, NEXT_YEAR], (0, "项目名称"), (1, "项目名称")),
    case("PE901", WHOLE, [{}], (WHOLE, "项目名称"), (0, "项目名称")),
    case("PE901", T2023, [{}], (T2023, "项目名称"), (0, "项目名称")),
    case("PE902", FULL, [{"项目名称": "乡村医生轮训", "项目编码": GONE}], (FULL, ACTUAL), (0, ACTUAL)),
    case("PE902", FULL, [other(1, 实施单位="青河市图书馆") | {ACTUAL: "=" + ACTUAL}], (FULL, ACTUAL), (0, ACTUAL)),
    case("PE903", FULL, others(10, **CULTURE), (0, "总分.得分")),
    case("PE903", FULL, others(12, **NEXT_YEAR, **{"总分.得分": "98"}), (0, "总分.得分")),
    case("PE904", FULL, [NEXT_YEAR | {PEOPLE: "≥500人次"}], (0, PEOPLE)),
    case("PE904", FULL, [NEXT_YEAR | {PEOPLE: "300人次", "绩效指标[1].三级指标": "培训 人次"}], (0, PEOPLE)),
    case("PE905", FULL, others(5, 主管部门=GONE, **{REASON: SAME_REASON}), *((n, REASON) for n in range(5))),
    case("PE906", FULL, [other(0, **LIBRARY, **{ACTUAL: DONE_BY})], (0, ACTUAL)),
    case("PE906", FULL, [other(0, **LIBRARY, **{ACTUAL: "2022年，" + DONE_BY})], (0, ACTUAL)),
    case("PE907", FULL, [*others(19, 主管部门=GONE), other(19, 主管部门=GONE, **{SPENT: "1500"})],
         *((19, f"绩效指标[{row}].实际完成值") for row in (0, 1))),
]  # fmt: skip

HARMLESS = [
    (FULL, [{"年度": "2021"}, {"年度": "2023"}]),
    (FULL, [{"项目编码": "330900220000000099999"}]),
    (FULL, [{"年度": GONE}, {"年度": GONE}]),  # PE901 has no year to go by, and the texts are of one project
    (FULL, [other(0, 实施单位=GONE), other(0, 实施单位=GONE)]),
    (WHOLE, [{"年度": "2022"}, {"部门": "青河市水务局", ACTUAL: WATER}]),
    (T2023, [{"资金使用单位": "白石县水利局"}]),
    (FULL, [{"项目名称": "乡村医生轮训", "项目编码": GONE} | NEXT_YEAR]),
    (FULL, [other(n, **{ACTUAL: "按时完成全年任务。"}) for n in range(3)]),
    (FULL, others(9, **CULTURE)),
    (FULL, [*others(10, **CULTURE), other(10, **CULTURE, **{"总分.得分": "97.99"})]),
    (FULL, [NEXT_YEAR | {PEOPLE: "≥560人次"}]),
    (FULL, [NEXT_YEAR | {PEOPLE: "≥300人次", "项目资金[0].全年预算数": "59.25"}]),
    (FULL, [NEXT_YEAR | {PEOPLE: "≥500人"}]),
    (FULL, [NEXT_YEAR | {"绩效指标[4].年度指标值": "≤80万元"}]),  # a lower cost is a better target
    (FULL, [NEXT_YEAR | {"绩效指标[2].年度指标值": "≥80%"}]),
    (FULL, others(4, 主管部门=GONE, **{REASON: SAME_REASON})),
    (FULL, others(8, 主管部门=GONE, **{REASON: "受新冠疫情影响"})),
    (FULL, [other(0, **{REASON: SAME_REASON, "绩效指标[1].偏差原因": SAME_REASON}), other(1, **{REASON: SAME_REASON})]),
    (FULL, [other(0, **LIBRARY, **{ACTUAL: "青河市图书馆组织读者，" + DONE_BY})]),
    (FULL, [other(0, **LIBRARY, **{ACTUAL: DONE_BY, "项目名称": "青河市卫生人才服务中心阅览室建设"})]),
    (FULL, [other(0, **LIBRARY, **{ACTUAL: "青河市卫生健康委员会完成验收。"})]),  # it has no form of its own
    (FULL, [*others(17, 主管部门=GONE), other(17, 主管部门=GONE, **{SPENT: "1500"})]),
    (FULL, [*others(19, 主管部门=GONE), other(19, 主管部门=GONE, **{SPENT: "200"})]),  # less than twice
    (STARRED, [NEXT_YEAR]),
]  # fmt: skip


class Batch:
    """The clean corpus and more forms, judged across under the default profile."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack_under(pack, "通用", Overrides())
        self.checks = list(across_checks_for(pack, "通用", Overrides()))
        self.clean = corpus.clean_forms()
        self.forms = {name: corpus.form_of(plain) for name, plain in self.clean.items()}

    def findings(self, form: str, edits: Sequence[Edit]) -> Told:
        """What is found, where: an added form is named by its number."""
        added = {number: corpus.form_of(edited(self.clean[form], dict(edit))) for number, edit in enumerate(edits)}
        names: list[int | str] = [*self.forms, *added]
        forms = [*self.forms.values(), *added.values()]
        outcomes = judge_across(self.pack, self.checks, forms, [str(name) for name in names], year=corpus.THIS_YEAR)
        return {
            (one.check.rule.id, names[one.form], locate(forms[one.form], one.check.table, one.row, one.check.at).path)
            for one in outcomes
            if one.digit == FAIL
        }


def expected(one: AcrossCase) -> Told:
    return {(one.rule, *place) for place in one.at}
