/** Badges, figures, lists, findings, cards. */
export const PARTS_STYLE = `
.sev { display: inline-block; min-width: 5em; padding: .05em .5em; border-radius: 3px; background: var(--info); color: #fff; font-size: .76rem; font-weight: 600; text-align: center; line-height: 1.6; }
.sev.critical { background: var(--critical); }
.sev.high { background: var(--high); }
.sev.medium { background: var(--medium); }
.sev.low { background: var(--low); }
.key { display: inline-grid; place-items: center; width: 1.35rem; height: 1.35rem; border-radius: 4px; font: 600 .78rem/1 var(--mono); flex: none; }
.key.root, td.root > *, .dot.root { background: var(--root); color: #fff; }
.key.shell, td.shell > *, .dot.shell { background: var(--shell); color: #fff; }
.key.shell-if, td.shell-if > *, .dot.shell-if { background: var(--if-fill); color: var(--if-ink); }
.key.other, td.other > *, .dot.other { background: var(--other-fill); color: var(--other-ink); }
.key.other-if, td.other-if > *, .dot.other-if { background: transparent; color: var(--other-ink); box-shadow: inset 0 0 0 1.5px var(--other-fill); }
.key.unknown, td.unknown > *, .dot.unknown { background: repeating-linear-gradient(135deg, var(--sunk) 0 3px, var(--line) 3px 6px); color: var(--ink); }
.key.none, .dot.none { background: var(--sunk); color: var(--faint); }
.dot { display: inline-block; width: .7em; height: .7em; border-radius: 2px; margin-right: .35em; }
.dot.shell-if { box-shadow: inset 0 0 0 1px var(--if-ink); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1rem 2.2rem; margin-bottom: 1.4rem; }
.figure h2 { display: flex; justify-content: space-between; align-items: baseline; padding-bottom: .5rem; }
.figure h2 a { color: inherit; }
.figure h2 .n { font: 500 1.5rem/1 var(--serif); }
.bar { display: block; width: 100%; height: 10px; border-radius: 3px; background: var(--sunk); margin-bottom: .7rem; }
.bar.days { height: 48px; border-radius: 0; background: transparent; border-bottom: 1px solid var(--line); margin-bottom: .3rem; }
.bar .root, .bar .critical { fill: var(--critical); }
.bar .shell, .bar .high { fill: var(--shell); }
.bar .shell-if, .bar .medium { fill: light-dark(#d9a93a, #b98a20); }
.bar .low { fill: var(--low); }
.bar .info { fill: var(--info); }
.bar .none { fill: var(--line); }
.dot.shell-if { background: light-dark(#d9a93a, #b98a20); box-shadow: none; }
.dot.none { background: var(--line); }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; margin: 0; padding: 0; font-size: .9rem; color: var(--muted); }
.legend b { color: var(--ink); }
.legend.keys { margin: 0 0 .9rem; }
.legend.keys li { display: flex; align-items: center; gap: .4rem; }
.figure .legend { flex-direction: column; gap: .2rem; }
.figure .legend li { display: flex; align-items: center; gap: .45rem; }
.figure .dot { margin: 0; }
.aside { color: var(--muted); font-size: .9rem; margin: .2rem 0; }
.deltas { display: flex; gap: 1.2rem; margin: 0 0 .4rem; font-size: .95rem; }
.deltas b { font: 500 1.3rem/1.1 var(--serif); }
.plus { color: var(--plus); }
.minus { color: var(--minus); }
.toolbar { display: flex; flex-wrap: wrap; align-items: end; gap: .6rem .9rem; margin: 0 0 .9rem; padding: .6rem .75rem; background: var(--sunk); border-radius: 6px; font-size: .88rem; }
.toolbar label { display: flex; flex-direction: column; gap: .15rem; color: var(--muted); }
.toolbar fieldset { display: flex; flex-wrap: wrap; gap: .35rem; border: 0; margin: 0; padding: 0; }
.toolbar .chip { flex-direction: row; align-items: center; gap: .35rem; padding: .28rem .5rem; background: var(--surface); border: 1px solid var(--line); border-radius: 5px; color: var(--ink); cursor: pointer; }
.toolbar .chip:has(:focus-visible) { outline: 2px solid var(--focus); outline-offset: 1px; }
.toolbar .chip input { margin: 0; accent-color: var(--ink); }
.toolbar output { margin-left: auto; color: var(--muted); align-self: center; }
.scroll { overflow-x: auto; }
.list { width: 100%; border-collapse: collapse; font-size: .92rem; }
.list th, .list td { text-align: left; vertical-align: top; padding: .38rem .9rem .38rem 0; border-bottom: 1px solid var(--line); font-weight: 400; overflow-wrap: break-word; max-width: 34rem; }
.list thead th { color: var(--muted); font-size: .82rem; white-space: nowrap; overflow-wrap: normal; }
.list tbody th { font-weight: 600; }
.list tbody th.mono { font-weight: 400; }
.list .num { text-align: right; padding-right: 1.1rem; white-space: nowrap; }
.list i, .grid i, summary i { color: var(--muted); font-style: italic; font-weight: 400; }
.list td:first-child .key { margin-top: .05rem; }
.change .list { table-layout: fixed; }
.change .list th:first-child { width: 5rem; }
.change .list th:nth-child(2) { width: 16%; }
.change .list th:nth-child(3) { width: 27%; }
.change .list th:nth-child(5) { width: 12%; }
.change .list th:nth-child(6) { width: 18%; }
.change .list td { overflow-wrap: anywhere; }
.change .list td:first-child { white-space: nowrap; }
.card { border: 1px solid var(--line); border-radius: 6px; background: var(--surface); padding: .85rem 1rem .6rem; margin: 0 0 .9rem; }
.card .list tr:last-child td { border-bottom: 0; }
.change header { display: flex; align-items: center; gap: .6rem; margin-bottom: .3rem; }
.cause, .hand { margin: .15rem 0; font-size: .92rem; overflow-wrap: anywhere; }
.hand { color: var(--muted); margin-bottom: .5rem; }
.hand .word { margin-right: 1rem; }
.list code, dd code, .cause code { font: .86em var(--mono); padding: 0 .25em; border-radius: 3px; background: var(--sunk); overflow-wrap: anywhere; }
.tag { display: inline-block; padding: 0 .4em; border-radius: 3px; background: var(--sunk); font: .8rem/1.6 var(--mono); overflow-wrap: anywhere; }
.finding { border-bottom: 1px solid var(--line); }
.finding summary { display: flex; align-items: baseline; gap: .7rem; padding: .45rem .2rem; cursor: pointer; list-style: none; }
.finding summary::-webkit-details-marker { display: none; }
.finding summary::before { content: ""; flex: none; width: .45em; height: .45em; border: solid var(--muted); border-width: 0 1.5px 1.5px 0; transform: rotate(-45deg); align-self: center; }
.finding[open] summary::before { transform: rotate(45deg); }
.finding summary:hover { background: var(--sunk); }
.finding .rule { color: var(--muted); }
.finding .title { flex: 1 1 14rem; min-width: 0; overflow-wrap: anywhere; }
.status { font-size: .78rem; padding: 0 .45em; border-radius: 3px; border: 1px solid currentColor; }
.status.new, .status.reopened { color: var(--plus); }
.status.excepted, .status.resolved { color: var(--muted); }
.finding-body pre { margin: .4rem 0; padding: .5rem .7rem; background: var(--sunk); border-radius: 5px; font: .82rem/1.45 var(--mono); white-space: pre-wrap; }
.finding-body { padding: .2rem .2rem .9rem 1.4rem; }
dl { display: grid; grid-template-columns: 7rem minmax(0, 1fr); gap: .25rem 1rem; margin: 0; font-size: .93rem; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
dd ul { margin: 0; padding-left: 1.1rem; }
dl.codes { grid-template-columns: minmax(14rem, auto) minmax(0, 1fr); margin-bottom: 1rem; }
.instance > header { display: flex; align-items: start; gap: 1rem; justify-content: space-between; margin-bottom: .3rem; }
.members { list-style: none; margin: 0; padding: 0; min-width: 0; }
.members h3 { display: inline; overflow-wrap: anywhere; }
.members .facts { color: var(--muted); font-size: .86rem; }
.tallies { margin: 0; display: flex; gap: .8rem; flex: none; }
.tallies > span { display: inline-flex; align-items: center; gap: .35rem; }
.holders { table-layout: fixed; }
.holders th, .holders td { overflow-wrap: anywhere !important; }
.holders th:first-child { width: 2.2rem; }
.holders td:first-child { padding-right: .6rem; }
.holders th:nth-child(2) { width: 34%; }
.principals { table-layout: fixed; min-width: 44rem; }
.principals th, .principals td { overflow-wrap: anywhere; }
.principals th:nth-child(1) { width: 2.2rem; }
.principals thead th:nth-child(2) { width: 32%; }
.principals th:nth-child(3) { width: 5.5rem; }
.principals .num { width: 4rem; }
.names, .ways, .inline { list-style: none; margin: 0; padding: 0; }
.change .names li { display: block; }
.holders .names li { font-weight: 600; }
.holders .names li.muted { font-weight: 400; }
.ways { display: flex; flex-wrap: wrap; gap: .1rem 1.2rem; }
.ways li { position: relative; min-width: 0; padding-left: 1.6rem; min-height: 1.5rem; }
.ways .key { position: absolute; left: 0; top: .15rem; width: 1.2rem; height: 1.2rem; font-size: .7rem; }
.ways .path { font-weight: 500; }
.ways .if { color: var(--muted); }
.inline { display: flex; flex-wrap: wrap; gap: .15rem 1rem; }
.inline li { display: inline-flex; align-items: center; gap: .35rem; }
.inline .key { width: 1.15rem; height: 1.15rem; font-size: .68rem; }
.note { display: inline-block; padding: 0 .4em; border: 1px dashed var(--faint); border-radius: 3px; font-size: .8rem; color: var(--muted); }
.gap { color: var(--warn); font-weight: 600; }
.gap.denied, .gap.failed, .gap.unreadable { color: var(--plus); }
.quiet-details { margin: .8rem 0; }
.quiet-details summary { cursor: pointer; color: var(--muted); }
#method h2 { margin: 1.2rem 0 .4rem; }
@media (max-width: 900px) {
  .finding summary { flex-wrap: wrap; gap: .2rem .6rem; }
  .finding .title { flex-basis: 100%; order: 3; }
  dl, dl.codes { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: .5rem; }
  .toolbar label { flex: 1 1 9rem; }
  .toolbar .chip { flex: 0 0 auto; }
}
@media (max-width: 640px) {
  .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stack, .stack tbody, .stack tr { display: block; }
  .stack tr { padding: .45rem 0; border-bottom: 1px solid var(--line); }
  .stack tr:last-child { border-bottom: 0; }
  .stack td, .stack th[scope="row"] { display: block; width: auto !important; padding: 0; border: 0; text-align: left; }
  .stack td, .stack th { overflow-wrap: anywhere; max-width: 100%; }
  .stack td.num { text-align: left; }
  .stack td[data-label]::before { content: attr(data-label) " "; color: var(--muted); font-size: .82rem; }
  .principals { min-width: 0; }
  .instance > header { flex-direction: column; gap: .3rem; }
}
`;
