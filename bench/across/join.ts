import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { OrganizationBorders } from '../../lib/across/organization-borders.ts';
import { readBorder } from '../../lib/across/stored-border.ts';
import { setV8ForManyFiles } from '../../lib/adapters/v8/heap-settings.ts';
import { COMPRESSED } from '../../lib/pipeline/border-file.ts';
import { type OrgReach, orgReach } from '../../lib/render/org/org-reach.ts';
import { type OwnBorder, principalsOf, reachOfPrincipals } from '../../lib/render/org/principal-reach.ts';
import { PUBLISHED } from '../../lib/render/org/reach-section.ts';

/** Joins the files of a folder's accounts, and prints the cost. With a principal's name: for it alone. */
setV8ForManyFiles();
const [folder = '', principal] = process.argv.slice(2);
const start = performance.now();
const all: OwnBorder[] = [];
const packed = new OrganizationBorders(COMPRESSED);
for (const name of await readdir(folder)) {
  const border = readBorder(JSON.parse(await readFile(path.join(folder, name), 'utf8')));
  packed.add(border);
  if (principal !== undefined) all.push({ accountId: border.accountId, own: border.own });
}
const read = performance.now();
const found =
  principal === undefined
    ? summary(orgReach(packed, [], PUBLISHED))
    : asked(
        reachOfPrincipals(
          packed,
          principalsOf(all).filter((one) => one.principal === principal),
        ),
      );
const { user, system } = process.cpuUsage();
process.stdout.write(
  `${JSON.stringify({
    ...found,
    readSeconds: tenths((read - start) / 1000),
    seconds: tenths((performance.now() - start) / 1000),
    cpuSeconds: tenths((user + system) / 1e6),
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  })}\n`,
);

function tenths(number: number): number {
  return Math.round(number * 10) / 10;
}

function summary({ groups, groupCount, principalCount, unknown }: OrgReach) {
  return {
    ...{ groups: groupCount, principals: principalCount, isWhole: unknown.length === 0 },
    most: groups.reduce((most, { accountCount }) => Math.max(most, accountCount), 0),
    longest: groups
      .flatMap(({ accounts }) => accounts)
      .reduce((most, { via }) => Math.max(most, via.length), 0),
  };
}

function asked(reaches: ReturnType<typeof reachOfPrincipals>) {
  return { principals: reaches.length, accounts: reaches[0]?.accounts.length ?? 0 };
}
