import { type PassedRoleRow, page } from './passed-role.ts';
import { NEW_ID, NEW_NAME, UUID } from './placeholder-ids.ts';

/** A service that makes only these calls with the passed role, with parameters of the caller. */
type CallingRoleRow = readonly [
  service: string,
  calls: readonly string[],
  ...(PassedRoleRow extends readonly [string, ...infer Rest] ? Rest : never),
];

const STACK_SETS =
  'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html';

const SEND = 'ssm:SendCommand';
const POWER = ['ec2:RebootInstances', 'ec2:StopInstances', 'ec2:TerminateInstances'];
const RULE = `new:events:rule/${NEW_NAME}` as const;
const BUS = `new:events:event-bus/${NEW_NAME}` as const;
const RULE_OF_BUS = `new:events:rule/${NEW_NAME}/${NEW_NAME}` as const;
const TEMPLATE = `new:fis:experiment-template/EXT${NEW_ID}` as const;

/**
 * Services that send commands of the caller, or stop instances, with the passed role, and do nothing else on
 * instances. The role gives the caller these calls only.
 */
export const CALLING_ROLES: readonly CallingRoleRow[] = [
  [
    'events.amazonaws.com',
    [SEND, ...POWER],
    [
      'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html',
      'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-iam-roles.html',
    ],
    ['events:PutTargets', RULE],
    ['events:PutRule', RULE],
  ],
  // any other event bus carries only events that somebody sends
  [
    'events.amazonaws.com',
    [SEND, ...POWER],
    [
      'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus.html',
      'https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html',
    ],
    ['events:PutTargets', RULE_OF_BUS],
    ['events:PutRule', RULE_OF_BUS],
    ['events:PutEvents', BUS],
    ['events:CreateEventBus', BUS],
  ],
  [
    'events.amazonaws.com',
    [SEND, ...POWER],
    ['https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html'],
    ['events:PutTargets', 'existing:rules'],
  ],
  // an existing bus of one's own
  [
    'events.amazonaws.com',
    [SEND, ...POWER],
    ['https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html'],
    ['events:PutTargets', RULE_OF_BUS],
    ['events:PutRule', RULE_OF_BUS],
    ['events:PutEvents', 'existing:buses'],
  ],
  // the role of a stack set assumes the role that creates the stacks
  [
    'cloudformation.amazonaws.com',
    ['sts:AssumeRole'],
    [...page('cloudformation-003'), STACK_SETS],
    ['cloudformation:CreateStackSet', 'any'],
    ['cloudformation:CreateStackInstances', `new:cloudformation:stackset/${NEW_NAME}:${UUID}`],
  ],
  [
    'cloudformation.amazonaws.com',
    ['sts:AssumeRole'],
    [STACK_SETS],
    ['cloudformation:UpdateStackSet', 'existing:stackSets'],
  ],
  [
    'fis.amazonaws.com',
    [SEND, 'ec2:StartInstances', ...POWER],
    [
      'https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html',
      'https://docs.aws.amazon.com/fis/latest/userguide/getting-started-iam-service-role.html',
    ],
    ['fis:CreateExperimentTemplate', TEMPLATE],
    ['fis:CreateExperimentTemplate', `new:fis:action/aws:ssm:send-command`],
    ['fis:StartExperiment', TEMPLATE],
    ['fis:StartExperiment', `new:fis:experiment/EXP${NEW_ID}`],
  ],
];

/** The same without a role that is passed: the service then uses the role of this name. */
type UnpassedRoleRow = readonly [
  service: string,
  calls: readonly string[],
  name: string,
  ...(PassedRoleRow extends readonly [string, ...infer Rest] ? Rest : never),
];

const ADMINISTRATION = 'AWSCloudFormationStackSetAdministrationRole';

export const UNPASSED_ROLES: readonly UnpassedRoleRow[] = [
  [
    'cloudformation.amazonaws.com',
    ['sts:AssumeRole'],
    ADMINISTRATION,
    [STACK_SETS, 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStackSet.html'],
    ['cloudformation:CreateStackSet', 'any'],
    ['cloudformation:CreateStackInstances', `new:cloudformation:stackset/${NEW_NAME}:${UUID}`],
  ],
  [
    'cloudformation.amazonaws.com',
    ['sts:AssumeRole'],
    ADMINISTRATION,
    [STACK_SETS, 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStackSet.html'],
    ['cloudformation:UpdateStackSet', 'existing:stackSets'],
  ],
];
