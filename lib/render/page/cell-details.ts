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

/**
 * Stands for the cell's instance in a request, and for its principal in a step, so that cells can share equal details.
 */
const SELF = '@instance';
const WHO = '@principal';
/** Stands for a resource in a request that differs between the instances of the group. */
const ITS_OWN = '(of the instance)';
/** Stands for the instance's region in a request. */
const REGION = '@region';
/** The index of the region in an ARN. */
const REGION_PLACE = 3;

/** Groups with details; further groups have none, and `explain` answers for each cell. */
const MOST_DETAILS = 40_000;
/** Listed effects of a tag change for one cell. */
const MOST_OPENS = 40;

/** The detail number of each group of cells, computed for one cell of it; -1 if it has no details. */
export function cellDetails(
  matrix: Matrix,
  snapshot: Snapshot,
): { readonly list: readonly PageDetail[]; readonly numbers: readonly number[] } {
  const details = new Interned<PageDetail>();
  const samples = samplesOf(matrix);
  const cells = cellsOf({ ...matrix, groups: samples }, snapshot);
  const numbers: number[] = [];
  for (const { principals, instances } of samples) {
    const both: Cell[] = [];
    for (let n = principals.length * instances.length; n > 0; n--) both.push(cells.next().value as Cell);
    const [one, other] = both;
    if (!one) numbers.push(-1);
    else {
      const detail = detailOf(one, other ?? null);
      const of = [principals[0] as number, instances[0] as number] as const;
      // groups with equal details share those of the first
      numbers.push(details.of({ of, ...detail }, JSON.stringify(detail)));
    }
  }
  return { list: details.list, numbers };
}

/** One principal of each group on two of its instances, to find the parts that differ between instances. */
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

/** The part of a resource that differs between the group's instances is left open. */
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
