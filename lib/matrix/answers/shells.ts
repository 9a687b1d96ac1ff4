import { once } from '../../memory/once.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { Subject } from '../account/account.ts';
import { type AuditedAccount, decideDirect } from '../account/audited-account.ts';
import { anyOpening, BEST, CLOSED, codesIn, OPEN, type Opening, rankOf } from '../chains/codes.ts';
import { PolicyViews } from '../classes/policy-views.ts';
import { classWith, type SubjectClass } from '../classes/principal-classes.ts';
import { PrincipalViews } from '../classes/principal-views.ts';
import { relevantTo } from '../classes/relevant.ts';
import type { AccessPath } from '../paths/access-paths.ts';
import type { PathId } from '../paths/cell.ts';
import { PathCache } from '../rows/row-caches.ts';
import { SessionRows } from '../rows/session-rows.ts';

/** The path that gives a shell on one instance. Principals that no policy distinguishes there are evaluated once. */
export class Shells {
  readonly #audited: AuditedAccount;
  readonly #paths: readonly ShellPath[];
  readonly #views = new PrincipalViews(new PolicyViews());
  readonly #sessions: () => SessionRows;
  readonly #classes = new WeakMap<Subject, SubjectClass>();

  constructor(audited: AuditedAccount) {
    const { account, paths } = audited;
    this.#audited = audited;
    this.#sessions = once(() => new SessionRows(account, relevantTo(account)));
    this.#paths = paths
      .filter(({ groups }) => groups.includes('shell'))
      .map((path) => ({ path, cache: new PathCache(path), open: new Map() }));
  }

  /** The first path that gives one in the best way, and the condition for any of those that are as good. */
  on(instance: Instance, subject: Subject): Opening & { readonly path: PathId | null } {
    const open: (Opening & { readonly path: PathId })[] = [];
    for (const one of this.#paths) {
      const way = { path: one.path.id, ...this.#open(one, instance, subject) };
      if (way.open !== false) open.push(way);
      if (rankOf(way) === BEST) return way;
    }
    if (open.length === 0) return { path: null, ...OPEN };
    const best = open.find((way) => way.open === true) ?? open[0];
    return { path: best?.path ?? null, ...anyOpening(open) };
  }

  #open({ path, cache, open }: ShellPath, instance: Instance, subject: Subject): Opening {
    const key = cache.keyOf(this.#classOf(subject));
    if (key === null) return CLOSED;
    return remembered(open, `${key} ${instance.arn}`, () => {
      const decided = decideDirect(this.#audited, path, instance, subject);
      if (!decided) return CLOSED;
      const own = decided.uncertain.filter((code) => code !== 'guardrails-not-collected');
      return { open: decided.open, codes: codesIn(own) };
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
  /** by what the answer depends on */
  readonly open: Map<string, Opening>;
}
