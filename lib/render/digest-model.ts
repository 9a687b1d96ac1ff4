import type { Severity } from '../findings/finding.ts';
import type { Picture } from './picture.ts';

/** What both parts are made from: plain text, clipped, with nothing hidden, not yet escaped. */
export interface DigestModel {
  readonly title: string;
  /** the first is what there is to know */
  readonly verdicts: readonly string[];
  /** in the order in which they are read; those without rows and note are left out */
  readonly lists: readonly DigestList[];
  /** drawn after what changed */
  readonly trends: readonly DigestTrend[];
  readonly links: readonly { readonly label: string; readonly url: string }[];
}

/** What a number was and is. The picture is a part of the mail with this id. */
export interface DigestTrend {
  readonly id: string;
  readonly label: string;
  readonly text: string;
  readonly picture: Picture;
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
  /** lines to type, one each */
  readonly commands?: readonly string[];
  /** where it is told in full */
  readonly url?: string | null;
}

/** Cuts a text out of an account for its place, and makes what is hidden visible. */
export type Field = (text: string) => string;
