import { parsePolicy } from '../policy/document.ts';
import type { PolicyProblem } from '../render/report.ts';
import type { PolicyKind, Snapshot } from '../snapshot/snapshot.ts';

const grammarOf = {
  'aws-managed': 'identity',
  'customer-managed': 'identity',
  inline: 'identity',
  trust: 'trust',
  scp: 'scp',
  rcp: 'rcp',
} as const satisfies Record<PolicyKind, string>;

/**
 * Everything that is wrong with an account's data: problems of its policies, each with the policy's id, and items of
 * the answers that were left out, each with the call's place (`us-east-1/ec2.describe-instances`).
 */
export function problemsOf(snapshot: Snapshot): readonly PolicyProblem[] {
  const ofPolicies = snapshot.policies.flatMap(({ id, kind, document, problems }) =>
    parsePolicy(document, grammarOf[kind], problems).problems.map((problem) => ({ policy: id, problem })),
  );
  const ofAnswers = (snapshot.problems ?? []).map(({ path, message }) => {
    const [place = '', ...rest] = path.split(' ');
    return { policy: place, problem: { path: rest.join(' '), message } };
  });
  return [...ofPolicies, ...ofAnswers];
}
