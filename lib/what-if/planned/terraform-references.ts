import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { PlanConfiguration } from './terraform-configuration.ts';
import type { Values } from './terraform-values.ts';

/** What a plan says that a resource will be. */
export interface Future {
  readonly address: string;
  readonly type: string;
  readonly after: Values;
  /** the plan's `after_unknown` */
  readonly unknown: Values;
}

interface KnownNames {
  /** `arn`, `name` and `id` */
  readonly values: ReadonlyMap<string, string>;
  /** null: the plan has its name */
  readonly madeUpName: string | null;
}

/** The type of a resource in its ARN. The provider gives `name` or `arn` as `id`. */
const IN_ARN: ReadonlyMap<string, { readonly resource: string; readonly id: 'name' | 'arn' }> = new Map(
  Object.entries({
    aws_iam_policy: { resource: 'policy', id: 'arn' },
    aws_iam_role: { resource: 'role', id: 'name' },
    aws_iam_user: { resource: 'user', id: 'name' },
    aws_iam_group: { resource: 'group', id: 'name' },
    aws_iam_instance_profile: { resource: 'instance-profile', id: 'name' },
  } as const),
);

/**
 * Values that Terraform knows only after apply, and that follow from other parts of the plan: the ARN of a policy of
 * the same plan follows from its path and name, and the configuration says which policy an attachment names.
 */
export class PlanReferences {
  readonly #configuration: PlanConfiguration;
  readonly #named = new Map<string, KnownNames>();

  /** `here`: the resources of the account of the audit. */
  constructor({ partition, accountId }: Snapshot, configuration: PlanConfiguration, here: readonly Future[]) {
    this.#configuration = configuration;
    for (const [i, one] of here.entries()) {
      const names = knownNames(one, `arn:${partition}:iam::${accountId}:`, i + 1);
      if (names) this.#named.set(one.address, names);
    }
  }

  /** The made-up name of a resource whose name the provider chooses; null: its name is known. */
  madeUpName(address: string): string | null {
    return this.#named.get(address)?.madeUpName ?? null;
  }

  /** The values of a resource that are not known, and that the plan has elsewhere. */
  known({ address, unknown }: Pick<Future, 'address' | 'unknown'>): Values {
    const own = this.#named.get(address)?.values;
    const expressions = this.#configuration.resource(address)?.expressions ?? {};
    const fields = Object.keys(unknown).filter((field) => unknown[field] === true);
    const pairs = fields.map((field) => {
      const value = own?.get(field) ?? this.#valueOf(expressions[field], placeOf(address), field);
      return [field, value] as const;
    });
    return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
  }

  /** The value of an expression that names one value of one resource, and nothing else; undefined: it does not. */
  #valueOf(expression: unknown, place: Place, field: string): unknown {
    const names = namesIn(expression);
    const [name, ...others] = names.filter((one) => !OWN_KEYS.includes(one));
    if (name === undefined || others.length > 0 || place.steps > MOST_STEPS) return undefined;
    if (names.length > 1) return this.#ofSameKey(name, place, field);
    const steps = place.steps + 1;
    if (name.startsWith('var.')) {
      const given = this.#configuration.value(`${place.module}${name}`);
      return this.#valueOf(given, { ...placeOf(place.module.slice(0, -1)), steps }, field);
    }
    const call = OUTPUT.exec(name)?.[1];
    if (call !== undefined) {
      const output = this.#configuration.value(`${place.module}${name}`);
      return this.#valueOf(output, { module: `${place.module}${call}.`, key: '', steps }, field);
    }
    const at = name.lastIndexOf('.');
    return this.#named.get(`${place.module}${name.slice(0, at)}`)?.values.get(name.slice(at + 1));
  }

  /** `aws_iam_policy.p[each.key].arn`: the plan has neither the index nor the member. */
  #ofSameKey(name: string, { module, key }: Place, field: string): unknown {
    const member = MEMBERS.get(field);
    return member && this.#named.get(`${module}${name}${key}`)?.values.get(member);
  }
}

/** No module of people is this deep; a file may lead in a circle. */
const MOST_STEPS = 100;

/** The one member of another resource that a field takes. */
const MEMBERS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    policy_arn: 'arn',
    permissions_boundary: 'arn',
    role: 'name',
    role_name: 'name',
    user: 'name',
    user_name: 'name',
    group: 'name',
    group_name: 'name',
    iam_instance_profile: 'name',
  }),
);

/** The key of the resource itself. */
const OWN_KEYS: readonly string[] = ['each.key', 'count.index'];

interface Place {
  /** `module.a["x"].`, or empty */
  readonly module: string;
  /** `["x"]`, `[0]`, or empty */
  readonly key: string;
  /** modules that were entered and left on the way */
  readonly steps: number;
}

const KEY = String.raw`\[(?:"(?:[^"\\]|\\.)*"|\d+)\]`;
const ADDRESS = new RegExp(String.raw`^((?:module\.[\w-]+(?:${KEY})?\.)*)[\w-]+\.[\w-]+(${KEY})?$`);
const OUTPUT = new RegExp(String.raw`^(module\.[\w-]+(?:${KEY})?)\.[\w-]+$`);

function placeOf(address: string): Place {
  const [, module = '', key = ''] = ADDRESS.exec(address) ?? [];
  return { module, key, steps: 0 };
}

/** What an expression names; a resource is listed beside each of its members that is named. */
function namesIn(expression: unknown): readonly string[] {
  const found = (expression as { readonly references?: unknown } | null | undefined)?.references;
  const names = Array.isArray(found) ? found.filter((one) => typeof one === 'string') : [];
  return names.filter(
    (one) => !names.some((other) => other.startsWith(`${one}.`) || other.startsWith(`${one}[`)),
  );
}

function knownNames({ type, after, unknown }: Future, account: string, number: number): KnownNames | null {
  const kind = IN_ARN.get(type);
  if (!kind || unknown.path === true) return null;
  const text = (field: string): string | null => {
    const value = after[field];
    return unknown[field] === true || typeof value !== 'string' || value === '' ? null : value;
  };
  // the provider adds a number to the prefix
  const madeUpName =
    unknown.name === true ? `${text('name_prefix') ?? 'terraform-'}known-after-apply-${number}` : null;
  const name = text('name') ?? madeUpName;
  if (name === null) return null;
  const arn = text('arn') ?? `${account}${kind.resource}${text('path') ?? '/'}${name}`;
  const values = new Map(Object.entries({ name, arn, id: kind.id === 'arn' ? arn : name }));
  return { values, madeUpName };
}
