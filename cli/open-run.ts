import { folderLines } from '../lib/adapters/local/folder-lines.ts';
import { folderStore } from '../lib/adapters/local/folder-store.ts';
import type { CellFilter } from '../lib/matrix/answers/find-groups.ts';
import type { WantedCells } from '../lib/matrix/stored/matrix-reader.ts';
import { readLatest } from '../lib/pipeline/latest.ts';
import type { Audit } from '../lib/pipeline/load.ts';
import { readForCells } from '../lib/pipeline/load.ts';
import { InputError } from '../lib/ports/input-error.ts';
import type { ObjectStore } from '../lib/ports/object-store.ts';
import { auditStateOf } from '../lib/snapshot/audit-state.ts';
import { mustBeFolder } from './folders.ts';
import { oneLine } from './messages.ts';

/** The store of an output folder and its latest run. Throws an InputError if there is none. */
export async function openLatest(option: string, dir: string): Promise<{ store: ObjectStore; run: string }> {
  await mustBeFolder(option, dir, `write it first with \`latchkey scan --from DIR --out ${dir}\``);
  const store = folderStore(dir);
  const { run, damage } = await readLatest(store, '');
  if (run === null && damage !== null)
    throw new InputError(`cannot read \`${damage.file}\`: ${damage.message}`);
  if (run === null) {
    throw new InputError(
      `${option}: there is no run in \`${dir}\`: write one with \`latchkey scan --from DIR --out ${dir}\``,
    );
  }
  if (damage !== null) process.stderr.write(`${oneLine(`\`${damage.file}\`: ${damage.message}`)}\n`);
  return { store, run };
}

/** The decisions of the latest run, as far as the first `most` cells of a filter need them. */
export async function openForCells(
  option: string,
  dir: string,
  asked: WantedCells,
  most?: number,
): Promise<Audit & { readonly filter: CellFilter }> {
  const { store, run } = await openLatest(option, dir);
  return readForCells({ store, readLines: folderLines(dir) }, run, asked, most);
}

/** Reports that nothing was audited, and why; the exit code is then 3. `side`: which of two runs. */
export function saidWhenBlind(audit: Audit, side?: string): boolean {
  const { state, why } = auditStateOf(audit.snapshot, judgedIn(audit));
  if (state !== 'blind') return false;
  process.exitCode = 3;
  process.stderr.write(`NOT AUDITED: ${oneLine(side === undefined ? why : `${side}: ${why}`)}\n`);
  return true;
}

/** Only the part of the snapshot that the answer needs was read. */
const judgedIn = ({ matrix }: Audit): { readonly principals: number; readonly instances: number } => ({
  principals: matrix.principals.length,
  instances: matrix.instanceCount ?? matrix.instances.length,
});
