import { spawn } from 'node:child_process';

/** The program of the desktop that opens files. */
const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/**
 * Opens a page in the browser; `BROWSER` takes precedence over the desktop's own. If that fails it prints the
 * path.
 */
export async function openFile(path: string): Promise<void> {
  const { BROWSER } = process.env;
  const [command, ...args] = BROWSER ? [BROWSER] : (OPENERS[process.platform] ?? ['xdg-open']);
  const opened = await new Promise<boolean>((resolve) => {
    const child = spawn(command, [...args, path], { stdio: 'ignore', detached: true });
    child.on('error', () => resolve(false)).on('spawn', () => resolve(true));
    child.unref();
  });
  if (!opened)
    process.stderr.write(
      `--open: cannot run \`${command}\`: open \`${path}\` in a browser, or set \`BROWSER\`\n`,
    );
}
