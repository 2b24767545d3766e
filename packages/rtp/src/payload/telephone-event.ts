import { readUint16, writeUint16 } from '../big-endian.ts';

/** A telephone event as one packet tells of it (RFC 4733 §2.3). */
export interface TelephoneEvent {
  /** 0..15 are the keys of {@link dtmfTones}. */
  readonly event: number;
  /** Whether the event is over. */
  readonly end: boolean;
  /** 0..63 in -dBm0. */
  readonly volume: number;
  /** Since the packet's timestamp, in units of the clock. */
  readonly duration: number;
}

/** Keys in the order of their events (RFC 4733 §3.2, table 3). */
export const dtmfTones = '0123456789*#ABCD';

export const telephoneEventLength = 4;

/** Reads the first event of a payload; `undefined` where it is cut short. */
export function parseTelephoneEvent(bytes: Uint8Array, offset: number, length: number): TelephoneEvent | undefined {
  if (length < telephoneEventLength) return undefined;
  const second = bytes[offset + 1] ?? 0;
  return { event: bytes[offset] ?? 0, end: second >>> 7 === 1, volume: second & 0x3f, duration: readUint16(bytes, offset + 2) };
}

/** Writes {@link telephoneEventLength} bytes. */
export function writeTelephoneEvent(bytes: Uint8Array, at: number, event: TelephoneEvent): void {
  bytes[at] = event.event;
  bytes[at + 1] = (event.end ? 0x80 : 0) | event.volume;
  writeUint16(bytes, at + 2, event.duration);
}
