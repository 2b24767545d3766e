import type { RoomRole } from '@dialplane/calling-api';

/** What is joined: the call of a group, or of a room with the role that somebody has there. */
export type CallPlace = { readonly groupId: string } | { readonly roomId: string; readonly pstnDialOutEnabled: boolean; readonly role?: RoomRole };

export const roomRoles: readonly RoomRole[] = ['Presenter', 'Collaborator', 'Attendee', 'Consumer'];

/** Group ids and room ids do not collide. */
export function idOf(place: CallPlace): string {
  return 'groupId' in place ? place.groupId : place.roomId;
}
