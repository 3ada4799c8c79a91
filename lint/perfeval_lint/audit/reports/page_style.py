"""The look of the page: plain, legible, light and dark, on a screen, a telephone and A4."""

from perfeval_lint.report.look import COLOURS

STYLE = (
    COLOURS
    + """\
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); line-break: strict; overflow-wrap: anywhere;
  font: 16px/1.65 "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif; }
main, header { max-width: 1120px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 28px; }
h1 { margin: 0; font-size: 28px; line-height: 1.3; }
h2 { margin: 0 0 4px; font-size: 20px; line-height: 1.4; }
h3 { margin: 20px 0 4px; font-size: 16px; }
p { margin: 4px 0 10px; }
.soft { color: var(--soft); font-size: 14px; }
a { color: var(--accent); text-underline-offset: 2px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
nav ul { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 12px 0 0; padding: 0; list-style: none;
  font-size: 15px; }
nav a { display: inline-block; padding: 4px 0; }
section { margin: 16px 0; padding: 18px 20px; background: var(--paper); border: 1px solid var(--line);
  border-radius: 6px; }
.figures { display: grid; grid-template-columns: repeat(4, 1fr); gap: 14px 20px; margin: 0; }
.figures div { border-left: 3px solid var(--line); padding-left: 12px; }
.figures .bad { border-color: var(--error); }
.figures dt { color: var(--soft); font-size: 14px; }
.figures dd { margin: 0; font-size: 26px; line-height: 1.3; font-weight: 600; font-variant-numeric: tabular-nums; }
.figures dd small { display: block; font-size: 13px; font-weight: 400; color: var(--soft); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 14.5px; }
caption { padding: 0 0 6px; text-align: left; color: var(--soft); font-size: 14px; caption-side: top; }
th, td { padding: 6px 8px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top;
  overflow-wrap: normal; }
thead th { border-bottom: 2px solid var(--line); color: var(--soft); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 400; }
.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.name { min-width: 9em; overflow-wrap: anywhere; }
.name small { display: block; color: var(--soft); font-size: 13px; }
.bar { width: 40%; min-width: 90px; vertical-align: middle; }
.bar svg { display: block; width: 100%; height: 11px; }
.bar svg + svg { margin-top: 3px; }
.first { fill: var(--accent); }
.second { fill: var(--second); }
.key { display: inline-block; width: 12px; height: 12px; margin: 0 4px 0 0; vertical-align: -1px; }
.key:not(:first-child) { margin-left: 14px; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 40px; }
.state { white-space: nowrap; }
.level { font-weight: 600; white-space: nowrap; }
.error { color: var(--error); } .warning { color: var(--warning); } .info { color: var(--info); }
details { border-top: 1px solid var(--line); }
details details { margin-left: 18px; }
summary { padding: 8px 0; cursor: pointer; }
summary b { font-weight: 600; }
summary .soft { margin-left: 8px; }
.findings { margin: 0 0 14px 18px; padding: 0 0 0 26px; font-size: 15px; }
.findings li { padding: 6px 0; border-top: 1px solid var(--line); }
.findings p { margin: 0; }
.findings .under { margin: 0; padding: 0 0 0 20px; font-size: 14px; }
.findings .under li { padding: 0; border: 0; }
.files { margin: 0 0 4px 18px; scroll-margin-top: 48px; }
@media (max-width: 700px) {
  body { font-size: 15px; }
  main, header { padding: 0 12px; }
  header { padding-top: 18px; }
  h1 { font-size: 23px; }
  section { padding: 14px 12px; }
  .figures { grid-template-columns: 1fr 1fr; }
  .figures dd { font-size: 22px; }
  .wide { display: none; }
  .name { min-width: 0; }
  th, td { padding: 6px 4px; }
  .pair { grid-template-columns: 1fr; }
  details details, .findings, .files { margin-left: 8px; }
}
@page { size: A4; margin: 15mm 14mm; }
@media print {
  body { font-size: 10.5pt; }
  nav { display: none; }
  main, header { max-width: none; padding: 0; }
  section { border: 0; padding: 0; margin: 14pt 0; }
  table { font-size: 9.5pt; }
  .scroll { overflow: visible; }
  thead { display: table-header-group; }
  tr, .findings li, .figures div { break-inside: avoid; }
  h2, h3, caption, summary { break-after: avoid; }
  a { color: inherit; text-decoration: none; }
  svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
)
