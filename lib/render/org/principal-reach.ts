import type { Border, OwnReach } from '../../across/border.ts';
import type { OrganizationBorders } from '../../across/organization-borders.ts';
import { OrganizationGraph } from '../../across/organization-graph.ts';
import type { PrincipalKind } from '../../matrix/paths/cell.ts';
import { permissionSetOf } from '../../snapshot/permission-set.ts';
import { type AccountReach, accountsReached } from './account-reach.ts';

/** The access of one principal in all accounts. */
export interface PrincipalReach {
  readonly principal: string;
  readonly accountId: string;
  readonly kind: PrincipalKind;
  readonly permissionSet: string | null;
  /** its access in its own account, from that account's matrix */
  readonly own: Omit<OwnReach, 'principals' | 'kind'>;
  /** its access through other accounts, the most severe first; its own account may be among them */
  readonly accounts: readonly AccountReach[];
}

/** What an account left of its own principals. */
export type OwnBorder = Pick<Border, 'accountId' | 'own'>;

const ROOT = /^arn:[^:]*:iam::(\d{12}):root$/;

/** The principals of all accounts. For an audited account, its own principals are used. */
export function principalsOf(
  borders: readonly OwnBorder[],
): readonly { readonly principal: string; readonly of: OwnBorder; readonly reach: OwnReach }[] {
  const known = new Set(borders.map(({ accountId }) => accountId));
  return borders.flatMap((of) =>
    of.own.flatMap((reach) =>
      reach.principals
        .filter((principal) => !known.has(ROOT.exec(principal)?.[1] ?? ''))
        .map((principal) => ({ principal, of, reach })),
    ),
  );
}

export function reachOfPrincipals(
  borders: OrganizationBorders,
  asked: ReturnType<typeof principalsOf>,
): readonly PrincipalReach[] {
  const graph = new OrganizationGraph(borders);
  const starts = new Map(
    [...graph.starts()].flatMap((start) =>
      start.principals.map((principal) => [`${start.accountId} ${principal}`, start] as const),
    ),
  );
  return asked.map(({ principal, of: { accountId }, reach: { principals: _, kind, ...own } }) => {
    const start = starts.get(`${accountId} ${principal}`);
    return {
      ...{ principal, accountId, kind, permissionSet: permissionSetOf(principal), own },
      accounts: start ? accountsReached(graph, start) : [],
    };
  });
}
