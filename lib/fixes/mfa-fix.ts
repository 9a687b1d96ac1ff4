import type { Finding } from '../findings/finding.ts';
import type { Fix } from '../findings/fix.ts';
import type { PathId } from '../matrix/paths/cell.ts';
import { remembered } from '../memory/remembered.ts';
import { count } from '../policy/counted.ts';
import { commandsOf } from './commands.ts';
import { type AccountParts, writableStatements } from './compose.ts';
import type { Edit, StatementJson } from './edit.ts';
import { MOST_CHANGED } from './forms.ts';
import { denialOf, neededActions } from './path-denials.ts';
import type { Proof, Prover } from './prover.ts';
import { merged, texts } from './statement-json.ts';
import { isOpen } from './tally.ts';
import { withMfa } from './trust-forms.ts';

const WITH_MFA = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
/** Requests with long-term keys do not have the key at all. */
const WITHOUT_MFA = { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } };

/** A granting statement, and the paths that users without MFA have by it. */
interface Granting {
  readonly policy: string;
  readonly statement: number;
  readonly paths: Set<PathId>;
}

/** One way to require MFA: of users by their policies, and of roles by their trust policies. */
interface MfaForm {
  readonly says: string;
  readonly edits: readonly Edit[];
}

/**
 * Requires MFA where users are granted a shell, and where they take a role that has one. Who has MFA keeps all access,
 * and machines are not asked: a change that would close a cell is rejected. A text: why there is none.
 */
export function mfaFix(prover: Prover, finding: Finding): Fix | string {
  const forms = formsOf(prover, finding);
  if (forms.length === 0)
    return 'none of the places can be changed for people alone: machines have the same policies, or take the same roles';
  const best = forms
    .map((form) => ({ form, proof: proofOf(prover, form) }))
    .reduce((one, other) => (narrows(other.proof) > narrows(one.proof) ? other : one));
  const { form, proof } = best;
  if (proof === null)
    return `none of the ${forms.length} changes that were tried fits the limits of IAM and asks for MFA without taking access from anybody who has it`;
  const { removes, keeps, narrows: narrowed } = proof.tally;
  return {
    says: form.says,
    change: proof.change,
    ...{ removes, keeps, adds: 0, narrows: narrowed },
    commands: commandsOf(proof.change, prover.snapshot.identityCenter),
  };
}

const narrows = (proof: Proof | null): number => proof?.tally.narrows ?? 0;

function proofOf(prover: Prover, { edits }: MfaForm): Proof | null {
  const proof = prover.prove(edits);
  if (proof === null) return null;
  const { adds, removes, narrows } = proof.tally;
  return adds === 0 && removes === 0 && narrows > 0 ? proof : null;
}

/** What narrows the most comes first. */
function formsOf(prover: Prover, finding: Finding): readonly MfaForm[] {
  const roles = roleEdits(prover, finding);
  const granting = grantingUsers(prover, finding);
  const users = [limited(prover, granting), denied(prover, granting)];
  return [...users.map((edits) => [...edits, ...roles]), ...users, roles]
    .filter((edits) => edits.length > 0 && edits.length <= MOST_CHANGED)
    .map((edits) => ({ says: saysOf(edits), edits }));
}

function saysOf(edits: readonly Edit[]): string {
  const isTrust = (edit: Edit): boolean => 'policy' in edit && edit.policy.endsWith('#trust policy');
  const trusts = new Set(edits.filter(isTrust).flatMap((edit) => ('policy' in edit ? edit.policy : [])));
  const others = new Set(
    edits
      .filter((edit) => !isTrust(edit))
      .map((edit) => ('owner' in edit ? edit.owner : JSON.stringify(edit))),
  );
  const counted = (n: number, one: string, many: string): readonly string[] =>
    n === 0 ? [] : [count(n, one, many)];
  const where = [
    ...counted(
      others.size,
      'place where users are granted a shell',
      'places where users are granted a shell',
    ),
    ...counted(trusts.size, 'role that users take', 'roles that users take'),
  ];
  return `ask for MFA: ${where.join(', ')}; whoever has it keeps all access`;
}

/** The Allow statements by which users of a finding have its paths themselves. */
function grantingUsers({ matrix, places }: Prover, { holders, paths }: Finding): readonly Granting[] {
  const users = new Set(holders.filter(({ principal }) => isUser(principal)).map((one) => one.principal));
  const asked = new Set(paths);
  const found = new Map<string, Granting>();
  for (const { path, principals, outcome } of matrix.groups) {
    if (!asked.has(path) || !isOpen(outcome) || outcome.via.length > 0) continue;
    if (!principals.some((p) => users.has(matrix.principals[p]?.arn ?? ''))) continue;
    for (const { policy, statement, layer } of outcome.grants) {
      if (layer !== 'identityPolicies' || places.record(policy) === undefined) continue;
      const make = (): Granting => ({ policy, statement, paths: new Set() });
      remembered(found, `${policy}\n${statement}`, make).paths.add(path);
    }
  }
  return [...found.values()];
}

const isUser = (arn: string): boolean => arn.includes(':user/');

/** The Allow itself requires MFA, if only people have it and it allows nothing else. */
function limited(prover: Prover, granting: readonly Granting[]): readonly Edit[] {
  const edits: Edit[] = [];
  for (const { policy, statement, paths } of granting) {
    const before = writableStatements(prover.places.record(policy))?.[statement];
    const own = neededActions([...paths]).map((action) => action.toLowerCase());
    const actions = texts(before?.Action);
    const isOnly = actions.length > 0 && actions.every((action) => own.includes(action.toLowerCase()));
    const condition = merged(before?.Condition ?? {}, WITH_MFA);
    if (!before || !isOnly || condition === null || !areOnlyPeople(prover, policy)) return [];
    edits.push({ kind: 'replace', policy, statement, by: [{ ...before, Condition: condition }] });
  }
  return edits;
}

/** A Deny of the paths without MFA: in the policy if only people have it, else for each person or group that has it. */
function denied(prover: Prover, granting: readonly Granting[]): readonly Edit[] {
  const edits = [...Map.groupBy(granting, ({ policy }) => policy)].flatMap(
    ([policy, own]): readonly Edit[] => {
      const paths = [...new Set(own.flatMap((one) => [...one.paths]))].sort();
      const statements = denialOf(paths, { Resource: '*', Condition: WITHOUT_MFA });
      const isOwn = prover.places.record(policy)?.kind !== 'aws-managed';
      if (isOwn && areOnlyPeople(prover, policy)) return [{ kind: 'append', policy, statements }];
      const owners = carriersOf(prover.places, policy).flatMap((arn) => peopleIn(prover, arn));
      return owners.map((owner) => ({ kind: 'deny', owner, statements }));
    },
  );
  return [...new Map(edits.map((edit) => [JSON.stringify(edit), edit])).values()];
}

/** An inline policy belongs to the one before the `#`. */
const carriersOf = (places: AccountParts, policy: string): readonly string[] => {
  const all = places.carriersOf(policy);
  return all.length > 0 ? all : [policy.slice(0, policy.lastIndexOf('#'))];
};

const areOnlyPeople = (prover: Prover, policy: string): boolean =>
  carriersOf(prover.places, policy).every((arn) => peopleIn(prover, arn).includes(arn));

/** A user who is a person; a group of people alone, else the people in it; nobody for a role. */
function peopleIn(prover: Prover, arn: string): readonly string[] {
  const { snapshot, counting } = prover;
  const isPerson = (user: string): boolean => isUser(user) && counting.isPersonsArn(user);
  if (isUser(arn)) return isPerson(arn) ? [arn] : [];
  const group = snapshot.groups.find((one) => one.arn === arn);
  if (group === undefined) return [];
  const members = snapshot.users.filter(({ groups }) => groups.includes(group.name)).map((user) => user.arn);
  return members.every(isPerson) ? [arn] : members.filter(isPerson);
}

/** The trust policies of roles that users take require MFA of users. */
function roleEdits({ places }: Prover, { holders }: Finding): readonly Edit[] {
  return holders.flatMap(({ principal }): readonly Edit[] => {
    const role = places.owner(principal);
    if (!role || !('trust' in role)) return [];
    return (writableStatements(places.record(role.trust)) ?? []).flatMap(
      (statement: StatementJson, at): readonly Edit[] => {
        const by = withMfa(places, statement);
        return by === null ? [] : [{ kind: 'replace', policy: role.trust, statement: at, by }];
      },
    );
  });
}
