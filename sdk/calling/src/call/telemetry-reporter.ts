import type { ClientFlowDetail, OperationBody, StreamQuality } from '@dialplane/calling-api';
import type { Platform } from '../platform.ts';

type Report = Omit<OperationBody<'reportTelemetry'>, 'endpointId'>;
type FlowEntry = Report['flow'][number];

const flushAfterMs = 2000;
const maxPerReport = 200;
/** What waits while the server cannot be reached; the oldest goes first. */
const maxWaiting = 1000;

/**
 * What this client saw of a call, on its way to the call flow record and the call records: collected for two seconds, sent
 * again when it did not arrive, and sent at the end in a way that outlives the page.
 */
export class TelemetryReporter {
  private readonly platform: Platform;
  private readonly send: (report: Report, isLast: boolean) => Promise<void>;
  private flow: FlowEntry[] = [];
  private readonly streams = new Map<string, StreamQuality>();
  private cancelTimer: (() => void) | undefined;
  /** Undefined until the server knows the call; what is seen before waits. */
  private isOpen = false;
  private isSending = false;
  private hasEnded = false;

  constructor(platform: Platform, send: (report: Report, isLast: boolean) => Promise<void>) {
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

  /**
   * Sends what waits; with `isLast` in the last way there is. What is added after that (an opinion on the call) is sent once,
   * while the server takes it. Never rejects.
   */
  async flush(isLast = false): Promise<void> {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    if (!this.isOpen || (this.isSending && !isLast)) return;
    this.hasEnded ||= isLast;
    while (this.flow.length > 0 || this.streams.size > 0) {
      const flow = this.flow.splice(0, maxPerReport);
      const streams = [...this.streams.values()].slice(0, 64);
      this.streams.clear();
      this.isSending = true;
      try {
        await this.send({ sentAt: new Date(this.platform.clock.wallClock()).toISOString(), flow, streams }, isLast);
      } catch (error) {
        this.platform.logger.info('a report for the call flow record was not delivered', error);
        if (!this.hasEnded) this.putBack(flow, streams);
        break;
      } finally {
        this.isSending = false;
      }
    }
    if (this.flow.length > 0 || this.streams.size > 0) this.schedule();
  }

  private putBack(flow: FlowEntry[], streams: StreamQuality[]): void {
    this.flow = [...flow, ...this.flow].slice(-maxWaiting);
    for (const stream of streams) if (!this.streams.has(stream.streamId)) this.streams.set(stream.streamId, stream);
  }

  private schedule(): void {
    if (!this.isOpen) return;
    this.cancelTimer ??= this.platform.clock.after(flushAfterMs, () => {
      void this.flush();
    });
  }
}
