import { type MessageBuilder, writeInt32, writeUint16 } from '../message-builder.ts';
import { magicCookie, readInt32, readUint16, type StunMessage } from '../stun-message.ts';
import type { TransportAddress } from '../transport-address.ts';

/** Reads a plain address attribute: MAPPED-ADDRESS, ALTERNATE-SERVER, RESPONSE-ORIGIN ... (RFC 8489 §14.1). `undefined`: absent or malformed. */
export function readAddress(message: StunMessage, type: number): TransportAddress | undefined {
  const at = message.find(type);
  return at < 0 ? undefined : decode(message.bytes, at, false);
}

/** Reads an obfuscated address attribute: XOR-MAPPED-ADDRESS and those like it (RFC 8489 §14.2). `undefined`: absent or malformed. */
export function readXorAddress(message: StunMessage, type: number): TransportAddress | undefined {
  const at = message.find(type);
  return at < 0 ? undefined : decode(message.bytes, at, true);
}

/** As {@link readXorAddress}, for the attribute whose header is at `at`; for attributes that may repeat. */
export function readXorAddressAt(message: StunMessage, at: number): TransportAddress | undefined {
  return decode(message.bytes, at, true);
}

export function writeAddress(builder: MessageBuilder, type: number, address: TransportAddress): void {
  encode(builder, type, address, false);
}

export function writeXorAddress(builder: MessageBuilder, type: number, address: TransportAddress): void {
  encode(builder, type, address, true);
}

function decode(bytes: Uint8Array, at: number, isXor: boolean): TransportAddress | undefined {
  const length = readUint16(bytes, at + 2);
  const family = bytes[at + 5];
  const mask = (offset: number): number => (isXor ? readInt32(bytes, 4 + offset) : 0);
  const port = readUint16(bytes, at + 6) ^ (isXor ? magicCookie >>> 16 : 0);
  if (length === 8 && family === 1) return { family: 4, w0: readInt32(bytes, at + 8) ^ mask(0), w1: 0, w2: 0, w3: 0, port };
  if (length !== 20 || family !== 2) return undefined;
  return {
    family: 6,
    w0: readInt32(bytes, at + 8) ^ mask(0),
    w1: readInt32(bytes, at + 12) ^ mask(4),
    w2: readInt32(bytes, at + 16) ^ mask(8),
    w3: readInt32(bytes, at + 20) ^ mask(12),
    port,
  };
}

function encode(builder: MessageBuilder, type: number, address: TransportAddress, isXor: boolean): void {
  const at = builder.reserve(type, address.family === 4 ? 8 : 20);
  const bytes = builder.buffer;
  const mask = (offset: number): number => (isXor ? readInt32(bytes, 4 + offset) : 0);
  bytes[at] = 0;
  bytes[at + 1] = address.family === 4 ? 1 : 2;
  writeUint16(bytes, at + 2, address.port ^ (isXor ? magicCookie >>> 16 : 0));
  writeInt32(bytes, at + 4, address.w0 ^ mask(0));
  if (address.family === 4) return;
  writeInt32(bytes, at + 8, address.w1 ^ mask(4));
  writeInt32(bytes, at + 12, address.w2 ^ mask(8));
  writeInt32(bytes, at + 16, address.w3 ^ mask(12));
}
