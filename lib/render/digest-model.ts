import type { Severity } from '../findings/finding.ts';
import type { Picture } from './picture.ts';
import type { Place } from './report-link.ts';

/** The source of both parts: plain text, clipped, with hidden characters visible, not yet escaped. */
export interface DigestModel {
  readonly title: string;
  /** the first is the main sentence */
  readonly verdicts: readonly string[];
  /** in reading order; lists without rows and note are left out */
  readonly lists: readonly DigestList[];
  /** drawn after the changes */
  readonly trends: readonly DigestTrend[];
  readonly links: readonly { readonly label: string; readonly url: string }[];
  /** how to use them; empty: they need no words */
  readonly linkNote: string;
}

/** The old and the present value of a number. The picture is the part of the mail with this id. */
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

/** One entry: a title, then lines that explain it. `severity` is null if ranking makes no sense. */
export interface DigestRow {
  readonly severity: Severity | null;
  readonly head: string;
  readonly lines: readonly string[];
  /** commands, one per line */
  readonly commands?: readonly string[];
  /** where the details are */
  readonly place?: Place | null;
}

/** Cuts a text out of an account to its place, and makes hidden characters visible. */
export type Field = (text: string) => string;
