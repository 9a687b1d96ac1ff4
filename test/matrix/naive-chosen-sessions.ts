import { statementsFor } from '../../lib/evaluator/compile.ts';
import type { Account, Subject } from '../../lib/matrix/account/account.ts';
import type { SessionChoice } from '../../lib/matrix/account/chosen-sessions.ts';
import type { HypotheticalPrincipals } from '../../lib/matrix/account/hypothetical-principals.ts';
import { bringsNaively } from './naive-session-tags.ts';
import { canHaveIdentity, canLackIdentity } from './naive-source-identity.ts';

/** What the writers of trust policies choose for their sessions. It reads the texts of the documents. */

interface ChosenSession {
  readonly to: number;
  readonly choices: readonly SessionChoice[];
}

export type ChosenSessions = Readonly<Record<'user' | 'role', ReadonlyMap<string, ChosenSession>>>;

/** Adds each role in such sessions to the hypothetical principals. */
export function chosenSessions(
  subjects: readonly Subject[],
  account: Account,
  hypotheticals: HypotheticalPrincipals,
): ChosenSessions {
  const by = (isUser: boolean): ReadonlyMap<string, ChosenSession> =>
    new Map(
      [...subjects.entries()].flatMap(([i, role]) => {
        if (!role.role || role.role.path.startsWith('/aws-service-role/')) return [];
        const choices = lackedBy(role, account, isUser);
        return choices.length === 0
          ? []
          : [[role.arn, { to: hypotheticals.inSession(i, choices), choices }] as const];
      }),
    );
  return { user: by(true), role: by(false) };
}

function lackedBy(role: Subject, account: Account, isUser: boolean): readonly SessionChoice[] {
  const { identityPolicies, permissionsBoundary, serviceControlPolicies, resourceControlPolicies } =
    role.layers;
  const own = [...identityPolicies, ...serviceControlPolicies.flat(), ...resourceControlPolicies.flat()];
  const takesRoles = identityPolicies.some((policy) =>
    statementsFor(policy, 'sts:assumerole').some(({ effect }) => effect === 'Allow'),
  );
  const names = [...own, ...(permissionsBoundary ? [permissionsBoundary] : [])].map(({ name }) => name);
  const trusts = account.snapshot.roles.map((one) => one.trust);
  const asked = new Set([...names, ...(takesRoles ? trusts : [])]);
  const records = account.snapshot.policies.filter(({ id }) => asked.has(id));
  const text = JSON.stringify(records.map(({ document }) => document)).toLowerCase();
  const trust = account.policies.get(role.role?.trust ?? '');
  const tags = [...text.matchAll(/aws:principaltag\/([^"},]+)/g)].map(([, tag = '']) => tag);
  const isOpenTag = (tag: string): boolean => trust !== undefined && bringsNaively(trust, tag);
  const mayVary = trust ? canHaveIdentity(trust) && canLackIdentity(trust) : true;
  const keys = ['aws:multifactorauthpresent', 'aws:multifactorauthage'].filter((key) => text.includes(key));
  return [
    ...(tags.some((tag) => !tag.startsWith('aws:') && !isOpenTag(tag)) ? (['sts:TagSession'] as const) : []),
    ...(text.includes('aws:sourceidentity') && !mayVary ? (['sts:SetSourceIdentity'] as const) : []),
    ...(isUser && keys.some((key) => role.session.state(key) !== undefined)
      ? (['sts:AssumeRole'] as const)
      : []),
  ];
}
