import data from './actions.json' with { type: 'json' };

/** The access levels of the service authorization reference. */
export type AccessLevel = 'Read' | 'Write' | 'List' | 'Tagging' | 'Permissions management';

const LEVELS: Readonly<Record<string, AccessLevel>> = {
  R: 'Read',
  W: 'Write',
  L: 'List',
  T: 'Tagging',
  P: 'Permissions management',
};

const VERB_CODES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const packed: ReadonlyMap<string, string> = new Map(Object.entries(data.services));
const unpacked = new Map<string, ReadonlyMap<string, string>>();

/**
 * The actions of a service (lower case) with their level letters. A packed service is a list of nouns, each
 * `<length shared with the noun before, base 36><rest>:<verb code><level letter>...`, so that 22,000 action
 * names fit into 220 kB; `-` is a name without one of the common verbs.
 */
function unpack(text: string): ReadonlyMap<string, string> {
  const actions = new Map<string, string>();
  let noun = '';
  for (const entry of text.split(' ')) {
    const colon = entry.indexOf(':');
    noun = noun.slice(0, Number.parseInt(entry.charAt(0), 36)) + entry.slice(1, colon);
    for (let i = colon + 1; i < entry.length; i += 2) {
      const verb = data.verbs[VERB_CODES.indexOf(entry.charAt(i))] ?? '';
      actions.set(verb + noun, entry.charAt(i + 1));
    }
  }
  return actions;
}

function actionsOf(service: string): ReadonlyMap<string, string> | undefined {
  const known = unpacked.get(service);
  if (known) return known;
  const text = packed.get(service);
  if (text === undefined) return undefined;
  const actions = unpack(text);
  unpacked.set(service, actions);
  return actions;
}

function codeOf(action: string): string | undefined {
  const lower = action.toLowerCase();
  const colon = lower.indexOf(':');
  return actionsOf(lower.slice(0, colon))?.get(lower.slice(colon + 1));
}

/**
 * Whether an action (`ec2:StartInstances`, any case) can be limited to a resource; `false` means that it is
 * always evaluated against `*`, `undefined` that the service authorization reference does not list it.
 */
export function hasResourceLevel(action: string): boolean | undefined {
  const code = codeOf(action);
  return code === undefined ? undefined : code < 'a';
}

/** The access level of an action in any case, `undefined` for an action that the reference does not list. */
export function accessLevel(action: string): AccessLevel | undefined {
  const code = codeOf(action);
  return code === undefined ? undefined : LEVELS[code.toUpperCase()];
}

/**
 * The actions of a service in lower case and without its prefix, none for an unknown service.
 * @public tests check with it that the generated table is complete
 */
export function actionNames(service: string): readonly string[] {
  return [...(actionsOf(service.toLowerCase())?.keys() ?? [])];
}
