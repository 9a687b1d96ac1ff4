import { count } from '../lib/policy/counted.ts';
import { actionText } from '../lib/render/closed-path.ts';
import type { ActionSaid, Said, WhyNot } from './engine/why-not.ts';
import { useAnswer, usePage } from './page-context.ts';
import { PolicyStatement } from './statement.tsx';

const MOST_STATEMENTS = 5;

/** Why a path is closed: what the principal's policies say about the actions of the path. */
export function WhyNotDetail({
  path,
  principal,
  instance,
}: {
  path: number;
  principal: number;
  instance: number;
}) {
  const { head } = usePage();
  const why = useAnswer('whyNot', principal, instance, path);
  if (!why) return <p class="quiet">Reading …</p>;
  return (
    <div class="way-body">
      {why.isNobodys && (
        <p class="muted">
          Nobody {head.isNobodySure ? 'has' : 'is known to have'} this kind of access to this instance.
        </p>
      )}
      {why.reason.is !== 'other' &&
        why.alternatives.map((actions) => (
          <ul key={actions.map(({ action }) => action).join()} class="said">
            {actions.map((said) => (
              <ActionLine key={said.action} said={said} why={why} />
            ))}
          </ul>
        ))}
    </div>
  );
}

function ActionLine({ said, why }: { said: ActionSaid; why: WhyNot }) {
  const { action, allows, denies } = said;
  return (
    <li>
      <p>
        <span class="mono">{action}</span>: {sentence(said, why)}.
      </p>
      {/* if nothing allows the action, denies are not the reason */}
      {allows.length > 0 && <Statements list={denies} word="Deny" />}
      <Statements list={allows} word="Allow" />
    </li>
  );
}

const sentence = ({ allows, denies, limit }: ActionSaid, { policies, hasBoundary }: WhyNot): string =>
  actionText({
    ...{ policies, hasBoundary, limit },
    isAllowed: allows.length > 0,
    isWhole: allows.some(({ isWhole }) => isWhole),
    isDenied: denies.length > 0,
  });

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
          <span class="said-word">
            {word}
            {from !== '' && ` (${from})`}:
          </span>
          <PolicyStatement policy={ids[at] ?? ''} statement={statement} />
        </div>
      ))}
      {list.length > shown.length && (
        <p class="muted">and {count(list.length - shown.length, 'more', 'more')}</p>
      )}
    </>
  );
}
