/** A range of addresses of one family, both ends included. */
export interface IpRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** `203.0.113.0/24`, `2001:db8::/32`, or one address; null if it is not one. */
export function parseCidr(text: string): IpRange | null {
  const match = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text);
  const address = match && parseAddress(match[1] as string);
  if (!address) return null;
  const bits = address.family === 4 ? 32 : 128;
  const length = Number(match[2] ?? bits);
  if (length > bits) return null;
  const host = BigInt(bits - length);
  const first = (address.value >> host) << host;
  return { family: address.family, first, last: first + (1n << host) - 1n };
}

export function parseAddress(text: string): { readonly family: 4 | 6; readonly value: bigint } | null {
  if (text.includes(':')) {
    const value = parseV6(text);
    return value === null ? null : { family: 6, value };
  }
  const value = parseV4(text);
  return value === null ? null : { family: 4, value };
}

/** An address as text again, IPv6 without shortening. */
export function formatAddress(family: 4 | 6, value: bigint): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  return Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)).join(
    ':',
  );
}

function parseV4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return null;
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function parseV6(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = groups(halves[0] as string, halves.length === 1);
  const tail = halves.length === 2 ? groups(halves[1] as string, true) : [];
  if (!head || !tail) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const all = [...head, ...Array<bigint>(missing).fill(0n), ...tail];
  return all.reduce((sum, group) => (sum << 16n) | group, 0n);
}

/** Groups of 16 bits; the last of the address may be a dotted IPv4 address, which makes two. */
function groups(text: string, isEnd: boolean): bigint[] | null {
  if (text === '') return [];
  const result: bigint[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) {
      result.push(BigInt(`0x${part}`));
      continue;
    }
    const v4 = isEnd && i === parts.length - 1 ? parseV4(part) : null;
    if (v4 === null) return null;
    result.push(v4 >> 16n, v4 & 0xffffn);
  }
  return result;
}
