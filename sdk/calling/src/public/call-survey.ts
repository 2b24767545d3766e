import type { CallFeature } from './feature-factories.ts';

/** Where a score lies: from `lowerBound` to `upperBound`, good from `lowScoreThreshold` on. Default 1 to 5. */
export interface RatingScale {
  readonly lowerBound: number;
  readonly upperBound: number;
  readonly lowScoreThreshold: number;
}

export interface SurveyRating<Issue extends string> {
  readonly score: number;
  readonly issues?: Issue[];
  readonly scale?: RatingScale;
}

export type OverallIssue = 'CallCannotJoin' | 'CallCannotInvite' | 'HadToRejoin' | 'CallEndedUnexpectedly' | 'OtherIssues';
export type AudioIssue =
  | 'NoLocalAudio' | 'NoRemoteAudio' | 'Echo' | 'AudioNoise' | 'LowVolume' | 'AudioStoppedUnexpectedly' | 'DistortedSpeech' | 'AudioInterruption' | 'OtherIssues';
export type VideoIssue =
  | 'NoVideoReceived' | 'NoVideoSent' | 'LowQuality' | 'Freezes' | 'StoppedUnexpectedly' | 'DarkVideoReceived' | 'AudioVideoOutOfSync' | 'OtherIssues';
export type ScreenshareIssue = 'NoContentLocal' | 'NoContentRemote' | 'CannotPresent' | 'LowQuality' | 'Freezes' | 'StoppedUnexpectedly' | 'LargeDelay' | 'OtherIssues';

/** What a person thinks of the call. */
export interface CallSurvey {
  readonly overallRating?: SurveyRating<OverallIssue>;
  readonly audioRating?: SurveyRating<AudioIssue>;
  readonly videoRating?: SurveyRating<VideoIssue>;
  readonly screenshareRating?: SurveyRating<ScreenshareIssue>;
}

export interface CallSurveyResponse extends CallSurvey {
  readonly id: string;
  readonly callId: string;
  readonly localParticipantId: string;
}

export interface CallSurveyFeature extends CallFeature {
  submitSurvey(survey: CallSurvey): Promise<CallSurveyResponse>;
}
