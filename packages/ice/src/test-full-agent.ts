import { createHash, createHmac } from 'node:crypto';
import { type Instant, instant, seededRandomness } from '@dialplane/sansio';
import {
  checkFingerprint,
  MessageBuilder,
  parseStunMessage,
  parseTransportAddress,
  readErrorCode,
  readXorAddress,
  stunAttribute,
  type StunCrypto,
  stunMethod,
  type TransportAddress,
  verifyMessageIntegrity,
  writeFingerprint,
  writeShortTerm,
} from '@dialplane/stun';
import { AgentTable, createIceCredentials, iceAttribute, type IceCredentials, type LiteAgent } from './index.ts';

const hmac = (algorithm: string) => (key: Uint8Array, chunks: readonly Uint8Array[]): Uint8Array => {
  const running = createHmac(algorithm, key);
  for (const chunk of chunks) running.update(chunk);
  return running.digest();
};
const hash = (algorithm: string) => (data: Uint8Array): Uint8Array => createHash(algorithm).update(data).digest();

export const testCrypto: StunCrypto = { hmacSha1: hmac('sha1'), hmacSha256: hmac('sha256'), md5: hash('md5'), sha256: hash('sha256') };

/** How a check is to be; what is not said is right. */
export interface CheckShape {
  readonly username?: string;
  readonly password?: string;
  readonly priority?: number;
  readonly withoutPriority?: true;
  readonly nominates?: true;
  readonly role?: 'controlling' | 'controlled';
  readonly integrity?: 'sha1' | 'sha256';
  readonly extra?: number;
}

/** A table with agents, and a peer that writes checks for them. */
export class TestFullAgent {
  now: Instant = instant(1_000_000);
  readonly randomness = seededRandomness(7);
  readonly table = new AgentTable<string>({ crypto: testCrypto, seed: 99 });

  add(owner: string): { readonly agent: LiteAgent<string>; readonly credentials: IceCredentials } {
    const credentials = createIceCredentials(this.randomness);
    const agent = this.table.add(owner, credentials, this.now);
    if (agent === undefined) throw new Error('fresh credentials were refused');
    return { agent, credentials };
  }

  after(milliseconds: number): void {
    this.now = instant(this.now + milliseconds);
  }

  /** Sends a check. @returns what the answer says. */
  check({ usernameFragment, password }: IceCredentials, from: string, shape: CheckShape = {}, socket = 1): 'silence' | { readonly mapped: TransportAddress } | { readonly code: number | undefined } {
    const outcome = this.table.handleMessage(socket, address(from), writeCheck({ usernameFragment, password }, shape), this.now);
    if (outcome?.answer === undefined) return 'silence';
    const parsed = parseStunMessage(outcome.answer);
    if (!parsed.ok) throw new Error(parsed.code);
    const key = new TextEncoder().encode(password);
    if (!verifyMessageIntegrity(parsed.value, shape.integrity ?? 'sha1', key, testCrypto) || checkFingerprint(parsed.value) !== 'valid') throw new Error('the answer is not signed');
    const mapped = readXorAddress(parsed.value, stunAttribute.xorMappedAddress);
    return mapped === undefined ? { code: readErrorCode(parsed.value)?.code } : { mapped };
  }
}

export function writeCheck({ usernameFragment, password }: IceCredentials, shape: CheckShape): Uint8Array {
  const builder = new MessageBuilder(new Uint8Array(512));
  builder.begin('request', stunMethod.binding, new Uint8Array(12).fill(5));
  if (shape.withoutPriority === undefined) builder.uint32(iceAttribute.priority, shape.priority ?? 1000);
  if (shape.nominates === true) builder.attribute(iceAttribute.useCandidate, new Uint8Array(0));
  builder.attribute(shape.role === 'controlled' ? iceAttribute.iceControlled : iceAttribute.iceControlling, new Uint8Array(8).fill(1));
  if (shape.extra !== undefined) builder.attribute(shape.extra, new Uint8Array(4));
  writeShortTerm(builder, shape.username ?? `${usernameFragment}:peer`, shape.integrity ?? 'sha1', new TextEncoder().encode(shape.password ?? password), testCrypto);
  writeFingerprint(builder);
  return builder.finish();
}

export function address(text: string): TransportAddress {
  const parsed = parseTransportAddress(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
}
