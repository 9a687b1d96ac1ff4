import type { Command } from 'commander';

/** One command: its summary, and the module with its options and its action. */
export interface Verb {
  readonly name: string;
  readonly summary: string;
  /** `define` gives a command its options and its action; it may read the list of verbs */
  readonly load: () => Promise<{
    readonly define: (command: Command, verbs: readonly Verb[]) => void;
  }>;
}
