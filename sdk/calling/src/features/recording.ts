import { EventEmitter } from '../event-emitter.ts';
import { callFeature } from '../feature-registry.ts';
import type { CallFeatureFactory } from '../public/feature-factories.ts';
import type {
  RecordingCallFeature, RecordingCallFeatureEvents, RecordingInfo, TranscriptionCallFeature, TranscriptionCallFeatureEvents,
} from '../public/recording.ts';
import { notAvailable } from './not-available.ts';

/** No server of this version records: nothing is ever active, which is what a banner must show. */
class Recording extends EventEmitter<RecordingCallFeatureEvents> implements RecordingCallFeature {
  readonly name = 'Recording';
  readonly isRecordingActive = false;
  readonly recordings: readonly RecordingInfo[] = [];
  readonly isTeamsConsentRequired = false;

  async grantTeamsConsent(): Promise<void> {
    throw notAvailable('Consent to a recording in Teams');
  }
}

class Transcription extends EventEmitter<TranscriptionCallFeatureEvents> implements TranscriptionCallFeature {
  readonly name = 'Transcription';
  readonly isTranscriptionActive = false;
  readonly isTeamsConsentRequired = false;

  async grantTeamsConsent(): Promise<void> {
    throw notAvailable('Consent to a transcription in Teams');
  }
}

export const recording: CallFeatureFactory<RecordingCallFeature> = callFeature('Recording', () => new Recording());
export const transcription: CallFeatureFactory<TranscriptionCallFeature> = callFeature('Transcription', () => new Transcription());
