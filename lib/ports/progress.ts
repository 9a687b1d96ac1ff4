/** Tells a waiting person what is being done; never on standard output. */
export interface Progress {
  step(text: string): void;
}
