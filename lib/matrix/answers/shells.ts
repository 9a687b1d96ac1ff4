import { formulaKey } from '../../evaluator/formula-key.ts';
import { Residuals } from '../../evaluator/residual/residuals.ts';
import { once } from '../../memory/once.ts';
import { Recent } from '../../memory/recent.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { Subject } from '../account/account.ts';
import type { AuditedAccount } from '../account/audited-account.ts';
import { anyOpening, BEST, CLOSED, OPEN, type Opening, openingOf, rankOf } from '../chains/codes.ts';
import { PolicyViews } from '../classes/policy-views.ts';
import { classWith, type SubjectClass } from '../classes/principal-classes.ts';
import { PrincipalViews } from '../classes/principal-views.ts';
import { type Relevant, relevantTo } from '../classes/relevant.ts';
import { ResourceFingerprints } from '../classes/resource-fingerprints.ts';
import type { AccessPath } from '../paths/access-paths.ts';
import type { PathId } from '../paths/cell.ts';
import { DirectRows } from '../rows/direct-rows.ts';
import { PathCache } from '../rows/row-caches.ts';
import { SessionRows } from '../rows/session-rows.ts';

/** The number of instances whose answers are cached. */
const MOST_INSTANCES = 256;

/**
 * Finds the path that gives a shell on one instance. Thousands of chains lead through few instances, so principals
 * that no policy distinguishes there are evaluated once, and a request that several paths need as well.
 */
export class Shells {
  readonly #audited: AuditedAccount;
  readonly #paths: readonly ShellPath[];
  readonly #views = new PrincipalViews(new PolicyViews());
  readonly #relevant: () => Relevant;
  readonly #sessions: () => SessionRows;
  readonly #features: () => ResourceFingerprints;
  readonly #residuals = new Residuals([]);
  readonly #rows = new Recent<Instance, DirectRows>(MOST_INSTANCES);
  readonly #classes = new WeakMap<Subject, SubjectClass>();
  /** by the openings of the paths, which are the same on thousands of instances */
  readonly #any = new Map<string, Opening>();

  constructor(audited: AuditedAccount) {
    const { account, paths } = audited;
    this.#audited = audited;
    this.#relevant = once(() => relevantTo(account));
    this.#sessions = once(() => new SessionRows(account, this.#relevant()));
    this.#features = once(() => new ResourceFingerprints(account, this.#relevant()));
    this.#paths = paths
      .filter(({ groups }) => groups.includes('shell'))
      .map((path) => ({ path, cache: new PathCache(path), open: new Map() }));
  }

  /** The first path among those that give the best shell, and the combined condition of these. */
  on(instance: Instance, subject: Subject): Opening & { readonly path: PathId | null } {
    const open: (Opening & { readonly path: PathId })[] = [];
    for (const one of this.#paths) {
      const way = { path: one.path.id, ...this.#open(one, instance, subject) };
      if (way.open !== false) open.push(way);
      if (rankOf(way) === BEST) return way;
    }
    if (open.length === 0) return { path: null, ...OPEN };
    const best = open.find((way) => way.open === true) ?? open[0];
    const name = open.map((way) => `${formulaKey(way.open)} ${way.codes.join()}`).join('\n');
    // not a way itself: its path would be the one of another instance
    const any = remembered(this.#any, name, () => anyOpening(open));
    return { path: best?.path ?? null, open: any.open, codes: any.codes };
  }

  #open({ path, cache, open }: ShellPath, instance: Instance, subject: Subject): Opening {
    const one = this.#classOf(subject);
    const key = cache.keyOf(one);
    if (key === null) return CLOSED;
    return remembered(open, `${key} ${instance.arn}`, () => {
      const [cell] = this.#rowsOn(instance).decide(path, one);
      return cell ? openingOf(cell.residual) : CLOSED;
    });
  }

  /** Rows for this instance only. */
  #rowsOn(instance: Instance): DirectRows {
    return this.#rows.of(instance, () => {
      const classOf = Uint32Array.of(0);
      return new DirectRows({
        audited: this.#audited,
        classified: { representatives: [instance], classOf, features: this.#features() },
        principalViews: this.#views,
        residuals: this.#residuals,
        sessions: this.#sessions(),
      });
    });
  }

  #classOf(subject: Subject): SubjectClass {
    return remembered(this.#classes, subject, () =>
      classWith(subject, this.#views.of(subject), { principalViews: this.#views, of: this.#sessions() }),
    );
  }
}

interface ShellPath {
  readonly path: AccessPath;
  readonly cache: PathCache;
  /** by the properties of the principal that the answer depends on */
  readonly open: Map<string, Opening>;
}
