import { SEVERITIES } from '../../findings/severities.ts';
import { ACCESS_PATHS } from '../../matrix/paths/access-paths.ts';
import { PATH_ACTIONS, TAGGING_ACTIONS } from '../../matrix/paths/path-actions.ts';
import { SetHolders } from '../../snapshot/held-by.ts';
import { byText } from '../changes.ts';
import { CAUSE_WORDS } from '../finding-text.ts';
import { heldByText } from '../held-by-text.ts';
import { pathGroups, pathTitle } from '../path-facts.ts';
import type { Report } from '../report.ts';
import { STRENGTHS } from '../strengths.ts';
import { isNobodySure, type Summary } from '../summary.ts';
import { UNCERTAINTIES } from '../uncertainties.ts';
import { cellDetails } from './cell-details.ts';
import { changeData } from './change-data.ts';
import { directoryData } from './directory-data.ts';
import { findingData } from './finding-data.ts';
import { instanceData, REACH_FACTS } from './instance-data.ts';
import { matrixData } from './matrix-data.ts';
import type { PageHead, PagePath, PrincipalData } from './page-data.ts';
import { policyData, policyLists } from './policy-data.ts';

/** A part of the page's data that is unpacked as a whole. */
export interface Chunk {
  readonly name: string;
  readonly value: unknown;
}

export interface PageContent {
  readonly head: PageHead;
  readonly chunks: Iterable<Chunk>;
}

/** All data of the page's script, in the order of first use. `kindOf`: the kind of principal of an ARN. */
export function pageContent(report: Report, summary: Summary, kindOf: (arn: string) => string): PageContent {
  const policies = policyData(report.snapshot);
  const findings = findingData(report);
  return {
    head: headOf(report, summary, { findings: findings.blocks.length, policies: policies.blocks.length }),
    chunks: chunksOf(),
  };

  function* chunksOf(): Generator<Chunk> {
    yield { name: 'principals', value: principalData(report, kindOf, policies.numberOf) };
    yield { name: 'instances', value: instanceData(report) };
    const details = cellDetails(report.matrix, report.snapshot);
    yield { name: 'matrix', value: matrixData(report.matrix, details.numbers) };
    yield { name: 'findings', value: findings.data };
    yield { name: 'changes', value: changeData(summary.changes, report) };
    yield { name: 'policies', value: policies.data };
    yield { name: 'details', value: { details: details.list } };
    for (const [at, value] of findings.blocks.entries()) yield { name: `findings-${at}`, value };
    for (const [at, value] of policies.blocks.entries()) yield { name: `policies-${at}`, value };
  }
}

function headOf(
  report: Report,
  { state, why }: Summary,
  blocks: { readonly findings: number; readonly policies: number },
): PageHead {
  const { accountId, takenAt, previousAt, matrix } = report;
  return {
    accountId,
    takenAt,
    previousAt,
    notAudited: state === 'blind' ? why : '',
    isNobodySure: isNobodySure(report),
    paths: matrix.paths.map(pagePath),
    regions: [...new Set(matrix.instances.map(({ region }) => region))].sort(byText),
    strengths: STRENGTHS,
    actions: PATH_ACTIONS,
    uncertainties: Object.entries(UNCERTAINTIES),
    severities: SEVERITIES,
    causeWords: Object.entries(CAUSE_WORDS),
    findingBlocks: blocks.findings,
    policyBlocks: blocks.policies,
  };
}

function pagePath(id: Report['matrix']['paths'][number]): PagePath {
  const row = ACCESS_PATHS.find((path) => path.id === id);
  const lists = (row?.alternatives ?? []).map(({ requests }) =>
    requests.filter(({ undenied, unasked }) => !undenied && !unasked).map(({ action }) => action),
  );
  const asked =
    id === 'tag-rewrite'
      ? TAGGING_ACTIONS.map((action) => [action])
      : lists.filter((actions) => actions.length > 0);
  return {
    id,
    title: pathTitle(id),
    groups: pathGroups(id),
    fact: row ? REACH_FACTS.indexOf(row.fact) : -1,
    alternatives: asked.map((actions) => [...new Set(actions)].map((action) => PATH_ACTIONS.indexOf(action))),
    ...(row?.applies !== undefined && { applies: row.applies }),
  };
}

/** Groups, and people of each, that the page lists for a permission set. */
const MOST_NAMES = 20;

function principalData(
  { snapshot, matrix }: Report,
  kindOf: (arn: string) => string,
  numberOf: ReadonlyMap<string, number>,
): PrincipalData {
  const policies = policyLists(snapshot, numberOf);
  const holders = new SetHolders(snapshot);
  return {
    rows: matrix.principals.map(({ arn }) => [arn, kindOf(arn), policies.of(arn)]),
    policyLists: policies.lists,
    heldBy: matrix.principals.flatMap(({ arn }, number) => {
      const heldBy = holders.of(arn);
      return heldBy === null ? [] : [[number, heldByText(heldBy, MOST_NAMES)] as const];
    }),
    directory: directoryData(snapshot, matrix),
  };
}
