import { lookup as lookupHost, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Whom this server calls on behalf of an application: never itself or a neighbour, unless an operator says so. */
export interface WebhookGuard {
  /** Why an address may not be called, in a sentence; `undefined` where nothing speaks against it yet: names are looked up later. */
  refusal(url: string): string | undefined;
  /** Looks names up for a connection, and fails for those that lead where we do not go. It is the address looked at that is connected to, so a name cannot change its mind. */
  readonly lookup: LookupFunction;
}

const inside = new BlockList();
for (const [address, bits] of [['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['224.0.0.0', 3]] as const) {
  inside.addSubnet(address, bits, 'ipv4');
}
// Those that carry an IPv4 address (RFC 4291 §2.5.5.1, RFC 6052, RFC 8215, Teredo, 6to4) could lead to one of the above.
for (const [address, bits] of [['::', 96], ['64:ff9b::', 96], ['64:ff9b:1::', 48], ['2001::', 32], ['2002::', 16], ['fc00::', 7], ['fe80::', 10], ['fec0::', 10], ['ff00::', 8]] as const) {
  inside.addSubnet(address, bits, 'ipv6');
}

/** @param reach `public`: HTTPS, and public addresses only; `private`: HTTP and private addresses as well. */
export function webhookGuard(reach: 'public' | 'private'): WebhookGuard {
  const isRefused = (address: string): boolean => reach === 'public' && isInside(address);
  return {
    refusal: (text) => {
      const url = URL.parse(text);
      if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return `${text.slice(0, 100)} is not an address of a web server.`;
      if (url.username !== '' || url.password !== '') return 'The address of a webhook has no password in it.';
      if (reach === 'public' && url.protocol !== 'https:') return 'Webhooks are called over HTTPS. Start the server with --webhooks private where plain HTTP to an address of your own is meant.';
      const host = url.hostname.replace(/^\[|\]$/g, '');
      return isIP(host) !== 0 && isRefused(host) ? privateSentence(host) : undefined;
    },
    lookup: (hostname, options, answer) => {
      lookupHost(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
        const refused = addresses?.find(({ address }) => isRefused(address));
        if (error !== null) return answer(error, '', 0);
        if (refused !== undefined) return answer(new Error(privateSentence(`${hostname} (${refused.address})`)), '', 0);
        if (options.all === true) return answer(null, addresses);
        const [first] = addresses;
        return answer(null, first?.address ?? '', first?.family ?? 0);
      });
    },
  };
}

/** An IPv4 address that is written as an IPv6 one (`::ffff:10.0.0.1`) is that IPv4 address. */
function isInside(address: string): boolean {
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
  return inside.check(address, family) || ownAddresses().check(address, family);
}

/** Public ones among them: what listens there may be meant for this machine alone. */
function ownAddresses(): BlockList {
  const own = new BlockList();
  for (const { address, family } of Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])) own.addAddress(address, family === 'IPv4' ? 'ipv4' : 'ipv6');
  return own;
}

function privateSentence(host: string): string {
  return `${host} is an address of a private network or of this machine, and webhooks there are not called. Start the server with --webhooks private where that is meant.`;
}
