import type { Verb } from './verb.ts';

export const VERBS: readonly Verb[] = [
  {
    name: 'demo',
    summary: 'audit an example account, to try the other commands on',
    load: () => import('./demo.ts'),
  },
  {
    name: 'scan',
    summary: 'audit an account, from a folder of AWS CLI output or from AWS itself, and write the reports',
    load: () => import('./scan.ts'),
  },
  {
    name: 'collect',
    summary: 'read an account from AWS into a folder that `scan --from` takes',
    load: () => import('./collect.ts'),
  },
  {
    name: 'who-can',
    summary: 'list who can get onto which instance, by which path, under which conditions',
    load: () => import('./who-can.ts'),
  },
  {
    name: 'explain',
    summary: 'show why one principal can or cannot get onto one instance by one path',
    load: () => import('./explain.ts'),
  },
  {
    name: 'findings',
    summary: 'list overly broad or dangerous access, the most severe first, and how to fix it',
    load: () => import('./findings.ts'),
  },
  {
    name: 'except',
    summary: 'accept a finding for a time: write an exception into `latchkey.yml`',
    load: () => import('./except.ts'),
  },
  {
    name: 'runs',
    summary: 'list the runs of a folder, and how much each changed',
    load: () => import('./runs.ts'),
  },
  {
    name: 'export',
    summary: 'print the snapshot or the matrix of the latest audit as JSON',
    load: () => import('./export.ts'),
  },
  {
    name: 'paths',
    summary: 'list the access paths, their groups, and the OS user that each gives',
    load: () => import('./paths.ts'),
  },
  {
    name: 'diff',
    summary: 'show what changed between two runs',
    load: () => import('./diff.ts'),
  },
  {
    name: 'whatif',
    summary: 'show what planned changes would open and close',
    load: () => import('./whatif.ts'),
  },
  {
    name: 'simulate',
    summary: 'decide cases from standard input, one JSON object per line',
    load: () => import('./simulate.ts'),
  },
  {
    name: 'check',
    summary: 'answer a CloudTrail event: collect what it touches again, audit, and alert',
    load: () => import('./check.ts'),
  },
  {
    name: 'org',
    summary: 'make one index over the audits of several accounts',
    load: () => import('./org.ts'),
  },
  {
    name: 'mcp',
    summary: 'serve read-only tools to assistants over the Model Context Protocol',
    load: () => import('./mcp.ts'),
  },
  {
    name: 'completion',
    summary: 'print the completion script of a shell',
    load: () => import('./completion.ts'),
  },
];
