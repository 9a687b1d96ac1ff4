import type { DocumentContent } from '../../snapshot/services.ts';

/** Plugins whose inputs are the commands to run. */
const RUNS = new Set(['aws:runShellScript', 'aws:runPowerShellScript']);

/**
 * True if a document runs a command of the caller: a parameter is part of its script.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-command-ssm-plugin-reference.html
 */
export function commands({ content }: DocumentContent): boolean {
  const { mainSteps, runtimeConfig } = membersOf(content);
  // schema 2.x, or 1.x
  const steps: readonly (readonly [unknown, unknown])[] = Array.isArray(mainSteps)
    ? mainSteps.map(membersOf).map((step) => [step.action, step.inputs])
    : Object.entries(membersOf(runtimeConfig));
  return steps.some(
    ([action, inputs]) =>
      RUNS.has(String(action)) && /\{\{\s*[\w-]+\s*\}\}/.test(JSON.stringify(inputs) ?? ''),
  );
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
