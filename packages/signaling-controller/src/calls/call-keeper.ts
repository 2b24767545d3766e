import { StoreError } from '@dialplane/store';
import type { Logger } from '@dialplane/telemetry';
import type { Clock } from '../clock.ts';
import type { ClientDescription } from '../endpoints/registered-endpoint.ts';
import type { SignalingMetrics } from '../signaling-metrics.ts';
import type { CallChange, CallStore } from './call-store.ts';
import { EndedCall, type Ending } from './ended-call.ts';
import { listEntry } from './list-entry.ts';
import { RunningCall } from './running-call.ts';

export interface CallKeeperOptions {
  readonly store: CallStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: SignalingMetrics;
  readonly clientOf: (endpointId: string) => ClientDescription;
}

/** How long after the end of a call clients may add to its flow record. */
const reportingMs = 60_000;
const maxEndedCalls = 20_000;

/**
 * Keeps calls in the store as they change: their state with each change, the lines of the flow record of a running call
 * within a second. A process that is killed loses those lines and nothing else; the numbers they had stay missing.
 *
 * When the store cannot be written, a call that it does not hold yet is refused. A conversation is not cut off by a full disk:
 * calls that it holds go on in memory, and what is not stored of them is tried again each second.
 */
export class CallKeeper {
  private readonly options: CallKeeperOptions;
  /** Running calls that the store holds. */
  private readonly stored = new Set<string>();
  private readonly ended = new Map<string, EndedCall>();
  /** What the next tick stores: whole calls, and calls of which only lines of the flow record are missing. */
  private readonly unsaved = new Map<string, RunningCall | EndedCall>();
  private readonly unsavedFlow = new Map<string, RunningCall | EndedCall>();
  private failing = false;

  constructor(options: CallKeeperOptions) {
    this.options = options;
  }

  /** Whether the last attempt to write succeeded. */
  get isWritable(): boolean {
    return !this.failing;
  }

  /** A call that ended no longer than a minute ago. */
  recent(callId: string): EndedCall | undefined {
    return this.ended.get(callId);
  }

  /** Says that a call of an earlier run is in the store. */
  adopt(callId: string): void {
    this.stored.add(callId);
  }

  /** Commits where a running call stands; `false` when a new call could not be stored and so must not be. */
  async keepRunning(call: RunningCall): Promise<boolean> {
    const { callId } = call.about;
    const { stored, parts } = call.snapshot(this.options.clock.now());
    const isNew = !this.stored.has(callId);
    const running = { isNew, snapshot: JSON.stringify(stored), parts: call.parts.takeChanges(parts) };
    const parties = call.listUnstoredParties();
    if (!isNew) this.noteFlow(call);
    const isSaved = await this.write(() => this.options.store.save({ ...this.base(call), running, parties, flow: [], ending: undefined, summaries: [] }));
    if (isSaved) {
      call.noteStoredParties(parties);
      if (!this.stored.has(callId)) this.noteNew(call);
      return true;
    }
    if (!this.stored.has(callId)) return false;
    call.parts.putBack(running.parts);
    if (!this.ended.has(callId)) this.unsaved.set(callId, call);
    return true;
  }

  /** Commits the end of a call; `false` as with {@link keepRunning}. */
  async keepEnded(call: RunningCall, ending: Ending): Promise<boolean> {
    const { clock, clientOf, metrics } = this.options;
    const { callId } = call.about;
    if (call.isToBeForgotten) return this.erase(callId);
    const ended = new EndedCall(call, ending, clock, clientOf);
    this.remember(ended);
    const wasStored = this.stored.delete(callId);
    const isSaved = await this.saveEnded(ended);
    if (isSaved || wasStored) {
      if (!wasStored) metrics.callStarted();
      metrics.callEnded(ending.reason);
      return true;
    }
    this.ended.delete(callId);
    this.unsaved.delete(callId);
    return false;
  }

  /** Lets go of ended calls that a deleted user was in. */
  forget(identifier: string): void {
    for (const [callId, call] of this.ended) {
      if (!call.parties.has(identifier)) continue;
      this.ended.delete(callId);
      this.unsaved.delete(callId);
      this.unsavedFlow.delete(callId);
    }
  }

  /** Notes that lines were added to the flow record of a call. */
  noteFlow(call: RunningCall | EndedCall): void {
    this.unsavedFlow.set(call.about.callId, call);
  }

  /** To be called each second: stores what is waiting for it, and forgets calls that ended long enough ago. */
  async tick(): Promise<void> {
    this.forgetOld();
    const unsaved = [...this.unsaved.values()];
    const unsavedFlow = [...this.unsavedFlow.values()];
    this.unsaved.clear();
    this.unsavedFlow.clear();
    await Promise.all([
      ...unsaved.map((call) => (call instanceof EndedCall ? this.saveEnded(call) : this.keepRunning(call))),
      ...unsavedFlow.map((call) => this.saveFlow(call)),
    ]);
    if (this.failing && this.unsaved.size === 0) await this.write(() => this.options.store.probe());
  }

  private noteNew(call: RunningCall): void {
    this.stored.add(call.about.callId);
    this.options.metrics.callStarted();
    this.noteFlow(call);
  }

  private async erase(callId: string): Promise<boolean> {
    this.stored.delete(callId);
    this.unsaved.delete(callId);
    this.unsavedFlow.delete(callId);
    await this.write(() => this.options.store.erase(callId));
    return true;
  }

  private remember(call: EndedCall): void {
    this.unsaved.delete(call.about.callId);
    this.ended.set(call.about.callId, call);
    for (const callId of this.ended.keys()) {
      if (this.ended.size <= maxEndedCalls) return;
      this.ended.delete(callId);
    }
  }

  private forgetOld(): void {
    const oldest = this.options.clock.wallMs() - reportingMs;
    for (const [callId, call] of this.ended) {
      if (call.endedAt > oldest) return;
      this.ended.delete(callId);
    }
  }

  private async saveEnded(call: EndedCall): Promise<boolean> {
    const { callId } = call.about;
    const flow = call.flow.takeUnsaved();
    const { facts } = call.flow;
    const ending = { endedAt: call.endedAt, lanes: call.lanes, entry: this.entryOf(call) };
    const { summaries, unstoredParties: parties } = call;
    const isSaved = await this.write(() => this.options.store.save({ ...this.base(call), running: undefined, parties, flow, ending, summaries }));
    if (isSaved) call.storedFacts = facts;
    else {
      call.flow.putBack(flow);
      this.unsaved.set(callId, call);
    }
    return isSaved;
  }

  private async saveFlow(call: RunningCall | EndedCall): Promise<void> {
    const { callId } = call.about;
    const flow = call.flow.takeUnsaved();
    if (flow.length === 0) return;
    const { facts } = call.flow;
    const isSummedUp = call instanceof RunningCall || call.storedFacts === facts;
    const entry = isSummedUp ? undefined : this.entryOf(call);
    const isSaved = await this.write(() => this.options.store.saveFlow(callId, call.flow.progress, flow, entry));
    if (isSaved) {
      if (!isSummedUp) call.storedFacts = facts;
      return;
    }
    call.flow.putBack(flow);
    this.unsavedFlow.set(callId, call);
  }

  private entryOf(call: EndedCall): ReturnType<typeof listEntry> {
    const { about, kind, lanes, parties, flow } = call;
    return listEntry({ about, kind, lanes, parties, facts: flow.facts }, this.options.clock.wallMs());
  }

  private base(call: RunningCall | EndedCall): Pick<CallChange, 'callId' | 'startedAt' | 'savedAt' | 'progress'> {
    const { callId, startedAt } = call.about;
    return { callId, startedAt, savedAt: this.options.clock.wallMs(), progress: call.flow.progress };
  }

  /** Carries out a write; `false` when the store failed, which is logged once. */
  private async write(work: () => Promise<void>): Promise<boolean> {
    const { clock, logger, metrics } = this.options;
    const began = clock.now();
    try {
      await work();
      if (this.failing) logger.info('Calls can be stored again.');
      this.failing = false;
      metrics.committed(clock.now() - began);
      return true;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (error.code === 'STORE_CONFLICT') {
        // What it belongs to was deleted meanwhile: there is nothing left to keep.
        logger.warn({ err: error }, 'A change of a call that is no longer stored was dropped.');
        return true;
      }
      if (!this.failing) logger.error({ err: error }, 'Calls cannot be stored; running calls go on, new ones are refused.');
      this.failing = true;
      return false;
    }
  }
}
