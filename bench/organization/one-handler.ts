import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { lambdaContext } from '../../test/functions/lambda-context.ts';

/** Calls one handler in this process with the event in a file, and prints its output and its cost. */
const [handlerFile = '', eventFile = ''] = process.argv.slice(2);
const { handler } = (await import(handlerFile)) as {
  handler: (event: unknown, context: unknown) => Promise<unknown>;
};
const event = JSON.parse(await readFile(eventFile, 'utf8'));
const before = process.cpuUsage();
const start = performance.now();
const output = await handler(event, lambdaContext);
const { user, system } = process.cpuUsage(before);
process.stdout.write(
  `${JSON.stringify({
    output,
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
  })}\n`,
);
process.exit(0);
