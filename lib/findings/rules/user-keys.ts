import { thousands } from '../../policy/counted.ts';
import { describePrincipal, named } from '../evidence.ts';
import type { Facts } from '../facts.ts';
import type { AccessHolder } from '../finding.ts';
import { instancesText } from '../instances-text.ts';
import type { PlaceHit, Rule } from '../rule.ts';
import { shellCells } from '../shell-cells.ts';
import { gapText } from '../unseen.ts';

const CALL = 'iam.get-credential-report';

/** Days after which a key counts as old: https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-3 */
const OLD = 90;

/** Keys without an end of principals that get onto instances; and any key of the root user. */
export const userKeys: Rule = {
  id: 'USER-KEYS',
  severity: 'medium',
  title: 'long-term access keys lead onto instances',
  fires: `the root user has an access key; or users with a shell have an active key that is older than ${OLD} days or was never used`,
  risk: 'a copied key works until somebody notices: most incidents begin with leaked keys',
  verify: '`aws iam get-credential-report` lists the keys of each user and when they were created and used',
  remediation:
    'delete the keys, and let people sign in for a session (`aws login`, IAM Identity Center); give machines a role',
  references: [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-users-federation-idp',
    'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html',
  ],
  paths: [],
  find,
  unseen: (facts) => gapText(facts, CALL, null),
};

interface Key {
  readonly arn: string;
  readonly isRoot: boolean;
  readonly why: string;
}

function* find(facts: Facts): Generator<PlaceHit> {
  const { snapshot } = facts;
  const shells = shellCells(facts);
  const byArn = new Map(facts.matrix.principals.map(({ arn }, index) => [arn, index]));
  const keys = keysIn(facts).filter(({ arn, isRoot }) => isRoot || shells.has(byArn.get(arn) ?? -1));
  if (keys.length === 0) return;
  const arns = [...new Set(keys.map(({ arn }) => arn))];
  const holders = arns.flatMap((arn) => holderOf(facts, arn, byArn.get(arn)));
  const hasRoot = keys.some(({ isRoot }) => isRoot);
  const counts = facts.countAll(arns.flatMap((arn) => [...(shells.get(byArn.get(arn) ?? -1) ?? [])]));
  yield {
    ...{ kind: 'place', rule: userKeys, severity: hasRoot ? 'critical' : userKeys.severity },
    cause: {
      kind: 'setting',
      resource: `arn:${snapshot.partition}:iam::${snapshot.accountId}:root`,
      statements: [],
    },
    title: hasRoot
      ? 'the root user of the account has an access key'
      : `long-term access keys: ${holders.length === 1 ? 'a user' : `${thousands(holders.length)} users`} with an old or unused key ${holders.length === 1 ? 'gets' : 'get'} a shell on ${instancesText(counts.all, facts.matrix.instances.length)}`,
    ...{ instanceCount: counts.all, productionCount: counts.prod, regions: facts.regions, subjects: [] },
    holders,
    opens: arns,
    evidence: [
      named(
        keys.map(({ arn, isRoot, why }) => `${isRoot ? 'the root user' : describePrincipal(arn)}: ${why}`),
        20,
      ),
    ],
    remediation: userKeys.remediation,
  };
}

function holderOf(facts: Facts, arn: string, principal: number | undefined): readonly AccessHolder[] {
  if (principal === undefined) return [];
  const cells = shellCells(facts).get(principal) ?? [];
  const paths = [...new Set(cells.map(({ path }) => path))].sort();
  return [{ principal: arn, kind: facts.kindOf(principal), instances: facts.countAll(cells).all, paths }];
}

function keysIn({ snapshot }: Facts): readonly Key[] {
  const report = snapshot.kept?.find(({ call }) => call === CALL)?.data;
  const content = (report as { readonly Content?: unknown } | null | undefined)?.Content;
  if (typeof content !== 'string') return [];
  const [head = [], ...rows] = csvOf(content);
  const at = (row: readonly string[], name: string): string => row[head.indexOf(name)] ?? '';
  return rows.flatMap((row) => {
    const isRoot = at(row, 'user') === '<root_account>';
    return ['1', '2'].flatMap((n): readonly Key[] => {
      const key = (field: string): string => at(row, `access_key_${n}_${field}`);
      if (key('active') !== 'true') return [];
      const why = isRoot ? 'active' : ageOf(key('last_rotated'), key('last_used_date'), snapshot.takenAt);
      return why === null ? [] : [{ arn: at(row, 'arn'), isRoot, why: `key ${n} is ${why}` }];
    });
  });
}

/** The problem of a key with these times of creation and last use; null: none. */
function ageOf(made: string, used: string, now: string): string | null {
  const days = Math.floor((Date.parse(now) - Date.parse(made)) / 86_400_000);
  if (days > OLD) return `${days} days old`;
  return used === 'N/A' ? 'not used since it was made' : null;
}

/** No field of the report contains a comma. */
function csvOf(content: string): readonly (readonly string[])[] {
  const text = content.startsWith('user,') ? content : decoded(content);
  return text
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) => line.split(','));
}

function decoded(base64: string): string {
  try {
    return atob(base64.trim());
  } catch {
    return '';
  }
}
