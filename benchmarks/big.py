"""Writes a budget system's export of any size as Parquet: `python benchmarks/big.py FOLDER COUNT`.

Four tables as such systems name them, made from the example forms: the form, its goals, its indicators (29 a form) and
its funds; amounts in 万元. Targets and results come from some 10^5 distinct pairs; names, amounts, scores, reasons and
goals vary; every hundredth place or so holds a mistake. The same for the same seed and version of DuckDB.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
from forms import example_forms, scaled_quantity, varied_quantity, write_as_told

from perfeval_lint.form.definition import GOAL, INDICATORS
from perfeval_lint.form.model import Form

PAIRS = 4000  # variants of a target and result that have numbers
SENTENCES = 4000
TRANSFER = "转移支付区域（项目）绩效目标自评表"
WORDS = {
    "areas": "东河市 西岭区 南屏县 北川区 中江县 长宁市 云岭县 青山区 金沙县 白石市",
    "bureaus": "财政局 教育局 卫生健康局 民政局 农业农村局 水利局 交通运输局 住房和城乡建设局 文化和旅游局 科学技术局 "
    "人力资源和社会保障局 生态环境局 自然资源局 应急管理局 市场监督管理局 公安局 司法局 商务局 林业局 统计局 审计局 "
    "医疗保障局 退役军人事务局 城市管理局 乡村振兴局 体育局 档案馆 党校 总工会 妇女联合会 残疾人联合会 科学技术协会 "
    "红十字会 融媒体中心 机关事务管理局 信访局 气象局 行政审批局 大数据管理局 供销合作社",
    "units": "本级 服务中心 事务中心 管理站 监测站 培训中心 信息中心 执法大队 研究所 保障中心",
    "topics": "基础设施维护 信息化建设 人才培训 专项补助 设备购置 公共服务 监督检查 宣传推广 环境整治 困难救助",
    "causes": "部分工作推迟到下年 参加人数少于预期 采购流标后重新组织 项目验收较晚 受天气影响工期延长 申报数量减少",
    "measures": "下一步加强进度管理 今后提前做好计划 将督促单位加快实施 拟于次年一季度完成 继续跟踪落实 细化预算编制",
    "whose": "本级 市级 县级 乡镇 基层 直属单位 重点 一般 新增 续建",
    "sources": "年度资金总额 当年财政拨款 上年结转资金 其他资金",
    "stages": "（第一批） （第二批） （上半年） （下半年）",
}

# Chances are hashes of the seed, the form, the row and what they are for, so that any row can be made by itself.
_MACROS = """
CREATE MACRO pick(form, place, salt, many) AS CAST(hash({seed}, form, place, salt) % many AS INTEGER);
CREATE MACRO luck(form, place, salt) AS (hash({seed}, form, place, salt) % 1000000) / 1000000;
CREATE MACRO word(list, form, place, salt) AS
    getvariable(list)[pick(form, place, salt, len(getvariable(list))) + 1];
CREATE MACRO digits(number, places) AS lpad(CAST(number AS VARCHAR), places, '0');
CREATE MACRO explained(form, place) AS
    concat(word('causes', form, place, 'cause'), '，涉及资金 ', pick(form, place, 'spent', 1000000) / 100, ' 万元，',
        word('measures', form, place, 'measure'));
"""
_FORMS = """
CREATE TABLE forms AS
SELECT form, example, is_deleted, digits(form, 12) AS eval_id, 2021 + pick(form, 0, 'year', 3) AS fiscal_year,
    concat('5100', digits(dept % 10, 2)) AS mof_div_code, getvariable('areas')[dept % 10 + 1] AS mof_div_name,
    digits(dept + 1, 3) AS dept_code, concat(mof_div_name, getvariable('bureaus')[dept // 10 + 1]) AS dept_name,
    concat(dept_code, digits(unit, 3)) AS agency_code,
    concat(dept_name, getvariable('units')[unit % 10 + 1], CASE WHEN unit >= 10 THEN unit // 10 + 1 END)
        AS agency_name,
    concat('51', agency_code, '23', digits(form, 11)) AS pro_code,
    concat(mof_div_name, word('topics', form, 0, 'topic'), '项目（', form, '）') AS pro_name
FROM (
    SELECT form, pick(form, 0, 'dept', 400) AS dept, pick(form, 0, 'unit', 50) AS unit,
        CASE WHEN luck(form, 0, 'transfer') < 0.04 THEN 0 ELSE 1 + pick(form, 0, 'example', {examples} - 1) END
            AS example,
        CASE WHEN luck(form, 0, 'deleted') < 0.01 THEN 1 ELSE 2 END AS is_deleted
    FROM (SELECT unnest(range({forms})) AS form)
)
"""
_KEYS = """eval_id, fiscal_year, mof_div_code, mof_div_name, dept_code, dept_name, agency_code, agency_name, pro_code,
    pro_name, is_deleted"""
_INDICATORS = f"""
SELECT {_KEYS}, row AS order_num, lv1 AS lv1_perf_ind_name, lv2 AS lv2_perf_ind_name,
    concat(CASE WHEN luck(form, row, 'whose') < 0.5 THEN word('whose', form, row, 'name') END, name,
        CASE WHEN luck(form, row, 'stage') < 0.2 THEN word('stages', form, row, 'name') END) AS lv3_perf_ind_name,
    CASE WHEN luck(form, row, 'target') > 0.003 THEN nullif(target, '') END AS kpi_val,
    CASE WHEN slip < 0.01 THEN NULL WHEN slip < 0.02 THEN target ELSE nullif(actual, '') END AS ind_comp,
    weight AS ind_weight, eval_score,
    CASE WHEN eval_score < weight AND luck(form, row, 'reason') < 0.95 THEN explained(form, row)
        WHEN luck(form, row, 'reason') < 0.02 THEN '已完成' END AS devi_analy
FROM (
    SELECT *, CAST(CASE WHEN slip BETWEEN 0.02 AND 0.024 THEN NULL WHEN slip BETWEEN 0.024 AND 0.026 THEN weight + 1
        WHEN slip BETWEEN 0.026 AND 0.027 THEN -1 WHEN luck(form, row, 'full') < 0.95 THEN weight * earned
        ELSE weight * (0.6 + luck(form, row, 'part') * 0.4) END AS DECIMAL(8, 2)) AS eval_score
    FROM (
        SELECT * FROM (
            SELECT *, pick(form, row, 'pair', pairs) AS variant, luck(form, row, 'slip') AS slip,
                CAST(printed + (luck(form, row, 'weight') < 0.0005)::INTEGER AS DECIMAL(8, 2)) AS weight
            FROM (SELECT *, unnest(range(1, 1 + getvariable('lengths')[example + 1])) AS row FROM forms)
            JOIN examples USING (example, row)
        ) JOIN pairs USING (id, variant)
    )
)
"""
_FUNDS = f"""
SELECT {_KEYS}, place AS order_num, digits(place, 2) AS found_type_code, source AS found_type_name, reply_amt,
    cur_amt - reply_amt AS year_adj_amt, cur_amt, year_exe_amt, 10 * scored AS exe_weight,
    CAST(100 * year_exe_amt / cur_amt + (luck(form, place, 'rate') < 0.01)::INTEGER AS DECIMAL(8, 2)) AS exe_amt_rate,
    CAST(scored * least(10, 10 * year_exe_amt / cur_amt) + (luck(form, 0, 'score') < 0.01)::INTEGER
        AS DECIMAL(8, 2)) AS exe_score
FROM (
    SELECT *, CAST(cur_amt * CASE WHEN luck(form, place, 'over') < 0.01 THEN 1.1
        WHEN luck(form, 0, 'spent') < 0.4 THEN 1 ELSE 0.55 + 0.45 * luck(form, 0, 'part') END
        AS DECIMAL(18, 2)) AS year_exe_amt
    FROM (
        SELECT *, CAST(reply_amt * CASE WHEN luck(form, 0, 'adjusted') < 0.2 THEN 0.7 + 0.6 * luck(form, 0, 'adjust')
            ELSE 1 END AS DECIMAL(18, 2)) AS cur_amt
        FROM (
            SELECT *, getvariable('sources')[place] AS source, CASE WHEN place = 1 AND example > 0 THEN 1 END AS scored,
                CAST(10 * round(5 + exp(8 * luck(form, 0, 'amount'))) * CASE place WHEN 1 THEN 1
                    WHEN 2 THEN 1 - coalesce(carried, 0) WHEN 3 THEN carried END AS DECIMAL(18, 2)) AS reply_amt
            FROM (
                SELECT *, unnest([1, 2, 3, 4]) AS place,
                    CASE WHEN luck(form, 0, 'carried') < 0.1 THEN 0.2 END AS carried
                FROM forms
            )
        )
    )
)
"""
_GOALS = """
SELECT {keys}, goal AS order_num,
    CASE WHEN luck(form, goal, 'goal') > 0.003 THEN concat('围绕', pro_name, '，', {wanted}) END AS kpi_target,
    CASE WHEN luck(form, goal, 'done') > 0.004 THEN concat(pro_name, '全年进展：', {done}) END AS goal_comp
FROM (SELECT *, unnest(range(1 + (luck(form, 0, 'goals') < 0.2)::INTEGER)) AS goal FROM forms)
"""
_EVALS = """
SELECT {keys}, CASE WHEN example = 0 THEN '{transfer}' ELSE '项目支出绩效自评表' END AS form_type,
    CASE WHEN luck(form, 0, 'remark') < 0.1 THEN explained(form, 0) END AS devi_analy,
    CASE WHEN luck(form, 0, 'advise') < 0.3 THEN word('measures', form, 0, 'advise') END AS application_advise,
    scores + exe_score + CAST(luck(form, 0, 'total') < 0.02 AS INTEGER) AS total_eval_value
FROM forms
LEFT JOIN (SELECT eval_id, sum(eval_score) AS scores FROM '{folder}/PM_SELF_EVAL_INDICATOR.parquet' GROUP BY ALL)
    USING (eval_id)
LEFT JOIN (SELECT eval_id, exe_score FROM '{folder}/PM_PERF_SELF_BGT.parquet' WHERE order_num = 1) USING (eval_id)
ORDER BY eval_id
"""


def write_big(folder: Path, forms: int, seed: int = 1) -> None:
    """Writes the four tables of `forms` forms."""
    database = duckdb.connect(config={"memory_limit": "2GiB", "temp_directory": str(folder / "tmp")})
    database.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")  # rows stay in order
    examples = _load(database, seed)
    database.execute(_MACROS.format(seed=seed))
    database.execute(_FORMS.format(forms=forms, examples=examples))
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "PM_SELF_EVAL_INDICATOR": _INDICATORS,
        "PM_PERF_SELF_BGT": _FUNDS,
        "PM_SELF_EVAL_GOAL": _GOALS.format(keys=_KEYS, wanted=_some_sentences("wanted"), done=_some_sentences("done")),
        "PM_PERF_SELF_EVAL": _EVALS.format(keys=_KEYS, transfer=TRANSFER, folder=folder),
    }
    for name, select in tables.items():
        database.execute(f"COPY ({select}) TO '{folder}/{name}.parquet'")


def _some_sentences(salt: str) -> str:
    return ", ".join(f"word('sentences', form, goal, '{salt} {number}')" for number in range(4))


def _load(database: duckdb.DuckDBPyConnection, seed: int) -> int:
    """Loads what the rows are made of; gives the number of examples, of which the first is the transfer form."""
    examples = [form for form in example_forms() if len(form.rows(INDICATORS)) > 10]
    examples.sort(key=lambda form: form.text("表式") != TRANSFER)
    chance = random.Random(seed)
    rows, pairs = [], []
    for number, form in enumerate(examples):
        for row, record in enumerate(form.rows(INDICATORS), 1):
            levels = (record.text("一级指标"), record.text("二级指标"), record.text("三级指标"))
            texts = record.text("年度指标值") or "", record.text("实际完成值") or ""
            found = dict.fromkeys(
                _pair(*texts, chance) for _ in range(PAIRS if re.search("[1-9][0-9]", "".join(texts)) else 1)
            )
            pairs += [(len(rows), variant, *pair) for variant, pair in enumerate(found)]
            rows.append((len(rows), number, row, *levels, record.text("分值"), len(found)))
    columns = "id INTEGER, example INTEGER, row INTEGER, lv1 VARCHAR, lv2 VARCHAR, name VARCHAR, "
    _table(database, "examples", f"{columns}printed DECIMAL(8, 2), pairs INTEGER", rows)
    _table(database, "pairs", "id INTEGER, variant INTEGER, target VARCHAR, actual VARCHAR, earned DOUBLE", pairs)
    lists = {name: words.split() for name, words in WORDS.items()}
    lists["sentences"] = list(itertools.islice(_sentences(examples, chance), SENTENCES))
    for name, words in lists.items():
        database.execute(f"SET VARIABLE {name} = $1::VARCHAR[]", [words])
    database.execute("SET VARIABLE lengths = $1::INTEGER[]", [[len(form.rows(INDICATORS)) for form in examples]])
    return len(examples)


def _pair(target: str, actual: str, chance: random.Random) -> tuple[str, str, float]:
    """A target and a result with other numbers, and the share of the weight it earns: nineteen in twenty reach it."""
    factor = chance.uniform(0.6, 1) if "%" in target + actual else chance.uniform(0.5, 5)
    reached = chance.choice((1, 1, chance.uniform(1, 1.1))) if chance.random() < 0.95 else chance.uniform(0.7, 1)
    return scaled_quantity(target, lambda: factor), scaled_quantity(actual, lambda: factor * reached), min(reached, 1)


def _table(database: duckdb.DuckDBPyConnection, name: str, columns: str, rows: Sequence[tuple[object, ...]]) -> None:
    """A table of Python rows, loaded column by column."""
    kinds = [column.split(" ", 1) for column in re.split(r", (?=[a-z])", columns)]
    items = ", ".join(f"unnest(${number}::{kind}[]) AS {column}" for number, (column, kind) in enumerate(kinds, 1))
    database.execute(f"CREATE TABLE {name} AS SELECT {items}", [list(column) for column in zip(*rows, strict=True)])


def _sentences(examples: Sequence[Form], chance: random.Random) -> Iterator[str]:
    """Sentences of the examples' goals, over and over, with other numbers."""
    texts = [record.text(field.name) or "" for form in examples for record in form.rows(GOAL) for field in GOAL.fields]
    found = [f"{sentence}。" for text in texts for sentence in text.split("。") if 10 < len(sentence) < 120]
    for sentence in itertools.cycle(found):
        yield varied_quantity(sentence, chance)


if __name__ == "__main__":
    write_as_told(write_big, __doc__)
