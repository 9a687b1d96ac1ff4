import { deflateSync } from 'node:zlib';

/** Text as a page carries it. The same text gives the same bytes on every machine. */
export const pack = (text: string): string => deflateSync(text).toString('base64');
