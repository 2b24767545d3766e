import type { IceCandidate, MediaDescription, MediaSession } from '@dialplane/calling-api';

/** How one kind of media reaches a listener: mixed into one stream (MCU), or forwarded stream by stream (SFU). */
export type MediaMode = 'mixed' | 'forwarded';

/** The modes of audio and video, decided separately and switchable while the call runs. */
export interface MediaModes {
  readonly audio: MediaMode;
  readonly video: MediaMode;
}

/** A browser or app: ICE, DTLS-SRTP, offer/answer. */
export interface WebrtcLegRequest {
  readonly kind: 'webrtc';
  /** A first offer by the client, to be answered; without one the leg waits for `describe`. */
  readonly offer?: MediaDescription;
}

/** A trunk: RTP or SRTP from a configured port range, plain SDP without ICE (RFC 3264). */
export interface RtpLegRequest {
  readonly kind: 'rtp';
  /** The carrier's SDP offer; without one the media processor makes the offer. */
  readonly offer?: MediaDescription;
  readonly srtp: 'forbidden' | 'allowed' | 'required';
  readonly dtmf: 'rfc4733' | 'info' | 'inband';
  /** Codec names in order of preference, as in SDP (`PCMU`, `G722`, `opus`). */
  readonly codecs: readonly string[];
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
  | { readonly kind: 'describe'; readonly conferenceId: string; readonly legId: string; readonly description: MediaDescription }
  | { readonly kind: 'trickle'; readonly conferenceId: string; readonly legId: string; readonly candidates: readonly IceCandidate[] }
  | { readonly kind: 'setModes'; readonly conferenceId: string; readonly modes: MediaModes; /** All legs without it. */ readonly legId?: string }
  | { readonly kind: 'setMuted'; readonly conferenceId: string; readonly legId: string; readonly isMuted: boolean }
  | { readonly kind: 'setHeld'; readonly conferenceId: string; readonly legId: string; readonly isHeld: boolean }
  | { readonly kind: 'sendDtmf'; readonly conferenceId: string; readonly legId: string; readonly tones: string };

export type MediaCommandKind = MediaCommand['kind'];

/** Stable reasons of a refusal or failure. */
export type MediaFailure =
  | 'MEDIA_PROCESSOR_UNAVAILABLE'
  | 'CONFERENCE_NOT_FOUND'
  | 'LEG_NOT_FOUND'
  | 'DESCRIPTION_INVALID'
  | 'NO_COMMON_CODEC'
  | 'PORTS_EXHAUSTED'
  | 'CONSENT_EXPIRED'
  | 'MEDIA_PROCESS_LOST';

/** What a media processor tells the owner of a call. */
export type MediaEvent =
  | { readonly kind: 'conferenceOpened'; readonly conferenceId: string; /** Which process serves it, for the call flow. */ readonly process: string }
  | { readonly kind: 'conferenceFailed'; readonly conferenceId: string; readonly reason: MediaFailure }
  | { readonly kind: 'commandFailed'; readonly conferenceId: string; readonly legId?: string; readonly command: MediaCommandKind; readonly reason: MediaFailure }
  | { readonly kind: 'legDescribed'; readonly conferenceId: string; readonly legId: string; readonly description: MediaDescription }
  | { readonly kind: 'legStateChanged'; readonly conferenceId: string; readonly legId: string; readonly state: MediaSession['state']; readonly reason?: MediaFailure }
  | { readonly kind: 'modesChanged'; readonly conferenceId: string; readonly legId?: string; readonly modes: MediaModes; readonly why: string }
  | { readonly kind: 'dominantSpeakersChanged'; readonly conferenceId: string; /** Raw identifiers, loudest first. */ readonly identifiers: readonly string[] }
  | { readonly kind: 'dtmfReceived'; readonly conferenceId: string; readonly legId: string; readonly tone: string }
  | {
      readonly kind: 'mediaStalled';
      readonly conferenceId: string;
      readonly legId: string;
      readonly direction: 'send' | 'receive';
      /** Which hop is silent, in a sentence. */
      readonly cause: string;
    };
