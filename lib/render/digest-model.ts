import type { Severity } from '../findings/finding.ts';

/** What both parts are made from: plain text, clipped, with nothing hidden, not yet escaped. */
export interface DigestModel {
  readonly title: string;
  readonly verdicts: readonly string[];
  readonly changes: DigestList;
  readonly findings: DigestList;
  /** null: nothing is */
  readonly accepted: DigestList | null;
  /** what to change first; null: it was not worked out */
  readonly fixes: DigestList | null;
  readonly gaps: DigestList;
  readonly links: readonly { readonly label: string; readonly url: string }[];
}

export interface DigestList {
  readonly heading: string;
  /** shown where there are no rows, or beside them */
  readonly note: string;
  readonly rows: readonly DigestRow[];
}

/** One entry: who or what, then lines that explain it. `severity` is null where ranking makes no sense. */
export interface DigestRow {
  readonly severity: Severity | null;
  readonly head: string;
  readonly lines: readonly string[];
}
