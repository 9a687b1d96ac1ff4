import { z } from 'zod';
import { quoted } from '../../policy/quoted.ts';
import { issueText } from '../planned/issue-text.ts';

const named = <T extends z.ZodType>(value: T) => z.record(z.string(), value);

/** A macro may stand in for any part: `AWS::Include` reads it from a file, `Fn::ForEach` repeats it. */
export const isMacro = (key: string): boolean => key.startsWith('Fn::');

/** The parts of a section that are written as they are. */
const withoutMacros = (section: unknown): unknown =>
  typeof section === 'object' && section !== null && !Array.isArray(section)
    ? Object.fromEntries(Object.entries(section).filter(([key]) => !isMacro(key)))
    : section;

const mapping = z.preprocess(withoutMacros, named(named(z.unknown())));

const Section = z.looseObject({
  Parameters: named(z.looseObject({ Type: z.string(), Default: z.unknown().optional() })).optional(),
  Mappings: z.preprocess(withoutMacros, named(mapping)).optional(),
  Conditions: named(z.unknown()).optional(),
  Resources: z.record(z.string(), z.unknown()),
  Transform: z.unknown().optional(),
});

const Resource = z.looseObject({
  Type: z.string().min(1),
  Condition: z.string().optional(),
  Properties: named(z.unknown()).optional(),
});

export interface TemplateResource {
  /** logical id */
  readonly id: string;
  readonly type: string;
  readonly condition: string | null;
  /** as written, with their functions */
  readonly properties: ReadonlyMap<string, unknown>;
  /** the object in the file */
  readonly written: object;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html */
export interface StackTemplate {
  readonly parameters: ReadonlyMap<string, { readonly Type: string; readonly Default?: unknown }>;
  readonly mappings: ReadonlyMap<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>;
  readonly conditions: ReadonlyMap<string, unknown>;
  readonly resources: ReadonlyMap<string, TemplateResource>;
  /** sections and resources that only a macro can read */
  readonly macros: readonly string[];
}

/** A resource that a macro makes, its type too. */
const isOnlyMacro = (resource: unknown): boolean =>
  typeof resource === 'object' &&
  resource !== null &&
  !('Type' in resource) &&
  Object.keys(resource).some(isMacro);

export const isTemplate = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, 'Resources');

/** A template, or the problem with it. */
export function readTemplate(value: unknown): StackTemplate | { readonly problem: string } {
  const read = Section.safeParse(value);
  if (!read.success) return { problem: problemOf(read.error, []) };
  const { Parameters, Mappings, Conditions, Resources } = read.data;
  const resources = new Map<string, TemplateResource>();
  const macros = Object.keys(read.data)
    .filter((key) => key === 'Transform' || isMacro(key))
    .map((key) => `${quoted(key)}: what a macro adds is not known`);
  for (const [id, one] of Object.entries(Resources)) {
    if (isMacro(id) || isOnlyMacro(one)) {
      macros.push(`${quoted(id)}: what a macro makes of it is not known`);
      continue;
    }
    const resource = Resource.safeParse(one);
    if (!resource.success) return { problem: problemOf(resource.error, ['Resources', id]) };
    const { Type: type, Condition: condition = null, Properties = {}, ...rest } = resource.data;
    // what a macro beside the properties makes may be among them
    const beside = Object.entries(rest).filter(([key]) => isMacro(key));
    const properties = new Map([...Object.entries(Properties), ...beside]);
    resources.set(id, { id, type, condition, properties, written: one as object });
  }
  if (resources.size === 0 && macros.length === 0) return { problem: '`Resources` is empty' };
  return {
    parameters: mapOf(Parameters),
    mappings: mapOf(Mappings),
    conditions: mapOf(Conditions),
    ...{ resources, macros },
  };
}

const mapOf = <T>(record: Readonly<Record<string, T>> = {}): ReadonlyMap<string, T> =>
  new Map(Object.entries(record));

function problemOf({ issues: [issue] }: z.ZodError, path: readonly string[]): string {
  const place = [...path, ...(issue?.path ?? [])].map(String).join('.');
  const message = issueText(issue);
  return place === '' ? message : `${quoted(place)}: ${message}`;
}
