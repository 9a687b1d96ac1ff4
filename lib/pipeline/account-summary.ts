import { SEVERITIES } from '../findings/severities.ts';
import { InputError } from '../ports/input-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { DigestAccepted, Ending } from '../render/digest-accepted-data.ts';
import type { Audited, DigestGap, OfAccount } from '../render/digest-audited.ts';
import type {
  DigestCause,
  DigestChange,
  DigestChanges,
  DigestNames,
  SeenBy,
} from '../render/digest-change-data.ts';
import type { Most } from '../render/digest-data.ts';
import type {
  DigestFinding,
  DigestFindingFix,
  DigestFindings,
  LastingFindings,
} from '../render/digest-finding-data.ts';
import type { DigestFix, DigestFixes } from '../render/digest-fix-data.ts';
import type { OrgPart, PrincipalAccess } from '../render/org/org-part.ts';
import { jsonIn } from '../snapshot/json-in.ts';
import {
  listOf,
  mapOf,
  number,
  objectOf,
  oneOf,
  orLeftOut,
  orNull,
  type Shape,
  text,
  truth,
} from '../snapshot/shape.ts';
import type { AccountDigest } from './account-digest.ts';
import { runKey } from './keys.ts';
import { inTurn } from './parallel.ts';

/**
 * `summary.json` of a run: what a page and a mail over many accounts show of one, so that the run need not be
 * opened.
 */
export interface AccountSummary extends OrgPart {
  /** left out: the run is of an earlier version */
  readonly digest?: AccountDigest;
}

export const summaryFile = 'summary.json';

/** Null: the run wrote none. Throws an InputError that says what is wrong with a damaged one. */
export async function readSummary(
  store: ObjectStore,
  prefix: string,
  run: string,
): Promise<AccountSummary | null> {
  const key = runKey(prefix, run, summaryFile);
  const there = await store.get(key);
  if (there === null) return null;
  const value = jsonIn(there.body);
  const wrong = SUMMARY(value);
  if (wrong === null) return value as AccountSummary;
  throw new InputError(`cannot read \`${key}\`: \`$${wrong.path}\` ${wrong.message}: run \`scan\` again`);
}

/** The summary of one account's run, or why it cannot be read. */
export interface SummaryRead {
  readonly prefix: string;
  /** null: the run wrote none, or it cannot be read */
  readonly summary: AccountSummary | null;
  readonly error: Error | null;
}

/** The summaries of these accounts, in their order: a problem with one stops no other. */
export const summariesOf = (
  store: ObjectStore,
  run: string,
  accounts: readonly { readonly prefix: string }[],
): AsyncGenerator<SummaryRead> =>
  inTurn(accounts, async ({ prefix }) => {
    try {
      return { prefix, summary: await readSummary(store, prefix, run), error: null };
    } catch (error) {
      return { prefix, summary: null, error: error as Error };
    }
  });

const texts = listOf(text);
const severity = oneOf(...SEVERITIES);
const severities = objectOf<AccountSummary['findings']>({
  ...{ critical: number, high: number, medium: number, low: number, info: number },
});
const kinds = objectOf<AccountSummary['shells']>({
  ...{ person: number, machine: number, aws: number, outside: number },
});
const reached = { strongest: text, instances: number, paths: texts } satisfies Record<
  keyof PrincipalAccess,
  Shape
>;

const most = (item: Shape): { readonly count: Shape; readonly first: Shape } => ({
  count: number,
  first: listOf(item),
});
const ofAccount = objectOf<OfAccount>({ accountId: text, text });
const names = objectOf<DigestNames>({ names: texts, left: number });

const cause = objectOf<DigestCause>({
  ...{ kind: text, detail: text, actor: text, sourceIp: text, time: text, event: text },
  ...{ unexplained: truth, undo: texts },
});

const change = objectOf<DigestChange>({
  ...{ accountId: text, id: text, severity, what: text, principals: names, instances: names },
  rows: listOf(objectOf<DigestChange['rows'][number]>({ paths: text, before: text, after: text })),
  ...{ rowsLeft: number, cause },
  seen: orNull(objectOf<SeenBy>({ run: text, at: text, waits: truth })),
});

const finding = objectOf<DigestFinding>({
  ...{ accountId: text, id: text, severity, title: text },
  ...{ rules: text, since: text, holders: text, remedy: text },
  fix: orLeftOut(objectOf<DigestFindingFix>({ says: text, proof: text, commands: texts })),
});

const ending = objectOf<Ending>({
  ...{ id: text, rule: text, severity, title: text, text, days: number },
  ...{ peopleCount: number, productionCount: number, instanceCount: number },
});

const fix = objectOf<DigestFix>({
  ...{ accountId: text, says: text, removesRoot: number, proof: text, commands: texts },
});

const step: Shape = (value) =>
  listOf(number)(value) ?? ((value as readonly number[]).length === 3 ? null : WRONG_STEP);
const WRONG_STEP = { path: '', message: 'must be three numbers' };

const audited = objectOf<Audited>({
  ...{ accounts: number, accountId: text, takenAt: text, since: orNull(text), firsts: number },
  states: objectOf<Audited['states']>({ complete: number, partial: number, blind: number }),
  ...{ blind: listOf(ofAccount), verdicts: listOf(ofAccount), severities },
  changes: objectOf<DigestChanges>({ ...most(change), critical: number, configured: orLeftOut(number) }),
  findings: objectOf<DigestFindings>({
    ...most(finding),
    ...{ fresh: number, resolved: objectOf<Most<string>>(most(text)) },
    lasting: orLeftOut(
      objectOf<LastingFindings>({ count: number, accountId: text, title: text, since: text }),
    ),
  }),
  accepted: objectOf<DigestAccepted>({
    ...{ count: number, exceptions: number, administrators: number, nextEnd: orNull(text) },
    ending: objectOf<Most<Ending>>(most(ending)),
  }),
  fixes: objectOf<DigestFixes>({ count: number, first: orNull(fix) }),
  gaps: objectOf<Most<DigestGap>>(most(objectOf<DigestGap>({ head: text, detail: text }))),
  trend: mapOf(step),
});

const digest = objectOf<AccountDigest>({
  audited,
  teams: listOf(objectOf<AccountDigest['teams'][number]>({ name: text, audited: orNull(audited) })),
  problems: texts,
});

const SUMMARY = objectOf<AccountSummary>({
  schemaVersion: oneOf(1),
  ...{ accountId: text, takenAt: text, name: orNull(text), unit: orNull(text) },
  ...{ state: oneOf('complete', 'partial', 'blind'), why: text },
  ...{ principals: number, instances: number, shells: kinds, root: kinds, findings: severities },
  permissionSets: listOf(objectOf<PrincipalAccess & { readonly name: string }>({ name: text, ...reached })),
  across: listOf(objectOf<PrincipalAccess & { readonly from: string }>({ from: text, ...reached })),
  digest: orLeftOut(digest),
});
