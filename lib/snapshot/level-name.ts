import { plain } from '../policy/quoted.ts';
import type { OrganizationLevel } from './snapshot.ts';

/**
 * The name of an organisation level: `OU Workloads (ou-k3x9-7h2mq4zt)`, or only its id if the name was not
 * collected. A root is always called Root. On one line, whatever the name contains. Form of the ids:
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_Target.html
 */
export function levelName({ targetId, name }: Pick<OrganizationLevel, 'targetId' | 'name'>): string {
  const id = plain(targetId);
  if (id.startsWith('r-')) return `root ${id}`;
  const kind = id.startsWith('ou-') ? 'OU' : 'account';
  return name === undefined ? `${kind} ${id}` : `${kind} ${plain(name)} (${id})`;
}
