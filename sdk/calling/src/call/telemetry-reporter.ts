import type { ClientFlowDetail, OperationBody, StreamQuality } from '@dialplane/calling-api';
import type { Platform } from '../platform.ts';
import type { RequestOptions } from '../signaling/api-client.ts';
import { ServerError } from '../signaling/server-error.ts';

type Report = Omit<OperationBody<'reportTelemetry'>, 'endpointId'>;
type FlowEntry = Report['flow'][number];

const flushAfterMs = 2000;
const requestTimeoutMs = 5000;
/** The server takes reports this long after the end of the call. */
const acceptedAfterEndMs = 60_000;
const maxEntriesPerReport = 200;
const maxStreamsPerReport = 64;
/** What waits while the server cannot be reached; the oldest goes first. */
const maxWaiting = 1000;

/**
 * What this client saw of a call, on its way to the call flow record and the call records: collected for two seconds, and
 * sent again until it has arrived, at the end for as long as the server takes it.
 */
export class TelemetryReporter {
  private readonly platform: Platform;
  private readonly send: (report: Report, options: RequestOptions) => Promise<void>;
  private flow: FlowEntry[] = [];
  private readonly streams = new Map<string, StreamQuality>();
  private cancelTimer: (() => void) | undefined;
  /** False until the server knows the call; what is seen before waits. */
  private isOpen = false;
  /** How many reports are on their way: the last may set out while another is. */
  private sending = 0;
  /** On the monotonic clock; undefined until the call has ended. */
  private lastChanceAt: number | undefined;

  constructor(platform: Platform, send: (report: Report, options: RequestOptions) => Promise<void>) {
    this.platform = platform;
    this.send = send;
  }

  open(): void {
    this.isOpen = true;
    this.schedule();
  }

  add(detail: ClientFlowDetail): void {
    if (this.flow.length >= maxWaiting) this.flow.shift();
    this.flow.push({ time: new Date(this.platform.clock.wallClock()).toISOString(), detail });
    this.schedule();
  }

  setStreams(streams: readonly StreamQuality[]): void {
    for (const stream of streams) this.streams.set(stream.streamId, stream);
    this.schedule();
  }

  /** The call has ended, or the page is being closed: sends all that waits at once, in a way that outlives the page. */
  async finish(): Promise<void> {
    this.lastChanceAt ??= this.platform.clock.now() + acceptedAfterEndMs;
    await this.sendWaiting();
  }

  private schedule(): void {
    if (!this.isOpen) return;
    this.cancelTimer ??= this.platform.clock.after(flushAfterMs, () => {
      this.cancelTimer = undefined;
      if (this.sending === 0) void this.sendWaiting();
    });
  }

  /** Never rejects. */
  private async sendWaiting(): Promise<void> {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    if (!this.isOpen) return;
    this.sending += 1;
    let hasArrived = true;
    while (hasArrived && this.isWaiting) hasArrived = await this.sendNext();
    this.sending -= 1;
    if (this.isWaiting) this.schedule();
  }

  private get isWaiting(): boolean {
    return this.flow.length > 0 || this.streams.size > 0;
  }

  /** Returns false when it did not arrive. */
  private async sendNext(): Promise<boolean> {
    const { clock, logger } = this.platform;
    const flow = this.flow.splice(0, maxEntriesPerReport);
    const streams = [...this.streams.values()].slice(0, maxStreamsPerReport);
    for (const { streamId } of streams) this.streams.delete(streamId);
    const leftMs = this.lastChanceAt === undefined ? undefined : this.lastChanceAt - clock.now();
    // Too late: the server would refuse it.
    if (leftMs !== undefined && leftMs <= 0) return true;
    const options: RequestOptions = leftMs === undefined ? { timeoutMs: requestTimeoutMs } : { keepalive: true, timeoutMs: leftMs };
    try {
      await this.send({ sentAt: new Date(clock.wallClock()).toISOString(), flow, streams }, options);
      return true;
    } catch (error) {
      logger.info('a report for the call flow record was not delivered', error);
      // What the server refuses for good it would refuse again.
      if (error instanceof ServerError && !error.isRetryable) return true;
      this.putBack(flow, streams);
      return false;
    }
  }

  private putBack(flow: FlowEntry[], streams: StreamQuality[]): void {
    this.flow = [...flow, ...this.flow].slice(-maxWaiting);
    for (const stream of streams) if (!this.streams.has(stream.streamId)) this.streams.set(stream.streamId, stream);
  }
}
