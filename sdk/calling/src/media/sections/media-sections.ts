import type { MediaStreamType, StreamInfo } from '@dialplane/calling-api';

/** What this side sends, at most one track of each type. */
export interface SlotTracks {
  readonly Audio: MediaStreamTrack | undefined;
  readonly Video: MediaStreamTrack | undefined;
  readonly ScreenSharing: MediaStreamTrack | undefined;
}

/**
 * The media sections of one peer connection: which transceiver carries what, in either direction. Between two people
 * ({@link MediaSlots}) either side opens sections for what it sends; towards the backend ({@link BackendSections}) this side opens them all.
 */
export interface MediaSections {
  /** Makes the sections of a first offer. */
  offerFirst(): void;
  /** Makes the sections of the connection that this one is to take the place of; for the side that makes the first offer. */
  offerLike(predecessor: MediaSections): void;
  /** Learns from the other side's description, after it was set, which section is for what. */
  learn(streams: readonly StreamInfo[]): void;
  /** Puts the tracks into their sections; new ones are made where there is none. */
  setTracks(tracks: SlotTracks): Promise<void>;
  /** Held: nothing is sent or wanted. */
  setHeld(isHeld: boolean): void;
  /** Brings the direction of every section in line with what this side sends. */
  applyDirections(): void;
  /** What a description made now would say of each section, to compare. */
  outline(type: 'offer' | 'answer'): string;
  /** What this side's description carries; `midOf` for a description whose sections have no mid yet. */
  localStreams(midOf?: (transceiver: RTCRtpTransceiver) => string | null): StreamInfo[];
  /** What arrives in which section; `described` is what the other side's newest description says it sends. */
  remoteStreams(described: readonly StreamInfo[]): readonly StreamInfo[];
  /** The section this side sends `type` in, once it has. */
  sender(type: MediaStreamType): RTCRtpSender | undefined;
  byMid(mid: string): RTCRtpTransceiver | undefined;
}
