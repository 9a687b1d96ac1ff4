/** A statement as in a policy; a document is the content of a PolicyRecord. */
export type StatementJson = Readonly<Record<string, unknown>>;
export interface DocumentJson {
  readonly Version: '2012-10-17';
  readonly Statement: readonly StatementJson[];
}

export function policyDocument(...statements: readonly StatementJson[]): DocumentJson {
  return { Version: '2012-10-17', Statement: statements };
}

type Texts = string | readonly string[];
type Conditions = Readonly<Record<string, Readonly<Record<string, Texts>>>>;

export function allow(actions: Texts, resources: Texts, conditions?: Conditions): StatementJson {
  return {
    Effect: 'Allow',
    Action: actions,
    Resource: resources,
    ...(conditions && { Condition: conditions }),
  };
}

export function deny(actions: Texts, resources: Texts, conditions?: Conditions): StatementJson {
  return { ...allow(actions, resources, conditions), Effect: 'Deny' };
}

/** Denies everything except some actions. */
export function denyAllBut(actions: Texts, conditions: Conditions): StatementJson {
  return { Effect: 'Deny', NotAction: actions, Resource: '*', Condition: conditions };
}
