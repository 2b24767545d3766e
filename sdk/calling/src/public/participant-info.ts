import type { CommunicationIdentifierKind } from '@azure/communication-common';

/** Somebody in the call, this user included. */
export interface ParticipantInfo {
  readonly identifier?: CommunicationIdentifierKind | undefined;
  readonly displayName?: string | undefined;
}
