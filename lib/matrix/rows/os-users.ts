import { type Bits, emptyBits, setBit } from '../../evaluator/bits.ts';
import type { Condition } from '../../evaluator/decision.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import type { Universe } from '../classes/instance-classes.ts';
import type { AccessPath } from '../paths/access-path.ts';
import { landsAs, runAsTag, sessionUser } from '../paths/lands-as.ts';
import { merge, type Piece, within } from './pieces.ts';

/** As whom one lands where. */
export class Landings {
  readonly #account: Account;
  /** instances of one platform in one region: the first of each */
  readonly #alike: readonly Piece<Instance>[];
  readonly #known = new Map<AccessPath, Map<string, readonly Piece<readonly string[]>[]>>();

  constructor(account: Account, { representatives }: Universe) {
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

  of(
    path: AccessPath,
    subject: Subject,
    bits: Bits,
    condition: Condition | null,
  ): readonly Piece<readonly string[]>[] {
    if (path.landsAs === 'os-user' || path.landsAs.length === 0)
      return [{ bits, value: landsAs(path, { platform: 'linux' }, condition, []) }];
    const users = this.#users(path, subject);
    return users.length === 1 ? users.map(({ value }) => ({ bits, value })) : within(users, bits);
  }

  /** For all instances: no condition decides. */
  #users(path: AccessPath, { tags }: Subject): readonly Piece<readonly string[]>[] {
    const known = this.#known.get(path) ?? new Map<string, readonly Piece<readonly string[]>[]>();
    this.#known.set(path, known);
    const runAs = path.landsAs === 'session-user' ? runAsTag(tags) : '';
    let users = known.get(runAs);
    if (!users) {
      const all = this.#alike.map(({ bits, value: { region, platform } }) => {
        const session = sessionUser(tags, this.#account.regions.get(region));
        return { bits, value: landsAs(path, { platform }, null, session) };
      });
      users = merge(all, (value) => value.join());
      known.set(runAs, users);
    }
    return users;
  }
}
