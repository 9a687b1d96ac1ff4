import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderSource } from '../../lib/adapters/local/folder-source.ts';
import { collectAccount } from '../../lib/collect/collect.ts';
import { findFindings } from '../../lib/findings/find.ts';
import { findingsOn } from '../../lib/findings/on-instance.ts';
import { explainCell } from '../../lib/matrix/answers/explain.ts';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import { OBSTACLES } from '../../lib/matrix/paths/obstacles.ts';
import { pack } from '../../lib/pipeline/pack.ts';
import { renderPage } from '../../lib/render/html/page.ts';
import type { Report } from '../../lib/render/report.ts';
import { isVague } from '../../lib/render/state-text.ts';
import { strengthOf } from '../../lib/render/strength.ts';
import { Engine } from '../../page/engine/engine.ts';
import { type Filter, NO_FILTER } from '../../page/engine/filter.ts';
import { account, allow } from '../fixtures/account.ts';
import { headOf, packedOf } from '../render/page-parts.ts';
import { fullReport, quietReport } from '../render/reports.ts';

const acme = await collectAccount(
  folderSource(join(import.meta.dirname, '../../examples/acme')),
  new Date(0),
  { step: () => {} },
);

const acmeMatrix = buildMatrix(acme);

const REPORTS = {
  'an account by hand': fullReport(),
  'the example account': {
    ...quietReport(),
    accountId: acme.accountId,
    snapshot: acme,
    matrix: acmeMatrix,
    findings: findFindings({ snapshot: acme, matrix: acmeMatrix, previous: [], at: acme.takenAt }),
  } satisfies Report,
};

/** The engine as the page starts it, on the page's own data. */
function engineOf(report: Report): Engine {
  const page = renderPage(report, pack);
  return new Engine(JSON.parse(headOf(page)), packedOf(page));
}

/** A resource as the page may show it: of the instance itself, or without the part that differs between instances. */
function asTold(
  resource: string,
  told: string,
  { id, region }: { readonly id: string; readonly region: string },
) {
  if (told === '@instance' && resource.endsWith(`:instance/${id}`)) return told;
  const [begin = '', open] = told.replace('@region', region).split('(of the instance)');
  return open === '' ? resource.startsWith(begin) && told : resource === begin && told;
}

const isRefused = ({ decision }: { readonly decision: string }): boolean =>
  /^(explicit|implicit)Deny$/.test(decision);

const strengthOfCell = ({ path, verdict, landsAs }: Cell) => strengthOf(path, verdict, landsAs);

describe.each(Object.entries(REPORTS))("the page's answers for %s equal those of the matrix", (_, report) => {
  const { matrix, snapshot } = report;
  const cells = [...cellsOf(matrix, snapshot)];
  const engine = engineOf(report);
  const regionOf = (id: string) => matrix.instances.find((one) => one.id === id)?.region;
  const byCell = Map.groupBy(cells, ({ principal, instance }) => `${principal} ${instance}`);

  test('each square contains each cell with its verdict, condition, OS users and chain, and no others', async () => {
    for (const [p, { arn }] of matrix.principals.entries()) {
      for (const [i, { id }] of matrix.instances.entries()) {
        const { ways } = await engine.cell(p, i);
        const told = ways.map(({ path, verdict, condition, landsAs, via, reach }) => ({
          path: matrix.paths[path],
          ...{ verdict, condition, landsAs, via, reach },
        }));
        const wanted = (byCell.get(`${arn} ${id}`) ?? []).map((cell) => ({
          path: cell.path,
          verdict: cell.verdict,
          condition: cell.condition?.text ?? null,
          landsAs: cell.landsAs,
          via: cell.via,
          reach: cell.reachable === undefined ? null : cell.reachable === null ? -1 : Number(cell.reachable),
        }));
        const sorted = (list: readonly object[]) => list.map((one) => JSON.stringify(one)).sort();
        expect(sorted(told), `${arn} ${id}`).toEqual(sorted(wanted));
      }
    }
  });

  test('obstacles of a path are those that can be removed, with the number of principals', async () => {
    const detailed = [...cellsOf(matrix, snapshot, {}, { removable: true })];
    const sorted = (list: readonly unknown[]) => list.map((one) => JSON.stringify(one)).sort();
    let obstacles = 0;
    for (const { principal, instance, path, via, removable = [] } of detailed) {
      const [p, i] = await engine.numbers(principal, instance);
      const { ways } = await engine.cell(p, i);
      const way = ways.find((one) => matrix.paths[one.path] === path && one.via.join() === via.join());
      const told = (way?.inTheWay ?? []).flatMap(([text, removals]) =>
        removals.map(([action, count]) => [text, action, count]),
      );
      const wanted = removable.map(({ obstacle, action, count }) => [
        OBSTACLES[obstacle as keyof typeof OBSTACLES].text,
        action,
        count,
      ]);
      expect(sorted(told), `${principal} ${instance} ${path}`).toEqual(sorted(wanted));
      obstacles += wanted.length;
    }
    expect(obstacles).toBeGreaterThan(0);
  });

  test.each<[string, Partial<Filter>, (cell: Cell) => boolean]>([
    ['everything', {}, () => true],
    ['a path', { path: 'session-manager' }, ({ path }) => path === 'session-manager'],
    ['a verdict', { verdict: 'conditional' }, ({ verdict }) => verdict === 'conditional'],
    ['a kind', { kind: 'person' }, ({ kind }) => kind === 'person'],
    ['a name', { who: 'role/' }, ({ principal }) => principal.includes('role/')],
    ['an instance', { on: matrix.instances[0]!.id }, ({ instance }) => instance === matrix.instances[0]!.id],
    [
      'a region',
      { region: matrix.instances[0]!.region },
      ({ instance }) => regionOf(instance) === matrix.instances[0]!.region,
    ],
    ['an OS user', { user: 'root' }, ({ landsAs }) => landsAs.some((one) => one === '*' || one === 'root')],
  ])('the matrix of %s is the sum of its cells', async (_name, asked, holds) => {
    const { rows, columns, cells: squares } = await engine.matrix({ ...NO_FILTER, ...asked });
    const strongest = new Map<string, number>();
    for (const cell of cells.filter(holds)) {
      const key = `${cell.principal} ${cell.instance}`;
      strongest.set(key, Math.max(strongest.get(key) ?? 0, strengthOfCell(cell)));
    }
    const wanted = Map.groupBy(strongest.values(), (strength) => strength);
    const told = new Map<number, number>();
    for (const [at, strength] of squares.entries()) {
      const [row, column] = [rows[Math.floor(at / columns.length)]!, columns[at % columns.length]!];
      if (strength > 0) told.set(strength, (told.get(strength) ?? 0) + row.count * column.count);
      const key = `${matrix.principals[row.first]!.arn} ${matrix.instances[column.first]!.id}`;
      expect(strength, key).toBe(strongest.get(key) ?? 0);
    }
    const counts = [...wanted].map(([strength, { length }]) => [strength, length] as const);
    expect([...told].sort()).toEqual(counts.sort());
  });

  test('lists of principals and instances are complete, and each side names the other', async () => {
    const principals = await engine.principals(NO_FILTER);
    expect([...principals].sort((a, b) => a - b)).toEqual([...matrix.principals.keys()]);
    for (const [p, { arn }] of matrix.principals.entries()) {
      const [line] = await engine.principalLines([p]);
      const reached = new Set(
        cells.filter(({ principal }) => principal === arn).map(({ instance }) => instance),
      );
      const tally = line!.tally.slice(1).reduce((sum, n) => sum + n, 0);
      expect(tally, arn).toBe(reached.size);
      const reach = await engine.reach(p);
      expect(reach.reduce((sum, { members }) => sum + members.count, 0)).toBe(reached.size);
    }
    for (const [i, { id }] of matrix.instances.entries()) {
      const holders = new Set(
        cells.filter(({ instance }) => instance === id).map(({ principal }) => principal),
      );
      const told = await engine.holders(i);
      expect(
        told.reduce((sum, { members }) => sum + members.count, 0),
        id,
      ).toBe(holders.size);
    }
  });

  test('a principal has the findings that list it as a holder, and those about its own policies', async () => {
    const { rows } = await engine.findings();
    const told = new Map(report.findings.map((finding) => [finding.id, finding]));
    for (const [number, { arn }] of matrix.principals.entries()) {
      const held = rows.filter(({ id }) => {
        const { holders = [], cause } = told.get(id) ?? {};
        return (
          holders.some(({ principal }) => principal === arn) ||
          cause?.resource === arn ||
          cause?.resource.startsWith(`${arn}#`)
        );
      });
      expect(await engine.findingsOf(number)).toEqual(held.map(({ id }) => id));
    }
  });

  test('findings on an instance are those of the command line, without those of places that let nobody in', async () => {
    const placed = (id: string) =>
      findingsOn(id, report.findings, { matrix: { ...matrix, groups: [] }, snapshot });
    for (const [number, { id }] of matrix.instances.entries()) {
      const wanted = new Set(findingsOn(id, report.findings, report).map((one) => one.id));
      const told = await engine.findingsOn(number, null);
      const onlyPlaced = placed(id).map((one) => one.id);
      expect([...told].filter((one) => !wanted.has(one))).toEqual([]);
      expect([...wanted].filter((one) => !told.includes(one) && !onlyPlaced.includes(one))).toEqual([]);
    }
  });

  test('findings of a square are among those of its instance, and a closed one has none', async () => {
    for (const instance of matrix.instances.keys()) {
      const here = await engine.findingsOn(instance, null);
      const told = await Promise.all(matrix.principals.map((_, at) => engine.findingsOn(instance, at)));
      expect(told.flat().filter((id) => !here.includes(id))).toEqual([]);
      for (const [at, ids] of told.entries())
        if ((await engine.cell(at, instance)).ways.length === 0) expect(ids).toEqual([]);
    }
  });

  test('of equally strong cells the one that works now and names its OS user comes first', async () => {
    for (const number of matrix.instances.keys()) {
      for (const { ways } of await engine.holders(number)) {
        const [first, ...others] = ways;
        const better = others.filter(
          (way) => way.strength === first?.strength && way.via.length === first.via.length,
        );
        if (first?.reach === 0) expect(better.every(({ reach }) => reach === 0)).toBe(true);
        if (first && first.reach !== 0 && /\s/.test(first.landsAs.join()))
          expect(better.filter(({ reach }) => reach !== 0).every((way) => isVague(way.landsAs))).toBe(true);
      }
    }
  });

  test('the requests and steps are those of the cell', async () => {
    const squares = matrix.principals
      .keys()
      .flatMap((p) => matrix.instances.keys().map((i) => [p, i] as const));
    for (const [p, i] of squares) {
      const [{ arn }, instance] = [matrix.principals[p]!, matrix.instances[i]!];
      const { id } = instance;
      for (const way of (await engine.cell(p, i)).ways) {
        const same = ({ path, verdict, via, condition, landsAs }: Cell) =>
          JSON.stringify([path, verdict, via, condition?.text ?? null, landsAs]) ===
          JSON.stringify([matrix.paths[way.path], way.verdict, way.via, way.condition, way.landsAs]);
        const cell = byCell.get(`${arn} ${id}`)!.find(same)!;
        const detail = await engine.detail(way.group);
        expect(detail!.requests.map(([action]) => action)).toEqual(cell.requests.map(({ action }) => action));
        const told = detail!.requests.map(([, resource]) => resource);
        const real = cell.requests.map(({ resource }, at) => asTold(resource, told[at]!, instance));
        expect(told).toEqual(real);
        expect(detail!.steps).toHaveLength(cell.steps.length);
      }
    }
  });

  test('a closed path is never shown as granted by a policy that the principal does not have', async () => {
    const ids = await engine.policyIds([...snapshot.policies.keys()]);
    expect(ids).toEqual(snapshot.policies.map(({ id }) => id));
    for (const [p, { arn }] of matrix.principals.entries()) {
      const held = heldBy(report, arn);
      for (const path of matrix.paths.keys()) {
        const why = await engine.whyNot(p, 0, path);
        const told = why.alternatives.flat().flatMap(({ allows }) => allows.map(({ policy }) => ids[policy]));
        expect(told.filter((id) => !held?.includes(id!))).toEqual([]);
        if (held === null) expect(['outside', 'other']).toContain(why.reason.is);
        else expect(why.reason.is).not.toBe('outside');
      }
    }
  });

  /** Closed paths, one in five, with what the page says of each and what the evaluator does. */
  async function* closedPaths() {
    let next = 0;
    for (const [p, { arn }] of matrix.principals.entries()) {
      for (const [i, { id }] of matrix.instances.entries()) {
        const { closed } = await engine.cell(p, i);
        const reasons = await engine.reasons(p, i, closed);
        for (const [at, path] of closed.entries()) {
          if (next++ % 5 !== 0) continue;
          const name = { principal: arn, instance: id, path: matrix.paths[path]! };
          yield { reason: reasons[at]!, cell: explainCell(snapshot, name, matrix) };
        }
      }
    }
  }

  test('what is told of a closed path is what its requests say, decided one by one', async () => {
    const told = new Set<string>();
    for await (const { reason, cell } of closedPaths()) {
      told.add(reason.is);
      // the path cannot apply to the instance
      if ('error' in cell) continue;
      const requests = cell.alternatives.flatMap((one) => one.requests);
      expect(reason.is).not.toBe('other');
      const named = 'action' in reason && reason.is !== 'limited' ? reason.action : null;
      const allowed = requests.filter(({ action, decision }) => action === named && decision === 'allowed');
      expect(allowed).toEqual([]);
      const refused = cell.alternatives.map((one) => one.requests.some(isRefused));
      if (reason.is === 'nothing there') expect(refused.length === 0 || refused.includes(false)).toBe(true);
    }
    expect([...told]).toEqual(expect.arrayContaining(['silent', 'nothing there', 'other']));
  });
});

describe('people of IAM Identity Center', () => {
  const fleet = acmeMatrix.principals.find(({ arn }) => arn.includes('FleetOperators'))?.arn;
  const center = acme.identityCenter!;
  const group = center.groups.find(({ name }) => name === 'fleet-operators')!;
  // more than any list of the page shows
  const crowd = Array.from({ length: 60 }, (_, at) => ({ id: `u-${at}`, name: `person.${at}@acme.example` }));
  const snapshot = {
    ...acme,
    identityCenter: {
      ...center,
      people: [...center.people, ...crowd],
      groups: center.groups.map((one) =>
        one === group ? { ...one, members: [...one.members!, ...crowd.map(({ id }) => id)] } : one,
      ),
    },
  };
  const engine = engineOf({ ...REPORTS['the example account'], snapshot });
  const named = async (who: string) => {
    const numbers = await engine.principals({ ...NO_FILTER, who });
    return (await engine.principalLines([...numbers])).map(({ arn }) => arn);
  };

  test.each([
    ['a member of a group', 'person.59@acme'],
    ['whom it is assigned to directly', 'JO.PETIT'],
    ['the group', 'fleet-op'],
  ])('are found by name behind a permission set: %s', async (_, who) => {
    expect(await named(who)).toEqual([fleet]);
    const found = await engine.search(who.toLowerCase());
    expect(found.find(({ kind }) => kind === 'Principals')?.first.map(({ title }) => title)).toEqual([
      'SSO FleetOperators',
    ]);
  });

  test('an unknown name finds nobody', async () => {
    expect(await named('person.60@acme')).toEqual([]);
  });
});

test('of equal strength, people come before machines on the page of an instance', async () => {
  const statement = [allow('ssm:SendCommand')];
  const snapshot = account({
    instances: [{ id: 'i-1' }],
    users: [{ name: 'zoe', policies: statement }],
    roles: ['a', 'b', 'c'].map((name) => ({ name, policies: [...statement, allow('s3:*')] })),
  });
  const engine = engineOf({ ...quietReport(), snapshot, matrix: buildMatrix(snapshot) });
  const holders = await engine.holders(0);
  const first = await engine.principalLines(holders.map(({ members }) => members.first[0]!));
  expect(first.map(({ kind }) => kind)).toEqual(
    first
      .map(({ kind }) => kind)
      .toSorted()
      .toReversed(),
  );
  expect(first[0]?.arn).toMatch(/user\/zoe$/);
});

test('of equal access, people come before machines in the list of principals, also if policies differ', async () => {
  const statement = allow('ssm:SendCommand');
  const snapshot = account({
    instances: [{ id: 'i-1' }],
    policies: [{ name: 'shared', document: statement }],
    users: [
      { name: 'amy', policies: ['shared'] },
      { name: 'zoe', policies: [statement] },
    ],
    roles: [{ name: 'a', policies: ['shared'] }],
  });
  const engine = engineOf({ ...quietReport(), snapshot, matrix: buildMatrix(snapshot) });
  const lines = await engine.principalLines([...(await engine.principals(NO_FILTER))]);
  expect(lines.map(({ arn }) => arn.split(':').at(-1))).toEqual(['user/amy', 'user/zoe', 'role/a']);
});

/** The policies of a user with its groups, or of a role; null: an outsider. */
function heldBy({ snapshot }: Report, arn: string): readonly string[] | null {
  const user = snapshot.users.find((one) => one.arn === arn);
  const groups = snapshot.groups.filter(({ name }) => user?.groups.includes(name));
  if (user) return [...user.policies, ...groups.flatMap(({ policies }) => policies)];
  return snapshot.roles.find((one) => one.arn === arn)?.policies ?? null;
}
