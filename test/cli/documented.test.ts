import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VERBS } from '../../cli/verbs.ts';
import { latchkey, readJson, temporaryFolder, writeFiles } from './run.ts';

const page = await readFile(join(import.meta.dirname, '../../docs/cli.md'), 'utf8');
const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8');

/** The section of the page about one verb. */
const sectionOf = (verb: string): string =>
  page.split(/^## /m).find((part) => part.startsWith(`${verb}\n`)) ?? '';

/** Asked once for each verb. */
const helps = new Map<string, ReturnType<typeof latchkey>>();
function helpOf(verb: string): ReturnType<typeof latchkey> {
  const known = helps.get(verb) ?? latchkey([verb, '--help']);
  helps.set(verb, known);
  return known;
}

describe.each(VERBS.map(({ name }) => name))('docs/cli.md on %s', (verb) => {
  it('names every option, and no other', async () => {
    const { code, stdout } = await helpOf(verb);
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

  it('has a help that fits a terminal of 80 columns, its examples as well', async () => {
    const { stdout } = await helpOf(verb);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('says when the verb ends with which exit code, and --help shows an example', async () => {
    const { stdout } = await helpOf(verb);
    expect(stdout).toMatch(/Exit codes: 0 /);
    expect(stdout).toMatch(new RegExp(`^ {2}\\$ .*latchkey ${verb}|\\| latchkey ${verb}`, 'm'));
    const row = page.match(new RegExp(`^\\| \\[\`${verb}\`\\]\\(#${verb}\\) \\|.*\\| ([0-9, ]+) \\|$`, 'm'));
    const codes = stdout.match(/Exit codes: (.*)/s)?.[1]?.match(/\b[0-3]\b/g) ?? [];
    expect(row?.[1]?.split(', ')).toEqual([...new Set(codes)]);
    expect(readme).toContain(`| \`${verb}\` |`);
  });
});

it('the help without a verb fits a terminal of 80 columns', async () => {
  const { stdout } = await latchkey([]);
  expect(stdout).toContain('Exit codes: 0 ');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

it('every example of an answer in docs/cli.md is what the command prints', async () => {
  const out = await mkdtemp(join(tmpdir(), 'latchkey-docs-'));
  try {
    const counts = /^(judged|access|findings|coverage) .*$/gm;
    const scanned = await latchkey(['scan', '--from', 'examples/acme', '--out', out]);
    expect(sectionOf('scan').match(counts)).toEqual(scanned.stdout.match(counts));
    const changes = scanned.stdout.slice(scanned.stdout.indexOf('change first'));
    expect(sectionOf('scan')).toContain(`\n\n${changes.trimEnd()}\n\`\`\`\n`);
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

/** The answers of one command in the page's examples. */
const answersOf = (verb: string): readonly string[] =>
  [...sectionOf(verb).matchAll(/^```\n\$ latchkey .*\n([\s\S]*?)\n```$/gm)].map(([, answer = '']) => answer);

it('the example of simulate is what it prints', async () => {
  const [, cases = ''] = /^```json\n([\s\S]*?)^```$/m.exec(sectionOf('simulate')) ?? [];
  const { code, stdout, stderr } = await latchkey(['simulate'], cases);
  expect(code).toBe(2);
  expect(answersOf('simulate')).toEqual([`${stdout}${stderr}`.trimEnd()]);
});

describe('the examples of a change', () => {
  const policyArn = 'arn:aws:iam::111122223333:policy/ConnectByTeamTag';

  /** A scan of the example account, to whose user erin the policy was then attached. */
  async function changed(): Promise<{ readonly out: string; readonly from: string; readonly dir: string }> {
    const dir = await temporaryFolder();
    const [from, out] = [join(dir, 'account'), join(dir, 'out')];
    await cp('examples/acme', from, { recursive: true });
    expect((await latchkey(['scan', '--from', from, '--out', out])).code).toBe(0);
    const name = 'iam.get-account-authorization-details.json';
    const details = await readJson<{
      UserDetailList: { UserName: string; AttachedManagedPolicies: object[] }[];
    }>(from, name);
    details.UserDetailList.find(({ UserName }) => UserName === 'erin')?.AttachedManagedPolicies.push({
      PolicyName: 'ConnectByTeamTag',
      PolicyArn: policyArn,
    });
    await writeFiles(from, { [name]: details });
    return { out, from, dir };
  }

  it('diff prints what the page shows', async () => {
    const { out, from } = await changed();
    expect((await latchkey(['scan', '--from', from, '--out', out])).code).toBe(0);
    const { stdout } = await latchkey(['diff', '--in', out]);
    expect(answersOf('diff')).toEqual([stdout.trimEnd()]);
  });

  it('check prints what the page shows, once and again', async () => {
    const { out, dir } = await changed();
    const event = {
      ...{ eventSource: 'iam.amazonaws.com', eventName: 'AttachUserPolicy', awsRegion: 'us-east-1' },
      ...{ eventID: '0d4f8a52-1111-4c33-9c6b-000000000001', eventTime: new Date().toISOString() },
      userIdentity: {
        type: 'IAMUser',
        arn: 'arn:aws:iam::111122223333:user/carol',
        accountId: '111122223333',
      },
      requestParameters: { userName: 'erin', policyArn },
      recipientAccountId: '111122223333',
    };
    await writeFiles(dir, { 'event.json': { detail: event } });
    const printed = async (): Promise<string> => {
      const { stdout, stderr } = await latchkey(['check', '--in', out, '--event', join(dir, 'event.json')]);
      return `${stderr}${stdout}`.trimEnd().replace(/runs\/\S+/, 'runs/…');
    };
    const shown = answersOf('check').map((answer) => answer.replace(/runs\/\S+/, 'runs/…'));
    expect(shown).toEqual([await printed(), await printed()]);
  });
});
