import { parsePolicy } from '../policy/document.ts';
import type { Problem } from '../policy/problem.ts';
import type { PolicyKind, Snapshot } from '../snapshot/snapshot.ts';

const grammarOf = {
  'aws-managed': 'identity',
  'customer-managed': 'identity',
  inline: 'identity',
  trust: 'trust',
  scp: 'scp',
  rcp: 'rcp',
} as const satisfies Record<PolicyKind, string>;

/** Everything that is wrong with the policies of an account, each problem with the id of its policy. */
export const problemsOf = (snapshot: Snapshot): readonly { policy: string; problem: Problem }[] =>
  snapshot.policies.flatMap(({ id, kind, document, problems }) =>
    parsePolicy(document, grammarOf[kind], problems).problems.map((problem) => ({ policy: id, problem })),
  );
