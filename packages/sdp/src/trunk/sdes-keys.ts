import type { Word } from 'sdp-transform';

/** Key and salt of each suite that is spoken, in bytes, best suite first (RFC 4568 §6.2, RFC 6188 §2, RFC 7714 §14.2). */
export const sdesSuites = {
  AEAD_AES_256_GCM: { keyBytes: 32, saltBytes: 12 },
  AEAD_AES_128_GCM: { keyBytes: 16, saltBytes: 12 },
  AES_256_CM_HMAC_SHA1_80: { keyBytes: 32, saltBytes: 14 },
  AES_CM_128_HMAC_SHA1_80: { keyBytes: 16, saltBytes: 14 },
  AES_CM_128_HMAC_SHA1_32: { keyBytes: 16, saltBytes: 14 },
} as const;

export type SdesSuite = keyof typeof sdesSuites;

export const sdesSuiteNames = Object.keys(sdesSuites) as readonly SdesSuite[];

/** A key in a description: an `a=crypto` line (RFC 4568 §9.1). */
export interface SdesKey {
  readonly tag: number;
  readonly suite: SdesSuite;
  /** Key and salt, one behind the other, as Base64. Belongs into no log. */
  readonly keyAndSalt: string;
  /** Suite as it was written, which an answer repeats; only where that differs. */
  readonly writtenSuite?: string;
  /** The master key identifier as each packet carries it, big-endian, 1 to 128 bytes; where there is one. */
  readonly identifier?: Uint8Array;
}

/** RFC 4568 §6.1. */
const longestIdentifier = 128;

interface CryptoLine {
  readonly id: Word;
  readonly suite: Word;
  readonly config: Word;
  readonly sessionConfig?: Word;
}

/** Names from before RFC 6188 that are still sent. */
const oldNames: Readonly<Record<string, SdesSuite>> = { AES_CM_256_HMAC_SHA1_80: 'AES_256_CM_HMAC_SHA1_80' };

/**
 * The keys of a section that can be used here, those without a master key identifier first, since every packet is longer with it. A line with several keys or with a session parameter that changes packets is none
 * (RFC 4568 §6.3: what is not understood is not to be used); lifetimes are longer than any call and are passed over.
 */
export function readSdesKeys(lines: readonly CryptoLine[] = []): readonly SdesKey[] {
  const keys = lines.flatMap((line) => readSdesKey(line) ?? []);
  return keys.toSorted((a, b) => (a.identifier?.length ?? 0) - (b.identifier?.length ?? 0));
}

/** `inline:<key and salt>[|<lifetime>][|<identifier>:<its length in packets>]` (RFC 4568 §9.2). */
function readSdesKey({ id, suite, config, sessionConfig }: CryptoLine): SdesKey | undefined {
  const written = String(suite);
  const known = suiteNamed(written.toUpperCase());
  const [method, rest = ''] = String(config).split(/:(.*)/s);
  const [keyAndSalt = '', ...parameters] = rest.split('|');
  if (known === undefined || method?.toLowerCase() !== 'inline' || !isHarmless(sessionConfig) || !hasLength(keyAndSalt, known)) return undefined;
  const key: SdesKey = { tag: Number(id), suite: known, keyAndSalt, ...(written !== known && { writtenSuite: written }) };
  const named = parameters.find((parameter) => parameter.includes(':'));
  if (named === undefined) return key;
  const identifier = readIdentifier(named);
  return identifier && { ...key, identifier };
}

/** A number, and in how many bytes packets have it. */
function readIdentifier(text: string): Uint8Array | undefined {
  const [, value = '', length = ''] = /^([0-9]{1,309}):([0-9]{1,3})$/.exec(text) ?? [];
  const bytes = Number(length);
  if (value === '' || bytes < 1 || bytes > longestIdentifier) return undefined;
  const digits = BigInt(value).toString(16).padStart(2 * bytes, '0');
  if (digits.length > 2 * bytes) return undefined;
  return Uint8Array.from({ length: bytes }, (_, at) => Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16));
}

/** Its line of a description (RFC 4568 §9.1). */
export function writeSdesKey({ tag, suite, keyAndSalt, writtenSuite }: SdesKey): string {
  return `a=crypto:${tag} ${writtenSuite ?? suite} inline:${keyAndSalt}`;
}

/** A description for people: what its keys are is left out. */
export function withoutKeys(sdp: string): string {
  return sdp.replaceAll(/(a=crypto:\d+[ \t]+\S+[ \t]+)[^\r\n]*/gi, '$1inline:...').replaceAll(/^k=[^\r\n]*/gim, 'k=...');
}

function suiteNamed(name: string): SdesSuite | undefined {
  return sdesSuiteNames.find((suite) => suite === name) ?? (Object.hasOwn(oldNames, name) ? oldNames[name] : undefined);
}

/** A window size is a hint to the receiver, and what begins with `-` may be ignored (RFC 4568 §6.3). */
function isHarmless(sessionConfig: Word | undefined): boolean {
  const parameters = String(sessionConfig ?? '').split(/\s+/).filter((parameter) => parameter !== '');
  return parameters.every((parameter) => parameter.startsWith('-') || parameter.toUpperCase().startsWith('WSH='));
}

function hasLength(text: string, suite: SdesSuite): boolean {
  const { keyBytes, saltBytes } = sdesSuites[suite];
  // Two at most, and so looked for once: a long run of them would be searched again from each.
  const bare = text.replace(/={1,2}$/, '');
  return /^[A-Za-z0-9+/]+$/.test(bare) && Math.floor((bare.length * 3) / 4) === keyBytes + saltBytes;
}
