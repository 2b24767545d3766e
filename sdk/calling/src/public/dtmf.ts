import type { CommunicationIdentifierKind } from '@azure/communication-common';
import type { DtmfTone } from './call-options.ts';
import type { EventSubscriptions } from './events.ts';
import type { CallFeature } from './feature-factories.ts';

export interface DtmfToneReceivedEvent {
  readonly identifier: CommunicationIdentifierKind;
  readonly tone: DtmfTone;
}

export interface DtmfCallFeatureEvents {
  toneReceived: (event: DtmfToneReceivedEvent) => void;
}

/** Keys that telephones of the call press; ours, beside the features of Azure. Keys are sent with `Call.sendDtmf`. */
export interface DtmfCallFeature extends CallFeature, EventSubscriptions<DtmfCallFeatureEvents> {}
