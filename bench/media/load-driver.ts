import { readdirSync, readFileSync } from 'node:fs';
import type { LoadEngine } from './load-engine.ts';
import type { MediaSource } from './media-sources.ts';

/** So long after the last packet a closed loop takes the rest for lost. */
const lostAfterMs = 20;

/** When sources send. */
export interface Pace {
  /** Sends what is due. */
  tick(engine: LoadEngine, nowMs: number): void;
}

/** Frames of all sources evenly spread over the period. */
export class EvenPace implements Pace {
  private readonly sources: readonly MediaSource[];
  private readonly periodMs: number;
  private readonly startMs = performance.now();
  private sent = 0;

  constructor(sources: readonly MediaSource[], periodMs: number) {
    this.sources = sources;
    this.periodMs = periodMs;
  }

  tick(engine: LoadEngine, nowMs: number): void {
    const due = Math.floor(((nowMs - this.startMs) * this.sources.length) / this.periodMs);
    for (; this.sent < due; this.sent += 1) this.sources[this.sent % this.sources.length]?.sendFrame(engine, nowMs);
  }
}

/**
 * Never lets the server's queue run empty, nor grow: frames of the sources in turn as long as fewer than `window` packets are under way and none sends more than
 * it may.
 */
export class ClosedLoop implements Pace {
  private readonly sources: readonly MediaSource[];
  private readonly copies: number;
  private readonly window: number;
  private readonly mostPerSecond: number;
  private readonly startMs = performance.now();
  private readonly sentBefore: readonly number[];
  private expected = 0;
  private lastReceived = 0;
  private lastReceivedMs = 0;
  private next = 0;

  /**
   * @param copies How many receivers get each packet.
   * @param mostPerSecond Packets of one source.
   */
  constructor(engine: LoadEngine, sources: readonly MediaSource[], copies: number, window: number, mostPerSecond: number) {
    this.sources = sources;
    this.copies = copies;
    this.window = window;
    this.mostPerSecond = mostPerSecond;
    this.expected = engine.received;
    this.sentBefore = sources.map(({ sent }) => sent);
  }

  tick(engine: LoadEngine, nowMs: number): void {
    if (engine.received !== this.lastReceived) [this.lastReceived, this.lastReceivedMs] = [engine.received, nowMs];
    // What has not come by now is lost.
    else if (nowMs - this.lastReceivedMs > lostAfterMs) this.expected = engine.received;
    const allowance = ((nowMs - this.startMs) * this.mostPerSecond) / 1000;
    for (let tries = this.sources.length; tries > 0 && this.expected - engine.received < this.window; tries -= 1) {
      const index = this.next++ % this.sources.length;
      const source = this.sources[index];
      if (source === undefined || source.sent - (this.sentBefore[index] ?? 0) > allowance) continue;
      const { sent } = source;
      source.sendFrame(engine, nowMs);
      this.expected += (source.sent - sent) * this.copies;
      tries = this.sources.length;
    }
  }
}

/** What a stretch of load came to. */
export interface Measured {
  readonly seconds: number;
  /** Time on CPU of all threads of the server. */
  readonly serverNs: number;
  /** Authentic packets that came back. */
  readonly packets: number;
}

/** Keeps the load going for a while. It spins, so that nothing is sent late. */
export async function drive(engine: LoadEngine, paces: readonly Pace[], durationMs: number): Promise<void> {
  const endMs = performance.now() + durationMs;
  for (let nowMs = performance.now(); nowMs < endMs; nowMs = performance.now()) {
    for (const pace of paces) pace.tick(engine, nowMs);
    engine.flush();
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
}

/** Keeps the load going and reads the server's time on CPU around it. */
export async function measureLoad(engine: LoadEngine, pid: number, paces: readonly Pace[], durationMs: number): Promise<Measured> {
  const [startMs, beforeNs, before] = [performance.now(), onCpuNs(pid), engine.received];
  await drive(engine, paces, durationMs);
  return { seconds: (performance.now() - startMs) / 1000, serverNs: onCpuNs(pid) - beforeNs, packets: engine.received - before };
}

/** Time on CPU of all threads of a process. */
export function onCpuNs(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]), 0);
}

export function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}
