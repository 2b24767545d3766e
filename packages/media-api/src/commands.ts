import type { IceCandidate, MediaDescription, MediaMode, MediaModes, MediaSession, MediaStreamType, VideoTile, WantedStream, WatchedPicture } from '@dialplane/calling-api';

export type { MediaMode, MediaModes, VideoTile, WantedStream, WatchedPicture };

/** A browser or app: ICE, DTLS-SRTP, offer/answer. */
export interface WebrtcLegRequest {
  readonly kind: 'webrtc';
  /** A first offer by the client, to be answered; without one the leg waits for `describe`. */
  readonly offer?: MediaDescription;
}

/** A trunk: RTP or SRTP from a configured port range, offer/answer in either direction (RFC 3264), ICE where the other side brings it. */
export interface RtpLegRequest {
  readonly kind: 'rtp';
  /** The carrier's SDP offer; without one the media processor makes the offer. */
  readonly offer?: MediaDescription;
  readonly srtp: 'forbidden' | 'allowed' | 'required';
  readonly dtmf: 'rfc4733' | 'info' | 'inband';
  /** Whether keys are looked for in the sound of who has not agreed to telephone events, which has to be decoded for it: `heard`, the default, or `ignored`. `dtmf` says more: `inband` always listens, `info` never. */
  readonly dtmfInSound?: 'heard' | 'ignored';
  /** Whether keys are taken from telephone events without a first packet that has the marker bit (RFC 4733 §2.2.2): `accepted`, the default, or `ignored`. */
  readonly markerlessDtmf?: 'accepted' | 'ignored';
  /** What the client of a call of two is asked to speak: Opus, the default, or the codec that is agreed here, in which packets pass as they are (`codecWanted`). */
  readonly clientCodec?: 'opus' | 'telephone';
  /** Milliseconds of sound in a packet, 10 to 60: what the other side is asked for, and is sent where it does not ask for another length; 20 without it. Opus is always sent in packets of 20. */
  readonly packetMs?: number;
  /** Codec names in order of preference, as in SDP (`PCMU`, `G722`, `opus`). */
  readonly codecs: readonly string[];
  /** How our own offers secure media where `srtp` allows or requires it: keys in the description (RFC 4568), the default, or DTLS (RFC 5763). Either is answered. */
  readonly keying?: 'sdes' | 'dtls';
  /** Whether our own offers have ICE, as a lite agent: `answered`, the default, leaves it to the other side's offers. */
  readonly ice?: 'answered' | 'offered';
  /** Our last description of the session, as SDP, where the leg takes the place of another one: its own go on with the session's id, version, sections and payload types (RFC 3264 §8). */
  readonly continues?: string;
  /** Which way sound is to flow in the first offer of ours: `sendrecv` without it. */
  readonly direction?: MediaDirection;
  /** IP address of the other side's signaling, where known: decides which address of ours the leg is at. */
  readonly towards?: string;
}

/** Which way sound flows, seen from us (RFC 8866 §6.7). */
export type MediaDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/**
 * What a leg hears besides the others, or instead of them: `none` just the others; with them, `ringback` (somebody is being rung) or `busy`, as the networks of a country
 * sound; without them, `hold` (music) or `silence`. The last one is for who is not to hear yet, as a line that has not answered: its early media is heard by the others.
 */
export type LegSound = 'none' | 'ringback' | 'busy' | 'hold' | 'silence';

/** Sound in a file that media processes can read: samples of 16 bits, little-endian, one channel, without a header. */
export interface SoundFile {
  /** Absolute. */
  readonly path: string;
  readonly sampleRate: 8000 | 16_000 | 48_000;
}

/**
 * What the owner of a call asks of a media processor. Every command names its conference; commands on one conference are
 * carried out in order. A command for an unknown conference or leg is answered by `commandFailed`.
 */
export type MediaCommand =
  | { readonly kind: 'openConference'; readonly conferenceId: string; readonly callId: string; readonly modes: MediaModes }
  | { readonly kind: 'closeConference'; readonly conferenceId: string }
  | {
      readonly kind: 'openLeg';
      readonly conferenceId: string;
      readonly legId: string;
      /** Raw identifier of the participant this leg belongs to. */
      readonly identifier: string;
      readonly isMuted: boolean;
      readonly request: WebrtcLegRequest | RtpLegRequest;
    }
  | { readonly kind: 'closeLeg'; readonly conferenceId: string; readonly legId: string }
  /** An offer whose session id (`o=`, RFC 8866 §5.2) is another one is for a new transport of the same leg; the old one stays until that is connected. */
  | { readonly kind: 'describe'; readonly conferenceId: string; readonly legId: string; readonly description: MediaDescription }
  /** Asks an RTP leg for another offer of ours (hold, a refreshed session), which `legDescribed` tells; its direction holds for answers of ours from then on, too. */
  | { readonly kind: 'offer'; readonly conferenceId: string; readonly legId: string; readonly direction: MediaDirection }
  | { readonly kind: 'trickle'; readonly conferenceId: string; readonly legId: string; readonly candidates: readonly IceCandidate[] }
  | { readonly kind: 'setModes'; readonly conferenceId: string; readonly modes: MediaModes; /** All legs without it. */ readonly legId?: string }
  | { readonly kind: 'setMuted'; readonly conferenceId: string; readonly legId: string; readonly isMuted: boolean }
  | { readonly kind: 'setHeld'; readonly conferenceId: string; readonly legId: string; readonly isHeld: boolean }
  /** What a leg may send, where that is not everything: of other streams nothing reaches anybody. */
  | { readonly kind: 'setSendable'; readonly conferenceId: string; readonly legId: string; readonly streams: readonly MediaStreamType[] }
  /** The whole list, in place of the last one. */
  | { readonly kind: 'setWanted'; readonly conferenceId: string; readonly legId: string; readonly wanted: readonly WantedStream[] }
  /** Who is spotlighted, in order: they come first in composed pictures. */
  | { readonly kind: 'setSpotlight'; readonly conferenceId: string; readonly identifiers: readonly string[] }
  /** Keys `0-9*#A-D` for a leg, 100 ms each and 80 ms of silence after it: as telephone events where agreed (RFC 4733), as tones in its sound otherwise. Meanwhile it hears nothing else. */
  | { readonly kind: 'sendDtmf'; readonly conferenceId: string; readonly legId: string; readonly tones: string }
  /**
   * `country` is that of a tone (ISO 3166-1, two letters), `music` what is heard on hold in place of the server's own. Whatever the modes say, a leg with a sound gets it in one mixed stream.
   */
  | { readonly kind: 'setSound'; readonly conferenceId: string; readonly legId: string; readonly sound: LegSound; readonly country?: string; readonly music?: SoundFile }
  /**
   * Plays sounds one after the other to all legs, those that come meanwhile included, or to some; above what they hear otherwise, in one mixed stream. Legs that are not there yet are
   * played to once they are. Time goes on where nobody listens. Told of by `playStarted`, then `playEnded` or `playFailed`; looped, it ends when it is stopped.
   */
  | { readonly kind: 'play'; readonly conferenceId: string; readonly playId: string; readonly to: 'all' | readonly string[]; readonly sounds: readonly SoundFile[]; readonly isLooped: boolean }
  /** Nothing is told of it any more. */
  | { readonly kind: 'stopPlay'; readonly conferenceId: string; readonly playId: string };

export type MediaCommandKind = MediaCommand['kind'];

/** Stable reasons of a refusal or failure. */
export type MediaFailure =
  | 'MEDIA_PROCESSOR_UNAVAILABLE'
  | 'CONFERENCE_NOT_FOUND'
  | 'LEG_NOT_FOUND'
  | 'DESCRIPTION_INVALID'
  /** Or nothing in common that secures media; `sentence` says which. */
  | 'NO_COMMON_CODEC'
  | 'PORTS_EXHAUSTED'
  | 'CONSENT_EXPIRED'
  /** The client was reached, and DTLS with it failed or took too long. */
  | 'HANDSHAKE_FAILED'
  /** Somebody answered with another certificate than signaling announced (RFC 8122 §5). */
  | 'FINGERPRINT_MISMATCH'
  /** The client said goodbye to its transport. */
  | 'CLOSED_BY_PEER'
  | 'MEDIA_PROCESS_LOST';

/** What the media path saw of one direction of a leg since the report before. */
export interface DirectionReport {
  readonly packets: number;
  readonly bytes: number;
  readonly lost: number;
  readonly jitterMs: number;
}

/** What the media path saw of a leg since the report before. */
export interface LegReport {
  readonly received: DirectionReport;
  readonly sent: DirectionReport;
  readonly roundTripMs: number | undefined;
  /** What the line towards the client is thought to take. */
  readonly estimatedBps: number | undefined;
}

/** What a media processor tells the owner of a call. */
export type MediaEvent =
  | { readonly kind: 'conferenceOpened'; readonly conferenceId: string; /** Which process serves it, for the call flow. */ readonly process: string }
  /**
   * It could not be opened; or it was open and is lost (`MEDIA_PROCESS_LOST`), and the owner may open another one for the call. `sentence` says what to do
   * about it, where somebody can do something.
   */
  | { readonly kind: 'conferenceFailed'; readonly conferenceId: string; readonly reason: MediaFailure; readonly sentence?: string }
  | {
      readonly kind: 'commandFailed';
      readonly conferenceId: string;
      readonly legId?: string;
      readonly command: MediaCommandKind;
      readonly reason: MediaFailure;
      /** What exactly was wrong, and where, for people who look for the cause. */
      readonly sentence?: string;
    }
  | { readonly kind: 'legDescribed'; readonly conferenceId: string; readonly legId: string; readonly description: MediaDescription }
  | { readonly kind: 'legStateChanged'; readonly conferenceId: string; readonly legId: string; readonly state: MediaSession['state']; readonly reason?: MediaFailure }
  /** Of a leg, or of all. Also told when the media processor has switched by itself; `why` is a sentence. */
  | { readonly kind: 'modesChanged'; readonly conferenceId: string; readonly legId?: string; readonly modes: MediaModes; readonly why: string }
  /** A client's sound had best be in this codec, by its name in SDP, both ways: a new offer of its makes it so. Any again without it. */
  | { readonly kind: 'codecWanted'; readonly conferenceId: string; readonly legId: string; readonly codec?: string; /** A sentence. */ readonly why: string }
  /** Raw identifiers. `speaking` are audible now, loudest first; `dominant` spoke most recently, that one first, five at most. */
  | { readonly kind: 'speakersChanged'; readonly conferenceId: string; readonly speaking: readonly string[]; readonly dominant: readonly string[] }
  /** How the composed picture is arranged: of a leg that has one of its own (none any more when it is empty), or of all others. */
  | { readonly kind: 'layoutChanged'; readonly conferenceId: string; readonly legId?: string; readonly layout: readonly VideoTile[] }
  /**
   * Of the pictures that a leg sends, those of which less than all is of use to anybody: the whole list, in place of the last one. Told of more at once; of less after a while, because
   * nobody displays it, or because no line of those who do takes it, which `why` says: words for each picture that has changed.
   */
  | { readonly kind: 'watchedChanged'; readonly conferenceId: string; readonly legId: string; readonly watched: readonly WatchedPicture[]; readonly why: string }
  /** Every five seconds at most for each leg, and when it closes. */
  | { readonly kind: 'legReport'; readonly conferenceId: string; readonly legId: string; readonly report: LegReport }
  /**
   * Somebody has pressed a key, `0-9*#A-D`: told once, when it is pressed. What one leg presses reaches the conference's other RTP legs by itself, except those that want
   * `info`, which is for whoever speaks SIP with them.
   */
  | { readonly kind: 'dtmfReceived'; readonly conferenceId: string; readonly legId: string; readonly tone: string }
  /** Its first sample has been mixed. */
  | { readonly kind: 'playStarted'; readonly conferenceId: string; readonly playId: string }
  /** It has been heard to its end. */
  | { readonly kind: 'playEnded'; readonly conferenceId: string; readonly playId: string }
  /** It is over: a sound, the `soundIndex`th from 0, cannot be read, or nothing can be played. */
  | { readonly kind: 'playFailed'; readonly conferenceId: string; readonly playId: string; readonly soundIndex: number; /** Why. */ readonly sentence: string }
  | {
      readonly kind: 'mediaStalled';
      readonly conferenceId: string;
      readonly legId: string;
      readonly direction: 'send' | 'receive';
      /** Which hop is silent, in a sentence. */
      readonly cause: string;
    }
  /** What was told as stalled flows again. */
  | { readonly kind: 'mediaResumed'; readonly conferenceId: string; readonly legId: string; readonly direction: 'send' | 'receive' };
