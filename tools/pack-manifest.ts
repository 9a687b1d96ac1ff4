import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The bundle contains the dependencies, so `npm pack` needs a manifest without them. `set` writes it, `restore` brings
 * the real one back; the next pack repairs one that was killed.
 */
const ROOT = join(import.meta.dirname, '..');
const MANIFEST = join(ROOT, 'package.json');
const KEPT = join(ROOT, 'dist', 'package.json.kept');

const [what] = process.argv.slice(2);
if (existsSync(KEPT)) await put(await readFile(KEPT, 'utf8'));
await rm(KEPT, { force: true });
if (what === 'set') {
  const text = await readFile(MANIFEST, 'utf8');
  await mkdir(join(ROOT, 'dist'), { recursive: true });
  await writeFile(KEPT, text);
  const { dependencies, devDependencies, scripts, allowScripts, ...own } = JSON.parse(text);
  await put(`${JSON.stringify(own, null, 2)}\n`);
}

/** Completely or not at all: others may read it at the same time. */
async function put(text: string): Promise<void> {
  await writeFile(`${MANIFEST}.new`, text);
  await rename(`${MANIFEST}.new`, MANIFEST);
}
