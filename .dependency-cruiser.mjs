/**
 * The room table of docs/architecture.md, as rules. Data flows one way, so an import may only point up this list.
 * A room may import itself, `memory`, and what is named beside it, and nothing else of the project.
 */
const rooms = [
  ['memory', [], 'what was worked out once: it knows nothing of what it keeps'],
  ['policy', [], 'the policy grammar stands alone: everything else is built on it'],
  ['reference', [], 'reference facts are data: they know nothing of who asks'],
  ['evaluator', ['policy', 'reference'], 'the evaluator answers from the request and its policies alone'],
  ['snapshot', ['policy'], 'a snapshot is what was collected, without an opinion on it'],
  [
    'cloudtrail',
    ['policy'],
    'an event is read as it was delivered: what it means for an audit is for others',
  ],
  ['ports', ['snapshot'], 'a port is an interface at the edge: it names no implementation'],
  [
    'matrix',
    ['policy', 'reference', 'evaluator', 'snapshot'],
    'the matrix asks the evaluator about a snapshot',
  ],
  [
    'what-if',
    ['policy', 'reference', 'evaluator', 'snapshot', 'matrix'],
    'a change is asked of a finished matrix: the matrix does not know who asks',
  ],
  [
    'across',
    ['policy', 'evaluator', 'snapshot', 'matrix'],
    'chains across accounts are made of what each account left: no account is opened for them',
  ],
  [
    'findings',
    ['policy', 'reference', 'evaluator', 'snapshot', 'matrix'],
    'a finding judges what the matrix says: it does not know how it will be shown or sent',
  ],
  [
    'fixes',
    ['policy', 'reference', 'evaluator', 'snapshot', 'matrix', 'what-if', 'findings'],
    'a fix is proposed for what was found, and proved by asking what it would change',
  ],
  [
    'drift',
    ['policy', 'evaluator', 'snapshot', 'cloudtrail', 'matrix', 'findings'],
    'drift compares two audits: it collects nothing and sends nothing',
  ],
  [
    'render',
    ['policy', 'evaluator', 'snapshot', 'ports', 'matrix', 'across', 'findings', 'drift'],
    'a report shows what it is given: it neither evaluates nor sends',
  ],
  [
    'collect',
    ['policy', 'snapshot', 'cloudtrail', 'ports'],
    'collecting makes a snapshot and judges nothing in it',
  ],
  ['publish', ['render', 'findings', 'ports'], 'publishing sends what was rendered'],
  [
    'pipeline',
    [
      ...[
        'policy',
        'reference',
        'evaluator',
        'snapshot',
        'matrix',
        'what-if',
        'across',
        'findings',
        'fixes',
        'drift',
        'render',
      ],
      ...['cloudtrail', 'ports', 'collect', 'publish'],
    ],
    'a step takes ports, never an adapter: that is what lets a laptop and a Lambda run the same step',
  ],
  [
    'adapters/aws',
    ['ports', 'snapshot'],
    'an adapter does what its port says and holds no rule of the domain',
  ],
  [
    'adapters/local',
    ['ports', 'snapshot'],
    'an adapter does what its port says and holds no rule of the domain',
  ],
  ['adapters/v8', [], 'settings of the machine know nothing of what runs on it'],
];

/** The rooms of the matrix, in the order of docs/matrix.md: an import may only point back. */
const wing = ['paths', 'account', 'classes', 'rows', 'chains'];

const wingRules = wing.map((room, i) => ({
  name: `matrix-${room}`,
  comment: `lib/matrix/${room} may import ${wing.slice(0, i).join(', ') || 'no other room of the matrix'}: each step builds on the ones before it`,
  severity: 'error',
  from: { path: `^lib/matrix/${room}/` },
  to: { path: '^lib/matrix/', pathNot: wing.slice(0, i + 1).map((name) => `^lib/matrix/${name}/`) },
}));

const core =
  '^lib/(memory|policy|reference|evaluator|snapshot|cloudtrail|matrix|what-if|across|findings|fixes|drift|render)/';
const project = '^(lib|functions|cli|page|bench|tools|test|infrastructure|examples)/';

const roomRules = rooms.map(([room, mayImport, why]) => ({
  name: `room-${room.replace('/', '-')}`,
  comment: `lib/${room} may import ${['memory', ...mayImport].join(', ')}: ${why}`,
  severity: 'error',
  from: { path: `^lib/${room}/` },
  to: { path: project, pathNot: [room, 'memory', ...mayImport].map((name) => `^lib/${name}/`) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...roomRules,
    ...wingRules,
    {
      name: 'matrix-faces',
      comment: 'a matrix is built without knowing who will ask it, or how it is stored',
      severity: 'error',
      from: { path: '^lib/matrix/[^/]+$' },
      to: { path: '^lib/matrix/(answers|stored)/' },
    },
    {
      name: 'matrix-answers',
      comment: 'a question to a finished matrix does not ask where it is stored',
      severity: 'error',
      from: { path: '^lib/matrix/answers/' },
      to: { path: '^lib/matrix/stored/' },
    },
    {
      name: 'functions-compose',
      comment: 'a Lambda joins a pipeline step to the AWS adapters and decides nothing itself',
      severity: 'error',
      from: { path: '^functions/' },
      to: {
        path: project,
        pathNot: ['^functions/', '^lib/pipeline/', '^lib/ports/', '^lib/adapters/(aws|v8)/'],
      },
    },
    {
      name: 'cli-composes',
      comment:
        'the command line joins the rooms of lib: nothing that is deployed, tested or measured is part of it',
      severity: 'error',
      from: { path: '^cli/' },
      to: { path: project, pathNot: ['^cli/', '^lib/'] },
    },
    {
      name: 'page-shows',
      comment:
        'the script of the page runs in a browser: it takes from the core what reads and words its data, and decides nothing',
      severity: 'error',
      from: { path: '^page/' },
      to: {
        path: project,
        pathNot: [
          '^page/',
          '^lib/policy/counted[.]ts$',
          '^lib/evaluator/bits[.]ts$',
          '^lib/matrix/stored/number-set[.]ts$',
          '^lib/render/',
          '^lib/memory/',
        ],
      },
    },
    {
      name: 'page-needs-a-browser-alone',
      comment: 'a browser has no modules of Node',
      severity: 'error',
      from: { path: '^page/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'core-touches-no-machine',
      comment:
        'policy to render are pure: a file, a socket or a clock in there and an audit can no longer be repeated',
      severity: 'error',
      from: { path: core },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'core-needs-no-package',
      comment:
        'policy to render use zod to read a snapshot and no other package: what decides who gets in is ours to read',
      severity: 'error',
      from: { path: core },
      to: { pathNot: ['^lib/', '^[.]{1,2}/', '(^|/)zod(/|$)'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'sdk-stays-in-its-adapter',
      comment: 'lib/adapters/aws is the only place with the AWS SDK: everything else runs without an account',
      severity: 'error',
      from: { path: '^(lib|functions|cli)/', pathNot: '^lib/adapters/aws/' },
      to: { path: '(^|/)@(aws-sdk|smithy)/' },
    },
    {
      name: 'lambda-middleware-stays-in-functions',
      comment: 'middy and Powertools dress a Lambda handler: a step that needs them cannot run on a laptop',
      severity: 'error',
      from: { path: '^(lib|cli)/' },
      to: { path: '(^|/)@(middy|aws-lambda-powertools)/' },
    },
    {
      name: 'no-cycles',
      comment: 'two files that import each other are one file, or three',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-missing-file',
      comment: 'this import leads nowhere',
      severity: 'error',
      from: {},
      // of aws-lambda there are only types
      to: { couldNotResolve: true, pathNot: '^aws-lambda$' },
    },
    {
      name: 'product-is-not-built-on-tests',
      comment: 'what users run does not import what checks it',
      severity: 'error',
      from: { path: '^(lib|functions|cli|page)/' },
      to: { path: '^(test|bench|tools)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(\\.stryker-tmp|out|coverage)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
    skipAnalysisNotInRules: false,
  },
};
