import type { StatementRef } from '../lib/evaluator/decision.ts';
import type { ExplainedStatement } from '../lib/evaluator/explain.ts';
import type { Miss, NearestAllow } from '../lib/evaluator/nearest-allow.ts';
import { clauseOf } from '../lib/evaluator/residual/sentence.ts';
import type { ExplainedAlternative, ExplainedRequest, LayerOf } from '../lib/matrix/answers/explain.ts';
import { count } from '../lib/policy/counted.ts';
import { plain } from '../lib/policy/quoted.ts';
import { silentText } from '../lib/render/closed-path.ts';

/** A line of an explanation and its indentation. */
export type TextLine = readonly [depth: number, text: string];

/** How names of principals and policies are printed. */
export interface NamePrinter {
  readonly short: (arn: string) => string;
  readonly policy: (id: string) => string;
}

const layerNames: Readonly<Record<LayerOf['layer'], string>> = {
  identityPolicies: 'identity policies',
  permissionsBoundary: 'permissions boundary',
  serviceControlPolicies: 'service control policies',
  resourceControlPolicies: 'resource control policies',
  sessionPolicies: 'session policies',
  resourcePolicy: 'trust policy',
};

/** One request with each layer; layers that only allow are one line, unless `full`. */
export function requestLines(
  request: ExplainedRequest,
  names: NamePrinter,
  full: boolean,
): readonly TextLine[] {
  return [
    ...headLines(request),
    ...(request.condition === null ? [] : [[2, request.condition.text] as const]),
    ...(request.blockedBy === null ? [] : [[2, `blocked by the ${layerNames[request.blockedBy]}`] as const]),
    ...layersLines(request, names, full),
    ...flipLines(request, names),
  ];
}

/** One request of a step, with its own condition. */
export function stepRequestLines(
  request: ExplainedRequest,
  names: NamePrinter,
  full: boolean,
): readonly TextLine[] {
  if (full) return requestLines(request, names, full);
  return [...headLines(request), ...layersLines(request, names, full)];
}

const headLines = ({ action, resource, decision, missing }: ExplainedRequest): readonly TextLine[] => [
  [1, `${action} on ${resource}: ${decision}`],
  ...(missing === undefined ? [] : [[2, `unknown without ${missing}`] as const]),
];

function layersLines(
  { layers, action }: ExplainedRequest,
  names: NamePrinter,
  full: boolean,
): readonly TextLine[] {
  if (full) return layers.flatMap((layer) => layerLines(layer, action, names));
  const folded = layers.filter(onlyAllows);
  const byLayer = Map.groupBy(folded, ({ layer }) => layer);
  const written = new Set<LayerOf['layer']>();
  return layers.flatMap((one): readonly TextLine[] => {
    if (!folded.includes(one)) return layerLines(one, action, names);
    if (written.has(one.layer)) return [];
    written.add(one.layer);
    return [[2, allowingLine(one, byLayer.get(one.layer) ?? [one], names)]];
  });
}

/** It allows, and nothing in it could deny. */
function onlyAllows({ verdict, statements }: LayerOf): boolean {
  return (
    verdict === 'allows' && statements.every(({ effect, applies }) => effect === 'Allow' && applies === 'yes')
  );
}

/** Statements that the one line of a layer lists. */
const MOST_STATEMENTS = 3;

function allowingLine({ layer }: LayerOf, all: readonly LayerOf[], names: NamePrinter): string {
  const statements = all.flatMap((one) => one.statements);
  const head = `${layerNames[layer]} of ${all.map((one) => names.short(one.of)).join(', ')}`;
  // guardrails grant nothing: their names are enough
  if (layer === 'serviceControlPolicies' || layer === 'resourceControlPolicies') {
    const policies = [...new Set(statements.map(({ policy }) => names.policy(policy)))];
    const by = policies.length > 0 ? ` (${policies.join(', ')})` : '';
    return `${head}: ${all.length > 1 ? 'all allow' : 'allow'}${by}`;
  }
  const first = statements.slice(0, MOST_STATEMENTS).map((one) => statementText(one, names));
  const left = statements.length - first.length;
  return `${head}: ${first.join('; ')}${left > 0 ? `; and ${left} more` : ''}`;
}

function layerLines(layer: LayerOf, action: string, names: NamePrinter): readonly TextLine[] {
  const said = { silent: silence(layer, action), unknown: 'unknown: a policy was not collected' };
  const verdict = layer.verdict in said ? said[layer.verdict as keyof typeof said] : layer.verdict;
  return [
    [2, `${layerNames[layer.layer]} of ${names.short(layer.of)}: ${verdict}`],
    ...(layer.nearest ? [[3, `the nearest: ${nearestText(layer.nearest, names)}`] as const] : []),
    ...layer.statements.map((statement) => [3, statementText(statement, names)] as const),
  ];
}

/** Why no Allow and no Deny of a layer applies. */
function silence({ policies, mentions }: LayerOf, action: string): string {
  if (policies === 0) return 'none, so no';
  const all = count(policies, 'policy', 'policies');
  if (mentions === 0) return `nothing in ${all} mentions ${action}, so no`;
  return `no Allow of ${action} in ${all} applies, so no`;
}

/** What a denied cell lacks: from the alternative that lacks least. */
export function whatIsMissing(ways: readonly ExplainedAlternative[], names: NamePrinter): string | null {
  const denied = ways.map(({ requests }) => requests.filter(isDenied)).filter((list) => list.length > 0);
  const [least] = denied.toSorted((a, b) => a.length - b.length);
  const [request] = least ?? [];
  if (!request) return null;
  const denies = request.layers.find(({ statements }) => statements.some(isDeny));
  const deny = denies?.statements.find(isDeny);
  if (request.decision === 'explicitDeny' && denies && deny) {
    const at = denies.level === null ? '' : `, attached to ${denies.of}`;
    return `${request.action} is denied by ${where(deny, names)}${at}`;
  }
  const silent = request.layers.find(
    ({ layer, verdict }) =>
      verdict === 'silent' &&
      (request.blockedBy === null ? layer === 'identityPolicies' : layer === request.blockedBy),
  );
  if (!silent) return null;
  const { policies, mentions } = silent;
  const { action } = request;
  const owner = names.short(silent.of);
  if (policies === 0 || mentions === 0)
    return silentText({ action, policies, owner, kind: layerNames[silent.layer], verb: 'mentions' });
  const lacking = silent.nearest ? `: ${nearestText(silent.nearest, names)}` : '';
  return `no Allow of ${action} in ${count(policies, 'policy', 'policies')} of ${owner} applies to ${request.resource}${lacking}`;
}

/** What the nearest Allow lacks. */
function nearestText({ policy, statement, sid, misses }: NearestAllow, names: NamePrinter): string {
  const of = where({ effect: 'Allow', policy, statement, sid }, names);
  return `${of} needs ${misses.map(missText).join(', and ')}`;
}

/** Number of values or resources that are listed for one requirement. */
const mostListed = 3;

function missText(miss: Miss): string {
  if (miss.miss === 'condition') {
    const { term, has } = miss;
    const own = has === null ? 'not there' : has.map((value) => plain(value) || 'empty').join(' and ');
    return `that ${clauseOf(term)} (it is ${own})`;
  }
  const first = miss.resources
    .slice(0, mostListed)
    .map((one) => plain(one))
    .join(' or ');
  const left = miss.resources.length - mostListed;
  return `${miss.not ? 'another resource than' : 'the resource'} ${first}${left > 0 ? ` or ${left} more` : ''}`;
}

const isDeny = ({ effect, applies }: ExplainedStatement): boolean => effect === 'Deny' && applies === 'yes';

export const isDenied = ({ decision }: ExplainedRequest): boolean =>
  decision === 'explicitDeny' || decision === 'implicitDeny';

function where({ effect, policy, statement, sid }: Omit<StatementRef, 'layer'>, names: NamePrinter): string {
  return `${effect} in ${names.policy(policy)}, statement ${statement}${sid === null ? '' : ` (${sid})`}`;
}

function statementText(statement: ExplainedStatement, names: NamePrinter): string {
  const applies = {
    yes: 'applies',
    no: 'does not apply',
    conditionally: `applies ${statement.condition?.text ?? 'if something unknown holds'}`,
  }[statement.applies];
  return `${where(statement, names)}: ${applies}`;
}

/**
 * The smallest change that would reverse the answer: a change to make, or the statement that the access
 * depends on.
 */
function flipLines({ decision, flip, layers }: ExplainedRequest, names: NamePrinter): readonly TextLine[] {
  if (flip.length === 0) return [];
  const open = decision === 'allowed' || decision === 'conditional';
  return [
    [2, open ? 'it would be denied without:' : 'it would be open after:'],
    ...flip.map((change): TextLine => {
      if (change.change === 'add') {
        const layer = layers.find((one) => one.layer === change.layer && one.level === change.level);
        const of = layer ? ` of ${names.short(layer.of)}` : '';
        return [
          3,
          `an Allow of ${change.action} on ${change.resource} in the ${layerNames[change.layer]}${of}`,
        ];
      }
      const statement = where(change.statement, names);
      return [3, open ? statement : `removing the ${statement}`];
    }),
  ];
}
