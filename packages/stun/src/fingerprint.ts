import { stunAttribute } from './attribute-type.ts';
import { type MessageBuilder, writeInt32 } from './message-builder.ts';
import { readInt32, type StunMessage } from './stun-message.ts';

const crcTable = Int32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});
const fingerprintXor = 0x5354554e;

/** CRC-32 of ITU V.42 over `bytes[0..end)`, as a signed 32-bit integer. */
export function crc32(bytes: Uint8Array, end: number): number {
  let crc = -1;
  for (let at = 0; at < end; at += 1) crc = (crcTable[(crc ^ (bytes[at] ?? 0)) & 255] ?? 0) ^ (crc >>> 8);
  return ~crc;
}

/** Appends FINGERPRINT (RFC 8489 §14.7). It must be the last attribute. */
export function writeFingerprint(builder: MessageBuilder): void {
  const at = builder.reserve(stunAttribute.fingerprint, 4);
  writeInt32(builder.buffer, at, crc32(builder.buffer, at - 4) ^ fingerprintXor);
}

/** Whether the message carries a FINGERPRINT: `absent`, or whether its value is the right one. */
export function checkFingerprint(message: StunMessage): 'absent' | 'valid' | 'invalid' {
  const at = message.find(stunAttribute.fingerprint);
  if (at < 0) return 'absent';
  return (crc32(message.bytes, at) ^ fingerprintXor) === readInt32(message.bytes, at + 4) ? 'valid' : 'invalid';
}
