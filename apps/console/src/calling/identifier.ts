import { getIdentifierRawId, type CommunicationIdentifierKind } from '@azure/communication-common';
import type { CallerInfo, RemoteParticipant } from '@dialplane/calling';
import { personName } from '../text/person.ts';

/** What to call somebody of whom the client library knows the identifier and perhaps the name. */
export function nameOf({ identifier, displayName }: { readonly identifier?: CommunicationIdentifierKind | undefined; readonly displayName?: string | undefined }): string {
  return identifier === undefined ? (displayName ?? 'Somebody') : personName(getIdentifierRawId(identifier), displayName);
}

/** The other side of a call in words: its participants, or who called while none are known. */
export function namesOf(participants: readonly RemoteParticipant[], callerInfo: CallerInfo): string {
  return participants.length === 0 ? nameOf(callerInfo) : participants.map(nameOf).join(', ');
}
