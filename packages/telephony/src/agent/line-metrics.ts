import type { Metrics } from '@dialplane/telemetry';
import type { LineEnd, LineEvent } from '@dialplane/telephony-api';
import type { TrunkCalled } from '../line/live-line.ts';

const directions = ['inbound', 'outbound'] as const;
const outcomes = ['answered', 'unanswered', 'refused'] as const;
/** Final statuses that are counted by themselves; all others are one. */
const statuses = ['400', '403', '404', '408', '480', '484', '486', '487', '488', '500', '502', '503', '504', '600', '603', 'other'] as const;
type Status = (typeof statuses)[number];

interface CountedLine {
  readonly direction: (typeof directions)[number];
  readonly startedAtMs: number;
  readonly isAnswered: boolean;
  /** Whether whom was called has said anything yet. */
  readonly hasProgress: boolean;
}

/** Counts lines for `/metrics`: how many there are, how they end, and how long it takes until whom was called rings (post-dial delay). */
export class LineMetrics {
  readonly #lines = new Map<string, CountedLine>();
  readonly #now: () => number;
  readonly #ended;
  readonly #failed;
  readonly #silences;
  readonly #delay;

  /** @param now monotonic milliseconds. */
  constructor(metrics: Metrics, now: () => number = () => performance.now()) {
    this.#now = now;
    this.#ended = metrics.counter({ name: 'telephone_lines_total', help: 'Lines to and from telephones that have ended.', labels: { direction: directions, outcome: outcomes } });
    this.#failed = metrics.counter({ name: 'telephone_failures_total', help: 'Lines that were not answered, by SIP status.', labels: { direction: directions, status: statuses } });
    this.#silences = metrics.counter({ name: 'telephone_trunk_silences_total', help: 'Calls to an address of a trunk that said nothing, or could not be reached.' });
    this.#delay = metrics.histogram({ name: 'telephone_post_dial_delay_seconds', help: 'From a call to the first word of whom is called.', buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16] });
    metrics.sampledGauge({ name: 'telephone_lines', help: 'Lines to and from telephones.' }, () => this.#lines.size);
  }

  get size(): number {
    return this.#lines.size;
  }

  began(lineId: string, direction: CountedLine['direction']): void {
    this.#lines.set(lineId, { direction, startedAtMs: this.#now(), isAnswered: false, hasProgress: direction === 'inbound' });
  }

  hear(event: LineEvent): void {
    if (event.kind === 'incoming') return this.began(event.line.lineId, 'inbound');
    const line = this.#lines.get(event.lineId);
    if (line === undefined) return;
    if (event.kind === 'progress' || event.kind === 'answered') {
      if (!line.hasProgress) this.#delay.observe({}, (this.#now() - line.startedAtMs) / 1000);
      this.#lines.set(event.lineId, { ...line, hasProgress: true, isAnswered: line.isAnswered || event.kind === 'answered' });
    } else if (event.kind === 'ended') this.#end(event.lineId, line, event.end);
  }

  /** What a trunk that was called has said. */
  hearTrunk({ kind }: TrunkCalled['outcome']): void {
    if (kind === 'silent') this.#silences.increment({});
  }

  #end(lineId: string, { direction, isAnswered }: CountedLine, end: LineEnd): void {
    this.#lines.delete(lineId);
    this.#ended.increment({ direction, outcome: isAnswered ? 'answered' : end.refusal === undefined ? 'unanswered' : 'refused' });
    if (!isAnswered && end.status !== undefined) this.#failed.increment({ direction, status: statuses.find((status) => status === String(end.status)) ?? ('other' satisfies Status) });
  }
}
