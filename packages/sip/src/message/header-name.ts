import { decodeAscii } from './sip-text.ts';

/** The name of a header field. Names that are known exist once, so that most comparisons are of identities. */
export interface HeaderName {
  /** Lower case, and never the compact form: what names are compared by (RFC 3261 §7.3.1, §7.3.3). */
  readonly key: string;
  /** As it is written. */
  readonly text: string;
  /** Whether its grammar is a list with commas, so that several lines and one line with several values are the same. */
  readonly isList: boolean;
}

/** Header fields whose grammar is a comma-separated list, with their compact forms where there are. */
const lists = [
  'Accept', 'Accept-Contact a', 'Accept-Encoding', 'Accept-Language', 'Alert-Info', 'Allow', 'Allow-Events u', 'Call-Info', 'Contact m', 'Content-Encoding e', 'Content-Language',
  'Diversion', 'Error-Info', 'Geolocation', 'History-Info', 'In-Reply-To', 'P-Asserted-Identity', 'P-Associated-URI', 'P-Early-Media', 'P-Preferred-Identity', 'Path',
  'Proxy-Require', 'Reason', 'Record-Route', 'Reject-Contact j', 'Remote-Party-ID', 'Request-Disposition d', 'Require', 'Route', 'Security-Client', 'Security-Server', 'Security-Verify',
  'Service-Route', 'Supported k', 'Unsupported', 'User-to-User', 'Via v', 'Warning',
];

/** Header fields with one value a line, which may itself contain commas. */
const singles = [
  'Authentication-Info', 'Authorization', 'CSeq', 'Call-ID i', 'Content-Disposition', 'Content-Length l', 'Content-Type c', 'Date', 'Event o', 'Expires', 'Flow-Timer', 'From f', 'Identity y',
  'Join', 'MIME-Version', 'Max-Forwards', 'Min-Expires', 'Min-SE', 'Organization', 'P-Access-Network-Info', 'P-Charging-Vector', 'Priority', 'Privacy', 'Proxy-Authenticate',
  'Proxy-Authorization', 'RAck', 'RSeq', 'Refer-Sub', 'Refer-To r', 'Referred-By b', 'Replaces', 'Reply-To', 'Retry-After', 'SIP-ETag', 'SIP-If-Match', 'Server', 'Session-Expires x',
  'Session-ID', 'Subject s', 'Subscription-State', 'Target-Dialog', 'Timestamp', 'To t', 'User-Agent', 'WWW-Authenticate',
];

const byText = new Map<string, HeaderName>();
const byHash = new Map<number, HeaderName>();
for (const [entries, isList] of [[lists, true], [singles, false]] as const) {
  for (const entry of entries) {
    const [text = '', compact] = entry.split(' ');
    const name: HeaderName = { key: text.toLowerCase(), text, isList };
    for (const spelling of [text, name.key]) byText.set(spelling, name);
    byHash.set(hashOf(name.key), name);
    if (compact !== undefined) {
      byText.set(compact, name);
      byHash.set(hashOf(compact), name);
    }
  }
}

/** The name that is written so; any case, long or compact. */
export function headerName(text: string): HeaderName {
  const known = byText.get(text);
  if (known !== undefined) return known;
  const key = text.toLowerCase();
  return byText.get(key) ?? { key, text, isList: false };
}

/** The name at `start`..`end` of a message whose {@link nextHash} went over it to `hash`. */
export function headerNameAt(bytes: Uint8Array, start: number, end: number, hash: number): HeaderName {
  const known = byHash.get(hash);
  if (known !== undefined && (end - start === 1 || isSpelling(bytes, start, end, known.key))) return known;
  return headerName(decodeAscii(bytes, start, end));
}

/** One step of the hash by which names in a message are found: over each byte, beginning with 0. Not for secrets, and what it finds is compared. */
export function nextHash(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + (byte | 0x20)) | 0;
}

function hashOf(key: string): number {
  let hash = 0;
  for (let at = 0; at < key.length; at += 1) hash = nextHash(hash, key.charCodeAt(at));
  return hash;
}

function isSpelling(bytes: Uint8Array, start: number, end: number, key: string): boolean {
  if (end - start !== key.length) return false;
  for (let at = 0; at < key.length; at += 1) if (((bytes[start + at] ?? 0) | 0x20) !== key.charCodeAt(at)) return false;
  return true;
}
