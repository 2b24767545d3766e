import type { CommunicationIdentifier, CommunicationIdentifierKind } from '@azure/communication-common';
import type { AddPhoneNumberOptions, DtmfTone, HangUpOptions, MediaConstraints } from './call-options.ts';
import type { CallEndReason } from './errors.ts';
import type { CollectionUpdatedEvent, EventSubscriptions, PropertyChangedEvent } from './events.ts';
import type { CallFeature, CallFeatureFactory } from './feature-factories.ts';
import type { ParticipantRole, RemoteParticipant } from './remote-participant.ts';
import type { LocalAudioStream, LocalVideoStream, RemoteAudioStream } from './streams.ts';

/** States of a call, in ACS' words. `InLobby` and `EarlyMedia` come from telephone networks and meetings only. */
export type CallState =
  | 'None' | 'Connecting' | 'Ringing' | 'Connected' | 'LocalHold' | 'RemoteHold' | 'InLobby' | 'Disconnecting' | 'Disconnected' | 'EarlyMedia';

/** Whether this client was called. */
export type CallDirection = 'Incoming' | 'Outgoing';

/** Who began the call. */
export interface CallerInfo {
  readonly identifier?: CommunicationIdentifierKind | undefined;
  readonly displayName?: string | undefined;
}

/** Who transferred the call here. */
export interface TransferorInfo {
  readonly identifier?: CommunicationIdentifierKind | undefined;
  readonly displayName?: string | undefined;
}

export interface CallInfoEvents {
  callInfoChanged: PropertyChangedEvent;
}

/** The ids of a call beside `Call.id`. */
export interface CallInfo extends EventSubscriptions<CallInfoEvents> {
  /** The GUID by which a group call is joined. */
  readonly groupId?: string | undefined;
  /** Ours: the room whose call this is. */
  readonly roomId?: string | undefined;
  /** Always undefined here: a thread belongs to a Teams meeting. */
  readonly threadId?: undefined;
  /** This endpoint's own participant id: what the server's records name it by. */
  readonly participantId: string;
  /** The id by which the server SDKs know the call. Resolves once the server knows it; rejects if the call ends before. */
  getServerCallId(): Promise<string>;
}

export interface CallEvents {
  stateChanged: PropertyChangedEvent;
  idChanged: PropertyChangedEvent;
  isMutedChanged: PropertyChangedEvent;
  isIncomingAudioMutedChanged: PropertyChangedEvent;
  isScreenSharingOnChanged: PropertyChangedEvent;
  isLocalVideoStartedChanged: PropertyChangedEvent;
  remoteParticipantsUpdated: CollectionUpdatedEvent<RemoteParticipant>;
  localVideoStreamsUpdated: CollectionUpdatedEvent<LocalVideoStream>;
  localAudioStreamsUpdated: CollectionUpdatedEvent<LocalAudioStream>;
  remoteAudioStreamsUpdated: CollectionUpdatedEvent<RemoteAudioStream>;
  roleChanged: PropertyChangedEvent;
  mutedByOthers: PropertyChangedEvent;
  callerInfoChanged: PropertyChangedEvent;
  transferorInfoChanged: PropertyChangedEvent;
}

export interface LobbyEvents {
  lobbyParticipantsUpdated: CollectionUpdatedEvent<RemoteParticipant>;
}

/** The lobby of a Teams meeting: always empty here. */
export interface Lobby extends EventSubscriptions<LobbyEvents> {
  readonly participants: readonly RemoteParticipant[];
  admit(identifier: CommunicationIdentifier): Promise<void>;
  reject(identifier: CommunicationIdentifier): Promise<void>;
  admitAll(): Promise<void>;
}

/** A call as this client takes part in it. Every method rejects with a CommunicationServicesError. */
export interface Call extends EventSubscriptions<CallEvents> {
  readonly kind: 'Call';
  /** The server's id of the call once it has answered, one of this client's before: see `idChanged`. */
  readonly id: string;
  readonly info: CallInfo;
  readonly callerInfo: CallerInfo;
  readonly transferorInfo?: TransferorInfo | undefined;
  readonly state: CallState;
  /** Set before `state` becomes `Disconnected`. */
  readonly callEndReason?: CallEndReason | undefined;
  readonly direction: CallDirection;
  /** Of this user's microphone: muted here or by somebody else. */
  readonly isMuted: boolean;
  /** What the others say is not played here. */
  readonly isIncomingAudioMuted: boolean;
  readonly isScreenSharingOn: boolean;
  readonly isLocalVideoStarted: boolean;
  readonly localVideoStreams: readonly LocalVideoStream[];
  readonly localAudioStreams: readonly LocalAudioStream[];
  /** One, which holds all that is heard; none before there is sound. */
  readonly remoteAudioStreams: readonly RemoteAudioStream[];
  /** Everybody else, also while they ring. */
  readonly remoteParticipants: readonly RemoteParticipant[];
  readonly role: ParticipantRole;
  readonly lobby: Lobby;
  /** The same object every time. */
  feature<Feature extends CallFeature>(factory: CallFeatureFactory<Feature>): Feature;
  /** Leaves the call; resolves when it is `Disconnected`, within ten seconds also where the server does not answer. */
  hangUp(options?: HangUpOptions): Promise<void>;
  /** Silent at once; resolves when the server knows. Rejects, and is taken back, where it refuses. */
  mute(): Promise<void>;
  unmute(): Promise<void>;
  /** Group calls only (409 in others). */
  muteAllRemoteParticipants(): Promise<void>;
  muteIncomingAudio(): Promise<void>;
  unmuteIncomingAudio(): Promise<void>;
  /** One key, for the telephone of the call (for every one in a group call), or for the other person between two clients; keys pressed meanwhile follow it. */
  sendDtmf(tone: DtmfTone): Promise<void>;
  /** Sends a camera; resolves when it is open. One at a time (409). */
  startVideo(localVideoStream: LocalVideoStream): Promise<void>;
  stopVideo(localVideoStream: LocalVideoStream): Promise<void>;
  /** Without a stream the browser asks the user what to show. */
  startScreenSharing(localVideoStream?: LocalVideoStream): Promise<void>;
  stopScreenSharing(): Promise<void>;
  startAudio(localAudioStream: LocalAudioStream): Promise<void>;
  stopAudio(): Promise<void>;
  /** Upper limits for the video this client sends, replacing those of before. */
  setConstraints(constraints: MediaConstraints): Promise<void>;
  /** No media either way; the other side sees `RemoteHold`. */
  hold(): Promise<void>;
  resume(): Promise<void>;
  /** Returns at once; the participant's `state` and `callEndReason` tell what becomes of the invitation. */
  addParticipant(identifier: CommunicationIdentifier, options?: AddPhoneNumberOptions): RemoteParticipant;
  /** Ends somebody's part in the call, or takes back the invitation. */
  removeParticipant(identifier: CommunicationIdentifier): Promise<void>;
  /** Hangs up. */
  dispose(): void;
}
