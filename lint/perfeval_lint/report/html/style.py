"""The style sheet of forms on a web page: light and dark, wide and narrow screens, A4."""

from perfeval_lint.render.table import END_MARGIN, PADDING, SIDE_MARGIN, TEXT_POINTS
from perfeval_lint.report.look import COLOURS

# In print it is cells that stay whole, not rows: a row that may not break takes its whole group of merged cells along.
# The kind of border shows the severity where colours do not: solid, dashed, dotted.
FORM_STYLE = f"""\
{COLOURS}.form {{ box-sizing: border-box; color: var(--ink); background: var(--paper); line-break: strict;
  overflow-wrap: anywhere;
  font: 15px/1.65 "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif; }}
.form *, .form *::before {{ box-sizing: inherit; }}
.form h2 {{ margin: 0; font: 600 21px/1.4 "黑体", SimHei, "Heiti SC", "Noto Sans CJK SC", sans-serif; }}
.form h3 {{ margin: 0 0 8px; font: 600 16px/1.4 "黑体", SimHei, "Heiti SC", "Noto Sans CJK SC", sans-serif; }}
.form p {{ margin: 0; }}
.form header p, .form .outcome p {{ color: var(--soft); }}
.form a {{ color: var(--accent); text-underline-offset: 3px; }}
.form :focus-visible {{ outline: 2px solid var(--accent); outline-offset: 2px; }}
.form .error {{ --level: var(--error); --tint: var(--error-tint); --edge: solid; }}
.form .warning {{ --level: var(--warning); --tint: var(--warning-tint); --edge: dashed; }}
.form .info {{ --level: var(--info); --tint: var(--info-tint); --edge: dotted; }}
.form .outcome {{ margin: 10px 0 16px; padding: 10px 0; border: solid var(--line); border-width: 1px 0;
  font-size: 14px; }}
.form .outcome .score {{ color: var(--ink); font-size: 18px; font-weight: 600; font-variant-numeric: tabular-nums; }}
.counts {{ display: flex; flex-wrap: wrap; gap: 6px 10px; margin: 6px 0; padding: 0; list-style: none; }}
.counts li {{ padding: 0 10px; border: 1px var(--edge, solid) var(--level, var(--line));
  color: var(--level, var(--soft)); }}
.form .changes {{ width: 100%; margin: 0 0 18px; border-collapse: collapse; font-size: 14px; }}
.form .changes th, .form .changes td {{ padding: 4px 8px; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; font-weight: 400; }}
.form .changes td {{ min-width: 3.4em; }}
.form .changes thead th {{ border-bottom: 1px solid var(--rule); color: var(--soft); }}
.form .changes .number, .form .changes thead th:nth-child(n+4):not(:last-child) {{ text-align: right;
  white-space: nowrap; font-variant-numeric: tabular-nums; }}

.form .sheet {{ padding: 0 1px; overflow-x: auto; }}
.form .sheet table {{ width: 100%; min-width: 700px; table-layout: fixed; border-collapse: collapse;
  font: 13px/1.4 "宋体", SimSun, "Songti SC", "Noto Serif CJK SC", serif; }}
.form caption {{ padding: 4px 0 8px; text-align: center; }}
.form caption .title {{ display: block; font: 20px/1.5 "黑体", SimHei, "Heiti SC", "Noto Sans CJK SC", sans-serif; }}
.form caption .year {{ display: inline-block; font-size: 14px; }}
.form .sheet th, .form .sheet td {{ height: 30px; padding: 4px; border: 1px solid var(--rule); text-align: left;
  vertical-align: middle; font-weight: 400; white-space: pre-wrap; }}
.form .sheet .tall > * {{ height: 72px; }}
.form .sheet .middle {{ text-align: center; }}
.form .sheet .head {{ font-weight: 700; }}
.form .sheet th.error, .form .sheet td.error, .form .sheet th.warning, .form .sheet td.warning,
.form .sheet th.info, .form .sheet td.info {{ border: 2px var(--edge) var(--level); background: var(--tint); }}
.form caption span.error, .form caption span.warning, .form caption span.info {{
  border-bottom: 2px var(--edge) var(--level); background: var(--tint); }}
.form .marks {{ display: inline-flex; flex-wrap: wrap; justify-content: center; font-size: inherit; line-height: 1;
  vertical-align: baseline; white-space: normal; }}
.form .mark {{ display: inline-block; min-width: 20px; padding: 0 3px; border: 1px solid var(--level);
  color: var(--level); background: var(--paper); text-align: center; text-decoration: none;
  font: 600 12px/20px "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; font-variant-numeric: tabular-nums; }}
.form .marks .mark {{ margin: 2px; }}
.form .mark.error {{ color: var(--paper); background: var(--level); }}
.form .mark.follows {{ --level: var(--soft); border-style: dotted; font-weight: 400; }}
.form .value {{ display: inline-block; min-width: 2em; min-height: 1.4em; border-radius: 1px; }}
.form .value:hover {{ background: var(--ground); }}
.form .value:focus {{ outline: 2px solid var(--accent); outline-offset: 1px; background: var(--paper); }}
.form .value:empty:has(+ .blank) {{ min-width: .6em; }}
.form .value:not(:empty) + .blank {{ display: none; }}
.form .sole .value {{ display: block; }}
.form .sole .value:has(+ .marks) {{ display: inline-block; min-width: 2em; }}
.form .sheet [id] {{ scroll-margin: 35vh 48px; }}
.form .sheet th:target, .form .sheet td:target, .form .sheet span:target {{ outline: 3px solid var(--accent);
  outline-offset: -1px; background: var(--target); }}

.form .findings {{ margin: 0; padding: 0; list-style: none; font-size: 14px; }}
.form .finding {{ padding: 9px 4px 9px 10px; border-top: 1px solid var(--line);
  border-left: 3px var(--edge) var(--level); scroll-margin: 8px; }}
.form .finding:target {{ background: var(--target); }}
.form .finding .level {{ color: var(--level); }}
.form .finding .message {{ margin: 2px 0; font-size: 15px; }}
.form .finding .basis, .form .finding .rule {{ color: var(--soft); font-size: 13px; }}
.form .finding ul {{ margin: 0; padding-left: 1.4em; }}
.form .finding .places, .form .finding .follows {{ margin: 2px 0; font-size: 13px; }}
.form .finding .follows, .form .position {{ color: var(--soft); }}
.form .position::before {{ content: "· "; }}
.form .finding:target .basis, .form .finding:target .rule, .form .finding:target .level,
.form .finding:target a {{ color: var(--ink); }}
.form .rest {{ margin-top: 18px; font-size: 14px; }}
.form .rest ul {{ margin: 0; padding-left: 1.4em; }}
.form .rest .help, .form .rest .rule {{ margin: 0 0 2px; }}
.form .rest .rule {{ color: var(--soft); font-size: 13px; }}
.form .found {{ margin-top: 18px; }}
@media screen and (min-width: 1100px) {{
  .form .sides {{ display: grid; grid-template-columns: minmax(0, 1.75fr) minmax(330px, 1fr); gap: 22px; }}
  .form .found {{ position: sticky; top: 8px; display: flex; flex-direction: column; align-self: start; margin: 0;
    max-height: max(calc(100vh - 16px), 360px); }}
  .form .findings {{ overflow-y: auto; border-bottom: 1px solid var(--line); background:
    linear-gradient(var(--paper) 30%, transparent) local top / 100% 44px no-repeat,
    linear-gradient(transparent, var(--paper) 70%) local bottom / 100% 44px no-repeat,
    linear-gradient(var(--shade), transparent) scroll top / 100% 14px no-repeat,
    linear-gradient(transparent, var(--shade)) scroll bottom / 100% 14px no-repeat; }}
}}
@media (max-width: 500px) {{
  .form h2 {{ font-size: 19px; }}
  .form .changes th, .form .changes td {{ padding: 4px 3px; font-size: 13px; }}
}}
@page {{ size: A4 portrait; margin: {END_MARGIN}cm {SIDE_MARGIN}cm; }}
@media print {{
  .form {{ font: 10pt/1.5 "宋体", SimSun, "Songti SC", "Noto Serif CJK SC", serif; }}
  .form h2 {{ font-size: 14pt; }}
  .form h3 {{ font-size: 12pt; }}
  .form h2, .form h3, .form header, .form caption, .form .changes thead {{ break-after: avoid; }}
  .form a {{ color: inherit; text-decoration: none; }}
  .form .outcome {{ margin: 4pt 0 8pt; padding: 4pt 0; font-size: 9.5pt; }}
  .form .outcome .score {{ font-size: 12pt; }}
  .form .changes, .form .findings, .form .rest {{ font-size: 9.5pt; }}
  .form .sheet {{ overflow: visible; }}
  .form .sheet table {{ min-width: 0; font-size: {TEXT_POINTS}pt; line-height: 1.35; }}
  .form caption .title {{ font-size: 16pt; }}
  .form caption .year {{ font-size: 10.5pt; }}
  .form .sheet th, .form .sheet td {{ height: .6cm; padding: .12cm {PADDING}cm; }}
  .form .sheet .tall > * {{ height: 1.6cm; }}
  .form tr.whole > :not([rowspan]), .form .changes tr, .form .finding, .form .rest li {{ break-inside: avoid; }}
  .form .sheet th:target, .form .sheet td:target, .form .sheet span:target {{ outline: 0; }}
  .form .mark, .form .mark.error {{ min-width: 10pt; padding: 0 1.5pt; color: var(--level); background: none;
    font-size: 7.5pt; line-height: 9pt; }}
  .form .finding {{ padding: 4pt 0 4pt 6pt; }}
  .form .finding .message {{ font-size: 10pt; }}
  .form .finding .basis, .form .finding .rule {{ font-size: 9pt; }}
}}
"""

PAGE_STYLE = """\
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; color: var(--ink); background: var(--ground); line-break: strict; overflow-wrap: anywhere;
  font: 15px/1.65 "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 8px; top: 8px; padding: 4px 12px; background: var(--paper); }
a { color: var(--accent); text-underline-offset: 3px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.top, main, .foot { max-width: 1280px; margin: 0 auto; padding: 0 20px; box-sizing: border-box; }
.top { padding-top: 22px; }
.top p, .foot p { margin: 4px 0; }
h1 { margin: 0; font: 600 24px/1.4 "黑体", SimHei, "Heiti SC", "Noto Sans CJK SC", sans-serif; }
main > h2 { margin: 18px 0 8px; font: 600 18px/1.4 "黑体", SimHei, "Heiti SC", "Noto Sans CJK SC", sans-serif; }
.form, .panel { margin: 14px 0; padding: 18px 20px; border: 1px solid var(--line); background: var(--paper); }
.panel h2 { margin: 0 0 6px; font: 600 18px/1.4 "黑体", SimHei, "Heiti SC", "Noto Sans CJK SC", sans-serif; }
.panel ul { margin: 0; padding-left: 1.4em; }
.scroll { overflow-x: auto; }
.overview { width: 100%; border-collapse: collapse; font-size: 14px; }
.overview th, .overview td { padding: 5px 8px; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; font-weight: 400; }
.overview thead th { border-bottom-color: var(--rule); color: var(--soft); white-space: nowrap; }
.overview .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.overview tbody th { min-width: 9em; }
.overview small { display: block; color: var(--soft); font-size: 13px; }
.source { margin: 20px 0 -8px; color: var(--soft); font-size: 14px; }
.foot { padding-bottom: 28px; color: var(--soft); font-size: 14px; }
@media screen { .form { content-visibility: auto; contain-intrinsic-size: auto 1400px; } }
@media (max-width: 500px) {
  .top, main, .foot { padding-left: 10px; padding-right: 10px; }
  .form, .panel { padding: 14px 12px; }
  .overview th, .overview td { padding: 4px 3px; }
  .overview .number { min-width: 2.2em; }
}
@media print {
  body { background: none; font: 10pt/1.5 "宋体", SimSun, "Songti SC", "Noto Serif CJK SC", serif; }
  .skip { display: none; }
  .top, main, .foot { max-width: none; padding: 0; }
  .form, .panel { margin: 8pt 0; padding: 0; border: 0; }
  h1 { font-size: 16pt; }
  .scroll { overflow: visible; }
  .overview { font-size: 9.5pt; }
  .overview thead { display: table-header-group; }
  .overview tr, .panel li { break-inside: avoid; }
  .source { margin: 8pt 0 0; font-size: 9.5pt; break-after: avoid; }
  .form ~ .source { break-before: page; }
  a { color: inherit; text-decoration: none; }
}
"""
