import type { KeyState } from '../../evaluator/context.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Organization } from '../../snapshot/snapshot.ts';

type Keys = readonly (readonly [string, KeyState])[];

const known = new WeakMap<Organization, Keys>();

/**
 * The known values of `aws:PrincipalOrgID` and `aws:PrincipalOrgPaths` of the account's principals, and so of
 * `aws:ResourceOrgID` and `aws:ResourceOrgPaths` of its resources: by the end of the key, in lower case. They
 * are equal even if the id was not collected, and exist only in an organization.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceorgid
 */
export function organizationKeys(organization: Organization | null): Keys {
  if (!organization) return [];
  return remembered(known, organization, () => keysOf(organization));
}

function keysOf({ id, levels }: Organization): Keys {
  if (levels.length === 0)
    return [
      ['orgid', null],
      ['orgpaths', null],
    ];
  if (id === undefined)
    return [
      ['orgid', { values: [], symbol: 'organization' }],
      ['orgpaths', { values: [], symbol: 'organization path' }],
    ];
  const parents = levels.slice(0, -1).map(({ targetId }) => targetId);
  return [
    ['orgid', { values: [id] }],
    ['orgpaths', { values: [`${[id, ...parents].join('/')}/`] }],
  ];
}
