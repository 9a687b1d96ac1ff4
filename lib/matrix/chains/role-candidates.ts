import { type CompiledStatement, statementsFor } from '../../evaluator/compile.ts';
import { matchesResource, type ResourcePattern } from '../../evaluator/match-resource.ts';
import { patternName } from '../../evaluator/pattern-name.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Role } from '../../snapshot/snapshot.ts';
import type { Subject } from '../account/account.ts';
import { ASSUME_ROLE } from '../paths/assuming.ts';

const NO_CONTEXT = { service: '', lookup: () => null };

/** Roles that an Allow of a principal's own policies may mean, if conditions are ignored. No other role is tried. */
export class RoleCandidates {
  readonly #roles: readonly Role[];
  readonly #byArn: ReadonlyMap<string, Role>;
  readonly #known = new Map<string, readonly Role[]>();

  constructor(roles: readonly Role[]) {
    this.#roles = roles;
    this.#byArn = new Map(roles.map((role) => [role.arn, role]));
  }

  of(subject: Subject): ReadonlySet<Role> {
    const statements = subject.layers.identityPolicies
      .flatMap((policy) => statementsFor(policy, ASSUME_ROLE))
      .filter((statement) => statement.effect === 'Allow');
    return new Set(statements.flatMap((statement) => this.#meantBy(statement)));
  }

  #meantBy({ resources, notResources }: CompiledStatement): readonly Role[] {
    if (!resources || notResources) return this.#roles;
    return resources.flatMap((pattern) => this.#matching(pattern));
  }

  #matching(pattern: ResourcePattern): readonly Role[] {
    if (pattern.template.hasVariables) return this.#roles;
    const literal = pattern.partial ? null : pattern.compiled?.whole.literal;
    if (literal != null) {
      const role = this.#byArn.get(literal);
      return role ? [role] : [];
    }
    const name = patternName(pattern);
    return remembered(this.#known, name, () =>
      this.#roles.filter(({ arn }) => matchesResource(pattern, arn, NO_CONTEXT, false) !== false),
    );
  }
}
