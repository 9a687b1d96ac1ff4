import type { Finding } from './finding.ts';

/** A finding before it is compared with those of the run before. */
export interface Draft {
  /** what tells causes apart; the id is made of it */
  readonly key: string;
  /** readable part of the id */
  readonly name: string;
  readonly finding: Omit<Finding, 'id' | 'firstSeen' | 'lastSeen' | 'status'>;
  /** which findings of earlier versions, of one rule about one ARN, were about this: `pairOf` each */
  readonly pairs: () => Iterable<string>;
}

export const pairOf = (rule: string, subject: string): string => `${rule}\n${subject}`;
