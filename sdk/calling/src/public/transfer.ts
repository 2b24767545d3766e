import type { CommunicationIdentifier } from '@azure/communication-common';
import type { Call } from './call.ts';
import type { CustomContext } from './call-options.ts';
import type { EventSubscriptions, PropertyChangedEvent } from './events.ts';
import type { CallFeature } from './feature-factories.ts';

export type TransferState = 'None' | 'Transferring' | 'Transferred' | 'Failed';

export interface TransferErrorCode {
  readonly code: number;
  readonly subCode: number;
}

export interface TransferToParticipantLocator {
  readonly targetParticipant: CommunicationIdentifier;
}

export interface TransferToCallLocator {
  readonly targetCallId: string;
}

export interface TransferToVoicemailLocator {
  readonly targetParticipantVoicemail: CommunicationIdentifier;
}

export interface TransferOptions {
  readonly disableForwardingAndUnanswered?: boolean;
  readonly customContext?: CustomContext;
  /** Ours: who is transferred, of a call of more than two; the others stay. Azure transfers calls of two. */
  readonly transferee?: CommunicationIdentifier;
}

export interface TransferEvents {
  stateChanged: PropertyChangedEvent;
}

/** A transfer that this client asked for. */
export interface Transfer extends EventSubscriptions<TransferEvents> {
  readonly state: TransferState;
  readonly error?: TransferErrorCode | undefined;
}

export interface TransferEventArgs {
  readonly targetCall: Call;
}

export interface TransferCallFeatureEvents {
  transferAccepted: (args: TransferEventArgs) => void;
}

/** Hands the other side of a call over to somebody else. */
export interface TransferCallFeature extends CallFeature, EventSubscriptions<TransferCallFeatureEvents> {
  transfer(target: TransferToParticipantLocator | TransferToCallLocator | TransferToVoicemailLocator, options?: TransferOptions): Transfer;
}
