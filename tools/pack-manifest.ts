import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * `npm pack` takes the manifest as it stands: for that time it is one without dependencies, since the bundle holds them.
 * `set` puts it there, `restore` puts the real one back; a pack that was killed is made good by the next one.
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

/** Whole or not at all: others may read it meanwhile. */
async function put(text: string): Promise<void> {
  await writeFile(`${MANIFEST}.new`, text);
  await rename(`${MANIFEST}.new`, MANIFEST);
}
