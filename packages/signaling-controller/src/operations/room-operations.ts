import { identifierKind, type RoomParticipant, type RoomParticipantList } from '@dialplane/calling-api';
import type { Resource, Rooms } from '@dialplane/identity';
import { ApiError } from '../http/api-error.ts';
import type { OperationHandlers } from '../http/operation-handler.ts';
import { givenRoom } from '../rooms/given-room.ts';
import { keptSafe, listed } from './kept-safe.ts';

type RoomOperationIds = 'listRooms' | 'createRoom' | 'getRoom' | 'updateRoom' | 'deleteRoom' | 'listRoomParticipants' | 'updateRoomParticipants';

const defaultPageSize = 100;

/** What operators ask of the rooms of the resource that they run. */
export class RoomOperations {
  private readonly rooms: Rooms;
  private readonly resource: () => Resource;

  constructor(rooms: Rooms, resource: () => Resource) {
    this.rooms = rooms;
    this.resource = resource;
  }

  handlers(): Pick<OperationHandlers, RoomOperationIds> {
    const { rooms } = this;
    return {
      listRooms: ({ query: { limit = defaultPageSize, cursor } }) => listed(rooms.list(this.resource().id, { limit, ...(cursor !== undefined && { cursor }) })),
      createRoom: async ({ body, requestId }) => {
        checkUsers(body.participants);
        return givenRoom(await keptSafe(rooms.create(this.resource().id, body, requestId)));
      },
      getRoom: async ({ params }) => givenRoom(await keptSafe(rooms.get(this.resource().id, params.roomId))),
      updateRoom: async ({ params, body }) => givenRoom(await keptSafe(rooms.update(this.resource().id, params.roomId, body))),
      deleteRoom: async ({ params }) => givenRoom(await keptSafe(rooms.delete(this.resource().id, params.roomId))),
      listRoomParticipants: ({ params }) => this.participants(params.roomId),
      updateRoomParticipants: async ({ params, body }) => {
        checkUsers(body.invited);
        givenRoom(await keptSafe(rooms.changeParticipants(this.resource().id, params.roomId, body)));
        return this.participants(params.roomId);
      },
    };
  }

  private async participants(roomId: string): Promise<RoomParticipantList> {
    return { value: [...givenRoom(await keptSafe(this.rooms.participants(this.resource().id, roomId)))] };
  }
}

function checkUsers(participants: readonly RoomParticipant[] = []): void {
  if (participants.some(({ rawId }) => identifierKind(rawId) !== 'communicationUser')) throw new ApiError('REQUEST_INVALID', { message: 'Only communication users are invited to a room; telephones are called from it.', target: 'body' });
}
