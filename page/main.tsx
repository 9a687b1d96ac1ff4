import { render } from 'preact';
import type { PageHead } from '../lib/render/page/page-data.ts';
import { App } from './app.tsx';
import { Client, startOf } from './client.ts';
import { startCopying } from './copy.ts';
import { serve } from './engine/serve.ts';
import { SearchBox } from './search-box.tsx';
import { showHidden } from './shown.ts';
import { startTheme } from './theme.ts';

// the page and its worker run the same script; a worker has no document
if (typeof document === 'undefined') serve(globalThis as unknown as Parameters<typeof serve>[0]);
else startPage(document.currentScript?.textContent ?? '');

function startPage(script: string): void {
  const head = JSON.parse(document.getElementById('head')?.textContent ?? '{}') as PageHead;
  const client = new Client(script, startOf(head));
  showHidden();
  document.documentElement.dataset.script = 'on';
  startCopying();
  startTheme(document.getElementById('theme') as HTMLButtonElement);
  render(<SearchBox client={client} />, document.getElementById('search') as HTMLElement);
  render(<App head={head} client={client} />, document.getElementById('view') as HTMLElement);
}
