/** Compresses text with zlib (RFC 1950) and encodes it as base64: a page unpacks it on demand. */
export type Pack = (text: string) => string;
