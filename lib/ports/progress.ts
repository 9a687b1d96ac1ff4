/** Shows a waiting person the current step; never on standard output. */
export interface Progress {
  step(text: string): void;
}
