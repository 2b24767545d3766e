import type { LimitUse } from '@dialplane/calling-api';
import { LineCounters, startedMinutes, type CountedLine } from '@dialplane/routing';
import type { Store } from '@dialplane/store';
import type { PolicyBook } from '../limits/policy-book.ts';
import type { TrunkBook } from '../trunks/trunk-book.ts';
import type { LedgerRow, LineLedger } from './line-ledger.ts';
import { earlierLines } from './open-lines.ts';

/** A line that is to be metered; the numbers are E.164. */
export interface MeteredLine extends Omit<CountedLine, 'ratePerMinute'> {
  readonly callId?: string;
  /** What it is called in the ledger, where that is not its own id: a line that was sent on to another number has a record for each. */
  readonly recordId?: string;
  /** For a line whose plan said it; the incoming rate of the policy by default. */
  readonly ratePerMinute?: number;
}

export interface LineMeterOptions {
  readonly store: Store;
  readonly ledger: LineLedger;
  readonly policy: PolicyBook;
  readonly trunks: TrunkBook;
  /** The resource whose lines these are. */
  readonly resourceId: () => string;
  readonly now: () => number;
}

interface RunningLine {
  readonly line: MeteredLine;
  readonly step: number;
  readonly rateMicros: number;
  readonly currency: string;
  /** Milliseconds since 1970 of the row before. */
  readonly at: number;
  readonly isAnswered: boolean;
  /** Until the row before. */
  readonly answeredMs: number;
}

const micros = 1_000_000;

/**
 * Counts lines against the limits and writes each step into the ledger. Whoever runs lines asks {@link LineMeter.refusal}, then tells `begin`, `moveTo`, `answered` and `end`, each
 * at once; what it does not know is ignored.
 */
export class LineMeter {
  readonly #options: LineMeterOptions;
  readonly #counters: LineCounters;
  readonly #lines = new Map<string, RunningLine>();
  readonly #listeners = new Set<(lineId: string, sentence: string) => void>();

  private constructor(options: LineMeterOptions, counters: LineCounters) {
    this.#options = options;
    this.#counters = counters;
  }

  /** Closes the lines that the run before left open, and takes up what was telephoned today. */
  static async open(options: LineMeterOptions): Promise<LineMeter> {
    const { store, policy, trunks, now } = options;
    const limits = { policy: () => policy.policy, ofTrunk: (name: string) => trunks.get(name)?.limits ?? {} };
    const at = now();
    return new LineMeter(options, new LineCounters(limits, await earlierLines(store, at), at));
  }

  get size(): number {
    return this.#lines.size;
  }

  /** How many lines a trunk carries now. */
  linesOn(trunk: string): number {
    return this.#counters.runningOn(trunk);
  }

  /** Why a line may not begin, in a sentence; `undefined` where it may. */
  refusal(line: Omit<MeteredLine, 'lineId'>): string | undefined {
    return this.#options.ledger.absence() ?? this.#counters.refusal(this.#counted({ ...line, lineId: '' }), this.#options.now());
  }

  begin(line: MeteredLine): void {
    if (this.#lines.has(line.lineId)) return;
    const at = this.#options.now();
    const counted = this.#counted(line);
    this.#counters.begin(counted, at);
    const running: RunningLine = { line, step: 0, at, isAnswered: false, answeredMs: 0, rateMicros: Math.round(counted.ratePerMinute * micros), currency: this.#options.policy.policy.currency };
    this.#lines.set(line.lineId, running);
    this.#write(running, 'started', at, 0);
  }

  /** The line goes by another trunk from now on: the one before did not take it. */
  moveTo(lineId: string, trunk: string): void {
    const running = this.#lines.get(lineId);
    if (running === undefined) return;
    this.#counters.moveTo(lineId, trunk, this.#options.now());
    this.#lines.set(lineId, { ...running, line: { ...running.line, trunk } });
  }

  answered(lineId: string): void {
    const running = this.#lines.get(lineId);
    if (running === undefined || running.isAnswered) return;
    const at = this.#options.now();
    this.#counters.answered(lineId, at);
    const next = { ...running, isAnswered: true, step: running.step + 1, at };
    this.#lines.set(lineId, next);
    this.#write(next, 'answered', at, 0);
  }

  /** @param reason a SIP status, or a word: `hungUp`. */
  end(lineId: string, reason: string): void {
    const running = this.#lines.get(lineId);
    if (running === undefined) return;
    const at = this.#options.now();
    this.#counters.end(lineId, at);
    this.#lines.delete(lineId);
    const answeredMs = answeredSince(running, at);
    this.#write({ ...running, step: running.step + 1 }, 'ended', at, answeredMs, { reason, minutes: startedMinutes(running.answeredMs + answeredMs) });
  }

  /** To be called each minute: writes how far answered lines are, so that a crash costs a minute of the ledger at most, and tells of lines that are past a limit of the day. */
  tick(): void {
    const at = this.#options.now();
    for (const running of this.#lines.values()) if (running.isAnswered) this.#proceed(running, at);
    for (const { lineId, sentence } of this.#counters.exhausted(at)) for (const listener of this.#listeners) listener(lineId, sentence);
  }

  /** Told of lines that have gone past a limit of the day, and should end. */
  onExhausted(listener: (lineId: string, sentence: string) => void): void {
    this.#listeners.add(listener);
  }

  use(): readonly LimitUse[] {
    return this.#counters.use(this.#options.now());
  }

  /** Ends what runs. */
  close(): void {
    for (const lineId of this.#lines.keys()) this.end(lineId, 'shutdown');
  }

  #counted({ callId: _callId, recordId: _recordId, ratePerMinute, ...line }: MeteredLine): CountedLine {
    const preset = line.direction === 'inbound' ? this.#options.policy.policy.incomingRatePerMinute : 0;
    return { ...line, ratePerMinute: ratePerMinute ?? preset };
  }

  #proceed(running: RunningLine, at: number): void {
    const answeredMs = answeredSince(running, at);
    const next = { ...running, step: running.step + 1, at, answeredMs: running.answeredMs + answeredMs };
    this.#lines.set(running.line.lineId, next);
    this.#write(next, 'continued', at, answeredMs);
  }

  #write({ line, step, rateMicros, currency }: RunningLine, kind: LedgerRow['kind'], at: number, answeredMs: number, end: { readonly reason: string; readonly minutes: number } | undefined = undefined): void {
    this.#options.ledger.record({
      line_id: line.recordId ?? line.lineId, step, kind, reason: end?.reason ?? null, at, resource_id: this.#options.resourceId(), call_id: line.callId ?? null, identifier: line.identifier ?? null,
      direction: line.direction, trunk: line.trunk ?? null, number: line.number ?? null, own_number: line.ownNumber ?? null, answered_ms: answeredMs, minutes: end?.minutes ?? 0,
      rate_micros: rateMicros, currency,
    });
  }
}

/** Since the row before; the clock may have gone back. */
function answeredSince({ isAnswered, at }: RunningLine, now: number): number {
  return isAnswered ? Math.max(0, now - at) : 0;
}
