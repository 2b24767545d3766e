import { randomUUID } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { NumberHoldStore } from './phone-number-source.ts';

type OperationType = 'purchase' | 'releasePhoneNumber' | 'search' | 'updatePhoneNumberCapabilities' | 'reservationPurchase';

/** Azure `PhoneNumberOperation`; ours are over when they are answered. */
export interface LongOperation {
  readonly id: string;
  readonly operationType: OperationType;
  readonly status: 'succeeded';
  readonly resourceLocation?: string;
  readonly createdDateTime: string;
  readonly lastActionDateTime: string;
}

const rememberedMs = 3_600_000;
const mostRemembered = 10_000;

/** What is stored of one, beside searches and reservations. */
export interface StoredOperation {
  readonly kind: 'operation';
  readonly operation: LongOperation;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Operations that clients poll (Azure's long-running operations), in memory and in the store, so that a poller outlives a restart. What they ask for is done at once; what is left is to be told so. */
export class LongOperations {
  readonly #store: () => NumberHoldStore;
  readonly #now: () => number;
  #operations: Map<string, StoredOperation> | undefined;

  /** @param store asked for when the first operation is. */
  constructor(store: () => NumberHoldStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Notes that an operation succeeded. The answer, which is still to be sent, is 202 and says where it, and what came of it, is found. @param resource path of that, with query. */
  async accept(reply: FastifyReply, operationType: OperationType, resource?: string): Promise<void> {
    const at = this.#now();
    const time = new Date(at).toISOString();
    const id = `${operationType}_${randomUUID()}`;
    const stored: StoredOperation = { kind: 'operation', at, operation: { id, operationType, status: 'succeeded', createdDateTime: time, lastActionDateTime: time, ...(resource !== undefined && { resourceLocation: resource }) } };
    await this.#forgetOld(at);
    this.#remembered.set(id, stored);
    await this.#store().keep({ id: keyOf(id), hold: stored, expiresAt: at + rememberedMs });
    void reply.code(202).header('operation-location', `/phoneNumbers/operations/${id}${versionOf(reply)}`).header('operation-id', id);
    if (resource !== undefined) void reply.header('location', resource);
  }

  get(id: string): LongOperation | undefined {
    const stored = this.#remembered.get(id);
    return stored === undefined || stored.at <= this.#now() - rememberedMs ? undefined : stored.operation;
  }

  /** The oldest first. */
  get #remembered(): Map<string, StoredOperation> {
    this.#operations ??= new Map(this.#store().left.flatMap(({ hold }) => (isOperation(hold) ? [[hold.operation.id, hold] as const] : [])).toSorted(([, one], [, other]) => one.at - other.at));
    return this.#operations;
  }

  async #forgetOld(now: number): Promise<void> {
    for (const [id, { at }] of this.#remembered) {
      const isOver = at <= now - rememberedMs;
      if (!isOver && this.#remembered.size < mostRemembered) return;
      this.#remembered.delete(id);
      // What is over goes from the store by itself.
      if (!isOver) await this.#store().forget(keyOf(id));
    }
  }
}

function keyOf(id: string): string {
  return `operation/${id}`;
}

function isOperation(hold: object): hold is StoredOperation {
  return 'kind' in hold && hold.kind === 'operation';
}

/** The version that a request names, for links that are followed with the same. */
export function versionOf(reply: FastifyReply): string {
  const version = (reply.request.query as Readonly<Record<string, unknown>>)['api-version'];
  return typeof version === 'string' ? `?api-version=${encodeURIComponent(version)}` : '';
}
