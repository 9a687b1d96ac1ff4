import type { PolicyProblem } from '../render/report.ts';
import { parsedPolicy } from '../snapshot/parsed-policy.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/**
 * All problems of an account's data: of its policies, each with the policy's id, and items of answers that
 * were left out, each with the call's place (`us-east-1/ec2.describe-instances`).
 */
export function problemsOf(snapshot: Snapshot): readonly PolicyProblem[] {
  const ofPolicies = snapshot.policies.flatMap((record) =>
    parsedPolicy(record).problems.map((problem) => ({ policy: record.id, problem })),
  );
  const ofAnswers = (snapshot.problems ?? []).map(({ path, message }) => {
    const [place = '', ...rest] = path.split(' ');
    return { policy: place, problem: { path: rest.join(' '), message } };
  });
  return [...ofPolicies, ...ofAnswers];
}
