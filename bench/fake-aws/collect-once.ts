// Collects from the AWS of the environment, in its own process so that no other memory counts: the folder is on the
// command line, the cost goes to the parent process. The limits on calls wait on a simulated clock.
import process from 'node:process';
import { awsSource } from '../../lib/adapters/aws/account-source.ts';
import { folderStore } from '../../lib/adapters/local/folder-store.ts';
import { collectStep } from '../../lib/pipeline/collect.ts';

let waited = 0;
const timer = {
  now: () => performance.now() + waited,
  sleep: async (ms: number) => {
    waited += ms;
  },
};
const start = process.cpuUsage();
const { instances, principals, gaps } = await collectStep(
  {
    source: awsSource({ region: 'us-east-1', timer }),
    store: folderStore(process.argv[2] ?? ''),
    clock: { now: () => new Date() },
    progress: { step: () => {} },
  },
  { run: 'one', prefix: '' },
);
const { user, system } = process.cpuUsage(start);
process.send?.({
  ...{ principals, instances, gaps },
  cpuSeconds: Math.round((user + system) / 1e5) / 10,
  peakMegabytes: Math.ceil(process.resourceUsage().maxRSS / 1024),
  waitedSeconds: Math.round(waited / 1000),
});
process.disconnect?.();
