import type { MediaFailure, MediaModes } from '@dialplane/media-api';
import type { SectionSettings, TransportSettings } from './leg-settings.ts';

/** What a media process is started with. */
export interface ProcessSettings {
  /** For the call flow and the log, as `media-1`. */
  readonly name: string;
  /** IP addresses of the machine to listen on. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** Certificate of the DTLS associations and its key, PEM. */
  readonly certificate: string;
  readonly privateKey: string;
}

/** What a participant wants to see in one of its sections. */
export interface WantedSection {
  readonly mid: string;
  /** Raw identifier of who is to be seen. */
  readonly identifier: string;
  readonly mediaStreamType: 'Video' | 'ScreenSharing';
  /** Displayed pixels, where known. */
  readonly width?: number;
  readonly height?: number;
}

/**
 * What the supervisor asks of a media process. In order for each conference; what names an unknown conference or leg is ignored, because it crossed the end of it.
 * There is no session description in here: the packet thread works, it does not read.
 */
export type ProcessCommand =
  | { readonly kind: 'start'; readonly settings: ProcessSettings }
  | { readonly kind: 'openConference'; readonly conferenceId: string; readonly modes: MediaModes }
  | { readonly kind: 'closeConference'; readonly conferenceId: string }
  | { readonly kind: 'openLeg'; readonly conferenceId: string; readonly legId: string; readonly identifier: string; readonly isMuted: boolean }
  /** Offer and answer were exchanged: how the leg is from now on, whole. */
  | { readonly kind: 'setLeg'; readonly conferenceId: string; readonly legId: string; readonly transport: TransportSettings; readonly sections: readonly SectionSettings[] }
  | { readonly kind: 'closeLeg'; readonly conferenceId: string; readonly legId: string }
  | { readonly kind: 'setModes'; readonly conferenceId: string; readonly modes: MediaModes; readonly legId?: string }
  | { readonly kind: 'setMuted'; readonly conferenceId: string; readonly legId: string; readonly isMuted: boolean }
  | { readonly kind: 'setHeld'; readonly conferenceId: string; readonly legId: string; readonly isHeld: boolean }
  | { readonly kind: 'setWanted'; readonly conferenceId: string; readonly legId: string; readonly wanted: readonly WantedSection[] }
  | { readonly kind: 'setSpotlight'; readonly conferenceId: string; readonly identifiers: readonly string[] }
  /** Answered by `alive`; a process that does not answer is ended. */
  | { readonly kind: 'heartbeat'; readonly sequence: number };

/** What a media process tells its supervisor; the rest of a `MediaEvent` follows from it. */
export type ProcessEvent =
  /** It listens; `addresses` without those that could not be opened. */
  | { readonly kind: 'started'; readonly addresses: readonly string[]; readonly port: number }
  | { readonly kind: 'startFailed'; readonly sentence: string }
  | { readonly kind: 'alive'; readonly sequence: number; readonly conferences: number; readonly legs: number; /** Of one core, 0 to 1. */ readonly load: number }
  | { readonly kind: 'legStateChanged'; readonly conferenceId: string; readonly legId: string; readonly state: 'connected' | 'interrupted' | 'closed'; readonly reason?: MediaFailure }
  | { readonly kind: 'modesChanged'; readonly conferenceId: string; readonly legId?: string; readonly modes: MediaModes; readonly why: string }
  | { readonly kind: 'speakersChanged'; readonly conferenceId: string; readonly speaking: readonly string[]; readonly dominant: readonly string[] }
  | { readonly kind: 'layoutChanged'; readonly conferenceId: string; readonly legId?: string; readonly layout: readonly LayoutTile[] }
  | { readonly kind: 'legReport'; readonly conferenceId: string; readonly legId: string; readonly report: LegReport }
  | { readonly kind: 'logged'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly message: string };

/** Where somebody's picture is in the composed one, in fractions of its width and height. */
export interface LayoutTile {
  readonly identifier: string;
  readonly mediaStreamType: 'Video' | 'ScreenSharing';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What the media path saw of a leg since the report before. */
export interface LegReport {
  readonly received: DirectionReport;
  readonly sent: DirectionReport;
  readonly roundTripMs: number | undefined;
  /** What the line towards the client is thought to take. */
  readonly estimatedBps: number | undefined;
}

export interface DirectionReport {
  readonly packets: number;
  readonly bytes: number;
  readonly lost: number;
  readonly jitterMs: number;
}
