/**
 * An IP address as signed 32-bit words in network order: an IPv4 address fills `w0` and leaves the rest 0. Words instead of bytes or
 * text because a relay compares and hashes addresses for every packet, and small integers cost no allocation.
 */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly w3: number;
}

/** RFC 8489 §4: an IP address and a port, 0..65535. */
export interface TransportAddress extends IpAddress {
  readonly port: number;
}

/** The IPv4 address with this 32-bit value (signed or not). */
export function ipv4Address(word: number): IpAddress {
  return { family: 4, w0: word | 0, w1: 0, w2: 0, w3: 0 };
}

/** The IPv6 address with these 32-bit words, most significant first. */
export function ipv6Address(w0: number, w1: number, w2: number, w3: number): IpAddress {
  return { family: 6, w0: w0 | 0, w1: w1 | 0, w2: w2 | 0, w3: w3 | 0 };
}

export function transportAddress(ip: IpAddress, port: number): TransportAddress {
  return { family: ip.family, w0: ip.w0, w1: ip.w1, w2: ip.w2, w3: ip.w3, port };
}

export function sameIpAddress(a: IpAddress, b: IpAddress): boolean {
  return a.w0 === b.w0 && a.family === b.family && a.w1 === b.w1 && a.w2 === b.w2 && a.w3 === b.w3;
}

export function sameTransportAddress(a: TransportAddress, b: TransportAddress): boolean {
  return a.port === b.port && sameIpAddress(a, b);
}

/**
 * Reads `192.0.2.1`, `2001:db8::1` or `::ffff:192.0.2.1`; no brackets, zone or leading zeros in decimal parts. `undefined` for
 * anything else.
 */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (!text.includes(':')) {
    const word = parseDottedQuad(text);
    return word === undefined ? undefined : ipv4Address(word);
  }
  const groups = parseGroups(text);
  if (groups === undefined) return undefined;
  const word = (index: number): number => ((groups[index] ?? 0) << 16) | (groups[index + 1] ?? 0);
  return ipv6Address(word(0), word(2), word(4), word(6));
}

/** Reads `192.0.2.1:3478` or `[2001:db8::1]:3478`; `undefined` for anything else. */
export function parseTransportAddress(text: string): TransportAddress | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const ip = parseIpAddress(match?.[1] ?? match?.[2] ?? '');
  const port = Number(match?.[3]);
  if (ip === undefined || !(port <= 65535) || (ip.family === 6) !== (match?.[1] !== undefined)) return undefined;
  return transportAddress(ip, port);
}

/** The usual text: dotted quad, or RFC 5952 for IPv6 (without its dotted form for mapped addresses). */
export function formatIpAddress(ip: IpAddress): string {
  if (ip.family === 4) return [ip.w0 >>> 24, (ip.w0 >>> 16) & 255, (ip.w0 >>> 8) & 255, ip.w0 & 255].join('.');
  const groups = [ip.w0, ip.w1, ip.w2, ip.w3].flatMap((word) => [word >>> 16, word & 0xffff]);
  let start = -1;
  let longest = 1;
  for (let at = 0; at < 8; at += 1) {
    let end = at;
    while (end < 8 && groups[end] === 0) end += 1;
    if (end - at > longest) [start, longest] = [at, end - at];
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  return start < 0 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + longest))}`;
}

/** `192.0.2.1:3478` or `[2001:db8::1]:3478`. */
export function formatTransportAddress(address: TransportAddress): string {
  const ip = formatIpAddress(address);
  return address.family === 4 ? `${ip}:${address.port}` : `[${ip}]:${address.port}`;
}

function parseDottedQuad(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  let word = 0;
  for (const part of match.slice(1)) {
    if (Number(part) > 255 || (part.length > 1 && part.startsWith('0'))) return undefined;
    word = (word << 8) | Number(part);
  }
  return word;
}

function parseGroups(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const read = (half: string, isLast: boolean): number[] | undefined => {
    if (half === '') return [];
    const groups: number[] = [];
    const parts = half.split(':');
    for (const [index, part] of parts.entries()) {
      if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
      else {
        const quad = isLast && index === parts.length - 1 ? parseDottedQuad(part) : undefined;
        if (quad === undefined) return undefined;
        groups.push(quad >>> 16, quad & 0xffff);
      }
    }
    return groups;
  };
  const head = read(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? read(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}
