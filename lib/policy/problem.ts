/** A problem of an input, as data for the report: where (a JSON-like path) and what, in the user's words. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}
