/**
 * An assumed role as the actor of an event: `arn:aws:iam::111122223333:role/Ops (session mara, source identity bob)`.
 */
export function actorText(role: string, session: string | null, sourceIdentity: string | null): string {
  const details = [
    ...(session === null ? [] : [`session ${session}`]),
    ...(sourceIdentity === null ? [] : [`source identity ${sourceIdentity}`]),
  ];
  return details.length > 0 ? `${role} (${details.join(', ')})` : role;
}

/** The session name in an actor's text, which may end with the calling service; null: it has none. */
export function sessionIn(actor: string): string | null {
  return /\(session (\S+?)(?:, source identity [^()]*)?\)(?: through .*)?$/.exec(actor)?.[1] ?? null;
}
