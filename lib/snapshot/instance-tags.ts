import type { Instance } from './snapshot.ts';

/** Tags that AWS itself sets on what it launches: nobody else may set tags with that prefix. */

/** https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-tagging.html */
export const GROUP_TAG = 'aws:autoscaling:groupName';

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html */
export const LAUNCH_TEMPLATE_TAG = 'aws:ec2launchtemplate:id';
export const TEMPLATE_VERSION_TAG = 'aws:ec2launchtemplate:version';

/** The value of a tag; null: the instance does not have it. */
export function tagOf({ tags }: Pick<Instance, 'tags'>, key: string): string | null {
  return tags.find((tag) => tag.key === key)?.value ?? null;
}
