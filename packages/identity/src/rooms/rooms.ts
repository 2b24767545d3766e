import { hash, randomInt } from 'node:crypto';
import { maxRoomParticipants, type CreateRoomRequest, type Room, type RoomList, type RoomParticipant, type RoomRole, type UpdateRoomParticipantsRequest, type UpdateRoomRequest } from '@dialplane/calling-api';
import type { Schema, Store, StoreTransaction } from '@dialplane/store';
import { Listeners } from '../listeners.ts';
import { done, refusal, type RoomAnswer } from './room-answer.ts';
import { isOpen, windowOf } from './room-window.ts';

export interface RoomsOptions {
  readonly store: Store;
  /** Wall clock in milliseconds since 1970. */
  readonly now: () => number;
  readonly onListenerError: (error: unknown) => void;
}

/** What somebody who is invited comes into a room with. */
export interface RoomInvitation {
  readonly roomId: string;
  readonly role: RoomRole;
  readonly pstnDialOutEnabled: boolean;
}

/** A room as those in its call have to know it. */
export interface RoomState {
  readonly resourceId: string;
  readonly pstnDialOutEnabled: boolean;
  readonly roles: ReadonlyMap<string, RoomRole>;
}

/** A list page by page; `cursor` as the page before gave it. */
export interface RoomPage {
  readonly limit: number;
  readonly cursor?: string;
}

type RoomRow = Schema['room'];

const maxRooms = 100_000;
/** A room whose window has been over for so long is deleted when another one is made. */
const keptAfterEndMs = 180 * 86_400_000;

/** Rooms in the store: who is invited, when, and in which role. All changes go through here, and who listens hears of them. Failures of the store are `StoreError`. */
export class Rooms {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #changed: Listeners<[roomId: string]>;
  #changes = 0;

  constructor({ store, now, onListenerError }: RoomsOptions) {
    this.#store = store;
    this.#now = now;
    this.#changed = new Listeners(onListenerError);
  }

  /** Calls `listener` after a room, or who is invited to it, was changed or deleted. Returns how to stop listening. */
  onChanged(listener: (roomId: string) => void): () => void {
    return this.#changed.add(listener);
  }

  /** Makes a room. @param requestId of a request that may be repeated: the room is made once, and shown as it is by then. */
  async create(resourceId: string, request: CreateRoomRequest, requestId?: string): Promise<RoomAnswer<Room>> {
    const now = this.#now();
    const window = windowOf(request, now);
    if ('fault' in window) return refusal('ROOM_WINDOW_INVALID', window.fault);
    const participants = new Map((request.participants ?? []).map(({ rawId, role }) => [rawId, role]));
    if (participants.size > maxRoomParticipants) return refusal('ROOM_FULL');
    const row: RoomRow = {
      id: requestId === undefined ? freshId() : derivedId(`${resourceId} ${requestId}`), resource_id: resourceId, created_at: now, valid_from_at: window.from, valid_until_at: window.until,
      pstn_dial_out_enabled: request.pstnDialOutEnabled === true ? 1 : 0, request_digest: requestId === undefined ? null : hash('sha256', `${requestId} ${JSON.stringify(request)}`, 'base64url'),
    };
    return this.#store.transaction(async (transaction) => {
      const before = await transaction.selectFrom('room').selectAll().where('id', '=', row.id).executeTakeFirst();
      if (before !== undefined) return before.request_digest === row.request_digest ? done(viewOf(before)) : refusal('REQUEST_ID_REUSED');
      await transaction.deleteFrom('room').where('valid_until_at', '<', now - keptAfterEndMs).execute();
      const { count } = await transaction.selectFrom('room').select(({ fn }) => fn.countAll<number>().as('count')).where('resource_id', '=', resourceId).executeTakeFirstOrThrow();
      if (count >= maxRooms) return refusal('ROOM_LIMIT');
      await transaction.insertInto('room').values(row).execute();
      await putParticipants(transaction, row.id, participants);
      return done(viewOf(row));
    });
  }

  async get(resourceId: string, roomId: string): Promise<RoomAnswer<Room>> {
    const row = await this.#row(resourceId, roomId);
    return row === undefined ? refusal('ROOM_NOT_FOUND') : done(viewOf(row));
  }

  /** Newest first; `undefined` where the cursor is none that a page gave. */
  async list(resourceId: string, { limit, cursor }: RoomPage): Promise<RoomList | undefined> {
    const [, at, id] = (cursor === undefined ? undefined : /^(\d{1,16})\.(\d{2,32})$/.exec(cursor)) ?? [];
    if (cursor !== undefined && id === undefined) return undefined;
    const rows = await this.#store.database.selectFrom('room').selectAll().where('resource_id', '=', resourceId)
      .$if(id !== undefined, (query) => query.where(({ eb, refTuple, tuple }) => eb(refTuple('created_at', 'id'), '<', tuple(Number(at), id ?? ''))))
      .orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit + 1).execute();
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return { value: rows.slice(0, limit).map(viewOf), ...(last !== undefined && { nextCursor: `${last.created_at}.${last.id}` }) };
  }

  async update(resourceId: string, roomId: string, request: UpdateRoomRequest): Promise<RoomAnswer<Room>> {
    const answer = await this.#store.transaction(async (transaction): Promise<RoomAnswer<Room>> => {
      const before = await rowOf(transaction, resourceId, roomId);
      if (before === undefined) return refusal('ROOM_NOT_FOUND');
      const window = windowOf(request, this.#now(), { from: before.valid_from_at, until: before.valid_until_at });
      if ('fault' in window) return refusal('ROOM_WINDOW_INVALID', window.fault);
      const { pstnDialOutEnabled = before.pstn_dial_out_enabled === 1 } = request;
      const changes = { valid_from_at: window.from, valid_until_at: window.until, pstn_dial_out_enabled: pstnDialOutEnabled ? 1 : 0 } as const;
      await transaction.updateTable('room').set(changes).where('id', '=', roomId).execute();
      return done(viewOf({ ...before, ...changes }));
    });
    if (answer.ok) this.#tell(roomId);
    return answer;
  }

  async delete(resourceId: string, roomId: string): Promise<RoomAnswer<undefined>> {
    const [deleted = 0] = await this.#store.write([this.#store.database.deleteFrom('room').where('id', '=', roomId).where('resource_id', '=', resourceId)], 'powerLoss');
    if (deleted === 0) return refusal('ROOM_NOT_FOUND');
    this.#tell(roomId);
    return done(undefined);
  }

  /** Who is invited, in the order of their identifiers. */
  async participants(resourceId: string, roomId: string): Promise<RoomAnswer<readonly RoomParticipant[]>> {
    if ((await this.#row(resourceId, roomId)) === undefined) return refusal('ROOM_NOT_FOUND');
    const roles = await this.#roles(roomId);
    return done([...roles].map(([rawId, role]) => ({ rawId, role })));
  }

  /** Invites, changes roles, and takes invitations back: all of it or nothing. */
  async changeParticipants(resourceId: string, roomId: string, { invited = [], removed = [] }: UpdateRoomParticipantsRequest): Promise<RoomAnswer<undefined>> {
    const answer = await this.#store.transaction(async (transaction): Promise<RoomAnswer<undefined>> => {
      if ((await rowOf(transaction, resourceId, roomId)) === undefined) return refusal('ROOM_NOT_FOUND');
      const present = await transaction.selectFrom('room_participant').select('identifier').where('room_id', '=', roomId).execute();
      const after = new Set([...present.map(({ identifier }) => identifier).filter((identifier) => !removed.includes(identifier)), ...invited.map(({ rawId }) => rawId)]);
      if (after.size > maxRoomParticipants) return refusal('ROOM_FULL');
      if (removed.length > 0) await transaction.deleteFrom('room_participant').where('room_id', '=', roomId).where('identifier', 'in', removed).execute();
      await putParticipants(transaction, roomId, new Map(invited.map(({ rawId, role }) => [rawId, role])));
      return done(undefined);
    });
    if (answer.ok) this.#tell(roomId);
    return answer;
  }

  /** A user is deleted, and with them their invitations. */
  async forgetUser(identifier: string): Promise<void> {
    const { database } = this.#store;
    const rooms = await database.selectFrom('room_participant').select('room_id').where('identifier', '=', identifier).execute();
    if (rooms.length === 0) return;
    await this.#store.write([database.deleteFrom('room_participant').where('identifier', '=', identifier)], 'powerLoss');
    for (const { room_id: roomId } of rooms) this.#tell(roomId);
  }

  /**
   * Whether somebody may join a room now. What is answered is still so when the promise resolves: who acts on it in that very turn of the event loop hears of every later
   * change by {@link onChanged}.
   */
  async invitation(resourceId: string, roomId: string, identifier: string): Promise<RoomAnswer<RoomInvitation>> {
    for (;;) {
      const changes = this.#changes;
      const row = await this.#row(resourceId, roomId);
      const invited = row === undefined ? undefined : await this.#store.database.selectFrom('room_participant').select('role').where('room_id', '=', roomId).where('identifier', '=', identifier).executeTakeFirst();
      if (changes !== this.#changes) continue;
      if (row === undefined) return refusal('ROOM_NOT_FOUND');
      if (invited === undefined) return refusal('ROOM_NOT_INVITED');
      if (!isOpen({ from: row.valid_from_at, until: row.valid_until_at }, this.#now())) return refusal('ROOM_NOT_OPEN');
      return done({ roomId, role: invited.role as RoomRole, pstnDialOutEnabled: row.pstn_dial_out_enabled === 1 });
    }
  }

  /** What a room is now, whoever asks; `undefined` where there is none. As {@link invitation} it is still so when the promise resolves. */
  async state(roomId: string): Promise<RoomState | undefined> {
    for (;;) {
      const changes = this.#changes;
      const row = await this.#store.database.selectFrom('room').select(['resource_id', 'pstn_dial_out_enabled']).where('id', '=', roomId).executeTakeFirst();
      const roles = await this.#roles(roomId);
      if (changes !== this.#changes) continue;
      return row === undefined ? undefined : { resourceId: row.resource_id, pstnDialOutEnabled: row.pstn_dial_out_enabled === 1, roles };
    }
  }

  #tell(roomId: string): void {
    this.#changes += 1;
    this.#changed.call(roomId);
  }

  #row(resourceId: string, roomId: string): Promise<RoomRow | undefined> {
    return rowOf(this.#store.database, resourceId, roomId);
  }

  async #roles(roomId: string): Promise<ReadonlyMap<string, RoomRole>> {
    const rows = await this.#store.database.selectFrom('room_participant').select(['identifier', 'role']).where('room_id', '=', roomId).orderBy('identifier').execute();
    return new Map(rows.map(({ identifier, role }) => [identifier, role as RoomRole]));
  }
}

function rowOf(database: Store['database'] | StoreTransaction, resourceId: string, roomId: string): Promise<RoomRow | undefined> {
  return database.selectFrom('room').selectAll().where('id', '=', roomId).where('resource_id', '=', resourceId).executeTakeFirst();
}

async function putParticipants(transaction: StoreTransaction, roomId: string, participants: ReadonlyMap<string, RoomRole>): Promise<void> {
  const values = [...participants].map(([identifier, role]) => ({ room_id: roomId, identifier, role }));
  if (values.length === 0) return;
  await transaction.insertInto('room_participant').values(values).onConflict((conflict) => conflict.columns(['room_id', 'identifier']).doUpdateSet((put) => ({ role: put.ref('excluded.role') }))).execute();
}

function viewOf({ id, created_at, valid_from_at, valid_until_at, pstn_dial_out_enabled }: RoomRow): Room {
  return {
    id, createdAt: new Date(created_at).toISOString(), validFrom: new Date(valid_from_at).toISOString(), validUntil: new Date(valid_until_at).toISOString(),
    pstnDialOutEnabled: pstn_dial_out_enabled === 1,
  };
}

/** Of 17 digits, as Azure's. */
function freshId(): string {
  return `99${String(randomInt(10 ** 14)).padStart(15, '0')}`;
}

/** The same for the same text. */
function derivedId(text: string): string {
  return `99${String(hash('sha256', text, 'buffer').readUIntBE(0, 6) % 10 ** 15).padStart(15, '0')}`;
}
