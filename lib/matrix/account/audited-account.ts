import type { CompiledPolicy } from '../../evaluator/compile.ts';
import { once } from '../../memory/once.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Instance, Snapshot } from '../../snapshot/snapshot.ts';
import type { Alternative } from '../paths/access-path.ts';
import { ACCESS_PATHS, type AccessPath } from '../paths/access-paths.ts';
import type { PathId } from '../paths/cell.ts';
import { type Account, compileAccount, type Subject } from './account.ts';
import { mayHaveEndpoint } from './connect-endpoints.ts';
import { gatingTagKeys, tagRewriteAlternatives } from './gating-tags.ts';
import {
  type AskedAlternative,
  alternativesOf,
  askAlternatives,
  decide,
  type PathDecision,
} from './one-cell.ts';

/** An account with the paths that apply in it: decides any single cell exactly. */
export interface AuditedAccount {
  readonly account: Account;
  readonly paths: readonly AccessPath[];
  /** policies that changes may add: what they distinguish is distinguished from the start */
  readonly planned?: readonly CompiledPolicy[];
}

const audited = new WeakMap<Snapshot, AuditedAccount>();

export const auditedAccount = (snapshot: Snapshot): AuditedAccount =>
  remembered(audited, snapshot, () => audit(snapshot));

function audit(snapshot: Snapshot): AuditedAccount {
  const account = compileAccount(snapshot);
  // depends on all policies, so it is computed on demand
  const rewrites = once(() => tagRewriteAlternatives(gatingTagKeys(account)));
  const paths = ACCESS_PATHS.map((path) =>
    path.id === 'tag-rewrite' ? withAlternatives(path, rewrites) : path,
  );
  return { account, paths };
}

const withAlternatives = (path: AccessPath, alternatives: () => readonly Alternative[]): AccessPath => ({
  ...path,
  get alternatives() {
    return alternatives();
  },
});

/** The alternatives of a path for one instance; null if the path cannot apply, so that there is no cell. */
export function applicable(
  audited: AuditedAccount,
  path: AccessPath,
  instance: Instance,
): readonly Alternative[] | null {
  const isOther = (platform: 'windows' | 'linux'): boolean =>
    path.applies === platform && instance.platform !== platform;
  if (isOther('windows') || isOther('linux')) return null;
  if (path.applies === 'vpc-endpoint' && !mayHaveEndpoint(instance, audited.account)) return null;
  return alternativesOf(path, instance, audited.account.snapshot.settings);
}

function askPath(
  audited: AuditedAccount,
  path: AccessPath,
  instance: Instance,
  subject: Subject,
): readonly AskedAlternative[] | null {
  return (
    applicable(audited, path, instance)?.flatMap((alternative) =>
      askAlternatives(alternative, instance, subject, audited.account),
    ) ?? null
  );
}

/** One cell that is held directly, without chains. */
export function decideDirect(
  audited: AuditedAccount,
  path: AccessPath,
  instance: Instance,
  subject: Subject,
): PathDecision | null {
  const asked = askPath(audited, path, instance, subject);
  return asked && withCoverage(audited, subject, decide(asked, subject.given));
}

/** What depends on policies that were not collected is unknown. */
function withCoverage(audited: AuditedAccount, subject: Subject, decision: PathDecision): PathDecision {
  const known = audited.account.guardrailsAreWhole
    ? decision
    : { ...decision, uncertain: [...decision.uncertain, 'guardrails-not-collected' as const].sort() };
  // a denied cell stays denied whatever the missing policies allow
  if (subject.missing === null || known.verdict === 'denied') return known;
  return { ...known, verdict: 'unknown', condition: null, missing: subject.missing };
}

export function pathOf(audited: AuditedAccount, id: PathId): AccessPath | undefined {
  return audited.paths.find((path) => path.id === id);
}
