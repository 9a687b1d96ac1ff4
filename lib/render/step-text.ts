import type { Step } from '../matrix/paths/cell.ts';
import { ESCALATIONS } from '../matrix/paths/escalations.ts';

/** IAM actions after which a principal may do more, but stays the same principal. */
const STRENGTHENS: ReadonlySet<string> = new Set(
  ESCALATIONS.filter(({ becomes }) => becomes === 'any-policy' || becomes === 'no-boundary').map(
    ({ action }) => action,
  ),
);

/** One step of a chain in words: `user/ada becomes role/deploy by sts:AssumeRole`. `short`: how an ARN is shown. */
export function stepText(
  { from, to, request, instance, path }: Step,
  short: (arn: string) => string,
): string {
  if (request === null) {
    const by = path === null ? '' : ` (${path})`;
    return `${short(from)} becomes ${short(to)} by a shell on ${short(instance ?? '')}${by}, whose role it is`;
  }
  if (from !== to) {
    const verb = STRENGTHENS.has(request.action) ? 'makes' : 'becomes';
    const more = STRENGTHENS.has(request.action) ? ' more than it was' : '';
    return `${short(from)} ${verb} ${short(to)}${more} by ${request.action}`;
  }
  const on = request.resource === from ? '' : ` on ${short(request.resource)}`;
  return `${short(from)} becomes more than it was by ${request.action}${on}`;
}
