import type { Finding } from './finding.ts';

/** A finding before it is compared with those of the run before. */
export interface FindingDraft {
  /** identifies the cause; the id is derived from it */
  readonly key: string;
  /** readable part of the id */
  readonly name: string;
  readonly finding: Omit<Finding, 'id' | 'firstSeen' | 'lastSeen' | 'status'>;
  /** earlier findings, by one rule and one ARN, that this one replaces: `pairOf` each */
  readonly pairs: () => Iterable<string>;
}

export const pairOf = (rule: string, subject: string): string => `${rule}\n${subject}`;
