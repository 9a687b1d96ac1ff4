import type { ClosedReason } from '../../lib/render/closed-path.ts';
import type {
  ChangeData,
  DetailData,
  FindingBlock,
  FindingData,
  FindingDetail,
  InstanceData,
  MatrixData,
  PageDetail,
  PageHead,
  PolicyBlock,
  PolicyData,
  PrincipalData,
} from '../../lib/render/page/page-data.ts';
import {
  type CellAnswer,
  cellAnswer,
  groupsOfCell,
  groupsOfInstance,
  type Holding,
  holdersOf,
  instancesOf,
} from './answers.ts';
import { changedModel, runsSince } from './changed-model.ts';
import { Chunks } from './chunks.ts';
import type { Filter } from './filter.ts';
import { isThrough } from './findings-through.ts';
import { type InstanceLine, type PrincipalLine, Tallies } from './lists.ts';
import { type MatrixAnswer, matrixQuery } from './matrix-query.ts';
import { type Model, modelOf } from './model.ts';
import { PageSearch, type SearchHits } from './search.ts';
import { type WhyNot, whyNot } from './why-not.ts';

/** The questions of the page, by name. It runs in a worker, so arguments and answers must be cloneable. */
export class Engine {
  readonly #head: PageHead;
  readonly #chunks: Chunks;
  #model: Promise<Model> | null = null;
  #tallies: Tallies | null = null;
  #search: Promise<PageSearch> | null = null;

  constructor(head: PageHead, packed: ReadonlyMap<string, string>) {
    this.#head = head;
    this.#chunks = new Chunks(packed);
  }

  /** Unpacks in advance what nearly every question needs. */
  async warm(): Promise<true> {
    await this.#tally();
    return true;
  }

  async matrix(filter: Filter): Promise<MatrixAnswer> {
    const model = await this.#ready();
    if (!filter.since) return matrixQuery(model, filter);
    const { changed } = await this.changes();
    const runs = runsSince(changed, filter.since);
    return { ...matrixQuery(changedModel(model, runs), filter), isCut: runs.some((run) => run.isCut) };
  }

  async principals(filter: Filter): Promise<Uint32Array> {
    return (await this.#tally()).principals(filter);
  }

  async instances(filter: Filter): Promise<Uint32Array> {
    return (await this.#tally()).instances(filter);
  }

  async principalLines(numbers: readonly number[]): Promise<readonly PrincipalLine[]> {
    const tallies = await this.#tally();
    return numbers.map((number) => tallies.principal(number));
  }

  async instanceLines(numbers: readonly number[]): Promise<readonly InstanceLine[]> {
    const tallies = await this.#tally();
    return numbers.map((number) => tallies.instance(number));
  }

  /** The number of a principal by ARN, and of an instance by id; -1 if there is none. */
  async numbers(arn: string, id: string): Promise<readonly [number, number]> {
    const { numberOfPrincipal, numberOfInstance } = await this.#ready();
    return [numberOfPrincipal.get(arn) ?? -1, numberOfInstance.get(id) ?? -1];
  }

  async cell(principal: number, instance: number): Promise<CellAnswer> {
    return cellAnswer(await this.#ready(), principal, instance);
  }

  async holders(instance: number): Promise<readonly Holding[]> {
    return holdersOf(await this.#ready(), instance);
  }

  async reach(principal: number): Promise<readonly Holding[]> {
    return instancesOf(await this.#ready(), principal);
  }

  async detail(group: number): Promise<PageDetail | null> {
    const [model, { details }] = await Promise.all([this.#ready(), this.#chunks.get<DetailData>('details')]);
    return details[model.groups[group]?.detail ?? -1] ?? null;
  }

  async whyNot(principal: number, instance: number, path: number): Promise<WhyNot> {
    return whyNot(await this.#ready(), await this.#policies(), { principal, instance })(path);
  }

  /** Why each of these paths is closed, in short. */
  async reasons(
    principal: number,
    instance: number,
    paths: readonly number[],
  ): Promise<readonly ClosedReason[]> {
    const why = whyNot(await this.#ready(), await this.#policies(), { principal, instance });
    return paths.map((path) => why(path).reason);
  }

  async findings(): Promise<FindingData> {
    return this.#chunks.get<FindingData>('findings');
  }

  async finding(id: string): Promise<FindingDetail | null> {
    const row = (await this.findings()).rows.find((one) => one.id === id);
    if (!row) return null;
    const block = await this.#chunks.get<FindingBlock>(`findings-${row.block}`);
    return block.find((one) => one.id === id) ?? null;
  }

  /**
   * Ids of the findings through which a principal, by its number, holds access, or that are about itself, the most
   * severe first. A finding lists a limited number of holders; the others are not found here.
   */
  async findingsOf(principal: number): Promise<readonly string[]> {
    const { rows } = await this.findings();
    const { principals } = await this.#ready();
    const arn = principals.rows[principal]?.[0] ?? '';
    const found = new Set(
      rows.filter(({ resource }) => resource === arn || resource.startsWith(`${arn}#`)).map(({ id }) => id),
    );
    for (let at = 0; at < this.#head.findingBlocks; at++) {
      const block = await this.#chunks.get<FindingBlock>(`findings-${at}`);
      for (const { id, holders } of block)
        if (holders.some(([who]) => who === principal || who === arn)) found.add(id);
    }
    return rows.map(({ id }) => id).filter((id) => found.has(id));
  }

  /**
   * Ids of the findings through which somebody, or one principal by its number, gets onto an instance, the most severe
   * first.
   */
  async findingsOn(instance: number, principal: number | null): Promise<readonly string[]> {
    const { rows } = await this.findings();
    const [model, details] = await Promise.all([this.#ready(), this.#chunks.get<DetailData>('details')]);
    const groups =
      principal === null ? groupsOfInstance(model, instance) : groupsOfCell(model, principal, instance);
    const isTheirs = isThrough(model, details, groups, principal);
    const found = new Set<string>();
    for (let at = 0; at < this.#head.findingBlocks; at++) {
      const block = await this.#chunks.get<FindingBlock>(`findings-${at}`);
      for (const finding of block) if (isTheirs(finding)) found.add(finding.id);
    }
    return rows.filter(({ id, status }) => found.has(id) && status !== 'resolved').map(({ id }) => id);
  }

  async changes(): Promise<ChangeData> {
    return this.#chunks.get<ChangeData>('changes');
  }

  /** Ids of policies by number. */
  async policyIds(numbers: readonly number[]): Promise<readonly string[]> {
    const { rows } = await this.#policies();
    return numbers.map((number) => rows[number]?.[0] ?? '');
  }

  /** A policy by id: its document, and the numbers of its holders. */
  async policy(id: string): Promise<PolicyAnswer | null> {
    const { rows } = await this.#policies();
    const number = rows.findIndex(([own]) => own === id);
    const row = rows[number];
    if (!row) return null;
    const [, name, kind, block] = row;
    const documents = await this.#chunks.get<PolicyBlock>(`policies-${block}`);
    const { principals } = await this.#ready();
    const lists = principals.policyLists.map(
      ({ held, boundary }) => boundary === number || held.includes(number),
    );
    const holders = [...principals.rows.keys()].filter((at) => lists[principals.rows[at]?.[2] ?? -1]);
    const document = documents.find(([own]) => own === number)?.[1] ?? null;
    return { id, name, kind, document, holders };
  }

  async search(typed: string): Promise<readonly SearchHits[]> {
    this.#search ??= Promise.all([this.#ready(), this.#policies(), this.findings()]).then(
      ([model, policies, findings]) => new PageSearch(model, policies, findings),
    );
    return (await this.#search).find(typed);
  }

  #policies(): Promise<PolicyData> {
    return this.#chunks.get<PolicyData>('policies');
  }

  #ready(): Promise<Model> {
    this.#model ??= Promise.all([
      this.#chunks.get<PrincipalData>('principals'),
      this.#chunks.get<InstanceData>('instances'),
      this.#chunks.get<MatrixData>('matrix'),
    ]).then(([principals, instances, matrix]) => modelOf(this.#head, principals, instances, matrix));
    return this.#model;
  }

  async #tally(): Promise<Tallies> {
    const model = await this.#ready();
    this.#tallies ??= new Tallies(model);
    return this.#tallies;
  }
}

export interface PolicyAnswer {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly document: unknown;
  readonly holders: readonly number[];
}
