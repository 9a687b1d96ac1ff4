import type { CompiledPolicy } from '../../evaluator/compile.ts';
import type { Subject } from '../account.ts';
import type { Relevant } from './relevant.ts';
import type { Signatures } from './signatures.ts';

/** Principals that no policy of a path tells apart: the first of them is asked for all. */
export interface SubjectClass {
  readonly first: Subject;
  /** indexes of the subjects */
  readonly members: readonly number[];
}

export function subjectClasses(
  subjects: readonly Subject[],
  relevant: Relevant,
  signatures: Signatures,
): readonly SubjectClass[] {
  const asksForId = relevant.clauses.some(({ keys }) => keys.includes('aws:userid'));
  const numbers = new Map<CompiledPolicy, number>();
  const numberOf = (policy: CompiledPolicy): number => {
    const number = numbers.get(policy) ?? numbers.size;
    numbers.set(policy, number);
    return number;
  };
  const classes = new Map<string, { first: Subject; members: number[] }>();
  for (const [i, subject] of subjects.entries()) {
    const { identityPolicies, permissionsBoundary, serviceControlPolicies } = subject.layers;
    const named = (policy: CompiledPolicy): string => `${numberOf(policy)} ${signatures.of(policy, subject)}`;
    const key = [
      subject.kind,
      subject.missing ?? '',
      subject.tags.find((tag) => tag.key === 'SSMSessionRunAs')?.value ?? '',
      asksForId && subject.role ? subject.role.id : '',
      identityPolicies.map(named).sort().join('|'),
      permissionsBoundary ? named(permissionsBoundary) : '',
      serviceControlPolicies
        .flat()
        .map((policy) => signatures.of(policy, subject))
        .join('|'),
    ].join('\t');
    const known = classes.get(key);
    if (known) known.members.push(i);
    else classes.set(key, { first: subject, members: [i] });
  }
  return [...classes.values()];
}
