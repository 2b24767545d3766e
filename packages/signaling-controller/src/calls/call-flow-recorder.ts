import type { ClientFlowDetail, FlowDetail, FlowEvent, FlowSource } from '@dialplane/calling-api';
import { learnFrom, type CallFacts } from './call-facts.ts';

/** How long the flow record of one call may grow. */
export interface FlowLimits {
  /** All lines; states and decisions are recorded up to four times as many, and ends always. */
  readonly maxEvents: number;
  /** Lines reported by clients, so that one of them cannot crowd out what the server saw. */
  readonly maxClientEvents: number;
}

/** Where a recorder stands; stored with the call, so that it goes on after a restart. */
export interface FlowProgress {
  readonly sequence: number;
  readonly clientEvents: number;
  readonly isTruncated: boolean;
  readonly facts: CallFacts;
}

const essential: ReadonlySet<FlowDetail['kind']> = new Set(['callState', 'participantState', 'decision']);

/**
 * Numbers and bounds the lines of one call's flow record, and draws its facts. It holds only the lines that are not stored
 * yet.
 */
export class CallFlowRecorder {
  private readonly limits: FlowLimits;
  private progressSoFar: FlowProgress;
  private unsaved: FlowEvent[] = [];

  constructor(progress: FlowProgress, limits: FlowLimits) {
    this.progressSoFar = progress;
    this.limits = limits;
  }

  get progress(): FlowProgress {
    return this.progressSoFar;
  }

  get facts(): CallFacts {
    return this.progressSoFar.facts;
  }

  /** Adds what became known otherwise than by a line of the record. */
  learn(facts: Partial<CallFacts>): void {
    this.progressSoFar = { ...this.progressSoFar, facts: { ...this.facts, ...facts } };
  }

  /** @param time ISO 8601. `from` and `to` are lanes. */
  append(source: FlowSource, time: string, from: string, to: string | undefined, detail: FlowDetail): void {
    const { sequence } = this.progressSoFar;
    const limit = essential.has(detail.kind) ? 4 * this.limits.maxEvents : this.limits.maxEvents;
    if (sequence >= limit && detail.kind !== 'ended') {
      this.truncate();
      return;
    }
    this.unsaved.push({ sequence: sequence + 1, time, source, from, ...(to !== undefined && { to }), detail });
    this.progressSoFar = { ...this.progressSoFar, sequence: sequence + 1, facts: learnFrom(this.facts, detail) };
  }

  /** A line that a client reported. */
  appendReported(time: string, lane: string, detail: ClientFlowDetail): void {
    if (this.progressSoFar.clientEvents >= this.limits.maxClientEvents) {
      this.truncate();
      return;
    }
    this.progressSoFar = { ...this.progressSoFar, clientEvents: this.progressSoFar.clientEvents + 1 };
    this.append('client', time, lane, undefined, detail);
  }

  /** The lines not stored yet; they stay until {@link takeUnsaved}. */
  peekUnsaved(): readonly FlowEvent[] {
    return this.unsaved;
  }

  takeUnsaved(): readonly FlowEvent[] {
    const taken = this.unsaved;
    this.unsaved = [];
    return taken;
  }

  /** Takes lines back whose storing failed. */
  putBack(events: readonly FlowEvent[]): void {
    this.unsaved = [...events, ...this.unsaved];
  }

  private truncate(): void {
    if (!this.progressSoFar.isTruncated) this.progressSoFar = { ...this.progressSoFar, isTruncated: true };
  }
}
