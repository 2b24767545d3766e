import { createHash } from 'node:crypto';
import type { Endpoint } from '@dialplane/calling-api';
import type { FastifyReply } from 'fastify';
import type { CallDriver } from '../calls/call-driver.ts';
import type { Clock } from '../clock.ts';
import type { EndpointRegistry } from '../endpoints/endpoint-registry.ts';
import type { EndpointStore } from '../endpoints/endpoint-store.ts';
import type { Registration } from '../endpoints/registered-endpoint.ts';
import { eventBatch } from '../events/event-channel.ts';
import { EventStream, type EventSink } from '../events/event-stream.ts';
import { HeldPoll } from '../events/held-poll.ts';
import { ApiError } from '../http/api-error.ts';
import type { OperationHandlers, OperationRequest } from '../http/operation-handler.ts';
import { keptSafe } from './kept-safe.ts';

export interface EndpointOperationsOptions {
  readonly clock: Clock;
  readonly registry: EndpointRegistry;
  readonly store: EndpointStore;
  readonly calls: CallDriver;
  readonly keepAliveSeconds: number;
  readonly reconnectWindowSeconds: number;
  canCallTelephones(): boolean;
  isDraining(): boolean;
}

/** Registering, renewing and closing endpoints, and the events they receive. */
export class EndpointOperations {
  private readonly options: EndpointOperationsOptions;

  constructor(options: EndpointOperationsOptions) {
    this.options = options;
  }

  handlers(): Pick<OperationHandlers, 'registerEndpoint' | 'renewEndpoint' | 'closeEndpoint'> {
    return {
      registerEndpoint: (request) => this.register(request),
      renewEndpoint: (request) => this.renew(request),
      closeEndpoint: ({ caller, params }) => {
        const { registration } = this.options.registry.attend(params.endpointId, caller.identifier);
        this.options.registry.close(registration.endpointId, 'closed');
        return undefined;
      },
    };
  }

  /** Answers with a stream of events, or with the outcome of a long poll. */
  async receiveEvents(request: OperationRequest<'receiveEvents'>, reply: FastifyReply): Promise<unknown> {
    const { caller, params, query, http } = request;
    if (this.options.isDraining()) throw new ApiError('SERVER_DRAINING', { retryAfterSeconds: 1 });
    this.options.registry.attend(params.endpointId, caller.identifier);
    this.options.registry.noteHost(params.endpointId, http.hostname);
    const header = http.headers['last-event-id'];
    const after = query.after ?? (typeof header === 'string' && header.length <= 64 ? header : undefined);
    if (query.wait !== undefined) return this.poll(params.endpointId, after, query.wait, reply);
    this.stream(params.endpointId, after, reply);
    return undefined;
  }

  private async register({ caller, body, requestId, http }: OperationRequest<'registerEndpoint'>): Promise<Endpoint> {
    const { registry, store, clock } = this.options;
    const endpointId = derivedId('endpoint', caller.identifier, requestId);
    const known = registry.get(endpointId);
    if (known !== undefined) return this.describe(known.registration);
    if (this.options.isDraining()) throw new ApiError('SERVER_DRAINING', { retryAfterSeconds: 1 });
    registry.makeRoom(caller.identifier);
    const registration: Registration = {
      endpointId,
      identifier: caller.identifier,
      displayName: body.displayName,
      client: body.client ?? {},
      tokenExpiresAt: caller.tokenExpiresAt,
      registeredAt: clock.wallMs(),
    };
    await keptSafe(store.save(registration));
    registry.add(registration, http.hostname);
    return this.describe(registration);
  }

  private async renew({ caller, params }: OperationRequest<'renewEndpoint'>): Promise<Endpoint> {
    const { registry, store } = this.options;
    const before = registry.attend(params.endpointId, caller.identifier).registration;
    const registration = { ...before, tokenExpiresAt: caller.tokenExpiresAt };
    registry.renew(params.endpointId, registration);
    await keptSafe(store.save(registration));
    return this.describe(registration);
  }

  private describe({ endpointId, identifier, displayName }: Registration): Endpoint {
    const { keepAliveSeconds, reconnectWindowSeconds, canCallTelephones } = this.options;
    return { endpointId, identifier, ...(displayName !== undefined && { displayName }), keepAliveSeconds, reconnectWindowSeconds, canCallTelephones: canCallTelephones() };
  }

  private stream(endpointId: string, after: string | undefined, reply: FastifyReply): void {
    const { registry, calls } = this.options;
    const channel = registry.get(endpointId)?.channel;
    if (channel === undefined) throw new ApiError('ENDPOINT_NOT_FOUND');
    const missed = channel.missedSince(after, () => calls.viewsFor(endpointId));
    const headers = Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));
    reply.hijack();
    const sink: EventSink = reply.raw;
    const stream = new EventStream(sink, headers, missed);
    reply.raw.once('close', () => registry.detachReader(endpointId, stream));
    registry.attachReader(endpointId, stream);
  }

  private async poll(endpointId: string, after: string | undefined, waitSeconds: number, reply: FastifyReply): Promise<unknown> {
    const { registry, calls, clock } = this.options;
    const channel = registry.get(endpointId)?.channel;
    if (channel === undefined) throw new ApiError('ENDPOINT_NOT_FOUND');
    let missed = channel.missedSince(after, () => calls.viewsFor(endpointId));
    if (missed.length === 0 && waitSeconds > 0) {
      const poll = new HeldPoll(clock.now() + waitSeconds * 1000);
      reply.raw.once('close', () => poll.end());
      registry.attachReader(endpointId, poll);
      await poll.settled;
      registry.detachReader(endpointId, poll);
      missed = channel.missedSince(after, () => calls.viewsFor(endpointId));
    }
    return reply.send(eventBatch(missed, channel.lastEventId));
  }
}

/**
 * The id of what a request brings into being: the same request again finds it, also after a restart. With a request id of its
 * own (the client sent none) it is as good as random.
 */
export function derivedId(kind: 'endpoint' | 'call' | 'connection', identifier: string, requestId: string): string {
  const bytes = createHash('sha256').update(JSON.stringify([kind, identifier, requestId])).digest();
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
