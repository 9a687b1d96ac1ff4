import { Argument, type Command } from 'commander';
import { placesIn } from '../lib/evaluator/bits.ts';
import { foldInstances } from '../lib/matrix/fold-instances.ts';
import type { Matrix } from '../lib/matrix/paths/matrix.ts';
import { readAudit, readState } from '../lib/pipeline/load.ts';
import { readRunRecord } from '../lib/pipeline/run-record.ts';
import { inOption, LATEST_ANSWERS } from './in-option.ts';
import { jsonTexts } from './json-texts.ts';
import { openLatest } from './open-run.ts';
import { writeTexts } from './output.ts';

const WHAT = ['snapshot', 'matrix'] as const;

export function define(command: Command): void {
  command
    .addArgument(new Argument('<what>', 'what to print').choices(WHAT))
    .addOption(inOption(LATEST_ANSWERS))
    .addHelpText(
      'after',
      `
Prints JSON, piece by piece. In the matrix a group means one cell for each of its principals (indexes into the list) on
each instance of its classes.

Examples:
  $ latchkey export --in out/acme snapshot > snapshot.json
  $ latchkey export --in out/acme matrix > matrix.json

Exit codes: 0 done, 2 bad usage or bad input.`,
    )
    .action(exportRun);
}

async function exportRun(what: (typeof WHAT)[number], options: { readonly in: string }): Promise<void> {
  const { store, run } = await openLatest('--in', options.in);
  const value =
    what === 'snapshot'
      ? (await readState(store, '', run, await readRunRecord(store, '', run))).snapshot
      : exported((await readAudit(store, '', run)).matrix);
  await writeTexts(jsonTexts(value));
}

/** Instances by class, so the size depends on the classes and not on the cells. */
function exported(matrix: Matrix) {
  const { schemaVersion, accountId, takenAt, paths, principals, instances, groups } = matrix;
  const { classOf, sets, setOf } = foldInstances(matrix);
  const classes = sets.map(placesIn);
  return {
    ...{ schemaVersion, accountId, takenAt, paths, principals },
    instances: instances.values().map((instance, i) => ({ ...instance, class: classOf[i] ?? 0 })),
    groups: groups.values().map(({ path, principals: held, outcome }, i) => ({
      ...{ path, principals: held, classes: classes[setOf[i] ?? -1] ?? [] },
      outcome,
    })),
  };
}
