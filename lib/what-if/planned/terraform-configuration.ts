import { z } from 'zod';

const Block = z.looseObject({
  resources: z
    .array(
      z.looseObject({
        address: z.string(),
        provider_config_key: z.string().optional(),
        expressions: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .optional(),
  module_calls: z.record(z.string(), z.looseObject({ module: z.unknown().optional() })).optional(),
});

const Configuration = z.looseObject({
  provider_config: z
    .record(z.string(), z.looseObject({ expressions: z.record(z.string(), z.unknown()).optional() }))
    .optional(),
  root_module: z.unknown().optional(),
});

type Expressions = Readonly<Record<string, unknown>>;

export interface ConfiguredProvider {
  /** `aws`, `aws.west`, `module.web:aws` */
  readonly key: string;
  readonly expressions: Expressions;
}

interface ConfiguredResource {
  /** null: Terraform before 1.1 does not tell which provider a module was given */
  readonly provider: ConfiguredProvider | null;
  readonly expressions: Expressions;
  /** a resource of AWS, not a data source or one of another cloud */
  readonly isManaged: boolean;
}

/** `module.a["x"].aws_iam_role.b[0]` is written once, as `module.a.aws_iam_role.b`. */
const written = (address: string): string => address.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, '');

/**
 * The configuration in a plan: what its resources say before it is evaluated. Empty if the plan has none.
 * https://developer.hashicorp.com/terraform/internals/json-format#configuration-representation
 */
export class PlanConfiguration {
  readonly #providers: Readonly<Record<string, { readonly expressions?: Expressions | undefined }>>;
  readonly #resources = new Map<string, ConfiguredResource>();

  constructor(configuration: unknown) {
    const read = Configuration.safeParse(configuration);
    this.#providers = read.success ? (read.data.provider_config ?? {}) : {};
    if (read.success) this.#add(read.data.root_module, '');
  }

  /** Undefined: the plan does not hold how it is written, as with one that is only deleted. */
  resource(address: string): ConfiguredResource | undefined {
    return this.#resources.get(written(address));
  }

  /** The providers of its resources of AWS, without those that only data sources have. */
  get providers(): readonly ConfiguredProvider[] {
    return [...this.#resources.values()].flatMap(({ provider, isManaged }) =>
      isManaged && provider ? provider : [],
    );
  }

  #add(block: unknown, prefix: string): void {
    const read = Block.safeParse(block);
    if (!read.success) return;
    for (const { address, provider_config_key: key = '', expressions = {} } of read.data.resources ?? []) {
      const found = this.#providers[key];
      const provider = found || !key.includes(':') ? { key, expressions: found?.expressions ?? {} } : null;
      const isManaged = /^aws(cc)?_/.test(address);
      this.#resources.set(`${prefix}${address}`, { provider, expressions, isManaged });
    }
    for (const [name, { module }] of Object.entries(read.data.module_calls ?? {}))
      this.#add(module, `${prefix}module.${name}.`);
  }
}
