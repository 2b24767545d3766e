import type { ParticipantInfo } from './participant-info.ts';
import type { EventSubscriptions, PropertyChangedEvent } from './events.ts';
import type { CallFeature } from './feature-factories.ts';

export type CaptionsKind = 'Captions' | 'TeamsCaptions';
export type CaptionsResultType = 'Partial' | 'Final';

export interface StartCaptionsOptions {
  readonly spokenLanguage?: string;
}

/** Something that was said. */
export interface CaptionsInfo {
  readonly resultType: CaptionsResultType;
  readonly speaker: ParticipantInfo;
  readonly spokenLanguage: string;
  readonly spokenText?: string;
  readonly timestamp: Date;
}

export interface CaptionsCommonEvents<Info> {
  CaptionsReceived: (info: Info) => void;
  CaptionsActiveChanged: PropertyChangedEvent;
  SpokenLanguageChanged: PropertyChangedEvent;
}

export interface CaptionsCommon<Info, Events extends CaptionsCommonEvents<Info>> extends EventSubscriptions<Events> {
  readonly isCaptionsFeatureActive: boolean;
  readonly supportedSpokenLanguages: string[];
  readonly activeSpokenLanguage: string;
  startCaptions(options?: StartCaptionsOptions): Promise<void>;
  stopCaptions(): Promise<void>;
  setSpokenLanguage(language: string): Promise<void>;
}

export interface Captions extends CaptionsCommon<CaptionsInfo, CaptionsCommonEvents<CaptionsInfo>> {
  readonly kind: 'Captions';
}

export interface TeamsCaptionsInfo extends CaptionsInfo {
  readonly captionText: string;
  readonly captionLanguage: string;
}

export interface TeamsCaptionsEvents extends CaptionsCommonEvents<TeamsCaptionsInfo> {
  CaptionLanguageChanged: PropertyChangedEvent;
}

/** Captions of a Teams meeting: never met here. */
export interface TeamsCaptions extends CaptionsCommon<TeamsCaptionsInfo, TeamsCaptionsEvents> {
  readonly kind: 'TeamsCaptions';
  readonly supportedCaptionLanguages: string[];
  readonly activeCaptionLanguage: string;
  setCaptionLanguage(language: string): Promise<void>;
}

export interface CaptionsCallFeatureEvents {
  CaptionsKindChanged: PropertyChangedEvent;
}

/** Speech as text. */
export interface CaptionsCallFeature extends CallFeature, EventSubscriptions<CaptionsCallFeatureEvents> {
  readonly captions: Captions | TeamsCaptions;
}
