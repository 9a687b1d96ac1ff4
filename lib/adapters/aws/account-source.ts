import type {
  AccountSource,
  EachPage,
  SourceAnswer,
  SourceCall,
  SourceGap,
} from '../../ports/account-source.ts';
import { gapOf, nameAndMessage } from './call-error.ts';
import { mergePages, OwnTexts } from './cli-output.ts';
import { type Clients, type Credentials, clientsFor, type Patience } from './clients.ts';
import { pagesOf, unknownCall } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { Session } from './session.ts';
import type { Timer } from './token-bucket.ts';

export interface AwsSourceOptions {
  /** the region for global services and for the list of regions */
  readonly region: string;
  /** only these regions; absent: every enabled region of the account */
  readonly regions?: readonly string[];
  /** absent: those of the environment */
  readonly credentials?: Credentials;
  /** absent: limits that fit a function of 15 minutes */
  readonly patience?: Patience;
  /** the timer of the rate limits; absent: the machine's clock */
  readonly timer?: Timer;
  /** the command that gets new credentials; absent: nobody can run one */
  readonly signIn?: string;
}

/**
 * DescribeRegions works in any region and lists only those of its partition. If a guardrail closes the home region, the
 * first region of the partition is usually still open. Partitions by the start of their regions' names:
 * https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
 */
const FALLBACK_REGIONS: readonly (readonly [string, string])[] = [
  ['cn-', 'cn-north-1'],
  ['us-gov-', 'us-gov-west-1'],
  ['eusc-', 'eusc-de-east-1'],
  ['us-iso-', 'us-iso-east-1'],
  ['us-isob-', 'us-isob-east-1'],
  ['eu-isoe-', 'eu-isoe-west-1'],
  ['us-isof-', 'us-isof-south-1'],
  ['', 'us-east-1'],
];

const fallbackOf = (region: string): string =>
  FALLBACK_REGIONS.find(([begin]) => region.startsWith(begin))?.[1] ?? region;

/**
 * An account as AWS returns it. Throttled calls are tried again; a call that still fails is an answer, never an
 * exception.
 */
export function awsSource(options: AwsSourceOptions): AccountSource {
  const clients = clientsFor(options);
  const session = new Session(clients.sts, options.signIn);
  const account = { clients, session, texts: new OwnTexts() };
  const read = async (call: SourceCall, eachPage?: EachPage): Promise<SourceAnswer> =>
    session.over === null ? answer(account, call, eachPage) : notAsked(session.over);
  let listed: RegionList | null = null;
  return {
    read,
    regions: async () => {
      listed = await enabledRegions(read, options.region);
      return (options.regions ? chosenOf(listed, options.regions) : listed).names;
    },
    stopped: () => session.over,
    regionsGap: () => (options.regions ? null : (listed?.gap ?? null)),
    notAsked: () => (listed && options.regions ? chosenOf(listed, options.regions).without : []),
  };
}

const notAsked = (over: string): SourceGap => ({ status: 'not-collected', detail: `not asked, as ${over}` });

interface RegionList {
  readonly names: readonly string[];
  /** why only the home region is known */
  readonly gap: SourceGap | null;
}

/** Sorted. If they cannot be listed, only the home region. */
async function enabledRegions(read: AccountSource['read'], home: string): Promise<RegionList> {
  let gap: SourceGap | null = null;
  for (const region of new Set([home, fallbackOf(home)])) {
    const listed = await read({
      ...{ service: 'ec2', operation: 'describe-regions', region },
      action: 'ec2:DescribeRegions',
    });
    if (listed.status !== 'collected') {
      gap ??= listed;
      continue;
    }
    const { Regions = [] } = listed.data as { Regions?: readonly { RegionName?: string }[] };
    const names = Regions.flatMap(({ RegionName }) => RegionName ?? []);
    if (names.length > 0) return { names: names.toSorted(), gap: null };
  }
  return { names: [home], gap: gap ?? { status: 'unreadable', detail: 'the answer names no region' } };
}

/** The named regions of the account, sorted, and those left out because others were named. */
function chosenOf({ names, gap }: RegionList, named: readonly string[]) {
  if (gap !== null) {
    const detail = `only the regions that were named: which others there are is not known: ${gap.detail}`;
    return { names: named.toSorted(), without: [{ region: null, detail }] };
  }
  const without = [...new Set([...names, ...named])].toSorted().flatMap((region) => {
    if (!named.includes(region)) return [{ region, detail: LEFT_OUT }];
    return names.includes(region) ? [] : [{ region, detail: SWITCHED_OFF }];
  });
  return { names: named.filter((name) => names.includes(name)).toSorted(), without };
}

const LEFT_OUT = 'not requested: it is not among the regions of this scan';
const SWITCHED_OFF = 'not asked: it was named, but the account has it switched off';

/** What the calls of one account share. */
interface Account {
  readonly clients: Clients;
  readonly session: Session;
  readonly texts: OwnTexts;
}

async function answer(
  { clients, session, texts }: Account,
  call: SourceCall,
  eachPage?: EachPage,
): Promise<SourceAnswer> {
  const name = `${call.service}.${call.operation}`;
  const operation = OPERATIONS[name];
  if (operation === undefined) return unknownCall(call);
  const { lists = [] } = call;
  const pages: object[] = [];
  let number = 0;
  try {
    for await (const page of pagesOf(operation(clients, call))) {
      number += 1;
      if (lists.length > 0 && !lists.some((list) => has(page, list)))
        return { status: 'unreadable', detail: withoutLists(lists, number) };
      if (eachPage) eachPage(mergePages([page], texts, lists));
      else pages.push(page);
    }
    return { status: 'collected', data: mergePages(pages, texts, lists), duplicateKeys: [] };
  } catch (error) {
    if (nameAndMessage(error).name === call.absentOn) {
      return { status: 'collected', data: {}, duplicateKeys: [] };
    }
    await session.note(error);
    return gapOf(error, call.action ?? name);
  }
}

const has = (page: object, list: string): boolean =>
  (page as Readonly<Record<string, unknown>>)[list] !== undefined;

/** The services return empty lists as well, so on a page without its list the content is unknown, not empty. */
function withoutLists(lists: readonly string[], page: number): string {
  const names = lists.map((list) => `\`${list}\``).join(', ');
  return `page ${page} has no ${names}: what it should list is not known`;
}
