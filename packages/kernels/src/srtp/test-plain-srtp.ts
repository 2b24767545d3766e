/** SRTP packet by packet in plain TypeScript over node:crypto, as RFC 3711 and RFC 7714 are written: what the kernel is held to. It keeps no state. */
import { createCipheriv, createHmac } from 'node:crypto';
import type { SessionKeys } from './derive-session-keys.ts';

interface PlainPacketIdentity {
  readonly ssrc: number;
  /** 48 bits. */
  readonly index: bigint;
  /** ROC, or E flag and SRTCP index. */
  readonly trailer: number;
}

/** RFC 3711 §3.1, RFC 7714 §8.2. */
export function protectRtp(keys: SessionKeys, header: Buffer, body: Uint8Array, rolloverCounter: number): Buffer {
  const index = (BigInt(rolloverCounter) << 16n) + BigInt(header.readUInt16BE(2));
  const sealed = seal(keys, { ssrc: header.readUInt32BE(8), index, trailer: rolloverCounter }, header, body, 'rtp');
  return Buffer.concat([header, sealed.ciphertext, sealed.tag]);
}

/** RFC 3711 §3.4, RFC 7714 §9.2 and §9.3. */
export function protectRtcp(keys: SessionKeys, packet: Buffer, index: number, isEncrypted = true): Buffer {
  const trailer = isEncrypted ? index + 2 ** 31 : index;
  const headerBytes = isEncrypted ? 8 : packet.length;
  const header = packet.subarray(0, headerBytes);
  const { ciphertext, tag } = seal(keys, { ssrc: packet.readUInt32BE(4), index: BigInt(index), trailer }, header, packet.subarray(headerBytes), 'rtcp');
  const end = isAead(keys) ? [tag, word(trailer)] : [word(trailer), tag];
  return Buffer.concat([header, ciphertext, ...end]);
}

function isAead(keys: SessionKeys): boolean {
  return keys.authenticationKey.length === 0;
}

function seal(keys: SessionKeys, identity: PlainPacketIdentity, header: Buffer, body: Uint8Array, protocol: 'rtp' | 'rtcp'): { readonly ciphertext: Buffer; readonly tag: Buffer } {
  const salt = BigInt(`0x${Buffer.from(keys.salt).toString('hex')}`);
  if (isAead(keys)) {
    const vector = salt ^ (BigInt(identity.ssrc) << 48n) ^ identity.index;
    const cipher = createCipheriv(keys.cipherKey.length === 32 ? 'aes-256-gcm' : 'aes-128-gcm', keys.cipherKey, bytes(vector, 12));
    cipher.setAAD(protocol === 'rtp' ? header : Buffer.concat([header, word(identity.trailer)]));
    const ciphertext = Buffer.concat([cipher.update(body), cipher.final()]);
    return { ciphertext, tag: cipher.getAuthTag() };
  }
  const counter = (salt << 16n) ^ (BigInt(identity.ssrc) << 64n) ^ (identity.index << 16n);
  const ciphertext = createCipheriv(keys.cipherKey.length === 32 ? 'aes-256-ctr' : 'aes-128-ctr', keys.cipherKey, bytes(counter, 16)).update(body);
  const tag = createHmac('sha1', keys.authenticationKey).update(header).update(ciphertext).update(word(identity.trailer)).digest().subarray(0, keys.tagBytes);
  return { ciphertext, tag };
}

function bytes(value: bigint, length: number): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * length, '0'), 'hex');
}

function word(value: number): Buffer {
  const result = Buffer.alloc(4);
  result.writeUInt32BE(value);
  return result;
}
