import { openOf } from '../../evaluator/combine.ts';
import { settle } from '../../evaluator/formula.ts';
import { remaining } from '../../evaluator/residual/remaining.ts';
import { remembered } from '../../memory/remembered.ts';
import type { RequestRow } from '../paths/access-path.ts';
import type { AgentState, AgentWork, Reached } from '../paths/reachable.ts';
import type { Account, Subject } from './account.ts';
import { mayLetIn } from './lets-in.ts';
import { ask } from './question.ts';
import { anyKeyArn, isKeyUnread, sessionKeyArns } from './session-key.ts';

/**
 * The requests of the agent with the role of its instance; control policies apply to it as to everybody.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html
 */
const SESSION_CHANNELS = rowsOf(
  'ssmmessages:CreateControlChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenDataChannel',
);

/** Commands use these requests if there are no such channels (the same page). */
const MESSAGES = rowsOf('ec2messages:GetMessages', 'ec2messages:AcknowledgeMessage', 'ec2messages:SendReply');

const REGISTER = rowsOf('ssm:UpdateInstanceInformation');

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html */
const DECRYPT: RequestRow = {
  action: 'kms:Decrypt',
  on: 'session-key',
  policyUnread: 'key-policy-not-collected',
};

function rowsOf(...actions: readonly string[]): readonly RequestRow[] {
  return actions.map((action) => ({ action, on: 'any' }));
}

const EC2 = 'ec2.amazonaws.com';
const SYSTEMS_MANAGER = 'ssm.amazonaws.com';

const NOT_KNOWN: AgentState = { works: null, because: null };
const NO_ROLE: AgentState = { works: false, because: 'the instance has no role' };
const WORKS: AgentState = { works: true, because: null };

/** `null`: there is none; `undefined`: not collected. */
type AgentRole = Subject | null | undefined;

/** Whether agents on instances can work, as far as their roles decide it. */
export class AgentChannels {
  readonly #account: Account;
  readonly #byRole = new Map<Subject, Map<string, AgentState>>();
  readonly #registers = new Map<Subject, Map<string, AgentState>>();
  readonly #roles: ReadonlyMap<string, Subject>;
  readonly #rolesByName: ReadonlyMap<string, Subject>;
  /** ARNs of roles by the ARN of the profile */
  readonly #profiles: ReadonlyMap<string, readonly string[]>;
  readonly #defaultRoles = new Map<string, AgentRole>();

  constructor(account: Account) {
    const roles = account.subjects.flatMap((subject) =>
      subject.role ? [[subject.role, subject] as const] : [],
    );
    this.#account = account;
    this.#roles = new Map(roles.map(([{ arn }, subject]) => [arn, subject]));
    this.#rolesByName = new Map(roles.map(([{ name }, subject]) => [name, subject]));
    this.#profiles = new Map(
      account.snapshot.instanceProfiles.map((profile) => [profile.arn, profile.roles]),
    );
  }

  /**
   * The agent uses the profile's role, or the one of Default Host Management if the profile's may not
   * register it.
   * https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html
   */
  state(work: AgentWork, instance: Reached): AgentState {
    const { region } = instance;
    const own = this.#profileRole(instance);
    if (own === undefined) return NOT_KNOWN;
    const isOwn = own ? this.#mayRegister(own, region).works : false;
    if (own && isOwn === true) return this.#mayOwn(work, own, region);
    const standard = remembered(this.#defaultRoles, region, () => this.#defaultRole(region));
    if (standard === undefined) return NOT_KNOWN;
    if (standard === null) return own ? this.#mayOwn(work, own, region) : NOT_KNOWN;
    const other = this.#withTrust(this.#may(work, standard, region), standard, SYSTEMS_MANAGER);
    if (!own || isOwn === false) return other;
    return this.#mayOwn(work, own, region).works === other.works ? other : NOT_KNOWN;
  }

  registers(instance: Reached): AgentState {
    const own = this.#profileRole(instance);
    if (own === null) return NO_ROLE;
    return own === undefined ? NOT_KNOWN : this.#mayRegister(own, instance.region);
  }

  #mayRegister(role: Subject, region: string): AgentState {
    const known = remembered(this.#registers, role, () => new Map<string, AgentState>());
    return remembered(known, region, () => this.#withTrust(this.#asks(REGISTER, role, region), role, EC2));
  }

  #mayOwn(work: AgentWork, role: Subject, region: string): AgentState {
    return this.#withTrust(this.#may(work, role, region), role, EC2);
  }

  #may(work: AgentWork, role: Subject, region: string): AgentState {
    const known = remembered(this.#byRole, role, () => new Map<string, AgentState>());
    return remembered(known, `${work} ${region}`, () => this.#decide(work, role, region));
  }

  #decide(work: AgentWork, role: Subject, region: string): AgentState {
    const channels = this.#asks(SESSION_CHANNELS, role, region);
    switch (work) {
      case 'session':
        return channels;
      case 'default-session':
        return channels.works === true ? this.#decrypts(role, region) : channels;
      case 'command': {
        if (channels.works === true) return channels;
        const messages = this.#asks(MESSAGES, role, region);
        return messages.works === false && channels.works === null ? channels : messages;
      }
    }
  }

  #asks(rows: readonly RequestRow[], role: Subject, region: string): AgentState {
    let all = WORKS;
    for (const row of rows) {
      const one = this.#askOne(row, '*', role, region);
      if (one.works === false) return one;
      if (one.works === null) all = NOT_KNOWN;
    }
    return all;
  }

  /** Only the role's own policies count: the key's policy was not read. */
  #decrypts(role: Subject, regionName: string): AgentState {
    const region = this.#account.regions.get(regionName);
    if (isKeyUnread(region)) {
      const { works } = this.#askOne(DECRYPT, anyKeyArn(regionName, this.#account), role, regionName);
      return works === true ? WORKS : NOT_KNOWN;
    }
    const states = (region ? sessionKeyArns(region, this.#account) : []).map((arn) => {
      const state = this.#askOne(DECRYPT, arn, role, regionName);
      return state.reason === 'grant' ? NOT_KNOWN : state;
    });
    if (states.every(({ works }) => works === true)) return WORKS;
    return states.find(({ works }) => works !== false) ? NOT_KNOWN : (states[0] as AgentState);
  }

  #askOne(row: RequestRow, arn: string, role: Subject, region: string): AgentState {
    const asked = { subject: role, row, target: { arn, tags: null }, region };
    const combined = ask(this.#account, asked);
    const open = remaining(settle(openOf(combined), new Set()), { given: role.given });
    // a guardrail level without an Allow denies as well: a further grant does not help
    const isDenied =
      combined.denied === true || combined.answers.guardrails.some(({ allow }) => allow === false);
    // a policy that was not collected may grant what the others do not
    if (role.missing !== null && !isDenied) return NOT_KNOWN;
    if (open !== false) return open === true ? WORKS : NOT_KNOWN;
    const because = `the instance's role \`${role.principal.name}\` is not allowed \`${row.action}\``;
    return { works: false, because, reason: isDenied ? 'denied' : 'grant' };
  }

  /**
   * An agent has credentials only if the service may assume its role.
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html
   */
  #withTrust(state: AgentState, subject: Subject, service: string): AgentState {
    const { role } = subject;
    if (!role) return state;
    const isLetIn = mayLetIn(role, service, this.#account);
    if (isLetIn === null) return state.works === true ? NOT_KNOWN : state;
    if (isLetIn) return state;
    const because = `\`${service}\` may not assume the role \`${role.name}\``;
    return { works: false, because, reason: 'trust' };
  }

  #profileRole({ instanceProfile }: Pick<Reached, 'instanceProfile'>): AgentRole {
    if (instanceProfile === null) return null;
    const roles = this.#profiles.get(instanceProfile);
    const [arn] = roles ?? [];
    if (arn === undefined) return roles && null;
    return this.#roles.get(arn);
  }

  /** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ServiceSetting.html */
  #defaultRole(region: string): AgentRole {
    const setting = this.#account.snapshot.kept?.find(
      (kept) =>
        kept.call === 'ssm.get-service-setting' && kept.region === region && kept.argument === SETTING,
    );
    const value = (setting?.data as { ServiceSetting?: { SettingValue?: unknown } } | undefined)
      ?.ServiceSetting?.SettingValue;
    if (typeof value !== 'string') return undefined;
    return value === '$None' ? null : this.#rolesByName.get(value.slice(value.lastIndexOf('/') + 1));
  }
}

const SETTING = 'default-ec2-instance-management-role';
