import { readFile, stat } from 'node:fs/promises';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pythonLeftOut } from '../python/python.ts';
import { awsLinters } from './aws-linters.ts';
import { botocoreModel } from './botocore-model.ts';
import { permissionsFor } from './deploy-permissions.ts';
import { packagedTemplate, type Template } from './template.ts';
import { readTemplate } from './yaml-template.ts';

const leftOut = pythonLeftOut();
/** Options of the CLI itself. */
const OF_THE_CLI = ['region', 'profile', 'output', 'query'];

let page: string;
let commands: readonly string[];
let template: Template;
beforeAll(async () => {
  page = await readFile('docs/deploy.md', 'utf8');
  commands = commandsOf(page);
  ({ template } = await packagedTemplate());
}, 300_000);

/** Commands in blocks and in the text, each on one line. */
function commandsOf(markdown: string): readonly string[] {
  const joined = markdown.replaceAll(/\\\n\s*/g, '');
  const blocks = [...joined.matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)].flatMap(([, block = '']) =>
    block.split('\n'),
  );
  const spans = [...joined.matchAll(/`(aws [^`]+)`/g)].map(([, command = '']) => command);
  return [...blocks, ...spans].map((line) => line.trim()).filter((line) => line !== '');
}

const optionsOf = (command: string): readonly string[] =>
  [...command.matchAll(/ --([a-z-]+)/g)].map(([, name = '']) => name);

/** The CLI writes `start-execution` and `--state-machine-arn` for `StartExecution` and `stateMachineArn`. */
const plain = (name: string): string => name.replaceAll('-', '').toLowerCase();

/** Where an action has another name than the command, or a command makes several calls. */
const PERMISSIONS: Readonly<Record<string, readonly string[]>> = {
  'cloudformation deploy': ['CreateChangeSet', 'DescribeChangeSet', 'DescribeStacks', 'ExecuteChangeSet'].map(
    (name) => `cloudformation:${name}`,
  ),
  's3 sync': ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
  'sqs start-message-move-task': [
    'StartMessageMoveTask',
    'ReceiveMessage',
    'DeleteMessage',
    'SendMessage',
  ].map((name) => `sqs:${name}`),
};
const PREFIXES: Readonly<Record<string, string>> = { stepfunctions: 'states', sesv2: 'ses' };

function permissionsOf(service: string, operation: string): readonly string[] {
  const name = operation.split('-').map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`);
  return PERMISSIONS[`${service} ${operation}`] ?? [`${PREFIXES[service] ?? service}:${name.join('')}`];
}

/** The services of the resources of a template, as permissions spell them. */
function servicesOf({ Resources }: Template): readonly string[] {
  const names = Object.values(Resources).map(({ Type }) => Type.split('::')[1]?.toLowerCase() ?? '');
  return [...new Set(names.map((name) => PREFIXES[name] ?? name))];
}

describe('the table of who needs what', () => {
  test('names the permissions of every AWS command of the page', async () => {
    const run = new Set(
      commands.flatMap((command) => /^aws ([a-z0-9]+ [a-z0-9-]+)/.exec(command)?.[1] ?? []),
    );
    expect(run.size).toBeGreaterThan(10);
    for (const one of run) {
      const [service = '', operation = ''] = one.split(' ');
      const named = await permissionsFor(`aws ${one}`);
      expect(named, one).toEqual(expect.arrayContaining([...permissionsOf(service, operation)]));
    }
  });

  test('names the services in which deploying creates resources', async () => {
    const named = await permissionsFor('npx serverless deploy');
    expect(named).toEqual(expect.arrayContaining(servicesOf(template).map((name) => `${name}:*`)));
  });
});

describe('the commands of docs/deploy.md', () => {
  test('exist for each kind', () => {
    for (const [kind, count] of [
      [/^aws /, 8],
      [/^npx serverless /, 4],
    ] as const)
      expect(commands.filter((command) => kind.test(command)).length, String(kind)).toBeGreaterThanOrEqual(
        count,
      );
  });

  test('use parameters that the deployment has', () => {
    const named = [...page.matchAll(/--param="(\w+)=/g)].map(([, name = '']) => name);
    const known = [...Object.keys(template.Parameters), 'DeploymentBucket', 'StackTags', 'NAME'];
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  test('use the parameters of the templates that are deployed by hand, and all that these require', async () => {
    const byHand = commands.filter((command) => command.startsWith('aws cloudformation deploy '));
    expect(byHand).toHaveLength(3);
    for (const command of byHand) {
      const [, file = ''] = /--template-file (\S+)/.exec(command) ?? [];
      const { Parameters } = await readTemplate(file);
      const [, overrides = ''] = /--parameter-overrides (.*)$/.exec(command) ?? [];
      const given = [...overrides.matchAll(/(\w+)=/g)].map(([, name = '']) => name);
      expect(given.filter((name) => !(name in Parameters))).toEqual([]);
      const asked = Object.entries(Parameters).flatMap(([name, { Default }]) =>
        Default === undefined ? [name] : [],
      );
      expect(given).toEqual(expect.arrayContaining(asked));
    }
  });

  test('create StackSets from existing templates, with their parameters', async () => {
    const sets = commands.filter((command) => command.startsWith('aws cloudformation create-stack-set '));
    expect(sets).toHaveLength(2);
    for (const command of sets) {
      const [, file = ''] = /--template-body file:\/\/(\S+)/.exec(command) ?? [];
      const { Parameters, Resources } = await readTemplate(file);
      const given = [...command.matchAll(/ParameterKey=(\w+)/g)].map(([, name = '']) => name);
      expect(given.filter((name) => !(name in Parameters))).toEqual([]);
      const asked = Object.entries(Parameters).flatMap(([name, { Default }]) =>
        Default === undefined ? [name] : [],
      );
      expect(given).toEqual(expect.arrayContaining(asked));
      // a role with a name needs the second one
      const named = Object.values(Resources).some(
        ({ Type, Properties }) => Type === 'AWS::IAM::Role' && 'RoleName' in Properties,
      );
      expect(command).toContain(named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM');
      const [, name = ''] = /--stack-set-name (\S+)/.exec(command) ?? [];
      const instances = `aws cloudformation create-stack-instances --stack-set-name ${name} `;
      expect(commands.filter((one) => one.startsWith(instances))).toHaveLength(1);
    }
  });

  describe('commands of the AWS CLI', () => {
    beforeEach(({ skip }) => {
      if (leftOut !== null)
        skip(`commands of docs/deploy.md against AWS's own models (botocore): ${leftOut}`);
    });

    test('are existing calls with valid options', async () => {
      const { packages } = await awsLinters();
      const calls = commands.filter((command) => /^aws (?!cloudformation deploy\b|s3 )/.test(command));
      for (const command of calls) {
        const [, service = '', operation = ''] = command.split(' ');
        const model = await botocoreModel(packages, service);
        const [, found] =
          Object.entries(model.operations).find(([name]) => plain(name) === plain(operation)) ?? [];
        expect(found, command).toBeDefined();
        const members = Object.keys(model.shapes[found?.input?.shape ?? '']?.members ?? {}).map(plain);
        const unknown = optionsOf(command).filter(
          (name) => !OF_THE_CLI.includes(name) && !members.includes(plain(name)),
        );
        expect(unknown, command).toEqual([]);
      }
    }, 600_000);
  });
});

test('the table of settings has every parameter with its default', () => {
  const rows = [...page.matchAll(/^\| `([A-Z]\w+)` \| (.*?) \|/gm)].map(([, name = '', value = '']) => [
    name,
    value === 'empty' ? '' : value.replaceAll('`', ''),
  ]);
  const parameters = Object.entries(template.Parameters).map(([name, { Default }]) => [
    name,
    String(Default),
  ]);
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(parameters));
});

test('all JSON in docs/deploy.md is valid, also inside commands', () => {
  const blocks = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = '']) => json);
  const inline = commands.flatMap((command) =>
    [...command.matchAll(/'(\{.*?\})'/g)].map(([, json = '']) => json),
  );
  expect(blocks.length).toBeGreaterThanOrEqual(2);
  expect(inline.length).toBeGreaterThanOrEqual(2);
  for (const json of [...blocks, ...inline]) expect(() => JSON.parse(json), json).not.toThrow();
});

test('all named files exist', async () => {
  const named = [...page.matchAll(/\b(?:infrastructure|lib|tools)\/[\w./-]*\w/g)].map(([file]) => file);
  expect(named.length).toBeGreaterThan(5);
  for (const file of new Set(named)) await expect(stat(file), file).resolves.toBeDefined();
});

test('all named roles and parameters exist', async () => {
  const others = await Promise.all(
    ['member-account', 'other-region', 'expected-file'].map(async (name) =>
      readTemplate(`infrastructure/${name}.yml`),
    ),
  );
  const known = new Set(
    [template, ...others].flatMap(({ Parameters, Resources }) => [
      ...Object.keys(Parameters),
      ...Object.keys(Resources),
    ]),
  );
  // these tables name CloudTrail events
  const text = page.replaceAll(/<!-- begin[\s\S]*?<!-- end/g, '');
  const named = [
    ...text.matchAll(
      /`([A-Z]\w*(?:Role|Policy|Name|Ids|Id|Email|Memory|Days|Path|Boundary|State|Arn))(?:=[^`]*)?`/g,
    ),
  ]
    .map(([, name = '']) => name)
    .filter((name) => !(name in template.Outputs));
  expect(named.length).toBeGreaterThan(20);
  expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([]);
});

test('all named outputs exist', () => {
  const named = [...page.matchAll(/output `?(\w+)/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((name) => !(name in template.Outputs))).toEqual([]);
});

test('the delegation policy allows exactly what the functions request from Organizations', async () => {
  const page = await readFile('docs/deploy.md', 'utf8');
  const [, json = ''] = /put-resource-policy[\s\S]*?```json\n([\s\S]*?)```/.exec(page) ?? [];
  const { Statement } = JSON.parse(json) as { readonly Statement: readonly { readonly Action: string[] }[] };
  const roles = await readFile('infrastructure/roles.yml', 'utf8');
  const asked = new Set(roles.match(/organizations:[A-Z]\w+/g));
  expect(asked.size).toBeGreaterThan(10);
  expect(Statement[0]?.Action).toEqual([...asked].sort());
});
