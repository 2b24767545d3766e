import type { CommunicationIdentifierKind } from '@azure/communication-common';
import type { DiagnosticQuality } from '../enumerations.ts';
import type { EventSubscriptions } from './events.ts';
import type { CallFeature } from './feature-factories.ts';

export type DiagnosticFlag = boolean;
export type DiagnosticValueType = 'DiagnosticQuality' | 'DiagnosticFlag';

export type NetworkDiagnosticType = 'noNetwork' | 'networkRelaysNotReachable' | 'networkReconnect' | 'networkReceiveQuality' | 'networkSendQuality';
export type ServerDiagnosticType = 'serverConnection';
export type MediaDiagnosticType =
  | 'noSpeakerDevicesEnumerated' | 'noMicrophoneDevicesEnumerated' | 'speakingWhileMicrophoneIsMuted' | 'microphoneNotFunctioning'
  | 'microphoneMuteUnexpectedly' | 'microphonePermissionDenied' | 'microphoneNotMuteButSilent' | 'cameraFreeze' | 'cameraStartFailed'
  | 'cameraStartTimedOut' | 'cameraStoppedUnexpectedly' | 'cameraPermissionDenied' | 'capturerStartFailed' | 'capturerStoppedUnexpectedly'
  | 'screenshareRecordingDisabled';

export interface LatestDiagnosticValue {
  readonly value: DiagnosticQuality | DiagnosticFlag;
  readonly valueType: DiagnosticValueType;
}

export type LatestNetworkDiagnostics = Partial<Record<NetworkDiagnosticType, LatestDiagnosticValue>>;
export type LatestMediaDiagnostics = Partial<Record<MediaDiagnosticType, LatestDiagnosticValue>>;

export interface NetworkDiagnosticChangedEventArgs extends LatestDiagnosticValue {
  readonly diagnostic: NetworkDiagnosticType;
}

export interface MediaDiagnosticChangedEventArgs extends LatestDiagnosticValue {
  readonly diagnostic: MediaDiagnosticType;
}

export interface NetworkDiagnosticsEvents {
  diagnosticChanged: (args: NetworkDiagnosticChangedEventArgs) => void;
}

export interface MediaDiagnosticsEvents {
  diagnosticChanged: (args: MediaDiagnosticChangedEventArgs) => void;
}

export interface NetworkDiagnostics extends EventSubscriptions<NetworkDiagnosticsEvents> {
  /** Only what was ever reported. */
  getLatest(): LatestNetworkDiagnostics;
}

export interface MediaDiagnostics extends EventSubscriptions<MediaDiagnosticsEvents> {
  getLatest(): LatestMediaDiagnostics;
}

export type RemoteDiagnosticType = NetworkDiagnosticType | MediaDiagnosticType | ServerDiagnosticType;

export interface RemoteDiagnostic extends LatestDiagnosticValue {
  readonly participantId: string;
  readonly rawId: string;
  readonly identifier: CommunicationIdentifierKind;
  readonly diagnostic: RemoteDiagnosticType;
}

export interface RemoteParticipantDiagnosticsData {
  readonly diagnostics: RemoteDiagnostic[];
}

export interface RemoteDiagnosticsEvents {
  diagnosticChanged: (data: RemoteParticipantDiagnosticsData) => void;
}

/** What other participants' clients find, where they send it. */
export interface RemoteDiagnostics extends EventSubscriptions<RemoteDiagnosticsEvents> {
  readonly isSendingDiagnosticsEnabled: boolean;
  startSendingDiagnostics(): void;
  stopSendingDiagnostics(): void;
  getLatest(): RemoteParticipantDiagnosticsData;
}

/** What keeps a person from hearing and being heard, as it is found. */
export interface UserFacingDiagnosticsFeature extends CallFeature {
  readonly network: NetworkDiagnostics;
  readonly media: MediaDiagnostics;
  readonly remote: RemoteDiagnostics;
}
