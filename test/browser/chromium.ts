import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];

const PLACES = [
  '/usr/bin',
  '/usr/local/bin',
  '/snap/bin',
  '/Applications/Google Chrome.app/Contents/MacOS',
  '/Applications/Chromium.app/Contents/MacOS',
];

const MAC_NAMES = ['Google Chrome', 'Chromium'];

/** The reason of a test that skips itself: `skip(NO_CHROMIUM)`. */
export const NO_CHROMIUM = 'no Chromium was found on the PATH or in the usual places: name one in `CHROMIUM`';

/** The browser for playwright's `executablePath`, or null if this machine has none. */
export function findChromium(environment: NodeJS.ProcessEnv = process.env): string | null {
  if (environment.CHROMIUM) return environment.CHROMIUM;
  const folders = [...(environment.PATH ?? '').split(path.delimiter).filter(Boolean), ...PLACES];
  const names = [...NAMES, ...MAC_NAMES, ...NAMES.map((name) => `${name}.exe`)];
  const places = folders.flatMap((folder) => names.map((name) => path.join(folder, name)));
  return places.find((place) => existsSync(place)) ?? null;
}
