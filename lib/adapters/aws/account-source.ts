import type { AccountSource, SourceAnswer, SourceCall, SourceGap } from '../../ports/account-source.ts';
import { gapOf, nameAndMessage } from './call-error.ts';
import { mergePages } from './cli-output.ts';
import { type Clients, type Credentials, clientsFor } from './clients.ts';
import { ABSENT_ON, LISTS, OPERATIONS } from './operations.ts';

export interface AwsSourceOptions {
  /** where global services are asked from and regions are looked up */
  readonly region: string;
  /** only these regions; absent: every region that is switched on in the account */
  readonly regions?: readonly string[];
  /** absent: those of the environment */
  readonly credentials?: Credentials;
}

/** DescribeRegions is answered in any region; where a guardrail closes the home region, this one mostly stays open. */
const FALLBACK_REGION = 'us-east-1';

/** An account as AWS itself answers. Throttled calls are tried again; what still fails is an answer, never an exception. */
export function awsSource(options: AwsSourceOptions): AccountSource {
  const clients = clientsFor(options.region, options.credentials);
  const read = (call: SourceCall) => answer(clients, call);
  let gap: SourceGap | null = null;
  const noteGap = (why: SourceGap | null) => {
    gap = why;
  };
  return {
    regions: async () => options.regions?.toSorted() ?? enabledRegions(read, options.region, noteGap),
    regionsGap: () => gap,
    read,
  };
}

/** Sorted. Where the list itself is refused, the home region alone: the gap then says why. */
async function enabledRegions(
  read: AccountSource['read'],
  home: string,
  noteGap: (why: SourceGap | null) => void,
): Promise<readonly string[]> {
  for (const region of new Set([home, FALLBACK_REGION])) {
    const listed = await read({ service: 'ec2', operation: 'describe-regions', region });
    if (listed.status !== 'collected') {
      noteGap(listed);
      continue;
    }
    noteGap(null);
    const { Regions = [] } = listed.data as { Regions?: readonly { RegionName?: string }[] };
    const names = Regions.flatMap(({ RegionName }) => RegionName ?? []);
    if (names.length > 0) return names.toSorted();
  }
  return [home];
}

async function answer(clients: Clients, call: SourceCall): Promise<SourceAnswer> {
  const name = `${call.service}.${call.operation}`;
  const operation = OPERATIONS[name];
  if (operation === undefined) {
    return { status: 'not-collected', detail: `\`${name}\` is not a call that this source makes` };
  }
  try {
    const data = mergePages(await allPages(operation(clients, call)), LISTS[name]);
    return { status: 'collected', data, duplicateKeys: [] };
  } catch (error) {
    if (nameAndMessage(error).name === ABSENT_ON[name]) {
      return { status: 'collected', data: {}, duplicateKeys: [] };
    }
    return gapOf(error, iamAction(call));
  }
}

async function allPages(answered: AsyncIterable<object> | Promise<object>): Promise<object[]> {
  if (answered instanceof Promise) return [await answered];
  const pages: object[] = [];
  for await (const page of answered) pages.push(page);
  return pages;
}

/** `describe-instances` of `ec2` is granted as `ec2:DescribeInstances`. */
function iamAction({ service, operation }: SourceCall): string {
  if (operation === 'effective-policies') return 'organizations:ListPoliciesForTarget';
  const camel = operation
    .split('-')
    .map((word) => (word === 'mfa' ? 'MFA' : word.charAt(0).toUpperCase() + word.slice(1)));
  return `${service}:${camel.join('')}`;
}
