import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

interface Shape {
  readonly type: string;
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly required?: readonly string[];
  readonly member?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
}

interface Model {
  readonly operations: Readonly<Record<string, { readonly input?: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** Reads botocore's newest model of a service. `packages`: the folder in which botocore is installed. */
export async function botocoreModel(packages: string, service: string): Promise<Model> {
  const folder = path.join(packages, 'botocore', 'data', service);
  const newest = (await readdir(folder))
    .filter((name) => /^\d{4}-/.test(name))
    .sort()
    .at(-1);
  if (newest === undefined) throw new Error(`botocore knows no service \`${service}\``);
  const model = await readFile(path.join(folder, newest, 'service-2.json.gz'));
  return JSON.parse(gunzipSync(model).toString('utf8'));
}

/** Compares a call with the model: unknown operation, unknown member, missing member, or invalid value. */
export function problemsOf(model: Model, operation: string, input: unknown): readonly string[] {
  const known = model.operations[operation];
  if (known === undefined) return [`there is no operation \`${operation}\``];
  if (known.input === undefined)
    return Object.keys(input as object).map((name) => `\`${name}\` is no member`);
  return problemsIn(model, known.input.shape, input, operation);
}

function problemsIn(model: Model, name: string, value: unknown, at: string): readonly string[] {
  const shape = model.shapes[name];
  if (shape === undefined) return [`${at}: the model lacks \`${name}\``];
  if (shape.enum && !shape.enum.includes(String(value))) {
    return [`${at}: \`${String(value)}\` is none of ${shape.enum.join(', ')}`];
  }
  switch (shape.type) {
    case 'structure':
      return inStructure(model, shape, value as Readonly<Record<string, unknown>>, at);
    case 'list':
      if (!Array.isArray(value)) return [`${at}: is no list`];
      return value.flatMap((item) => problemsIn(model, shape.member?.shape ?? '', item, `${at}[]`));
    case 'map':
      return Object.entries(value as object).flatMap(([key, item]) =>
        problemsIn(model, shape.value?.shape ?? '', item, `${at}.${key}`),
      );
    default:
      return ofScalar(shape, value, at);
  }
}

function inStructure(
  model: Model,
  { members = {}, required = [] }: Shape,
  value: Readonly<Record<string, unknown>>,
  at: string,
): readonly string[] {
  const given = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const names = given.map(([name]) => name);
  return [
    ...required.filter((name) => !names.includes(name)).map((name) => `${at}: \`${name}\` is missing`),
    ...given.flatMap(([name, inner]) => {
      const member = members[name];
      return member === undefined
        ? [`${at}: \`${name}\` is no member`]
        : problemsIn(model, member.shape, inner, `${at}.${name}`);
    }),
  ];
}

const TYPES: Readonly<Record<string, readonly string[]>> = {
  string: ['string'],
  boolean: ['boolean'],
  integer: ['number'],
  long: ['number'],
  // bytes, or a value that becomes bytes
  blob: ['string', 'object'],
};

function ofScalar({ type, min, max }: Shape, value: unknown, at: string): readonly string[] {
  if (TYPES[type]?.includes(typeof value) === false) return [`${at}: is a ${typeof value}, not a ${type}`];
  const size = typeof value === 'string' ? value.length : Number(value);
  if (type === 'blob' || Number.isNaN(size)) return [];
  if (min !== undefined && size < min) return [`${at}: ${size} is less than ${min}`];
  if (max !== undefined && size > max) return [`${at}: ${size} is more than ${max}`];
  return [];
}
