import type { CustomContext, EndReason } from '@dialplane/calling-api';
import type { ApplicationMedia, MediaOperationEvent } from './application-media.ts';
import type { Seat } from './call-model.ts';

/** An application as the call knows it: `connectionId` names its connection with this one call. */
export interface ApplicationIdentity {
  readonly connectionId: string;
  readonly identifier: string;
  readonly displayName?: string;
}

/**
 * An application that is a party of the call: it hears of it by events and commands it, and has no media of its own. It is in no roster, and nobody waits for it.
 *
 * ```
 *  connecting ──somebody in the conference is connected──▶ connected
 * ```
 */
export interface Application extends ApplicationIdentity {
  readonly participantId: string;
  readonly part: Seat['part'];
  /** How it came: it has answered a telephone, made the call, or was attached to one that ran. The call of an attached one goes on without it. */
  readonly origin: 'answered' | 'created' | 'attached';
  readonly startedAt: number;
  readonly stage: { readonly kind: 'connecting' } | { readonly kind: 'connected'; readonly connectedAt: number };
  /** Of the roster that it was last told. */
  readonly sequenceNumber: number;
  /** What it plays and hears; nothing without it. */
  readonly media?: ApplicationMedia;
}

/** What an application calls something that it asked for, given back with what came of it. */
export interface ApplicationOperation {
  readonly operationId: string;
  readonly operationContext?: string;
  /** Where this operation's events go instead of to the connection's own address. */
  readonly callbackUri?: string;
}

/** Whom an application invites, and with what. */
export interface ApplicationInvitation {
  /** The number that a telephone is shown, `4:+...`. */
  readonly alternateCallerId?: string;
  readonly callerName?: string;
  readonly customContext?: CustomContext;
  /** How long they are rung; as long as anybody without it. */
  readonly ringMs?: number;
}

/** One entry of the roster that applications are shown: somebody who is connected. */
export interface ApplicationParticipant {
  readonly identifier: string;
  readonly isMuted: boolean;
  readonly isOnHold: boolean;
}

/** What an application is told of its call. */
export type ApplicationEvent =
  | { readonly kind: 'connected' }
  | { readonly kind: 'participantsUpdated'; readonly sequenceNumber: number; readonly participants: readonly ApplicationParticipant[] }
  /** Its part is over. Nothing follows. */
  | { readonly kind: 'disconnected'; readonly endReason: EndReason; readonly hasConnected: boolean }
  | { readonly kind: 'participantAdded'; readonly operation: ApplicationOperation; readonly identifier: string }
  | { readonly kind: 'addParticipantFailed'; readonly operation: ApplicationOperation; readonly identifier: string; readonly endReason: EndReason }
  /** `isDone` is false where nobody waits for an answer to that invitation. */
  | { readonly kind: 'addParticipantCancelled'; readonly operation: ApplicationOperation; readonly invitationId: string; readonly isDone: boolean }
  /** `isDone` is false where there is no such participant. */
  | { readonly kind: 'participantRemoved'; readonly operation: ApplicationOperation; readonly identifier: string; readonly isDone: boolean }
  | { readonly kind: 'transferAccepted'; readonly operation: ApplicationOperation; readonly transferee: string; readonly target: string }
  | { readonly kind: 'transferFailed'; readonly operation: ApplicationOperation; readonly endReason: EndReason }
  | MediaOperationEvent;
