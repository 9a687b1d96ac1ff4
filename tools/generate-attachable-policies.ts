/**
 * Writes lib/reference/attachable-policies.json: what the AWS managed policies of `aws-managed-policies.json.gz` say
 * about the requests of access paths and escalations. Run it after a change of that file or of the tables of requests.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { gunzipSync } from 'node:zlib';
import { compilePolicy, statementsFor } from '../lib/evaluator/compile.ts';
import { ASKED_ACTIONS } from '../lib/matrix/account/denied-sessions.ts';
import { parsePolicy } from '../lib/policy/document.ts';

const REFERENCE = join(import.meta.dirname, '..', 'lib', 'reference');
const OUT = join(REFERENCE, 'attachable-policies.json');

interface Copies {
  readonly source: { readonly newestPolicy: string };
  readonly policies: Readonly<Record<string, { readonly Statement: object | readonly object[] }>>;
}

/**
 * The content of the file. Policies for service-linked roles cannot be attached to others; an empty text: the policy
 * says nothing about these requests.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
 */
export function attachablePolicies(): string {
  const packed = readFileSync(join(REFERENCE, 'aws-managed-policies.json.gz'));
  const { source, policies }: Copies = JSON.parse(gunzipSync(packed).toString('utf8'));
  const said = Object.entries(policies)
    .filter(([arn]) => !arn.includes(':policy/aws-service-role/'))
    .map(([arn, document]) => [arn, saidBy(document)] as const);
  return `${JSON.stringify({ newestPolicy: source.newestPolicy, policies: Object.fromEntries(said) }, null, 1)}\n`;
}

function saidBy({ Statement }: Copies['policies'][string]): string {
  const all = [Statement].flat().filter((statement) => {
    const document = { Version: '2012-10-17', Statement: statement };
    const policy = compilePolicy(parsePolicy(document, 'identity'), '', 'identity');
    return ASKED_ACTIONS.some((action) => statementsFor(policy, action).length > 0);
  });
  return all.length === 0 ? '' : JSON.stringify(all.map((one) => shortened(one)));
}

/** Without the actions that no request names. */
function shortened(statement: object): object {
  if (!('Action' in statement)) return statement;
  const {
    Sid: _,
    Action,
    ...rest
  } = statement as { readonly Sid?: string; readonly Action: string | string[] };
  const needed = [Action].flat().filter((one) => {
    const document = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: one, Resource: '*' } };
    const policy = compilePolicy(parsePolicy(document, 'identity'), '', 'identity');
    return ASKED_ACTIONS.some((action) => statementsFor(policy, action).length > 0);
  });
  return { ...rest, Action: needed };
}

if (process.argv[1] === import.meta.filename) writeFileSync(OUT, attachablePolicies());
