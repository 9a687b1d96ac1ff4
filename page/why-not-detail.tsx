import { count } from '../lib/render/names.ts';
import type { ActionSaid, Reason, Said, WhyNot } from './engine/why-not.ts';
import { useAnswer, usePage } from './page-context.ts';
import { Statement } from './statement.tsx';

const MOST_STATEMENTS = 5;

/** Why a path is closed, in one line. */
export function ReasonText({ reason }: { reason: Reason }) {
  switch (reason.is) {
    case 'other':
      return <>it exists only on {reason.only === 'windows' ? 'Windows' : 'Linux'} instances</>;
    case 'outside':
      return <>it has no policies in this account, and no role that it may take leads here</>;
    case 'silent':
      return (
        <>
          {reason.policies === 0
            ? 'it has no policies, so nothing'
            : `nothing in its ${reason.policies === 1 ? 'policy' : count(reason.policies, 'policy', 'policies')}`}{' '}
          allows <code>{reason.action}</code>
        </>
      );
    case 'bounded':
      return (
        <>
          {limitText(reason.limit)} does not allow <code>{reason.action}</code>
        </>
      );
    case 'nothing there':
      return (
        <>
          its policies allow it, but the account has{' '}
          {reason.needs === 'vpc-endpoint' ? 'no Instance Connect endpoint that' : 'nothing by which it'}{' '}
          leads here
        </>
      );
    case 'limited':
      return (
        <>
          <code>{reason.action}</code> is allowed, but not{' '}
          {reason.isDenied ? 'here, or a Deny takes it back' : 'here'}
        </>
      );
  }
}

/** Why a path is closed: what the policies of the principal say of the actions that it asks for. */
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
          Nobody {head.isNobodySure ? 'has' : 'is known to have'} this way onto this instance.
        </p>
      )}
      {why.reason.is !== 'other' &&
        why.ways.map((actions) => (
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
      {/* where nothing allows it, what would deny it besides is no reason */}
      {allows.length > 0 && <Statements list={denies} word="Deny" />}
      <Statements list={allows} word="Allow" />
    </li>
  );
}

const limitText = (limit: string): string =>
  limit === 'permissions boundary' ? `its ${limit}` : `the organisation, at ${limit},`;

function sentence({ allows, denies, limit }: ActionSaid, { policies, hasBoundary }: WhyNot): string {
  if (policies === 0) return 'the principal has no policies';
  if (allows.length === 0)
    return `nothing in ${policies === 1 ? 'its policy' : `its ${count(policies, 'policy', 'policies')}`} allows it`;
  if (limit !== null) return `allowed, but ${limitText(limit)} does not allow it`;
  const isWhole = allows.some((allow) => allow.isWhole);
  const reasons = [
    isWhole ? '' : 'the resource or a condition of these statements may leave the instance out',
    denies.length > 0 ? 'a Deny may take it back' : '',
    hasBoundary ? 'the permissions boundary may not go that far' : '',
  ].filter((reason) => reason !== '');
  return reasons.length === 0 ? 'allowed' : `allowed, but ${reasons.join(', or ')}`;
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
