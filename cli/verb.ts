import type { Command } from 'commander';

/** One command: what the list of commands says of it, and where its options and its action are. */
export interface Verb {
  readonly name: string;
  readonly summary: string;
  /** `define` gives a command its options and its action; it may ask which verbs there are */
  readonly load: () => Promise<{
    readonly define: (command: Command, verbs: readonly Verb[]) => void;
  }>;
}
