import { type CallNames, callsThat } from '../cloudtrail/calls-that.ts';
import { quoted } from '../policy/quoted.ts';
import { parsedPolicy } from '../snapshot/parsed-policy.ts';
import { policyOwner } from '../snapshot/policy-owner.ts';
import type { PolicyRecord, Snapshot } from '../snapshot/snapshot.ts';
import { folds } from './folding.ts';
import type { CauseKind, InputChange, Marks } from './input-change.ts';
import { isSame, pairs, sortedJson } from './same.ts';
import { undoDocument } from './undo.ts';

const sentence = (who: string): string => `${who} changed`;

/** Policies whose document differs, by id. A policy that came or went is reported by its attachment. */
export function policyChanges(before: Snapshot, after: Snapshot): Map<string, InputChange> {
  const found = new Map<string, InputChange>();
  for (const [id, old, now] of pairs(before.policies, after.policies, (one) => one.id)) {
    if (!old || !now || isSame(old.document, now.document)) continue;
    found.set(id, {
      kind: KINDS[now.kind],
      detail: `${namePolicy(now)} changed: ${statementChanges(old, now)}`,
      folding: folds(
        'document',
        { word: WORDS[now.kind], name: id },
        { as: [id], sentence },
        { as: '', sentence },
      ),
      policies: [id],
      marks: policyMarks(now),
      events: EVENTS[now.kind],
      undo: undoDocument(old),
    });
  }
  return found;
}

const KINDS: Readonly<Record<PolicyRecord['kind'], CauseKind>> = {
  'aws-managed': 'policy',
  'customer-managed': 'policy',
  'earlier-version': 'policy',
  inline: 'policy',
  trust: 'trust',
  scp: 'guardrail',
  rcp: 'guardrail',
};

const WORDS: Readonly<Record<PolicyRecord['kind'], string>> = {
  'aws-managed': 'policy',
  'customer-managed': 'policy',
  'earlier-version': 'policy',
  inline: 'inline policy',
  trust: 'trust policy',
  scp: 'service control policy',
  rcp: 'resource control policy',
};

const MANAGED = callsThat('policy');
const INLINE = callsThat('inline-policy');
const ORGANIZATION = callsThat('guardrail');
const TRUST = callsThat('trust', 'principal');

const EVENTS: Readonly<Record<PolicyRecord['kind'], CallNames>> = {
  'aws-managed': MANAGED,
  'customer-managed': MANAGED,
  'earlier-version': MANAGED,
  inline: INLINE,
  trust: TRUST,
  scp: ORGANIZATION,
  rcp: ORGANIZATION,
};

/** `inline policy `p` of user `alice``, `policy `P``, `the trust policy of role `app``, ... */
export function namePolicy(record: PolicyRecord): string {
  const owner = policyOwner(record.id);
  const whose = owner ? `${owner.word} ${quoted(owner.name)}` : null;
  switch (record.kind) {
    case 'inline':
      return `inline policy ${quoted(record.name)}${whose ? ` of ${whose}` : ''}`;
    case 'trust':
      return `the trust policy of ${whose ?? quoted(record.id)}`;
    case 'scp':
      return `service control policy ${quoted(record.name)}`;
    case 'rcp':
      return `resource control policy ${quoted(record.name)}`;
    default:
      return `policy ${quoted(record.name)}`;
  }
}

/** The names of the policy in an event. */
function policyMarks(record: PolicyRecord): Marks {
  const owner = policyOwner(record.id);
  const ownerMarks: Marks = owner ? { [OWNERS[owner.word]]: [owner.name] } : {};
  if (record.kind === 'trust') return ownerMarks;
  if (record.kind === 'inline') return { policies: [record.name], ...ownerMarks };
  return { policies: [record.id, record.name] };
}

const OWNERS = { user: 'users', role: 'roles', group: 'groups' } as const;

/**
 * `statement 0 (Sid `All`) edited, statement 2 added`, by content: moving a statement is not a change, and one that is
 * another under the same name was edited.
 */
function statementChanges(old: PolicyRecord, now: PolicyRecord): string {
  const before = statementsOf(old);
  const after = statementsOf(now);
  const come = [...after].filter(([content]) => !before.has(content)).map(([, name]) => name);
  const gone = [...before].filter(([content]) => !after.has(content)).map(([, name]) => name);
  const edited = come.filter((name) => gone.includes(name));
  const [added, removed] = [come, gone].map((names) => names.filter((name) => !edited.includes(name)));
  const all = [
    ['edited', edited],
    ['added', added ?? []],
    ['removed', removed ?? []],
  ] as const;
  const listed = all.flatMap(([done, names]) => names.map((name) => `${name} ${done}`));
  if (listed.length === 0) return 'its version or the order of its statements';
  if (listed.length <= 4) return listed.join(', ');
  const [first, ...others] = all.filter(([, names]) => names.length > 0);
  return [
    ...(first
      ? [`${first[1].length} ${first[1].length === 1 ? 'statement' : 'statements'} ${first[0]}`]
      : []),
    ...others.map(([done, names]) => `${names.length} ${done}`),
  ].join(', ');
}

function statementsOf(record: PolicyRecord): Map<string, string> {
  const { statements } = parsedPolicy(record);
  return new Map(
    statements.map((one) => {
      const { index, sid, ...content } = one;
      return [sortedJson(content), `statement ${index}${sid === null ? '' : ` (Sid ${quoted(sid)})`}`];
    }),
  );
}
