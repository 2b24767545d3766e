/**
 * How messages travel over the call's two data channels. One frame is one data channel message, big-endian:
 *
 * ```
 *  0        version, 1
 *  1        kind
 *  2..5     channel id
 *  6..9     number of the message on its channel, from 1, wrapping
 * 10..11    index of this fragment
 * 12..13    number of fragments, at least 1
 * 14        number of parties, then 16 bytes for each: a participant id (UUID)
 *           payload
 * ```
 *
 * Between two peers there are no parties. Towards a backend they are the receivers (none: everybody), and from a backend the
 * one party is the sender.
 */
export interface Frame {
  readonly kind: FrameKind;
  readonly channelId: number;
  readonly sequenceNumber: number;
  readonly fragmentIndex: number;
  readonly fragmentCount: number;
  readonly parties: readonly string[];
  readonly payload: Uint8Array;
}

const kinds = { message: 1, close: 2, realTimeText: 3, diagnostic: 4 } as const;
export type FrameKind = keyof typeof kinds;

/** A message before it is divided. */
export type Message = Pick<Frame, 'kind' | 'channelId' | 'sequenceNumber' | 'parties' | 'payload'>;

/** ACS: a message has 32 KiB at most. */
export const maxMessageBytes = 32_768;
/** Every browser takes data channel messages of this size without trouble (RFC 8831 §6.6). */
export const durableFragmentBytes = 16_000;
/** Fits one packet on every path: a lossy message of one fragment is lost for itself alone. */
export const lossyFragmentBytes = 1000;

const version = 1;
const headerBytes = 15;
const partyBytes = 16;
const maxParties = 255;

/** Divides a message into frames with at most `fragmentBytes` of payload each. */
export function encodeMessage(message: Message, fragmentBytes: number): Uint8Array<ArrayBuffer>[] {
  const fragmentCount = Math.max(1, Math.ceil(message.payload.length / fragmentBytes));
  return Array.from({ length: fragmentCount }, (_, fragmentIndex) =>
    encodeFrame({ ...message, fragmentIndex, fragmentCount, payload: message.payload.subarray(fragmentIndex * fragmentBytes, (fragmentIndex + 1) * fragmentBytes) }),
  );
}

/** Reads a frame; undefined for anything that is not one. The payload is a view into `bytes`. */
export function parseFrame(bytes: Uint8Array): Frame | undefined {
  if (bytes.length < headerBytes || bytes[0] !== version) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = (Object.keys(kinds) as FrameKind[]).find((name) => kinds[name] === bytes[1]);
  const partyCount = view.getUint8(14);
  const payloadStart = headerBytes + partyCount * partyBytes;
  const fragmentIndex = view.getUint16(10);
  const fragmentCount = view.getUint16(12);
  if (kind === undefined || bytes.length < payloadStart || fragmentIndex >= fragmentCount) return undefined;
  return {
    kind,
    channelId: view.getUint32(2),
    sequenceNumber: view.getUint32(6),
    fragmentIndex,
    fragmentCount,
    parties: Array.from({ length: partyCount }, (_, index) => parseUuid(bytes.subarray(headerBytes + index * partyBytes, headerBytes + (index + 1) * partyBytes))),
    payload: bytes.subarray(payloadStart),
  };
}

function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const parties = frame.parties.slice(0, maxParties);
  const payloadStart = headerBytes + parties.length * partyBytes;
  const bytes = new Uint8Array(payloadStart + frame.payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, version);
  view.setUint8(1, kinds[frame.kind]);
  view.setUint32(2, frame.channelId);
  view.setUint32(6, frame.sequenceNumber);
  view.setUint16(10, frame.fragmentIndex);
  view.setUint16(12, frame.fragmentCount);
  view.setUint8(14, parties.length);
  for (const [index, party] of parties.entries()) bytes.set(encodeUuid(party), headerBytes + index * partyBytes);
  bytes.set(frame.payload, payloadStart);
  return bytes;
}

function parseUuid(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function encodeUuid(uuid: string): Uint8Array {
  const hex = uuid.replaceAll('-', '');
  return Uint8Array.from({ length: partyBytes }, (_, index) => Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16));
}
