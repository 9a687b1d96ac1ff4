import type { Condition } from '../../lib/evaluator/decision.ts';
import type { Opens, PathId, Verdict } from '../../lib/matrix/paths/cell.ts';
import type { CellGroup, Matrix, MatrixPrincipal } from '../../lib/matrix/paths/matrix.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';

/** Cells written by hand: the principal (name or ARN), the path, the instances, and the policy. */
export interface HandCells {
  readonly who: string;
  readonly path: PathId;
  /** ids; left out: all instances of the account */
  readonly on?: readonly string[];
  /** `<policy id or name>#<statement>`; left out: every statement of the principal's own policies */
  readonly grants?: readonly string[];
  readonly verdict?: Verdict;
  readonly condition?: Condition;
  readonly landsAs?: readonly string[];
  readonly via?: readonly string[];
  readonly opens?: readonly Opens[];
  readonly missing?: string;
  readonly alternative?: string;
}

export function condition(key: string, operator: string, ...values: string[]): Condition {
  return { anyOf: [{ allOf: [{ key, operator, values }] }], text: `${key} ${operator} ${values.join(', ')}` };
}

/** A matrix in the form of buildMatrix, without evaluation. */
export function byHand(snapshot: Snapshot, cells: readonly HandCells[]): Matrix {
  const inside: MatrixPrincipal[] = [
    ...snapshot.roles.map((role) => ({ arn: role.arn, kind: 'role' as const })),
    ...snapshot.users.map((user) => ({ arn: user.arn, kind: 'user' as const })),
  ];
  const outside = cells.map((one) => one.who).filter((who) => who.endsWith(':root'));
  const principals = [...inside, ...[...new Set(outside)].map((arn) => ({ arn, kind: 'outside' as const }))];
  const instances = snapshot.regions.flatMap((region) =>
    (region.instances ?? []).map((one) => ({
      id: one.id,
      arn: one.arn,
      region: one.region,
      name: one.tags.find((tag) => tag.key === 'Name')?.value ?? null,
    })),
  );
  const groups = cells.map((one): CellGroup => {
    const principal = principals.findIndex(({ arn }) => arn === one.who || arn.endsWith(`/${one.who}`));
    if (principal < 0) throw new Error(`no principal \`${one.who}\``);
    return {
      path: one.path,
      principals: [principal],
      instances: instances.flatMap(({ id }, index) => (!one.on || one.on.includes(id) ? [index] : [])),
      outcome: {
        verdict: one.verdict ?? (one.condition ? 'conditional' : 'allowed'),
        condition: one.condition ?? null,
        alternative: one.alternative ?? one.path,
        landsAs: one.landsAs ?? [],
        via: one.via ?? [],
        grants: grantsOf(snapshot, principals[principal]?.arn ?? '', one.grants),
        uncertain: [],
        ...(one.opens ? { opens: one.opens } : {}),
        ...(one.missing === undefined ? {} : { missing: one.missing }),
      },
    };
  });
  return {
    schemaVersion: 1,
    accountId: snapshot.accountId,
    takenAt: snapshot.takenAt,
    paths: [...new Set(cells.map((one) => one.path))],
    principals,
    instances,
    groups,
  };
}

function grantsOf(snapshot: Snapshot, arn: string, named: readonly string[] | undefined) {
  const records = snapshot.policies.filter((record) => record.kind !== 'trust');
  const own = [...snapshot.users, ...snapshot.roles].find((one) => one.arn === arn)?.policies ?? [];
  const wanted =
    named ??
    records
      .filter((record) => own.includes(record.id))
      .flatMap((record) => statementsOf(record.document).map((_, index) => `${record.id}#${index}`));
  return wanted.map((text) => {
    const cut = text.lastIndexOf('#');
    const name = text.slice(0, cut);
    const record = records.find((one) => one.id === name || one.name === name);
    if (!record) throw new Error(`no policy \`${name}\``);
    const statement = Number(text.slice(cut + 1));
    const sid = statementsOf(record.document)[statement]?.Sid ?? null;
    return { policy: record.id, statement, sid, layer: 'identityPolicies' as const };
  });
}

function statementsOf(document: unknown): readonly { readonly Sid?: string }[] {
  return (document as { Statement: { Sid?: string }[] }).Statement;
}
