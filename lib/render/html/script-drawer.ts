/** The drawer of one square: every path, its condition, what it rests on. */
export const DRAWER_SCRIPT = String.raw`
const VERDICTS = ['allowed', 'conditional', 'unknown'];
const KINDS = { person: 'person', machine: 'machine', aws: 'AWS', outside: 'outside' };
const LAYERS = {
  identityPolicies: 'identity policy',
  permissionsBoundary: 'permissions boundary',
  serviceControlPolicies: 'service control policy',
  resourceControlPolicies: 'resource control policy',
  sessionPolicies: 'session policy',
  resourcePolicy: 'resource or trust policy',
};

function openDrawer(grid, r, c) {
  const data = grid.data;
  const row = data.rows[r];
  const column = data.columns[c];
  const keep = wanted(grid);
  const all = grid.pairs.get(r * data.columns.length + c) || [];
  const cells = all.filter(keep).sort((a, b) => b[6] - a[6] || a[2] - b[2]);
  const drawer = byId('drawer');
  const close = el('button', { type: 'button', autofocus: true }, 'Close');
  close.addEventListener('click', () => drawer.close());
  const title = el('h2', { id: 'drawer-title' }, row.name + ' → ' + (column.name || column.id));
  const tags = column.tags.filter((tag) => tag[0] !== 'Name').map((tag) => el('span', { className: 'tag' }, tag[0] + '=' + tag[1]));
  const head = el('div', { className: 'drawer-head' },
    el('div', {}, title,
      el('p', {}, el('span', { className: 'mono' }, row.arn), ' ', el('span', { className: 'muted' }, row.kinds.map((kind) => KINDS[kind]).join(', '))),
      alike(row, 'principal'),
      el('p', {}, [column.id, column.region, column.state].filter(Boolean).join(', ') + ' ', tags.flatMap((tag) => [tag, ' '])),
      alike(column, 'instance')),
    close);
  const body = el('div', { className: 'drawer-body' }, cells.map((cell) => cellArticle(data, row, column, cell)));
  if (all.length > cells.length) body.append(el('p', { className: 'left' }, (all.length - cells.length) + ' more hidden by the filter.'));
  drawer.replaceChildren(head, body);
  drawer.showModal();
  drawer.scrollTop = 0;
}

function alike(entry, what) {
  const n = entry.members.length + entry.more;
  if (n === 0) return null;
  return el('details', {}, el('summary', {}, 'and ' + n + ' ' + what + (n === 1 ? '' : 's') + ' alike'),
    el('p', { className: 'mono' }, entry.members.join(', ') + (entry.more > 0 ? ', and ' + entry.more + ' more in report.csv' : '')));
}

function cellArticle(data, row, column, cell) {
  const path = data.paths[cell[2]];
  const detail = data.details[cell[4]];
  const strength = STRENGTHS[cell[6]];
  const list = el('dl', {});
  fact(list, 'Condition', detail.condition);
  fact(list, 'Missing', detail.missing);
  fact(list, 'Lands as', detail.landsAs.map((user) => (user === '*' ? 'any OS user, root included' : user)).join(' or '));
  fact(list, 'Via', detail.via.join(' → '));
  fact(list, 'Step by step', detail.steps.map((step) => stepNode(data, row, step)));
  fact(list, 'Reachable', ['no, not now', 'yes', 'unknown'][cell[5] === -1 ? 2 : cell[5]]);
  fact(list, 'Uncertain', detail.uncertain.map((code) => code + ': ' + (UNCERTAIN[code] || 'not documented by AWS')));
  fact(list, 'Requests', detail.requests.map((request) => request[0] + ' on ' + (request[1] === '@instance' ? 'this instance' : request[1])));
  fact(list, 'Would open', detail.opens);
  fact(list, 'Decided by', detail.grants.map((grant) => grantNode(data, grant)));
  const command = explainCommand(row.arn, column.id, path.id);
  if (command) fact(list, 'In full', el('code', { className: 'mono' }, command));
  return el('article', {},
    el('h3', {}, el('span', { className: 'key ' + strength.css, ariaHidden: 'true' }, strength.letter), path.title,
      el('small', {}, VERDICTS[cell[3]])),
    list);
}

function fact(list, name, value) {
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return;
  const items = Array.isArray(value) ? el('ul', {}, value.map((item) => el('li', {}, item))) : value;
  list.append(el('dt', {}, name), el('dd', {}, items));
}

/* a function as the replacement, as a name may have $ in it */
function stepNode(data, row, step) {
  const text = step[0].replace(/^@principal|(?<= becomes )@principal/g, () => row.name);
  return el('div', { className: 'step' }, el('div', {}, text), step[1] && el('div', { className: 'muted' }, step[1]),
    step[2].map((grant) => grantNode(data, grant)));
}

function grantNode(data, grant) {
  const label = grant[0] + ', statement ' + grant[1] + (grant[2] === null ? '' : ' (' + grant[2] + ')');
  const node = el('div', { className: 'grant' }, el('span', { className: 'mono' }, label),
    el('div', { className: 'muted' }, LAYERS[grant[3]] || grant[3]));
  const statement = data.statements[grant[4]];
  if (statement) {
    const text = statement.text.split('\n').map(visible).join('\n');
    const pre = document.createElement('pre');
    pre.textContent = text;
    node.append(el('details', {}, el('summary', {}, 'Show the statement'), pre));
  }
  return node;
}

/* only where no character could mean something to a shell */
function explainCommand(principal, instance, path) {
  if (!/^[\w+=,.@:\/-]+$/.test(principal) || !/^[\w-]+$/.test(instance)) return null;
  return 'latchkey explain --in OUT --principal ' + principal + ' --instance ' + instance + ' --path ' + path;
}
`;
