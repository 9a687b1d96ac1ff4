import { z } from 'zod';

const ModuleCall = z.looseObject({
  module: z.unknown().optional(),
  expressions: z.record(z.string(), z.unknown()).optional(),
});
type ModuleCall = z.output<typeof ModuleCall>;

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
  outputs: z.record(z.string(), z.looseObject({ expression: z.unknown().optional() })).optional(),
  module_calls: z.record(z.string(), ModuleCall).optional(),
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
  /** the values that modules are given and give back, as `module.a.var.b` and `module.a.b` */
  readonly #values = new Map<string, unknown>();

  constructor(configuration: unknown) {
    const read = Configuration.safeParse(configuration);
    this.#providers = read.success ? (read.data.provider_config ?? {}) : {};
    if (read.success) this.#add(read.data.root_module, '');
  }

  /** Undefined: the plan does not hold how it is written, as with one that is only deleted. */
  resource(address: string): ConfiguredResource | undefined {
    return this.#resources.get(written(address));
  }

  /** The expression of an output of a module, `module.a.b`, or of what a module is given, `module.a.var.b`. */
  value(address: string): unknown {
    return this.#values.get(written(address));
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
    const { resources = [], outputs = {}, module_calls: calls = {} } = read.data;
    for (const { address, provider_config_key: key = '', expressions = {} } of resources) {
      const provider = this.#provider(key);
      const isManaged = /^aws(cc)?_/.test(address);
      this.#resources.set(`${prefix}${address}`, { provider, expressions, isManaged });
    }
    for (const [name, { expression }] of Object.entries(outputs))
      this.#values.set(`${prefix}${name}`, expression);
    for (const [name, call] of Object.entries(calls)) this.#addModule(call, `${prefix}module.${name}.`);
  }

  #addModule({ module, expressions = {} }: ModuleCall, prefix: string): void {
    for (const [name, value] of Object.entries(expressions)) this.#values.set(`${prefix}var.${name}`, value);
    this.#add(module, prefix);
  }

  #provider(key: string): ConfiguredProvider | null {
    const found = this.#providers[key];
    return found || !key.includes(':') ? { key, expressions: found?.expressions ?? {} } : null;
  }
}
