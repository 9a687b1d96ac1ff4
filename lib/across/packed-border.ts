import type { Organization } from '../snapshot/snapshot.ts';
import type { Border } from './border.ts';

/**
 * What an account left, as bytes that are read when somebody comes to the account, and again when they were forgotten: of
 * thousands of accounts few are looked at at a time. Of what principals have at home it keeps who is a person.
 */
export class PackedBorder {
  readonly accountId: string;
  readonly nodeCount: number;
  readonly unreadTrusts: number;
  readonly organization: Organization | null;
  readonly hasEntries: boolean;
  readonly asksHow: boolean;
  readonly #bytes: Uint8Array;

  constructor(border: Border) {
    this.accountId = border.accountId;
    this.nodeCount = border.nodes.length;
    this.unreadTrusts = border.unreadTrusts;
    this.organization = border.iam.organization;
    this.hasEntries = border.entries.length > 0;
    this.asksHow = border.nodes.some(({ asksHow }) => asksHow);
    const begins = new Set(border.nodes.flatMap(({ principals }) => principals));
    const own = border.own.filter(({ kind }) => kind === 'person');
    const people = own.map((one) => ({
      ...one,
      principals: one.principals.filter((arn) => begins.has(arn)),
    }));
    this.#bytes = new TextEncoder().encode(JSON.stringify({ ...border, own: people }));
  }

  open(): Border {
    return JSON.parse(new TextDecoder().decode(this.#bytes)) as Border;
  }
}
