import type { DigestList } from './digest-model.ts';
import { fixProof, rankedProof } from './fix-text.ts';
import type { Report } from './report.ts';

const FIX_ROWS = 5;

/** Of all accounts the changes that take away the most, each as it stands in its own account's order. */
export function fixList(
  audited: readonly { readonly report: Report }[],
  field: (text: string) => string,
): DigestList | null {
  const all = audited.flatMap(({ report }) => (report.fixes ?? []).map((fix) => ({ report, fix })));
  if (all.length === 0) return null;
  const rows = all
    .toSorted((a, b) => b.fix.removesRoot - a.fix.removesRoot)
    .slice(0, FIX_ROWS)
    .map(({ report, fix }) => ({
      severity: null,
      head: field(`${audited.length === 1 ? '' : `${report.accountId}: `}${fix.says}`),
      lines: [`${rankedProof(fix)}; ${fixProof(fix)}`],
    }));
  const note =
    'Each is proved by evaluating the account with it; fixes.json has the documents and the commands.';
  return { heading: 'Change first', note, rows };
}
