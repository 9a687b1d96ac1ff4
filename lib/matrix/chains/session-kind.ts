/** The kind of session in which an edge ends: services add keys to theirs that `sts:AssumeRole` does not. */
export type SessionKind = 'assumed' | 'other';

/** `edge`: null at the start of a chain. */
export function sessionKind(edge: { readonly assumes?: true } | null): SessionKind {
  return edge?.assumes ? 'assumed' : 'other';
}
