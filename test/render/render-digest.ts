import { type Digest, type DigestLink, type DigestScope, digestOf } from '../../lib/render/digest.ts';
import { auditedOf } from '../../lib/render/digest-audited.ts';
import type { FailedAccount } from '../../lib/render/digest-failed.ts';
import type { Report } from '../../lib/render/report.ts';

/** The digest of whole reports. */
export const renderDigest = (
  reports: readonly Report[],
  links: readonly DigestLink[] = [],
  failed: readonly FailedAccount[] = [],
  scope: DigestScope = {},
): Digest =>
  digestOf(
    reports.map((report) => auditedOf(report)),
    links,
    failed,
    scope,
  );
