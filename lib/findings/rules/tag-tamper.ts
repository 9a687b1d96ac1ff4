import type { CellGroup } from '../../matrix/paths/matrix.ts';
import { TAG_GATED_ACTIONS, TAGGING_ACTIONS } from '../../matrix/paths/path-actions.ts';
import { remembered } from '../../memory/remembered.ts';
import { plain, quoted } from '../../policy/quoted.ts';
import type { Statement } from '../../policy/statement.ts';
import { accessHit } from '../access-hit.ts';
import { capped, describePrincipal } from '../evidence.ts';
import type { Facts } from '../facts.ts';
import type { Hit, Rule } from '../rule.ts';
import { coversAction, gatingKeys } from '../statements.ts';
import { accessUnseen } from '../unseen.ts';

/** Principals that may set or remove, on an instance, a tag that decides access in the account. */
export const tagTamper: Rule = {
  id: 'TAG-TAMPER',
  severity: 'high',
  title: 'change tags that decide access',
  fires:
    'CreateTags or DeleteTags is open on an instance for a tag that decides access in the account, even if the change opens nothing today',
  verify:
    '`latchkey who-can --instance ID --path tag-rewrite --json` lists in `opens` what each change would open',
  risk: 'a principal that may change a tag which policies use can give access to itself or to others',
  remediation:
    'deny CreateTags and DeleteTags for these tag keys to everybody except those who manage access, best in a service control policy',
  references: ['https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/control-access-with-tags.html'],
  paths: ['tag-rewrite'],
  find,
  unseen: accessUnseen,
};

function* find(facts: Facts): Generator<Hit> {
  const held = facts.held('tag-rewrite');
  if (held.size === 0) return;
  const keys = accountKeys(facts);
  for (const [principal, cells] of held) {
    const opened = openedKeys(cells);
    const shown = opened.length > 0 ? opened : keys;
    const alternatives = [...new Set(cells.map((group) => plain(group.outcome.alternative)))].sort();
    yield accessHit(facts, {
      rule: tagTamper,
      principal,
      cells,
      says: `may change tags that decide access (${alternatives.join(', ')})`,
      more: [`tags that decide access here: ${shown.map(quoted).join(', ')}`, ...openSentences(cells)],
      adds: true,
      concerns: allowsTagging,
      example: denial(facts, shown),
    });
  }
}

const allowsTagging = (statement: Statement): boolean =>
  TAGGING_ACTIONS.some((action) => coversAction(statement, action));

function openedKeys(cells: readonly CellGroup[]): string[] {
  return [...new Set(cells.flatMap((group) => (group.outcome.opens ?? []).map((one) => one.key)))].sort();
}

/** Every tag key that a policy of the account reads to decide a path, case-insensitively. */
function accountKeys(facts: Facts): string[] {
  const keys = new Map<string, string>();
  for (const record of facts.snapshot.policies) {
    if (record.kind === 'earlier-version') continue;
    const gated = (facts.policies.statements(record.id) ?? []).filter(isGatedByTags);
    for (const key of gated.flatMap(gatingKeys)) remembered(keys, key.toLowerCase(), () => key);
  }
  return [...keys.values()].sort();
}

function isGatedByTags(statement: Statement): boolean {
  if (gatingKeys(statement).length === 0) return false;
  return TAG_GATED_ACTIONS.some((action) => coversAction(statement, action));
}

const OPENS_NOTHING =
  'no such change opens anything new today, but it can close access, or open it after the next policy change';

/** What the change would open, and for whom. */
function openSentences(cells: readonly CellGroup[]): string[] {
  const sentences = new Set<string>();
  for (const { outcome } of cells) {
    for (const { principal, path, key, value } of outcome.opens ?? []) {
      const change =
        value === null ? `without tag ${quoted(key)}` : `with tag ${quoted(key)} = ${quoted(value)}`;
      sentences.add(`${change}, ${describePrincipal(principal)} gets ${path}`);
    }
  }
  // no finding if the effect was not computed
  if (sentences.size === 0 && cells.every(({ outcome }) => outcome.opens !== undefined))
    return [OPENS_NOTHING];
  return capped([...sentences].sort(), 'openings');
}

/**
 * Two denials: `aws:TagKeys` is absent when DeleteTags names no tag, which deletes all of them
 * (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html).
 */
function denial(facts: Facts, keys: readonly string[]): object {
  const resource = `arn:${facts.snapshot.partition}:ec2:*:${facts.snapshot.accountId}:instance/*`;
  const named = { 'ForAnyValue:StringEqualsIgnoreCase': { 'aws:TagKeys': keys } };
  return [
    { Effect: 'Deny', Action: TAGGING_ACTIONS, Resource: resource, Condition: named },
    {
      Effect: 'Deny',
      Action: 'ec2:DeleteTags',
      Resource: resource,
      Condition: { Null: { 'aws:TagKeys': 'true' } },
    },
  ];
}
