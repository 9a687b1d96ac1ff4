import { closedBy, heldBy, instancesIn, openedBy, type StatementCells } from '../drift/statements-behind.ts';
import { addBits } from '../evaluator/bits.ts';
import { placeName } from '../findings/evidence.ts';
import { sha256 } from '../findings/sha256.ts';
import { indexPolicies, type PolicyIndex } from '../findings/statements.ts';
import type { PathGroup } from '../matrix/paths/access-path.ts';
import { ACCESS_PATHS } from '../matrix/paths/access-paths.ts';
import type { Grant, PathId } from '../matrix/paths/cell.ts';
import { count, shortList } from '../policy/counted.ts';
import { plain } from '../policy/quoted.ts';
import { shortPrincipal } from '../render/names.ts';
import type { SarifFile, SarifResult } from '../render/sarif.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { ChangePlaces, FilePosition } from './change-places.ts';
import type { PlannedAnswer } from './planned.ts';

/** Results that code hosts show of a file: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/troubleshoot-sarif-uploads/results-exceed-limit */
const MOST_RESULTS = 5000;

const NAMED = 5;

const RANK = { 'opens-root': 0, 'opens-shell': 1, 'opens-access': 2 } as const;
const STATES = { new: 0, absent: 1, unchanged: 2 } as const;

/**
 * What planned changes open and close, and which of their statements grant the same as before, one result per
 * statement.
 */
export function plannedResults(
  { changes, snapshot }: Pick<PlannedAnswer, 'changes' | 'snapshot'>,
  before: Snapshot,
  places: ChangePlaces,
): SarifFile {
  const after = new StatementResults(changes, indexPolicies(snapshot), places);
  const earlier = new StatementResults(changes, indexPolicies(before), places);
  const opened = openedBy(changes, (grant) => after.isAllow(grant));
  const fresh = new Set(opened.map(({ grant }) => nameOf(grant)));
  const isKept = (grant: Grant): boolean =>
    after.isAllow(grant) && !fresh.has(nameOf(grant)) && after.placeOf(grant) !== null;
  const all = [
    ...after.results('new', opened),
    ...earlier.results(
      'absent',
      closedBy(changes, (grant) => earlier.isAllow(grant)),
    ),
    ...after.results('unchanged', heldBy(changes, isKept)),
  ];
  const results = all.toSorted(
    (a, b) =>
      STATES[a.baselineState] - STATES[b.baselineState] ||
      RANK[a.rule] - RANK[b.rule] ||
      (a.fingerprint < b.fingerprint ? -1 : 1),
  );
  return { results: results.slice(0, MOST_RESULTS), left: Math.max(0, results.length - MOST_RESULTS) };
}

const grantsIn = (cells: readonly StatementCells[]): readonly (Grant | null)[] =>
  cells.map(({ grant }) => grant).toSorted((a, b) => Number(a === null) - Number(b === null));

/** The cells of all statements together. */
function together(cells: readonly StatementCells[]): StatementCells {
  const [first] = cells as [StatementCells];
  const columns = first.columns.slice();
  for (const one of cells) addBits(columns, one.columns);
  return {
    ...first,
    verdicts: new Set(cells.flatMap(({ verdicts }) => [...verdicts])),
    paths: new Set(cells.flatMap(({ paths }) => [...paths])),
    principals: cells.map(({ principals }) => principals).reduce((a, b) => a.union(b)),
    columns,
  };
}

const nameOf = (grant: Grant | null): string => (grant ? `${grant.policy}\n${grant.statement}` : '');

/** Results about statements of one of the two accounts. */
class StatementResults {
  readonly #changes: PlannedAnswer['changes'];
  readonly #policies: PolicyIndex;
  readonly #places: ChangePlaces;

  constructor(changes: PlannedAnswer['changes'], policies: PolicyIndex, places: ChangePlaces) {
    this.#changes = changes;
    this.#policies = policies;
    this.#places = places;
  }

  isAllow({ policy, statement, layer }: Grant): boolean {
    const isOwn = layer === 'identityPolicies' || layer === 'resourcePolicy';
    return isOwn && this.#policies.statements(policy)?.[statement]?.effect === 'Allow';
  }

  placeOf({ policy, statement }: Grant): FilePosition | null {
    return this.#places.ofStatement(this.#policies.record(policy), statement);
  }

  /** Access that one change opens through several statements in no file is one result, at the change. */
  results(
    baselineState: SarifResult['baselineState'],
    all: readonly StatementCells[],
  ): readonly SarifResult[] {
    const [placed, others] = [true, false].map((is) =>
      all.filter(({ grant }) => (grant !== null && this.placeOf(grant) !== null) === is),
    ) as [StatementCells[], StatementCells[]];
    const folded = [...Map.groupBy(others, ({ cause }) => cause).values()];
    return [
      ...placed.map((one) => this.#result(baselineState, one, [one.grant])),
      ...folded.map((cells) => this.#result(baselineState, together(cells), grantsIn(cells))),
    ];
  }

  #result(
    baselineState: SarifResult['baselineState'],
    cells: StatementCells,
    grants: readonly (Grant | null)[],
  ): SarifResult {
    const { cause, paths } = cells;
    const [grant = null] = grants.length === 1 ? grants : [];
    const rule = ruleOf(paths);
    // its names are already escaped
    const because = cause === null ? '' : `, as ${cause.detail.slice(0, LONGEST)}`;
    return {
      ...{ rule, baselineState },
      message: `${this.#subject(grants)} ${VERBS[baselineState](this.#isSure(cells))} ${this.#whom(cells)}${because}`,
      place: (grant && this.placeOf(grant)) ?? this.#places.ofCause(this.#namesOf(cause)),
      policy: grant?.policy ?? null,
      fingerprint: sha256([rule, cause?.detail ?? '', nameOf(grant)].join('\n')),
    };
  }

  #namesOf(cause: StatementCells['cause']): ReadonlySet<string> {
    return this.#changes.causes.find((one) => one.cause === cause)?.names() ?? new Set();
  }

  #subject([grant, other]: readonly (Grant | null)[]): string {
    if (!grant) return 'what is not known';
    const more = other === undefined ? '' : ', with others,';
    return `${placeName({ policies: this.#policies }, grant)}${more}`;
  }

  #isSure = ({ verdicts }: StatementCells): boolean => verdicts.has('allowed');

  #whom({ principals, columns, paths }: StatementCells): string {
    const { names, isProduction } = this.#changes;
    const arns = [...principals].sort((a, b) => a - b).map((one) => names.principals[one] as string);
    const instances = instancesIn(this.#changes, columns);
    const production = instances.filter(isProduction).length;
    const who = shortList(arns, NAMED, { text: (arn) => plain(shortPrincipal(arn)) });
    const prod = production > 0 ? `, ${production} of them production` : '';
    return `${who} onto ${count(instances.length, 'instance')}${prod}, by ${[...paths].sort().join(', ')}`;
  }
}

const LONGEST = 500;

const VERBS: Readonly<Record<SarifResult['baselineState'], (isSure: boolean) => string>> = {
  new: (isSure) => (isSure ? 'would let' : 'may let'),
  absent: () => 'would no longer let',
  unchanged: (isSure) => (isSure ? 'lets, as before,' : 'may let, as before,'),
};

const inGroup = (group: PathGroup): ReadonlySet<string> =>
  new Set(ACCESS_PATHS.filter(({ groups }) => groups.some((one) => one === group)).map(({ id }) => id));

const [ROOT, SHELL] = [inGroup('root'), inGroup('shell')];

function ruleOf(paths: ReadonlySet<PathId>): SarifResult['rule'] {
  const all = [...paths];
  if (all.some((path) => ROOT.has(path))) return 'opens-root';
  return all.some((path) => SHELL.has(path)) ? 'opens-shell' : 'opens-access';
}
