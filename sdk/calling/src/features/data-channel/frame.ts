/**
 * A message, or a fragment of one, as bytes; big-endian:
 *
 * ```
 *  0        version, 2
 *  1        kind
 *  2..5     channel id
 *  6..9     number of the message on its channel, from 1, wrapping
 * 10..11    index of this fragment
 * 12..13    number of fragments, at least 1
 *           payload
 * ```
 *
 * Between two people one frame is one message of a data channel. In a group call a message is one frame, which the server passes on.
 */
export interface Frame {
  readonly kind: FrameKind;
  readonly channelId: number;
  readonly sequenceNumber: number;
  readonly fragmentIndex: number;
  readonly fragmentCount: number;
  readonly payload: Uint8Array;
}

const kinds = { message: 1, close: 2, realTimeText: 3, diagnostic: 4 } as const;
export type FrameKind = keyof typeof kinds;

/** A message before it is divided. */
export type Message = Pick<Frame, 'kind' | 'channelId' | 'sequenceNumber' | 'payload'>;

/** ACS: a message has 32 KiB at most. */
export const maxMessageBytes = 32_768;
/** Every browser takes data channel messages of this size without trouble (RFC 8831 §6.6). */
export const durableFragmentBytes = 16_000;
/** Fits one packet on every path: a lossy message of one fragment is lost for itself alone. */
export const lossyFragmentBytes = 1000;

const version = 2;
const headerBytes = 14;

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
  const fragmentIndex = view.getUint16(10);
  const fragmentCount = view.getUint16(12);
  if (kind === undefined || fragmentIndex >= fragmentCount) return undefined;
  return {
    kind,
    channelId: view.getUint32(2),
    sequenceNumber: view.getUint32(6),
    fragmentIndex,
    fragmentCount,
    payload: bytes.subarray(headerBytes),
  };
}

function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(headerBytes + frame.payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, version);
  view.setUint8(1, kinds[frame.kind]);
  view.setUint32(2, frame.channelId);
  view.setUint32(6, frame.sequenceNumber);
  view.setUint16(10, frame.fragmentIndex);
  view.setUint16(12, frame.fragmentCount);
  bytes.set(frame.payload, headerBytes);
  return bytes;
}
