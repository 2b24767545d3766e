import assert from 'node:assert/strict';
import { loadSrtp } from './load-srtp.ts';
import { type SrtpMasterKey, srtpProfile, srtpProfileLengths } from './srtp-profile.ts';
import { protectWords, type Srtp, srtpFailure, srtpKind, srtpOverheadBytes, unprotectWords } from './srtp.ts';

export const profiles = Object.values(srtpProfile);

/** A master key that is only as good as a test. */
export function testMasterKey(profile: (typeof profiles)[number], seed = 1): SrtpMasterKey {
  const { keyBytes, saltBytes } = srtpProfileLengths[profile];
  return { profile, key: Uint8Array.from({ length: keyBytes }, (_, at) => seed * 31 + at), salt: Uint8Array.from({ length: saltBytes }, (_, at) => seed * 17 + at * 3) };
}

/** The kernel; a test that needs it is a `nativeTest`. */
export function openSrtp(): Srtp {
  const loaded = loadSrtp();
  assert.ok(loaded.kind === 'loaded');
  return loaded.exports;
}

type Kind = keyof typeof srtpKind;

export interface Parts {
  readonly header: Uint8Array;
  readonly prefix?: Uint8Array;
  readonly payload?: Uint8Array;
}

/** Protects one packet, with its parts in different places. @returns The packet, or the name of a failure. */
export function protect(srtp: Pick<Srtp, 'protect'>, context: number, kind: Kind, { header, prefix = new Uint8Array(), payload = new Uint8Array() }: Parts): Buffer | string {
  const front = header.length + prefix.length;
  const slab = Buffer.alloc(front + front + payload.length + srtpOverheadBytes);
  slab.set(header);
  slab.set(prefix, header.length);
  const words = new Int32Array(protectWords.stride);
  words[protectWords.context] = context;
  words[protectWords.kind] = srtpKind[kind];
  words[protectWords.headerLength] = header.length;
  words[protectWords.prefixLength] = prefix.length;
  words[protectWords.payloadLength] = payload.length;
  words[protectWords.destinationOffset] = front;
  srtp.protect(slab, words, 1, payload);
  const result = words[protectWords.result] ?? 0;
  return result < 0 ? failureName(result) : slab.subarray(front, front + result);
}

export interface Unprotected {
  readonly packet: Buffer;
  readonly headerLength: number;
  readonly rolloverCounter: number;
}

/** Unprotects one packet in the middle of a slab that is filled with `beside`. @returns The plain packet, or the name of a failure. */
export function unprotect(srtp: Pick<Srtp, 'unprotect'>, context: number, kind: Kind, packet: Uint8Array, beside = 0xa5): Unprotected | string {
  const margin = 64;
  const slab = Buffer.alloc(packet.length + 2 * margin, beside);
  slab.set(packet, margin);
  const words = new Int32Array(unprotectWords.stride);
  words[unprotectWords.context] = context;
  words[unprotectWords.kind] = srtpKind[kind];
  words[unprotectWords.offset] = margin;
  words[unprotectWords.length] = packet.length;
  srtp.unprotect(slab, words, 1);
  assert.ok([...slab.subarray(0, margin), ...slab.subarray(margin + packet.length)].every((byte) => byte === beside), 'bytes beside the packet were written');
  const result = words[unprotectWords.result] ?? 0;
  if (result < 0) return failureName(result);
  return { packet: slab.subarray(margin, margin + result), headerLength: words[unprotectWords.headerLength] ?? 0, rolloverCounter: words[unprotectWords.rolloverCounter] ?? 0 };
}

function failureName(result: number): string {
  return Object.entries(srtpFailure).find(([, value]) => value === result)?.[0] ?? String(result);
}

export interface RtpFields {
  readonly ssrc?: number;
  readonly sequenceNumber?: number;
  readonly csrcs?: number;
  /** Of the header extension in words; without it there is none. */
  readonly extensionWords?: number;
}

/** An RTP header (RFC 3550 §5.1). */
export function rtpHeader({ ssrc = 0x1234_5678, sequenceNumber = 1, csrcs = 0, extensionWords }: RtpFields = {}): Buffer {
  const header = Buffer.alloc(12 + 4 * csrcs + (extensionWords === undefined ? 0 : 4 + 4 * extensionWords), 0x5a);
  header[0] = 0x80 | (extensionWords === undefined ? 0 : 0x10) | csrcs;
  header[1] = 96;
  header.writeUInt16BE(sequenceNumber, 2);
  header.writeUInt32BE(ssrc, 8);
  if (extensionWords === undefined) return header;
  header.writeUInt16BE(0xbede, 12 + 4 * csrcs);
  header.writeUInt16BE(extensionWords, 14 + 4 * csrcs);
  return header;
}

/** A receiver report without blocks (RFC 3550 §6.4.2) and `extra` more words. */
export function rtcpPacket({ ssrc = 0x1234_5678, extra = 0 } = {}): Buffer {
  const packet = Buffer.alloc(8 + 4 * extra, 0x3c);
  packet[0] = 0x80;
  packet[1] = 201;
  packet.writeUInt16BE(1 + extra, 2);
  packet.writeUInt32BE(ssrc, 4);
  return packet;
}
