import { type CompiledPolicy, compilePolicy } from '../../evaluator/compile.ts';
import type { CompiledClause } from '../../evaluator/conditions/clause.ts';
import { remembered } from '../../memory/remembered.ts';
import { parsePolicy } from '../../policy/document.ts';
import { glob, matches } from '../../policy/wildcard.ts';
import { ATTACHABLE_POLICIES } from '../../reference/attachable-policies.ts';
import { type Account, policiesOf, type Subject } from './account.ts';
import { asksForKey } from './asks-for-key.ts';
import { missingPolicy } from './not-collected.ts';

/** The condition key that limits which policies a principal may attach. */
const KEY = 'iam:policyarn';

/** A managed policy that somebody may be allowed to attach. */
export interface Attachable {
  readonly arn: string;
  readonly compiled: CompiledPolicy;
}

/** Policies that every condition on `iam:PolicyARN` of the account treats alike. Never empty. */
export type AttachableKind = readonly [Attachable, ...Attachable[]];

const COPY = 'copy of ';

/** True for a policy of AWS that nobody in the account holds. `name`: the name of a compiled policy. */
export const isCopy = (name: string): boolean => name.startsWith(COPY);

const asking = new WeakMap<CompiledPolicy, boolean>();

/** True if what may be attached depends on the policy. */
export const asksWhatIsAttached = (policy: CompiledPolicy): boolean =>
  remembered(asking, policy, () =>
    policy.statements.some((statement) => asksForKey(statement, (key) => key === KEY)),
  );

/** True if what a principal may attach depends on the policy. Others attach any policy, or none. */
export const limitsAttaching = (subject: Subject): boolean => policiesOf(subject).some(asksWhatIsAttached);

/** Policies for service-linked roles can be attached to nothing else. */
const isForService = (arn: string): boolean => arn.includes(':policy/aws-service-role/');

const copies = new Map<string, CompiledPolicy>();

/** What a policy of AWS said at the time of the copy; null: nothing that matters, or there is no copy. */
function copyOf(arn: string): CompiledPolicy | null {
  const text = ATTACHABLE_POLICIES.get(arn) ?? '';
  if (text === '') return null;
  return remembered(copies, arn, () => {
    const document = parsePolicy({ Version: '2012-10-17', Statement: JSON.parse(text) }, 'identity');
    return { ...compilePolicy(document, `${COPY}${arn}`, 'identity'), code: 'policy-copy' };
  });
}

const known = new WeakMap<Account, readonly AttachableKind[]>();

/** The policies that a principal of the account might attach; none if no policy limits that. */
export function attachableKinds(account: Account): readonly AttachableKind[] {
  return remembered(known, account, () => {
    const conditions = conditionsIn(account);
    if (conditions.length === 0) return [];
    const texts = limitTexts(account);
    const readOne = conditions.some(({ clause }) =>
      clause.values.some(({ template }) => template.hasVariables),
    );
    const all = [...ofAccount(account), ...ofAws(account, conditions), ...unknownOnes(account, texts)];
    const kinds = Map.groupBy(all, ({ arn }) => `${owner(arn)} ${readOne ? arn : fingerprint(arn, texts)}`);
    return [...kinds.values()] as unknown as readonly AttachableKind[];
  });
}

/** The values of every condition on `iam:PolicyARN` of the account. */
export const limitTexts = (account: Account): readonly string[] => [
  ...new Set(conditionsIn(account).flatMap(({ clause }) => clause.values.map(({ text }) => text))),
];

interface Limit {
  readonly clause: CompiledClause;
  /** true if it names what may be attached, not what may not */
  readonly isPositive: boolean;
}

function conditionsIn({ policies, guardrails }: Account): readonly Limit[] {
  const all = [...policies.values(), ...guardrails.serviceControlPolicies.flat()];
  return [...new Set(all)]
    .filter(asksWhatIsAttached)
    .flatMap(({ statements }) =>
      statements.flatMap(({ effect, clauses }) =>
        clauses
          .filter(({ key }) => key.toLowerCase() === KEY)
          .map((clause) => ({ clause, isPositive: effect === 'Allow' && isPositive(clause) })),
      ),
    );
}

const isPositive = ({ operatorText, values }: CompiledClause): boolean =>
  /^(\w+:)?(string|arn)(equals|like)/i.test(operatorText) &&
  values.every(({ template }) => !template.hasVariables);

const owner = (arn: string): string => arn.split(':')[4] ?? '';

const lower = (text: string, arn: string): boolean => matches(glob(text.toLowerCase()), arn.toLowerCase());

/** The results of comparing an ARN with the values in every way of an operator. */
const fingerprint = (arn: string, texts: readonly string[]): string =>
  texts.map((text) => [text === arn, matches(glob(text), arn), lower(text, arn)].map(Number).join('')).join();

function ofAccount({ snapshot, policies }: Account): readonly Attachable[] {
  return snapshot.policies.flatMap(({ id, kind }) => {
    const compiled = policies.get(id);
    const isManaged = kind === 'customer-managed' || kind === 'aws-managed';
    return compiled && isManaged && !isForService(id) ? [{ arn: id, compiled }] : [];
  });
}

/** Copies of policies of AWS: those that a condition names, or all if conditions name those that are not allowed. */
function ofAws({ snapshot, policies }: Account, conditions: readonly Limit[]): readonly Attachable[] {
  if (snapshot.partition !== 'aws') return [];
  const isOpen = conditions.some((one) => !one.isPositive);
  const texts = conditions.flatMap(({ clause }) => clause.values.map(({ text }) => text));
  return [...ATTACHABLE_POLICIES.keys()]
    .filter((arn) => !policies.has(arn) && (isOpen || texts.some((text) => lower(text, arn))))
    .flatMap((arn) => {
      const compiled = copyOf(arn);
      return compiled ? [{ arn, compiled }] : [];
    });
}

/** Policies of AWS that a condition names, and of which nothing is known. */
function unknownOnes({ policies, snapshot }: Account, texts: readonly string[]): readonly Attachable[] {
  const named = new RegExp(`^arn:${snapshot.partition}:iam::aws:policy/[^*?$]+$`);
  return texts
    .filter((arn) => named.test(arn) && !isForService(arn) && !policies.has(arn) && !hasCopy(arn, snapshot))
    .map((arn) => ({ arn, compiled: missingPolicy(`iam get-policy-version of ${arn}`) }));
}

const hasCopy = (arn: string, { partition }: Account['snapshot']): boolean =>
  partition === 'aws' && ATTACHABLE_POLICIES.has(arn);
