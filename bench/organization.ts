import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setEnvironment } from '../test/fixtures/set-environment.ts';
import { type Bench, type BenchResult, countOption } from './bench.ts';
import { bundled, heapFlags } from './bundled.ts';
import { Simulation } from './organization/simulation.ts';

const MEMORY_MB = 512;

/** A scan of an organisation with the deployed handlers and state machine, over fake services. */
export const organizationBench: Bench = {
  name: 'organization',
  summary: 'a scan of an organisation: outputs of its states, memory and time of publish',
  options: [
    {
      flags: '--accounts <count>',
      description: 'accounts of the organisation; one in 100 fails',
      fallback: '400',
    },
    {
      flags: '--audited <count>',
      description: 'how many of them are audited; the others are copies',
      fallback: '8',
    },
    { flags: '--principals <count>', description: 'users and roles in each account', fallback: '50' },
    { flags: '--instances <count>', description: 'instances in each account', fallback: '100' },
    { flags: '--latency <ms>', description: 'time of each answer of a service', fallback: '20' },
    { flags: '--seed <number>', description: 'seed of the generated organisation', fallback: '1' },
  ],
  async run(options) {
    const of = (name: string): number => countOption(options, name);
    const size = { principals: of('principals'), instances: of('instances'), seed: of('seed') };
    const wanted = { accounts: of('accounts'), audited: Math.min(of('audited'), of('accounts')), ...size };
    const simulation = await Simulation.begin({ ...wanted, latencyMs: of('latency') });
    try {
      const first = await simulation.scan(wanted.audited, (event) => simulation.publish(event));
      let published: BenchResult = {};
      const second = await simulation.scan(wanted.accounts, async (event) => {
        const { output, ...took } = await inFunction('publish', event, simulation.environment);
        published = took;
        return output;
      });
      return {
        ...wanted,
        ...simulation.sizes(),
        firstScan: first,
        secondScan: second,
        publish: { ...published, memoryMb: MEMORY_MB },
      };
    } finally {
      await simulation.end();
    }
  },
};

interface Taken {
  readonly output: unknown;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakRssMb: number;
}

/** A handler in its own process, with the heap that Lambda gives it. */
async function inFunction(
  name: string,
  event: unknown,
  environment: Readonly<Record<string, string>>,
): Promise<Taken> {
  const folder = await mkdtemp(path.join(tmpdir(), 'latchkey-organization-'));
  const restore = setEnvironment(environment);
  try {
    const file = path.join(folder, 'event.json');
    await writeFile(file, JSON.stringify(event));
    const here = import.meta.dirname;
    const program = await bundled(path.join(here, 'organization/one-handler.ts'), folder);
    const handler = await bundled(path.join(here, `../functions/${name}.ts`), folder);
    const args = [...heapFlags(MEMORY_MB), program, handler, file];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code !== 0) throw new Error(`\`${name}\` ended with ${code}: ${said.slice(-500)}`);
    const { seconds, cpuSeconds, peakRssMb, output } = JSON.parse(
      said.trim().split('\n').at(-1) ?? '',
    ) as Taken;
    return {
      output,
      seconds: tenths(seconds),
      cpuSeconds: tenths(cpuSeconds),
      peakRssMb: Math.round(peakRssMb),
    };
  } finally {
    restore();
    await rm(folder, { recursive: true, force: true });
  }
}

const tenths = (number: number): number => Math.round(number * 10) / 10;
