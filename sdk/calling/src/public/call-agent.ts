import type { CommunicationIdentifier } from '@azure/communication-common';
import type { JoinCallOptions, MeetingLocator, StartCallOptions } from './call-options.ts';
import type { Call } from './call.ts';
import type { CollectionUpdatedEvent, EventSubscriptions } from './events.ts';
import type { IncomingCall } from './incoming-call.ts';

/** Whether events of the server arrive. An interruption shorter than two seconds does not show. */
export type ConnectionState = 'Connected' | 'Disconnected';
/** Why the connection state changed; absent when it became connected. */
export type ConnectionStateChangeReason = 'invalidToken' | 'connectionIssue';

export interface CallAgentEvents {
  incomingCall: (args: { incomingCall: IncomingCall }) => void;
  /** An incoming call was dealt with here: accepted, declined, or it ended. For telemetry. */
  handleIncomingCall: (args: { callId: string; participantId: string; code: number; subCode: number }) => void;
  callsUpdated: CollectionUpdatedEvent<Call>;
  connectionStateChanged: (args: { oldValue: ConnectionState; newValue: ConnectionState; reason?: ConnectionStateChangeReason }) => void;
}

/** A signed-in user who can call and be called. */
export interface CallAgent extends EventSubscriptions<CallAgentEvents> {
  readonly kind: 'CallAgent';
  /** Calls that run or are being set up; what rings is not among them. */
  readonly calls: readonly Call[];
  readonly displayName?: string | undefined;
  readonly connectionState: ConnectionState;
  /** Returns at once; what becomes of the call is told by its `state`. Throws only for invalid input. */
  startCall(participants: readonly CommunicationIdentifier[], options?: StartCallOptions): Call;
  /** Returns at once, as `startCall`. */
  join(locator: MeetingLocator, options?: JoinCallOptions): Call;
  /** Hangs up every call, unregisters, and makes room for another agent of the same client. */
  dispose(): Promise<void>;
}

export interface CallAgentOptions {
  /** Shown to others, at most 256 characters. */
  readonly displayName?: string;
  readonly emergencyCallOptions?: { readonly countryCode?: string };
}
