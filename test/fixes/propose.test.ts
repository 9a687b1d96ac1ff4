import { expect, test } from 'vitest';
import { taggedProd } from '../../lib/findings/expected/production.ts';
import type { FixCause } from '../../lib/fixes/cause.ts';
import { proposalFor, whyNothing } from '../../lib/fixes/propose.ts';
import { Prover } from '../../lib/fixes/prover.ts';
import { account, allow } from '../fixtures/account.ts';

const snapshot = account({
  users: [{ name: 'alice', policies: [allow(['ssm:SendCommand', 'ssm:CreateAssociation'])] }],
  instances: [{ id: 'i-1' }],
});
const [policy = ''] = snapshot.users[0]?.policies ?? [];
const cause: FixCause = {
  kind: 'statement',
  statements: [{ policy, statement: 0, sid: null }],
  ...{ paths: ['run-command'], siblings: ['state-association'], rules: ['CMD-SHELL'] },
  ...{ holders: [snapshot.users[0]?.arn ?? ''], cells: 1, rootCells: 0 },
};

/** A prover that cannot judge some edits: as in a large account, where no more matrices are built. */
class Limited extends Prover {
  readonly cannot: (text: string) => boolean;

  constructor(cannot: (text: string) => boolean) {
    super(snapshot, taggedProd);
    this.cannot = cannot;
  }

  override estimate(edits: Parameters<Prover['estimate']>[0]) {
    const found = super.estimate(edits);
    return found && this.cannot(JSON.stringify(edits)) ? { tally: null, proof: null } : found;
  }

  override isExact(edits: Parameters<Prover['isExact']>[0]) {
    return !this.cannot(JSON.stringify(edits));
  }

  override prove(edits: Parameters<Prover['prove']>[0]) {
    return this.estimate(edits)?.proof ?? null;
  }
}

const says = (cannot: (text: string) => boolean): string | undefined => {
  const prover = new Limited(cannot);
  const context = { places: prover.places, tags: prover.tags };
  return proposalFor({ prover, context }, cause)?.candidate.says;
};

test('the other root paths of the statement are denied as well, if that can be judged', () => {
  const isOther = (text: string): boolean => !text.includes('ssm:CreateAssociation');
  expect(says(isOther)).toBe('deny run-command, state-association altogether');
});

test('if only the paths of the finding can be judged, they are denied, and the others are named', () => {
  const isOther = (text: string): boolean =>
    text.includes('ssm:CreateAssociation') || !text.includes('ssm:SendCommand');
  expect(says(isOther)).toBe(
    'deny run-command altogether; state-association stays open by the same statement',
  );
});

test('nothing is proposed if nothing can be judged', () => {
  expect(says(() => true)).toBeUndefined();
});

test('the reason names what only a new matrix tells, and who builds one', () => {
  const why = (cannot: (text: string) => boolean): string => {
    const prover = new Limited(cannot);
    return whyNothing({ prover, context: { places: prover.places, tags: prover.tags } }, cause);
  };
  const rest = ', and no more are built in an account of this size: try with `latchkey whatif`';
  expect(why(() => true)).toMatch(/^only a new matrix tells whether \d changes help, /);
  expect(why((text) => text.includes('"replace"'))).toMatch(/^\d changes were tried that close nothing/);
  expect(why((text) => text.includes('"replace"'))).toContain(
    `; only a new matrix tells whether it helps to`,
  );
  expect(why((text) => text.includes('"replace"'))).toContain(rest);
});
