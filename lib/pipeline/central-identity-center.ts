import { callName } from '../collect/aws-call.ts';
import { IDENTITY_CENTER_CALLS } from '../collect/calls/identity-center.ts';
import { callNamed } from '../collect/calls.ts';
import { sourceCall } from '../collect/reading.ts';
import type { AccountSource, EachPage, SourceAnswer, SourceCall } from '../ports/account-source.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { jsonIn } from '../snapshot/json-in.ts';

/** The account that reads Identity Center for others: the account of the deployment. */
export interface CentralIdentityCenter {
  readonly ask: (call: SourceCall) => Promise<SourceAnswer>;
  readonly readBy: string;
  /** of the run whose accounts share what is the same for all of them; null: each account reads it itself */
  readonly shared: { readonly store: ObjectStore; readonly run: string } | null;
}

const CALLS: ReadonlySet<string> = new Set(IDENTITY_CENTER_CALLS.map(callName));

const nameOf = ({ service, operation }: SourceCall): string => `${service}.${operation}`;

/** Calls that name an account differ between accounts. */
const isOfOneAccount = (call: SourceCall): boolean => {
  const { argument } = callNamed(nameOf(call));
  return argument?.kind === 'ids' && argument.ids.includes('AccountId');
};

/**
 * A source that reads Identity Center from the account of the deployment first: it may be the delegated
 * administrator, and most accounts are not. Data that is the same for all accounts of a run is read once.
 */
export function withCentralIdentityCenter(
  source: AccountSource,
  central: CentralIdentityCenter,
): AccountSource {
  const read = async (call: SourceCall, eachPage?: EachPage): Promise<SourceAnswer> => {
    if (!CALLS.has(nameOf(call))) return source.read(call, eachPage);
    const answered = await askedOnce(central, call);
    if (says(answered)) return answered;
    const own = await source.read(call, eachPage);
    return own.status === 'collected' ? own : answered;
  };
  return { ...source, read };
}

/** An account that sees no instance says nothing about what another one sees. */
const says = (answer: SourceAnswer): boolean =>
  answer.status === 'collected' &&
  (answer.data as { readonly Instances?: readonly object[] }).Instances?.length !== 0;

async function askedOnce(central: CentralIdentityCenter, call: SourceCall): Promise<SourceAnswer> {
  const { ask, readBy, shared } = central;
  if (shared === null || isOfOneAccount(call)) return by(readBy, await ask(call));
  const key = answerKey(shared.run, call);
  const there = await shared.store.get(key);
  const kept = there === null ? null : jsonIn(there.body);
  if (kept !== null && typeof kept === 'object')
    return by(readBy, { status: 'collected', data: kept, duplicateKeys: [] });
  const answered = await ask(call);
  if (says(answered) && answered.status === 'collected')
    await shared.store.create(key, `${JSON.stringify(answered.data)}\n`, 'application/json');
  return by(readBy, answered);
}

const by = (readBy: string, answer: SourceAnswer): SourceAnswer =>
  answer.status === 'collected' ? { ...answer, readBy } : answer;

const answerKey = (run: string, call: SourceCall): string =>
  `plans/${run}/identity-center/${nameOf(call)}${call.argument === undefined ? '' : `.${encodeURIComponent(call.argument)}`}.json`;

/**
 * Reads the names of groups and people before any account needs them, since they take many calls and accounts
 * are read in parallel. Returns a description of the result; if it is refused, each account finds that out
 * itself.
 */
export async function readDirectory(central: CentralIdentityCenter): Promise<string> {
  const instances = await askedOnce(central, sourceCall(callNamed('sso-admin.list-instances'), null));
  if (instances.status !== 'collected') return `not read: ${instances.detail}`;
  const { Instances = [] } = instances.data as {
    readonly Instances?: readonly { readonly IdentityStoreId?: string }[];
  };
  const stores = new Set(Instances.flatMap(({ IdentityStoreId }) => IdentityStoreId ?? []));
  const gaps: string[] = [];
  for (const id of stores) {
    for (const name of ['identitystore.list-groups', 'identitystore.list-users']) {
      const answer = await askedOnce(central, sourceCall(callNamed(name), null, id));
      if (answer.status !== 'collected') gaps.push(answer.detail);
    }
  }
  if (stores.size === 0) return 'there is none to be seen';
  return gaps.length === 0 ? 'read for all accounts' : `not read: ${gaps[0]}`;
}
