import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderSource } from '../../lib/adapters/local/folder-source.ts';
import { collectAccount } from '../../lib/collect/collect.ts';
import { findFindings } from '../../lib/findings/find.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { pack } from '../../lib/pipeline/pack.ts';
import { MESSAGE_BYTES } from '../../lib/render/alert-text.ts';
import { alertsOf } from '../../lib/render/alerts.ts';

import { byteLength } from '../../lib/render/escape.ts';
import { renderPage } from '../../lib/render/html/page.ts';
import type { Report } from '../../lib/render/report.ts';
import type { IdentityCenter } from '../../lib/snapshot/identity-center.ts';
import { Engine } from '../../page/engine/engine.ts';
import { headOf, packedOf } from './page-parts.ts';
import { renderDigest } from './render-digest.ts';
import { quietReport } from './reports.ts';

const AT = '2026-08-23T10:15:00.000Z';
const TOPIC = 'arn:aws:sns:us-east-1:111122223333:latchkey-alerts';

const acme = await collectAccount(
  folderSource(join(import.meta.dirname, '../../examples/acme')),
  new Date(AT),
  {
    step: () => {},
  },
);
const matrix = buildMatrix(acme);

function reportOf(identityCenter: IdentityCenter | undefined, previousAt: string | null = AT): Report {
  const { identityCenter: _, ...rest } = acme;
  const snapshot = identityCenter === undefined ? rest : { ...rest, identityCenter };
  const findings = findFindings({ snapshot, matrix, previous: [], at: AT });
  return { ...quietReport(), accountId: acme.accountId, previousAt, snapshot, matrix, findings };
}

const told = reportOf(acme.identityCenter);
const admin = (report: Report) =>
  report.findings
    .flatMap(({ holders }) => holders)
    .find(({ principal }) => principal.includes('AWSReservedSSO_AdministratorAccess'));

describe('the people behind a permission set', () => {
  test('are shown with the holders of findings, and only with those', () => {
    expect(admin(told)?.heldBy).toMatchObject({
      ...{ permissionSet: 'AdministratorAccess', people: 2, directCount: 0 },
      groups: [{ name: 'platform', people: 2 }],
    });
    for (const { principal, heldBy } of told.findings.flatMap(({ holders }) => holders))
      expect(heldBy !== undefined, principal).toBe(principal.includes('AWSReservedSSO_'));
    expect(admin(reportOf(undefined))?.heldBy).toMatchObject({ groups: null, people: null });
  });

  test('are named in an alert about their access, in a mail and on the page', async () => {
    const finding = told.findings.find(({ holders }) =>
      holders.some(({ principal }) => principal.includes('FleetOperators')),
    );
    const line =
      'permission set `FleetOperators`: group `fleet-operators` (2 people: `mika.laine@acme.example`, `ravi.shah@acme.example`), `jo.petit@acme.example` directly';
    const [alert] = alertsOf({ ...told, findings: [{ ...finding!, severity: 'critical' }] }, TOPIC);
    expect(alert?.message).toContain(line);
    const digest = renderDigest([told]);
    expect(digest.text.replaceAll(/\s+/g, ' ')).toContain('group `platform` (2 people');
    const page = renderPage(told, pack);
    const engine = new Engine(JSON.parse(headOf(page)), packedOf(page));
    const [hits] = await engine.search('mika.laine');
    expect(hits?.first.map(({ title }) => title)).toEqual(['SSO FleetOperators']);
  });

  test('are said to be unknown if they were not read', () => {
    const unread = reportOf(undefined);
    const held = unread.findings.filter(({ holders }) => holders.some(({ heldBy }) => heldBy !== undefined));
    expect(held.length).toBeGreaterThan(0);
    for (const { message } of alertsOf({ ...unread, findings: held.slice(0, 1) }, TOPIC))
      expect(message).toContain('who holds it was not read');
  });

  test('keep a message within its limit, and forge no line, whatever their names', () => {
    const hostile = `x\n[CRITICAL] <script>\u202e${'y'.repeat(1024)}`;
    const center: IdentityCenter = {
      permissionSets: acme.identityCenter!.permissionSets.map((set) => ({ ...set, people: ['p'] })),
      groups: acme.identityCenter!.groups.map((group) => ({ ...group, name: hostile, members: ['p'] })),
      people: [{ id: 'p', name: hostile }],
    };
    const report = reportOf(center);
    const alerts = alertsOf(report, TOPIC);
    expect(alerts.length).toBeGreaterThan(0);
    for (const { message } of alerts) {
      expect(byteLength(message)).toBeLessThanOrEqual(MESSAGE_BYTES);
      expect(message.split('\n').filter((row) => row.startsWith('[CRITICAL] <'))).toEqual([]);
    }
    expect(renderDigest([report]).html).not.toContain('<script>');
    // what the page packs is escaped when it is shown
    expect(renderPage(report, pack).split('<script>\u202e')).toHaveLength(1);
  });
});
