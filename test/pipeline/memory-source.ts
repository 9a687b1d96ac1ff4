import { answerFile } from '../../lib/pipeline/record.ts';
import type { AccountSource } from '../../lib/ports/account-source.ts';

/** The account source port on the files of `inputFiles`; `calls` lists the calls in order. */
export interface MemorySource extends AccountSource {
  readonly calls: string[];
  files: Record<string, unknown>;
}

export function memorySource(files: Record<string, unknown>): MemorySource {
  const source: MemorySource = {
    files,
    calls: [],
    regions: async () =>
      [
        ...new Set(
          Object.keys(source.files).flatMap((name) => (name.includes('/') ? [name.split('/')[0] ?? ''] : [])),
        ),
      ].sort(),
    read: async (call) => {
      const name = answerFile(call);
      source.calls.push(name);
      if (!Object.hasOwn(source.files, name)) return { status: 'not-collected', detail: `no \`${name}\`` };
      return { status: 'collected', data: structuredClone(source.files[name]), duplicateKeys: [] };
    },
  };
  return source;
}
