import type { ApiErrorCode, CustomContext } from '@dialplane/calling-api';

/** An application's connection with a call. Identifiers are raw, numbers among them too (`4:+15550100`). */
export interface CallConnection {
  readonly connectionId: string;
  readonly callId: string;
  readonly serverCallId: string;
  readonly state: 'connecting' | 'connected';
  readonly origin: 'answered' | 'created' | 'attached';
  /** Of the application itself. */
  readonly identifier: string;
  readonly displayName?: string;
  readonly callbackUri: string;
  /** Whom it called; of a call that it has answered, the number that was called. */
  readonly targets: readonly string[];
  /** Who called; of a call that it made, the number that telephones are shown. */
  readonly source?: string;
}

export interface ConnectionRequest {
  readonly resourceId: string;
  readonly callbackUri: string;
  readonly operationContext?: string;
  /** Of a repeatable request: the same one again has the same outcome. */
  readonly requestId?: string;
  readonly identifier?: string;
}

/** What an application calls an operation, and where its events go if not to the connection's address. */
export interface ConnectionOperation {
  readonly operationId: string;
  readonly operationContext?: string;
  readonly callbackUri?: string;
}

/** What an application asks of its call. What comes of it is told by events. */
export type ConnectionCommand =
  /** `forEveryone` ends the call; otherwise the application leaves it. */
  | { readonly kind: 'hangUp'; readonly forEveryone: boolean }
  | {
      readonly kind: 'addParticipant';
      readonly target: string;
      readonly operation: ConnectionOperation;
      readonly alternateCallerId?: string;
      readonly callerName?: string;
      readonly customContext?: CustomContext;
      readonly ringMs?: number;
    }
  | { readonly kind: 'cancelAddParticipant'; readonly invitationId: string; readonly operation: ConnectionOperation }
  | { readonly kind: 'removeParticipant'; readonly target: string; readonly operation: ConnectionOperation }
  | { readonly kind: 'mute'; readonly target: string }
  /** Keys `0-9*#A-D`. */
  | { readonly kind: 'sendDtmf'; readonly target: string; readonly tones: string; readonly operation: ConnectionOperation }
  | { readonly kind: 'listenToTones' | 'stopListeningToTones'; readonly target: string; readonly operation: ConnectionOperation }
  /** What is played and asked, and what waits to be. */
  | { readonly kind: 'cancelMedia' }
  | {
      readonly kind: 'transfer';
      readonly target: string;
      readonly transferee?: string;
      readonly operation: ConnectionOperation;
      readonly alternateCallerId?: string;
      readonly customContext?: CustomContext;
    };

export type ConnectionOutcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly code: ApiErrorCode | 'INCOMING_CALL_NOT_FOUND' | 'CALLBACK_REFUSED'; readonly message?: string };

export interface ConnectedParticipant {
  readonly identifier: string;
  readonly isMuted: boolean;
  readonly isOnHold: boolean;
}

/** Applications as parties of calls. A connection of another resource is none. */
export interface CallConnectionSource {
  create(request: ConnectionRequest & { readonly targets: readonly string[]; readonly alternateCallerId?: string; readonly callerName?: string; readonly customContext?: CustomContext }): Promise<ConnectionOutcome<CallConnection>>;
  answer(request: ConnectionRequest & { readonly incomingCallContext: string }): Promise<ConnectionOutcome<CallConnection>>;
  attach(request: ConnectionRequest & { readonly locator: { readonly groupId: string } | { readonly serverCallId: string } }): Promise<ConnectionOutcome<CallConnection>>;
  get(resourceId: string, connectionId: string): CallConnection | undefined;
  participants(resourceId: string, connectionId: string): readonly ConnectedParticipant[] | undefined;
  perform(resourceId: string, connectionId: string, command: ConnectionCommand, requestId?: string): Promise<ConnectionOutcome<undefined>>;
}
