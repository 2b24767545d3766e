import type { EventSubscriptions, PropertyChangedEvent } from './events.ts';
import type { CallClientFeature } from './feature-factories.ts';

export interface Environment {
  readonly platform: string;
  readonly browser: string;
  readonly browserVersion: string;
}

/** Whether calls can be expected to work here. */
export interface EnvironmentInfo {
  readonly environment: Environment;
  readonly isSupportedPlatform: boolean;
  readonly isSupportedBrowser: boolean;
  readonly isSupportedBrowserVersion: boolean;
  readonly isSupportedEnvironment: boolean;
}

export interface DebugInfoFeatureEvents {
  isCallClientActiveInAnotherTabChanged: PropertyChangedEvent;
}

export interface DebugInfoFeature extends CallClientFeature, EventSubscriptions<DebugInfoFeatureEvents> {
  /** Another tab of this browser has a call client of this origin: two of them compete for devices and ring twice. */
  readonly isCallClientActiveInAnotherTab: boolean;
  getEnvironmentInfo(): Promise<EnvironmentInfo>;
}
