import process from 'node:process';
import { type Decide, type FaultProxy, faultProxy } from './fault-proxy.ts';
import { type Answers, type SmallAws, smallAws } from './small-aws.ts';

export interface Faults {
  readonly aws: SmallAws;
  readonly proxy: FaultProxy;
  /** the faults of calls signed with this access key */
  set(key: string, decide: Decide): void;
  close(): Promise<void>;
}

/** A small AWS behind a proxy with faults. Every SDK client of this process uses it until it is closed. */
export async function withFaults(more: Answers = {}): Promise<Faults> {
  const decides = new Map<string, Decide>();
  const aws = await smallAws(more);
  const proxy = await faultProxy(aws.endpoint, (call, count) => decides.get(call.key)?.(call, count) ?? null);
  const names = { AWS_ENDPOINT_URL: proxy.endpoint, AWS_EC2_METADATA_DISABLED: 'true' };
  const before = Object.keys(names).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, names);
  return {
    aws,
    proxy,
    set: (key, decide) => {
      decides.set(key, decide);
    },
    close: async () => {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      await proxy.close();
      await aws.close();
    },
  };
}
