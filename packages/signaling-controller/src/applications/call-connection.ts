import type { ApplicationIdentity } from '@dialplane/call';

/** An application's part in one call, as long as it lasts: what is known of it beside what the call's machine knows. Identifiers are raw. */
export interface CallConnection extends ApplicationIdentity {
  readonly callId: string;
  readonly resourceId: string;
  /** As in the call's engine: it has answered a telephone, made the call, or came to one that ran. */
  readonly origin: 'answered' | 'created' | 'attached';
  /** Where its events go. */
  readonly callbackUri: string;
  /** What the application calls it; every event of the connection as a whole has it. */
  readonly operationContext?: string;
  /** Whom it called; of a call that it has answered, the number that was called. */
  readonly targets: readonly string[];
  /** Who called; of a call that it made, the number that telephones are shown. */
  readonly source?: string;
  /** Wall-clock milliseconds. */
  readonly createdAt: number;
}

/** A connection as the application is shown it. */
export interface CallConnectionView extends CallConnection {
  readonly serverCallId: string;
  readonly state: 'connecting' | 'connected';
}
