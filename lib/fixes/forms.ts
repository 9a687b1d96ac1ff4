import type { PathId } from '../matrix/paths/cell.ts';
import type { FixCause } from './cause.ts';
import { type AccountParts, hasDeny, writableStatements } from './compose.ts';
import type { Edit, StatementJson } from './edit.ts';
import {
  allDocuments,
  allInstances,
  commandDocuments,
  MOST_ARNS,
  OS_USERS,
  onInstances,
  othersSessions,
  ownValueOf,
} from './limits.ts';
import { denialOf, neededActions } from './path-denials.ts';
import { merged, texts } from './statement-json.ts';
import type { FixTags } from './tags.ts';

/** What a form needs to know of the account. */
export interface FormContext {
  readonly places: AccountParts;
  readonly tags: FixTags;
}

/** One way to fix a cause. */
export interface Candidate {
  /** what it does, as it follows the name of the place: `exclude production, by the tag `Environment`` */
  readonly says: string;
  readonly edits: readonly Edit[];
  /** it only limits the OS user or the document: narrowed cells count as well as closed ones */
  readonly narrows?: true;
}

type Form = (context: FormContext, cause: FixCause) => readonly Candidate[];

/** The largest number of principals or policies that one fix changes. */
export const MOST_CHANGED = 100;

/**
 * Possible changes of the statements of a cause, those that leave the most access first. The caller evaluates
 * them and chooses.
 */
export function* candidatesFor(context: FormContext, cause: FixCause): Generator<Candidate> {
  for (const form of FORMS) yield* form(context, cause);
}

const osUser: Form = (context, cause) => {
  if (cause.rules[0] !== 'EIC-NO-OSUSER') return [];
  const condition = { StringNotEquals: { 'ec2:osuser': OS_USERS } };
  const statements = denialOf(['ec2-instance-connect'], { Resource: '*', Condition: condition });
  const limited = limitedAllow(context, cause, { StringEquals: { 'ec2:osuser': OS_USERS } });
  const says = `let them in as ${OS_USERS.join(' or ')} alone, the users that the images of AWS and Ubuntu bring`;
  const edits = limited ?? guards(context, cause, statements);
  return edits.length === 0 ? [] : [{ says, edits, narrows: true }];
};

const ownSessions: Form = (context, cause) => {
  if (!cause.paths.every((path) => path === 'session-takeover')) return [];
  const statements = [othersSessions(context.places)];
  const edits = guards(context, cause, statements);
  return edits.length === 0 ? [] : [{ says: 'let people resume and end only their own sessions', edits }];
};

const documents: Form = (context, cause) => {
  if (!cause.paths.every((path) => path === 'run-command')) return [];
  const statements = [commandDocuments(context.places)];
  const edits = guards(context, cause, statements);
  const says = 'take away the documents that run the commands of the caller, and leave all others';
  return edits.length === 0 ? [] : [{ says, edits }];
};

const ownTag: Form = (context, cause) =>
  context.tags.shared(cause.holders).flatMap((key) => {
    const own = ownValueOf(key);
    const limited = limitedAllow(context, cause, { StringEquals: own });
    const statements = denialOf(onInstances(cause.paths), {
      Resource: allInstances(context.places),
      Condition: { StringNotEquals: own },
    });
    const edits = limited ?? guards(context, cause, statements);
    return edits.length === 0
      ? []
      : [{ says: `allow only instances with their own value of the tag \`${key}\``, edits }];
  });

const notProduction: Form = (context, cause) => {
  const statements = context.tags.production.flatMap(([key, values]) =>
    denialOf(onInstances(cause.paths), {
      Resource: allInstances(context.places),
      Condition: { StringEquals: { [`aws:ResourceTag/${key}`]: values } },
    }),
  );
  const edits = guards(context, cause, statements);
  const tags = context.tags.production.map(([key]) => `\`${key}\``).join(' and ');
  return edits.length === 0 ? [] : [{ says: `exclude production, by the tag ${tags}`, edits }];
};

const notTheseInstances: Form = (context, cause) => {
  const arns = context.tags.productionArns;
  if (arns.length === 0 || arns.length > MOST_ARNS) return [];
  const edits = guards(context, cause, denialOf(onInstances(cause.paths), { Resource: arns }));
  return edits.length === 0 ? [] : [{ says: 'exclude the instances of production, by ARN', edits }];
};

/** Whoever loses one root path altogether must not keep its siblings: they give the same access. */
const wholePath: Form = (context, cause) => {
  const paths = [...new Set([...cause.paths, ...cause.siblings])].sort();
  return pathsDenied(context, cause, paths, '');
};

/** If the siblings decide what principals can make of themselves, only a new matrix tells what denying them closes. */
export const pathsAlone: Form = (context, cause) => {
  if (cause.siblings.length === 0) return [];
  const left = [...cause.siblings].sort().join(', ');
  const opens = cause.siblings.length === 1 ? 'stays' : 'stay';
  return pathsDenied(context, cause, cause.paths, `; ${left} ${opens} open by the same statement`);
};

function pathsDenied(
  context: FormContext,
  cause: FixCause,
  paths: readonly PathId[],
  rest: string,
): readonly Candidate[] {
  const edits = guards(context, cause, denialOf(paths));
  return edits.length === 0 ? [] : [{ says: `deny ${paths.join(', ')} altogether${rest}`, edits }];
}

/** Removes the statement, or detaches a managed policy of AWS from everybody who has it. */
const gone: Form = (context, cause) => {
  const edits = cause.statements.flatMap(({ policy, statement }): readonly Edit[] => {
    if (context.places.record(policy)?.kind !== 'aws-managed')
      return [{ kind: 'replace', policy, statement, by: [] }];
    return detached(context, cause, policy);
  });
  const isManaged = edits.some(({ kind }) => kind === 'detach');
  const says = isManaged ? detachment(context, cause) : 'remove the statement';
  return edits.length === 0 || edits.length > MOST_CHANGED ? [] : [{ says, edits: unique(edits) }];
};

/** Detaches a customer managed policy: the other statements of it may give the same access. */
const policyOff: Form = (context, cause) => {
  if (cause.rules.length === 0) return [];
  const policies = [...new Set(cause.statements.map(({ policy }) => policy))];
  if (policies.some((policy) => context.places.record(policy)?.kind !== 'customer-managed')) return [];
  const edits = policies.flatMap((policy) => detached(context, cause, policy));
  return edits.length === 0 || edits.length > MOST_CHANGED
    ? []
    : [{ says: detachment(context, cause), edits }];
};

/** People leave the group: where its other policies give the same access. */
const leaveGroup: Form = ({ places }, { holders, rules, statements }) => {
  if (rules.length === 0) return [];
  const groups = new Set(
    statements.flatMap(({ policy }) => places.carriersOf(policy).filter((arn) => /:group\//.test(arn))),
  );
  const edits = [...groups].flatMap((group): readonly Edit[] => {
    const held = places.owner(group);
    if (!held || held.policies.some((policy) => hasDeny(places, policy))) return [];
    const members = holders.filter((arn) => places.groupsOf(arn).includes(held.name));
    return members.map((user) => ({ kind: 'leave', user, group }));
  });
  const leaving = new Set(edits.map((edit) => ('user' in edit ? edit.user : '')));
  const whom = leaving.size === 1 ? 'its 1 user' : `its ${leaving.size} users`;
  const left = groups.size === 1 ? 'the group' : `the ${groups.size} groups`;
  return edits.length === 0 || edits.length > MOST_CHANGED
    ? []
    : [{ says: `take ${whom} out of ${left} that ${groups.size === 1 ? 'has' : 'have'} it`, edits }];
};

function detached({ places }: FormContext, cause: FixCause, policy: string): readonly Edit[] {
  if (hasDeny(places, policy)) return [];
  return carriersOf(places, cause, policy).map((owner) => ({ kind: 'detach', owner, policy }));
}

/** ARNs of everybody with the policy. If there are too many: the groups, and the holders with the most access by it. */
function carriersOf(places: AccountParts, { holders }: FixCause, policy: string): readonly string[] {
  const all = places.carriersOf(policy);
  if (all.length <= MOST_CHANGED) return all;
  const have = new Set(all);
  const groups = all.filter((arn) => /:group\//.test(arn));
  return [...groups, ...holders.filter((arn) => have.has(arn))].slice(0, MOST_CHANGED);
}

function detachment({ places }: FormContext, { statements }: FixCause): string {
  const most = Math.max(...statements.map(({ policy }) => places.carriersOf(policy).length));
  return most > MOST_CHANGED
    ? `detach the policy from the ${MOST_CHANGED} of ${most} who hold the most by it`
    : 'detach the policy from all who have it';
}

const FORMS: readonly Form[] = [
  osUser,
  ownSessions,
  documents,
  ownTag,
  notProduction,
  notTheseInstances,
  wholePath,
  gone,
  policyOff,
  leaveGroup,
];

/**
 * Adds a Deny to the policy that grants. AWS managed policies cannot be changed, so each holder gets an
 * inline policy with the Deny instead.
 */
function guards(
  context: FormContext,
  cause: FixCause,
  statements: readonly StatementJson[],
): readonly Edit[] {
  if (statements.length === 0) return [];
  const policies = [...new Set(cause.statements.map(({ policy }) => policy))];
  const edits = policies.flatMap((policy): readonly Edit[] => {
    const kind = context.places.record(policy)?.kind;
    if (kind !== 'aws-managed') return [{ kind: 'append', policy, statements }];
    return carriersOf(context.places, cause, policy).map((owner) => ({ kind: 'deny', owner, statements }));
  });
  return edits.length > MOST_CHANGED ? [] : unique(edits);
}

const unique = (edits: readonly Edit[]): readonly Edit[] => [
  ...new Map(edits.map((edit) => [JSON.stringify(edit), edit])).values(),
];

/**
 * The Allow with an additional condition, if all of its actions are requested on an instance. Its other
 * resources (documents) stay in a second statement without the condition. Null if the statement cannot be
 * split this way.
 */
function limitedAllow(
  { places }: FormContext,
  cause: FixCause,
  condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): readonly Edit[] | null {
  const edits: Edit[] = [];
  for (const { policy, statement } of cause.statements) {
    if (places.record(policy)?.kind === 'aws-managed') return null;
    const by = limitedStatement(writableStatements(places.record(policy))?.[statement], condition, places);
    if (by === null) return null;
    edits.push({ kind: 'replace', policy, statement, by });
  }
  return edits;
}

const ON_INSTANCES: ReadonlySet<string> = new Set(
  neededActions(['session-manager', 'run-command', 'ec2-instance-connect', 'serial-console']).map((action) =>
    action.toLowerCase(),
  ),
);

function limitedStatement(
  statement: StatementJson | undefined,
  condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  places: AccountParts,
): readonly StatementJson[] | null {
  if (statement?.Effect !== 'Allow') return null;
  const { Action, Resource, Condition = {}, Sid } = statement;
  if (!texts(Action).every((action) => ON_INSTANCES.has(action.toLowerCase())) || Resource === undefined)
    return null;
  const conditions = merged(Condition, condition);
  if (conditions === null) return null;
  const instances = texts(Resource).flatMap((one) => (one === '*' ? allInstances(places) : one));
  const isInstance = (arn: string): boolean => /^arn:[^:]*:ec2:/.test(arn);
  const [limited, left] = [instances.filter(isInstance), instances.filter((arn) => !isInstance(arn))];
  if (texts(Resource).includes('*') && texts(Action).some((action) => /^ssm:/i.test(action)))
    left.push(allDocuments(places));
  if (limited.length === 0) return null;
  const { Sid: _, ...rest } = statement;
  return [
    { ...statement, Resource: limited, Condition: conditions },
    ...(left.length === 0
      ? []
      : [{ ...rest, ...(typeof Sid === 'string' && { Sid: `${Sid}Others` }), Resource: left }]),
  ];
}
