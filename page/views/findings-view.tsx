import { count, thousands } from '../../lib/policy/counted.ts';
import { addressOf } from '../../lib/render/page/address.ts';
import type { FindingRow } from '../../lib/render/page/page-data.ts';
import { Bar, Choice, Clear, Result, Typed, useQuery } from '../filter-bar.tsx';
import { useAnswer, usePage } from '../page-context.ts';
import { Empty, Heading, Loading, Nobody, Prose, Severity } from '../parts.tsx';

import { GridCell, VirtualTable } from '../virtual-table.tsx';

const NAMES = ['severity', 'status', 'rule', 'about', 'text'] as const;

const COLUMNS = [
  { title: 'Severity', css: 'f-sev' },
  { title: 'What', css: 'f-what' },
  { title: 'Held by', css: 'f-num' },
  { title: 'Instances', css: 'f-num' },
  { title: 'Rule', css: 'f-rule' },
];

/** All findings that are not accepted, the most severe first. */
export function FindingsView() {
  const data = useAnswer('findings');
  const query = useQuery();
  if (!data) return <Loading />;
  const asked = Object.fromEntries(NAMES.map((name) => [name, query.get(name)])) as FindingFilter;
  // accepted findings have their own view
  const rows = data.rows.filter(({ status }) => status !== 'excepted');
  const shown = rows.filter((row) => isShown(row, asked));
  return (
    <section>
      <Heading title="Findings">
        <p class="lead">
          Each is one place to fix: a statement, a trust policy, a security group, a fleet. It opens to who
          holds access through it, what proves it and what to do.
        </p>
      </Heading>
      {rows.length === 0 ? (
        <Nobody
          sure="No rule found access that is broader than it should be."
          known="No rule found access that is broader than it should be, as far as the account could be read."
        />
      ) : (
        <>
          <FindingBar rows={rows} shown={shown.length} />
          {shown.length === 0 && <Empty>Nothing matches.</Empty>}
          <FindingTable label="Findings" rows={shown} />
        </>
      )}
    </section>
  );
}

export function FindingTable({ label, rows }: { label: string; rows: readonly FindingRow[] }) {
  if (rows.length === 0) return null;
  return (
    <VirtualTable
      label={label}
      columns={COLUMNS}
      length={rows.length}
      rowSizes={{ wide: 58, middle: 78, narrow: 90 }}
      row={(index) => <FindingLine row={rows[index] as FindingRow} />}
    />
  );
}

function FindingLine({ row }: { row: FindingRow }) {
  const [rule = '', ...others] = row.rules;
  return (
    <>
      <GridCell css="f-sev">
        <Severity severity={row.severity} />
      </GridCell>
      <GridCell css="f-what">
        <span class="clamp">
          {row.status !== 'open' && <span class={`status ${row.status}`}>{row.status}</span>}
          {row.isFixed && <span class="status proved">proved fix</span>}
          <a href={addressOf.finding(row.id)} title={row.title.replaceAll('`', '')}>
            <Prose text={row.title} />
          </a>
        </span>
      </GridCell>
      <GridCell css="f-num">{row.holders === 0 ? '' : thousands(row.holders)}</GridCell>
      <GridCell css="f-num">
        {thousands(row.instances)}
        {row.production > 0 && <small class="muted"> {thousands(row.production)} prod</small>}
      </GridCell>
      <GridCell css="f-rule mono">
        {rule}
        {others.length > 0 && ` +${others.length}`}
      </GridCell>
    </>
  );
}

function FindingBar({ rows, shown }: { rows: readonly FindingRow[]; shown: number }) {
  const { head } = usePage();
  const rules = [...new Set(rows.flatMap((row) => row.rules))].sort();
  const statuses = [...new Set(rows.map(({ status }) => status))].sort();
  return (
    <Bar label="Filter findings">
      <Choice
        name="severity"
        label="Severity"
        options={[
          ['', 'any'],
          ...head.severities.map((severity) => {
            const there = rows.filter((row) => row.severity === severity).length;
            return [severity, `${severity} (${thousands(there)})`] as const;
          }),
        ]}
      />
      <Choice name="status" label="Status" options={[['', 'any'], ...statuses.map(twice)]} />
      <Choice name="rule" label="Rule" options={[['', 'any'], ...rules.map(twice)]} />
      <Choice
        name="about"
        label="About"
        options={[
          ['', 'anything'],
          ['people', 'people'],
          ['production', 'production'],
          ['fix', 'with a proved fix'],
        ]}
      />
      <Typed name="text" label="Text" placeholder="word, policy, name" />
      <Clear names={NAMES} />
      <Result>
        {thousands(shown)} of {count(rows.length, 'finding')}
      </Result>
    </Bar>
  );
}

const twice = (value: string): readonly [string, string] => [value, value];

type FindingFilter = Readonly<Record<(typeof NAMES)[number], string>>;

function isShown(row: FindingRow, { severity, status, rule, about, text }: FindingFilter): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const whole = `${row.title} ${row.rules.join(' ')} ${row.resource} ${row.id}`.toLowerCase();
  const isAbout = { people: row.people > 0, production: row.production > 0, fix: row.isFixed }[about] ?? true;
  return (
    (!severity || row.severity === severity) &&
    (!status || row.status === status) &&
    (!rule || row.rules.includes(rule)) &&
    isAbout &&
    words.every((word) => whole.includes(word))
  );
}
