import { type Facts, gatherFacts } from '../../lib/findings/facts.ts';
import { coversAction, coversService, likes, statementCovers } from '../../lib/findings/statements.ts';
import type { PathId } from '../../lib/matrix/paths/cell.ts';
import type { CellGroup, Matrix } from '../../lib/matrix/paths/matrix.ts';
import type { ConditionClause, Statement } from '../../lib/policy/statement.ts';
import { guardrailsOf } from '../../lib/snapshot/guardrails.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';

/**
 * Findings in their first form, one for each rule and principal, as `RULE ARN`, judged from the text of statements.
 * Findings by cause must cover each of them. Service-linked roles are left out.
 */
export function findingsByPrincipal(snapshot: Snapshot, matrix: Matrix): string[] {
  const facts = gatherFacts(snapshot, matrix);
  const found: string[] = [];
  const add = (rule: string, principal: number) => found.push(`${rule} ${matrix.principals[principal]?.arn}`);
  const broad = (path: PathId, action: string, fits?: (statement: Statement) => boolean) =>
    [...facts.held(path)].flatMap(([principal, cells]) => {
      const covering = breadthOf(facts, principal, cells, action, fits);
      return covering ? [{ principal, cells: covering }] : [];
    });
  const isStar = (one: Statement): boolean =>
    coversService(one, 'ssm') &&
    facts.regions.some((region) =>
      statementCovers(one, `arn:aws:ssm:${region}:${snapshot.accountId}:document/\u0000`),
    );
  for (const { principal } of broad('ec2-instance-connect', 'ec2-instance-connect:SendSSHPublicKey'))
    add('EIC-ALL', principal);
  for (const { principal } of broad('session-manager', 'ssm:StartSession')) add('SSM-START-ALL', principal);
  const stars = [
    ...broad('session-manager', 'ssm:StartSession', isStar),
    ...broad('run-command', 'ssm:SendCommand', isStar),
  ];
  for (const { principal } of stars) add('SSM-STAR', principal);
  for (const { principal, cells } of broad('run-command', 'ssm:SendCommand'))
    if (anyDocument(facts, cells)) add('CMD-ALL', principal);
  for (const [principal] of facts.held('run-command')) add('CMD-SHELL', principal);
  for (const [principal] of facts.held('tag-rewrite')) add('TAG-TAMPER', principal);
  for (const [principal, cells] of facts.held('ec2-instance-connect'))
    if (cells.some(({ outcome }) => outcome.landsAs.some((user) => likes(user, 'root'))))
      add('EIC-NO-OSUSER', principal);
  return [...new Set(found)].sort();
}

function anyDocument(facts: Facts, cells: readonly CellGroup[]): boolean {
  return cells.some(({ outcome }) =>
    outcome.grants.some(({ policy, statement, layer }) => {
      const one = facts.policies.statements(policy)?.[statement];
      return (
        layer === 'identityPolicies' &&
        one?.effect === 'Allow' &&
        coversAction(one, 'ssm:SendCommand') &&
        !narrows(one) &&
        facts.regions.some((region) => statementCovers(one, `arn:aws:ssm:${region}::document/AWS-\u0000`))
      );
    }),
  );
}

function breadthOf(
  facts: Facts,
  principal: number,
  cells: readonly CellGroup[],
  action: string,
  fits: (statement: Statement) => boolean = () => true,
): readonly CellGroup[] | null {
  const covered = facts.regions.map((region, at) => {
    const any = `arn:aws:ec2:${region}:${facts.snapshot.accountId}:instance/i-${'z'.repeat(17)}`;
    const here = cells.filter((group) => (facts.count(group).byRegion[at] ?? 0) > 0);
    const layers = new Map<string, boolean>();
    for (const { policy, statement, layer } of here.flatMap(({ outcome }) => outcome.grants)) {
      const one = facts.policies.statements(policy)?.[statement];
      if (one?.effect !== 'Allow' || !coversAction(one, action) || !namesInstances(one)) continue;
      const isWide =
        statementCovers(one, any) && !narrows(one) && (layer !== 'identityPolicies' || fits(one));
      layers.set(layer, isWide || layers.get(layer) === true);
    }
    const isOpen = layers.size > 0 && [...layers.values()].every(Boolean);
    const count = here.reduce((sum, group) => sum + (facts.count(group).byRegion[at] ?? 0), 0);
    const isAll = count === facts.totals.byRegion[at];
    const isWide = rightsOf(facts, principal, here).every((arn) =>
      outerLayersAreWide(facts, arn, action, any),
    );
    return isOpen && isAll && isWide ? here : [];
  });
  return covered.some((here) => here.length > 0) ? [...new Set(covered.flat())] : null;
}

/** The principal whose policies the cells depend on: itself, or for an outsider the roles at the end of its chains. */
function rightsOf({ matrix, snapshot }: Facts, principal: number, cells: readonly CellGroup[]): string[] {
  const who = matrix.principals[principal];
  if (who?.kind !== 'outside') return [who?.arn ?? ''];
  const instances = snapshot.regions.flatMap((region) => region.instances ?? []);
  return cells.map(({ outcome }) => {
    const end = outcome.via.at(-1) ?? '';
    const profile = instances.find(({ arn }) => arn === end)?.instanceProfile;
    return snapshot.instanceProfiles.find(({ arn }) => arn === profile)?.roles[0] ?? end;
  });
}

const namesInstances = ({ notResources, resources }: Statement): boolean =>
  notResources || !resources || resources.some((pattern) => !/^arn:[^:]*:ssm:/i.test(pattern));

const readsTag = ({ key }: ConditionClause): boolean =>
  /^((aws|ec2|ssm|iam):resourcetag\/|ec2:instanceid)/i.test(key);

const narrows = ({ conditions }: Statement): boolean =>
  conditions.some(
    (one) => readsTag(one) && !(/likeifexists$/i.test(one.operator) && one.values.includes('*')),
  );

/** No request of the paths has these keys, so such an Allow never applies. */
const asksForNewTags = ({ key, operator }: ConditionClause): boolean =>
  /^aws:(tagkeys$|requesttag\/)/i.test(key) && !/(^forallvalues:|not|null|ifexists$)/i.test(operator);

function outerLayersAreWide(facts: Facts, principal: string, action: string, arn: string): boolean {
  const who = facts.principals.get(principal);
  const names = who && 'groups' in who ? who.groups : [];
  const groups = facts.snapshot.groups.filter(({ name }) => names.includes(name));
  const held = [...(who?.policies ?? []), ...groups.flatMap(({ policies }) => policies)];
  const guardrails = guardrailsOf(facts.snapshot)
    .serviceControlPolicies.filter(({ unread }) => unread.length === 0)
    .map(({ policies }) => policies);
  const layers = [...(who?.boundary ? [[who.boundary]] : []), ...guardrails];
  const of = (ids: readonly string[]) => ids.flatMap((id) => facts.policies.statements(id) ?? []);
  const concerns = (one: Statement) => coversAction(one, action) && statementCovers(one, arn);
  const fitsAbsence = ({ operator, values }: ConditionClause): boolean => {
    const test = operator.toLowerCase();
    if (test === 'null') return values.some((value) => value.toLowerCase() === 'true');
    return test.endsWith('ifexists') || (test.includes('not') && !test.startsWith('foranyvalue:'));
  };
  const opens = (one: Statement): boolean =>
    one.effect === 'Allow' && concerns(one) && !narrows(one) && !one.conditions.some(asksForNewTags);
  return (
    layers.every((ids) => of(ids).some(opens)) &&
    !of([...held, ...layers.flat()]).some(
      (one) =>
        one.effect === 'Deny' &&
        concerns(one) &&
        one.conditions.every((clause) => readsTag(clause) && fitsAbsence(clause)),
    )
  );
}
