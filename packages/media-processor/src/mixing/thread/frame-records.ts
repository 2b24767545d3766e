import type { MixedFrame, PlayOutcome } from '../audio-mixer.ts';
import type { RingReader, RingWriter } from '../../threads/record-ring.ts';

/** Kinds of records from the mixer to the packet thread. */
export const frameKind = 1;
export const levelKind = 2;
export const dtmfKind = 3;
export const playKind = 4;

/** Outcomes of plays by number. */
const outcomes: readonly PlayOutcome['kind'][] = ['started', 'ended', 'failed'];

/** Codecs by number. */
const codecs: readonly MixedFrame['codec'][] = ['opus', 'PCMU', 'PCMA', 'G722', 'G729', 'CN', 'telephone-event'];
const headerWords = 8;

export interface EncodedFrame {
  readonly mix: number;
  readonly codec: MixedFrame['codec'];
  readonly timestamp: number;
  readonly startsTalkspurt: boolean;
  readonly level: number;
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly recipients: readonly number[];
}

/** @returns False where it does not fit: it is lost. */
export function writeFrame(ring: RingWriter, frame: EncodedFrame): boolean {
  const { recipients } = frame;
  const at = ring.reserve(frameKind, (headerWords + recipients.length) * 4 + frame.length);
  if (at < 0) return false;
  const word = at >> 2;
  ring.words[word] = frame.mix;
  ring.words[word + 1] = codecs.indexOf(frame.codec);
  ring.words[word + 2] = frame.timestamp;
  ring.words[word + 3] = frame.startsTalkspurt ? 1 : 0;
  ring.words[word + 4] = frame.level;
  ring.words[word + 5] = frame.length;
  ring.words[word + 6] = recipients.length;
  ring.words.set(recipients, word + headerWords);
  ring.bytes.set(frame.bytes.subarray(0, frame.length), at + (headerWords + recipients.length) * 4);
  ring.commit();
  return true;
}

/** What a record of `frameKind` holds, in the ring's own memory. */
export function readFrame(ring: RingReader, offset: number): MixedFrame {
  const word = offset >> 2;
  const field = (index: number): number => ring.words[word + index] ?? 0;
  const payloadAt = offset + (headerWords + field(6)) * 4;
  return {
    mix: field(0),
    codec: codecs[field(1)] ?? 'opus',
    timestamp: field(2),
    startsTalkspurt: field(3) === 1,
    level: field(4),
    payload: ring.bytes.subarray(payloadAt, payloadAt + field(5)),
    recipients: ring.words.subarray(word + headerWords, word + headerWords + field(6)),
  };
}

/** @returns False where it does not fit. */
export function writeLevel(ring: RingWriter, member: number, level: number): boolean {
  const at = ring.reserve(levelKind, 8);
  if (at < 0) return false;
  ring.words[at >> 2] = member;
  ring.words[(at >> 2) + 1] = level;
  ring.commit();
  return true;
}

/** @param tone One key. @returns False where it does not fit. */
export function writeDtmf(ring: RingWriter, member: number, tone: string): boolean {
  const at = ring.reserve(dtmfKind, 8);
  if (at < 0) return false;
  ring.words[at >> 2] = member;
  ring.words[(at >> 2) + 1] = tone.charCodeAt(0);
  ring.commit();
  return true;
}

export function readDtmf(ring: RingReader, offset: number): { readonly member: number; readonly tone: string } {
  return { member: ring.words[offset >> 2] ?? 0, tone: String.fromCharCode(ring.words[(offset >> 2) + 1] ?? 0) };
}

/** @returns False where it does not fit. */
export function writePlay(ring: RingWriter, play: number, outcome: PlayOutcome): boolean {
  const at = ring.reserve(playKind, 12);
  if (at < 0) return false;
  ring.words[at >> 2] = play;
  ring.words[(at >> 2) + 1] = outcomes.indexOf(outcome.kind);
  ring.words[(at >> 2) + 2] = outcome.kind === 'failed' ? outcome.soundIndex : 0;
  ring.commit();
  return true;
}

export function readPlay(ring: RingReader, offset: number): { readonly play: number; readonly outcome: PlayOutcome } {
  const [play = 0, number = 0, soundIndex = 0] = ring.words.subarray(offset >> 2, (offset >> 2) + 3);
  const kind = outcomes[number] ?? 'ended';
  return { play, outcome: kind === 'failed' ? { kind, soundIndex } : { kind } };
}

export function readLevel(ring: RingReader, offset: number): { readonly member: number; readonly level: number } {
  return { member: ring.words[offset >> 2] ?? 0, level: ring.words[(offset >> 2) + 1] ?? 0 };
}
