import { randomUUID } from 'node:crypto';
import type { Store, StoreTransaction } from '@dialplane/store';
import { BoundedCache } from './bounded-cache.ts';

/** What deciding about a token needs to know of its user. */
export interface UserState {
  readonly identifier: string;
  readonly resourceId: string;
  /** Tokens of an earlier generation are revoked. */
  readonly tokenGeneration: number;
  /** Only development users have one. */
  readonly displayName: string | undefined;
}

/** Someone who signs in by name, on the server's own word. */
export interface DevelopmentUser {
  readonly identifier: string;
  readonly displayName: string;
}

/** States kept in memory; one takes about 300 bytes. */
const cachedStates = 50_000;

/** The users in the store, with the states of those seen lately in memory. All changes go through here. */
export class Users {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #states = new BoundedCache<string, UserState>(cachedStates);
  #changes = 0;

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  async create(resourceId: string): Promise<string> {
    const identifier = newIdentifier(resourceId);
    await this.#store.write([
      this.#store.database.insertInto('communication_user').values({ id: identifier, resource_id: resourceId, token_generation: 0, display_name: null, directory_name: null, created_at: this.#now() }),
    ]);
    return identifier;
  }

  /** `undefined` when there is no such user. */
  async state(identifier: string): Promise<UserState | undefined> {
    for (;;) {
      const known = this.#states.get(identifier);
      if (known !== undefined) return known;
      const changes = this.#changes;
      const row = await this.#store.database.selectFrom('communication_user').select(['resource_id', 'token_generation', 'display_name']).where('id', '=', identifier).executeTakeFirst();
      // What was read may be older than a change that was confirmed meanwhile.
      if (changes !== this.#changes) continue;
      if (row === undefined) return undefined;
      const state: UserState = { identifier, resourceId: row.resource_id, tokenGeneration: row.token_generation, displayName: row.display_name ?? undefined };
      this.#states.set(identifier, state);
      return state;
    }
  }

  /** Begins the next token generation; false when there is no such user. */
  async beginTokenGeneration(identifier: string): Promise<boolean> {
    const { database } = this.#store;
    return this.#change(identifier, database.updateTable('communication_user').set((column) => ({ token_generation: column('token_generation', '+', 1) })).where('id', '=', identifier));
  }

  /** False when there is no such user. */
  async delete(identifier: string): Promise<boolean> {
    return this.#change(identifier, this.#store.database.deleteFrom('communication_user').where('id', '=', identifier));
  }

  /** The development user of this name. Names are compared folded: case and accents' encoding do not matter. */
  async findByName(transaction: StoreTransaction, resourceId: string, displayName: string): Promise<DevelopmentUser | undefined> {
    const row = await transaction
      .selectFrom('communication_user')
      .select(['id', 'display_name'])
      .where('resource_id', '=', resourceId)
      .where('directory_name', '=', fold(displayName))
      .executeTakeFirst();
    return row === undefined ? undefined : { identifier: row.id, displayName: row.display_name ?? displayName };
  }

  /** Makes a development user; its name must not be taken. */
  async createNamed(transaction: StoreTransaction, resourceId: string, displayName: string): Promise<DevelopmentUser> {
    const identifier = newIdentifier(resourceId);
    await transaction
      .insertInto('communication_user')
      .values({ id: identifier, resource_id: resourceId, token_generation: 0, display_name: displayName, directory_name: fold(displayName), created_at: this.#now() })
      .execute();
    return { identifier, displayName };
  }

  /** Development users whose name contains `query`, by name. */
  async listByName(resourceId: string, query: string, limit: number): Promise<readonly DevelopmentUser[]> {
    const rows = await this.#store.database
      .selectFrom('communication_user')
      .select(['id', 'display_name'])
      .where('resource_id', '=', resourceId)
      .where('directory_name', 'is not', null)
      .where((where) => where(where.fn<number>('instr', ['directory_name', where.val(fold(query))]), '>', 0))
      .orderBy('directory_name')
      .limit(limit)
      .execute();
    return rows.map((row) => ({ identifier: row.id, displayName: row.display_name ?? '' }));
  }

  async #change(identifier: string, statement: Parameters<Store['write']>[0][number]): Promise<boolean> {
    const [changed = 0] = await this.#store.write([statement], 'powerLoss');
    this.#states.delete(identifier);
    this.#changes += 1;
    return changed > 0;
  }
}

function newIdentifier(resourceId: string): string {
  return `8:acs:${resourceId}_${randomUUID()}`;
}

function fold(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
