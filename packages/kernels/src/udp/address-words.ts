import { isIPv4, isIPv6 } from 'node:net';

/** Four signed words in network order, as descriptors have them; an IPv4 address fills the first and leaves the rest 0. */
export type AddressWords = readonly [w0: number, w1: number, w2: number, w3: number];

/** Reads what `node:dgram` calls an address; a zone (`%eth0`) is not part of it. @returns `undefined` for what is no IP address. */
export function addressWords(text: string): AddressWords | undefined {
  if (isIPv4(text)) return [ipv4Word(text), 0, 0, 0];
  if (!isIPv6(text)) return undefined;
  const [head = [], tail] = withoutZone(text).split('::').map(groups);
  const missing = 8 - head.length - (tail?.length ?? 0);
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = [...head, ...Array<number>(tail === undefined ? 0 : missing).fill(0), ...(tail ?? [])];
  return [(a << 16) | b, (c << 16) | d, (e << 16) | f, (g << 16) | h];
}

/** Writes an address as `node:dgram` takes it; an IPv6 address in full. */
export function addressText(family: number, w0: number, w1: number, w2: number, w3: number): string {
  if (family === 4) return `${w0 >>> 24}.${(w0 >>> 16) & 255}.${(w0 >>> 8) & 255}.${w0 & 255}`;
  return [w0, w1, w2, w3].map((word) => `${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`).join(':');
}

function ipv4Word(text: string): number {
  return text.split('.').reduce((word, octet) => (word << 8) | Number(octet), 0);
}

function withoutZone(text: string): string {
  return text.split('%', 1)[0] ?? text;
}

/** The 16-bit groups of a part of an IPv6 address, whose last two may be written as an IPv4 address. */
function groups(text: string): readonly number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const word = ipv4Word(group);
    return [word >>> 16, word & 0xffff];
  });
}
