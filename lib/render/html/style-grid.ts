/** The matrix and its drawer. */
export const GRID_STYLE = `
.grid-frame { max-height: 85vh; overflow: auto; padding-bottom: .5rem; }
.grid { border-collapse: separate; border-spacing: 2px; font-size: .88rem; }
.grid thead th { position: sticky; top: 0; z-index: 2; background: var(--paper); vertical-align: bottom; padding: 0 0 .3rem; font-weight: 400; }
.grid thead td { position: sticky; top: 0; left: 0; z-index: 3; background: var(--paper); }
.grid .tilt { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 19rem; display: inline-block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; line-height: 1.75rem; }
.grid .tilt b { font-weight: 600; }
.grid .tilt .mono { color: var(--muted); font-size: .78rem; }
.grid tbody th { position: sticky; left: 0; z-index: 1; background: var(--paper); text-align: right; font-weight: 500; padding: 0 .6rem 0 0; max-width: 24rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.grid tbody td { width: 1.9rem; min-width: 1.9rem; height: 1.75rem; padding: 0; text-align: center; font: 600 .8rem/1.75rem var(--mono); border-radius: 4px; background: var(--sunk); }
.grid td.root { background: var(--root); color: #fff; }
.grid td.shell { background: var(--shell); color: #fff; }
.grid td.shell-if { background: var(--if-fill); color: var(--if-ink); }
.grid td.other { background: var(--other-fill); color: var(--other-ink); }
.grid td.other-if { background: transparent; color: var(--other-ink); box-shadow: inset 0 0 0 1.5px var(--other-fill); }
.grid td.unknown { background: repeating-linear-gradient(135deg, var(--sunk) 0 3px, var(--line) 3px 6px); }
.grid td.none { background: color-mix(in srgb, var(--sunk) 55%, transparent); }
.grid td button { display: block; width: 100%; height: 1.75rem; padding: 0; border: 0; border-radius: 4px; background: transparent; color: inherit; font: inherit; line-height: 1.75rem; }
.grid td button:hover { box-shadow: 0 0 0 2px var(--ink); }
.grid td button:focus-visible { outline: 2px solid var(--focus); outline-offset: 1px; }
.grid tr:hover th, .grid th.lit { color: var(--link); }
dialog { margin: 0 0 0 auto; width: min(38rem, 100vw); max-width: none; height: 100dvh; max-height: none; border: 0; border-left: 1px solid var(--line); padding: 0; background: var(--surface); color: var(--ink); overflow-y: auto; overscroll-behavior: contain; }
dialog::backdrop { background: light-dark(rgb(28 32 37 / .28), rgb(0 0 0 / .5)); }
.drawer-head { position: sticky; top: 0; background: var(--surface); padding: 1rem 1.3rem .7rem; border-bottom: 1px solid var(--line); display: flex; gap: 1rem; align-items: start; justify-content: space-between; }
.drawer-head button { flex: none; overflow-wrap: normal; }
.drawer-head h2 { font-size: 1.15rem; overflow-wrap: anywhere; }
.drawer-head p { margin: .15rem 0 0; font-size: .86rem; color: var(--muted); overflow-wrap: anywhere; }
.drawer-body { padding: .4rem 1.3rem 2rem; }
.drawer-body article { padding: .9rem 0; border-bottom: 1px solid var(--line); }
.drawer-body h3 { display: flex; align-items: center; gap: .5rem; margin-bottom: .4rem; }
.drawer-body h3 small { margin-left: auto; color: var(--muted); font-weight: 400; font-size: .84rem; }
.drawer-body dl { grid-template-columns: 6.2rem minmax(0, 1fr); font-size: .9rem; }
.drawer-body ul { list-style: none; padding: 0; margin: 0; }
.drawer-body pre { margin: .4rem 0; padding: .6rem .75rem; background: var(--sunk); border-radius: 5px; font: .78rem/1.45 var(--mono); overflow-x: auto; max-height: 24rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.drawer-body details summary { cursor: pointer; color: var(--muted); font-size: .86rem; }
.drawer-body .grant { margin-bottom: .5rem; }
@media (max-width: 900px) { .grid tbody th { max-width: 38vw; } }
@media print { .grid-frame { max-height: none; } .grid thead th, .grid tbody th, .grid thead td { position: static; } }
`;
