import { randomUUID } from 'node:crypto';
import type { FastifyReply } from 'fastify';

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

/** Operations that clients poll (Azure's long-running operations). What they ask for is done at once; what is left is to be told so. */
export class LongOperations {
  readonly #now: () => number;
  readonly #operations = new Map<string, { readonly operation: LongOperation; readonly at: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes that an operation succeeded and answers 202 with where it, and what came of it, is found. @param resource path of that, with query. */
  accept(reply: FastifyReply, operationType: OperationType, resource?: string): FastifyReply {
    const at = this.#now();
    const time = new Date(at).toISOString();
    const id = `${operationType}_${randomUUID()}`;
    this.#forgetOld(at);
    this.#operations.set(id, { at, operation: { id, operationType, status: 'succeeded', createdDateTime: time, lastActionDateTime: time, ...(resource !== undefined && { resourceLocation: resource }) } });
    void reply.code(202).header('operation-location', `/phoneNumbers/operations/${id}${versionOf(reply)}`).header('operation-id', id);
    if (resource !== undefined) void reply.header('location', resource);
    return reply;
  }

  get(id: string): LongOperation | undefined {
    this.#forgetOld(this.#now());
    return this.#operations.get(id)?.operation;
  }

  #forgetOld(now: number): void {
    for (const [id, { at }] of this.#operations) {
      if (at > now - rememberedMs && this.#operations.size < mostRemembered) return;
      this.#operations.delete(id);
    }
  }
}

/** The version that a request names, for links that are followed with the same. */
export function versionOf(reply: FastifyReply): string {
  const version = (reply.request.query as Readonly<Record<string, unknown>>)['api-version'];
  return typeof version === 'string' ? `?api-version=${encodeURIComponent(version)}` : '';
}
