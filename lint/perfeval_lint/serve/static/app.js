// Files go to the server one by one and come back judged; nothing is kept anywhere but in this page.

const AT_ONCE = 3; // files on their way to the server
const MOST = 500; // files of one drop; more are work for perfeval-lint audit
const SHOWN_RULES = 8;
const LEVELS = [["error", "错误"], ["warning", "警告"], ["info", "提示"]];

const $ = (id) => document.getElementById(id);
const entries = []; // {file, answer, problem, forms}; forms: {first, now, edits}
let current = null; // {entry, index}
let limits = { upload: 20 * 1024 * 1024 };
let mending = Promise.resolve(); // one value after the other

// --- small helpers ----------------------------------------------------------------------------------

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function svg(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function say(text, bad = false) {
  $("status").textContent = text;
  $("status").classList.toggle("bad", bad);
}

async function ask(path, parameters, body) {
  const query = new URLSearchParams(parameters);
  let response;
  try {
    response = await fetch(`${path}?${query}`, { method: "POST", body });
  } catch {
    throw new Error("连不上审核服务；请核对它是否还在运行");
  }
  if (response.status === 503) {
    await new Promise((done) => setTimeout(done, 1000 + 2000 * Math.random()));
    return ask(path, parameters, body);
  }
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail ?? `审核服务答复 ${response.status}`);
  }
  return response;
}

// --- files in ---------------------------------------------------------------------------------------

async function take(files) {
  const all = [...files];
  const chosen = all.slice(0, MOST);
  const added = chosen.map((file) => ({ file, forms: [], problem: null, done: false }));
  entries.push(...added);
  show();
  const more = all.length - chosen.length;
  await judge(added);
  if (more > 0) say(`一次最多 ${MOST} 个文件，其余 ${more} 个没有审核；更多文件请用 perfeval-lint audit`, true);
}

async function judge(list) {
  const left = [...list];
  let done = 0;
  const work = async () => {
    for (let entry = left.shift(); entry; entry = left.shift()) {
      await judgeOne(entry);
      done += 1;
      say(`正在审核：${done}/${list.length}`);
      show();
      if (current === null && entry.forms.length) open(entry, 0);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  say(`审核完毕：${list.length} 个文件`);
}

async function judgeOne(entry) {
  entry.problem = null;
  try {
    if (entry.file.size > limits.upload) {
      throw new Error(`文件超过 ${Math.floor(limits.upload / 1048576)} MB，不像自评表；请只留下自评表再试`);
    }
    const mended = entry.forms.map((form) => (form.edits ? form : null));
    entry.answer = await drawn(entry.file.name, entry.file);
    entry.forms = entry.answer.forms.map((form) => ({ first: form, now: form, edits: 0 }));
    entry.problem = entry.answer.errors[0]?.message ?? null;
    for (const [index, form] of mended.entries()) {
      if (!form) continue;
      const { forms } = await drawn(`${stem(entry.file.name)}.yaml`, form.now.yaml);
      Object.assign(entry.forms[index], { now: forms[0], edits: form.edits });
    }
  } catch (error) {
    entry.forms = [];
    entry.problem = error.message;
  }
  entry.done = true;
}

async function drawn(name, body) {
  return (await ask("/draw", { name, profile: $("profile").value }, body)).json();
}

// --- the batch --------------------------------------------------------------------------------------

function show() {
  $("batch").hidden = entries.length === 0;
  $("list").replaceChildren(...entries.flatMap(rows));
  const forms = entries.flatMap((entry) => entry.forms.map((form) => form.now));
  showFigures(forms);
  showCharts(forms);
}

function rows(entry) {
  if (!entry.forms.length) {
    const text = entry.problem ? `没有审核：${entry.problem}` : "正在审核…";
    const cell = element("td", { colSpan: 6, className: entry.problem ? "error-text" : "quiet" }, text);
    return [element("tr", {}, element("td", {}, entry.file.name), cell)];
  }
  const made = entry.forms.map((form, index) => row(entry, form.now, index));
  if (entry.problem) {
    const text = `还有一部分没有审核：${entry.problem}`;
    made.push(element("tr", {}, element("td", { colSpan: 7, className: "error-text" }, text)));
  }
  return made;
}

function row(entry, form, index) {
  const button = element("button", { type: "button", className: "open" }, form["项目名称"] ?? "（未写项目名称）");
  button.addEventListener("click", () => open(entry, index, true));
  const numbers = [form.self_score ?? "—", form.review_score ?? "—", ...LEVELS.map(([level]) => form[level])];
  const looks = ["", "", ...LEVELS.map(([level]) => (form[level] ? `${level}-text` : "quiet"))];
  const made = element(
    "tr",
    {},
    element("td", {}, entry.file.name),
    element("td", {}, button),
    ...numbers.map((number, at) => element("td", { className: `number ${looks[at]}` }, String(number))),
  );
  if (current?.entry === entry && current.index === index) made.setAttribute("aria-current", "true");
  return made;
}

function showFigures(forms) {
  const sum = (level) => forms.reduce((total, form) => total + form[level], 0);
  const unread = entries.filter((entry) => entry.problem).length;
  const figures = [
    ["文件", entries.length, ""],
    ["表", forms.length, ""],
    ...LEVELS.map(([level, words]) => [words, sum(level), `${level}-text`]),
    ...(unread ? [["没有审核", unread, "error-text"]] : []),
  ];
  $("figures").replaceChildren(
    ...figures.map(([name, number, look]) =>
      element("div", {}, element("dt", {}, name), element("dd", { className: look }, String(number))),
    ),
  );
}

function showCharts(forms) {
  const charts = [];
  if (forms.length > 1) charts.push(chart("问题最多的规则", byRule(forms)), chart("自评与复核得分相差", byScore(forms)));
  $("charts").replaceChildren(...charts.filter(Boolean));
}

function byRule(forms) {
  const counts = new Map();
  for (const { rule, title, count } of forms.flatMap((form) => form.rules)) {
    const name = `${rule} ${title}`;
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return [...counts].sort((one, other) => other[1] - one[1]).slice(0, SHOWN_RULES);
}

function byScore(forms) {
  const steps = [["复核更高", -Infinity, -0.005], ["没有差别", -0.005, 0.005], ["低 2 分以内", 0.005, 2.005],
    ["低 2～5 分", 2.005, 5.005], ["低 5～10 分", 5.005, 10.005], ["低 10 分以上", 10.005, Infinity]];
  const differences = forms
    .map((form) => Number.parseFloat(form.self_score) - Number.parseFloat(form.review_score))
    .filter((difference) => !Number.isNaN(difference));
  const found = steps.map(([name, from, to]) => [name, differences.filter((one) => one >= from && one < to).length]);
  return differences.length ? found : [];
}

function chart(title, bars) {
  if (!bars.length) return null;
  const most = Math.max(1, ...bars.map(([, number]) => number));
  const lines = bars.map(([name, number]) => {
    const bar = svg("rect", { class: "bar", width: `${(100 * number) / most}%`, height: "100%" });
    const drawn = svg("svg", { "aria-hidden": "true" }, bar);
    return element("tr", {}, Object.assign(element("th", {}, name), { scope: "row" }), element("td", {}, drawn, String(number)));
  });
  return element("figure", {}, element("figcaption", {}, title), element("table", { className: "bars" }, element("tbody", {}, ...lines)));
}

// --- one form ---------------------------------------------------------------------------------------

function open(entry, index, scroll = false) {
  current = { entry, index };
  $("one").hidden = false;
  draw();
  show();
  if (scroll) $("one").scrollIntoView({ behavior: "smooth" });
}

function draw() {
  const { entry, index } = current;
  const form = entry.forms[index];
  $("drawn").innerHTML = form.now.html; // the server's own drawing, in which every text of the form is escaped
  $("save-annotated").hidden = !entry.answer.annotate;
  $("save-mended").disabled = $("undo").disabled = form.edits === 0;
}

const values = () => [...$("drawn").querySelectorAll("[contenteditable]")];
const pathOf = (value) => value.closest("[data-path]").dataset.path;

$("drawn").addEventListener("focusin", ({ target }) => {
  if (target.isContentEditable) target.dataset.before = target.textContent;
});

$("drawn").addEventListener("keydown", (event) => {
  const { target } = event;
  if (!target.isContentEditable) return;
  if (event.key === "Enter" && !event.isComposing && (event.ctrlKey || target.ariaMultiLine !== "true")) {
    event.preventDefault();
    target.blur();
  } else if (event.key === "Escape") {
    target.textContent = target.dataset.before;
    target.blur();
  }
});

$("drawn").addEventListener("focusout", ({ target }) => {
  if (!target.isContentEditable || target.textContent === target.dataset.before) return;
  const rows = Number(target.closest("[data-rows]")?.dataset.rows ?? 1); // a level cell stands for several
  const { before } = target.dataset;
  const asked = { at: current, target, path: pathOf(target), rows, value: target.textContent, before };
  target.dataset.before = target.textContent;
  mending = mending.then(() => mend(asked));
});

async function mend({ at, target, path, rows, value, before }) {
  const form = at.entry.forms[at.index];
  try {
    const body = JSON.stringify({ yaml: form.now.yaml, path, rows, value });
    const parameters = { name: at.entry.file.name, profile: $("profile").value };
    form.now = await (await ask("/mend", parameters, body)).json();
    form.edits += 1;
  } catch (error) {
    target.textContent = before;
    say(error.message, true);
    return;
  }
  if (current === at) redraw();
  show();
  const counts = LEVELS.map(([level, words]) => `${words} ${form.now[level]}`).join("，");
  say(`已按“${value}”重新审核：${counts}`);
}

function redraw() {
  const focused = document.activeElement?.closest?.("[data-path]")?.dataset.path;
  draw();
  if (focused) values().find((value) => pathOf(value) === focused)?.focus();
}

// A link to a cell lights it up (:target); the cell is also brought to the middle.
$("drawn").addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  const cell = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!cell) return;
  event.preventDefault();
  history.replaceState(null, "", "#"); // so that the same link lights up again
  location.replace(link.hash);
  cell.scrollIntoView({ block: "center", behavior: "smooth" });
  const value = cell.querySelector("[contenteditable]") ?? cell;
  value.focus({ preventScroll: true });
});

// --- files out --------------------------------------------------------------------------------------

function save(blob, name) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const stem = (name) => name.replace(/\.[^.]+$/, "");
const yamlOf = (pick) => current.entry.forms.map((form) => form[pick].yaml).join("---\n");
const isMended = () => current.entry.forms.some((form) => form.edits > 0);

async function saving(make) {
  try {
    await make();
  } catch (error) {
    say(error.message, true);
  }
}

async function saveAnswer(path, parameters, body, name) {
  const response = await ask(path, { profile: $("profile").value, ...parameters }, body);
  save(await response.blob(), name);
}

$("save-annotated").addEventListener("click", () =>
  saving(() => {
    const { file } = current.entry;
    const suffix = file.name.slice(stem(file.name).length);
    return saveAnswer("/annotate", { name: file.name }, file, `${stem(file.name)}-批注${suffix}`);
  }),
);
$("save-html").addEventListener("click", () =>
  saving(() => {
    const { file } = current.entry;
    const name = isMended() ? `${stem(file.name)}-改后.yaml` : file.name;
    return saveAnswer("/lint", { name, format: "html" }, isMended() ? yamlOf("now") : file, `${stem(name)}-审核.html`);
  }),
);
$("save-yaml").addEventListener("click", () =>
  save(new Blob([yamlOf("first")], { type: "application/yaml" }), `${stem(current.entry.file.name)}.yaml`),
);
$("save-mended").addEventListener("click", () =>
  save(new Blob([yamlOf("now")], { type: "application/yaml" }), `${stem(current.entry.file.name)}-改后.yaml`),
);
$("undo").addEventListener("click", () => {
  const form = current.entry.forms[current.index];
  Object.assign(form, { now: form.first, edits: 0 });
  draw();
  show();
  say("已恢复成原来的表");
});

// --- beginning --------------------------------------------------------------------------------------

$("files").addEventListener("change", ({ target }) => {
  take(target.files);
  target.value = ""; // the same file can be chosen again
});
$("clear").addEventListener("click", () => {
  entries.length = 0;
  current = null;
  $("one").hidden = true;
  $("drawn").replaceChildren();
  show();
  say("已清空");
});
for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    $("drop").classList.toggle("over", name === "dragover");
    if (name === "drop" && event.dataTransfer.files.length) take(event.dataTransfer.files);
  });
}
$("profile").addEventListener("change", async () => {
  const shown = current;
  await judge(entries);
  if (shown?.entry.forms[shown.index]) open(shown.entry, shown.index);
});

const about = await (await fetch("/about")).json();
limits = about.limits;
for (const { name, says } of about.profiles) {
  $("profile").append(element("option", { value: name, title: says }, name));
}
document.documentElement.dataset.ready = "true";
