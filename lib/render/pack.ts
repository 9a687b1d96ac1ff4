/** Text compressed as zlib does it (RFC 1950) and written as base64: what a page unpacks when it is asked for. */
export type Pack = (text: string) => string;
