import type { ApplicationIdentity, ApplicationOperation, ApplicationParticipant, CallConnectionProperties } from '@dialplane/applications-api';
import type { EndReason } from '@dialplane/calling-api';
import type { ApplicationMedia, MediaOperationEvent } from './application-media.ts';
import type { Seat } from '../call-model.ts';

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
  readonly origin: CallConnectionProperties['origin'];
  readonly startedAt: number;
  readonly stage: { readonly kind: 'connecting' } | { readonly kind: 'connected'; readonly connectedAt: number };
  /** Of the roster that it was last told. */
  readonly sequenceNumber: number;
  /** What it plays and hears; nothing without it. */
  readonly media?: ApplicationMedia;
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
  /** Somebody has come from the call of `movedFrom`, another connection of the application. */
  | { readonly kind: 'participantMoved'; readonly operation: ApplicationOperation; readonly identifier: string; readonly movedFrom: string }
  | { readonly kind: 'moveParticipantFailed'; readonly operation: ApplicationOperation; readonly identifier: string; readonly movedFrom: string; readonly endReason: EndReason }
  | { readonly kind: 'transferAccepted'; readonly operation: ApplicationOperation; readonly transferee: string; readonly target: string }
  | { readonly kind: 'transferFailed'; readonly operation: ApplicationOperation; readonly endReason: EndReason }
  | MediaOperationEvent;
