import type { RecordingState } from '../enumerations.ts';
import type { CollectionUpdatedEvent, EventSubscriptions, PropertyChangedEvent } from './events.ts';
import type { CallFeature } from './feature-factories.ts';

export interface RecordingInfoEvents {
  recordingStateChanged: PropertyChangedEvent;
}

/** One recording of the call. */
export interface RecordingInfo extends EventSubscriptions<RecordingInfoEvents> {
  readonly state: RecordingState;
}

export interface RecordingCallFeatureEvents {
  isRecordingActiveChanged: PropertyChangedEvent;
  recordingsUpdated: CollectionUpdatedEvent<RecordingInfo>;
}

/** Whether the call is recorded: people must be told. Recordings are started by a server application. */
export interface RecordingCallFeature extends CallFeature, EventSubscriptions<RecordingCallFeatureEvents> {
  readonly isRecordingActive: boolean;
  readonly recordings: readonly RecordingInfo[];
  readonly isTeamsConsentRequired: boolean;
  grantTeamsConsent(): Promise<void>;
}

export interface TranscriptionCallFeatureEvents {
  isTranscriptionActiveChanged: PropertyChangedEvent;
}

/** Whether the call is transcribed. */
export interface TranscriptionCallFeature extends CallFeature, EventSubscriptions<TranscriptionCallFeatureEvents> {
  readonly isTranscriptionActive: boolean;
  readonly isTeamsConsentRequired: boolean;
  grantTeamsConsent(): Promise<void>;
}
