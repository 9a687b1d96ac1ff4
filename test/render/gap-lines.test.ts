import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gapLines, inRegions } from '../../lib/render/gap-lines.ts';
import type { CoverageEntry } from '../../lib/snapshot/snapshot.ts';

const gap = (call: string, region: string | null, more: Partial<CoverageEntry> = {}): CoverageEntry => ({
  ...{ call, region, status: 'denied', detail: `no \`${call}\` in ${region}`, items: null },
  ...more,
});
const GUARDRAIL = { reason: 'guardrail' } as const;
const shown = (...gaps: CoverageEntry[]) =>
  gapLines(gaps).map(({ what, regions, calls }) => [what, regions, calls]);

describe('coverage gaps', () => {
  it('are one line for a region that a guardrail closes', () => {
    const calls = ['ec2.describe-instances', 'ec2.describe-volumes', 'ssm.list-documents'];
    const closed = calls.map((call) => gap(call, 'eu-north-1', GUARDRAIL));
    expect(shown(...closed, gap('ec2.describe-instances', 'us-east-1'))).toEqual([
      ['3 calls', ['eu-north-1'], 3],
      ['ec2.describe-instances', ['us-east-1'], 1],
    ]);
    expect(gapLines(closed)[0]?.detail).toMatch(/^a guardrail of the organisation denies them/);
  });

  it('are one line for a grant that is missing in every region', () => {
    const missing = ['us-east-1', 'eu-west-1'].map((region) =>
      gap('backup.list-protected-resources', region, { reason: 'identity' }),
    );
    expect(shown(...missing)).toEqual([['backup.list-protected-resources', ['eu-west-1', 'us-east-1'], 2]]);
  });

  it('are one line for a file that is missing in every region', () => {
    const missing = ['us-east-1', 'eu-west-1'].map((region) =>
      gap('ec2.describe-images', region, { detail: `there is no file \`${region}/x.json\`` }),
    );
    const [line, ...others] = gapLines(missing);
    expect(others).toEqual([]);
    expect(line).toMatchObject({
      regions: ['eu-west-1', 'us-east-1'],
      detail: 'there is no file `<region>/x.json`',
    });
    // of one region its own name stands
    expect(gapLines(missing.slice(0, 1))[0]?.detail).toBe('there is no file `us-east-1/x.json`');
  });

  it('stay separate if their reasons differ', () => {
    const call = 'ec2.describe-images';
    const gaps = [
      gap(call, 'us-east-1', { detail: 'timed out' }),
      gap(call, 'us-east-2', { detail: 'refused' }),
      gap(call, 'us-west-1', GUARDRAIL),
      gap(call, 'us-west-2', { reason: 'identity' }),
      gap(call, null, { detail: 'timed out' }),
    ];
    expect(shown(...gaps).map(([, regions]) => regions)).toEqual([
      ['us-east-1'],
      ['us-east-2'],
      ['us-west-1'],
      ['us-west-2'],
    ]);
  });

  it('are one line for regions that a scan leaves out, and one for disabled regions', () => {
    const left = ['eu-west-1', 'eu-west-2', 'eu-west-3'].map((region, at) =>
      gap('ec2.describe-regions', region, { reason: 'not-asked', detail: at < 2 ? 'left out' : 'off' }),
    );
    expect(shown(...left)).toEqual([
      ['ec2.describe-regions', ['eu-west-1', 'eu-west-2'], 2],
      ['ec2.describe-regions', ['eu-west-3'], 1],
    ]);
  });

  it('name a few regions, and count many', () => {
    const lines = (count: number) =>
      gapLines(
        Array.from({ length: count }, (_, at) => gap('ec2.describe-images', `us-east-${at}`, GUARDRAIL)),
      );
    expect(lines(2).map(inRegions)).toEqual([' in us-east-0, us-east-1']);
    expect(lines(12).map(inRegions)).toEqual([' in 12 regions']);
    expect(gapLines([gap('iam.x', null)]).map(inRegions)).toEqual(['']);
  });

  it('are all included', () => {
    const one = fc.record({
      ...{ call: fc.constantFrom('a.b', 'a.c', 'd.e', 'f.g'), items: fc.constant(null) },
      region: fc.constantFrom(null, 'us-east-1', 'eu-west-1'),
      status: fc.constantFrom('denied', 'failed'),
      reason: fc.constantFrom(undefined, 'guardrail', 'identity'),
      detail: fc.constantFrom('x', 'y'),
    });
    fc.assert(
      fc.property(fc.array(one), (entries) => {
        const gaps = entries.map(({ reason, ...entry }) => ({ ...entry, ...(reason && { reason }) }));
        const lines = gapLines(gaps as CoverageEntry[]);
        expect(lines.reduce((sum, { calls }) => sum + calls, 0)).toBe(gaps.length);
      }),
    );
  });
});
