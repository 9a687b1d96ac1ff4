import { z } from 'zod';
import { splitArn } from '../../policy/arn.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { ConfiguredProvider, PlanConfiguration } from './terraform-configuration.ts';
import type { Values } from './terraform-values.ts';

/** A resource of a plan or of the state before it. */
export interface Located {
  readonly address: string;
  readonly type: string;
  readonly values: Values;
}

/**
 * Where the resources of a plan are. A plan may be of several accounts and regions; the audit is of one account.
 * The account of a provider is seldom written: its resources and `aws_caller_identity` tell it.
 */
export class PlanPlaces {
  readonly #snapshot: Snapshot;
  readonly #configuration: PlanConfiguration;
  /** the accounts that the resources of a sign-in tell, by sign-in */
  readonly #accounts = new Map<string, Set<string>>();
  /** the sign-ins of all resources */
  readonly #used: ReadonlySet<string>;

  constructor(
    { snapshot, configuration }: { snapshot: Snapshot; configuration: PlanConfiguration },
    changed: readonly Located[],
    prior: unknown,
  ) {
    this.#snapshot = snapshot;
    this.#configuration = configuration;
    this.#used = new Set(configuration.providers.map(signInOf));
    for (const one of changed) this.#learn(one);
    for (const one of resourcesIn(prior)) this.#learn(one);
  }

  /** Why the audit does not have this resource; null: nothing says so. */
  elsewhere(resource: Located): string | null {
    const { accountId, regions } = this.#snapshot;
    const account = ownAccount(resource) ?? this.#account(resource.address);
    if (account === null)
      return 'its account is not known, and the plan signs in to several: plan each account by itself, or set `allowed_account_ids` of its provider';
    if (account !== accountId) return `it is in account \`${account}\`, and the audit is of \`${accountId}\``;
    const region = GLOBAL.test(resource.type) ? null : this.#region(resource);
    return region === null || regions.some((one) => one.region === region)
      ? null
      : `it is in \`${region}\`, a region that the audit does not have`;
  }

  #account(address: string): string | null {
    const signIn = this.#signInAt(address);
    if (signIn !== null && this.#accounts.has(signIn)) return this.#accountOf(signIn);
    const others = [...this.#used].filter((one) => one !== signIn);
    // the only one that may be of the audited account
    if (signIn !== null && others.every((one) => this.#isOfAnother(one))) return this.#snapshot.accountId;
    const all = new Set(others.map((one) => this.#accountOf(one)));
    const [only = null] = signIn === null && all.size === 1 ? all : [];
    return only;
  }

  #isOfAnother(signIn: string): boolean {
    const account = this.#accountOf(signIn);
    return account !== null && account !== this.#snapshot.accountId;
  }

  #accountOf(signIn: string): string | null {
    const [only = null, other] = this.#accounts.get(signIn) ?? [];
    return other === undefined ? only : null;
  }

  #learn(resource: Located): void {
    const signIn = this.#signInAt(resource.address);
    if (signIn === null) return;
    const provider = this.#configuration.resource(resource.address)?.provider;
    const account = ownAccount(resource);
    const named = [...(provider ? writtenAccounts(provider) : []), ...(account === null ? [] : [account])];
    if (named.length > 0)
      this.#accounts.set(signIn, new Set([...(this.#accounts.get(signIn) ?? []), ...named]));
  }

  #region({ address, values }: Located): string | null {
    const provider = this.#configuration.resource(address)?.provider;
    const region = values.region ?? partOfArn(values.arn, 3) ?? constant(provider?.expressions.region);
    return typeof region === 'string' && region !== '' ? region : null;
  }

  /** One that is only deleted is not in the configuration. Null: it is one of several. */
  #signInAt(address: string): string | null {
    const provider = this.#configuration.resource(address)?.provider;
    if (provider) return signInOf(provider);
    const [only = '', other] = this.#used;
    return other === undefined ? only : null;
  }
}

/** How a provider signs in, as text: providers that differ only in the region are of one account. */
function signInOf({ key, expressions }: ConfiguredProvider): string {
  const said = JSON.stringify(SIGN_IN.map((name) => expressions[name] ?? null));
  // a variable of one module is not that of another
  const module = said.includes('"references"') && key.includes(':') ? key.slice(0, key.indexOf(':')) : '';
  return `${module} ${said}`;
}

const GLOBAL = /^aws_iam_/;

/** https://registry.terraform.io/providers/hashicorp/aws/latest/docs#provider-configuration */
const SIGN_IN = [
  ...['access_key', 'secret_key', 'token', 'profile', 'assume_role', 'assume_role_with_web_identity'],
  ...['shared_config_files', 'shared_credentials_files', 'allowed_account_ids'],
] as const;

function constant(expression: unknown): unknown {
  return typeof expression === 'object' && expression !== null && 'constant_value' in expression
    ? expression.constant_value
    : null;
}

/** The accounts that the configuration of a provider names: the last role that it takes, or the only one allowed. */
function writtenAccounts({ expressions }: ConfiguredProvider): readonly string[] {
  const allowed = constant(expressions.allowed_account_ids);
  if (Array.isArray(allowed) && allowed.length === 1) return [String(allowed[0])];
  const taken = [expressions.assume_role, expressions.assume_role_with_web_identity].flatMap((blocks) => {
    const last: unknown = Array.isArray(blocks) ? blocks.at(-1) : null;
    const arn =
      typeof last === 'object' && last !== null && 'role_arn' in last ? constant(last.role_arn) : null;
    return partOfArn(arn, 4) ?? [];
  });
  return taken.slice(0, 1);
}

/** Types whose ARN is always of the account of their provider. */
const OWN = /^aws_(iam_|instance$|security_group$|vpc_security_group_)/;

function ownAccount({ type, values }: Located): string | null {
  if (type === 'aws_caller_identity' && typeof values.account_id === 'string') return values.account_id;
  if (!OWN.test(type)) return null;
  const account = partOfArn(values.arn, 4) ?? values.owner_id;
  return typeof account === 'string' && /^\d{12}$/.test(account) ? account : null;
}

/** Null: it is no ARN, or this part is empty. */
function partOfArn(arn: unknown, part: number): string | null {
  return (typeof arn === 'string' && splitArn(arn)?.[part]) || null;
}

const Module = z.looseObject({
  resources: z
    .array(
      z.looseObject({
        address: z.string(),
        type: z.string(),
        values: z.record(z.string(), z.unknown()).nullish(),
      }),
    )
    .optional(),
  child_modules: z.array(z.unknown()).optional(),
});

/** The resources and data sources of a module and of those below it. */
function resourcesIn(module: unknown): readonly Located[] {
  const read = Module.safeParse(module);
  if (!read.success) return [];
  const own = read.data.resources ?? [];
  return [
    ...own.map(({ address, type, values }) => ({ address, type, values: values ?? {} })),
    ...(read.data.child_modules ?? []).flatMap(resourcesIn),
  ];
}
