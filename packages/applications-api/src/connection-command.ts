import type { CustomContext } from '@dialplane/calling-api';

/** What an application calls something that it asked for, given back with what came of it. */
export interface ApplicationOperation {
  readonly operationId: string;
  readonly operationContext?: string;
  /** Where this operation's events go instead of to the connection's own address. */
  readonly callbackUri?: string;
}

/** With what an application invites somebody. */
export interface ApplicationInvitation {
  /** The number that a telephone is shown, `4:+...`. */
  readonly alternateCallerId?: string;
  readonly callerName?: string;
  readonly customContext?: CustomContext;
  /** How long they are rung; as long as anybody without it. */
  readonly ringMs?: number;
}

/** What an application asks of its call. What comes of it is told by events. */
export type ConnectionCommand =
  /** `forEveryone` ends the call; otherwise the application leaves it. */
  | { readonly kind: 'hangUp'; readonly forEveryone: boolean }
  | ({ readonly kind: 'addParticipant'; readonly target: string; readonly operation: ApplicationOperation } & ApplicationInvitation)
  /** `invitationId` is the id of the operation that invited them. */
  | { readonly kind: 'cancelAddParticipant'; readonly invitationId: string; readonly operation: ApplicationOperation }
  | { readonly kind: 'removeParticipant'; readonly target: string; readonly operation: ApplicationOperation }
  | { readonly kind: 'mute'; readonly target: string }
  /** Keys `0-9*#A-D`. */
  | { readonly kind: 'sendDtmf'; readonly target: string; readonly tones: string; readonly operation: ApplicationOperation }
  /** Whether the keys of a participant are told one by one. */
  | { readonly kind: 'listenToTones' | 'stopListeningToTones'; readonly target: string; readonly operation: ApplicationOperation }
  /** What is played and asked, and what waits to be. */
  | { readonly kind: 'cancelMedia' }
  /** Without `transferee` the only one there is. */
  | ({ readonly kind: 'transfer'; readonly target: string; readonly transferee?: string; readonly operation: ApplicationOperation } & Pick<ApplicationInvitation, 'alternateCallerId' | 'customContext'>);
