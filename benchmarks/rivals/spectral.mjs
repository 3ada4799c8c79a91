// The checks as a Spectral ruleset: its own functions where they reach, functions of ours (as its guide tells) where not.
import { schema, truthy } from "@stoplight/spectral-functions";

const TOTAL_ROW = "年度资金总额";
const EPSILON = 1e-9;

const both = (a, b) => typeof a === "number" && typeof b === "number";
const sum = (values) => values.filter((value) => typeof value === "number").reduce((a, b) => a + b, 0);
const digits = (value) => (String(value).split(".")[1] ?? "").length;
const at = (path, field) => [{ message: `${field}有误`, path: [...path, field] }];

const atMost = (row, { field, bound, margin = 0 }, { path }) =>
  both(row[field], row[bound]) && row[field] > row[bound] + margin + EPSILON ? at(path, field) : [];

const explained = (row, _, { path }) =>
  both(row["得分"], row["分值"]) && row["得分"] < row["分值"] && !row["偏差原因"] ? at(path, "偏差原因") : [];

const firstOfItsLike = (rows, _, { path }) => {
  const seen = new Set();
  return rows.flatMap((row, index) => {
    const key = JSON.stringify([row["二级指标"], row["三级指标"], row["年度指标值"]]);
    const found = row["三级指标"] && seen.has(key) ? at([...path, index], "三级指标") : [];
    seen.add(key);
    return found;
  });
};

const totals = (form) => (form["项目资金"] ?? []).filter((row) => row["资金来源"] === TOTAL_ROW);

const weightsAre100 = (form) => {
  const weights = (form["绩效指标"] ?? []).map((row) => row["分值"]).filter((value) => value !== undefined);
  const all = sum([...weights, ...totals(form).map((row) => row["分值"])]);
  return weights.length && Math.abs(all - 100) > EPSILON ? at([], "绩效指标") : [];
};

const totalIsTheSum = (form) => {
  const total = form["总分"]?.["得分"];
  const rows = [...(form["绩效指标"] ?? []), ...totals(form)];
  const scores = rows.map((row) => row["得分"]).filter((value) => value !== undefined);
  if (total === undefined || !scores.length) return [];
  if (rows.some((row) => row["分值"] !== undefined && row["得分"] === undefined)) return [];
  const printed = Math.max(...scores.map(digits));
  const places = Math.min(2, printed ? Math.min(printed, digits(total)) : digits(total));
  return Math.abs(total - sum(scores)) > 0.5 * 10 ** -places + EPSILON ? at(["总分"], "得分") : [];
};

// Not the function `schema`: it loses errors at fields whose names are not ASCII.
const gradeFits = (total, _, { path }) => {
  const [score, grade] = [total["得分"], total["等级"]];
  const due = score >= 90 ? "优" : score >= 80 ? "良" : score >= 60 ? "中" : "差";
  return score !== undefined && grade && grade[0] !== due ? at(path, "等级") : [];
};

const of = (fn, functionOptions) => ({ function: fn, functionOptions });
const required = (field) => ({ given: "$", then: { field, function: truthy } });
const rule = (given, then) => ({ given, severity: "error", then });
const needsOneOf = (...names) => rule("$", of(schema, { schema: { anyOf: names.map((name) => ({ required: [name] })) } }));
const notNegative = of(schema, { schema: { minimum: 0 } });
const scored = { dependentRequired: { 分值: ["得分"] } };
const INDICATOR = "$['绩效指标'][*]";
const FUND = "$['项目资金'][*]";

export default {
  rules: {
    "PE001 年度": required("年度"),
    "PE001 项目名称": required("项目名称"),
    "PE001 单位": needsOneOf("实施单位", "资金使用单位", "部门"),
    "PE001 主管": needsOneOf("主管部门", "地方主管部门", "中央主管部门"),
    PE009: rule("$['绩效指标']", of(firstOfItsLike)),
    PE101: rule(FUND, of(atMost, { field: "全年执行数", bound: "全年预算数", margin: 0.01 })),
    PE201: rule("$", of(weightsAre100)),
    "PE301 指标": rule(INDICATOR, of(atMost, { field: "得分", bound: "分值" })),
    "PE301 资金": rule(FUND, of(atMost, { field: "得分", bound: "分值" })),
    "PE302 指标": rule(`${INDICATOR}['得分']`, notNegative),
    "PE302 资金": rule(`${FUND}['得分']`, notNegative),
    "PE302 总分": rule("$['总分']['得分']", notNegative),
    PE303: rule("$", of(totalIsTheSum)),
    "PE304 指标": rule(INDICATOR, of(schema, { dialect: "draft2020-12", schema: scored })),
    "PE304 资金": rule(
      FUND,
      of(schema, { dialect: "draft2020-12", schema: { if: { properties: { 资金来源: { const: TOTAL_ROW } } }, then: scored } }),
    ),
    PE308: rule("$['总分']", of(gradeFits)),
    PE401: rule(INDICATOR, of(explained)),
    PE502: rule(INDICATOR, { field: "实际完成值", function: truthy }),
  },
};
