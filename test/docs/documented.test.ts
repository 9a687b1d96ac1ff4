import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { VERBS } from '../../cli/verbs.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

/** Files under a folder of the checkout whose name ends so, by their path from the root. */
function filesIn(folder: string, ...endings: readonly string[]): readonly string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)));
}

const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...filesIn('docs', '.md')];
const prose = pages.map(read).join('\n');

describe('what users can type is documented', () => {
  test.each(VERBS.map(({ name }) => name))('`%s` is in the README and in docs/cli.md', (name) => {
    expect(read('README.md')).toContain(`\`${name}`);
    expect(read('docs/cli.md')).toContain(`\`${name}`);
  });

  test.each(VERBS.map((verb) => [verb.name, verb] as const))(
    'each option of `%s` is in docs/cli.md',
    async (_, { load }) => {
      const command = new Command();
      (await load()).define(command);
      const flags = command.options.flatMap(({ long }) => long ?? []);
      expect(flags.filter((flag) => !read('docs/cli.md').includes(flag))).toEqual([]);
    },
  );

  test.each(Object.keys(JSON.parse(read('package.json')).scripts))(
    'the script `%s` is in CONTRIBUTING.md',
    (name) => {
      expect(read('CONTRIBUTING.md')).toMatch(new RegExp(`npm (run (-s )?)?${name}\\b`));
    },
  );
});

describe('what the environment can change is documented', () => {
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

  test('there are some to look for', () => {
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

describe('what the docs say is there', () => {
  test.each(pages)('the links of %s lead somewhere', (page) => {
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

  test.each(pages)('each script that %s tells to run exists', (page) => {
    const scripts = JSON.parse(read('package.json')).scripts;
    const told = [...read(page).matchAll(/npm run (?:-s )?([a-z][a-z:-]*)/g)].map(([, name]) => name ?? '');
    expect(told.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  test('no page, example or setting holds a path of the machine it was written on', () => {
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
