import { FUNCTIONS, type References, type TemplateScope } from './functions.ts';
import { NO_VALUE, NOT_KNOWN } from './resolved.ts';
import { isMacro, type StackTemplate } from './template.ts';

/** Computes the values of a template, as far as they are known before it is deployed. */
export class TemplateValues {
  readonly #scope: TemplateScope;
  readonly #conditions: StackTemplate['conditions'];
  /** null: not known, or being computed */
  readonly #known = new Map<string, boolean | null>();
  /** the object that each copy was made from, to find its position in the file */
  readonly #origins: WeakMap<object, object>;

  constructor(template: StackTemplate, references: References, origins: WeakMap<object, object>) {
    this.#conditions = template.conditions;
    this.#origins = origins;
    this.#scope = {
      ...references,
      mapping: (name) => template.mappings.get(name),
      condition: (name) => this.condition(name),
      resolve: (value) => this.resolve(value),
    };
  }

  /** Unknown parts of the value are UNKNOWN. */
  resolve(value: unknown): unknown {
    if (typeof value === 'string') return DYNAMIC.test(value) ? NOT_KNOWN : value;
    if (typeof value !== 'object' || value === null) return value;
    const copy = Array.isArray(value)
      ? value.map((one) => this.resolve(one)).filter((one) => one !== NO_VALUE)
      : this.#object(value);
    if (typeof copy === 'object' && copy !== null && !this.#origins.has(copy)) this.#origins.set(copy, value);
    return copy;
  }

  /** Null: not known. */
  condition(name: string): boolean | null {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    // a condition that depends on itself is unknown
    this.#known.set(name, null);
    const value = this.resolve(this.#conditions.get(name));
    const is = typeof value === 'boolean' ? value : null;
    this.#known.set(name, is);
    return is;
  }

  #object(value: object): unknown {
    const entries = Object.entries(value);
    const [only] = entries;
    if (only && entries.length === 1) {
      const [name, argument] = only;
      // in a policy `Condition` is an object
      if (name === 'Condition' && typeof argument === 'string') return this.condition(argument) ?? NOT_KNOWN;
      const resolver = FUNCTIONS.get(name);
      if (resolver) return resolver(argument, this.#scope);
    }
    // a function that is not listed above, or a macro beside other members, which it may add to or replace
    if (entries.some(([key]) => isMacro(key))) return NOT_KNOWN;
    const resolved = entries.map(([key, one]) => [key, this.resolve(one)] as const);
    return Object.fromEntries(resolved.filter(([, one]) => one !== NO_VALUE));
  }
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html */
const DYNAMIC = /\{\{resolve:/;
