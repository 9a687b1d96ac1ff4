import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VERBS } from '../../cli/verbs.ts';
import { latchkey } from './run.ts';

const page = await readFile(join(import.meta.dirname, '../../docs/cli.md'), 'utf8');
const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8');

/** The section of the page about one verb. */
const sectionOf = (verb: string): string =>
  page.split(/^## /m).find((part) => part.startsWith(`${verb}\n`)) ?? '';

describe.each(VERBS.map(({ name }) => name))('docs/cli.md on %s', (verb) => {
  it('names every option, and no other', async () => {
    const { code, stdout } = await latchkey([verb, '--help']);
    expect(code).toBe(0);
    const options =
      stdout.match(/^ {2}(?:-\w, )?--[a-z-]+/gm)?.map((line) => line.replace(/^.*--/, '--')) ?? [];
    const documented = new Set(sectionOf(verb).match(/--[a-z]+(?:-[a-z]+)*/g) ?? []);
    expect(options.filter((option) => option !== '--help' && !documented.has(option))).toEqual([]);
    const own = new Set([...options, '--from', '--live']);
    expect(
      sectionOf(verb)
        .match(/^\| `--[a-z-]+/gm)
        ?.filter((row) => !own.has(row.slice(3))) ?? [],
    ).toEqual([]);
  });

  it('says when the verb ends with which exit code, and --help shows an example', async () => {
    const { stdout } = await latchkey([verb, '--help']);
    expect(stdout).toMatch(/Exit codes: 0 /);
    expect(stdout).toMatch(new RegExp(`^ {2}\\$ .*latchkey ${verb}|\\| latchkey ${verb}`, 'm'));
    const row = page.match(new RegExp(`^\\| \\[\`${verb}\`\\]\\(#${verb}\\) \\|.*\\| ([0-9, ]+) \\|$`, 'm'));
    const codes = stdout.match(/Exit codes: (.*)/)?.[1]?.match(/\b[0-3]\b/g) ?? [];
    expect(row?.[1]?.split(', ')).toEqual([...new Set(codes)]);
    expect(readme).toContain(`| \`${verb}\` |`);
  });
});

it('every example of an answer in docs/cli.md is what the command prints', async () => {
  const out = await mkdtemp(join(tmpdir(), 'latchkey-docs-'));
  try {
    const counts = /^(judged|access|findings|coverage) .*$/gm;
    const scanned = await latchkey(['scan', '--from', 'examples/acme', '--out', out]);
    expect(sectionOf('scan').match(counts)).toEqual(scanned.stdout.match(counts));
    const examples = [
      ...page.matchAll(/^```\n\$ latchkey ((?:who-can|explain) (?:.*\\\n)?.*)\n([\s\S]*?)\n```$/gm),
    ];
    expect(examples.length).toBeGreaterThanOrEqual(3);
    for (const [, command = '', answer] of examples) {
      const args = command.replace('\\\n', '').replace('out/acme', out).split(/\s+/);
      expect((await latchkey(args)).stdout.trimEnd(), command).toBe(answer);
    }
  } finally {
    await rm(out, { recursive: true, force: true });
  }
});
