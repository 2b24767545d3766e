import type { WantedStream } from '@dialplane/calling-api';
import type { Clock } from '../../platform.ts';

/** Renderers come, go and change their size in crowds: the server hears of it this often at most. */
const periodMs = 100;

/** Tells the server which remote pictures a backend session is to receive: the whole list, whenever it is another one. */
export class WantedReporter {
  private readonly clock: Clock;
  private readonly wanted: () => WantedStream[];
  private readonly send: (wanted: WantedStream[]) => Promise<void>;
  /** The list that was sent last, as text; a new session has none. */
  private sent = '[]';
  private sentAt = Number.NEGATIVE_INFINITY;
  private cancelTimer: (() => void) | undefined;

  constructor(clock: Clock, wanted: () => WantedStream[], send: (wanted: WantedStream[]) => Promise<void>) {
    this.clock = clock;
    this.wanted = wanted;
    this.send = send;
  }

  /** The list may be another one. */
  changed(): void {
    this.cancelTimer ??= this.clock.after(Math.max(0, this.sentAt + periodMs - this.clock.now()), () => {
      this.cancelTimer = undefined;
      this.report();
    });
  }

  close(): void {
    this.cancelTimer?.();
  }

  private report(): void {
    const wanted = this.wanted();
    const text = JSON.stringify(wanted);
    if (text === this.sent) return;
    this.sent = text;
    this.sentAt = this.clock.now();
    this.send(wanted).catch(() => {
      // Not delivered after all the repetitions: the next change tells the whole list again.
      if (this.sent === text) this.sent = '';
    });
  }
}
