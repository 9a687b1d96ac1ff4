/**
 * The matrix in the browser: filter, arrow keys, drawer. It reads the JSON beside it and builds nodes with textContent
 * alone, never markup from text.
 */
export const GRID_SCRIPT = String.raw`
function setUpGrid(data) {
  const table = byId('grid');
  if (!table) return;
  const pairs = new Map();
  for (const cell of data.cells) {
    const key = cell[0] * data.columns.length + cell[1];
    if (!pairs.has(key)) pairs.set(key, []);
    pairs.get(key).push(cell);
  }
  const heads = Array.from(table.tHead.rows[0].cells).slice(1);
  const rows = Array.from(table.tBodies[0].rows);
  const grid = { data, table, pairs, heads, rows, form: byId('matrix-filter') };
  table.setAttribute('role', 'grid');
  const apply = () => filterGrid(grid);
  grid.form.addEventListener('input', apply);
  grid.form.addEventListener('reset', () => setTimeout(apply));
  grid.form.addEventListener('submit', (event) => event.preventDefault());
  table.addEventListener('keydown', (event) => moveInGrid(grid, event));
  table.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (button) openDrawer(grid, Number(button.dataset.row), Number(button.dataset.column));
  });
  table.addEventListener('focusin', (event) => {
    const button = event.target.closest('button');
    heads.forEach((head, index) => head.classList.toggle('lit', button !== null && Number(button.dataset.column) === index));
    if (!button) return;
    for (const other of table.querySelectorAll('button[tabindex="0"]')) other.tabIndex = -1;
    button.tabIndex = 0;
  });
  apply();
}

function wanted(grid) {
  const fields = new FormData(grid.form);
  const path = fields.get('path');
  const verdict = fields.get('verdict');
  const group = path.startsWith('group:') ? path.slice(6) : null;
  return (cell) =>
    (path === '' || (group ? grid.data.paths[cell[2]].groups.includes(group) : grid.data.paths[cell[2]].id === path)) &&
    (verdict === '' || cell[3] === Number(verdict));
}

function instanceText(column) {
  const tags = column.tags.map((tag) => tag[0] + '=' + tag[1]);
  return [column.id, column.name, column.region, column.state].concat(tags, column.members).join('\n').toLowerCase();
}

function filterGrid(grid) {
  const data = grid.data;
  const fields = new FormData(grid.form);
  const active = Array.from(fields.values()).some((value) => value !== '');
  const rowText = fields.get('principal').trim().toLowerCase();
  const columnText = fields.get('instance').trim().toLowerCase();
  const keep = wanted(grid);
  const kind = fields.get('kind');
  const rowFits = data.rows.map((row) => (kind === '' || row.kinds.includes(kind)) &&
    [row.arn, row.name].concat(row.members).join('\n').toLowerCase().includes(rowText));
  const columnFits = data.columns.map((column) => instanceText(column).includes(columnText));
  const columnUsed = data.columns.map(() => false);
  let shownRows = 0;
  let shownCells = 0;
  let first = null;
  grid.rows.forEach((tr, r) => {
    let used = false;
    data.columns.forEach((column, c) => {
      const cells = rowFits[r] && columnFits[c] ? (grid.pairs.get(r * data.columns.length + c) || []).filter(keep) : [];
      const button = drawCell(grid, tr.cells[c + 1], r, c, cells);
      if (!button) return;
      used = true;
      columnUsed[c] = true;
      shownCells += cells.length;
      first = first || button;
    });
    tr.hidden = active && !used;
    if (!tr.hidden) shownRows += 1;
  });
  let shownColumns = 0;
  data.columns.forEach((column, c) => {
    const hide = active && !columnUsed[c];
    grid.heads[c].hidden = hide;
    grid.rows.forEach((tr) => { tr.cells[c + 1].hidden = hide; });
    if (!hide) shownColumns += 1;
  });
  if (first) first.tabIndex = 0;
  grid.form.querySelector('output').textContent = shownRows + ' of ' + data.rows.length + ' rows, ' +
    shownColumns + ' of ' + data.columns.length + ' columns, ' + shownCells + ' cells';
}

function drawCell(grid, td, r, c, cells) {
  const strength = cells.reduce((most, cell) => Math.max(most, cell[6]), 0);
  td.className = STRENGTHS[strength].css;
  td.textContent = '';
  if (strength === 0) return null;
  const button = el('button', { type: 'button', tabIndex: -1 }, STRENGTHS[strength].letter);
  button.dataset.row = r;
  button.dataset.column = c;
  const column = grid.data.columns[c];
  button.setAttribute('aria-label', visible(grid.data.rows[r].name + ' on ' + (column.name || column.id) + ': ' +
    STRENGTHS[strength].word + ', ' + cells.length + (cells.length === 1 ? ' path' : ' paths')));
  button.setAttribute('aria-haspopup', 'dialog');
  td.append(button);
  return button;
}

const STEPS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

function moveInGrid(grid, event) {
  const step = STEPS[event.key];
  const button = event.target.closest('button');
  if (!step || !button) return;
  event.preventDefault();
  let r = Number(button.dataset.row) + step[0];
  let c = Number(button.dataset.column) + step[1];
  while (grid.rows[r] && c >= 0 && c < grid.heads.length) {
    const next = grid.rows[r].hidden ? null : grid.rows[r].cells[c + 1].querySelector('button');
    if (next) return next.focus();
    r += step[0];
    c += step[1];
  }
}
`;
