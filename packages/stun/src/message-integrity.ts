import { invariant } from '@dialplane/sansio';
import { stunAttribute } from './attribute-type.ts';
import { type MessageBuilder, writeUint16 } from './message-builder.ts';
import { equalInConstantTime, type StunCrypto } from './stun-crypto.ts';
import { headerLength, type StunMessage } from './stun-message.ts';

/** Which attribute protects a message: MESSAGE-INTEGRITY (`sha1`) or MESSAGE-INTEGRITY-SHA256 (`sha256`). */
export type IntegrityAlgorithm = 'sha1' | 'sha256';

/** The strongest message integrity a message carries; the one RFC 8489 §9.1.3 and §9.2.4 tell the receiver to verify. */
export function integrityOf(message: StunMessage): IntegrityAlgorithm | undefined {
  if (message.has(stunAttribute.messageIntegritySha256)) return 'sha256';
  return message.has(stunAttribute.messageIntegrity) ? 'sha1' : undefined;
}

/** Appends MESSAGE-INTEGRITY (RFC 8489 §14.5) or the untruncated MESSAGE-INTEGRITY-SHA256 (§14.6). */
export function writeMessageIntegrity(builder: MessageBuilder, algorithm: IntegrityAlgorithm, key: Uint8Array, crypto: StunCrypto): void {
  if (algorithm === 'sha256') return writeTruncatedIntegrity(builder, 32, key, crypto);
  const at = builder.reserve(stunAttribute.messageIntegrity, 20);
  builder.buffer.set(crypto.hmacSha1(key, [builder.buffer.subarray(0, at - 4)]), at);
}

/** Appends MESSAGE-INTEGRITY-SHA256 cut to `length` bytes: 16..32, a multiple of 4 (RFC 8489 §14.6), for usages that permit it. */
export function writeTruncatedIntegrity(builder: MessageBuilder, length: number, key: Uint8Array, crypto: StunCrypto): void {
  invariant(length >= 16 && length <= 32 && length % 4 === 0, `MESSAGE-INTEGRITY-SHA256 cannot have ${length} bytes`);
  const at = builder.reserve(stunAttribute.messageIntegritySha256, length);
  builder.buffer.set(crypto.hmacSha256(key, [builder.buffer.subarray(0, at - 4)]).subarray(0, length), at);
}

/**
 * Verifies the given message integrity in constant time: the HMAC covers everything before the attribute, with the header's length as if
 * the message ended with it.
 *
 * @param shortestSha256 least length of a MESSAGE-INTEGRITY-SHA256; 32 unless the usage permits truncation (RFC 8489 §14.6).
 */
export function verifyMessageIntegrity(message: StunMessage, algorithm: IntegrityAlgorithm, key: Uint8Array, crypto: StunCrypto, shortestSha256 = 32): boolean {
  const at = message.find(algorithm === 'sha1' ? stunAttribute.messageIntegrity : stunAttribute.messageIntegritySha256);
  if (at < 0) return false;
  const value = message.valueAt(at);
  if (algorithm === 'sha256' && value.length < shortestSha256) return false;
  const head = message.bytes.slice(0, 4);
  writeUint16(head, 2, at + 4 + value.length - headerLength);
  const chunks = [head, message.bytes.subarray(4, at)];
  const expected = algorithm === 'sha1' ? crypto.hmacSha1(key, chunks) : crypto.hmacSha256(key, chunks).subarray(0, value.length);
  return equalInConstantTime(value, expected);
}
