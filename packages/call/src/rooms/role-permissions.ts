import type { MediaStreamType, Permission, RoomRole } from '@dialplane/calling-api';
import type { CallModel, Party } from '../call-model.ts';

const talking: readonly Permission[] = ['unmuteMic', 'turnVideoOn', 'raiseHand', 'useReactions'];
const moderating: readonly Permission[] = ['addCommunicationUser', 'addPhoneNumber', 'removeParticipant', 'muteOthers', 'spotlightParticipant', 'hangUpForEveryOne'];

/** What each role of a room permits (Azure Rooms, "Predefined participant roles and permissions"). */
export const rolePermissions: Readonly<Record<RoomRole, readonly Permission[]>> = {
  Presenter: [...talking, 'shareScreen', ...moderating],
  Collaborator: [...talking, 'shareScreen'],
  Attendee: talking,
  Consumer: [],
};

/** What somebody may do; `undefined` for who has no role and may do everything. Telephones are called only from rooms that are for it. */
export function permissionsOf({ room }: Pick<CallModel, 'room'>, { role }: Pick<Party, 'role'>): readonly Permission[] | undefined {
  if (role === undefined) return undefined;
  return room?.pstnDialOutEnabled === false ? rolePermissions[role].filter((permission) => permission !== 'addPhoneNumber') : rolePermissions[role];
}

export function may(model: Pick<CallModel, 'room'>, party: Pick<Party, 'role'>, permission: Permission): boolean {
  return permissionsOf(model, party)?.includes(permission) !== false;
}

/** Which streams somebody may send; sound is muted for who may not. */
export function sendableBy(model: CallModel, party: Pick<Party, 'role'>): readonly MediaStreamType[] {
  const needed = { Audio: 'unmuteMic', Video: 'turnVideoOn', ScreenSharing: 'shareScreen' } as const;
  return (Object.keys(needed) as MediaStreamType[]).filter((type) => may(model, party, needed[type]));
}
