import { styleText } from 'node:util';
import type { Progress } from '../lib/ports/progress.ts';
import { clip, visible } from '../lib/render/escape.ts';

/** Progress messages for a person. `done` removes the live line from the terminal. */
export interface CliProgress extends Progress {
  done(): void;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** On a terminal one live line, otherwise one plain line per region and step; always on standard error. */
export const stderrProgress = (): CliProgress =>
  process.stderr.isTTY ? liveProgress(process.stderr) : plainProgress(process.stderr);

function plainProgress(stream: NodeJS.WriteStream): CliProgress {
  const written = new Set<string>();
  let last = '';
  return {
    step(text) {
      const reading = READING.exec(text);
      const line = reading === null ? text : `reading ${reading.groups?.region ?? 'the account'}`;
      // regions are read in parallel
      if (line === last || (reading !== null && written.has(line))) return;
      stream.write(`${visible(line)}\n`);
      written.add(line);
      last = line;
    },
    done() {},
  };
}

/** `reading us-east-1/ec2.describe-instances`, without a region, or with ids after it, which may be ARNs. */
const READING = /^reading (?:(?<region>[a-z0-9-]+)\/)?[a-z0-9-]+\.[a-z0-9-]+(?:\..*)?$/s;

function liveProgress(stream: NodeJS.WriteStream): CliProgress {
  const start = performance.now();
  let text = '';
  let frame = 0;
  const draw = (): void => {
    const seconds = `${((performance.now() - start) / 1000).toFixed(0)} s`;
    const room = Math.max(10, (stream.columns ?? 80) - seconds.length - 5);
    const spinner = styleText('cyan', frames[frame % frames.length] ?? '', { stream });
    stream.write(`\r\u001b[2K${spinner} ${clip(text, room)} ${styleText('dim', seconds, { stream })}`);
    frame += 1;
  };
  const timer = setInterval(draw, 100).unref();
  return {
    step(next) {
      text = visible(next);
      draw();
    },
    done() {
      clearInterval(timer);
      stream.write('\r\u001b[2K');
    },
  };
}
