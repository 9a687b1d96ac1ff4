import { spawn } from 'node:child_process';

/** A program with its arguments. On Windows the shell reads them as they are. */
interface Opener {
  readonly command: string;
  readonly args: readonly string[];
  readonly isVerbatim?: boolean;
}

/** What opens a page, in the order in which it is tried. `browser`: the variable `BROWSER`. */
export function openersOf(
  platform: NodeJS.Platform,
  browser: string | undefined,
  page: string,
): readonly Opener[] {
  if (browser) return [{ command: browser, args: [page] }];
  if (platform === 'darwin') return [{ command: 'open', args: [page] }];
  // `start` takes the first quoted word as a title; a path may contain `&`
  if (platform === 'win32')
    return [{ command: 'cmd', args: ['/d', '/s', '/c', `"start "" "${page}""`], isVerbatim: true }];
  // the second is that of Linux on Windows
  return ['xdg-open', 'wslview'].map((command) => ({ command, args: [page] }));
}

/** An opener that fails does so at once; a browser may stay. */
const FAILS_WITHIN = 3000;

/**
 * Opens a page in the browser; `BROWSER` takes precedence over the desktop's own. If that fails it prints the
 * path.
 */
export async function openFile(page: string): Promise<void> {
  const openers = openersOf(process.platform, process.env.BROWSER, page);
  for (const opener of openers) if (await opens(opener)) return;
  const tried = openers.map(({ command }) => `\`${command}\``).join(' or ');
  process.stderr.write(
    `--open: cannot open the page with ${tried}: open \`${page}\` in a browser, or set \`BROWSER\`\n`,
  );
}

function opens({ command, args, isVerbatim = false }: Opener): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      ...{ stdio: 'ignore', detached: true, windowsVerbatimArguments: isVerbatim },
    });
    const timer = setTimeout(() => resolve(true), FAILS_WITHIN);
    const end = (isOpen: boolean): void => {
      clearTimeout(timer);
      resolve(isOpen);
    };
    child.on('error', () => end(false)).on('exit', (code) => end(code === 0));
    child.unref();
  });
}
