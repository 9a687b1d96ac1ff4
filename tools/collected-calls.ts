// Writes what is generated from the table of calls (lib/collect/calls.ts): the statements of both role templates and of
// the Terraform module, and the table of docs/input-folder.md; also, from the table of rates, the one of
// docs/deploy.md. Run it after changing a row: node tools/collected-calls.ts
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RATES, type Rate, rateOf, SHARE } from '../lib/adapters/aws/rates.ts';
import type { AwsCall } from '../lib/collect/aws-call.ts';
import { CALLS } from '../lib/collect/calls.ts';
import type { GrantStatement } from '../lib/collect/grants.ts';

const ROOT = path.join(import.meta.dirname, '..');

/** A generated part of a file, between two lines. */
interface Written {
  readonly file: string;
  readonly begin: string;
  readonly end: string;
  readonly text: () => string;
}

const HINT = 'made by tools/collected-calls.ts';

export const WRITTEN: readonly Written[] = [
  ...[
    { file: 'infrastructure/roles.yml', indent: 10 },
    { file: 'infrastructure/member-account.yml', indent: 14 },
  ].map(({ file, indent }) => ({
    file,
    begin: `${' '.repeat(indent)}# Begin: ${HINT}\n`,
    end: `${' '.repeat(indent)}# End: ${HINT}\n`,
    text: () => statementsText(' '.repeat(indent)),
  })),
  {
    file: 'infrastructure/terraform/member-account/main.tf',
    begin: `  # Begin: ${HINT}\n`,
    end: `  # End: ${HINT}\n`,
    text: terraformText,
  },
  {
    file: 'docs/input-folder.md',
    begin: `<!-- begin: ${HINT} -->\n\n`,
    end: `\n<!-- end: ${HINT} -->\n`,
    text: tableText,
  },
  {
    file: 'docs/deploy.md',
    begin: `<!-- begin: ${HINT} -->\n\n`,
    end: `\n<!-- end: ${HINT} -->\n`,
    text: ratesText,
  },
];

/** The statements in the order in which the table names them first, with their actions. */
function statements(): ReadonlyMap<GrantStatement, ReadonlySet<string>> {
  const found = new Map<GrantStatement, Set<string>>();
  for (const { statement, actions } of CALLS.flatMap(({ grants }) => grants)) {
    const all = found.get(statement) ?? new Set();
    for (const action of actions) all.add(action);
    found.set(statement, all);
  }
  return found;
}

function statementsText(indent: string): string {
  const lines = [...statements()].flatMap(([{ sid, why, resources }, actions]) => [
    ...comment(why, 120 - indent.length),
    `- Sid: ${sid}`,
    '  Effect: Allow',
    ...listed('Action', [...actions]),
    ...(resources.length === 0
      ? ["  Resource: '*'"]
      : listed(
          'Resource',
          resources.map((arn) => `!Sub ${arn}`),
        )),
  ]);
  return lines.map((line) => `${indent}${line}\n`).join('');
}

/** The same statements as blocks of `aws_iam_policy_document`, aligned as `terraform fmt` does. */
function terraformText(): string {
  const blocks = [...statements()].map(([{ sid, why, resources }, actions]) => {
    const lines = [
      ...comment(why, 118),
      'statement {',
      `  sid = "${sid}"`,
      ...terraformList('actions', [...actions]),
      ...terraformList('resources', resources.length === 0 ? ['*'] : resources.map(inTerraform)),
      '}',
    ];
    return lines.map((line) => (line === '' ? '\n' : `  ${line}\n`)).join('');
  });
  return blocks.join('\n');
}

const terraformList = (key: string, items: readonly string[]): readonly string[] => [
  '',
  `  ${key} = [`,
  ...items.map((item) => `    "${item}",`),
  '  ]',
];

const inTerraform = (arn: string): string =>
  arn
    .replaceAll(`\${AWS::Partition}`, `\${local.partition}`)
    .replaceAll(`\${AWS::AccountId}`, `\${local.account_id}`);

const listed = (key: string, items: readonly string[]): readonly string[] =>
  items.length === 1 ? [`  ${key}: ${items[0]}`] : [`  ${key}:`, ...items.map((item) => `    - ${item}`)];

/** A comment, wrapped. */
function comment(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`# ${word}`);
  }
  return lines;
}

function tableText(): string {
  const rows = CALLS.map((call) => {
    const options = call.options === '' ? '-' : `\`${call.options}\``;
    return `| \`${fileOf(call)}\` | ${options} | ${lineOf(call)} |\n`;
  });
  return `| file | options | what it is for |\n|---|---|---|\n${rows.join('')}`;
}

function ratesText(): string {
  const rows = [...RATES, { ...rateOf('', ''), service: 'every other service' }].map(rateLine);
  return `| calls | AWS allows | Latchkey takes at most |\n|---|---|---|\n${rows.join('')}`;
}

function rateLine({ service, operations = [], bucket, burst, perSecond, page }: Rate): string {
  const calls = operations.length === 0 ? bucket : operations.map((name) => `\`${name}\``).join(', ');
  const allowed = `${burst} at once, ${perSecond} a second`;
  const says = page === null ? `not published; ${allowed} is assumed` : `[${allowed}](${page})`;
  const taken = `${Math.max(1, burst * SHARE)} at once, ${perSecond * SHARE} a second`;
  return `| ${service}: ${calls} | ${says} | ${taken} |\n`;
}

function lineOf({ argument, purpose, reader }: AwsCall): string {
  const most = mostOf(argument);
  return `${purpose}${most}${reader === 'kept' ? '; kept in the snapshot' : ''}`;
}

function mostOf(argument: AwsCall['argument']): string {
  if (argument?.kind === 'each') return `; at most ${argument.most} in a region`;
  return argument?.kind === 'ids' ? `; at most ${argument.most}` : '';
}

/** `<region>/ec2.describe-image-attribute.<ImageId>.json` */
export function fileOf(call: AwsCall): string {
  const { argument, operation, service } = call;
  const name = `${call.scope === 'region' ? '<region>/' : ''}${service}.${operation}`;
  if (argument === null) return `${name}.json`;
  if (argument.kind === 'values') return `${name}.${argument.values[0]}.json`;
  if (argument.kind === 'missing-policies')
    return `${name}.<arn>${operation === 'get-policy-version' ? '.<version>' : ''}.json`;
  return `${name}.${idsOf(service, call)
    .map((id) => `<${id}>`)
    .join('.')}.json`;
}

/** The part of a file's name after the call. */
function idsOf(service: string, { argument }: AwsCall): readonly string[] {
  if (argument?.kind === 'ids') return argument.ids;
  if (argument?.kind !== 'each') return [];
  const of = CALLS.find((one) => one.service === service && one.operation === argument.of);
  return [...(of ? idsOf(service, of) : []), argument.id ?? argument.list];
}

/** The file with its generated parts. Throws if the file has no place for one. */
export function rewritten({ file, begin, end, text }: Written): {
  readonly is: string;
  readonly should: string;
} {
  const is = readFileSync(path.join(ROOT, file), 'utf8');
  const from = is.indexOf(begin);
  const to = is.indexOf(end);
  if (from < 0 || to < from) throw new Error(`\`${file}\` has no \`${begin.trim()}\` with its end`);
  return { is, should: `${is.slice(0, from + begin.length)}${text()}${is.slice(to)}` };
}

if (import.meta.main) {
  for (const part of WRITTEN) writeFileSync(path.join(ROOT, part.file), rewritten(part).should);
}
