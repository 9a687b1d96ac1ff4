/** A problem of an input, as data for the report: where (a JSON-like path) and what, in the user's words. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** A problem of a policy that begins so does not make it malformed: IAM accepts it. */
export const NOTE = 'note: ';

export function isNote({ message }: Problem): boolean {
  return message.startsWith(NOTE);
}
