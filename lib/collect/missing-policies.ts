import { shortList } from '../policy/counted.ts';
import type { IamPart } from '../snapshot/parts.ts';
import type { PolicyRecord } from '../snapshot/snapshot.ts';
import { callNamed } from './calls.ts';
import { fieldsOf, text } from './fields.ts';
import { managedKind, policyRecord } from './policy-record.ts';
import { makeCall, type Reading } from './reading.ts';

const VERSION = 'iam.get-policy-version';

/** Managed policies that are requested one by one, at most: two calls each. */
const MOST = 500;

/**
 * The attached managed policies that the account's list omits, as it does with deprecated ones and with those that are
 * used only as boundaries. Each is requested by itself. If the source cannot return a policy of AWS, its own copy is
 * used. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html
 */
export async function collectMissingPolicies(
  reading: Reading,
  part: IamPart,
): Promise<readonly PolicyRecord[]> {
  const missing = missingIds(part);
  if (missing.length === 0) return [];
  const askedAt = reading.clock.now().toISOString();
  const found: PolicyRecord[] = [];
  const copied: string[] = [];
  const gaps: string[] = [];
  for (const [index, arn] of missing.entries()) {
    const answer = index < MOST ? await fetchPolicy(reading, arn) : 'too many are missing';
    if (typeof answer !== 'string') {
      found.push(answer);
      continue;
    }
    const copy = await copyOf(reading, arn);
    if (copy === null) {
      gaps.push(`the document of \`${arn}\` is not there: ${answer}`);
      continue;
    }
    found.push(copy);
    copied.push(arn);
  }
  noteCoverage(reading, { askedAt, found, copied, gaps });
  return found;
}

function missingIds({ users, groups, roles, policies }: IamPart): readonly string[] {
  const known = new Set(policies.map(({ id }) => id));
  const used = new Set([...users, ...groups, ...roles].flatMap((owner) => owner.policies));
  for (const { boundary } of [...users, ...roles]) if (boundary !== null) used.add(boundary);
  return [...used].filter((id) => !known.has(id) && !id.includes('#')).sort();
}

/** A text is the reason why there is no policy. */
async function fetchPolicy(reading: Reading, arn: string): Promise<PolicyRecord | string> {
  const policy = await answerOf(reading, 'iam.get-policy', arn);
  if (typeof policy === 'string') return policy;
  const about = fieldsOf(policy.Policy);
  const version = text(about, 'DefaultVersionId');
  if (version === null) return '`iam.get-policy` names no default version';
  const answer = await answerOf(reading, VERSION, `${arn}.${version}`);
  if (typeof answer === 'string') return answer;
  const document = fieldsOf(answer.PolicyVersion)?.Document;
  if (document === undefined) return `\`${VERSION}\` holds no document`;
  const named = { id: arn, name: text(about, 'PolicyName') ?? arn, kind: managedKind(arn) };
  return policyRecord(named, document, '$.PolicyVersion.Document', new Map());
}

async function answerOf(
  reading: Reading,
  name: string,
  argument: string,
): Promise<Readonly<Record<string, unknown>> | string> {
  const answer = await makeCall(reading, callNamed(name), { region: null, argument });
  if (answer.status !== 'collected') return answer.detail;
  return fieldsOf(answer.data) ?? 'the answer is not an object';
}

async function copyOf(reading: Reading, arn: string): Promise<PolicyRecord | null> {
  const copy = (await reading.source.copyOfPolicy?.(arn)) ?? null;
  if (copy === null) return null;
  const named = { id: arn, name: nameOf(arn), kind: managedKind(arn) };
  return { ...policyRecord(named, copy.document, '$', new Map()), copyOf: copy.date };
}

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

function noteCoverage(
  reading: Reading,
  {
    askedAt,
    found,
    copied,
    gaps,
  }: {
    readonly askedAt: string;
    readonly found: readonly PolicyRecord[];
    readonly copied: readonly string[];
    readonly gaps: readonly string[];
  },
): void {
  const isWhole = copied.length === 0 && gaps.length === 0;
  const date = found.find((record) => record.copyOf !== undefined)?.copyOf;
  const details = [
    ...(copied.length === 0
      ? []
      : [
          `a copy of ${date} that comes with this program stands in for ${shortList(copied, 3, { text: code })}`,
        ]),
    ...(gaps.length === 0 ? [] : [`${gaps[0]}${gaps.length > 1 ? ` (and ${gaps.length - 1} more)` : ''}`]),
    ...(isWhole ? [] : ['collect the list with `AWSManagedPolicy` in its `--filter`']),
  ];
  reading.coverage.push({
    call: VERSION,
    region: null,
    status: isWhole ? 'collected' : 'not-collected',
    detail: details.join('; '),
    items: found.length,
    askedAt,
    readAt: isWhole ? askedAt : null,
  });
  for (const gap of gaps) reading.problems.push({ path: `${VERSION} $`, message: gap });
}

const code = (arn: string): string => `\`${arn}\``;
