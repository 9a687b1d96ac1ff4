import { ESCALATION_ACTIONS } from '../../matrix/account/escalation-actions.ts';
import { ASKED_ACTIONS } from '../../matrix/classes/principal-views.ts';
import { glob, matches } from '../../policy/wildcard.ts';
import { NotRead } from '../planned/not-read.ts';
import type { Physical, PhysicalNames } from './physical-names.ts';
import { isKnown, NO_VALUE, NOT_KNOWN, scalarText } from './resolved.ts';
import type { TemplateStack } from './stack.ts';
import { isMacro, type TemplateResource } from './template.ts';

/** A resource of a template, with the values that are known. */
export class PlannedResource {
  readonly id: string;
  readonly stack: TemplateStack;
  /** parts that are not judged, with the reason */
  readonly notJudged: string[] = [];
  readonly #resource: TemplateResource;
  readonly #names: PhysicalNames;
  readonly #origins: WeakMap<object, object>;
  /** whether it is created depends on an unknown condition */
  readonly isMaybe: boolean;
  /** a macro adds properties that are not known */
  readonly #isPart: boolean;

  constructor(
    resource: TemplateResource,
    {
      names,
      stack,
      origins,
    }: { names: PhysicalNames; stack: TemplateStack; origins: WeakMap<object, object> },
  ) {
    this.id = resource.id;
    this.stack = stack;
    this.#resource = resource;
    this.#names = names;
    this.#origins = origins;
    this.#isPart = [...resource.properties.keys()].some(isMacro);
    this.isMaybe = resource.condition !== null && names.values.condition(resource.condition) === null;
  }

  /** The resource in the account. Throws a NotRead if it is not known. */
  get physical(): Physical {
    const found = this.#names.physical(this.id);
    if (!found)
      throw new NotRead('which one of the account it is is not known: scan again once it is deployed');
    return found;
  }

  has(property: string): boolean {
    return this.#known(property) !== undefined;
  }

  /** Undefined: left out. UNKNOWN: not known, or not known whether the resource is created. */
  value(property: string): unknown {
    const value = this.#known(property);
    return value !== undefined && this.isMaybe ? NOT_KNOWN : value;
  }

  /** A text that must be known to tell what changes. */
  text(property: string): string {
    const text = scalarText(this.#known(property));
    if (text === null) throw new NotRead(`\`${property}\` is not known before it is deployed`);
    return text;
  }

  /** The texts of a list; unknown ones are noted. */
  texts(property: string): readonly string[] {
    const found = this.#known(property) ?? [];
    const texts = Array.isArray(found) ? found.map(scalarText) : [null];
    if (texts.includes(null)) this.leave(`what \`${property}\` holds is not known before it is deployed`);
    return texts.filter((one) => one !== null);
  }

  tags(): Record<string, string> {
    const found = this.value('Tags') ?? [];
    const tags = Array.isArray(found) ? found : [{}];
    const pairs = tags.map(
      (tag) => [scalarText(fieldOf(tag, 'Key')), scalarText(fieldOf(tag, 'Value'))] as const,
    );
    const known = pairs.filter((pair): pair is [string, string] => !pair.includes(null));
    if (known.length < pairs.length) this.leave('`Tags` are not all known before it is deployed');
    return Object.fromEntries(known);
  }

  /** A policy document; null: its content about access to instances is not known. */
  document(value: unknown): Record<string, unknown> | null {
    if (value === NOT_KNOWN || this.isMaybe) return null;
    if (!isObject(value)) throw new NotRead('a policy document of it is none');
    if (isKnown(value)) return value;
    const { Statement, ...rest } = value;
    const statements = Array.isArray(Statement) ? Statement : [Statement];
    const known = statements.map((one) => (isKnown(one) || !isIdle(one) ? one : this.#filled(one)));
    if (!isKnown(known) || !isKnown(rest)) return null;
    return { ...rest, Statement: known };
  }

  /** Notes that a resource with a made-up name may exist in the account already. */
  noteMadeUpName(): void {
    const found = this.#names.physical(this.id);
    if (!found?.isMadeUp) return;
    const rest = this.stack.options.name === null ? ': name the stack with `--stack`' : '';
    this.leave(`its name is not known, so that it is judged as new${rest}`);
  }

  leave(why: string): void {
    if (!this.notJudged.includes(why)) this.notJudged.push(why);
  }

  #known(property: string): unknown {
    const written = this.#resource.properties;
    if (this.#isPart && !written.has(property)) {
      this.leave('what a macro makes of its properties is not known');
      return NOT_KNOWN;
    }
    const value = this.#names.values.resolve(written.get(property));
    return value === NO_VALUE || value === null ? undefined : value;
  }

  #filled(statement: object): unknown {
    const filled = fill(statement) as object;
    this.#origins.set(filled, this.#origins.get(statement) ?? statement);
    return filled;
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fieldOf = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined);

const ASKED = [...new Set([...ASKED_ACTIONS, ...ESCALATION_ACTIONS])].map((action) => action.toLowerCase());

/** True for a statement about services that no request of a path uses: buckets, tables, queues. */
function isIdle(statement: unknown): boolean {
  if (!isObject(statement) || !('Action' in statement) || !isKnown(statement.Effect)) return false;
  const { Action } = statement;
  const actions = Array.isArray(Action) ? Action : [Action];
  return (
    actions.every((one) => typeof one === 'string') &&
    actions.map((one) => glob(one.toLowerCase())).every((one) => !ASKED.some((asked) => matches(one, asked)))
  );
}

/** Replaces unknown values by a word that matches nothing. */
function fill(value: unknown): unknown {
  if (value === NOT_KNOWN) return 'not-known-before-deploy';
  if (Array.isArray(value)) return value.map(fill);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fill(one)]));
}
