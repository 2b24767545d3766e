import { readUint16, writeUint16 } from '@dialplane/stun';

/** RFC 8656 §12: the numbers a channel may have; a client of ours picks from these. */
export const firstChannel = 0x4000;
export const lastChannel = 0x4fff;
/**
 * The last number a server accepts. Deviation: that of RFC 5766 §11, since its clients are about and pick from all of them; on a relay's port there
 * is nothing else that the first byte would have to tell apart.
 */
export const lastAcceptedChannel = 0x7ffe;
/** Bytes before the data of a ChannelData message (RFC 8656 §12.4). */
export const channelHeaderLength = 4;

/** Whether a first byte announces ChannelData (RFC 5766 §11.4; RFC 8656 §12, table 3 leaves the upper numbers unused). */
export function isChannelByte(byte: number | undefined): boolean {
  return byte !== undefined && byte >>> 6 === 1;
}

/** A ChannelData message; `data` is a view. */
export interface ChannelData {
  readonly channel: number;
  readonly data: Uint8Array;
}

/** Reads a ChannelData message; bytes after its data (padding) are ignored. `undefined` for anything else (RFC 8656 §12.6). */
export function parseChannelData(bytes: Uint8Array): ChannelData | undefined {
  if (bytes.length < channelHeaderLength || !isChannelByte(bytes[0])) return undefined;
  const end = channelHeaderLength + readUint16(bytes, 2);
  return end > bytes.length ? undefined : { channel: readUint16(bytes, 0), data: bytes.subarray(channelHeaderLength, end) };
}

/** Length of a ChannelData message with `dataLength` bytes; over a stream it is padded to a multiple of 4 (RFC 8656 §12.5). */
export function channelDataLength(dataLength: number, isStream: boolean): number {
  return channelHeaderLength + (isStream ? (dataLength + 3) & ~3 : dataLength);
}

/** A new ChannelData message with a copy of `data`, at most 65535 bytes. */
export function encodeChannelData(channel: number, data: Uint8Array, isStream: boolean): Uint8Array {
  const bytes = new Uint8Array(channelDataLength(data.length, isStream));
  writeUint16(bytes, 0, channel);
  writeUint16(bytes, 2, data.length);
  bytes.set(data, channelHeaderLength);
  return bytes;
}
