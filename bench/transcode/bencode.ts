/** What rtpengine's control protocol is made of. */
export type Bencoded = string | number | readonly Bencoded[] | { readonly [key: string]: Bencoded };

export function bencode(value: Bencoded): string {
  if (typeof value === 'number') return `i${value}e`;
  if (typeof value === 'string') return `${Buffer.byteLength(value)}:${value}`;
  if (Array.isArray(value)) return `l${value.map(bencode).join('')}e`;
  return `d${Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, entry]) => bencode(key) + bencode(entry)).join('')}e`;
}

/** @throws where it is something else. */
export function parseBencode(bytes: Buffer): Bencoded {
  let at = 0;
  const until = (mark: string): string => {
    const end = bytes.indexOf(mark, at);
    const text = bytes.toString('utf8', at, end);
    at = end + 1;
    return text;
  };
  const isEnd = (): boolean => {
    if (bytes[at] !== 0x65) return false;
    at += 1;
    return true;
  };
  const read = (): Bencoded => {
    const kind = String.fromCharCode(bytes[at] ?? 0);
    if (kind >= '0' && kind <= '9') return text();
    at += 1;
    if (kind === 'i') return Number(until('e'));
    if (kind === 'l') {
      const entries: Bencoded[] = [];
      while (!isEnd()) entries.push(read());
      return entries;
    }
    if (kind !== 'd') throw new Error(`an answer of rtpengine that is no bencode at ${at}`);
    const entries: Record<string, Bencoded> = {};
    while (!isEnd()) entries[text()] = read();
    return entries;
  };
  const text = (): string => {
    const length = Number(until(':'));
    at += length;
    return bytes.toString('utf8', at - length, at);
  };
  return read();
}
