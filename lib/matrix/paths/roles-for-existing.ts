import { simpleAtom } from '../../evaluator/conditions/atom.ts';
import type { Atom } from '../../evaluator/formula.ts';
import type { Existing } from './escalation.ts';
import type { PassedRoleRow } from './passed-role.ts';

/** Kinds whose lists are not read: a condition says that one exists. No policy can use these keys. */
const ASKED_OF: Readonly<Partial<Record<Existing, Atom>>> = {
  schedules: simpleAtom('StringEquals', 'scheduler:Schedule', ['one that exists'], 'scheduler'),
  rules: simpleAtom('StringEquals', 'events:Rule', ['one that exists'], 'events'),
};

/** The condition of a request on something that exists already. */
export const askedOf = (on: string): Atom | undefined => {
  const [kind, of] = on.split(':');
  return kind === 'existing' ? ASKED_OF[of as Existing] : undefined;
};

const STACK_ROLES =
  'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html';

/** An existing resource gets another role, and then runs the caller's code with it. */
export const ROLES_FOR_EXISTING: readonly PassedRoleRow[] = [
  // another role for a single build
  [
    'codebuild.amazonaws.com',
    ['https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html'],
    ['codebuild:StartBuild', 'existing:projects'],
  ],
  [
    'codebuild.amazonaws.com',
    ['https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateProject.html'],
    ['codebuild:UpdateProject', 'existing:projects'],
  ],
  [
    'states.amazonaws.com',
    ['https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html'],
    ['states:UpdateStateMachine', 'existing:stateMachineRoles'],
  ],
  ['cloudformation.amazonaws.com', [STACK_ROLES], ['cloudformation:UpdateStack', 'existing:stacks']],
  [
    'lambda.amazonaws.com',
    ['https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html'],
    ['lambda:UpdateFunctionConfiguration', 'existing:functions'],
  ],
  [
    'scheduler.amazonaws.com',
    ['https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UpdateSchedule.html'],
    ['scheduler:UpdateSchedule', 'existing:schedules'],
  ],
];
