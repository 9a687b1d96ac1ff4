import { type Bits, firstPlace, placesIn } from '../../evaluator/bits.ts';
import { cellsOf } from '../../matrix/answers/list-cells.ts';
import { foldInstances } from '../../matrix/fold-instances.ts';
import type { Cell, Grant, Step } from '../../matrix/paths/cell.ts';
import type { CellGroup, Matrix } from '../../matrix/paths/matrix.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { shortPrincipal } from '../names.ts';
import { pathTitle } from '../path-facts.ts';
import { stepText } from '../step-text.ts';
import { Interned } from './interned.ts';
import type { PageDetail, PageGrant } from './page-data.ts';

/** In a request, the instance of the cell; in a step, its principal: so that cells share what is decided alike. */
const SELF = '@instance';
const WHO = '@principal';
/** In a request, a resource that is another for another instance of the group. */
const ITS_OWN = '(of the instance)';
/** In a request, the region of the instance. */
const REGION = '@region';
/** Of an ARN, between its colons. */
const REGION_PLACE = 3;

/** Groups whose details are worked out; more are told without them, and `explain` answers for each cell. */
const MOST_DETAILS = 40_000;
/** What a tag change would open, in one cell. */
const MOST_OPENS = 40;

/** What is told of each group of cells, worked out for one cell of it; -1 where it was not. */
export function cellDetails(
  matrix: Matrix,
  snapshot: Snapshot,
): { readonly list: readonly PageDetail[]; readonly numbers: readonly number[] } {
  const details = new Interned<PageDetail>();
  const samples = samplesOf(matrix);
  const cells = cellsOf({ ...matrix, groups: samples }, snapshot);
  const numbers: number[] = [];
  for (const { principals, instances } of samples) {
    const told: Cell[] = [];
    for (let n = principals.length * instances.length; n > 0; n--) told.push(cells.next().value as Cell);
    const [one, other] = told;
    if (!one) numbers.push(-1);
    else {
      const detail = detailOf(one, other ?? null);
      const of = [principals[0] as number, instances[0] as number] as const;
      // cells that are told alike share the first of them
      numbers.push(details.of({ of, ...detail }, JSON.stringify(detail)));
    }
  }
  return { list: details.list, numbers };
}

/** Of each group one principal on two of its instances, so that what is not the same on all can be told. */
function samplesOf(matrix: Matrix): readonly CellGroup[] {
  const folded = foldInstances(matrix);
  const [first, last]: [number[], number[]] = [[], []];
  for (const [instance, place] of folded.classOf.entries()) {
    first[place] ??= instance;
    last[place] = instance;
  }
  const pairs = folded.sets.map((bits: Bits) => {
    const one = first[firstPlace(bits)];
    const other = last[placesIn(bits).at(-1) ?? -1];
    return [...new Set([one, other])].filter((instance) => instance !== undefined);
  });
  return matrix.groups.slice(0, MOST_DETAILS).map(({ path, principals, outcome }, at) => ({
    path,
    outcome,
    principals: principals.slice(0, 1),
    instances: pairs[folded.setOf[at] as number] ?? [],
  }));
}

function detailOf(cell: Cell, other: Cell | null): Omit<PageDetail, 'of'> {
  const opened = (cell.opens ?? []).map(
    ({ principal, path, key, value }) =>
      `${shortPrincipal(principal)}: ${pathTitle(path)}, with ${key} ${value === null ? 'removed' : `set to ${value}`}`,
  );
  return {
    requests: cell.requests.map(({ action, resource }, at) => [
      action,
      resourceText(resource, cell, other?.requests[at]?.resource),
    ]),
    steps: cell.steps.map((step) => [
      stepText(step, (arn) => shortIn(arn, step, cell)),
      step.condition?.text ?? null,
      step.trust ? [grantOf({ ...step.trust, layer: 'resourcePolicy' })] : [],
      step.uncertain,
    ]),
    grants: cell.grants.map(grantOf),
    opens:
      opened.length > MOST_OPENS
        ? [...opened.slice(0, MOST_OPENS), `and ${opened.length - MOST_OPENS} more`]
        : opened,
    runsAs: cell.runsAs ?? null,
  };
}

/** What of a resource is another one for another instance of the group is left open. */
function resourceText(resource: string, { instance }: Cell, other: string | undefined): string {
  if (resource.endsWith(`:instance/${instance}`)) return SELF;
  const theirs = other?.split(':') ?? [];
  const parts = resource.split(':').map((part, at) => {
    if (other === undefined || part === theirs[at]) return part;
    return at === REGION_PLACE ? REGION : `${part.slice(0, part.lastIndexOf('/') + 1)}${ITS_OWN}`;
  });
  return parts.join(':');
}

function shortIn(arn: string, step: Step, { principal }: Cell): string {
  if (arn === principal) return WHO;
  return arn === step.instance ? arn.replace(/^.*\//s, '') : shortPrincipal(arn);
}

const grantOf = ({ policy, statement, sid, layer }: Grant): PageGrant => [policy, statement, sid, layer];
