import { naiveEvaluate } from '../naive/evaluate.ts';

/*
 * A second, simple search for access between accounts: in one state of the world after another it requests every
 * role with every external id, until nothing changes any more. It shares no code with `lib/across`.
 */

export interface NaivePrincipal {
  readonly arn: string;
  readonly id: string;
  readonly account: string;
  readonly policies: readonly object[];
  readonly boundary?: object;
  readonly team?: string;
  /** of a role */
  readonly trust?: object;
  /** true if it opens an instance of its account */
  readonly opens?: boolean;
}

export interface NaiveAccount {
  readonly id: string;
  /** null: in no organisation */
  readonly organization: string | null;
  readonly scps: readonly (readonly object[])[];
  readonly rcps: readonly (readonly object[])[];
}

/** What is not known beforehand. */
export interface World {
  readonly mfa: boolean;
  readonly ip: string;
  /** the external id that a caller may give; null: none */
  readonly externalIds: readonly (string | null)[];
}

export class NaiveOrganization {
  readonly #accounts: ReadonlyMap<string, NaiveAccount>;
  readonly #principals: readonly NaivePrincipal[];

  constructor(accounts: readonly NaiveAccount[], principals: readonly NaivePrincipal[]) {
    this.#accounts = new Map(accounts.map((one) => [one.id, one]));
    this.#principals = principals;
  }

  /** The roles that open an instance and that the principal gets: after it left its account, and before. */
  reached(
    start: NaivePrincipal,
    world: World,
  ): Readonly<Record<'away' | 'home', ReadonlySet<NaivePrincipal>>> {
    const [away, home] = [new Set<NaivePrincipal>(), new Set<NaivePrincipal>()];
    const left = [{ who: start, isAway: false }];
    for (let next = left.pop(); next; next = left.pop()) {
      const { who, isAway } = next;
      const seen = isAway ? away : home;
      if (seen.has(who)) continue;
      seen.add(who);
      for (const role of this.#principals)
        if (role.trust && role !== who && this.#takes(who, role, world))
          left.push({ who: role, isAway: isAway || role.account !== who.account });
    }
    const opening = (all: Set<NaivePrincipal>) => new Set([...all].filter(({ opens }) => opens));
    return { away: opening(away), home: opening(home) };
  }

  #takes(who: NaivePrincipal, role: NaivePrincipal, world: World): boolean {
    const [from, into] = [this.#accounts.get(who.account), this.#accounts.get(role.account)] as [
      NaiveAccount,
      NaiveAccount,
    ];
    const isUser = who.arn.includes(':user/');
    return world.externalIds.some((externalId) => {
      const { decision } = naiveEvaluate({
        ...{
          principal: who.arn,
          action: 'sts:AssumeRole',
          resource: role.arn,
          resourceAccount: role.account,
        },
        context: {
          'aws:userid': isUser ? who.id : `${who.id}:session`,
          'aws:SourceIp': world.ip,
          'aws:ResourceAccount': role.account,
          ...(world.mfa && { 'aws:MultiFactorAuthPresent': 'true' }),
          ...(!world.mfa && !isUser && { 'aws:MultiFactorAuthPresent': 'false' }),
          ...(externalId !== null && { 'sts:ExternalId': externalId }),
          ...(from.organization !== null && { 'aws:PrincipalOrgID': from.organization }),
          ...(into.organization !== null && { 'aws:ResourceOrgID': into.organization }),
          ...(who.team !== undefined && { 'aws:PrincipalTag/team': who.team }),
          ...(role.team !== undefined && { 'aws:ResourceTag/team': role.team }),
        },
        identityPolicies: who.policies,
        ...(who.boundary && { permissionsBoundary: who.boundary }),
        serviceControlPolicies: from.scps,
        resourceControlPolicies: into.rcps,
        resourcePolicy: role.trust,
      });
      return decision === 'allowed';
    });
  }
}
