import type { Step } from '../matrix/paths/cell.ts';

/** One step of a chain in words: `user/ada becomes role/deploy by sts:AssumeRole`. `short`: how an ARN is shown. */
export function stepText(
  { from, to, request, instance, path }: Step,
  short: (arn: string) => string,
): string {
  if (request === null) {
    const by = path === null ? '' : ` (${path})`;
    return `${short(from)} becomes ${short(to)} by a shell on ${short(instance ?? '')}${by}, whose role it is`;
  }
  if (from !== to) return `${short(from)} becomes ${short(to)} by ${request.action}`;
  const on = request.resource === from ? '' : ` on ${short(request.resource)}`;
  return `${short(from)} becomes more than it was by ${request.action}${on}`;
}
