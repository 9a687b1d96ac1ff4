import { guardrailChanges } from './guardrail-changes.ts';
import type { InputChange, InputChanges } from './input-change.ts';
import { instanceChanges, settingChanges } from './instance-changes.ts';
import { policyChanges } from './policy-changes.ts';
import { principalChanges } from './principal-changes.ts';
import type { Run } from './run.ts';
import type { AuditNames } from './sides.ts';
import type { Turnover } from './turnover.ts';

/** The differences between the inputs of two runs. */
export function inputChanges(before: Run, after: Run, names: AuditNames, turnover: Turnover): InputChanges {
  const documents = policyChanges(before.snapshot, after.snapshot);
  const trusts = [...documents].filter(([, change]) => change.kind === 'trust');
  const rails = [...documents.values()].filter((change) => change.kind === 'guardrail');
  const principals = byName(names.principals, turnover.principals);
  const instances = byName(names.instances, turnover.instances);
  return {
    byPolicy: new Map([...documents].filter(([, change]) => change.kind === 'policy')),
    byPrincipal: principalChanges(before.snapshot, after.snapshot, (arn) => principals.get(arn)),
    byTrust: new Map(trusts.map(([id, change]) => [id.slice(0, id.indexOf('#')), change])),
    guardrails: [...guardrailChanges(before.snapshot, after.snapshot), ...rails],
    byInstance: instanceChanges(before.snapshot, after.snapshot, (id) => instances.get(id)),
    byRegion: settingChanges(before.snapshot, after.snapshot),
  };
}

const byName = <T>(names: readonly string[], found: ReadonlyMap<number, T>): ReadonlyMap<string, T> =>
  new Map([...found].map(([number, value]) => [names[number] as string, value]));

/** All of them, each once. */
export function* allInputs(inputs: InputChanges): Generator<InputChange> {
  yield* new Set([
    ...inputs.byPolicy.values(),
    ...[...inputs.byPrincipal.values()].flat(),
    ...inputs.byTrust.values(),
    ...inputs.guardrails,
    ...[...inputs.byInstance.values()].flat(),
    ...[...inputs.byRegion.values()].flat(),
  ]);
}
