import { getIdentifierRawId, type CommunicationIdentifierKind } from '@azure/communication-common';
import type { Call, CallerInfo, RemoteParticipant } from '@dialplane/calling';
import { personName } from '../text/person.ts';

/** What to call somebody of whom the client library knows the identifier and perhaps the name. */
export function nameOf({ identifier, displayName }: { readonly identifier?: CommunicationIdentifierKind | undefined; readonly displayName?: string | undefined }): string {
  return identifier === undefined ? (displayName ?? 'Somebody') : personName(getIdentifierRawId(identifier), displayName);
}

/** How many of many are called by their names. */
const namedOfMany = 3;

/** The other side of a call in words: its participants, or who called while none are known; `a group` or `a room` for one that nobody else is in. */
export function namesOf({ remoteParticipants, callerInfo, info }: NamedCall): string {
  const names = remoteParticipants.map(nameOf);
  if (names.length === 0) return info.roomId !== undefined ? 'a room' : info.groupId === undefined ? nameOf(callerInfo) : 'a group';
  return names.length <= namedOfMany + 1 ? names.join(', ') : `${names.slice(0, namedOfMany).join(', ')} and ${names.length - namedOfMany} others`;
}

/** What of a call its name is made of. */
export type NamedCall = Pick<Call, 'info'> & { readonly remoteParticipants: ReadonlyArray<Pick<RemoteParticipant, 'identifier' | 'displayName'>>; readonly callerInfo: CallerInfo };
