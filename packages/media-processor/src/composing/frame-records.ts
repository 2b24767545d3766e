import type { RingReader, RingWriter } from '../threads/record-ring.ts';
import { type ComposedFrame, type ComposedSize, composedSizes } from './video-composer.ts';

/** Kinds of records: a frame of a source to the composer, a composed one from it. */
export const sourceFrameKind = 1;
export const composedFrameKind = 2;

/** A frame of a source is larger than this only where it is no picture of a call. */
const mostFrameBytes = 1024 * 1024;
const sizes = Object.keys(composedSizes) as ComposedSize[];
const headerBytes = 24;

/** @returns False where it does not fit: it is lost. */
export function writeSourceFrame(ring: RingWriter, source: number, frame: Uint8Array): boolean {
  if (frame.length > mostFrameBytes) return false;
  const at = ring.reserve(sourceFrameKind, 8 + frame.length);
  if (at < 0) return false;
  ring.words[at >> 2] = source;
  ring.words[(at >> 2) + 1] = frame.length;
  ring.bytes.set(frame, at + 8);
  ring.commit();
  return true;
}

/** What a record of `sourceFrameKind` holds, in the ring's own memory. */
export function readSourceFrame(ring: RingReader, offset: number): { readonly source: number; readonly frame: Uint8Array } {
  const length = ring.words[(offset >> 2) + 1] ?? 0;
  return { source: ring.words[offset >> 2] ?? 0, frame: ring.bytes.subarray(offset + 8, offset + 8 + length) };
}

/** @returns False where it does not fit: it is lost. */
export function writeComposedFrame(ring: RingWriter, { composition, size, timestamp, isKeyFrame, bytes }: ComposedFrame): boolean {
  const at = ring.reserve(composedFrameKind, headerBytes + bytes.length);
  if (at < 0) return false;
  const word = at >> 2;
  ring.words[word] = composition;
  ring.words[word + 1] = sizes.indexOf(size);
  ring.words[word + 2] = timestamp;
  ring.words[word + 3] = isKeyFrame ? 1 : 0;
  ring.words[word + 4] = bytes.length;
  ring.bytes.set(bytes, at + headerBytes);
  ring.commit();
  return true;
}

/** What a record of `composedFrameKind` holds, in the ring's own memory. */
export function readComposedFrame(ring: RingReader, offset: number): ComposedFrame {
  const field = (index: number): number => ring.words[(offset >> 2) + index] ?? 0;
  const bytes = ring.bytes.subarray(offset + headerBytes, offset + headerBytes + field(4));
  return { composition: field(0), size: sizes[field(1)] ?? 'small', timestamp: field(2), isKeyFrame: field(3) === 1, bytes };
}
