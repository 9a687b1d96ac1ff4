/** The number of bytes at the start of a line by which it is selected. */
export const LINE_BEGIN = 64;

/**
 * Reads an object's text, in order, without unwanted lines; null: there is no such object. `isWanted` gets
 * the start of a line: its first `LINE_BEGIN` bytes, or all of it.
 */
export type LineReader = (key: string, isWanted: (begin: string) => boolean) => Promise<string | null>;
