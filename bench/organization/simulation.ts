import { snapshotFile } from '../../lib/pipeline/keys.ts';
import { writeSnapshot } from '../../lib/snapshot/stored-snapshot.ts';
import { setEnvironment } from '../../test/fixtures/set-environment.ts';
import { lambdaContext } from '../../test/functions/lambda-context.ts';
import { withRolesAcross } from '../account/roles-across.ts';
import type { BenchResult } from '../bench.ts';
import { ACCOUNT_CHANGES } from '../drift-changes.ts';
import { type AccountSize, generateAccount } from '../generate-account.ts';
import { type FakeServices, fakeServices } from './fake-services.ts';
import { MachineRun } from './run-machine.ts';
import { scanMachine } from './scan-machine.ts';
import { type Data, type Machine, StateError } from './states.ts';

export interface OrganizationSize extends AccountSize {
  readonly accounts: number;
  /** number of audited accounts; each other account is a copy of one of these */
  readonly audited: number;
  readonly latencyMs: number;
}

type Handler = (event: unknown, context: unknown) => Promise<unknown>;
type Handlers = Readonly<Record<'plan' | 'collect' | 'audit' | 'send' | 'fix' | 'publish', Handler>>;

const ENVIRONMENT = {
  ...{ AWS_REGION: 'us-east-1', ACCOUNT_ID: '100000000000', PARTITION: 'aws', ACCOUNT_IDS: 'organization' },
  ...{ MEMBER_ROLE_NAME: 'latchkey-member', EXTERNAL_ID: 'x', BUCKET: 'bucket', RUN_RETENTION_DAYS: '400' },
  TOPIC: 'arn:aws:sns:us-east-1:100000000000:alerts',
  ...{ ALERT_FORM: 'text', DEFAULT_SESSION_DOCUMENT: 'either', REGIONS: '' },
  ...{ MAIL_FROM: 'latchkey@example.com', MAIL_TO: 'team@example.com', MAIL_IDENTITY_ARN: '' },
  ...{ POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' },
  ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_EC2_METADATA_DISABLED: 'true' },
};

/** One account in this many cannot be entered. */
const FAILS = 100;

const idOf = (n: number): string => String(100_000_000_000 + n);

/**
 * Scans of an organisation one after another: the deployed state machine and handlers, over services in memory.
 * Snapshots are put into the bucket before collect is called, which finds them there.
 */
export class Simulation {
  readonly #size: OrganizationSize;
  readonly #services: FakeServices;
  readonly #handlers: Handlers;
  readonly #machine: Machine;
  readonly #restore: () => void;
  #scans = 0;
  /** the audited accounts of this scan, each with a promise that resolves when it has finished */
  #ended: readonly PromiseWithResolvers<void>[] = [];

  private constructor(
    size: OrganizationSize,
    world: { readonly services: FakeServices; readonly handlers: Handlers; readonly machine: Machine },
    restore: () => void,
  ) {
    this.#size = size;
    this.#services = world.services;
    this.#handlers = world.handlers;
    this.#machine = world.machine;
    this.#restore = restore;
  }

  static async begin(size: OrganizationSize): Promise<Simulation> {
    const services = await fakeServices(size.latencyMs);
    const restore = setEnvironment(ENVIRONMENT);
    const load = async (name: string) =>
      ((await import(`../../functions/${name}.ts`)) as { handler: Handler }).handler;
    const handlers = {
      ...{ plan: await load('plan'), collect: await load('collect'), audit: await load('audit') },
      ...{ send: await load('send'), fix: await load('fix'), publish: await load('publish') },
    };
    return new Simulation(size, { services, handlers, machine: await scanMachine('bucket') }, restore);
  }

  async end(): Promise<void> {
    this.#restore();
    await this.#services.close();
  }

  /** The environment for a process that calls a handler by itself. */
  get environment(): Readonly<Record<string, string>> {
    return { ...ENVIRONMENT, AWS_ENDPOINT_URL: this.#services.url };
  }

  publish(event: Data): Promise<unknown> {
    return this.#handlers.publish(event, lambdaContext);
  }

  /** A scan of the first accounts. From the second scan on each account has changed, and some fail. */
  async scan(accounts: number, publish: (event: Data) => Promise<unknown>): Promise<BenchResult> {
    this.#scans += 1;
    this.#ended = Array.from({ length: this.#size.audited }, () => Promise.withResolvers<void>());
    for (const { promise } of this.#ended) promise.catch(() => {});
    this.#services.accounts = Array.from({ length: accounts }, (_, n) => idOf(n));
    this.#services.requests.clear();
    const asked = (handler: Handler) => (input: Data) => handler(input, lambdaContext);
    const run = new MachineRun(
      {
        PlanFunction: asked(this.#handlers.plan),
        CollectFunction: (item) => this.#collect(item),
        AuditFunction: (item) => this.#audit(item),
        SendFunction: asked(this.#handlers.send),
        FixFunction: (item) => this.#fix(item),
        PublishFunction: publish,
      },
      {
        read: (key) => this.#services.read(key) ?? '',
        write: (key, body) => this.#services.write(key, body),
      },
    );
    const start = performance.now();
    const {
      problems = [],
      failed = [],
      ...digest
    } = (await run.run(this.#machine, {})) as Record<string, unknown>;
    return {
      accounts,
      seconds: Math.round((performance.now() - start) / 100) / 10,
      largestPayload: run.largest,
      payloads: Object.fromEntries(run.payloads),
      requests: Object.fromEntries(this.#services.requests),
      digest: { ...digest, problems: (problems as readonly string[]).length, failed },
    };
  }

  /** The largest of the written and read objects, in kB. */
  sizes(): BenchResult {
    const sizes = this.#services.sizes();
    const most = (end: string): number =>
      Math.ceil(
        Math.max(0, ...sizes.filter(({ key }) => key.endsWith(end)).map(({ bytes }) => bytes)) / 1000,
      );
    return {
      summaryKb: most('/summary.json'),
      borderKb: most('/border.json.gz'),
      guardrailsKb: most('/guardrails.json'),
      pageKb: most('organization/index.html'),
      mailKb: Math.ceil((this.#services.mails.at(-1)?.length ?? 0) / 1000),
    };
  }

  async #collect(item: Data): Promise<unknown> {
    const n = Number(item.accountId) - Number(idOf(0));
    if (this.#fails(n)) throw new StateError('AccessDenied', 'sts:AssumeRole');
    if (n >= this.#size.audited) return { accountId: item.accountId, run: item.run, prefix: item.prefix };
    const key = `${item.prefix}runs/${item.run}/${snapshotFile}`;
    this.#services.write(key, this.#snapshotText(n));
    return this.#handlers.collect(item, lambdaContext);
  }

  #snapshotText(n: number): string {
    const { principals, instances, seed } = this.#size;
    const generated = generateAccount({ principals, instances, seed: seed + n });
    // the hub keeps its generated number until it gets its own
    const neighbours = { hub: n === 0 ? generated.accountId : idOf(0), peer: idOf(n + 1) };
    const change = ACCOUNT_CHANGES.find(({ name }) => name === 'everything gained');
    const account = this.#scans === 1 ? generated : (change?.to(generated) ?? generated);
    const day = String(22 + this.#scans).padStart(2, '0');
    return writeSnapshot(withRolesAcross(account, neighbours))
      .replaceAll(generated.accountId, idOf(n))
      .replaceAll(generated.takenAt, `2026-08-${day}T10:15:00.000Z`);
  }

  /** In the second scan the last audited account, and one in a hundred of the others, could not be entered. */
  #fails(n: number): boolean {
    const { audited, accounts } = this.#size;
    if (this.#scans === 1) return false;
    return (
      (n === audited - 1 && audited > 1) || (n >= audited && n >= accounts - Math.ceil(accounts / FAILS))
    );
  }

  async #audit(item: Data): Promise<unknown> {
    const n = Number(item.accountId) - Number(idOf(0));
    const ended = this.#ended[n];
    if (ended === undefined) return this.#copied(item, n % Math.max(1, this.#size.audited - 1));
    try {
      const output = await this.#handlers.audit(item, lambdaContext);
      ended.resolve();
      return output;
    } catch (error) {
      ended.reject(error);
      throw error;
    }
  }

  /**
   * Only for the first account: the output is the same for all, and it takes longer than everything that is measured
   * here.
   */
  #fix(item: Data): Promise<unknown> {
    return item.accountId === idOf(0) ? this.#handlers.fix(item, lambdaContext) : Promise.resolve({});
  }

  /** The files of one account's audit as those of another account. */
  async #copied({ accountId, run, prefix }: Data, n: number): Promise<unknown> {
    await this.#ended[n]?.promise;
    const from = idOf(n);
    const left = ['run.json', 'summary.json', 'border.json.gz'].map((file) => `runs/${run}/${file}`);
    for (const file of ['latest.json', ...left]) {
      const body = this.#services.read(`accounts/${from}/${file}`) ?? '';
      this.#services.write(`${prefix}${file}`, body.replaceAll(from, String(accountId)));
    }
    return { accountId, run, prefix };
  }
}
