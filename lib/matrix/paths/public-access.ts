import type { PublicAccessExclusion } from '../../snapshot/services.ts';
import type { Instance, RegionSnapshot } from '../../snapshot/snapshot.ts';

/**
 * Whether connections from the internet to its subnet are blocked; null: not known. An exclusion that is
 * being deleted or disabled does not count.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
 */
export function isPublicAccessBlocked(
  instance: Pick<Instance, 'subnetId' | 'vpcId'>,
  region: RegionSnapshot,
): boolean | null {
  if (!region.publicAccessBlocks) return null;
  if (region.publicAccessBlocks.every(({ mode }) => mode === 'off')) return false;
  if (!region.publicAccessExclusions) return null;
  return !exclusionsFor(instance, region).some(({ mode }) => mode === 'allow-bidirectional');
}

const IN_FORCE: ReadonlySet<string> = new Set([
  'create-complete',
  'update-in-progress',
  'update-complete',
  'update-failed',
]);

/** The exclusions of its subnet and its VPC that are in force. */
function exclusionsFor(
  { subnetId, vpcId }: Pick<Instance, 'subnetId' | 'vpcId'>,
  { publicAccessExclusions }: RegionSnapshot,
): readonly PublicAccessExclusion[] {
  const ends = [`:subnet/${subnetId}`, `:vpc/${vpcId}`];
  return (publicAccessExclusions ?? []).filter(
    ({ resource, state }) => IN_FORCE.has(state) && ends.some((end) => resource.endsWith(end)),
  );
}

/** Those that let connections out only. */
export function narrowExclusions(
  instance: Pick<Instance, 'subnetId' | 'vpcId'>,
  region: RegionSnapshot | undefined,
): readonly PublicAccessExclusion[] {
  if (!region?.publicAccessExclusions?.length) return [];
  return exclusionsFor(instance, region).filter(({ mode }) => mode !== 'allow-bidirectional');
}
