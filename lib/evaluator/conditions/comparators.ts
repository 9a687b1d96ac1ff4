import { splitArn } from '../../policy/arn.ts';
import { globOf, matches, type PatternPart } from '../../policy/wildcard.ts';
import { parseAddress, parseCidr } from './ip.ts';

/** Compares a value of the request with the policy's value that it was made for. */
export type Comparator = (value: string) => boolean;

/** A family of operators: how the policy's value, with its variables inserted, becomes a comparison. */
export interface Family {
  readonly name:
    | 'exact'
    | 'ignoreCase'
    | 'like'
    | 'numeric'
    | 'date'
    | 'bool'
    | 'binary'
    | 'ip'
    | 'arn'
    | 'null';
  /** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-wheretouse */
  readonly variables: boolean;
  readonly compile: (parts: readonly PatternPart[]) => Comparator;
  /** the number of a text, in families with an order */
  readonly parse?: (text: string) => number | null;
}

const NEVER: Comparator = () => false;
const textOf = (parts: readonly PatternPart[]): string => parts.map((part) => part.text).join('');

const exact: Family = {
  name: 'exact',
  variables: true,
  compile: (parts) => {
    const wanted = textOf(parts);
    return (value) => value === wanted;
  },
};

const ignoreCase: Family = {
  name: 'ignoreCase',
  variables: true,
  compile: (parts) => {
    const wanted = textOf(parts).toLowerCase();
    return (value) => value.toLowerCase() === wanted;
  },
};

const like: Family = {
  name: 'like',
  variables: true,
  compile: (parts) => {
    const pattern = globOf(parts);
    return (value) => matches(pattern, value);
  },
};

/**
 * The six colon parts are compared one by one, the sixth with its colons; a text that is not an ARN never
 * matches. A `*` alone matches any ARN.
 */
const arn: Family = {
  name: 'arn',
  variables: true,
  compile: (parts) => {
    // an inserted value may be empty; text of the policy beside it never is
    const isAny = textOf(parts) === '*' && parts.some(({ literal }) => !literal);
    const patterns = isAny ? [] : splitParts(parts)?.map(globOf);
    if (!patterns) return NEVER;
    return (value) => {
      const texts = splitArn(value);
      return texts !== null && patterns.every((pattern, i) => matches(pattern, texts[i] as string));
    };
  },
};

/**
 * Cuts a pattern at its first five colons, including colons inside an inserted value, since it is ordinary
 * text.
 */
function splitParts(parts: readonly PatternPart[]): readonly (readonly PatternPart[])[] | null {
  let segment: PatternPart[] = [];
  const segments = [segment];
  for (const { text, literal } of parts) {
    let rest = text;
    while (segments.length < 6 && rest.includes(':')) {
      const colon = rest.indexOf(':');
      segment.push({ text: rest.slice(0, colon), literal });
      segment = [];
      segments.push(segment);
      rest = rest.slice(colon + 1);
    }
    segment.push({ text: rest, literal });
  }
  return segments.length === 6 ? segments : null;
}

/** Integers and decimals; null if the text is not a number or is too large. */
export function parseNumber(text: string): number | null {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(text) ? finite(Number(text)) : null;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

const W3C_DATE = /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d))?)?)?$/;

/** Milliseconds since 1970 from ISO 8601 in its W3C forms, or from epoch seconds. */
export function parseDate(text: string): number | null {
  if (W3C_DATE.test(text)) return isDay(text.slice(0, 10)) ? finite(Date.parse(text)) : null;
  return /^\d+(\.\d+)?$/.test(text) ? finite(Number(text) * 1000) : null;
}

/** `Date.parse` reads 30 February as 2 March. */
function isDay(text: string): boolean {
  const time = Date.parse(text);
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(text);
}

export type Order = (value: number, wanted: number) => boolean;

const ordered = (name: 'numeric' | 'date', parse: (text: string) => number | null, order: Order): Family => ({
  name,
  variables: false,
  parse,
  compile: (parts) => {
    const wanted = parse(textOf(parts));
    if (wanted === null) return NEVER;
    return (text) => {
      const value = parse(text);
      return value !== null && order(value, wanted);
    };
  },
});

/** `true` or `false`. Variables: the two documentation pages disagree, so the caller adds a code. */
const bool: Family = {
  name: 'bool',
  variables: true,
  compile: (parts) => {
    const wanted = textOf(parts).toLowerCase();
    if (wanted !== 'true' && wanted !== 'false') return NEVER;
    return (value) => value.toLowerCase() === wanted;
  },
};

const binary: Family = {
  name: 'binary',
  variables: false,
  compile: (parts) => {
    const wanted = decodeBase64(textOf(parts));
    return (value) => wanted !== null && decodeBase64(value) === wanted;
  },
};

function decodeBase64(text: string): string | null {
  try {
    return atob(text);
  } catch {
    return null;
  }
}

/** CIDR blocks; a single address is a block of one. The families never match each other. */
const ip: Family = {
  name: 'ip',
  variables: false,
  compile: (parts) => {
    const range = parseCidr(textOf(parts));
    if (!range) return NEVER;
    return (value) => {
      const address = parseAddress(value);
      return (
        address !== null &&
        address.family === range.family &&
        address.value >= range.first &&
        address.value <= range.last
      );
    };
  },
};

/** Handled by the clause itself: it tests presence, not a value. */
const absence: Family = { name: 'null', variables: false, compile: () => NEVER };

export const FAMILIES = {
  exact,
  ignoreCase,
  like,
  arn,
  bool,
  binary,
  ip,
  absence,
  numeric: (order: Order) => ordered('numeric', parseNumber, order),
  date: (order: Order) => ordered('date', parseDate, order),
};
