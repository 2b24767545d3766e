import type { EventSubscriptions } from './events.ts';
import type { AudioStreamFeature, VideoStreamFeature } from './feature-factories.ts';

export type VideoEffectName = 'BackgroundBlur' | 'BackgroundReplacement';
export type AudioEffectName = 'EchoCancellation' | 'NoiseSuppression';

export interface BackgroundBlurConfig {
  readonly blurStrength?: number;
}

export interface BackgroundReplacementConfig {
  readonly backgroundImageUrl: string;
}

/** An effect on a picture, such as those of an effects package. */
export interface VideoEffectProcessor {
  readonly name: VideoEffectName;
}

export interface BackgroundBlurEffect extends VideoEffectProcessor {
  readonly name: 'BackgroundBlur';
  configure(config: BackgroundBlurConfig): Promise<void>;
}

export interface BackgroundReplacementEffect extends VideoEffectProcessor {
  readonly name: 'BackgroundReplacement';
  configure(config: BackgroundReplacementConfig): Promise<void>;
}

export interface EffectsError {
  readonly code: number;
  readonly message: string;
}

export interface VideoEffectsFeatureEvents {
  effectsStarted: (effects: VideoEffectName[]) => void;
  effectsStopped: (effects: VideoEffectName[]) => void;
  effectsError: (error: EffectsError) => void;
  fpsWarningThresholdReached: (args: { targetFps: number; thresholdFps: number; actualFps: number }) => void;
  timeForEffectsWarningReached: (args: { thresholdMs: number; actualMs: number }) => void;
}

/** Effects on the picture of a local stream. */
export interface VideoEffectsFeature extends VideoStreamFeature, EventSubscriptions<VideoEffectsFeatureEvents> {
  readonly activeEffects: VideoEffectName[];
  isSupported(effect: VideoEffectProcessor): Promise<boolean>;
  startEffects(effect: VideoEffectProcessor): Promise<void>;
  stopEffects(): Promise<void>;
}

/** An effect on sound. By name it is the browser's own; an object is an effect of another package. */
export type AudioEffect = AudioEffectName | 'BrowserEchoCancellation' | 'BrowserNoiseSuppression' | { readonly name: string };

export interface AudioEffectsStartConfig {
  readonly echoCancellation?: AudioEffect;
  readonly noiseSuppression?: AudioEffect;
}

export interface AudioEffectsStopConfig {
  readonly echoCancellation?: boolean;
  readonly noiseSuppression?: boolean;
}

/** What is at work now, by name. */
export interface ActiveAudioEffects {
  readonly echoCancellation?: string[];
  readonly noiseSuppression?: string[];
}

export interface AudioEffectsFeatureEvents {
  effectsStarted: (effects: ActiveAudioEffects) => void;
  effectsStopped: (effects: ActiveAudioEffects) => void;
  effectsError: (error: EffectsError) => void;
}

/** Echo cancellation and noise suppression of a local stream. */
export interface AudioEffectsFeature extends AudioStreamFeature, EventSubscriptions<AudioEffectsFeatureEvents> {
  readonly activeEffects: ActiveAudioEffects;
  isSupported(effect: AudioEffect): Promise<boolean>;
  startEffects(effects: AudioEffectsStartConfig): Promise<void>;
  stopEffects(effects: AudioEffectsStopConfig): Promise<void>;
}
