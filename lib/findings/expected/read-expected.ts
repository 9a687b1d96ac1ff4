import * as z from 'zod/mini';
import { didYouMean } from '../../policy/nearest.ts';
import type { Problem } from '../../policy/problem.ts';
import { quoted } from '../../policy/quoted.ts';
import { type Exception, type Expected, NOTHING_EXPECTED, type Team } from './expected.ts';
import { ExpectedSchema } from './expected-schema.ts';

/**
 * The contents of a file of expected access, and its problems: invalid parts are left out, the rest applies.
 */
export interface ReadExpected {
  readonly expected: Expected;
  readonly problems: readonly Problem[];
}

type Issue = z.core.$ZodIssue;
type Value = Readonly<Record<string, unknown>>;

const MEMBERS = Object.keys(ExpectedSchema.shape) as readonly (keyof typeof ExpectedSchema.shape)[];

/** The longest time of an exception, in days. */
const LONGEST_DAYS = 366;

/**
 * Parses a YAML value. `today` is the day of the audit: an exception may end at most a year later. `rules`
 * are the known ids.
 */
export function readExpected(value: unknown, today: string, rules: readonly string[]): ReadExpected {
  if (value === null || value === undefined) return { expected: NOTHING_EXPECTED, problems: [] };
  if (typeof value !== 'object' || Array.isArray(value))
    return {
      expected: NOTHING_EXPECTED,
      problems: [{ path: '$', message: `it is not a mapping: its members are ${MEMBERS.join(', ')}` }],
    };
  const problems = Object.keys(value)
    .filter((key) => !MEMBERS.includes(key as never))
    .map((key) => unknownMember('$', key, MEMBERS));
  const known = value as Value;
  const read = <Name extends keyof typeof ExpectedSchema.shape>(name: Name): readonly unknown[] | null =>
    readList(known[name], name, problems);
  const exceptions = (read('exceptions') ?? []) as readonly Exception[];
  const places = placesOf(known.exceptions, problems);
  const sound = exceptions.filter((one, at) => {
    const wrong = faultsOf(one, today, rules);
    problems.push(
      ...wrong.map(({ path, message }) => ({ path: `$.exceptions.${places[at]}${path}`, message })),
    );
    return wrong.length === 0;
  });
  return {
    expected: {
      administrators: (read('administrators') ?? []) as readonly string[],
      knownAccounts: (read('knownAccounts') ?? []) as readonly string[],
      production: read('production') as Expected['production'],
      exceptions: sound,
      teams: teamsIn((read('teams') ?? []) as readonly Team[], problems),
    },
    problems,
  };
}

/** Teams with a scope, each name once. */
function teamsIn(teams: readonly Team[], problems: Problem[]): readonly Team[] {
  const names = new Set<string>();
  return teams.filter(({ name, accounts, tag }) => {
    const faults = [
      ...(names.has(name.toLowerCase()) ? ['there are two of this name'] : []),
      ...(accounts || tag ? [] : ['it does not say what it is about: name `accounts` or `tag`']),
    ];
    names.add(name.toLowerCase());
    problems.push(...faults.map((fault) => ({ path: '$.teams', message: `${quoted(name)}: ${fault}` })));
    return faults.length === 0;
  });
}

/** The valid items; null: the member is missing, or not a list. */
function readList(
  value: unknown,
  name: keyof typeof ExpectedSchema.shape,
  problems: Problem[],
): readonly unknown[] | null {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value)) {
    problems.push({ path: `$.${name}`, message: 'it is not a list' });
    return null;
  }
  const item = itemOf(name);
  const found: unknown[] = [];
  for (const [at, one] of value.entries()) {
    const read = z.safeParse(item, one);
    if (read.success) found.push(read.data);
    // a mistyped member is why another one is missing
    else {
      const issues = read.error.issues.toSorted(
        (a, b) => Number(isUnknownMember(b)) - Number(isUnknownMember(a)),
      );
      problems.push(...issues.map((issue) => problemOf(issue, `$.${name}.${at}`, item, one)));
    }
  }
  return found.length === 0 && value.length > 0 && name === 'production' ? null : found;
}

const itemOf = (name: keyof typeof ExpectedSchema.shape): z.core.$ZodType =>
  (
    ExpectedSchema.shape[name] as unknown as {
      _zod: { def: { innerType: { _zod: { def: { element: z.core.$ZodType } } } } };
    }
  )._zod.def.innerType._zod.def.element;

/** The positions of the valid exceptions in the file. */
function placesOf(list: unknown, problems: readonly Problem[]): readonly number[] {
  if (!Array.isArray(list)) return [];
  const isWrong = (at: number) => problems.some(({ path }) => `${path}.`.startsWith(`$.exceptions.${at}.`));
  return [...list.keys()].filter((at) => !isWrong(at));
}

const isUnknownMember = ({ code }: Issue): boolean => code === 'unrecognized_keys';

/** The problem of an issue and its place, in words. */
function problemOf(issue: Issue, at: string, schema: z.core.$ZodType, value: unknown): Problem {
  const path = [at, ...issue.path].map(String).join('.');
  const here = issue.path.reduce<unknown>(
    (found, key) => (found as Value | undefined)?.[key as string],
    value,
  );
  if (issue.code === 'unrecognized_keys')
    return unknownMember(path, issue.keys[0] ?? '', membersAt(schema, issue.path));
  if (here === undefined) return { path, message: missing(String(issue.path.at(-1) ?? '')) };
  if (typeof here === 'number' && issue.code === 'invalid_type' && issue.expected === 'string')
    return { path, message: `${quoted(String(here))} is read as a number: put it in quotes` };
  const about = descriptionAt(schema, issue.path);
  return { path, message: `${misfit(issue, here)}${about === '' ? '' : `: ${about}`}` };
}

function misfit(issue: Issue, here: unknown): string {
  const wanted = issue.code === 'invalid_type' ? WANTED[issue.expected] : undefined;
  if (wanted !== undefined && typeof here === 'object') return `it is not ${wanted}`;
  return `${quoted(typeof here === 'string' ? here : JSON.stringify(here))} does not fit`;
}

const WANTED: Readonly<Record<string, string>> = { string: 'a text', array: 'a list', object: 'a mapping' };

const missing = (member: string): string =>
  member === 'granted'
    ? 'it is missing: `latchkey except` writes the entry with what is accepted'
    : 'it is missing';

function unknownMember(path: string, key: string, members: readonly string[]): Problem {
  return {
    path: `${path}.${key}`,
    message: `there is no member ${quoted(key)}${didYouMean(key, members)}: there are ${members.join(', ')}`,
  };
}

/** The schema of a member, at any depth. */
function at(schema: z.core.$ZodType, path: readonly PropertyKey[]): z.core.$ZodType | null {
  let found: z.core.$ZodType | null = schema;
  for (const key of path) {
    const inner: { shape?: Record<string, z.core.$ZodType>; element?: z.core.$ZodType } = definition(found);
    found = (typeof key === 'number' ? inner.element : inner.shape?.[String(key)]) ?? null;
  }
  return found;
}

function definition(schema: z.core.$ZodType | null): Record<string, never> {
  const def = schema?._zod.def as { innerType?: z.core.$ZodType } | undefined;
  return def?.innerType ? definition(def.innerType) : ((def ?? {}) as Record<string, never>);
}

const membersAt = (schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] =>
  Object.keys((definition(at(schema, path)) as { shape?: object }).shape ?? {});

function descriptionAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string {
  const found = at(schema, path);
  const inner = (found?._zod.def as { innerType?: z.core.$ZodType } | undefined)?.innerType;
  return (
    [found, inner].map((one) => (one ? z.globalRegistry.get(one)?.description : undefined)).find(Boolean) ??
    ''
  );
}

/**
 * Problems of an exception that the schema cannot express: it needs a scope, known rules, and an end that is
 * near enough.
 */
function faultsOf(one: Exception, today: string, rules: readonly string[]): readonly Problem[] {
  const faults: Problem[] = one.rules.flatMap((rule, at) =>
    rules.includes(rule)
      ? []
      : [{ path: `.rules.${at}`, message: `there is no rule ${quoted(rule)}${didYouMean(rule, rules)}` }],
  );
  if (!one.statement && one.principal === undefined && one.resource === undefined)
    faults.push({
      path: '',
      message: 'it does not say what it is about: name `statement`, `principal` or `resource`',
    });
  const until = Date.parse(one.until);
  const days = (until - Date.parse(today.slice(0, 10))) / 86_400_000;
  // a parser turns 30 February into 2 March
  if (Number.isNaN(days) || !new Date(until).toISOString().startsWith(one.until))
    faults.push({ path: '.until', message: `${quoted(one.until)} is not a day` });
  else if (days > LONGEST_DAYS)
    faults.push({
      path: '.until',
      message: `${quoted(one.until)} is more than a year ahead: an exception runs for a year at most`,
    });
  return faults;
}
