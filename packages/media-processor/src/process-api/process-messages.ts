import type { MediaCommand, MediaEvent, RtpLegRequest } from '@dialplane/media-api';
import type { SectionSettings, TransportSettings } from './leg-settings.ts';

/** What a media process is started with. */
export interface ProcessSettings {
  /** For the call flow and the log, as `media-1`. */
  readonly name: string;
  /** IP addresses of the machine to listen on. */
  readonly addresses: readonly string[];
  /** On all of them; 0 takes one that is free. */
  readonly port: number;
  /** Certificate of the DTLS associations and its key, PEM. */
  readonly certificate: string;
  readonly privateKey: string;
  /** Canonical name of everything that is sent (RFC 3550 §6.5.1), as descriptions say it. */
  readonly cname: string;
  /** Ports for legs of telephones; without them there are none. */
  readonly trunkPorts?: TrunkPortSlice;
}

/** Every `of`th pair of ports of a range, from the `index`th on: an even one for RTP and the next for RTCP (RFC 3550 §11). */
export interface TrunkPortSlice {
  readonly first: number;
  readonly last: number;
  readonly index: number;
  readonly of: number;
}

type PassedOn<Message, Kind extends string> = Extract<Message, { readonly kind: Kind }>;

/**
 * What the supervisor asks of a media process, over the IPC channel: a message of it is an array of these, those of one turn of the event loop. In order for each conference; what names an unknown conference or leg is ignored, because it crossed the
 * end of it. There is no session description in here: the packet thread works, it does not read.
 *
 * A process lives as long as its channel: it ends when that is disconnected, which is also what remains of a server that was killed, and it ignores SIGINT and
 * SIGTERM, because a terminal or a service manager sends those to the server's whole family while calls are still to be told.
 */
export type ProcessCommand =
  | { readonly kind: 'start'; readonly settings: ProcessSettings }
  | {
      readonly kind: 'openLeg';
      readonly conferenceId: string;
      readonly legId: string;
      readonly identifier: string;
      readonly isMuted: boolean;
      /** What its line is trusted with at first, in bits per second, where it was known a moment ago. */
      readonly startBps?: number;
      /** Of an RTP leg: how keys come and go, what the client at the other end speaks, and the IP address of ours at which it gets ports, which is answered by `portsOpened` or `portsFailed`. */
      readonly telephone?: Pick<RtpLegRequest, 'dtmf' | 'dtmfInSound' | 'markerlessDtmf' | 'clientCodec'> & { readonly address: string };
    }
  /** Offer and answer were exchanged: how the leg is from now on, whole. */
  | { readonly kind: 'setLeg'; readonly conferenceId: string; readonly legId: string; readonly transport: TransportSettings; readonly sections: readonly SectionSettings[] }
  | PassedOn<MediaCommand, 'openConference' | 'closeConference' | 'closeLeg' | 'setModes' | 'setMuted' | 'setHeld' | 'setSendable' | 'setWanted' | 'setSpotlight' | 'setSound' | 'sendDtmf' | 'play' | 'stopPlay'>
  /** Whether a client speaks TCP or TLS with our relay at this relayed transport address (`192.0.2.1:50000`, `[2001:db8::1]:50000`): a leg that comes from there is not on UDP. */
  | { readonly kind: 'setStreamRelay'; readonly address: string; readonly isOpen: boolean }
  /** The addresses of the machine are these now: on those that are new it listens as well, at its port. Answered by `listening`. */
  | { readonly kind: 'listen'; readonly addresses: readonly string[] }
  /** Answered by `alive`; a process that does not answer is ended. */
  | { readonly kind: 'heartbeat'; readonly sequence: number };

/** What a media process tells its supervisor, likewise in arrays. */
export type ProcessEvent =
  /** It listens; `addresses` without those that could not be opened. */
  | { readonly kind: 'started'; readonly addresses: readonly string[]; readonly port: number }
  /** Which of those that were asked for it listens on. */
  | { readonly kind: 'listening'; readonly addresses: readonly string[] }
  | { readonly kind: 'startFailed'; readonly sentence: string }
  | { readonly kind: 'alive'; readonly sequence: number; readonly conferences: number; readonly legs: number; /** Of one core in the last two seconds, 0 to 1; of the busiest thread. */ readonly load: number }
  | { readonly kind: 'logged'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly message: string }
  | PortsEvent
  | ConferenceEvent;

/** What became of the ports of a telephone's leg: that of RTP, and the next for RTCP; or why there are none. */
export type PortsEvent =
  | { readonly kind: 'portsOpened'; readonly conferenceId: string; readonly legId: string; readonly port: number }
  | { readonly kind: 'portsFailed'; readonly conferenceId: string; readonly legId: string; readonly sentence: string };

/** What goes to the owner of the call as it is. */
export type ConferenceEvent = PassedOn<MediaEvent, 'legStateChanged' | 'modesChanged' | 'codecWanted' | 'speakersChanged' | 'layoutChanged' | 'watchedChanged' | 'legReport' | 'dtmfReceived' | 'playStarted' | 'playEnded' | 'playFailed' | 'mediaStalled' | 'mediaResumed'>;
