/**
 * Drives the unmodified `@azure/communication-rooms` against the connection string it is given, and prints what every call came to as one JSON line. A process of its own,
 * because a private authority is trusted by environment (NODE_EXTRA_CA_CERTS).
 */
import { argv, stdout } from 'node:process';
import { CommunicationIdentityClient } from '@azure/communication-identity';
import { RoomsClient } from '@azure/communication-rooms';

const [, , connectionString = '', mode = ''] = argv;
const options = { allowInsecureConnection: mode !== 'secure' };
const rooms = new RoomsClient(connectionString, options);
const identities = new CommunicationIdentityClient(connectionString, options);

async function outcome(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return (await call()) ?? 'done';
  } catch (error) {
    const { statusCode, code, message } = error as { readonly statusCode?: number; readonly code?: string; readonly message: string };
    return { statusCode, code, message };
  }
}

async function roles(roomId: string): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for await (const { id, role } of rooms.listParticipants(roomId)) if ('communicationUserId' in id) found[id.communicationUserId] = role;
  return found;
}

async function idsOfAllRooms(): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of rooms.listRooms()) ids.push(id);
  return ids;
}

const ada = await identities.createUser();
const ben = await identities.createUser();
const hours = (count: number): Date => new Date(Date.now() + count * 3_600_000);
const window = { validFrom: hours(1), validUntil: hours(2) };

const created = await rooms.createRoom({ ...window, pstnDialOutEnabled: true, participants: [{ id: ada, role: 'Presenter' }, { id: ben }] });
const empty = await rooms.createRoom({});
const invited = await roles(created.id);
const results = {
  ada, ben, created, empty, invited, window,
  got: await rooms.getRoom(created.id),
  updated: await rooms.updateRoom(created.id, { pstnDialOutEnabled: false }),
  moved: await rooms.updateRoom(created.id, { validUntil: hours(3) }),
  addOrUpdate: await outcome(() => rooms.addOrUpdateParticipants(created.id, [{ id: ben, role: 'Collaborator' }])),
  afterUpdate: await roles(created.id),
  remove: await outcome(() => rooms.removeParticipants(created.id, [ben])),
  removedTwice: await outcome(() => rooms.removeParticipants(created.id, [ben])),
  afterRemove: await roles(created.id),
  all: await idsOfAllRooms(),
  tooLong: await outcome(() => rooms.createRoom({ validFrom: hours(1), validUntil: hours(1 + 24 * 181) })),
  over: await outcome(() => rooms.createRoom({ validUntil: hours(-1) })),
  backwards: await outcome(() => rooms.updateRoom(created.id, { validFrom: hours(5), validUntil: hours(4) })),
  malformedUser: await outcome(() => rooms.createRoom({ participants: [{ id: { communicationUserId: 'wrong_mri' } }] })),
  malformedId: await outcome(() => rooms.getRoom('invalid_id')),
  unknown: await outcome(() => rooms.getRoom('99000000000000000')),
  deleted: await outcome(() => rooms.deleteRoom(created.id)),
  deletedTwice: await outcome(() => rooms.deleteRoom(created.id)),
  deletedUpdated: await outcome(() => rooms.updateRoom(created.id, window)),
  afterDelete: await idsOfAllRooms(),
};
stdout.write(`${JSON.stringify(results)}\n`);
