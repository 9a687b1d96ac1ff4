import { count } from '../lib/render/names.ts';
import type { ActionSaid, Said, WhyNot } from './engine/why-not.ts';
import { useAnswer } from './page-context.ts';
import { Statement } from './statement.tsx';

const MOST_STATEMENTS = 5;

/** Why a path is closed: what the policies of the principal say of the actions that it asks for. */
export function WhyNotDetail({ path, principal }: { path: number; principal: number }) {
  const why = useAnswer('whyNot', principal, path);
  if (!why) return <p class="quiet">Reading …</p>;
  return (
    <div class="way-body">
      {why.isOutside ? (
        <p>It has no policies in this account, and no role that it may take leads here.</p>
      ) : (
        why.ways.map((actions) => (
          <ul key={actions.map(({ action }) => action).join()} class="said">
            {actions.map((said) => (
              <ActionLine key={said.action} said={said} why={why} />
            ))}
          </ul>
        ))
      )}
      {why.ways.length === 0 && <p>The path asks for nothing that policies speak of.</p>}
    </div>
  );
}

function ActionLine({ said, why }: { said: ActionSaid; why: WhyNot }) {
  const { action, allows, denies } = said;
  return (
    <li>
      <p>
        <span class="mono">{action}</span>: {sentence(said, why)}
      </p>
      <Statements list={denies} word="Deny" />
      <Statements list={allows} word="Allow" />
    </li>
  );
}

function sentence({ allows, denies }: ActionSaid, { policies, hasBoundary }: WhyNot): string {
  if (allows.length === 0)
    return policies === 0
      ? 'the principal has no policies.'
      : `nothing in ${policies === 1 ? 'its policy' : `its ${count(policies, 'policy', 'policies')}`} allows it.`;
  const reasons = [
    'the resource or a condition of these statements leaves the instance out',
    denies.length > 0 ? 'a Deny takes it back' : '',
    hasBoundary ? 'the permissions boundary does not go that far' : '',
  ].filter((reason) => reason !== '');
  return `allowed somewhere, not here: ${reasons.join(', or ')}.`;
}

function Statements({ list, word }: { list: readonly Said[]; word: string }) {
  const shown = list.slice(0, MOST_STATEMENTS);
  const ids = useAnswer(
    'policyIds',
    shown.map(({ policy }) => policy),
  );
  if (!ids) return null;
  return (
    <>
      {shown.map(({ policy, statement, from }, at) => (
        <div key={`${policy} ${statement}`} class="said-line">
          {word}
          {from !== '' && ` (${from})`}: <Statement policy={ids[at] ?? ''} statement={statement} />
        </div>
      ))}
      {list.length > shown.length && (
        <p class="muted">and {count(list.length - shown.length, 'more', 'more')}</p>
      )}
    </>
  );
}
