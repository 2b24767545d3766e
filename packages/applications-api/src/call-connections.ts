import type { ApiErrorCode } from '@dialplane/calling-api';
import type { ApplicationInvitation, ApplicationOperation, ConnectionCommand } from './connection-command.ts';

/** An application as its call knows it: `connectionId` names its connection with this one call. */
export interface ApplicationIdentity {
  readonly connectionId: string;
  readonly identifier: string;
  readonly displayName?: string;
}

/** An application's connection with a call, as the application is shown it. */
export interface CallConnectionProperties extends ApplicationIdentity {
  readonly callId: string;
  readonly serverCallId: string;
  /** `connecting` until somebody else is connected in the call. */
  readonly state: 'connecting' | 'connected';
  /** It has answered a telephone, made the call, or came to one that ran. */
  readonly origin: 'answered' | 'created' | 'attached';
  /** Where its events go. */
  readonly callbackUri: string;
  /** Whom it called; of a call that it has answered, the number that was called. */
  readonly targets: readonly string[];
  /** Who called; of a call that it made, the number that telephones are shown. */
  readonly source?: string;
}

/** One entry of the roster that applications are shown: somebody who is connected. */
export interface ApplicationParticipant {
  readonly identifier: string;
  readonly isMuted: boolean;
  readonly isOnHold: boolean;
}

/** What every request that makes a connection has. */
export interface ConnectionRequest {
  readonly resourceId: string;
  readonly callbackUri: string;
  /** What the application calls the connection; every event of the connection as a whole has it. */
  readonly operationContext?: string;
  /** Idempotency key: the same request again has the same outcome. */
  readonly requestId?: string;
  /** As whom the application takes part; as somebody of its own without it. */
  readonly identifier?: string;
}

export interface CreateConnectionRequest extends ConnectionRequest, Omit<ApplicationInvitation, 'ringMs'> {
  readonly targets: readonly string[];
}

export interface AnswerConnectionRequest extends ConnectionRequest {
  /** Of the event that told the application of the call. */
  readonly incomingCallContext: string;
}

export interface AttachConnectionRequest extends ConnectionRequest {
  readonly locator: { readonly groupId: string } | { readonly roomId: string } | { readonly serverCallId: string };
}

/** Who is to come from which call. */
export interface MoveRequest {
  readonly targets: readonly string[];
  readonly fromConnectionId: string;
  readonly operation: ApplicationOperation;
}

/** What came of a request: a value, or a code of the calling API with a sentence where more is known. */
export type ConnectionOutcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly code: ApiErrorCode | 'INCOMING_CALL_NOT_FOUND' | 'CALLBACK_REFUSED'; readonly message?: string };

/** Applications as parties of calls. */
export interface CallConnectionControl {
  /** The application calls. */
  create(request: CreateConnectionRequest): Promise<ConnectionOutcome<CallConnectionProperties>>;
  /** The application takes a call from outside itself. */
  answer(request: AnswerConnectionRequest): Promise<ConnectionOutcome<CallConnectionProperties>>;
  /** The application comes to a call that runs. */
  attach(request: AttachConnectionRequest): Promise<ConnectionOutcome<CallConnectionProperties>>;
  get(resourceId: string, connectionId: string): CallConnectionProperties | undefined;
  /** Everybody who is connected in the call; `undefined` where there is no such connection. */
  participants(resourceId: string, connectionId: string): readonly ApplicationParticipant[] | undefined;
  /** Participants come here from the call of another connection of the application; of each it hears by an event. As above. */
  move(resourceId: string, connectionId: string, request: MoveRequest, requestId?: string): Promise<ConnectionOutcome<undefined>>;
  /** @param requestId idempotency key of the command; one of its own without it. */
  perform(resourceId: string, connectionId: string, command: ConnectionCommand, requestId?: string): Promise<ConnectionOutcome<undefined>>;
}
