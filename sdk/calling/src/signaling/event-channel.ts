import type { EventEnvelope } from '@dialplane/calling-api';
import type { Platform } from '../platform.ts';
import type { ApiClient } from './api-client.ts';
import { backoffMs, pause } from './backoff.ts';
import { readEventStream, StreamSilentError } from './event-stream-reader.ts';
import { ServerError } from './server-error.ts';

export interface EventChannelOptions {
  readonly platform: Platform;
  readonly api: ApiClient;
  readonly endpointId: string;
  readonly keepAliveMs: number;
  /** Called in the order of the events, each once. */
  readonly onEvent: (envelope: EventEnvelope) => void;
  /** Events arrive, or do not: called on every change, first with true. */
  readonly onConnectedChanged: (isConnected: boolean) => void;
  /** The server does not take this endpoint any more (401, 403, 404, 410). The channel has stopped. */
  readonly onRefused: (error: ServerError) => void;
}

const reconnectDelays = { firstMs: 250, maxMs: 8000 };
/** An interruption shorter than this is not worth telling. */
const toleratedInterruptionMs = 2000;
/** A server that streams sends its first byte at once. Nothing for this long means that something in between holds it back. */
const firstByteMs = 6000;
const pollSeconds = 25;
/** How long to stay with long polling before trying whether streaming works again. */
const pollingPeriodMs = 300_000;
const refusals = new Set([401, 403, 404, 410]);

/**
 * The events of one endpoint, without gap or repetition, over connections that come and go: a stream that is resumed after
 * the last event id, or long polls where something between here and the server does not let a stream through.
 */
export class EventChannel {
  private readonly options: EventChannelOptions;
  private readonly stop = new AbortController();
  private lastEventId: string | undefined;
  private isConnected = false;
  private failures = 0;
  private pollUntil = 0;
  /** Set while an interruption waits to be told. */
  private cancelReport: (() => void) | undefined;
  /** Ends the current wait between two attempts. */
  private wake = new AbortController();
  /** Ends the current attempt. */
  private attempt = new AbortController();

  constructor(options: EventChannelOptions) {
    this.options = options;
  }

  /** Runs until `close` or a refusal. Call once. */
  start(): void {
    void this.run();
  }

  close(): void {
    this.stop.abort();
    this.cancelReport?.();
    this.attempt.abort();
    this.wake.abort();
  }

  /** The network came back or changed: tries at once, on a new connection. */
  reconnect(): void {
    this.failures = 0;
    this.attempt.abort();
    this.wake.abort();
  }

  private async run(): Promise<void> {
    const { clock, random, logger } = this.options.platform;
    while (!this.stop.signal.aborted) {
      this.attempt = new AbortController();
      try {
        await (clock.now() < this.pollUntil ? this.poll() : this.stream());
        this.failures = 0;
      } catch (error) {
        if (this.stop.signal.aborted) break;
        if (error instanceof ServerError && refusals.has(error.status)) {
          this.setConnected(false);
          this.options.onRefused(error);
          return;
        }
        this.pollUntil = error instanceof StreamSilentError ? clock.now() + pollingPeriodMs : 0;
        this.failures += 1;
        this.reportInterruption();
        logger.info(`event stream interrupted (${this.failures})`, error);
      }
      if (this.failures > 0 && !this.attempt.signal.aborted) {
        this.wake = new AbortController();
        await pause(clock, backoffMs(this.failures, reconnectDelays, random), this.wake.signal);
      }
    }
  }

  private async stream(): Promise<void> {
    const { api, endpointId, platform, keepAliveMs } = this.options;
    await readEventStream({
      clock: platform.clock,
      open: (signal) => api.openEvents(endpointId, this.lastEventId, signal),
      signal: this.attempt.signal,
      firstByteMs,
      silenceMs: 2 * keepAliveMs,
      onByte: () => {
        this.received();
      },
      onEvent: (envelope) => {
        this.deliver(envelope);
      },
    });
  }

  private async poll(): Promise<void> {
    const { api, endpointId } = this.options;
    const query = { wait: pollSeconds, ...(this.lastEventId === undefined ? {} : { after: this.lastEventId }) };
    const limits = { signal: this.attempt.signal, attemptTimeoutMs: (pollSeconds + 10) * 1000, timeoutMs: (pollSeconds + 10) * 1000 };
    const batch = await api.request('receiveEvents', { params: { endpointId }, query }, limits);
    this.received();
    for (const envelope of batch.events) this.deliver(envelope);
    this.lastEventId = batch.lastEventId;
  }

  private received(): void {
    this.failures = 0;
    this.cancelReport?.();
    this.cancelReport = undefined;
    this.setConnected(true);
  }

  private reportInterruption(): void {
    this.cancelReport ??= this.options.platform.clock.after(toleratedInterruptionMs, () => {
      this.setConnected(false);
    });
  }

  private deliver(envelope: EventEnvelope): void {
    this.lastEventId = envelope.eventId;
    if (!this.stop.signal.aborted) this.options.onEvent(envelope);
  }

  private setConnected(isConnected: boolean): void {
    if (isConnected === this.isConnected || this.stop.signal.aborted) return;
    this.isConnected = isConnected;
    this.options.onConnectedChanged(isConnected);
  }
}
