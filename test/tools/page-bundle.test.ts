import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { bundlePage, PAGE_BUNDLE } from '../../tools/bundle-page.ts';

test('the script of pages is built from `page/`: if not, run `npm run page`', async () => {
  expect(readFileSync(PAGE_BUNDLE, 'utf8') === (await bundlePage())).toBe(true);
});

test('nothing in it ends its own element, or is turned into code at run time', async () => {
  const { script } = JSON.parse(await bundlePage()) as { readonly script: string };
  expect(script.match(/<\/script|<!--|\beval\(|new Function/gi)).toBeNull();
});

test('nothing in `page/` parses markup', () => {
  const folder = path.join(import.meta.dirname, '..', '..', 'page');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.tsx?$/.test(name),
  );
  expect(files.length).toBeGreaterThan(20);
  const parsing = files.filter((name) =>
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|dangerouslySet/.test(
      readFileSync(path.join(folder, name), 'utf8'),
    ),
  );
  expect(parsing).toEqual([]);
});
