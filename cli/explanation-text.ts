import type { Condition } from '../lib/evaluator/decision.ts';
import { ANY_POLICY_NAME } from '../lib/matrix/account/hypothetical-principals.ts';
import type {
  CellExplanation,
  ExplainedAlternative,
  ExplainedObstacle,
  ExplainedRemoval,
  ExplainedStep,
} from '../lib/matrix/answers/explain.ts';
import type { Remover } from '../lib/matrix/answers/removers.ts';
import type { Opens } from '../lib/matrix/paths/cell.ts';
import { shortList } from '../lib/policy/counted.ts';
import { nothingThere, OUTSIDE } from '../lib/render/closed-path.ts';
import { wrapToWidth } from '../lib/render/display-width.ts';
import { heldByText } from '../lib/render/held-by-text.ts';
import { shortPrincipal } from '../lib/render/names.ts';
import { landsAsText } from '../lib/render/state-text.ts';
import { stepText } from '../lib/render/step-text.ts';
import type { Snapshot } from '../lib/snapshot/snapshot.ts';
import { shortener } from './cell-table.ts';
import { MOST_NAMES } from './held-by-lines.ts';
import {
  isDenied,
  type NamePrinter,
  requestLines,
  stepRequestLines,
  type TextLine,
  whatIsMissing,
} from './request-text.ts';

interface TextOptions {
  readonly width: number;
  /** show every layer with every statement, and every alternative */
  readonly full: boolean;
}

/**
 * One cell in full for a person: the verdict first, then what is missing or how it is held, then each
 * request.
 */
export function explanationText(
  cell: CellExplanation,
  snapshot: Snapshot,
  { width, full }: TextOptions,
): string {
  const own = shortener(snapshot.accountId);
  const short = (arn: string): string => (arn.endsWith(':root') ? shortPrincipal(arn) : own(arn));
  const named = new Map(
    snapshot.policies
      .filter(({ kind }) => kind === 'scp' || kind === 'rcp')
      .map(({ id, name }) => [id, name]),
  );
  const names: NamePrinter = {
    short,
    policy: (id) => {
      if (id === ANY_POLICY_NAME) return 'the policy that it gives itself';
      const name = named.get(id);
      if (name === undefined || name === id) return short(id);
      return id === `p-${name}` ? name : `${name} (${id})`;
    },
  };
  const missing = cell.verdict === 'denied' ? lackOf(cell, snapshot, names) : null;
  const lines: readonly TextLine[] = [
    [0, `${short(cell.principal)} on ${cell.instance} by ${cell.path}: ${cell.verdict}`],
    ...(cell.heldBy === undefined ? [] : [[1, heldByText(cell.heldBy, MOST_NAMES)] as const]),
    ...(missing === null ? [] : [[1, missing] as const]),
    ...conditionLines(1, cell.condition),
    ...(cell.via.length > 0 ? [[1, `via ${cell.via.map(short).join(' > ')}`] as const] : []),
    ...(cell.cell && cell.cell.landsAs.length > 0
      ? [[1, `lands ${landsAsText(cell.cell.landsAs)}`] as const]
      : []),
    ...(cell.cell && cell.cell.reachable !== undefined
      ? [[1, reachableText(cell.cell.reachable, cell.unreachable)] as const]
      : []),
    ...obstacleLines(cell.obstacles ?? [], short),
    ...opensLines(cell.cell?.opens ?? [], short),
    ...(cell.cell?.missing === undefined ? [] : [[1, `unknown without ${cell.cell.missing}`] as const]),
    ...codeLines(1, cell.uncertain),
    ...stepLines(cell.steps, names, full),
    ...wayLines(cell, names, full),
  ];
  return lines.map(([depth, text]) => indented(depth, text, width)).join('');
}

/**
 * What a denied cell lacks. If no request is refused, the account lacks something that the path goes through, such as
 * a stack or an auto scaling group: it has no requests then, or fewer.
 */
function lackOf(
  { principal, alternatives, path }: CellExplanation,
  { users, roles }: Snapshot,
  names: NamePrinter,
): string | null {
  if (![...users, ...roles].some(({ arn }) => arn === principal)) return OUTSIDE;
  if (alternatives.some(({ requests }) => requests.some(isDenied))) return whatIsMissing(alternatives, names);
  return `${nothingThere(path)}: docs/access-paths.md says what it takes`;
}

/** Who becomes whom, by which request, allowed by which statement, and under what condition. */
function stepLines(steps: readonly ExplainedStep[], names: NamePrinter, full: boolean): readonly TextLine[] {
  if (steps.length === 0) return [];
  return [
    [0, ''],
    [0, 'step by step:'],
    ...steps.flatMap((step, i): readonly TextLine[] => [
      [1, `${i + 1}. ${stepText(step, names.short)}`],
      ...trustLines(step.trust),
      ...conditionLines(2, step.condition),
      ...codeLines(2, step.uncertain),
      ...step.requests.flatMap((request) => stepRequestLines(request, names, full)).map(deeper),
    ]),
  ];
}

const codeLines = (depth: number, codes: readonly string[]): readonly TextLine[] =>
  codes.length === 0 ? [] : [[depth, `uncertain: ${codes.join(', ')}`]];

const trustLines = (trust: ExplainedStep['trust']): readonly TextLine[] =>
  trust === null
    ? []
    : [
        [
          2,
          `let in by statement ${trust.statement}${trust.sid === null ? '' : ` (${trust.sid})`} of its trust policy`,
        ],
      ];

const deeper = ([depth, text]: TextLine): TextLine => [depth + 1, text];

/**
 * Alternatives with the same decision are shown once; closed ones beside an open one only with what they
 * lack. `full` shows all.
 */
function wayLines(cell: CellExplanation, names: NamePrinter, full: boolean): readonly TextLine[] {
  const end = cell.steps.at(-1)?.to;
  const then = end === undefined ? '' : `then, as ${names.short(end)}, `;
  const all = cell.alternatives.map((way, i) => ({ way, number: i + 1 }));
  // an alternative without requests goes through a resource that the account lacks
  const there = all.filter(({ way }) => way.requests.length > 0);
  const isAside = ({ way }: NumberedAlternative): boolean =>
    !full && cell.verdict !== 'denied' && whatIsMissing([way], names) !== null;
  const alike = Map.groupBy(
    there.filter((one) => !isAside(one)),
    ({ way, number }) => (full ? String(number) : likeness(way)),
  );
  const open = [...alike.values()].flatMap((ways): readonly TextLine[] => {
    const [first, ...others] = ways as [NumberedAlternative, ...NumberedAlternative[]];
    const ids = ways.map(({ way }) => way.id).join(', ');
    const title =
      others.length > 0
        ? `${then}${ways.length} ways of ${all.length}, all alike (${ids}); the first:`
        : `${then}way ${first.number} of ${all.length} (${ids}):`;
    const head = all.length === 1 ? `${then}what it takes:` : title;
    return [[0, ''], [0, head], ...linesOf(first.way, names, full)];
  });
  return [...open, ...closedLines(there.filter(isAside), all.length, names)];
}

interface NumberedAlternative {
  readonly way: ExplainedAlternative;
  readonly number: number;
}

/** Closed alternatives of an open cell with what they lack; those that lack the same are one line. */
function closedLines(
  ways: readonly NumberedAlternative[],
  all: number,
  names: NamePrinter,
): readonly TextLine[] {
  const alike = Map.groupBy(ways, ({ way }) => whatIsMissing([way], names) ?? '');
  return [...alike].flatMap(([missing, same]): readonly TextLine[] => {
    const ids = same.map(({ way }) => way.id).join(', ');
    const which = same.length === 1 ? `way ${same[0]?.number}` : `${same.length} ways`;
    return [
      [0, ''],
      [0, `${which} of ${all} (${ids}), closed: ${missing}`],
    ];
  });
}

const linesOf = (
  { requests }: ExplainedAlternative,
  names: NamePrinter,
  full: boolean,
): readonly TextLine[] => requests.flatMap((request) => requestLines(request, names, full));

/** Equal for alternatives whose requests are decided by the same statements in the same way. */
function likeness({ requests }: ExplainedAlternative): string {
  return JSON.stringify(
    requests.map(({ decision, condition, blockedBy, layers }) => [decision, condition, blockedBy, layers]),
  );
}

const conditionLines = (depth: number, condition: Condition | null): readonly TextLine[] =>
  condition === null ? [] : [[depth, condition.text]];

/** Principals that may remove an obstacle, by name; more of them as a number. */
const mostRemovers = 10;

function obstacleLines(
  obstacles: readonly ExplainedObstacle[],
  short: (arn: string) => string,
): readonly TextLine[] {
  return obstacles.flatMap(({ text, removals }): readonly TextLine[] => [
    [2, text],
    ...removals.map((removal): TextLine => [3, removalText(removal, short)]),
  ]);
}

function removalText(
  { action, principals, throughRoles }: ExplainedRemoval,
  short: (arn: string) => string,
): string {
  const roles = removerNames(throughRoles, short);
  if (principals.length === 0 && throughRoles.length === 0)
    return `${action} would remove it: nobody may make it`;
  if (principals.length === 0) return `${action} removes it, as a role: ${roles}`;
  const named = `${action} removes it: ${removerNames(principals, short)}`;
  return throughRoles.length === 0 ? named : `${named}; as a role: ${roles}`;
}

function removerNames(principals: readonly Remover[], short: (arn: string) => string): string {
  const text = ({ principal, verdict, condition }: Remover): string => {
    if (verdict === 'unknown') return `${short(principal)} (not known)`;
    return condition === null ? short(principal) : `${short(principal)} (${condition.text})`;
  };
  return shortList(principals, mostRemovers, { text });
}

/** Cells that a tag change would open, by name; more of them as a number. */
const mostOpens = 10;

function opensLines(opens: readonly Opens[], short: (arn: string) => string): readonly TextLine[] {
  const left = opens.length - mostOpens;
  return [
    ...opens.slice(0, mostOpens).map(({ principal, path, key, value }): TextLine => {
      const change = value === null ? `without the tag ${key}` : `with the tag ${key} = ${value}`;
      return [1, `opens ${path} for ${short(principal)} ${change}`];
    }),
    ...(left > 0 ? [[1, `and ${left} more: \`--json\` has them all`] as const] : []),
  ];
}

const reachableText = (reachable: boolean | null, because: string | undefined): string => {
  if (reachable === null) return 'reachable: not known';
  return because === undefined ? `reachable: ${reachable ? 'yes' : 'no'}` : `reachable: no, ${because}`;
};

function indented(depth: number, text: string, width: number): string {
  if (text === '') return '\n';
  const [first = '', ...rest] = wrapToWidth(text, Math.max(40, width - 2 * depth - 4));
  const margin = '  '.repeat(depth);
  return [`${margin}${first}\n`, ...rest.map((line) => `${margin}    ${line}\n`)].join('');
}
