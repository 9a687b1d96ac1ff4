import path from 'node:path';
import { readTemplate } from '../../test/infrastructure/yaml-template.ts';
import type { Machine } from './states.ts';

const TEMPLATE = path.join(import.meta.dirname, '../../infrastructure/scan.yml');

/** The deployed state machine; each task's resource is the name of its function: `PlanFunction`. */
export async function scanMachine(bucket: string): Promise<Machine> {
  const { Resources } = await readTemplate(TEMPLATE);
  const known: Readonly<Record<string, string>> = { Bucket: bucket, Partition: 'aws' };
  const text = JSON.stringify(Resources.ScanStateMachine?.Properties.Definition).replaceAll(
    /\$\{(\w+)\}/g,
    (_, name: string) => known[name] ?? name,
  );
  return JSON.parse(text) as Machine;
}
