import type { Call as CallView, EndpointEvent, MediaSession } from '@dialplane/calling-api';
import { Listeners } from '../listeners.ts';
import type { Platform } from '../platform.ts';
import { ServerError } from '../signaling/server-error.ts';
import { applyEvent, type CallEvent } from './call-view.ts';

/** How long an answer may be ahead of the events that belong to it before it is taken instead of them. */
const catchUpMs = 1000;
/** After the server could not be asked whether the call goes on, until it is asked again. */
const askAgainMs = 5000;
/** Events that wait for one answer; far more than come in its time. */
const maxHeldEvents = 512;

/** The request that brings this endpoint into the call (start, join, accept) is outstanding. */
interface Seating {
  readonly held: CallEvent[];
  /** Events were lost meanwhile, before a sync event or for their number: one may have been the end of the call. */
  isOvertaken: boolean;
}

export interface CallReplicaOptions {
  /** Known from the beginning for an incoming call. */
  readonly view: CallView | undefined;
  readonly platform: Platform;
  /** Aborted when the call is over: from then on nothing changes. */
  readonly over: AbortSignal;
  /** Asks the server for its view, with a command that changes nothing. */
  readonly ask: () => Promise<CallView>;
  /** Whether it cannot be asked any more. */
  readonly isClosed: () => boolean;
  /** The server says that this endpoint is no longer in the call; the event that told why is lost. */
  readonly onLost: () => void;
  /** The server's answer to the request that brings this endpoint into the call names its media sessions. */
  readonly onSeated: (mediaSessions: readonly MediaSession[]) => Promise<void>;
  /** An event counts; nobody else has been told yet. */
  readonly onEvent: (event: CallEvent) => void;
  /** Events were missed: these are all media sessions that there are. */
  readonly onResynchronised: (mediaSessions: readonly MediaSession[]) => Promise<void>;
}

/**
 * What this client knows of a call: the server's view of it, kept in step by events and answers, which may overtake each other. The higher revision counts. While the
 * request that brings this endpoint into the call is outstanding, events wait for its answer, their base.
 */
export class CallReplica {
  readonly events = new Listeners<[EndpointEvent]>();
  readonly changes = new Listeners<[]>();
  private readonly options: CallReplicaOptions;
  private current: CallView | undefined;
  private seating: Seating | undefined;

  constructor(options: CallReplicaOptions) {
    this.options = options;
    this.current = options.view;
  }

  get view(): CallView | undefined {
    return this.current;
  }

  /** A newer `view` of the call is known, and no request of this client's accounts for it. */
  isOutdatedBy(view: CallView): boolean {
    return this.seating === undefined && this.current !== undefined && this.current.revision < view.revision;
  }

  /** The request that brings this endpoint into the call is about to be sent. */
  beginSeating(): void {
    this.seating = { held: [], isOvertaken: false };
  }

  /** Takes the server's answer to that request: from now on the call exists, and `early` events and held ones count. */
  async adopt(view: CallView, early: readonly CallEvent[]): Promise<void> {
    this.seating?.held.unshift(...early);
    this.replace(view);
    if (!this.isOver) await this.options.onSeated(view.mediaSessions);
    const isOvertaken = this.seating?.isOvertaken === true;
    this.endSeating();
    if (isOvertaken) void this.askWhetherOn();
  }

  /** No answer is outstanding any more, or none will come: what waited for it counts now. */
  endSeating(): void {
    const held = this.seating?.held ?? [];
    this.seating = undefined;
    for (const event of held) this.take(event);
  }

  /**
   * A sync event came, the events before it are lost: `view` is the whole truth at its revision, or undefined where the call
   * is not in it. An answer may have overtaken the sync event, so that an older view is ignored and a missing call asked for.
   */
  async resynchronise(view: CallView | undefined): Promise<void> {
    if (this.seating !== undefined) this.seating.isOvertaken = true;
    else if (view !== undefined) await this.takeWhole(view);
    // A call that is still being prepared here is not known there, and not lost.
    else if (this.current !== undefined) await this.askWhetherOn();
  }

  /** An event of this call. Repeats are dropped. */
  take(event: CallEvent): void {
    if (this.seating !== undefined) {
      if (this.seating.held.length < maxHeldEvents) this.seating.held.push(event);
      else this.seating.isOvertaken = true;
      return;
    }
    if (this.current === undefined || this.isOver) return;
    const next = applyEvent(this.current, event);
    if (next === undefined) return;
    this.current = next;
    this.options.onEvent(event);
    this.events.call(event);
    this.changes.call();
  }

  /** Waits for the events that an answer is ahead of; where they do not come, the answer itself is taken. */
  catchUp(answer: CallView): Promise<void> {
    const { platform, over } = this.options;
    return new Promise((resolve) => {
      const isThere = () => this.isOver || (this.current?.revision ?? 0) >= answer.revision;
      if (isThere()) {
        resolve();
        return;
      }
      const finish = () => {
        cancel();
        unsubscribe();
        over.removeEventListener('abort', finish);
        resolve();
      };
      const cancel = platform.clock.after(catchUpMs, () => {
        finish();
        this.takeWhole(answer).catch((error: unknown) => {
          platform.logger.error('a call could not be brought up to date', error);
        });
      });
      const unsubscribe = this.changes.add(() => {
        if (isThere()) finish();
      });
      over.addEventListener('abort', finish);
    });
  }

  private get isOver(): boolean {
    return this.options.over.aborted;
  }

  private replace(view: CallView): void {
    if (this.isOver || (this.current !== undefined && view.revision < this.current.revision)) return;
    this.current = view;
    this.changes.call();
  }

  /** Whatever was missed is in `view`, unless that is older than what is known. */
  private async takeWhole(view: CallView): Promise<void> {
    if (this.isOver || view.revision < (this.current?.revision ?? 0)) return;
    this.replace(view);
    if (view.state !== 'Disconnected') await this.options.onResynchronised(view.mediaSessions);
  }

  /** Asks until the server has said whether this endpoint is in the call. */
  private async askWhetherOn(): Promise<void> {
    const { platform, ask, isClosed, onLost } = this.options;
    while (!this.isOver) {
      const revision = this.current?.revision;
      try {
        await this.takeWhole(await ask());
        return;
      } catch (error) {
        const isOut = error instanceof ServerError && (error.status === 404 || error.status === 410);
        // A refusal has no revision: where more was heard meanwhile, it may concern an earlier part in this call.
        if (isOut && this.current?.revision !== revision) continue;
        if (isOut) onLost();
        else platform.logger.warning('the server did not say whether the call goes on', error);
        if (isClosed() || (error instanceof ServerError && !error.isRetryable)) return;
        await new Promise<void>((resolve) => platform.clock.after(askAgainMs, resolve));
      }
    }
  }
}
