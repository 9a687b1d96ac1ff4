/** A tag as AWS has it: keys may differ by case only. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}
