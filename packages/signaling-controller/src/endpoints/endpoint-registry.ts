import type { EndpointEvent } from '@dialplane/calling-api';
import type { Clock } from '../clock.ts';
import { EventChannel, type EventReader } from '../events/event-channel.ts';
import type { EventLogLimits } from '../events/event-log.ts';
import { ApiError } from '../http/api-error.ts';
import type { Presence, RegisteredEndpoint, Registration } from './registered-endpoint.ts';

export interface EndpointLimits {
  readonly maxPerUser: number;
  readonly keepAliveSeconds: number;
  /** An endpoint that nobody attends to is forgotten after this long, once it is in no call. */
  readonly abandonedAfterSeconds: number;
  readonly eventLog: EventLogLimits;
}

/** Why an endpoint is no more; the words of `endpointClosed`. */
export type ClosingReason = Extract<EndpointEvent, { type: 'endpointClosed' }>['reason'];

/** Who is told what becomes of endpoints. */
export interface EndpointObserver {
  registered(endpoint: RegisteredEndpoint): void;
  lost(endpointId: string): void;
  recovered(endpoint: RegisteredEndpoint): void;
  closed(endpointId: string, reason: ClosingReason): void;
  isInCall(endpointId: string): boolean;
}

/**
 * The registered endpoints of all users: who they are, whether they are there, and the channel their events go through.
 *
 * Presence is an open reader or a request within the keep-alive period. One pass over all endpoints each second (`tick`)
 * serves keep-alives, presence, expiry of tokens and of registrations; no endpoint has a timer.
 */
export class EndpointRegistry {
  private readonly endpoints = new Map<string, RegisteredEndpoint>();
  private readonly byUser = new Map<string, Set<string>>();
  private readonly clock: Clock;
  private readonly limits: EndpointLimits;
  private readonly observer: EndpointObserver;
  private readonly epoch: string;
  private ticks = 0;

  /** @param epoch differs from run to run: events of another run cannot be continued. */
  constructor(clock: Clock, limits: EndpointLimits, epoch: string, observer: EndpointObserver) {
    this.clock = clock;
    this.limits = limits;
    this.epoch = epoch;
    this.observer = observer;
  }

  get size(): number {
    return this.endpoints.size;
  }

  /** How many endpoints have an open stream or poll. */
  countReaders(): number {
    let count = 0;
    for (const endpoint of this.endpoints.values()) if (endpoint.channel.hasReader) count += 1;
    return count;
  }

  get(endpointId: string): RegisteredEndpoint | undefined {
    return this.endpoints.get(endpointId);
  }

  /** The endpoint, if it is registered and `identifier`'s; else throws `ENDPOINT_NOT_FOUND`. Counts as a sign of life. */
  attend(endpointId: string, identifier: string): RegisteredEndpoint {
    const endpoint = this.endpoints.get(endpointId);
    if (endpoint === undefined || endpoint.registration.identifier !== identifier) throw new ApiError('ENDPOINT_NOT_FOUND', { target: 'endpointId' });
    this.markAlive(endpoint);
    return endpoint;
  }

  ofUser(identifier: string): RegisteredEndpoint[] {
    return [...(this.byUser.get(identifier) ?? [])].flatMap((id) => this.endpoints.get(id) ?? []);
  }

  /** The endpoints of a user that would ring if it were called now. */
  reachable(identifier: string): RegisteredEndpoint[] {
    return this.ofUser(identifier).filter((endpoint) => endpoint.presence.kind !== 'lost');
  }

  /**
   * Makes room for one more endpoint of a user: where the limit is reached, the one lost longest and in no call gives way
   * (a tab that was closed). Throws `ENDPOINT_LIMIT` when all of them are in use.
   */
  makeRoom(identifier: string): void {
    const endpoints = this.ofUser(identifier);
    if (endpoints.length < this.limits.maxPerUser) return;
    const idle = endpoints.filter(({ presence, registration }) => presence.kind === 'lost' && !this.observer.isInCall(registration.endpointId));
    const oldest = idle.sort((a, b) => sinceOf(a) - sinceOf(b))[0];
    if (oldest === undefined) throw new ApiError('ENDPOINT_LIMIT', { message: `This user has ${endpoints.length} endpoints in use, the most there may be; close one.` });
    this.close(oldest.registration.endpointId, 'replaced');
  }

  /** Adds an endpoint; its user's calls that are ringing will ring here too. */
  add(registration: Registration, reachedBy?: string): RegisteredEndpoint {
    const endpoint = this.place(registration, { kind: 'unattended', since: this.clock.now() }, reachedBy);
    this.observer.registered(endpoint);
    return endpoint;
  }

  /** Adds an endpoint of an earlier run of the process: it counts as lost until its client shows itself. */
  restore(registration: Registration): void {
    this.place(registration, { kind: 'lost', since: this.clock.now() });
  }

  /** Puts the endpoint under another token. */
  renew(endpointId: string, registration: Registration): RegisteredEndpoint {
    return this.replace(endpointId, { registration });
  }

  /** Notes by which host the client reaches this server now. */
  noteHost(endpointId: string, reachedBy: string): void {
    this.replace(endpointId, { reachedBy });
  }

  publish(endpointId: string, event: EndpointEvent): void {
    this.endpoints.get(endpointId)?.channel.publish(event);
  }

  attachReader(endpointId: string, reader: EventReader): void {
    const endpoint = this.endpoints.get(endpointId);
    endpoint?.channel.attach(reader);
    if (endpoint !== undefined) this.markAlive(endpoint);
  }

  detachReader(endpointId: string, reader: EventReader): void {
    const endpoint = this.endpoints.get(endpointId);
    if (endpoint?.channel.detach(reader) === true) this.replace(endpointId, { presence: { kind: 'unattended', since: this.clock.now() } });
  }

  /** Removes the endpoint; the last thing its reader gets is the reason. */
  close(endpointId: string, reason: ClosingReason): void {
    const endpoint = this.endpoints.get(endpointId);
    if (endpoint === undefined) return;
    endpoint.channel.publish({ type: 'endpointClosed', reason });
    endpoint.channel.close();
    this.endpoints.delete(endpointId);
    const ofUser = this.byUser.get(endpoint.registration.identifier);
    ofUser?.delete(endpointId);
    if (ofUser?.size === 0) this.byUser.delete(endpoint.registration.identifier);
    this.observer.closed(endpointId, reason);
  }

  /** Ends every reader; clients connect again, to whoever serves then. */
  releaseReaders(): void {
    for (const endpoint of this.endpoints.values()) endpoint.channel.close();
  }

  /** To be called each second. `eventRetentionMs` is how long a client may be away and still continue its stream. */
  tick(eventRetentionMs: number): void {
    const now = this.clock.now();
    const wall = this.clock.wallMs();
    const slot = this.ticks % this.limits.keepAliveSeconds;
    this.ticks += 1;
    for (const [endpointId, endpoint] of this.endpoints) {
      if (wall >= endpoint.registration.tokenExpiresAt) {
        this.close(endpointId, 'invalidToken');
        continue;
      }
      endpoint.channel.tick(now, endpoint.slot === slot);
      endpoint.channel.forgetBefore(now - eventRetentionMs);
      this.tickPresence(endpointId, now);
    }
  }

  private place(registration: Registration, presence: Presence, reachedBy?: string): RegisteredEndpoint {
    const { endpointId, identifier } = registration;
    const endpoint: RegisteredEndpoint = {
      registration,
      presence,
      reachedBy,
      channel: new EventChannel(this.epoch, this.limits.eventLog, this.clock),
      slot: this.endpoints.size % this.limits.keepAliveSeconds,
    };
    this.endpoints.set(endpointId, endpoint);
    const ofUser = this.byUser.get(identifier) ?? new Set();
    ofUser.add(endpointId);
    this.byUser.set(identifier, ofUser);
    return endpoint;
  }

  private tickPresence(endpointId: string, now: number): void {
    const endpoint = this.endpoints.get(endpointId);
    if (endpoint === undefined || endpoint.channel.hasReader) return;
    const { presence } = endpoint;
    switch (presence.kind) {
      case 'present':
        this.replace(endpointId, { presence: { kind: 'unattended', since: now } });
        return;
      case 'unattended':
        if (now - presence.since < this.limits.keepAliveSeconds * 1000) return;
        this.replace(endpointId, { presence: { kind: 'lost', since: presence.since } });
        this.observer.lost(endpointId);
        return;
      case 'lost':
        if (now - presence.since < this.limits.abandonedAfterSeconds * 1000 || this.observer.isInCall(endpointId)) return;
        this.close(endpointId, 'expired');
    }
  }

  private markAlive(endpoint: RegisteredEndpoint): void {
    const { endpointId } = endpoint.registration;
    const wasLost = endpoint.presence.kind === 'lost';
    const presence = endpoint.channel.hasReader ? ({ kind: 'present' } as const) : ({ kind: 'unattended', since: this.clock.now() } as const);
    const alive = this.replace(endpointId, { presence });
    if (wasLost) this.observer.recovered(alive);
  }

  private replace(endpointId: string, change: Partial<Pick<RegisteredEndpoint, 'registration' | 'presence' | 'reachedBy'>>): RegisteredEndpoint {
    const before = this.endpoints.get(endpointId);
    if (before === undefined) throw new ApiError('ENDPOINT_NOT_FOUND', { target: 'endpointId' });
    const endpoint = { ...before, ...change };
    this.endpoints.set(endpointId, endpoint);
    return endpoint;
  }
}

function sinceOf(endpoint: RegisteredEndpoint): number {
  return endpoint.presence.kind === 'present' ? Number.POSITIVE_INFINITY : endpoint.presence.since;
}
