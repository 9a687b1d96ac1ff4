import { styleText } from 'node:util';
import type { Progress } from '../lib/ports/progress.ts';
import { clip, visible } from '../lib/render/escape.ts';

/** What a person sees while a command works. `done` leaves a clean line behind. */
export interface CliProgress extends Progress {
  done(): void;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** On a terminal one live line, otherwise one plain line a step; always on standard error. */
export const stderrProgress = (): CliProgress =>
  process.stderr.isTTY ? liveProgress(process.stderr) : plainProgress(process.stderr);

function plainProgress(stream: NodeJS.WriteStream): CliProgress {
  let last = '';
  return {
    step(text) {
      if (text !== last) stream.write(`${visible(text)}\n`);
      last = text;
    },
    done() {},
  };
}

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
