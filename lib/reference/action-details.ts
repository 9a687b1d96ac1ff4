import data from './action-details.json' with { type: 'json' };

/** The resource types of one action of an access path, whether each is required, and the condition keys. */
export interface ActionDetail {
  readonly resourceTypes: Readonly<
    Record<string, { readonly required: boolean; readonly keys: readonly string[] }>
  >;
  readonly keys: readonly string[];
}

const details = new Map<string, ActionDetail>();
for (const [service, actions] of Object.entries(data.services))
  for (const [name, detail] of Object.entries(actions as Readonly<Record<string, ActionDetail>>))
    details.set(`${service}:${name}`.toLowerCase(), detail);

/** The resource types and condition keys of an action (any case), for the services that open instances. */
export function actionDetail(action: string): ActionDetail | undefined {
  return details.get(action.toLowerCase());
}
