import { jsonText } from '../snapshot/json-text.ts';
import { parseSnapshot } from '../snapshot/schema.ts';
import {
  anything,
  listOf,
  number,
  objectOf,
  oneOf,
  orLeftOut,
  orNull,
  type Shape,
  text,
  truth,
} from '../snapshot/shape.ts';
import {
  BORDER_VERSION,
  type Border,
  type BorderEdge,
  type BorderEntry,
  type BorderNode,
  type Hold,
  type OwnReach,
} from './border.ts';

export const borderText = (border: Border): string => `${jsonText(border)}\n`;

const texts = listOf(text);
const numbers = listOf(number);
const condition = orNull(number);

const edge = objectOf<BorderEdge>({
  ...{ ends: number, by: orLeftOut(text), after: orLeftOut(texts), open: condition, codes: orLeftOut(texts) },
  ...{ assumes: orLeftOut(truth), missing: orLeftOut(text) },
});

/** Exactly one of them is set. */
const leaver = objectOf<Record<'user' | 'role', number>>({
  user: orLeftOut(number),
  role: orLeftOut(number),
});

const node = objectOf<BorderNode>({
  ...{ principals: texts, lists: numbers, leaves: orLeftOut(leaver), ownTags: orLeftOut(texts) },
  ...{ missing: orLeftOut(text), asksHow: orLeftOut(truth) },
});

const hold = objectOf<Hold>({
  ...{ path: text, landsAs: texts, open: condition, missing: orLeftOut(text) },
  ...{ uncertain: texts, via: texts, on: numbers },
});

const counts = { count: number, production: number };
const own = objectOf<OwnReach>({
  ...{ principals: texts, kind: oneOf('person', 'machine', 'aws', 'outside'), strongest: text },
  ...{ instances: number, production: number, paths: texts },
});

const BORDER = objectOf<Border>({
  ...{ schemaVersion: oneOf(BORDER_VERSION), accountId: text, takenAt: text, iam: anything },
  ...{ nodes: listOf(node), lists: listOf(listOf(edge)) },
  ends: listOf(objectOf<Border['ends'][number]>({ to: numbers, steps: texts })),
  entries: listOf(objectOf<BorderEntry>({ node: number, role: number, holds: listOf(hold) })),
  conditions: listOf(formulaShape()),
  instances: listOf(objectOf<typeof counts>(counts)),
  unreadTrusts: number,
  own: listOf(own),
});

function formulaShape(): Shape {
  const atom = objectOf<Record<'operator' | 'key' | 'values' | 'service', unknown>>({
    ...{ operator: text, key: text, values: texts, service: text },
  });
  const formula: Shape = (value) => {
    if (typeof value === 'boolean') return null;
    if (typeof value !== 'object' || value === null) return { path: '', message: 'must be a condition' };
    if ('and' in value) return listOf(formula)(value.and);
    if ('or' in value) return listOf(formula)(value.or);
    return 'not' in value ? formula(value.not) : atom(value);
  };
  return formula;
}

/** Throws an Error that names the faulty field if the value is not a border of this version. */
export function readBorder(value: unknown): Border {
  const wrong = BORDER(value);
  if (wrong) throw new Error(`\`$${wrong.path}\` ${wrong.message}`);
  const border = value as Border;
  return { ...border, iam: parseSnapshot(border.iam) };
}
