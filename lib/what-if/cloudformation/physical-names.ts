import { quoted } from '../../policy/quoted.ts';
import type { References } from './functions.ts';
import { NO_VALUE, NOT_KNOWN, scalarText } from './resolved.ts';
import type { StackKind, TemplateStack } from './stack.ts';
import type { StackTemplate, TemplateResource } from './template.ts';
import { TemplateValues } from './template-values.ts';

/** A resource of a template, as it is in the account. */
export interface Physical {
  readonly kind: StackKind;
  readonly name: string;
  readonly arn: string;
  readonly path: string;
  /** the account has it */
  readonly isThere: boolean;
  /** the name is made up: CloudFormation's choice is not known */
  readonly isMadeUp: boolean;
}

interface Naming {
  readonly kind: StackKind;
  /** the property with the name; left out: AWS only assigns ids */
  readonly property?: string;
  /** the type in its ARN, for resources of IAM */
  readonly resource?: string;
  /** the value of `Ref` */
  readonly ref: 'name' | 'arn';
  readonly arnAttribute: string | null;
}

const NAMINGS: ReadonlyMap<string, Naming> = new Map([
  [
    'AWS::IAM::Role',
    { kind: 'role', property: 'RoleName', resource: 'role', ref: 'name', arnAttribute: 'Arn' },
  ],
  [
    'AWS::IAM::User',
    { kind: 'user', property: 'UserName', resource: 'user', ref: 'name', arnAttribute: 'Arn' },
  ],
  [
    'AWS::IAM::Group',
    { kind: 'group', property: 'GroupName', resource: 'group', ref: 'name', arnAttribute: 'Arn' },
  ],
  [
    'AWS::IAM::ManagedPolicy',
    {
      kind: 'policy',
      property: 'ManagedPolicyName',
      resource: 'policy',
      ref: 'arn',
      arnAttribute: 'PolicyArn',
    },
  ],
  [
    'AWS::IAM::InstanceProfile',
    {
      kind: 'profile',
      property: 'InstanceProfileName',
      resource: 'instance-profile',
      ref: 'name',
      arnAttribute: 'Arn',
    },
  ],
  ['AWS::EC2::Instance', { kind: 'instance', ref: 'name', arnAttribute: null }],
  ['AWS::EC2::SecurityGroup', { kind: 'security-group', ref: 'name', arnAttribute: 'GroupId' }],
]);

/** The values of `Ref` and `Fn::GetAtt` of a template in an account. */
export class PhysicalNames implements References {
  readonly values: TemplateValues;
  readonly #template: StackTemplate;
  readonly #stack: TemplateStack;
  readonly #known = new Map<string, Physical | null>();

  constructor(template: StackTemplate, stack: TemplateStack, origins: WeakMap<object, object>) {
    this.#template = template;
    this.#stack = stack;
    const references: References = {
      ref: (name) => this.ref(name),
      attribute: (id, attribute) => this.attribute(id, attribute),
    };
    this.values = new TemplateValues(template, references, origins);
  }

  ref(name: string): unknown {
    if (name.startsWith('AWS::')) return this.#pseudo(name);
    const parameter = this.#template.parameters.get(name);
    if (parameter) return this.#parameter(name, parameter.Type, parameter.Default);
    const [found, naming] = this.#of(name);
    return found && naming ? found[naming.ref] : NOT_KNOWN;
  }

  attribute(id: string, attribute: string): unknown {
    const [found, naming] = this.#of(id);
    if (!found || attribute !== naming?.arnAttribute) return NOT_KNOWN;
    return found.arn;
  }

  /** Null: it is not known which resource of the account it is, or there is none. */
  physical(id: string): Physical | null {
    return this.#of(id)[0];
  }

  #of(id: string): readonly [Physical | null, Naming | undefined] {
    const resource = this.#template.resources.get(id);
    const naming = resource && NAMINGS.get(resource.type);
    if (!resource || !naming) return [null, undefined];
    const known = this.#known.get(id);
    if (known !== undefined) return [known, naming];
    // a name that depends on itself is unknown
    this.#known.set(id, null);
    const found = this.#find(resource, naming);
    this.#known.set(id, found);
    return [found, naming];
  }

  #find({ id, properties }: TemplateResource, naming: Naming): Physical | null {
    const { kind, property } = naming;
    const said = property ? this.values.resolve(properties.get(property)) : undefined;
    const own = typeof said === 'string' && said !== '' ? said : null;
    const path = scalarText(this.values.resolve(properties.get('Path') ?? '/'));
    const [made, other] = own === null ? this.#stack.madeFor(kind, id) : [];
    if (other) return null;
    const there = own === null ? made : this.#stack.byName(kind, own);
    if (there)
      return { kind, name: there.name, arn: there.arn, path: path ?? '/', isThere: true, isMadeUp: false };
    return path === null ? null : this.#made(naming, path, { id, own });
  }

  /** For a resource that the account does not have yet. */
  #made(
    { kind, resource }: Naming,
    path: string,
    { id, own }: { readonly id: string; readonly own: string | null },
  ): Physical | null {
    // an id cannot be known before it is created
    if (resource === undefined) return null;
    const { partition, accountId, options } = this.#stack;
    const name = own ?? `${options.name ?? 'new'}-${id}-known-after-deploy`;
    const arn = `arn:${partition}:iam::${accountId}:${resource}${path}${name}`;
    return { ...{ kind, name, arn, path }, isThere: false, isMadeUp: own === null };
  }

  #parameter(name: string, type: string, value: unknown): unknown {
    // its value is the name of a parameter of Systems Manager
    if (type.startsWith('AWS::SSM::Parameter::Value')) return NOT_KNOWN;
    const text = this.#stack.options.parameters.get(name) ?? scalarText(value);
    if (text === null) return NOT_KNOWN;
    return /^(CommaDelimitedList$|List<)/.test(type) ? text.split(',').map((one) => one.trim()) : text;
  }

  #pseudo(name: string): unknown {
    const { accountId, partition, region, options } = this.#stack;
    const known: ReadonlyMap<string, unknown> = new Map<string, unknown>([
      ['AWS::AccountId', accountId],
      ['AWS::Partition', partition],
      ['AWS::Region', region],
      ['AWS::StackName', options.name],
      ['AWS::URLSuffix', partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'],
      ['AWS::NoValue', NO_VALUE],
    ]);
    return known.get(name) ?? NOT_KNOWN;
  }
}

/** A name that is not a parameter of the template, with the valid names. */
export function unknownParameter({ parameters }: StackTemplate, stack: TemplateStack): string | null {
  const name = [...stack.options.parameters.keys()].find((one) => !parameters.has(one));
  if (name === undefined) return null;
  const all = [...parameters.keys()].map(quoted).join(', ') || 'none';
  return `there is no parameter ${quoted(name)}: the template has ${all}`;
}
