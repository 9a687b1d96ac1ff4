import { type Bits, emptyBits, setBit } from '../../evaluator/bits.ts';
import type { Condition } from '../../evaluator/decision.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import { runAsName, runAsOf } from '../account/run-as.ts';
import type { ClassifiedInstances } from '../classes/instance-classes.ts';
import type { PathRow } from '../paths/access-path.ts';
import { type OsUsers, osUsersOf, sessionUser } from '../paths/lands-as.ts';
import { merge, type Piece, within } from './pieces.ts';

/** The OS users of sessions, by place. */
export class OsUsersByPlace {
  readonly #account: Account;
  /** the first instance of each platform and region, with the places of all */
  readonly #alike: readonly Piece<Instance>[];
  readonly #known = new Map<PathRow, Map<string, readonly Piece<OsUsers>[]>>();

  constructor(account: Account, { representatives }: ClassifiedInstances) {
    this.#account = account;
    const alike = new Map<string, Piece<Instance>>();
    for (const [place, value] of representatives.entries()) {
      const name = `${value.region} ${value.platform}`;
      const piece = alike.get(name) ?? { bits: emptyBits(representatives.length), value };
      setBit(piece.bits, place);
      alike.set(name, piece);
    }
    this.#alike = [...alike.values()];
  }

  of(path: PathRow, subject: Subject, bits: Bits, condition: Condition | null): readonly Piece<OsUsers>[] {
    if (path.landsAs === 'os-user' || path.landsAs.length === 0)
      return [{ bits, value: osUsersOf(path, { platform: 'linux' }, condition, NO_SESSION) }];
    const users = this.#users(path, subject);
    return users.length === 1 ? users.map(({ value }) => ({ bits, value })) : within(users, bits);
  }

  /** For all instances, without the conditions of cells. */
  #users(path: PathRow, subject: Subject): readonly Piece<OsUsers>[] {
    const known = remembered(this.#known, path, () => new Map<string, readonly Piece<OsUsers>[]>());
    const runAs = path.landsAs === 'session-user' ? runAsName(subject, this.#account) : '';
    let users = known.get(runAs);
    if (!users) {
      const own = runAsOf(subject, this.#account);
      const all = this.#alike.map(({ bits, value: { region, platform } }) => {
        const session = sessionUser(own, this.#account.regions.get(region));
        return { bits, value: osUsersOf(path, { platform }, null, session) };
      });
      users = merge(all, (value) => `${value.landsAs.join()}\t${value.untagged?.join()}`);
      known.set(runAs, users);
    }
    return users;
  }
}

const NO_SESSION: OsUsers = { landsAs: [], untagged: null };
