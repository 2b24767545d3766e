import { instant } from '@dialplane/sansio';
import type { AudioPacket } from '../audio-mixer.ts';
import type { RingReader, RingWriter } from '../../threads/record-ring.ts';

/** Kind of a record with one received packet. */
export const packetKind = 1;

/** Largest payload that is taken: 120 ms of Opus at its highest rate are less (RFC 6716 §3.2.1). */
export const mostPayloadBytes = 1500;

/** Where the fields are: a double, then words of 32 bits, then the payload. */
const memberWord = 2;
const ssrcWord = 3;
const timestampWord = 4;
const sequenceWord = 5;
const levelWord = 6;
const lengthWord = 7;
const payloadByte = 32;

/** @returns False where it does not fit: it is lost. */
export function writePacket(ring: RingWriter, member: number, packet: AudioPacket): boolean {
  const { length } = packet;
  if (!(length >= 0 && length <= mostPayloadBytes)) return false;
  const at = ring.reserve(packetKind, payloadByte + length);
  if (at < 0) return false;
  const word = at >> 2;
  ring.doubles[at >> 3] = packet.arrivedAt;
  ring.words[word + memberWord] = member;
  ring.words[word + ssrcWord] = packet.ssrc;
  ring.words[word + timestampWord] = packet.timestamp;
  ring.words[word + sequenceWord] = (packet.sequenceNumber & 0xffff) | (packet.payloadType << 16);
  ring.words[word + levelWord] = packet.level;
  ring.words[word + lengthWord] = length;
  for (let index = 0; index < length; index += 1) ring.bytes[at + payloadByte + index] = packet.bytes[packet.offset + index] ?? 0;
  ring.commit();
  return true;
}

/**
 * Reads a record of `packetKind` into `packet`, whose bytes are then those of the ring.
 * @returns The member's number.
 */
export function readPacket(ring: RingReader, offset: number, packet: AudioPacket): number {
  const word = offset >> 2;
  const sequence = ring.words[word + sequenceWord] ?? 0;
  packet.arrivedAt = instant(ring.doubles[offset >> 3] ?? 0);
  packet.ssrc = ring.words[word + ssrcWord] ?? 0;
  packet.timestamp = ring.words[word + timestampWord] ?? 0;
  packet.sequenceNumber = sequence & 0xffff;
  packet.payloadType = sequence >>> 16;
  packet.level = ring.words[word + levelWord] ?? -1;
  packet.bytes = ring.bytes;
  packet.offset = offset + payloadByte;
  packet.length = ring.words[word + lengthWord] ?? 0;
  return ring.words[word + memberWord] ?? 0;
}
