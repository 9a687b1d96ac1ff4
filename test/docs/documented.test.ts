import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { latchkey } from '../cli/run.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

/** Files in a folder of the checkout with this ending, by their path from the root. */
function filesIn(folder: string, ...endings: readonly string[]): readonly string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)));
}

const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...filesIn('docs', '.md')];
const prose = pages.map(read).join('\n');

describe('everything that users can type is documented', () => {
  // verbs and their options: test/cli/documented.test.ts
  test.each(Object.keys(JSON.parse(read('package.json')).scripts))(
    'the script `%s` is in CONTRIBUTING.md',
    (name) => {
      expect(read('CONTRIBUTING.md')).toMatch(new RegExp(`npm (run (-s )?)?${name}\\b`));
    },
  );

  test('the example of an answer in the README is what the command prints', async () => {
    const out = mkdtempSync(path.join(tmpdir(), 'latchkey-readme-'));
    try {
      const [, command = '', answer] =
        /^```\n\$ npm run -s latchkey -- ([^\n]*)\n(.*?)\n```$/ms.exec(read('README.md')) ?? [];
      expect((await latchkey(['scan', '--from', 'examples/acme', '--out', out])).code).toBe(0);
      const { stdout } = await latchkey(command.replace('out/demo', out).split(' '));
      expect(stdout.trimEnd()).toBe(answer);
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  });
});

describe('every environment variable is documented', () => {
  const code = ['lib', 'functions', 'cli', 'bench', 'tools', 'test'].flatMap((folder) =>
    filesIn(folder, '.ts'),
  );
  const inCode = [...code, 'vitest.config.ts'].flatMap((file) =>
    [...read(file).matchAll(/\benv(?:ironment)?(?:\.|\[['"])([A-Z][A-Z0-9_]+)/g)].map(
      ([, name]) => name ?? '',
    ),
  );
  const deployed = [...read('functions/environment.ts').matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)].map(
    ([, name]) => name ?? '',
  );
  const machine = ['PATH', 'NODE_ENV'];

  test('there are some to check', () => {
    expect(deployed).toContain('BUCKET');
    expect(inCode).toContain('CI');
  });

  test.each([...new Set([...inCode, ...deployed])].filter((name) => !machine.includes(name)))(
    '`%s`',
    (name) => {
      expect(prose).toMatch(new RegExp(`\`${name}(=[^\`]*)?\``));
    },
  );
});

describe('everything in the docs exists', () => {
  test.each(pages)('the links of %s have a target', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(
      ([, link]) => link ?? '',
    );
    const broken = links.filter((link) => {
      try {
        readFileSync(path.join(ROOT, path.dirname(page), link));
        return false;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code !== 'EISDIR';
      }
    });
    expect(broken).toEqual([]);
  });

  test.each(pages)('each script that %s mentions exists', (page) => {
    const scripts = JSON.parse(read('package.json')).scripts;
    const told = [...read(page).matchAll(/npm run (?:-s )?([a-z][a-z:-]*)/g)].map(([, name]) => name ?? '');
    expect(told.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  test('no page, example or setting contains a path of a machine', () => {
    const files = [
      ...pages,
      ...filesIn('examples', '.json', '.md'),
      ...filesIn('events', '.json'),
      'package.json',
    ];
    const found = files.filter((file) => /(^|[\s"'`(])\/(work|root|home|Users)\//m.test(read(file)));
    expect(found).toEqual([]);
  });
});
