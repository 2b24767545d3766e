import type { LegSound, SoundFile } from '@dialplane/media-api';
import type { Instant } from '@dialplane/sansio';

/** Codecs that the mixer decodes and encodes, by their names in SDP (RFC 7587, RFC 3551). Always mono or mixed down to mono, frames of 20 ms out. */
export type MixCodec = 'opus' | 'PCMU' | 'PCMA' | 'G722' | 'G729';

/** RTP clock rates. That of G.722 is 8,000 although it samples at 16,000 (RFC 3551 §4.5.2). */
export const mixClockRates: Readonly<Record<MixCodec, number>> = { opus: 48_000, PCMU: 8_000, PCMA: 8_000, G722: 8_000, G729: 8_000 };

/** What a member may send besides voice: comfort noise (RFC 3389), at 8,000 Hz. */
export type SoundPayload = MixCodec | 'CN';

/** What packets of a member may hold: a sound, or one with those before it (RED, RFC 2198). */
export type ReceivedPayload = SoundPayload | 'red';

/**
 * The audio mixer, seen from the packet thread: mixes by number, their members by number, packets in, frames out. It runs in a thread of its own; nothing here waits.
 *
 * Numbers are never used twice. What names a mix or member that is gone is ignored. Everything a conference's members say is pushed, whether they listen to the mix or
 * to forwarded streams; a mix that nobody receives costs its packets' way into a ring and no more, so better do not push then.
 */
export interface AudioMixer {
  /** One for each conference. */
  openMix(): number;
  /** With all its members. */
  closeMix(mix: number): void;
  addMember(mix: number, options: MixMemberOptions): number;
  removeMember(member: number): void;
  /** How the member hears the mix from now on; `undefined`: not at all (its audio is forwarded). */
  setReception(member: number, reception: MixReception | undefined): void;
  /** A muted member is not heard, whatever it sends. */
  setMuted(member: number, isMuted: boolean): void;
  /** What the member hears besides the others, or instead of them. */
  setSound(member: number, sound: MemberSound): void;
  /** Presses keys for the member, after those that are being pressed; meanwhile it hears nothing else. */
  sendDtmf(member: number, tones: string): void;
  /** Plays sounds to members of a mix, above what they hear otherwise. @returns Its number, by which events tell of it. */
  startPlay(mix: number, options: PlayOptions): number;
  /** Who hears it from now on. */
  setPlayListeners(play: number, listeners: PlayOptions['listeners']): void;
  /** Nothing is told of it any more. */
  stopPlay(play: number): void;
  /**
   * Takes one received packet of a member; copies its payload. The object may be used again at once.
   * @returns False where the ring to the mixer is full and the packet is lost.
   */
  push(member: number, packet: AudioPacket): boolean;
  statistics(): AudioMixerStatistics;
  close(): Promise<void>;
}

export interface MixMemberOptions {
  /** What its payload types mean. Others (telephone events) are not heard. */
  readonly payloadTypes: readonly { readonly payloadType: number; readonly codec: ReceivedPayload }[];
  /** Without it, it is heard and hears nothing from the mixer. */
  readonly reception?: MixReception;
  readonly isMuted: boolean;
  /** Its keys are pressed in its sound: `onDtmf` tells of them, and nobody hears them. */
  readonly hasKeysInSound?: boolean;
}

export interface MixReception {
  readonly codec: MixCodec;
  /** How keys are pressed for it: as tones in its sound, the default, or as telephone events instead of it (RFC 4733), on the clock of the codec. */
  readonly keys?: 'sound' | 'events';
  /**
   * What is sent while there is nothing to be heard, after the silence that ends every sound: nothing, the default; `frames`, as telephones and carriers want who take a pause for a broken line; or to those who have
   * agreed to pauses a `word` of it now and then: comfort noise (RFC 3389), of Opus a frame of silence (RFC 6716 §2.1.9).
   */
  readonly inSilence?: 'nothing' | 'frames' | 'word';
  /** Of Opus: kept to 6,000 to 128,000, default 40,000. Members of one rate share an encoder. */
  readonly bitrateBps?: number;
  /** Of Opus: whether each packet says the one before it once more, coarser (in-band FEC, RFC 6716 §2.1.7). That costs 0.4 dB where nothing is lost and brings more from 3 % on, so listeners behind lossy lines have an encoder of their own. Whole frames are repeated by the owner (RED), who needs none for it. */
  readonly redundancy?: 'none' | 'inBand';
}

/** What a member hears besides the others, or instead of them. */
export interface MemberSound {
  readonly kind: LegSound;
  /** Of a ringing or busy tone (ISO 3166-1). */
  readonly country?: string;
  /** On hold, in place of the melody that is made here. */
  readonly music?: SoundFile;
}

export interface PlayOptions {
  /** Everybody, or members by their numbers. */
  readonly listeners: 'all' | readonly number[];
  /** One after the other. */
  readonly sounds: readonly SoundFile[];
  /** From the beginning again, until it is stopped. */
  readonly isLooped: boolean;
}

/** What becomes of a play, in this order. */
export type PlayOutcome =
  | { readonly kind: 'started' }
  | { readonly kind: 'ended' }
  /** A sound cannot be read. */
  | { readonly kind: 'failed'; readonly soundIndex: number };

/** One RTP packet, unprotected, as it was received (RFC 3550 §5.1); SSRC and timestamp as signed 32-bit integers, as everywhere in `rtp`. */
export interface AudioPacket {
  ssrc: number;
  sequenceNumber: number;
  timestamp: number;
  payloadType: number;
  /** RFC 6464: 0 (loudest) to 127 (silence), in -dBov; -1 where the packet does not say, then it has to be decoded to know. */
  level: number;
  /** `performance.now()` of this process. */
  arrivedAt: Instant;
  /** Holds the payload, without padding, from `offset` on for `length` bytes. */
  bytes: Uint8Array;
  offset: number;
  length: number;
}

/** One encoded frame and everybody who gets it. Valid during the call that brings it. */
export interface MixedFrame {
  readonly mix: number;
  readonly codec: SoundPayload | 'telephone-event';
  /**
   * Of the mix, at the RTP clock rate of the codec, as a signed 32-bit integer; the sender adds the random offset of its stream. Goes on during silence, in which no frames come. All events of a press have that of its
   * beginning.
   */
  readonly timestamp: number;
  /** First one after silence, or of a press: the packet carries the marker bit (RFC 3551 §4.1). */
  readonly startsTalkspurt: boolean;
  /** RFC 6464, of what is in the frame: 0 to 127. */
  readonly level: number;
  /** In memory shared with the mixer's thread. */
  readonly payload: Uint8Array;
  /** Member numbers; some may be gone already. */
  readonly recipients: Int32Array;
}

/** What the mixer's owner gives it and hears from it. */
export interface AudioMixerEvents {
  /** Frames that are ready, in order and never none: those of one tick of 20 ms, or of several where this thread was busy. */
  onFrames(frames: readonly MixedFrame[]): void;
  /** Loudness of members whose packets do not carry it, in the measure of RFC 6464, whenever one of their packets was decoded. */
  onLevel(member: number, level: number): void;
  /** A member with keys in its sound has pressed one: `0-9*#A-D`. */
  onDtmf(member: number, tone: string): void;
  onPlay(play: number, outcome: PlayOutcome): void;
  /** The mixer's thread has failed; it is started again with the mixes and members that there are then. */
  onFailure(sentence: string): void;
}

/** Figures of all mixes since the start. */
export interface AudioMixerStatistics {
  /** Packets that found the ring full. */
  readonly droppedPackets: number;
  /** Ticks that began more than 20 ms late. */
  readonly lateTicks: number;
  readonly decodedFrames: number;
  /** Frames of lost packets, from what the next packet says of them (in-band FEC of Opus). */
  readonly repairedFrames: number;
  /** Frames of which the listener hears a guess, because the packet was lost or late. */
  readonly concealedFrames: number;
  readonly encodedFrames: number;
  /** Milliseconds in which the thread has worked. */
  readonly workedMs: number;
}
