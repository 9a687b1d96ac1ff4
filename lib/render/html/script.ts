import { HIDDEN } from '../escape.ts';
import { STRENGTHS } from '../strength.ts';
import { UNCERTAINTIES } from './method-section.ts';
import { DRAWER_SCRIPT } from './script-drawer.ts';
import { GRID_SCRIPT } from './script-grid.ts';

/** Start-up, theme, contents and the findings filter. */
const FRAME_SCRIPT = String.raw`
function byId(id) { return document.getElementById(id); }

function visible(text) {
  return text.replace(HIDDEN, (hidden) => '\\u{' + hidden.codePointAt(0).toString(16) + '}');
}

function el(name, properties, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  for (const child of children.flat()) {
    if (child === null || child === undefined) continue;
    node.append(typeof child === 'string' ? visible(child) : child);
  }
  return node;
}

function setUpTheme() {
  const button = byId('theme');
  const themes = ['system', 'light', 'dark'];
  let chosen = 0;
  button.hidden = false;
  button.addEventListener('click', () => {
    chosen = (chosen + 1) % themes.length;
    if (chosen === 0) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = themes[chosen];
    button.textContent = 'Theme: ' + themes[chosen];
  });
}

function setUpContents() {
  const links = Array.from(document.querySelectorAll('.contents a'));
  const sections = links.map((link) => byId(link.hash.slice(1)));
  const mark = () => {
    const line = innerHeight / 3;
    let current = 0;
    sections.forEach((section, index) => { if (section.getBoundingClientRect().top <= line) current = index; });
    links.forEach((link, index) => {
      if (index === current) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    });
  };
  let waiting = false;
  addEventListener('scroll', () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; mark(); });
  }, { passive: true });
  mark();
}

function setUpFindings() {
  const form = byId('finding-filter');
  if (!form) return;
  const entries = Array.from(document.querySelectorAll('.finding'));
  const texts = entries.map((entry) => entry.textContent.toLowerCase());
  const apply = () => {
    const fields = new FormData(form);
    const severities = fields.getAll('severity');
    const text = fields.get('text').trim().toLowerCase();
    const offered = Array.from(form.elements.namedItem('severity').length ? form.elements.severity : [form.elements.severity]);
    const values = offered.map((box) => box.value);
    let shown = 0;
    entries.forEach((entry, index) => {
      const ranked = severities.includes(entry.dataset.severity) || !values.includes(entry.dataset.severity);
      entry.hidden = !(ranked && texts[index].includes(text));
      if (!entry.hidden) shown += 1;
    });
    form.querySelector('output').textContent = shown + ' of ' + entries.length;
  };
  form.addEventListener('input', apply);
  form.addEventListener('submit', (event) => event.preventDefault());
  const toggle = form.querySelector('[data-expand]');
  toggle.addEventListener('click', () => {
    const open = entries.some((entry) => !entry.open);
    for (const entry of entries) entry.open = open;
    toggle.textContent = open ? 'Close all' : 'Open all';
  });
  apply();
  const openTarget = () => {
    const entry = entries.find((one) => '#' + one.id === location.hash);
    if (entry) { entry.open = true; entry.scrollIntoView(); }
  };
  addEventListener('hashchange', openTarget);
  openTarget();
}

/* printed, a report has nothing to click: everything is open */
addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('main details')) details.open = true;
});

function start() {
  for (const node of document.querySelectorAll('.js')) node.hidden = false;
  setUpTheme();
  setUpContents();
  setUpFindings();
  setUpGrid(JSON.parse(byId('data').textContent));
}
`;

/** The whole script of the page: static text, so that one hash lets it run and nothing else. */
export const PAGE_SCRIPT = `(() => {
'use strict';
const STRENGTHS = ${JSON.stringify(STRENGTHS)};
const UNCERTAIN = ${JSON.stringify(UNCERTAINTIES)};
const HIDDEN = ${String(HIDDEN)};
${FRAME_SCRIPT}${GRID_SCRIPT}${DRAWER_SCRIPT}
start();
})();
`;
