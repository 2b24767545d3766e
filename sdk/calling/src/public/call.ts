import type { CommunicationIdentifier, CommunicationIdentifierKind } from '@azure/communication-common';
import type { AddPhoneNumberOptions, DtmfTone, HangUpOptions, MediaConstraints } from './call-options.ts';
import type { CallEndReason } from './errors.ts';
import type { CollectionUpdatedEvent, EventSubscriptions, PropertyChangedEvent } from './events.ts';
import type { CallFeature, CallFeatureFactory } from './feature-factories.ts';
import type { ParticipantRole, RemoteParticipant } from './remote-participant.ts';
import type { LocalAudioStream, LocalVideoStream, RemoteAudioStream } from './streams.ts';

export type CallState =
  | 'None' | 'Connecting' | 'Ringing' | 'Connected' | 'LocalHold' | 'RemoteHold' | 'InLobby' | 'Disconnecting' | 'Disconnected' | 'EarlyMedia';

export type CallDirection = 'Incoming' | 'Outgoing';

export interface CallerInfo {
  readonly identifier?: CommunicationIdentifierKind | undefined;
  readonly displayName?: string | undefined;
}

export interface TransferorInfo {
  readonly identifier?: CommunicationIdentifierKind | undefined;
  readonly displayName?: string | undefined;
}

export interface CallInfoEvents {
  callInfoChanged: PropertyChangedEvent;
}

export interface CallInfo extends EventSubscriptions<CallInfoEvents> {
  readonly groupId?: string | undefined;
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
  readonly id: string;
  readonly info: CallInfo;
  readonly callerInfo: CallerInfo;
  readonly transferorInfo?: TransferorInfo | undefined;
  readonly state: CallState;
  /** Set before `state` becomes `Disconnected`. */
  readonly callEndReason?: CallEndReason | undefined;
  readonly direction: CallDirection;
  readonly isMuted: boolean;
  readonly isIncomingAudioMuted: boolean;
  readonly isScreenSharingOn: boolean;
  readonly isLocalVideoStarted: boolean;
  readonly localVideoStreams: readonly LocalVideoStream[];
  readonly localAudioStreams: readonly LocalAudioStream[];
  readonly remoteAudioStreams: readonly RemoteAudioStream[];
  readonly remoteParticipants: readonly RemoteParticipant[];
  readonly role: ParticipantRole;
  readonly lobby: Lobby;
  feature<Feature extends CallFeature>(factory: CallFeatureFactory<Feature>): Feature;
  hangUp(options?: HangUpOptions): Promise<void>;
  mute(): Promise<void>;
  unmute(): Promise<void>;
  muteAllRemoteParticipants(): Promise<void>;
  muteIncomingAudio(): Promise<void>;
  unmuteIncomingAudio(): Promise<void>;
  sendDtmf(tone: DtmfTone): Promise<void>;
  startVideo(localVideoStream: LocalVideoStream): Promise<void>;
  stopVideo(localVideoStream: LocalVideoStream): Promise<void>;
  startScreenSharing(localVideoStream?: LocalVideoStream): Promise<void>;
  stopScreenSharing(): Promise<void>;
  startAudio(localAudioStream: LocalAudioStream): Promise<void>;
  stopAudio(): Promise<void>;
  setConstraints(constraints: MediaConstraints): Promise<void>;
  hold(): Promise<void>;
  resume(): Promise<void>;
  /** Returns at once; the participant's `state` and `callEndReason` tell what becomes of the invitation. */
  addParticipant(identifier: CommunicationIdentifier, options?: AddPhoneNumberOptions): RemoteParticipant;
  removeParticipant(identifier: CommunicationIdentifier): Promise<void>;
  dispose(): void;
}
