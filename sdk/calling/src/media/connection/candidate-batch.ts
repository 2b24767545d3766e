import type { IceCandidate } from '@dialplane/calling-api';
import type { Clock } from '../../platform.ts';

const batchMs = 50;
const maxBatch = 64;

/**
 * Candidates on their way to the other side (RFC 8838): collected for 50 ms, so that a host's dozen makes one request, and held
 * until `open`, because nobody is told an address before the user has accepted.
 */
export class CandidateBatch {
  private readonly clock: Clock;
  private readonly send: (candidates: IceCandidate[]) => Promise<void>;
  private waiting: IceCandidate[] = [];
  private isOpen = false;
  private cancelTimer: (() => void) | undefined;
  private sending: Promise<void> = Promise.resolve();

  constructor(clock: Clock, send: (candidates: IceCandidate[]) => Promise<void>) {
    this.clock = clock;
    this.send = send;
  }

  /** `null` is the end of candidates. */
  add(candidate: RTCIceCandidate | null): void {
    this.waiting.push({
      candidate: candidate?.candidate ?? '',
      mid: candidate?.sdpMid ?? null,
      mLineIndex: candidate?.sdpMLineIndex ?? null,
      usernameFragment: candidate?.usernameFragment ?? null,
    });
    this.schedule();
  }

  open(): void {
    this.isOpen = true;
    this.flush();
  }

  close(): void {
    this.isOpen = false;
    this.waiting = [];
    this.cancelTimer?.();
  }

  private schedule(): void {
    if (!this.isOpen) return;
    this.cancelTimer ??= this.clock.after(batchMs, () => {
      this.flush();
    });
  }

  private flush(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, maxBatch);
      this.sending = this.sending.then(() => this.send(batch));
    }
  }
}
