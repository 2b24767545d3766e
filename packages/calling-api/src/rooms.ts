import { Type, type Static } from 'typebox';
import { RawId, Timestamp } from './identifiers.ts';

/** A room as Azure names it: decimal digits, 17 of them in those that this server makes. */
export const RoomId = Type.String({ pattern: '^[0-9]{2,32}$', description: 'Room id' });

/** What somebody invited may do (Azure Rooms, "Predefined participant roles and permissions"). */
export const RoomRole = Type.Union([Type.Literal('Presenter'), Type.Literal('Attendee'), Type.Literal('Consumer'), Type.Literal('Collaborator')]);
export type RoomRole = Static<typeof RoomRole>;

/** Most participants who are invited to one room: as many as a call has. */
export const maxRoomParticipants = 350;

const roomSettings = {
  /** From then on it can be joined. */
  validFrom: Timestamp,
  /** From then on it can be joined no more; a call that runs goes on. */
  validUntil: Timestamp,
  /** Whether telephones can be called from it. */
  pstnDialOutEnabled: Type.Boolean(),
};

export const Room = Type.Object({ id: RoomId, createdAt: Timestamp, ...roomSettings });
export type Room = Static<typeof Room>;
export const RoomList = Type.Object({ value: Type.Array(Room), nextCursor: Type.Optional(Type.String()) });
export type RoomList = Static<typeof RoomList>;

export const RoomParticipant = Type.Object({ rawId: RawId, role: RoomRole });
export type RoomParticipant = Static<typeof RoomParticipant>;
/** In the order of their identifiers. */
export const RoomParticipantList = Type.Object({ value: Type.Array(RoomParticipant) });
export type RoomParticipantList = Static<typeof RoomParticipantList>;

/** Without a word a room is open from now on, for 180 days, for nobody. */
export const CreateRoomRequest = Type.Object({ ...Type.Partial(Type.Object(roomSettings)).properties, participants: Type.Optional(Type.Array(RoomParticipant, { maxItems: maxRoomParticipants })) });
export type CreateRoomRequest = Static<typeof CreateRoomRequest>;

export const UpdateRoomRequest = Type.Partial(Type.Object(roomSettings));
export type UpdateRoomRequest = Static<typeof UpdateRoomRequest>;

/** Who is invited from now on, or in another role; and who no more. */
export const UpdateRoomParticipantsRequest = Type.Object({
  invited: Type.Optional(Type.Array(RoomParticipant, { maxItems: maxRoomParticipants })),
  removed: Type.Optional(Type.Array(RawId, { maxItems: maxRoomParticipants })),
});
export type UpdateRoomParticipantsRequest = Static<typeof UpdateRoomParticipantsRequest>;

export const RoomPath = Type.Object({ roomId: RoomId });
export const RoomListQuery = Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })), cursor: Type.Optional(Type.String({ maxLength: 64 })) });
