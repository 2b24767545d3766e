import type { ParticipantInfo } from './participant-info.ts';
import type { EventSubscriptions } from './events.ts';
import type { CallFeature } from './feature-factories.ts';

export type RealTimeTextResultType = 'Partial' | 'Final';

/** A line as it stands now. Lines of one sender are told apart by `sequenceId`. */
export interface RealTimeTextInfo {
  readonly sequenceId: number;
  readonly sender: ParticipantInfo;
  readonly text: string;
  readonly resultType: RealTimeTextResultType;
  readonly receivedTimestamp: Date;
  readonly updatedTimestamp: Date;
  readonly isLocal: boolean;
}

export interface RealTimeTextFeatureEvents {
  realTimeTextReceived: (info: RealTimeTextInfo) => void;
}

/** Text that others see while it is being typed. */
export interface RealTimeTextFeature extends CallFeature, EventSubscriptions<RealTimeTextFeatureEvents> {
  /** The whole line as it stands; `finalized` ends it, and the next text begins another. */
  sendRealTimeText(text: string, finalized?: boolean): Promise<void>;
}
