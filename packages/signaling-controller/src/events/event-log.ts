import type { EndpointEvent } from '@dialplane/calling-api';

/** An event that was given to an endpoint, as it goes over the wire. */
export interface LoggedEvent {
  readonly eventId: string;
  readonly type: EndpointEvent['type'];
  /** An `EventEnvelope` as JSON. */
  readonly data: string;
  readonly at: number;
}

/** How much of the past an endpoint can catch up on. */
export interface EventLogLimits {
  readonly maxEvents: number;
  readonly maxBytes: number;
}

/**
 * The newest events of one endpoint, so that a stream can be continued after `Last-Event-ID`. Ids are `<epoch>-<number>`; the
 * epoch is another one after a restart, and then nothing can be continued. Bounded in count and size, oldest dropped first.
 */
export class EventLog {
  private readonly epoch: string;
  private readonly limits: EventLogLimits;
  private readonly events: LoggedEvent[] = [];
  private bytes = 0;
  private count = 0;

  constructor(epoch: string, limits: EventLogLimits) {
    this.epoch = epoch;
    this.limits = limits;
  }

  /** The id of the newest event; of the state before any event, when there was none. */
  get lastEventId(): string {
    return `${this.epoch}-${this.count}`;
  }

  append(event: EndpointEvent, time: string, at: number): LoggedEvent {
    this.count += 1;
    const eventId = this.lastEventId;
    const logged: LoggedEvent = { eventId, type: event.type, data: JSON.stringify({ eventId, time, event }), at };
    this.events.push(logged);
    this.bytes += logged.data.length;
    while (this.events.length > this.limits.maxEvents || (this.bytes > this.limits.maxBytes && this.events.length > 1)) this.dropOldest();
    return logged;
  }

  /** The events after `eventId`, oldest first; `undefined` when the log does not reach back to it. */
  after(eventId: string): readonly LoggedEvent[] | undefined {
    const [, epoch, number] = /^(\w+)-(\d{1,15})$/.exec(eventId) ?? [];
    if (epoch !== this.epoch) return undefined;
    const missed = this.count - Number(number);
    if (missed < 0 || missed > this.events.length) return undefined;
    return this.events.slice(this.events.length - missed);
  }

  /** Forgets what is older than anybody can still be waiting for. */
  forgetBefore(at: number): void {
    while (this.events[0] !== undefined && this.events[0].at < at) this.dropOldest();
  }

  private dropOldest(): void {
    this.bytes -= this.events.shift()?.data.length ?? 0;
  }
}
