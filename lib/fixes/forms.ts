import type { FixCause } from './cause.ts';
import { hasDeny, type Places, statementsOf } from './compose.ts';
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
import { actionsOf, denialOf } from './path-denials.ts';
import { merged, texts } from './statement-json.ts';
import type { FixTags } from './tags.ts';

/** What forms are made of. */
export interface FormContext {
  readonly places: Places;
  readonly tags: FixTags;
}

/** One way to fix a cause. */
export interface Candidate {
  /** what it does, behind the name of the place: `let people onto instances of their own `team` alone` */
  readonly says: string;
  readonly edits: readonly Edit[];
  /** it only says as whom, or with what, one gets there: all that it closes or narrows counts */
  readonly narrows?: true;
}

type Form = (context: FormContext, cause: FixCause) => readonly Candidate[];

/** Principals, or policies, that one fix changes. */
export const MOST_CHANGED = 100;

/**
 * What can be done about a statement of an identity policy: what leaves the most stands first. Which of them is taken,
 * and what each does, is for the evaluation to tell.
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
  return edits.length === 0 ? [] : [{ says: 'let people resume and end their own sessions alone', edits }];
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
      : [{ says: `let them onto instances with their own value of the tag \`${key}\` alone`, edits }];
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
  return edits.length === 0 ? [] : [{ says: `keep them off production, by the tag ${tags}`, edits }];
};

const notTheseInstances: Form = (context, cause) => {
  const arns = context.tags.productionArns;
  if (arns.length === 0 || arns.length > MOST_ARNS) return [];
  const edits = guards(context, cause, denialOf(onInstances(cause.paths), { Resource: arns }));
  return edits.length === 0 ? [] : [{ says: 'keep them off the instances of production, by ARN', edits }];
};

const wholePath: Form = (context, cause) => {
  const edits = guards(context, cause, denialOf(cause.paths));
  return edits.length === 0 ? [] : [{ says: `deny ${cause.paths.join(', ')} altogether`, edits }];
};

/** Takes the statement out, or the policy off whoever has it. */
const gone: Form = (context, cause) => {
  const edits = cause.statements.flatMap(({ policy, statement }): readonly Edit[] => {
    if (context.places.record(policy)?.kind !== 'aws-managed')
      return [{ kind: 'replace', policy, statement, by: [] }];
    return detached(context, cause, policy);
  });
  const isManaged = edits.some(({ kind }) => kind === 'detach');
  const says = isManaged ? detachment(context, cause) : 'take the statement out';
  return edits.length === 0 || edits.length > MOST_CHANGED ? [] : [{ says, edits: unique(edits) }];
};

/** Takes a policy of one's own off: where its other statements give the same by another way. */
const policyOff: Form = (context, cause) => {
  if (cause.rules.length === 0) return [];
  const policies = [...new Set(cause.statements.map(({ policy }) => policy))];
  if (policies.some((policy) => context.places.record(policy)?.kind !== 'customer-managed')) return [];
  const edits = policies.flatMap((policy) => detached(context, cause, policy));
  return edits.length === 0 || edits.length > MOST_CHANGED
    ? []
    : [{ says: detachment(context, cause), edits }];
};

function detached({ places }: FormContext, cause: FixCause, policy: string): readonly Edit[] {
  if (hasDeny(places, policy)) return [];
  return carriersOf(places, cause, policy).map((owner) => ({ kind: 'detach', owner, policy }));
}

/** Whoever has a policy; of very many the groups, and those who hold the most by it. */
function carriersOf(places: Places, { holders }: FixCause, policy: string): readonly string[] {
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
];

/** A Deny beside what grants: in the same policy, or, where AWS manages that, in one of its own for all who have it. */
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
 * The Allow itself with a condition more on instances, where every action of it is asked for on an instance: documents
 * and the like keep a statement without it. Null where it says more than that.
 */
function limitedAllow(
  { places }: FormContext,
  cause: FixCause,
  condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): readonly Edit[] | null {
  const edits: Edit[] = [];
  for (const { policy, statement } of cause.statements) {
    if (places.record(policy)?.kind === 'aws-managed') return null;
    const by = limitedStatement(statementsOf(places.record(policy))?.[statement], condition, places);
    if (by === null) return null;
    edits.push({ kind: 'replace', policy, statement, by });
  }
  return edits;
}

const ON_INSTANCES: ReadonlySet<string> = new Set(
  actionsOf(['session-manager', 'run-command', 'ec2-instance-connect', 'serial-console']).map((action) =>
    action.toLowerCase(),
  ),
);

function limitedStatement(
  statement: StatementJson | undefined,
  condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  places: Places,
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
