import { useState } from 'preact/hooks';
import { addressOf } from '../lib/render/page/address.ts';
import { shortPolicy } from './names.ts';
import { useAnswer } from './page-context.ts';
import { Preformatted } from './parts.tsx';

/** A statement of a policy that can be opened to show its original text. */
export function PolicyStatement({
  policy,
  statement,
  sid,
  layer,
  isOpen = false,
}: {
  policy: string;
  statement: number;
  sid?: string | null;
  layer?: string;
  isOpen?: boolean;
}) {
  const [open, setOpen] = useState(isOpen);
  const answer = useAnswer('policy', policy);
  const text = answer === undefined ? undefined : statementIn(answer?.document, statement);
  return (
    <details
      class="statement"
      open={open}
      onToggle={(event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}
    >
      <summary>
        <b>{shortPolicy(policy)}</b>, statement {statement}
        {sid && ` (${sid})`}
        {layer !== undefined && <span class="muted"> {layerText(layer)}</span>}
        {isDeny(text) && ', a Deny with a condition'}
      </summary>
      {open && <StatementText policy={policy} statement={statement} text={text} />}
    </details>
  );
}

/** `text`: undefined until it is read. */
function StatementText({ policy, statement, text }: { policy: string; statement: number; text: unknown }) {
  if (text === undefined) return <p class="quiet">Reading …</p>;
  return (
    <>
      {text === null ? (
        <p class="quiet">The document was not collected, or is not of the usual form.</p>
      ) : (
        <Preformatted text={JSON.stringify(text, null, 2)} />
      )}
      <p>
        <a href={addressOf.policy(policy, statement)}>The whole policy and who holds it</a>{' '}
        <span class="mono muted">{policy}</span>
      </p>
    </>
  );
}

/** True for a statement that narrows what others grant. */
const isDeny = (statement: unknown): boolean =>
  typeof statement === 'object' && statement !== null && 'Effect' in statement && statement.Effect === 'Deny';

/** A statement of a document by its number; null if there is none. */
function statementIn(document: unknown, number: number): unknown {
  return documentStatements(document)[number] ?? null;
}

export function documentStatements(document: unknown): readonly unknown[] {
  if (typeof document !== 'object' || document === null || !('Statement' in document)) return [];
  return Array.isArray(document.Statement) ? document.Statement : [document.Statement];
}

const LAYERS: readonly (readonly [string, string])[] = [
  ['identityPolicies', 'identity policy'],
  ['permissionsBoundary', 'permissions boundary'],
  ['serviceControlPolicies', 'service control policy'],
  ['resourceControlPolicies', 'resource control policy'],
  ['sessionPolicies', 'session policy'],
  ['resourcePolicy', 'resource policy'],
];

const layerText = (layer: string): string => LAYERS.find(([id]) => id === layer)?.[1] ?? layer;
