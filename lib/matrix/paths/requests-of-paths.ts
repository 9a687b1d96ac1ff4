import type { Alternative, RequestRow } from './access-path.ts';
import { COMMAND, SESSION } from './document-types.ts';
import type { ResourceKind } from './resource-kinds.ts';

export const CHECKED = { 'ssm:SessionDocumentAccessCheck': 'true' };

export const onInstance = (action: string, context?: Readonly<Record<string, string>>): RequestRow => ({
  action,
  on: 'instance',
  ...(context ? { context } : {}),
});

/** One alternative for each action, all on the instance. */
export const eachOnInstance = (...actions: readonly string[]): readonly Alternative[] =>
  actions.map((action) => ({ id: action, requests: [onInstance(action)] }));

/**
 * A session's caller opens its data channel: all current sample policies grant it, older ones did not.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-quickstart.html
 */
export const DATA_CHANNEL = {
  action: 'ssmmessages:OpenDataChannel',
  on: 'own-session',
  undenied: true,
  ungranted: 'data-channel-not-granted',
} as const satisfies RequestRow;

/**
 * An encrypted session needs a data key, which the caller requests.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-quickstart.html
 */
const DATA_KEY: RequestRow = {
  action: 'kms:GenerateDataKey',
  on: 'session-key',
  ifAny: true,
  ifUnread: 'preferences-not-collected',
  policyUnread: 'key-policy-not-collected',
};

/** The same under a key that the session's own document names. */
const DOCUMENT_KEY: RequestRow = {
  action: 'kms:GenerateDataKey',
  on: 'document-keys',
  ofSame: true,
  policyUnread: 'key-policy-not-collected',
};

export const session = (document: string): Alternative => ({
  id: document,
  requests: [
    onInstance('ssm:StartSession', CHECKED),
    { action: 'ssm:StartSession', on: `document:${document}`, context: { ...CHECKED, ...SESSION } },
    DATA_CHANNEL,
  ],
});

/** A session with the document that holds the preferences. */
export const DEFAULT_DOCUMENT_SESSION: Alternative = adding(DATA_KEY, session('SSM-SessionManagerRunShell'));

function adding(row: RequestRow, one: Alternative): Alternative {
  return { ...one, requests: [...one.requests, row] };
}

const UNCHECKED = { 'ssm:SessionDocumentAccessCheck': 'false' };

/**
 * A session that names no document, under the rule that the default document needs no grant. A Deny of that document
 * still closes it.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-default-session-document.html
 */
export const DEFAULT_SESSION: readonly RequestRow[] = [
  onInstance('ssm:StartSession', UNCHECKED),
  {
    action: 'ssm:StartSession',
    on: 'document:SSM-SessionManagerRunShell',
    context: { ...UNCHECKED, ...SESSION },
    undenied: true,
  },
  DATA_CHANNEL,
  DATA_KEY,
];

export const UNGRANTED_SESSION: Alternative = {
  id: 'default document not granted',
  requests: DEFAULT_SESSION,
  under: ['either'],
  code: 'default-session-document',
};

export const on = (action: string, kind: ResourceKind, context?: RequestRow['context']): RequestRow => ({
  action,
  on: kind,
  ...(context ? { context } : {}),
});

/** A request that creates the resource. */
export const making = (action: string, kind: ResourceKind, context?: RequestRow['context']): RequestRow => ({
  ...on(action, kind, context),
  creates: true,
});

/** A document that the caller creates, under any name that it may use, and then runs with `action`. */
const made = (action: string, type: RequestRow['context'], context?: RequestRow['context']): Alternative => ({
  id: 'new document',
  same: 'new-documents',
  requests: [
    onInstance(action, context),
    making('ssm:CreateDocument', 'new-documents', type),
    on(action, 'new-documents', { ...context, ...type }),
  ],
});

/** A command document of the account that the caller changes or creates, and then runs with `action`. */
const written = (action: string): readonly Alternative[] => [
  {
    id: 'own document rewritten',
    same: 'own-command-documents',
    requests: [
      onInstance(action),
      on('ssm:UpdateDocument', 'own-command-documents', COMMAND),
      on(action, 'own-command-documents', COMMAND),
    ],
  },
  made(action, COMMAND),
];

/** A document of another account, which the caller may have written there: its content is not checked. */
const foreign = (action: string): Alternative => ({
  id: 'document of another account',
  requests: [onInstance(action), on(action, 'foreign-documents', COMMAND)],
});

/** An existing document of the account that runs commands of the caller. */
const commanding = (action: string): Alternative => ({
  id: 'own document that takes commands',
  requests: [onInstance(action), on(action, 'commanding-documents', COMMAND)],
});

/** Any other existing document: a code says that its content is unknown. */
const asItStands = (action: string): Alternative => ({
  id: 'own document',
  requests: [onInstance(action), on(action, 'standing-documents', COMMAND)],
  code: 'own-document',
});

/** Runs a command document. */
export const COMMANDS: readonly Alternative[] = [
  {
    id: 'ssm:SendCommand',
    requests: [onInstance('ssm:SendCommand'), on('ssm:SendCommand', 'command-documents', COMMAND)],
  },
  commanding('ssm:SendCommand'),
  ...written('ssm:SendCommand'),
  foreign('ssm:SendCommand'),
  asItStands('ssm:SendCommand'),
];

const ownSession = (id: string, documents: ResourceKind): Alternative => ({
  id,
  requests: [
    onInstance('ssm:StartSession', CHECKED),
    on('ssm:StartSession', documents, { ...CHECKED, ...SESSION }),
    DATA_CHANNEL,
  ],
});

/** Commands in a session; `AWS-PasswordReset` sets the password with which somebody signs in on the console. */
export const SESSION_COMMANDS: readonly Alternative[] = [
  ...['AWS-StartInteractiveCommand', 'AWS-StartNonInteractiveCommand', 'AWS-PasswordReset'].map(session),
  session('AWSFleetManager-CreateUserInteractive'),
  ownSession('own session document', 'own-session-documents'),
  {
    ...adding(DOCUMENT_KEY, ownSession('own encrypted session document', 'encrypted-session-documents')),
    same: 'encrypted-session-documents',
  },
  adding(DATA_CHANNEL, made('ssm:StartSession', SESSION, CHECKED)),
  { ...ownSession('own session document, not read', 'unread-session-documents'), code: 'own-document' },
];

/** A port forwarded through a session. */
export const PORT_FORWARDS: readonly Alternative[] = [
  session('AWS-StartPortForwardingSession'),
  session('AWS-StartPortForwardingSessionToRemoteHost'),
  ownSession('own port document', 'own-port-documents'),
];

const MADE = making('ssm:CreateAssociation', 'new-association');

/** An existing association; updating it also needs permission to describe it. */
const CHANGED = ['ssm:UpdateAssociation', 'ssm:DescribeAssociation'].map((action) =>
  on(action, 'associations'),
);

/** The same with documents that do not belong to AWS, by another request. */
const others = (action: string, more: readonly RequestRow[]): readonly Alternative[] =>
  [commanding(action), ...written(action), foreign(action)].map((one) => ({
    ...one,
    id: `${action}, ${one.id}`,
    requests: [...one.requests, ...more],
  }));

/**
 * The reference also requires the association, which has no id before it is created: without a grant on it
 * the cell has a code.
 */
const WITHOUT_ASSOCIATION = { code: 'association-resource' } as const;

/**
 * State Manager runs a document on the instance, now and repeatedly.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
 */
export const ASSOCIATIONS: readonly Alternative[] = [
  {
    id: 'ssm:CreateAssociation',
    requests: [
      onInstance('ssm:CreateAssociation'),
      on('ssm:CreateAssociation', 'command-documents', COMMAND),
      MADE,
    ],
  },
  {
    id: 'ssm:CreateAssociationBatch',
    requests: [
      onInstance('ssm:CreateAssociationBatch'),
      on('ssm:CreateAssociationBatch', 'command-documents', COMMAND),
    ],
  },
  {
    id: 'ssm:UpdateAssociation',
    same: 'associations',
    requests: [
      onInstance('ssm:UpdateAssociation'),
      on('ssm:UpdateAssociation', 'command-documents', COMMAND),
      ...CHANGED,
    ],
  },
  ...[commanding('ssm:CreateAssociation'), ...written('ssm:CreateAssociation')].map((one) => ({
    ...one,
    requests: [...one.requests, MADE],
  })),
  ...others('ssm:CreateAssociationBatch', []),
  ...others('ssm:UpdateAssociation', CHANGED),
  { ...foreign('ssm:CreateAssociation'), ...WITHOUT_ASSOCIATION },
  {
    id: 'ssm:CreateAssociation without an association',
    requests: [
      onInstance('ssm:CreateAssociation'),
      on('ssm:CreateAssociation', 'command-documents', COMMAND),
    ],
    ...WITHOUT_ASSOCIATION,
  },
  asItStands('ssm:CreateAssociation'),
];

/**
 * New user data takes effect at the next start; a stopped instance need not be stopped.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
 */
export const USER_DATA: readonly Alternative[] = [
  {
    id: 'user data',
    requests: [
      onInstance('ec2:ModifyInstanceAttribute', { 'ec2:Attribute': 'UserData' }),
      onInstance('ec2:StopInstances'),
      onInstance('ec2:StartInstances'),
    ],
  },
  {
    id: 'user data of a stopped instance',
    state: 'stopped',
    requests: [
      onInstance('ec2:ModifyInstanceAttribute', { 'ec2:Attribute': 'UserData' }),
      onInstance('ec2:StartInstances'),
    ],
  },
];
