import type {
  Call as CallView, ClientFlowDetail, EndpointEvent, OperationBody, OperationId, OperationResponse, StreamInfo, StreamQuality,
} from '@dialplane/calling-api';
import type { PathState } from './media/connection/connection-monitor.ts';
import type { Gathering } from './media/connection/gathering.ts';
import type { Platform } from './platform.ts';
import type { Call } from './public/call.ts';
import type { DeviceManager } from './public/devices.ts';
import type { LocalAudioStream, LocalVideoStream, MediaStreamType, RemoteAudioStream } from './public/streams.ts';
import type { RequestOptions } from './signaling/api-client.ts';

/** The operations on one call, for which the call itself supplies `callId` and `endpointId`. */
export type CallOperationId =
  | 'hold' | 'resume' | 'updateSelf' | 'addParticipant' | 'removeParticipant' | 'muteParticipant' | 'muteOthers' | 'lowerHands' | 'sendReaction'
  | 'startSpotlight' | 'stopSpotlight' | 'sendMessage' | 'setMediaModes' | 'sendDtmf' | 'transferCall'
  | 'getCallFlow' | 'getCallRecords';

/** The body of an operation without what the call fills in itself. */
export type CallOperationBody<Id extends OperationId> = Omit<OperationBody<Id>, 'endpointId'>;

/** One media section of a media session's peer connection, in one direction. */
export interface MediaStreamPlace extends StreamInfo {
  readonly mediaSessionId: string;
  readonly direction: 'send' | 'receive';
  readonly transceiver: RTCRtpTransceiver;
}

/** One second's statistics of the media session that carries the call's media. */
export interface StatsSample {
  readonly report: RTCStatsReport;
  /** Monotonic milliseconds. */
  readonly at: number;
}

/** How media gets through, or why not. */
export interface MediaPath {
  readonly pathState: PathState;
  readonly gathering: Gathering;
}

/**
 * A call as its features see it. Everything a feature needs goes through here, so that a feature knows neither signaling nor
 * peer connections' comings and goings. Every `on…` returns the function that unsubscribes; when the call has ended, no
 * listener is called again after the `onEnded` ones.
 */
export interface CallInternals {
  /** The public object this belongs to. */
  readonly call: Call;
  readonly platform: Platform;
  /** Raw identifier of this user. */
  selfRawId(): string;
  /** Whether the server reaches telephones. */
  canCallTelephones(): boolean;
  /** The server's id of the call; a client-made one until the server has answered. */
  callId(): string;
  /** The server's newest view of the call; undefined until it has answered. */
  view(): CallView | undefined;
  /** Every event of this call, after it was applied to `view()` and to the public object. */
  onEvent(listener: (event: EndpointEvent) => void): () => void;
  /** `view()` was replaced: by an event, an answer or a resynchronisation. */
  onViewChanged(listener: () => void): () => void;
  /** The public `state` changed. */
  onStateChanged(listener: () => void): () => void;
  /** The other side transferred this client to another call. */
  onTransferAccepted(listener: (targetCall: Call) => void): () => void;
  /** The call is over; `callEndReason` is set. Called once. */
  onEnded(listener: () => void): () => void;
  /** Carries out a command on this call; rejects with a CommunicationServicesError. */
  request<Id extends CallOperationId>(operation: Id, input?: { rawId?: string; body?: CallOperationBody<Id> }, options?: RequestOptions): Promise<OperationResponse<Id>>;
  /** The connection to the server: false while the event stream is interrupted. */
  isSignalingConnected(): boolean;
  onSignalingChanged(listener: () => void): () => void;

  /** The peer connection that carries the media now; undefined before there is one and after the end. */
  peerConnection(): RTCPeerConnection | undefined;
  /** Another peer connection took over (promotion), or one was made or closed. */
  onPeerConnectionChanged(listener: () => void): () => void;
  /** The path of that peer connection, as far as it is known; undefined as above. */
  path(): MediaPath | undefined;
  /** The path is judged differently, or more is known of its candidates. */
  onPathChanged(listener: () => void): () => void;
  /**
   * The negotiated data channels of a session between two people: `durable` is id 0 (reliable, ordered), `lossy` is id 1
   * (unordered, no retransmission). Undefined while there is no such session; look again on `onPeerConnectionChanged`.
   */
  dataChannel(kind: 'durable' | 'lossy'): RTCDataChannel | undefined;
  /** What flows over the sections of the peer connection now, both directions; only sections in use. */
  streams(): readonly MediaStreamPlace[];
  streamOf(mid: string, direction: 'send' | 'receive'): MediaStreamPlace | undefined;
  onStreamsChanged(listener: () => void): () => void;
  /** Statistics once a second while there is a peer connection: one poll, shared by all who listen. */
  onStats(listener: (sample: StatsSample) => void): () => void;
  /** What was read last, also between the seconds; undefined before anything was. */
  latestStats(): StatsSample | undefined;
  /** A local stream is being opened for this call (also a screen that the user is asked for); `attempt` settles with the outcome. */
  onCaptureAttempt(listener: (type: MediaStreamType, attempt: Promise<unknown>) => void): () => void;

  /** Adds a line of this client to the call flow record (batched). */
  reportFlow(detail: ClientFlowDetail): void;
  /** Replaces the cumulative quality of streams for the call records (batched; the newest of a stream counts). */
  reportStreams(streams: readonly StreamQuality[]): void;
}

/**
 * What calls need of the local devices; made by `devices/local-media.ts`:
 * `createLocalMedia(platform: Platform): LocalMedia`.
 */
export interface LocalMedia {
  /** The one device manager of the client. */
  readonly deviceManager: DeviceManager;
  /**
   * A stream of the selected microphone, not opened yet, that follows the selection (`audioSourceChanged`). Where there is no
   * microphone, `getMediaStream` rejects with `DEVICE_UNAVAILABLE`.
   */
  createMicrophoneStream(): LocalAudioStream;
  /** Asks the user for a screen, window or tab; a stream with `mediaStreamType` `ScreenSharing`. */
  captureScreen(): Promise<LocalVideoStream>;
  /** Device id (as `setSinkId` takes it) of the selected speaker; undefined for the system's default. */
  speakerSinkId(): string | undefined;
  onSpeakerChanged(listener: () => void): () => void;
  /** Lets go of every device. */
  dispose(): void;
}

/**
 * Makes the remote audio stream of a call, volume meter included (`streams/remote-audio-stream.ts`). Remote video streams
 * belong to their participants and are made by `media/remote-video-stream.ts`.
 */
export type CreateRemoteAudioStream = (mediaStream: MediaStream, platform: Platform) => RemoteAudioStream;
