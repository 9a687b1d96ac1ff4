import type { Atom } from '../../evaluator/formula.ts';
import type { UnlistedHolder, UnlistedThing } from './unlisted-things.ts';

/**
 * What one IAM permission makes of its holder. The evaluator judges each row request by request, through
 * every layer. The rows are those of https://pathfinding.cloud and of Rhino Security Labs' list that give the
 * principal more than it had; assuming a role is not among them, since it is a separate step.
 */
export interface Escalation {
  /** the action that shows in `via` */
  readonly action: string;
  /** for rows about the principal itself: whether it must be a user or a role */
  readonly by: 'user' | 'role' | 'both';
  readonly requests: readonly EscalationRequest[];
  readonly becomes: Becomes;
  readonly references: readonly string[];
  /** a condition of the chain for something besides IAM */
  readonly asks?: Atom;
  /** the same for a caller that does not come from Identity Center */
  readonly asksOthers?: Atom;
}

export interface EscalationRequest {
  readonly action: string;
  readonly on: EscalationTarget;
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * `self`: the principal's own user or role. `own-policy`: a customer managed policy in force for it;
 * `own-boundary`: one that is its boundary. `own-version`: one that has other versions. `own-group`,
 * `other-group`: a group that it is in, or is not in yet. `other-user`, `other-role`: any other principal. `new:...`: a resource that does not exist yet, by the
 * end of its ARN after partition, service, region and account; `any` if the action is never limited to a
 * resource. `new-user`, `new-role`, `new-group`: one that the principal creates, under any name that it may. `foreign-runbooks`: documents of other accounts, which anybody may create and share. `holder:...`:
 * something that already has the role in question. `existing:...`: anything of that kind. `own-set`: the
 * permission set that the role comes from.
 * `beside:...`: what the request also names, as it follows from the resource of the row (`account/beside.ts`).
 */
export type EscalationTarget =
  | 'self'
  | 'own-policy'
  | 'own-boundary'
  | 'own-version'
  | 'own-group'
  | 'other-group'
  | 'other-user'
  | 'other-role'
  | 'new-user'
  | 'new-role'
  | 'new-group'
  | 'any'
  | 'foreign-runbooks'
  | `new:${string}`
  | `holder:${RoleHolder}`
  | `existing:${Existing}`
  | 'own-set'
  | `beside:${Beside}`;

export type Beside =
  | 'identity-center'
  | 'this-account'
  | 'identity-store'
  | 'directory-user'
  | 'new-policy'
  | 'attached-policy'
  | 'cluster-of-task'
  | 'endpoint-of-runtime';

/** Things that run with a role, in a region; see `account/role-holders.ts`. */
export type RegionalHolder = 'functions' | 'stateMachineRoles' | 'stacks' | 'projects' | 'batchProjects';

/** Things that give people a role; see `account/directory.ts`. */
export type DirectoryHolder = 'permissionSets' | 'directoryGroups' | 'samlProviders';

/** Things to which a role can be passed; see `account/existing.ts`. */
export type Existing = RegionalHolder | UnlistedThing | 'services';

export type RoleHolder = RegionalHolder | UnlistedHolder | DirectoryHolder;

/**
 * `any-policy`: itself with any identity policy; its boundary and the guardrails still apply. `no-boundary`:
 * itself without its boundary. `without-deny`: itself without a policy that denies it something. `own-tags`:
 * itself with other tags that policies read, `fewer-tags`: without these. `group`: itself with the policies
 * of that group added. `version`: itself with another version of one of its policies. `attached`: itself with policies added that it may attach, if these are
 * limited. `user`: that other
 * user; `trusted-role`: a role that it lets itself assume; `trusted-session`: the same in a session with tags, a source
 * identity and MFA of its choice; `new-user`, `new-role`: one that it creates, with any policy; `passedTo`: a role that is passed to a
 * service which runs the caller's code with it, or makes only these `calls` for the caller; `runBy`: a role
 * of something that runs the caller's code from then on, or that lets the caller in.
 */
export type Becomes =
  | 'any-policy'
  | 'no-boundary'
  | 'without-deny'
  | 'own-tags'
  | 'fewer-tags'
  | 'group'
  | 'version'
  | 'attached'
  | 'user'
  | 'trusted-role'
  | 'trusted-session'
  | NewPrincipal
  | PassedRole
  | { readonly runBy: RoleHolder };

export interface PassedRole {
  readonly passedTo: string;
  readonly calls?: readonly string[];
  /** the name of the role that the service uses if it is passed none: no other role is meant */
  readonly unpassed?: string;
}

/** A role that a service uses for certain calls only. */
export type CallingRole = Required<Pick<PassedRole, 'passedTo' | 'calls'>>;

export type NewPrincipal = 'new-user' | 'new-role';
