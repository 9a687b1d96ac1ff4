import type { CompiledPolicy } from '../../evaluator/compile.ts';
import { remembered } from '../../memory/remembered.ts';
import { allowedPrincipals } from '../../policy/allowed-principals.ts';
import type { Role, Snapshot } from '../../snapshot/snapshot.ts';

interface Known {
  readonly snapshot: Snapshot;
  readonly policies: ReadonlyMap<string, CompiledPolicy>;
}

const cache = new WeakMap<Snapshot, ReadonlySet<string>>();

/**
 * True if a session of the role may have been started with MFA. A user has a device, a role has none: it
 * passes MFA on to the next role only if it was assumed with MFA itself. Services and identity providers pass
 * none. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
 */
export function mayHaveMfa(role: Role, known: Known): boolean {
  // a role that does not exist yet is assumed by its creator
  return !remembered(cache, known.snapshot, () => rolesWithoutMfa(known)).has(role.arn);
}

/** By ARN. */
function rolesWithoutMfa({ snapshot, policies }: Known): ReadonlySet<string> {
  const own = ownRoles(snapshot);
  const found = new Set<Role>();
  const takenFrom = new Map<Role, Role[]>();
  for (const role of snapshot.roles) {
    const takers = takersIn(policies.get(role.trust))?.map((entry) => own.get(roleName(entry)));
    // a caller that is no role of the account may have MFA
    if (!takers || takers.includes(undefined)) found.add(role);
    else for (const taker of takers) remembered(takenFrom, taker as Role, () => []).push(role);
  }
  // the loop also visits roles that it adds
  for (const role of found) for (const next of takenFrom.get(role) ?? []) found.add(next);
  return new Set(snapshot.roles.filter((role) => !found.has(role)).map(({ arn }) => arn));
}

/** The AWS principals in the Allows; null: they admit anybody. */
function takersIn(trust: CompiledPolicy | undefined): readonly string[] | null {
  if (!trust || trust.document.malformed) return null;
  const letIn = allowedPrincipals(trust.document.statements);
  if (letIn.some(({ any }) => any)) return null;
  return letIn.flatMap(({ aws }) => aws);
}

/** The account's roles by ARN, by unique id, and by the ARN of their sessions without the session name. */
function ownRoles({ roles, partition, accountId }: Snapshot): ReadonlyMap<string, Role> {
  return new Map(
    roles.flatMap((role) =>
      [role.arn, role.id, `arn:${partition}:sts::${accountId}:assumed-role/${role.name}`].map(
        (name) => [name, role] as const,
      ),
    ),
  );
}

const roleName = (entry: string): string =>
  entry.includes(':assumed-role/') ? entry.slice(0, entry.lastIndexOf('/')) : entry;
