import { BlockList, isIP } from 'node:net';

/** Ranges of IP addresses (RFC 4632, RFC 4291 §2.3). */
export class AddressRanges {
  readonly #list = new BlockList();

  /** @param ranges addresses, or ranges such as `198.51.100.0/24`; what is neither is left out. */
  constructor(ranges: readonly string[]) {
    for (const range of ranges) {
      const parsed = parseRange(range);
      if (parsed !== undefined) this.#list.addSubnet(parsed.address, parsed.bits, parsed.family);
    }
  }

  static isRange(text: string): boolean {
    return parseRange(text) !== undefined;
  }

  has(address: string): boolean {
    const plain = address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
    const family = isIP(plain);
    return family !== 0 && this.#list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
  }
}

function parseRange(text: string): { readonly address: string; readonly bits: number; readonly family: 'ipv4' | 'ipv6' } | undefined {
  const [address = '', suffix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0 || (suffix !== undefined && !/^\d{1,3}$/.test(suffix))) return undefined;
  const most = version === 4 ? 32 : 128;
  const bits = suffix === undefined ? most : Number(suffix);
  return bits <= most ? { address, bits, family: version === 4 ? 'ipv4' : 'ipv6' } : undefined;
}
