import { count } from '../lib/policy/counted.ts';
import type { PageDetail } from '../lib/render/page/page-data.ts';
import type { HeldPath } from './engine/answers.ts';
import { useInstances, usePrincipals } from './lines.ts';
import { principalName } from './names.ts';
import { useAnswer, usePage } from './page-context.ts';
import { PolicyStatement } from './statement.tsx';

const SELF = '@instance';
const WHO = '@principal';
const REGION = '@region';

interface Props {
  readonly way: HeldPath;
  readonly principal: number;
  readonly instance: number;
  readonly arn: string;
  readonly id: string;
}

/** One way in: who becomes whom, the requests, and the statements that grant them. */
export function WayDetail(props: Props) {
  const detail = useAnswer('detail', props.way.group);
  if (detail === undefined) return <p class="quiet">Reading …</p>;
  return (
    <div class="way-body">
      <dl>
        <Reach way={props.way} />
        {detail && <Facts detail={detail} {...props} />}
        <Uncertain codes={props.way.uncertain} />
      </dl>
      {detail === null && (
        <p class="quiet">The requests of this way are not on the page: the command below prints them.</p>
      )}
    </div>
  );
}

function Reach({ way }: { way: HeldPath }) {
  if (way.reach === null) return null;
  return (
    <>
      <dt>Works now</dt>
      <dd>
        {way.reach === 1 && 'yes'}
        {way.reach === -1 && 'not known'}
        {way.reach === 0 && (way.inTheWay.length === 0 ? 'no: something that it needs is missing' : 'no')}
        {way.inTheWay.length > 0 && <Obstacles all={way.inTheWay} />}
      </dd>
    </>
  );
}

/** The obstacles, and how many principals may remove each by which request. */
function Obstacles({ all }: { all: HeldPath['inTheWay'] }) {
  return (
    <ul class="obstacles">
      {all.map(([text, removals]) => (
        <li key={text}>
          {text}
          {removals.length > 0 && ': '}
          {removals.map(([action, holders], at) => (
            <span key={action}>
              {at > 0 && ', '}
              <code>{action}</code> removes it
              {holders === 0 && ', which nobody may make directly'}
              {holders > 0 && `, which ${count(holders, 'principal')} may make`}
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}

function Facts({ detail, way, principal, instance, arn, id }: Props & { detail: PageDetail }) {
  const isOther = detail.of[0] !== principal;
  const region = useInstances([instance])(instance)?.region ?? '';
  return (
    <>
      {detail.steps.length > 0 && (
        <>
          <dt>Steps</dt>
          <dd>
            <Steps detail={detail} arn={arn} />
            {isOther && <SampleNote of={detail.of} />}
          </dd>
        </>
      )}
      {way.condition !== null && (
        <>
          <dt>Condition</dt>
          <dd>{way.condition}</dd>
        </>
      )}
      <dt>Asks for</dt>
      <dd>
        <ul>
          {detail.requests.map(([action, resource]) => (
            <li key={`${action} ${resource}`}>
              <span class="mono">{action}</span> on{' '}
              <span class="mono">
                {resource === SELF ? `instance/${id}` : resource.replace(REGION, region)}
              </span>
            </li>
          ))}
        </ul>
        {detail.runsAs !== null && <p class="muted">A service does it: {detail.runsAs}.</p>}
      </dd>
      <dt>Decided by</dt>
      <dd>
        {detail.grants.map(([policy, statement, sid, layer]) => (
          <PolicyStatement key={`${policy} ${statement} ${layer}`} {...{ policy, statement, sid, layer }} />
        ))}
      </dd>
      {detail.opens.length > 0 && <Opens detail={detail} instance={instance} />}
    </>
  );
}

function Steps({ detail, arn }: { detail: PageDetail; arn: string }) {
  return (
    <ol>
      {detail.steps.map(([text, condition, trust, codes]) => (
        <li key={text}>
          {text.replaceAll(WHO, principalName(arn))}
          {condition !== null && <span class="muted">, {condition}</span>}
          {codes.length > 0 && <span class="muted">, uncertain: {codes.join(', ')}</span>}
          {trust.map(([policy, statement, sid, layer]) => (
            <PolicyStatement key={`${policy} ${statement}`} {...{ policy, statement, sid, layer }} />
          ))}
        </li>
      ))}
    </ol>
  );
}

function SampleNote({ of: [principal] }: { of: readonly [number, number] }) {
  const line = usePrincipals([principal])(principal);
  return (
    <p class="muted">
      These statements are those of {line ? principalName(line.arn) : '…'}, which has the same access; the
      command below prints this principal's own.
    </p>
  );
}

function Opens({ detail, instance }: { detail: PageDetail; instance: number }) {
  const [, sample] = detail.of;
  const line = useInstances([sample])(sample);
  return (
    <>
      <dt>Would open</dt>
      <dd>
        {sample !== instance && <p class="muted">For {line?.name ?? line?.id}, which has the same access:</p>}
        <ul>
          {detail.opens.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </dd>
    </>
  );
}

function Uncertain({ codes }: { codes: readonly string[] }) {
  const { head } = usePage();
  if (codes.length === 0) return null;
  return (
    <>
      <dt>Uncertain</dt>
      <dd>
        {codes.map((code) => (
          <p key={code}>
            {head.uncertainties.find(([own]) => own === code)?.[1] ?? code}{' '}
            <span class="mono muted">{code}</span>
          </p>
        ))}
      </dd>
    </>
  );
}
