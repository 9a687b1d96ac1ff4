import { useState } from 'preact/hooks';
import { count, thousands } from '../../lib/policy/counted.ts';
import { type ClosedReason, closedText } from '../../lib/render/closed-path.ts';
import { addressOf } from '../../lib/render/page/address.ts';
import type { AlikeMembers, CellAnswer, HeldPath } from '../engine/answers.ts';
import { FindingLinks } from '../finding-links.tsx';
import { useInstances, usePrincipals } from '../lines.ts';
import { principalName } from '../names.ts';
import { useAnswer, usePage } from '../page-context.ts';
import { Copyable, Heading, Ids, Key, Loading, Prose } from '../parts.tsx';

import { WayDetail } from '../way-detail.tsx';
import { wayText } from '../way-text.ts';
import { WhyNotDetail } from '../why-not-detail.tsx';
import { InstanceFactsLine, NoInstance } from './instance-view.tsx';
import { NoPrincipal } from './principal-view.tsx';

/** One principal on one instance: every way in, step by step, and why the other paths are closed. */
export function CellView() {
  const { route } = usePage();
  const [arn = '', id = ''] = [route.what.slice(0, -1).join('/'), route.what.at(-1)];
  const numbers = useAnswer('numbers', arn, id);
  if (!numbers) return <Loading />;
  if (numbers[0] < 0) return <NoPrincipal arn={arn} />;
  if (numbers[1] < 0) return <NoInstance id={id} />;
  return <Square arn={arn} id={id} principal={numbers[0]} instance={numbers[1]} />;
}

interface SquareProps {
  readonly arn: string;
  readonly id: string;
  readonly principal: number;
  readonly instance: number;
}

function Square({ arn, id, principal, instance }: SquareProps) {
  const cell = useAnswer('cell', principal, instance);
  const findings = useAnswer('findingsOn', instance, principal);
  const line = useInstances([instance])(instance);
  const heldBy = usePrincipals([principal])(principal)?.heldBy ?? null;
  if (!cell || !line) return <Loading />;
  const strongest = cell.ways[0]?.strength ?? 0;
  return (
    <section>
      <p class="crumbs">
        <a href="#matrix">Matrix</a>, <a href={addressOf.principal(arn)}>{principalName(arn)}</a>,{' '}
        <a href={addressOf.instance(id)}>{line.name ?? id}</a>
      </p>
      <Heading
        title={
          <>
            <Key strength={strongest} /> {principalName(arn)} on {line.name ?? id}
          </>
        }
      >
        <InstanceFactsLine line={line} />
        {heldBy !== null && (
          <p class="facts-line">
            <Prose text={heldBy} />
          </p>
        )}
      </Heading>
      <AlikeText cell={cell} arn={arn} id={id} />
      <h2>{cell.ways.length === 0 ? 'No way in' : `${count(cell.ways.length, 'way')} in`}</h2>
      {cell.ways.map((way, at) => (
        <WayBox key={way.group} way={way} cell={cell} arn={arn} id={id} isOpen={at === 0} />
      ))}
      <FindingLinks title="What to change" ids={findings} />
      <Closed cell={cell} />
      <p class="muted">Every request, layer by layer, as the command line prints it:</p>
      <Copyable text={`latchkey explain --in DIR --principal ${arn} --instance ${id} --path PATH`} />
    </section>
  );
}

/** The other principals and instances that have the same access. */
function AlikeText({ cell, arn, id }: { cell: CellAnswer; arn: string; id: string }) {
  const others = cell.principals.count + cell.instances.count - 2;
  if (others === 0) return null;
  return (
    <details class="alike">
      <summary>
        The same for {cell.principals.count > 1 && count(cell.principals.count - 1, 'other principal')}
        {cell.principals.count > 1 && cell.instances.count > 1 && ' and '}
        {cell.instances.count > 1 && count(cell.instances.count - 1, 'other instance')}
      </summary>
      <AlikePrincipals alike={cell.principals} id={id} />
      <AlikeInstances alike={cell.instances} arn={arn} />
    </details>
  );
}

function AlikePrincipals({ alike, id }: { alike: AlikeMembers; id: string }) {
  const lineOf = usePrincipals(alike.first);
  if (alike.count < 2) return null;
  return (
    <ul class="inline">
      {alike.first.map((number) => {
        const arn = lineOf(number)?.arn;
        return <li key={number}>{arn && <a href={addressOf.cell(arn, id)}>{principalName(arn)}</a>}</li>;
      })}
      {alike.count > alike.first.length && <li>and {thousands(alike.count - alike.first.length)} more</li>}
    </ul>
  );
}

function AlikeInstances({ alike, arn }: { alike: AlikeMembers; arn: string }) {
  const lineOf = useInstances(alike.first);
  if (alike.count < 2) return null;
  return (
    <ul class="inline">
      {alike.first.map((number) => {
        const line = lineOf(number);
        return (
          <li key={number}>
            {line && (
              <a href={addressOf.cell(arn, line.id)} title={line.id}>
                {line.name ?? line.id}
              </a>
            )}
          </li>
        );
      })}
      {alike.count > alike.first.length && <li>and {thousands(alike.count - alike.first.length)} more</li>}
    </ul>
  );
}

interface WayProps {
  readonly way: HeldPath;
  readonly cell: CellAnswer;
  readonly arn: string;
  readonly id: string;
  readonly isOpen: boolean;
}

function WayBox({ way, cell, arn, id, isOpen }: WayProps) {
  const { head } = usePage();
  const [open, setOpen] = useState(isOpen);
  const text = wayText(way);
  return (
    <details
      class="way"
      open={open}
      onToggle={(event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}
    >
      <summary>
        <Key strength={way.strength} /> <b>{head.paths[way.path]?.title}</b>{' '}
        <span class="muted">
          {way.verdict}
          {text !== '' && <Ids text={`, ${text}`} />}
          {way.reach === 0 && ', not reachable now'}
        </span>
      </summary>
      {open && <WayDetail way={way} principal={cell.principal} instance={cell.instance} arn={arn} id={id} />}
    </details>
  );
}

/** From the nearest to a way in to the farthest. */
const NEAREST: readonly ClosedReason['is'][] = [
  'limited',
  'bounded',
  'nothing there',
  'silent',
  'outside',
  'other',
];

/** The closed paths, each with the reason: those that nearly lead in come first, then those to a shell. */
function Closed({ cell }: { cell: CellAnswer }) {
  const { head } = usePage();
  const { principal, instance, closed } = cell;
  const reasons = useAnswer('reasons', principal, instance, closed);
  if (closed.length === 0) return null;
  if (!reasons) return <Loading />;
  const isShell = (path: number): boolean => head.paths[path]?.groups.includes('shell') ?? false;
  const rows = closed
    .map((path, at) => ({ path, reason: reasons[at] as ClosedReason }))
    .sort(
      (a, b) =>
        NEAREST.indexOf(a.reason.is) - NEAREST.indexOf(b.reason.is) ||
        Number(isShell(b.path)) - Number(isShell(a.path)),
    );
  return (
    <>
      <h2>{cell.ways.length === 0 ? 'Why not' : `Why not by ${count(rows.length, 'other path')}`}</h2>
      <div class="closed-paths">
        {rows.map((row, at) => (
          <ClosedPath
            key={row.path}
            {...{ ...row, principal, instance }}
            isOpen={cell.ways.length === 0 && at === 0}
          />
        ))}
      </div>
    </>
  );
}

interface ClosedProps {
  readonly path: number;
  readonly principal: number;
  readonly instance: number;
  readonly reason: ClosedReason;
  readonly isOpen: boolean;
}

function ClosedPath({ path, principal, instance, reason, isOpen }: ClosedProps) {
  const { head } = usePage();
  const [open, setOpen] = useState(isOpen);
  return (
    <details
      class="way closed"
      open={open}
      onToggle={(event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}
    >
      <summary>
        <b>{head.paths[path]?.title}</b>{' '}
        <span class="muted">
          denied: <Prose text={closedText(reason)} />
        </span>
      </summary>
      {open && <WhyNotDetail {...{ path, principal, instance }} />}
    </details>
  );
}
