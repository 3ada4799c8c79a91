// Files go to the server one by one and come back judged; nothing is kept anywhere but in this page.

const AT_ONCE = 3; // files on their way to the server
const MOST = 500; // files of one drop; more are work for perfeval-lint audit
const SHOWN_RULES = 8;
const LEVELS = [["error", "错误"], ["warning", "警告"], ["info", "提示"]];

const $ = (id) => document.getElementById(id);
const entries = []; // {file, answer, problem, forms}; forms: {first, now, edits}
let current = null; // {entry, index}
let limits = { upload: 20 * 1024 * 1024 };
let mending = Promise.resolve(); // what changes forms goes one after the other
let isPressed = false; // the mouse is down: what it is on must stay until it is up, or nothing is clicked
const postponed = new Set(); // drawing to be done then
let isStale = false; // the form is to be drawn anew once nobody types in it

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

/** Does what changes forms after what is still on its way. */
function inTurn(change) {
  mending = mending.then(change).catch((error) => say(error.message, true));
  return mending;
}

async function bytesOf(file) {
  try {
    return await file.arrayBuffer();
  } catch {
    throw new Error("浏览器读不到这个文件：是文件夹，或选了以后改动、移走了；请重新选择文件");
  }
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
      if (!entries.includes(entry)) return; // cleared
      await judgeOne(entry);
      if (!entries.includes(entry)) return;
      done += 1;
      say(`正在审核：${done}/${list.length}`);
      show();
      if (current === null && entry.forms.length) open(entry, 0);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (list.every((entry) => entries.includes(entry))) say(`审核完毕：${list.length} 个文件`);
}

/** Judges a file; forms that were mended are judged as they are now. Where that fails, what there is stays. */
async function judgeOne(entry) {
  const profile = $("profile").value;
  try {
    if (entry.file.size > limits.upload) {
      throw new Error(`文件超过 ${Math.floor(limits.upload / 1048576)} MB，不像自评表；请只留下自评表再试`);
    }
    const answer = await drawn(entry.file.name, await bytesOf(entry.file), profile);
    const forms = answer.forms.map((form) => ({ first: form, now: form, edits: 0 }));
    for (const [index, { now, edits }] of entry.forms.entries()) {
      if (!edits) continue;
      const again = await drawn(`${stem(entry.file.name)}.yaml`, now.yaml, profile);
      Object.assign(forms[index], { now: again.forms[0], edits });
    }
    const problem = answer.errors.map(({ message }) => message).join("；") || null;
    Object.assign(entry, { answer, forms, problem });
  } catch (error) {
    entry.problem = error.message;
  }
  if (profile !== $("profile").value) await judgeOne(entry); // another was chosen meanwhile
  entry.done = true;
}

async function drawn(name, body, profile) {
  return (await ask("/draw", { name, profile }, body)).json();
}

// --- the batch --------------------------------------------------------------------------------------

function show() {
  if (isPressed) {
    postponed.add(show);
    return;
  }
  $("batch").hidden = entries.length === 0;
  const focused = document.activeElement.shows;
  $("list").replaceChildren(...entries.flatMap(rows));
  if (focused) opener(focused)?.focus({ preventScroll: true });
  const forms = entries.flatMap((entry) => entry.forms.map((form) => form.now));
  showFigures(forms);
  showCharts(forms);
}

/** The button in the list that shows a form. */
function opener({ entry, index }) {
  const buttons = [...$("list").querySelectorAll("button")];
  return buttons.find(({ shows }) => shows.entry === entry && shows.index === index);
}

function rows(entry) {
  const notes = entry.answer?.notes ?? [];
  return [...formRows(entry), ...notes.map(({ message }) => remark(`说明：${message}`, "quiet"))];
}

function remark(text, className) {
  return element("tr", {}, element("td", { colSpan: 7, className }, text));
}

function formRows(entry) {
  if (!entry.forms.length) {
    const text = entry.problem ? `没有审核：${entry.problem}` : "正在审核…";
    const cell = element("td", { colSpan: 6, className: entry.problem ? "error-text" : "quiet" }, text);
    return [element("tr", {}, element("td", {}, entry.file.name), cell)];
  }
  const made = entry.forms.map((form, index) => row(entry, form.now, index));
  if (entry.problem) made.push(remark(`还有一部分没有审核：${entry.problem}`, "error-text"));
  return made;
}

function row(entry, form, index) {
  const button = element("button", { type: "button", className: "open" }, form["项目名称"] ?? "（未写项目名称）");
  button.shows = { entry, index };
  button.addEventListener("click", () => open(entry, index, true));
  const most = form.review_bound === "at_most" ? "至多 " : "";
  const numbers = [form.self_score ?? "—", form.review_score ? most + form.review_score : "—", ...LEVELS.map(([level]) => form[level])];
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
  if (!scroll) return;
  $("one").focus({ preventScroll: true });
  $("one").scrollIntoView({ behavior: "smooth" });
}

const isShown = ({ entry, index }) => current?.entry === entry && current.index === index;

function draw() {
  const { entry, index } = current;
  const form = entry.forms[index];
  $("drawn").innerHTML = form.now.html; // the server's own drawing, in which every text of the form is escaped
  $("save-annotated").hidden = !entry.answer.annotate;
  isStale = false;
  showTools();
}

function showTools() {
  $("save-mended").disabled = $("undo").disabled = !isTyping() && current.entry.forms[current.index].edits === 0;
}

const values = () => [...$("drawn").querySelectorAll("[contenteditable]")];
const pathOf = (value) => value.closest("[data-path]").dataset.path;
const isChanged = (value) => value.isContentEditable && value.textContent !== value.dataset.before;
const isTyping = () => isChanged(document.activeElement);

$("drawn").addEventListener("focusin", ({ target }) => {
  if (target.isContentEditable) target.dataset.before = target.textContent;
});

$("drawn").addEventListener("input", showTools);

$("drawn").addEventListener("keydown", (event) => {
  const { target } = event;
  if (!target.isContentEditable || event.isComposing || event.keyCode === 229) return; // 229: Safari, still composing
  if (event.key === "Enter" && (event.ctrlKey || target.ariaMultiLine !== "true")) {
    event.preventDefault();
    commit(target);
  } else if (event.key === "Escape") {
    target.textContent = target.dataset.before;
    settle();
  }
});

$("drawn").addEventListener("focusout", ({ target }) => {
  if (isChanged(target)) commit(target);
  else setTimeout(settle); // first the focus goes where it is going
});

/** Nothing more is typed: draws what was mended meanwhile. */
function settle() {
  if (isStale) redraw();
  else if (current) showTools();
}

function commit(target) {
  if (!isChanged(target)) return;
  const rows = Number(target.closest("[data-rows]")?.dataset.rows ?? 1); // a level cell stands for several
  const { before } = target.dataset;
  const asked = { at: current, target, path: pathOf(target), rows, value: target.textContent, before };
  target.dataset.before = target.textContent;
  inTurn(() => mend(asked));
}

async function mend({ at, target, path, rows, value, before }) {
  const form = at.entry.forms[at.index];
  try {
    const body = JSON.stringify({ yaml: form.now.yaml, path, rows, value });
    const parameters = { name: at.entry.file.name, profile: $("profile").value };
    form.now = await (await ask("/mend", parameters, body)).json();
    form.edits += 1;
  } catch (error) {
    if (target.textContent === value) target.textContent = before;
    target.dataset.before = before;
    if (current) showTools();
    say(`“${value}”没有改上：${error.message}`, true);
    return;
  }
  if (isShown(at)) redraw();
  show();
  const counts = LEVELS.map(([level, words]) => `${words} ${form.now[level]}`).join("，");
  say(`${value.trim() ? `已按“${brief(value)}”` : "已去掉这一格的值，"}重新审核：${counts}`);
}

const brief = (text) => (text.length > 30 ? `${text.slice(0, 30)}…` : text);

/** Draws the form anew where nobody types in it; what was in view, in focus and selected still is. */
function redraw() {
  if (!current) return;
  if (isPressed) {
    postponed.add(redraw);
    return;
  }
  isStale = isTyping();
  if (isStale) return;
  const focused = document.activeElement.closest("#drawn [data-path]");
  const selected = focused?.isContentEditable ? selectedIn(focused) : null;
  const scrolled = [".sheet", ".findings"].map((name) => {
    const { scrollLeft, scrollTop } = $("drawn").querySelector(name) ?? {};
    return [name, { scrollLeft, scrollTop }];
  });
  draw();
  for (const [name, place] of scrolled) Object.assign($("drawn").querySelector(name) ?? {}, place);
  const value = focused && values().find((one) => pathOf(one) === pathOf(focused));
  value?.focus({ preventScroll: true });
  if (value?.firstChild && selected) {
    const [from, to] = selected.map((at) => Math.min(at, value.textContent.length));
    getSelection().setBaseAndExtent(value.firstChild, from, value.firstChild, to);
  }
}

/** Where in the text of a value the selection begins and ends. */
function selectedIn(value) {
  if (!getSelection().rangeCount) return null;
  const range = getSelection().getRangeAt(0);
  const before = document.createRange();
  before.selectNodeContents(value);
  before.setEnd(range.startContainer, range.startOffset);
  const from = before.toString().length;
  return [from, from + range.toString().length];
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
const yamlOf = (entry, pick) => entry.forms.map((form) => form[pick].yaml).join("---\n");
const isMended = (entry) => entry.forms.some((form) => form.edits > 0);

/** A button that saves something of the file shown, once what was typed is in it. */
function saves(id, make) {
  $(id).addEventListener("click", async () => {
    const { entry } = current;
    await mending;
    try {
      await make(entry, stem(entry.file.name));
    } catch (error) {
      say(error.message, true);
    }
  });
}

async function saveAnswer(path, parameters, body, name) {
  const response = await ask(path, { profile: $("profile").value, ...parameters }, body);
  save(await response.blob(), name);
}

function saveYaml(text, name) {
  save(new Blob([text], { type: "application/yaml" }), name);
}

saves("save-annotated", async ({ file }, name) => {
  const suffix = file.name.slice(name.length);
  await saveAnswer("/annotate", { name: file.name }, await bytesOf(file), `${name}-批注${suffix}`);
});
saves("save-html", async (entry, name) => {
  const mended = isMended(entry);
  const shown = mended ? `${name}-改后.yaml` : entry.file.name;
  const body = mended ? yamlOf(entry, "now") : await bytesOf(entry.file);
  await saveAnswer("/lint", { name: shown, format: "html" }, body, `${stem(shown)}-审核.html`);
});
saves("save-yaml", (entry, name) => saveYaml(yamlOf(entry, "first"), `${name}.yaml`));
saves("save-mended", (entry, name) => saveYaml(yamlOf(entry, "now"), `${name}-改后.yaml`));
$("undo").addEventListener("click", () => {
  const at = current;
  inTurn(() => {
    const form = at.entry.forms[at.index];
    Object.assign(form, { now: form.first, edits: 0 });
    if (isShown(at)) redraw();
    show();
    say("已恢复成原来的表");
  });
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
document.addEventListener("pointerdown", ({ button }) => {
  isPressed = button === 0; // others open menus, which may keep their pointerup
});
for (const name of ["pointerup", "pointercancel"]) {
  document.addEventListener(name, () => {
    isPressed = false;
    setTimeout(() => { // the click comes first
      const drawing = [...postponed];
      postponed.clear();
      for (const draws of drawing) draws();
    });
  });
}
$("profile").addEventListener("change", () =>
  inTurn(async () => {
    await judge(entries.filter((entry) => entry.done));
    redraw();
  }),
);

const about = await (await fetch("/about")).json();
limits = about.limits;
for (const { name, says } of about.profiles) {
  $("profile").append(element("option", { value: name, title: says }, name));
}
document.documentElement.dataset.ready = "true";
