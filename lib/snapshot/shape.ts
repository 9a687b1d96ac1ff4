/** The place of an invalid value: `path` from the value on, as `.regions[1].state`. */
export interface Wrong {
  readonly path: string;
  readonly message: string;
}

/** Null if the value is valid. */
export type Shape = (value: unknown) => Wrong | null;

const must = (be: string): Wrong => ({ path: '', message: `must be ${be}` });

const NOT_TEXT = must('text');
const NOT_NUMBER = must('a number');
const NOT_TRUTH = must('true or false');
const NOT_LIST = must('a list');
const NOT_OBJECT = must('an object');

export const text: Shape = (value) => (typeof value === 'string' ? null : NOT_TEXT);
export const number: Shape = (value) => (typeof value === 'number' ? null : NOT_NUMBER);
export const truth: Shape = (value) => (typeof value === 'boolean' ? null : NOT_TRUTH);
export const anything: Shape = () => null;

export const orNull =
  (shape: Shape): Shape =>
  (value) =>
    value === null ? null : shape(value);

export const orLeftOut =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined ? null : shape(value);

export function oneOf(...known: readonly (string | number)[]): Shape {
  const values = new Set<unknown>(known);
  const wrong = must(known.map((value) => JSON.stringify(value)).join(' or '));
  return (value) => (values.has(value) ? null : wrong);
}

export const listOf =
  (shape: Shape): Shape =>
  (value) => {
    if (!Array.isArray(value)) return NOT_LIST;
    for (let i = 0; i < value.length; i++) {
      const wrong = shape(value[i]);
      if (wrong) return { path: `[${i}]${wrong.path}`, message: wrong.message };
    }
    return null;
  };

/** An object with at least these members. */
export function objectOf<T>(members: { readonly [K in keyof T]-?: Shape }): Shape {
  const shapes = Object.entries<Shape>(members);
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return NOT_OBJECT;
    for (const [key, shape] of shapes) {
      const wrong = shape((value as Readonly<Record<string, unknown>>)[key]);
      if (wrong) return { path: `.${key}${wrong.path}`, message: wrong.message };
    }
    return null;
  };
}

/** An object whose members all have the same shape, whatever their names. */
export const mapOf =
  (shape: Shape): Shape =>
  (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return NOT_OBJECT;
    for (const [key, member] of Object.entries(value)) {
      const wrong = shape(member);
      if (wrong) return { path: `.${key}${wrong.path}`, message: wrong.message };
    }
    return null;
  };
