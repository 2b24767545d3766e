import type { Call, EndpointEvent, EventBatch, EventEnvelope } from '@dialplane/calling-api';
import { dateOf, type Clock } from '../clock.ts';
import { EventLog, type EventLogLimits, type LoggedEvent } from './event-log.ts';

/** Who reads the events of an endpoint at the moment: an open stream or a held long poll. */
export interface EventReader {
  /** `false` when the reader cannot keep up; the channel then lets go of it, and it resumes from the log. */
  deliver(event: LoggedEvent): boolean;
  /** Each second; on some of them a sign of life is due. `false` as with {@link deliver}. */
  tick(now: number, isKeepAliveDue: boolean): boolean;
  /** Ends the reader in good order: another took its place, or the endpoint or the server closes. */
  end(): void;
}

/**
 * The events of one endpoint: their log, and the one reader they are handed to as they come. A new reader takes the place of
 * the one before, which is a connection that the client has given up.
 */
export class EventChannel {
  private readonly log: EventLog;
  private readonly clock: Clock;
  private reader: EventReader | undefined;

  constructor(epoch: string, limits: EventLogLimits, clock: Clock) {
    this.log = new EventLog(epoch, limits);
    this.clock = clock;
  }

  get hasReader(): boolean {
    return this.reader !== undefined;
  }

  get lastEventId(): string {
    return this.log.lastEventId;
  }

  publish(event: EndpointEvent): void {
    const now = this.clock.now();
    const logged = this.log.append(event, dateOf(this.clock, now), now);
    if (this.reader?.deliver(logged) === false) this.reader = undefined;
  }

  /** What a reader that knows `after` has missed; a `sync` event where the log cannot tell. */
  missedSince(after: string | undefined, calls: () => Call[]): readonly LoggedEvent[] {
    const missed = after === undefined ? undefined : this.log.after(after);
    return missed ?? [this.sync(calls())];
  }

  attach(reader: EventReader): void {
    const before = this.reader;
    this.reader = reader;
    before?.end();
  }

  /** Lets go of `reader` if it is still the one; says whether it was. */
  detach(reader: EventReader): boolean {
    if (this.reader !== reader) return false;
    this.reader = undefined;
    return true;
  }

  tick(now: number, isKeepAliveDue: boolean): void {
    if (this.reader?.tick(now, isKeepAliveDue) === false) this.reader = undefined;
  }

  forgetBefore(at: number): void {
    this.log.forgetBefore(at);
  }

  /** Ends the reader, if any. */
  close(): void {
    const { reader } = this;
    this.reader = undefined;
    reader?.end();
  }

  private sync(calls: Call[]): LoggedEvent {
    const now = this.clock.now();
    const envelope: EventEnvelope = { eventId: this.lastEventId, time: dateOf(this.clock, now), event: { type: 'sync', calls } };
    return { eventId: envelope.eventId, type: 'sync', data: JSON.stringify(envelope), at: now };
  }
}

/** The answer to a long poll. */
export function eventBatch(events: readonly LoggedEvent[], lastEventId: string): EventBatch {
  return { events: events.map((event) => JSON.parse(event.data) as EventEnvelope), lastEventId };
}
