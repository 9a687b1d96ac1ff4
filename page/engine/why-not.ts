import type { PolicyData } from '../../lib/render/page/page-data.ts';
import type { Model } from './model.ts';

/** What the policies of a principal say of one action. */
export interface ActionSaid {
  readonly action: string;
  readonly allows: readonly Said[];
  readonly denies: readonly Said[];
}

/** A statement that takes in the action. `from`: whose, beside the principal's own: `boundary`, a level of the organisation. */
export interface Said {
  readonly policy: number;
  readonly statement: number;
  readonly from: string;
}

/** Why a path is closed to a principal: how many policies were looked through, and what they say of each action. */
export interface WhyNot {
  readonly path: number;
  readonly policies: number;
  readonly hasBoundary: boolean;
  /** from outside: it has no policies here */
  readonly isOutside: boolean;
  readonly ways: readonly (readonly ActionSaid[])[];
}

/** The first ways of a path to be told; the others ask for other documents or resources. */
const MOST_WAYS = 3;

export function whyNot(model: Model, policies: PolicyData, principal: number, path: number): WhyNot {
  const [, , list = -1] = model.principals.rows[principal] ?? [];
  const { held = [], boundary = -1 } = model.principals.policyLists[list] ?? {};
  const said = (action: number): ActionSaid => {
    const all = [
      ...held.flatMap((policy) => saidBy(policies, policy, action, '')),
      ...(boundary < 0 ? [] : saidBy(policies, boundary, action, 'permissions boundary')),
      ...policies.guardrails.flatMap(([level, policy]) => saidBy(policies, policy, action, level)),
    ];
    return {
      action: model.head.actions[action] ?? '',
      allows: all.filter(({ allows, from }) => allows && from === ''),
      denies: all.filter(({ allows }) => !allows),
    };
  };
  const ways = model.head.paths[path]?.alternatives ?? [];
  const unique = new Map(ways.map((actions) => [actions.join(), actions] as const));
  return {
    path,
    policies: held.length,
    hasBoundary: boundary >= 0,
    isOutside: list < 0,
    ways: [...unique.values()].slice(0, MOST_WAYS).map((actions) => actions.map(said)),
  };
}

function saidBy(
  { says, sayLists }: PolicyData,
  policy: number,
  action: number,
  from: string,
): (Said & { readonly allows: boolean })[] {
  return (sayLists[says[policy] ?? -1] ?? [])
    .filter(([own]) => own === action)
    .map(([, allows, statement]) => ({ policy, statement, from, allows: allows === 1 }));
}
