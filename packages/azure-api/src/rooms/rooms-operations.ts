import type { Room, RoomParticipantList } from '@dialplane/calling-api';
import type { RoomAnswer, RoomRefusal, Rooms } from '@dialplane/identity';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AzureError, type AzureErrorCode } from '../azure-error.ts';
import { bodyBytes, callerOf } from '../caller.ts';
import { takeTurn } from '../identity-operations.ts';
import { RequestRate, type RequestRateLimit } from '../request-rate.ts';
import { invalid, parseCreateRoom, parseParticipantsPatch, parseRoomPatch } from './room-requests.ts';

interface RoomPath {
  readonly Params: { readonly roomId: string };
}

/** What is asked of rooms. */
type RoomSource = Pick<Rooms, 'create' | 'list' | 'get' | 'update' | 'delete' | 'participants' | 'changeParticipants'>;

const roomsLimit: RequestRateLimit = { requests: 500, windowSeconds: 30 };
const pageSize = 100;
const roomIdForm = /^\d{2,32}$/;
const requestIdForm = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** What the answers of {@link Rooms} are here. */
const refusals: Partial<Record<RoomRefusal['code'], AzureErrorCode>> = {
  ROOM_NOT_FOUND: 'ROOM_NOT_FOUND', ROOM_WINDOW_INVALID: 'ROOM_REQUEST_INVALID', ROOM_FULL: 'ROOM_FULL', ROOM_LIMIT: 'ROOM_LIMIT', REQUEST_ID_REUSED: 'ROOM_REQUEST_REUSED',
};

/** The operations of `RoomsClient` (Azure Communication Services, Rooms, api-versions 2023-06-14 to 2025-03-13). */
export class RoomsOperations {
  readonly #rooms: RoomSource;
  readonly #rate: RequestRate;

  constructor(rooms: RoomSource, limit: RequestRateLimit | undefined, now: () => number) {
    this.#rooms = rooms;
    this.#rate = new RequestRate(limit ?? roomsLimit, now);
  }

  register(instance: FastifyInstance): void {
    const limited = { onRequest: async (request: FastifyRequest) => takeTurn(this.#rate, callerOf(request)) };
    instance.post('/rooms', limited, async (request, reply) => {
      const requestId = repeatableId(request);
      const room = given(await this.#rooms.create(resourceOf(request), parseCreateRoom(bodyBytes(request)), requestId));
      if (requestId !== undefined) void reply.header('repeatability-result', 'accepted');
      return reply.code(201).send(room);
    });
    instance.get('/rooms', limited, (request) => this.#list(request));
    instance.get<RoomPath>('/rooms/:roomId', limited, (request) => this.#rooms.get(resourceOf(request), roomIdOf(request)).then(given));
    instance.patch<RoomPath>('/rooms/:roomId', limited, (request) => this.#rooms.update(resourceOf(request), roomIdOf(request), parseRoomPatch(bodyBytes(request))).then(given));
    instance.delete<RoomPath>('/rooms/:roomId', limited, async (request, reply) => {
      given(await this.#rooms.delete(resourceOf(request), roomIdOf(request)));
      return reply.code(204).send();
    });
    instance.get<RoomPath>('/rooms/:roomId/participants', limited, (request) => this.#listParticipants(request));
    instance.patch<RoomPath>('/rooms/:roomId/participants', limited, (request) => this.#changeParticipants(request));
  }

  async #listParticipants(request: FastifyRequest<RoomPath>): Promise<RoomParticipantList> {
    return { value: [...given(await this.#rooms.participants(resourceOf(request), roomIdOf(request)))] };
  }

  async #changeParticipants(request: FastifyRequest<RoomPath>): Promise<object> {
    given(await this.#rooms.changeParticipants(resourceOf(request), roomIdOf(request), parseParticipantsPatch(bodyBytes(request))));
    return {};
  }

  /** With the link to the next page (relative). */
  async #list(request: FastifyRequest): Promise<{ readonly value: readonly Room[]; readonly nextLink?: string }> {
    const { cursor, 'api-version': version } = request.query as Readonly<Record<string, unknown>>;
    const page = await this.#rooms.list(resourceOf(request), { limit: pageSize, ...(typeof cursor === 'string' && { cursor }) });
    if (page === undefined) throw invalid('cursor', 'this is no link to a next page');
    const { value, nextCursor } = page;
    return { value, ...(nextCursor !== undefined && { nextLink: `/rooms?${new URLSearchParams({ cursor: nextCursor, 'api-version': String(version) })}` }) };
  }
}

function resourceOf(request: FastifyRequest): string {
  return callerOf(request).resource.id;
}

function roomIdOf({ params: { roomId } }: FastifyRequest<RoomPath>): string {
  if (!roomIdForm.test(roomId)) throw invalid('roomId', 'a room id consists of digits');
  return roomId;
}

/** OASIS Repeatable Requests: a request with the same id is carried out once. */
function repeatableId({ headers }: FastifyRequest): string | undefined {
  const id = headers['repeatability-request-id'];
  if (id === undefined) return undefined;
  if (typeof id !== 'string' || !requestIdForm.test(id)) throw invalid('Repeatability-Request-ID', 'it is a UUID');
  return id.toLowerCase();
}

function given<Value>(answer: RoomAnswer<Value>): Value {
  if (answer.ok) return answer.value;
  const code = refusals[answer.code];
  if (code === undefined) throw new AzureError('SERVER_FAULT');
  throw new AzureError(code, answer.sentence === undefined ? {} : { detail: answer.sentence });
}
