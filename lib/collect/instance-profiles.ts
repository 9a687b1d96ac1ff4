import type { Fields } from '../policy/fields.ts';
import type { InstanceProfile } from '../snapshot/snapshot.ts';
import type { Answer } from './answer.ts';
import { list, notGiven, objectsOf, text, textsOf } from './fields.ts';

/** A role in IAM's list. */
interface HoldingRole {
  readonly item: Fields;
  readonly at: string;
  readonly arn: string;
}

/** IAM lists an instance profile under each of its roles. */
export function profilesOf(answer: Answer, owner: HoldingRole): InstanceProfile[] {
  const profiles: InstanceProfile[] = [];
  notGiven(owner.item, ['InstanceProfileList'], owner.at, answer.note);
  for (const { item, at } of objectsOf(owner.item, 'InstanceProfileList', owner.at, answer.note)) {
    const arn = text(item, 'Arn');
    if (arn === null) {
      answer.note(at, 'left out: it has no `Arn`');
      continue;
    }
    const roles = new Set([owner.arn, ...textsOf(list(item, 'Roles', at, answer.note), 'Arn')]);
    profiles.push({ arn, name: text(item, 'InstanceProfileName') ?? '', roles: [...roles] });
  }
  return profiles;
}

/** Each ARN once, with the roles of all pages. */
export function profilesOnce(profiles: readonly InstanceProfile[]): InstanceProfile[] {
  const once = new Map<string, InstanceProfile>();
  for (const profile of profiles) {
    const roles = new Set([...(once.get(profile.arn)?.roles ?? []), ...profile.roles]);
    once.set(profile.arn, { ...profile, roles: [...roles] });
  }
  return [...once.values()];
}
