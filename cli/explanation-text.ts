import type { Condition } from '../lib/evaluator/decision.ts';
import type { ExplainedLayer, ExplainedStatement } from '../lib/evaluator/explain.ts';
import type { CellExplanation, ExplainedRequest } from '../lib/matrix/answers/explain.ts';
import type { Opens } from '../lib/matrix/paths/cell.ts';
import { wrapToWidth } from '../lib/render/display-width.ts';
import { shortener } from './cell-table.ts';

/** A line of the explanation and how deep it stands. */
type Line = readonly [depth: number, text: string];

const layerNames: Readonly<Record<ExplainedLayer['layer'], string>> = {
  identityPolicies: 'identity policies',
  permissionsBoundary: 'permissions boundary',
  serviceControlPolicies: 'service control policies',
  resourceControlPolicies: 'resource control policies',
  sessionPolicies: 'session policies',
  resourcePolicy: 'resource policy',
};

/** One cell in full, for a person: the verdict first, then each request, layer and statement. */
export function explanationText(cell: CellExplanation, accountId: string, width: number): string {
  const short = shortener(accountId);
  const lines: readonly Line[] = [
    [0, `${short(cell.principal)} on ${cell.instance} by ${cell.path}: ${cell.verdict}`],
    ...conditionLines(1, cell.condition),
    ...(cell.via.length > 0 ? [[1, `via ${cell.via.map(short).join(' > ')}`] as const] : []),
    ...(cell.cell && cell.cell.landsAs.length > 0
      ? [[1, `lands as ${cell.cell.landsAs.join(', ')}`] as const]
      : []),
    ...(cell.cell ? [[1, reachableText(cell.cell.reachable)] as const] : []),
    ...opensLines(cell.cell?.opens ?? [], short),
    ...(cell.cell?.missing === undefined ? [] : [[1, `unknown without ${cell.cell.missing}`] as const]),
    ...(cell.uncertain.length > 0 ? [[1, `uncertain: ${cell.uncertain.join(', ')}`] as const] : []),
    ...cell.alternatives.flatMap(({ id, requests }, index): readonly Line[] => [
      [0, ''],
      [
        0,
        cell.alternatives.length === 1
          ? 'what it takes:'
          : `way ${index + 1} of ${cell.alternatives.length} (${id}):`,
      ],
      ...requests.flatMap((request) => requestLines(request, short)),
    ]),
  ];
  return lines.map(([depth, text]) => indented(depth, text, width)).join('');
}

function requestLines(request: ExplainedRequest, short: (arn: string) => string): readonly Line[] {
  return [
    [1, `${request.action} on ${request.resource}: ${request.decision}`],
    ...(request.missing === undefined ? [] : [[2, `unknown without ${request.missing}`] as const]),
    ...conditionLines(2, request.condition),
    ...(request.blockedBy === null ? [] : [[2, `blocked by the ${layerNames[request.blockedBy]}`] as const]),
    ...request.layers.flatMap((layer) => layerLines(layer, short)),
    ...flipLines(request, short),
  ];
}

function layerLines(layer: ExplainedLayer, short: (arn: string) => string): readonly Line[] {
  const level = layer.level === null ? '' : `, level ${layer.level + 1}`;
  const said = { silent: 'say nothing, so no', unknown: 'unknown: a policy was not collected' };
  const verdict = layer.verdict in said ? said[layer.verdict as keyof typeof said] : layer.verdict;
  return [
    [2, `${layerNames[layer.layer]}${level}: ${verdict}`],
    ...layer.statements.map((statement) => [3, statementText(statement, short)] as const),
  ];
}

function statementText(statement: ExplainedStatement, short: (arn: string) => string): string {
  const sid = statement.sid === null ? '' : ` (${statement.sid})`;
  const applies = {
    yes: 'applies',
    no: 'does not apply',
    conditionally: `applies ${statement.condition?.text ?? 'if something unknown holds'}`,
  }[statement.applies];
  return `${statement.effect} in ${short(statement.policy)}, statement ${statement.statement}${sid}: ${applies}`;
}

/** The smallest change that would turn the answer round: what to do about it, or what holds it. */
function flipLines({ decision, flip }: ExplainedRequest, short: (arn: string) => string): readonly Line[] {
  if (flip.length === 0) return [];
  const open = decision === 'allowed' || decision === 'conditional';
  return [
    [2, open ? 'it would be denied without:' : 'it would be open after:'],
    ...flip.map((change): Line => {
      if (change.change === 'add') {
        const level = change.level === null ? '' : `, level ${change.level + 1}`;
        return [
          3,
          `an Allow of ${change.action} on ${change.resource} in the ${layerNames[change.layer]}${level}`,
        ];
      }
      const { effect, policy, statement, sid } = change.statement;
      const where = `${effect} in ${short(policy)}, statement ${statement}${sid === null ? '' : ` (${sid})`}`;
      return [3, open ? where : `removing the ${where}`];
    }),
  ];
}

const conditionLines = (depth: number, condition: Condition | null): readonly Line[] =>
  condition === null ? [] : [[depth, condition.text]];

/** Cells that a tag change would open, by name; further ones as a number. */
const mostOpens = 10;

function opensLines(opens: readonly Opens[], short: (arn: string) => string): readonly Line[] {
  const left = opens.length - mostOpens;
  return [
    ...opens.slice(0, mostOpens).map(({ principal, path, key, value }): Line => {
      const change = value === null ? `without the tag ${key}` : `with the tag ${key} = ${value}`;
      return [1, `opens ${path} for ${short(principal)} ${change}`];
    }),
    ...(left > 0 ? [[1, `and ${left} more: \`--json\` has them all`] as const] : []),
  ];
}

const reachableText = (reachable: boolean | null): string =>
  reachable === null ? 'reachable: not known' : `reachable: ${reachable ? 'yes' : 'no'}`;

function indented(depth: number, text: string, width: number): string {
  if (text === '') return '\n';
  const [first = '', ...rest] = wrapToWidth(text, Math.max(40, width - 2 * depth - 4));
  const margin = '  '.repeat(depth);
  return [`${margin}${first}\n`, ...rest.map((line) => `${margin}    ${line}\n`)].join('');
}
