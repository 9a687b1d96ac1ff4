/** The views that the script makes: lists of any length, the matrix, one cell, the search. */
export const VIEWS_STYLE = `
.timeline { list-style: none; margin: 0; padding: 0 0 0 1.1rem; border-left: 2px solid var(--line); }
.timeline > li { position: relative; margin: 0 0 1.1rem; }
.timeline > li::before { content: ''; position: absolute; left: -1.5rem; top: .45rem; width: .6rem; height: .6rem; border-radius: 50%; background: var(--line); box-shadow: 0 0 0 2px var(--surface); }
.timeline h3 { margin: 0 0 .25rem; font-size: .95rem; }
.timeline ul { list-style: none; margin: 0; padding: 0; }
.timeline ul li { margin: .2rem 0; overflow-wrap: anywhere; }
html { scroll-behavior: auto; }
.masthead { flex-wrap: wrap; }
.masthead .search { position: relative; flex: 1 1 16rem; max-width: 34rem; margin-left: auto; }
.masthead #theme { margin-left: 0; }
.search search { display: block; }
.search input { width: 100%; }
.hits { position: absolute; z-index: 8; top: calc(100% + .3rem); left: 0; right: 0; max-height: min(32rem, 70vh); overflow-y: auto; padding: .3rem 0; background: var(--surface); border: 1px solid var(--line); border-radius: 6px; box-shadow: 0 6px 24px rgb(0 0 0 / .18); }
.hits p { margin: .3rem .8rem; }
.hit-kind { color: var(--muted); font-size: .8rem; }
.hit { padding: .22rem .8rem; cursor: pointer; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.hit[aria-selected="true"], .hit:hover { background: var(--sunk); }
h1 { overflow-wrap: anywhere; }
.view-head h1:focus { outline: none; }
.view-head h1 .key { vertical-align: .15em; }
section h2 { font-size: 1.15rem; margin: 1.4rem 0 .4rem; }
:root[data-script] main > section { border-top: 0; }
:root[data-script] main > section[hidden] { display: none; }
.notice { margin: 1.6rem 0 -.6rem; }
.crumbs { margin: 0 0 .3rem; font-size: .9rem; color: var(--muted); }
.facts-line { margin: .1rem 0 .9rem; color: var(--muted); font-size: .92rem; }
.facts-line .tag { color: inherit; text-decoration: none; margin-right: .25rem; }
.vtable { max-height: max(18rem, calc(100vh - 19rem)); overflow: auto; border: 1px solid var(--line); border-radius: 6px; background: var(--surface); }
.vtable-inner { min-width: 46rem; }
.vbody { position: relative; }
.vrow { display: flex; align-items: center; gap: .9rem; padding: 0 .8rem; border-bottom: 1px solid var(--line); font-size: .92rem; }
.vrow.placed { position: absolute; top: 0; left: 0; right: 0; overflow: hidden; }
.vrow.placed .vcell { max-height: 100%; }
.vrow.placed:hover { background: var(--sunk); }
.vhead { position: sticky; top: 0; z-index: 1; min-height: 2rem; background: var(--surface); color: var(--muted); font-size: .82rem; }
.vcell { min-width: 0; overflow: hidden; text-overflow: ellipsis; }
.vcell small { display: inline-block; margin-left: .3rem; }
.clamp { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; line-height: 1.35; }
.h-who { display: flex; align-items: baseline; gap: .5rem; } .h-who .clamp { flex: 0 1 auto; min-width: 0; } .h-who .more { flex: none; white-space: nowrap; }
.clamp code { font: .9em var(--mono); }
.f-sev { flex: 0 0 5.4rem; } .f-what { flex: 1 1 20rem; } .f-num { flex: 0 0 4.2rem; text-align: right; } .f-rule { flex: 0 0 8.2rem; }
.f-num small { display: block; }
.f-what .status { margin-right: .4rem; }
.toolbar input, .toolbar select { height: 2.1rem; }
.worklist.plain { list-style: none; padding: 0; }
@media (min-width: 1100px) { .worklist.two { columns: 2; column-gap: 2.2rem; } .worklist.two li { break-inside: avoid; } .worklist.two li:first-child { margin-top: 0; } }
.i-who { flex: 1 1 15rem; line-height: 1.3; } .i-who a { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .i-who small { display: block; margin: 0; } .i-region { flex: 0 0 9rem; } .i-tally { flex: 0 0 17rem; } .i-tags { flex: 1 1 14rem; }
.i-tags .tag { display: inline-block; max-width: 100%; margin-right: .3rem; padding: 0 .3rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; vertical-align: top; }
.p-who { flex: 1 1 20rem; white-space: nowrap; } .p-kind { flex: 0 0 5.5rem; } .p-tally { flex: 0 0 22rem; }
.h-key { flex: 0 0 4.6rem; } .h-who { flex: 1 1 14rem; } .all { flex: none; white-space: nowrap; }
.h-how { flex: 2 1 22rem; display: flex; align-items: center; gap: .8rem; justify-content: space-between; }
.vcell .tallies { gap: .6rem; flex-wrap: nowrap; white-space: nowrap; }
.switch { display: inline-flex; align-items: center; gap: .4rem; margin: .2rem 0 .7rem; font-size: .92rem; }
.why { margin: 1.2rem 0; padding: .7rem .8rem; background: var(--sunk); border-radius: 6px; font-size: .92rem; }
.why .inline { margin-top: .4rem; }
.why input { min-width: 16rem; max-width: 100%; }
.status.proved { color: var(--minus); }
.card.proof { border-left: 4px solid var(--minus); }
.copyable { position: relative; }
:root:not([data-script]) .copyable button { display: none; }
.copyable button { position: absolute; top: .35rem; right: .35rem; }
section pre { margin: .4rem 0; padding: .6rem .75rem; background: var(--sunk); border-radius: 5px; font: .8rem/1.45 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; }
.copyable pre { padding-right: 6rem; min-height: 2.6rem; }
.statement { margin: .1rem 0; }
.statement summary, .way summary, .alike summary { cursor: pointer; }
.way { border: 1px solid var(--line); border-radius: 6px; background: var(--surface); margin: 0 0 .5rem; }
.way > summary { padding: .45rem .7rem; }
.closed-paths { border: 1px solid var(--line); border-radius: 6px; background: var(--surface); }
.closed-paths .way { margin: 0; border: 0; border-radius: 0; background: none; }
.closed-paths .way + .way { border-top: 1px solid var(--line); }
.closed-paths .way > summary { padding: .3rem .7rem; }
.way .key { vertical-align: middle; }
.way[open] > summary { border-bottom: 1px solid var(--line); }
.way-body { padding: .7rem .9rem; }
.way-body p { margin: .2rem 0; }
.way-body ol { margin: 0; padding-left: 1.3rem; }
.said { padding-left: 1.1rem; margin: .2rem 0; }
.said-line { display: flex; gap: .4rem; align-items: baseline; }
.said-word { flex: none; max-width: 50%; }
.alike { margin: 0 0 .6rem; color: var(--muted); }
.document { padding-left: 2rem; }
.document li.marked pre { box-shadow: inset 4px 0 0 var(--high); }
.change header { align-items: baseline; }
.change h2 { margin: 0; font-size: 1.05rem; }
.change h2 a { color: inherit; }
.grid-frame { max-height: max(20rem, calc(100vh - 21rem)); overflow: auto; border: 1px solid var(--line); border-radius: 6px; background: var(--paper); }
.grid-frame > div { position: relative; }
.grid-heads { position: sticky; top: 0; z-index: 2; background: var(--paper); }
.corner { position: sticky; left: 0; z-index: 3; background: var(--paper); }
.column-head { position: absolute; top: 0; width: 28px; display: flex; align-items: end; justify-content: center; padding-bottom: .3rem; }
.column-head a { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 156px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: .82rem; color: inherit; text-decoration: none; }
.column-head a:hover, .row-head a:hover { text-decoration: underline; }
.grid-row { position: absolute; top: 0; left: 0; height: 28px; }
@media (max-width: 640px) { .h-who { flex: 1 1 8rem; } }
.row-head { position: sticky; left: 0; z-index: 1; height: 28px; padding: 0 .5rem; background: var(--paper); line-height: 28px; font-size: .86rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.row-head a { color: inherit; text-decoration: none; font-weight: 500; }
.square { position: absolute; top: 1px; width: 26px; height: 26px; border-radius: 4px; text-align: center; font: 600 .78rem/26px var(--mono); cursor: pointer; }
.square.root { background: var(--root); color: #fff; }
.square.shell { background: var(--shell); color: #fff; }
.square.shell-if { background: var(--if-fill); color: var(--if-ink); }
.square.other { background: var(--other-fill); color: var(--other-ink); }
.square.other-if { color: var(--other-ink); box-shadow: inset 0 0 0 1.5px var(--other-fill); }
.square.unknown { background: repeating-linear-gradient(135deg, var(--sunk) 0 3px, var(--line) 3px 6px); color: var(--ink); }
.square.none { background: color-mix(in srgb, var(--sunk) 55%, transparent); }
.square:hover { box-shadow: 0 0 0 2px var(--ink); }
.worklist { margin: 0; padding-left: 1.4rem; }
.worklist li { margin: .35rem 0; }
.worklist a { color: inherit; }
.worklist li > p { margin: .1rem 0; }
.worklist summary { cursor: pointer; color: var(--muted); font-size: .92rem; width: fit-content; }
@media (max-width: 900px) {
  .masthead { position: static; }
  .masthead .search { order: 9; flex-basis: 100%; max-width: none; }
  .masthead #theme { margin-left: auto; }
  .vtable { max-height: 75vh; }
  .i-region { flex-basis: 6.4rem; } .i-tally { flex-basis: 15rem; } .i-who { flex: 1 1 9.5rem; } .i-tags { flex: 2 1 12.5rem; } .i-tags .clamp { -webkit-line-clamp: 3; }
  .i-tally .tallies { gap: .1rem .3rem; flex-wrap: wrap; } .i-region small { display: block; margin: 0; }
  .f-rule { display: none; } .f-what { flex: 1 1 22rem; } .vtable-inner { min-width: 40rem; }
  .f-what .clamp { -webkit-line-clamp: 3; }
  .change .list th:nth-child(2) { width: 19%; } .change .list th:nth-child(3) { width: 21%; } .change .list th:nth-child(5) { width: 10%; } .change .list th:nth-child(6) { width: 22%; }
}
@media (max-width: 640px) {
  .vtable-inner { min-width: 0; }
  .vhead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .masthead .scope { order: 5; flex-basis: 100%; }
  .toolbar { gap: .4rem .6rem; }
  .toolbar label { flex-basis: 7.5rem; }
  .toolbar input, .toolbar select { width: 100%; }
  .vrow { gap: .5rem; padding: 0 .5rem; font-size: .86rem; }
  .copyable pre { padding: 3rem .6rem .6rem; }
  .f-num, .i-region, .i-tags, .p-kind { display: none; }
  .f-what .clamp { -webkit-line-clamp: 4; } .h-who { flex-direction: column; gap: 0; } .h-who .clamp { -webkit-line-clamp: 2; } .h-how .clamp { -webkit-line-clamp: 3; }
  .f-sev { flex-basis: 4.8rem; } .vrow:has(.i-tally, .p-tally) { flex-wrap: wrap; align-content: center; gap: .1rem .5rem; } .i-tally, .p-tally, .i-who, .p-who { flex: 1 0 100%; } .h-key { flex-basis: 1.5rem; }
  .h-how { flex: 1 1 9rem; }
  .vcell .tallies { gap: .3rem; }
}
/* on paper alone */
.printed-matrix { table-layout: fixed; border-collapse: collapse; margin: 0 0 1.2rem; font-size: 9px; line-height: 1.05; }
.printed-matrix tr { break-inside: avoid; }
.printed-matrix th { width: 20px; padding: 0 0 2px; font-weight: 500; text-align: left; vertical-align: bottom; }
.printed-matrix th:first-child { width: 190px; padding: 1px 4px 1px 0; }
.printed-matrix tbody th { vertical-align: middle; }
.printed-matrix span { display: block; max-height: 220px; writing-mode: vertical-rl; transform: rotate(180deg); }
.printed-matrix .square { position: static; width: 20px; height: 18px; border: 1px solid #fff; font-size: 9px; line-height: 1; padding: 0; }
@media print {
  .vtable { max-height: none; overflow: visible; border: 0; }
  .vtable-inner { min-width: 0; }
  /* on paper a row is as high as its text */
  .vrow .vcell, .vrow .vcell a { overflow: visible; white-space: normal; }
  .vrow { padding: .15rem 0; }
  .i-who { flex: 1 1 11rem; } .i-region { flex-basis: 7.5rem; } .i-tally { flex-basis: 14rem; } .i-tags { flex: 1 1 17rem; } .p-tally { flex-basis: 16rem; }
  .clamp { display: block; }
  .i-tags .tag { white-space: normal; }
  .grid-frame { display: none; }
  .vhead { position: static; }
  .vrow { break-inside: avoid; }
  .copyable pre { padding-right: .75rem; }
  .search, .crumbs, .why, .copyable button, .switch { display: none !important; }
  .square, .key { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
