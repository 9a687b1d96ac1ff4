import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const ROOT = path.join(import.meta.dirname, '..', '..');
const read = (file: string) => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'));
const packages: Readonly<Record<string, Locked>> = read('package-lock.json').packages;
const manifest = read('package.json');

/** The package that Node finds for `name` from the package at `from`: beside it, or in a folder above. */
function found(from: string, name: string): boolean {
  if (packages[`${from}${from === '' ? '' : '/'}node_modules/${name}`]) return true;
  return from !== '' && found(from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name);
}

test('every package of every platform is locked, since npm ci refuses a lockfile that omits one', () => {
  const missing = Object.entries(packages).flatMap(([from, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !found(from, name)),
  );
  expect(missing).toEqual([]);
});

test('the lockfile names no registry', () => {
  const named = Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined);
  expect(named.map(([name]) => name)).toEqual([]);
});

test('scripts run Node 24, whatever runs npm', () => {
  expect(packages['node_modules/node']?.version).toMatch(/^24\./);
});

test('each install script was reviewed: allowed, or left out by name', () => {
  const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript === true);
  const names = scripted.map(([from]) =>
    from.slice(from.lastIndexOf('node_modules/') + 'node_modules/'.length),
  );
  const unreviewed = names.filter((name) => !Object.hasOwn(manifest.allowScripts, name));
  // only macOS installs it
  expect([...new Set(unreviewed)].filter((name) => name !== 'fsevents')).toEqual([]);
});

test('dependencies are pinned, so that a new lockfile is the same', () => {
  const ranges = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(ranges.filter(([, range]) => !/^(npm:[a-z]+@)?\d+\.\d+\.\d+$/.test(String(range)))).toEqual([]);
});

test('every package states its licence, and none is under the GPL or a similar one', () => {
  const wrong = Object.entries(packages).filter(
    ([, { license }]) => license === undefined || /GPL/i.test(license),
  );
  expect(wrong.map(([name, { license }]) => `${name}: ${license}`)).toEqual([]);
});
