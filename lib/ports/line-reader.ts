/** How many bytes of a line tell whether it is wanted. */
export const LINE_BEGIN = 64;

/**
 * Reads an object's text, in order, without the lines that are not wanted; null: there is no such object. A line is
 * asked about by its beginning: its first `LINE_BEGIN` bytes, or all of it.
 */
export type LineReader = (key: string, isWanted: (begin: string) => boolean) => Promise<string | null>;
