import type { Logger } from '@dialplane/telemetry';
import type { SignalingMetrics } from '../signaling-metrics.ts';
import type { CallbackDelivery } from './callback-delivery.ts';
import type { CallConnectionStore, PendingEvent } from './call-connection-store.ts';

export interface EventOutboxOptions {
  readonly store: CallConnectionStore;
  readonly delivery: CallbackDelivery;
  readonly logger: Logger;
  readonly metrics: Pick<SignalingMetrics, 'applicationTold'>;
  /** How long to wait before each further try, in milliseconds; about three minutes in all by default. */
  readonly retryAfterMs?: readonly number[];
}

const presetRetriesMs: readonly number[] = [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 60_000, 60_000];
/** Events of one connection that wait; an application that takes none loses the newest, but for the last of all. */
const mostWaiting = 500;

/**
 * Takes events to applications: those of one connection one after the other, each until it is taken or given up. What waits is in the store, and goes on with the next
 * run; an event may so come twice, and has the same id then.
 */
export class EventOutbox {
  private readonly options: EventOutboxOptions;
  private readonly closing = new AbortController();
  /** What each connection waits for. */
  private readonly lines = new Map<string, { waiting: number; tail: Promise<void> }>();
  private newest = 0;

  constructor(options: EventOutboxOptions) {
    this.options = options;
  }

  /** Goes on with what the run before has left. */
  async restore(): Promise<void> {
    const events = await this.options.store.loadEvents();
    for (const event of events) this.queue(event, Promise.resolve());
    this.newest = events.at(-1)?.sequence ?? 0;
  }

  /** @param isLast nothing follows on this connection. */
  put(given: Omit<PendingEvent, 'sequence'>, isLast: boolean): void {
    const { store, logger, metrics } = this.options;
    const { connectionId, event: { type } } = given;
    if (!isLast && (this.lines.get(connectionId)?.waiting ?? 0) >= mostWaiting) {
      metrics.applicationTold('dropped');
      logger.warn({ connectionId, type }, 'An event was dropped: the application has not taken those before it.');
      return;
    }
    const event = { ...given, sequence: (this.newest += 1) };
    const stored = store.putEvent(event, isLast).catch((error: unknown) => logger.error({ err: error, connectionId, type }, 'An event for an application could not be stored; it is told all the same.'));
    this.queue(event, stored);
  }

  /** Ends all tries; resolves when none is under way. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.settled();
  }

  /** Resolves when nothing waits of what has been put until now. */
  async settled(): Promise<void> {
    await Promise.all([...this.lines.values()].map(({ tail }) => tail));
  }

  private queue(event: PendingEvent, stored: Promise<void>): void {
    const { connectionId } = event;
    const line = this.lines.get(connectionId) ?? { waiting: 0, tail: Promise.resolve() };
    line.waiting += 1;
    line.tail = line.tail.then(async () => {
      await stored;
      await this.deliver(event);
      line.waiting -= 1;
      if (line.waiting === 0) this.lines.delete(connectionId);
    });
    this.lines.set(connectionId, line);
  }

  private async deliver({ sequence, connectionId, resourceId, url, event }: PendingEvent): Promise<void> {
    const { delivery, store, logger, metrics, retryAfterMs = presetRetriesMs } = this.options;
    const { signal } = this.closing;
    if (signal.aborted) return;
    try {
      // One event in each request: clients read no more than the first.
      const { isTaken, sentence } = await delivery.deliver({ url, resourceId, body: [event], retryAfterMs, signal });
      if (signal.aborted && !isTaken) return;
      metrics.applicationTold(isTaken ? 'taken' : 'givenUp');
      if (!isTaken) logger.warn({ connectionId, type: event.type, outcome: sentence }, 'An application did not take an event; it is given up.');
      await store.removeEvent(sequence);
    } catch (error) {
      logger.error({ err: error, connectionId, type: event.type }, 'An event for an application could not be delivered.');
    }
  }
}
