"""The temporary tables that reports read, with dense numbers for their rows.

次 counts forms and 文件次 files, by name; 号 counts findings as they are read on the form, each head followed by its
places and followers; 名次 counts forms by how far their scores are too high. Last year's forms are left out. The
findings of a form are counted by their heads.
"""

from __future__ import annotations

from typing import Final

from perfeval_lint.audit.reports.shapes import NO_DEPARTMENT, NO_UNIT
from perfeval_lint.audit.store.temporary import (
    REPORT_FILES,
    REPORT_FINDINGS,
    REPORT_FORMS,
    REPORT_NOTES,
    REPORT_RULES,
    REPORT_UNJUDGED,
)
from perfeval_lint.judge.tell.place import PARTS
from perfeval_lint.sql.text import literal

_PARTS = literal(list(PARTS))
NUMBERED: Final = f"""
CREATE OR REPLACE TEMP TABLE {REPORT_FILES} AS
SELECT row_number() OVER (ORDER BY 文件, 状态, 说明, 散列) AS 文件次, * FROM 文件;

CREATE OR REPLACE TEMP TABLE {REPORT_FORMS} AS
WITH 计 AS (
    SELECT 表号, count(*) FILTER (豁免 IS NULL AND 级别 = 'error') AS 错误,
        count(*) FILTER (豁免 IS NULL AND 级别 = 'warning') AS 警告,
        count(*) FILTER (豁免 IS NULL AND 级别 = 'info') AS 提示, count(豁免) AS 豁免
    FROM 问题 WHERE 主问题 IS NULL GROUP BY 表号
), 果 AS (
    SELECT 表号, sum(通过) AS 通过, sum(不通过) AS 不通过, sum(不适用) AS 不适用, sum(未能判断) AS 未能判断
    FROM 结果 GROUP BY 表号
), 总 AS (
    SELECT 表号, arg_min(全年预算数, 行号) AS 预算数,
        arg_min(CASE WHEN 全年预算数 > 0 AND 全年执行数 IS NOT NULL THEN 全年执行数 / 全年预算数 ELSE 执行率 END, 行号)
            AS 执行率
    FROM 资金 WHERE 全年预算数 IS NOT NULL GROUP BY 表号
), 各表 AS (
    SELECT t.表号, f.文件次, f.文件, t.序号,
        coalesce(CAST(t.年度 AS VARCHAR), t.年度原文) AS 年度, t.表式, t.项目名称, t.项目编码,
        coalesce(nullif(trim(regexp_replace(p.主管部门, '\\s+', ' ', 'g')), ''), '{NO_DEPARTMENT}') AS 主管部门,
        coalesce(nullif(trim(regexp_replace(p.单位, '\\s+', ' ', 'g')), ''), '{NO_UNIT}') AS 单位,
        p.规则集, p.自评得分, p.自评等级, p.复核得分, p.可复核分值, p.总分值, p.复核等级,
        coalesce(p.复核至多, false) AS 复核至多, p.自评得分 - p.复核得分 AS 差,
        coalesce(nullif(regexp_extract(p.自评等级, '^[优良中差]'), '') <> p.复核等级, false) AS 等级变化,
        coalesce(计.错误, 0) AS 错误, coalesce(计.警告, 0) AS 警告, coalesce(计.提示, 0) AS 提示,
        coalesce(计.豁免, 0) AS 豁免, coalesce(果.通过, 0) AS 通过, coalesce(果.不通过, 0) AS 不通过,
        coalesce(果.不适用, 0) AS 不适用, coalesce(果.未能判断, 0) AS 未能判断,
        总.预算数, 总.执行率
    FROM 表 t JOIN {REPORT_FILES} f USING (文件号) LEFT JOIN 评分 p USING (表号)
        LEFT JOIN 计 USING (表号) LEFT JOIN 果 USING (表号) LEFT JOIN 总 USING (表号)
    WHERE NOT coalesce(t.往年, false) AND NOT coalesce(f.往年, false)
)
SELECT *, row_number() OVER (ORDER BY 差 DESC NULLS LAST, 错误 DESC, 警告 DESC, 次) AS 名次
FROM (SELECT row_number() OVER (ORDER BY 文件, 序号, 项目名称, 年度) AS 次, * FROM 各表) ORDER BY 次;

CREATE OR REPLACE TEMP TABLE {REPORT_RULES} AS
SELECT 规则, row_number() OVER (ORDER BY 规则) AS 规则次 FROM (SELECT DISTINCT 规则 FROM 问题);

-- Sorted by numbers, however many millions there are: 处 is part, row and rule in one, 余 the hash of what is left; by
-- those of the head first, then by those of the finding itself.
CREATE OR REPLACE TEMP TABLE {REPORT_FINDINGS} AS
WITH 全部 AS (
    SELECT w.*, concat(w.规则, ' ', w.路径) AS 名, (list_position({_PARTS}, w.部分)::BIGINT << 30)
            + (w.行号::BIGINT << 12) + r.规则次 AS 处,
        md5_number_lower(concat_ws('\n', w.路径, w.消息, w.所在, w.所指, w.豁免, w.级别)) AS 余
    FROM 问题 w JOIN {REPORT_RULES} r USING (规则)
), 主 AS (
    SELECT 表号, 名, min(处) AS 处, min(余) AS 余, min(所指) AS 所指 FROM 全部
    WHERE 主问题 IS NULL AND (表号, 名) IN (SELECT (表号, 主问题) FROM 问题 WHERE 主问题 IS NOT NULL) GROUP BY 表号, 名
)
SELECT row_number() OVER (
        ORDER BY (t.次::BIGINT << 34) + coalesce(h.处, w.处), coalesce(h.余, w.余),
            CASE WHEN h.处 IS NULL THEN 0 ELSE ((1 + ((h.处 & 4095) <> (w.处 & 4095))::BIGINT) << 34) + w.处 END, w.余
    ) AS 号, t.次, w.规则, w.级别, w.部分, w.行号, w.字段, w.路径, w.所指, w.所在, w.消息, w.豁免, w.改法, w.主问题,
    h.所指 AS 主所指
FROM 全部 w JOIN {REPORT_FORMS} t USING (表号) LEFT JOIN 主 h ON h.表号 = w.表号 AND h.名 = w.主问题 ORDER BY 号;

-- A value or place that left rules undecided is one row, however many rules it is.
CREATE OR REPLACE TEMP TABLE {REPORT_UNJUDGED} AS
SELECT row_number() OVER (ORDER BY 次, list_position({_PARTS}, 值部分), 值行号, 值路径, 说明, 规则) AS 号, *
FROM (
    SELECT t.次, string_agg(DISTINCT u.规则, '、' ORDER BY u.规则) AS 规则, u.原因, u.值部分, u.值行号,
        coalesce(u.值路径, u.路径) AS 值路径, coalesce(u.值所指, u.所指) AS 值所指, u.值所在, u.值,
        coalesce(u.说明, CASE WHEN u.缺 = '' THEN '算不出' ELSE concat('缺 ', u.缺, '，或读不出') END) AS 说明, u.改法
    FROM 未判 u JOIN {REPORT_FORMS} t USING (表号) GROUP BY ALL
) ORDER BY 号;

CREATE OR REPLACE TEMP TABLE {REPORT_NOTES} AS
SELECT row_number() OVER (ORDER BY f.文件次, n.行 NULLS FIRST, n.列, n.级别, n.代码, n.说明) AS 号,
    f.文件次, f.文件, n.级别, n.代码, n.说明, n.行, n.列
FROM 读取说明 n JOIN {REPORT_FILES} f USING (文件号) ORDER BY 号;
"""
