/** Colours, type and the page's frame. Every colour is given for light and dark; printing is always light. */
export const BASE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#faf9f6, #14161a);
  --surface: light-dark(#ffffff, #1b1e23);
  --sunk: light-dark(#f1efe9, #22262c);
  --ink: light-dark(#1c2025, #e7e5df);
  --muted: light-dark(#5a6068, #a2a8b0);
  --faint: light-dark(#b9b6ad, #565c64);
  --line: light-dark(#e3e0d8, #2d3138);
  --link: light-dark(#1f4f8f, #93b9ef);
  --focus: light-dark(#1f4f8f, #93b9ef);
  --critical: light-dark(#a1143c, #c8325a);
  --high: light-dark(#b04a12, #b95a20);
  --medium: light-dark(#856000, #8d6a10);
  --low: light-dark(#3d5a80, #48699a);
  --info: light-dark(#626872, #5b626c);
  --warn: light-dark(#856000, #d3a83c);
  --plus: light-dark(#a1143c, #ff9ab0);
  --minus: light-dark(#2c6e49, #86c79f);
  --root: light-dark(#a1143c, #c8325a);
  --shell: light-dark(#b84d12, #b3561f);
  --if-fill: light-dark(#f8e3b8, #4d3d16);
  --if-ink: light-dark(#6a4800, #f3d28b);
  --other-fill: light-dark(#dbe6f3, #263a55);
  --other-ink: light-dark(#1f4a80, #b3cff5);
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Source Serif 4", Georgia, "Times New Roman", serif;
  --sans: ui-sans-serif, -apple-system, "Segoe UI", Inter, Roboto, "Helvetica Neue", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace;
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { scroll-behavior: smooth; scroll-padding-top: 4rem; -webkit-text-size-adjust: 100%; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: .9375rem/1.5 var(--sans); font-variant-numeric: tabular-nums; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 2px; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 2px; }
main:focus { outline: none; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: .5rem; z-index: 9; background: var(--surface); padding: .4rem .8rem; }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
/* browsers break a line after a hyphen: an id stays whole, and a word that fits on a line */
.whole { white-space: nowrap; }
.word { display: inline-block; max-width: 100%; }
.mono { font-family: var(--mono); font-size: .86em; overflow-wrap: anywhere; }
.muted { color: var(--muted); }
.faint { color: var(--faint); }
.masthead { position: sticky; top: 0; z-index: 5; display: flex; align-items: center; gap: 1rem; padding: .6rem calc(max(0px, (100vw - 1360px) / 2) + 1.25rem); background: var(--paper); border-bottom: 1px solid var(--line); }
.masthead p { margin: 0; }
.brand { font: 600 1.05rem/1.2 var(--serif); }
.scope { color: var(--muted); }
.scope strong { color: var(--ink); font-weight: 600; }
.masthead button { margin-left: auto; }
.frame { display: grid; grid-template-columns: 11.5rem minmax(0, 1fr); gap: 2.5rem; max-width: 1360px; margin: 0 auto; padding: 0 1.25rem; }
.contents { position: sticky; top: 3.3rem; align-self: start; padding: 1.6rem 0; font-size: .92rem; }
.contents ol { list-style: none; margin: 0; padding: 0; }
.contents a { display: flex; justify-content: space-between; padding: .28rem .6rem; color: var(--muted); text-decoration: none; border-left: 2px solid var(--line); }
.contents a:hover { color: var(--ink); }
.contents a[aria-current] { color: var(--ink); border-color: var(--ink); font-weight: 600; }
.contents .n { color: var(--muted); font-weight: 400; }
main { padding: 0 0 4rem; min-width: 0; }
main, dialog, header { overflow-wrap: anywhere; }
section { padding: 2.2rem 0 .6rem; }
section + section { border-top: 1px solid var(--line); }
h1, h2 { font-family: var(--serif); font-weight: 600; text-wrap: balance; }
h1 { margin: 0 0 .35rem; font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 0 0 .35rem; font-size: 1.5rem; line-height: 1.2; }
h3 { margin: 0; font-size: 1rem; font-weight: 600; }
.verdict { margin: .2rem 0 .7rem; font-size: clamp(1.5rem, 1rem + 2vw, 2.15rem); line-height: 1.22; font-weight: 500; max-width: 34em; }
.coverage-line { margin: 0 0 1.6rem; color: var(--muted); }
.lead { margin: 0 0 1rem; color: var(--muted); max-width: 62em; }
.remark, .left { margin: .6rem 0; color: var(--muted); font-size: .92rem; }
.left { border-left: 3px solid var(--medium); padding-left: .6rem; color: var(--ink); }
.empty { margin: .4rem 0 1rem; padding: 1.1rem 1.2rem; background: var(--sunk); border-radius: 6px; color: var(--muted); }
.quiet { margin: .4rem 0; color: var(--muted); }
.prose { max-width: 46em; }
footer { border-top: 1px solid var(--line); margin-top: 2rem; padding-top: 1rem; color: var(--muted); font-size: .88rem; }
button, select, input { font: inherit; font-size: .92rem; color: inherit; background: var(--surface); border: 1px solid var(--line); border-radius: 5px; padding: .28rem .6rem; }
button { cursor: pointer; }
button:hover, select:hover { border-color: var(--faint); }
input::placeholder { color: var(--muted); opacity: .8; }
@media (max-width: 900px) {
  .frame { grid-template-columns: minmax(0, 1fr); gap: 0; padding: 0 1rem; }
  .masthead { padding: .5rem 1rem; gap: .6rem; position: static; }
  .scope { font-size: .86rem; }
  .masthead button { flex: none; padding: .2rem .5rem; }
  /* every view stays in sight: a link that is scrolled out of it is a riddle, and to a screen reader a skip link without a target */
  .contents { position: sticky; top: 0; z-index: 4; margin: 0 -1rem; padding: 0 .5rem; font-size: .86rem; border-bottom: 1px solid var(--line); background: var(--paper); }
  .contents ol { display: flex; flex-wrap: wrap; }
  .contents a { border-left: 0; border-bottom: 2px solid transparent; padding: .5rem .45rem; gap: .3rem; white-space: nowrap; }
}
@media (max-width: 640px) {
  .contents a { padding: .35rem .45rem; }
  .contents .n { display: none; }
}
@page { margin: 14mm 12mm; }
@media print {
  :root, :root[data-theme] { color-scheme: light; --paper: #fff; }
  html { font-size: 11px; }
  .finding summary::before { display: none; }
  dl { grid-template-columns: 7rem minmax(0, 1fr) !important; gap: .15rem 1rem !important; }
  .contents, .skip, .toolbar, .masthead button, dialog { display: none !important; }
  .frame { display: block; padding: 0; max-width: none; }
  .masthead { position: static; padding: 0 0 .4rem; }
  section { padding: 1rem 0 .2rem; }
  main { padding: 0; }
  footer { margin-top: .6rem; padding-top: .4rem; }
  h2, h3, summary { break-after: avoid; }
  tr, .finding, .figure { break-inside: avoid; }
  .scroll { overflow: visible !important; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .key, .sev, .dot, .bar, .grid td { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  a { color: inherit; text-decoration: none; }
}
`;
