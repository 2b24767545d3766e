import type { Emit } from '../event-emitter.ts';
import type { CallEvents } from '../public/call.ts';
import type { CallSession } from './call-session.ts';

/**
 * Whether the microphone is muted. The user's word takes effect at once, here; the server is told, and somebody else's
 * muting arrives from there. While the server is being told, what it says is older than the user's word. Only the user's own
 * word opens the microphone: neither a failure nor the server does.
 */
export class MuteState {
  isMuted = false;
  private readonly session: CallSession;
  private readonly emit: Emit<CallEvents>;
  private inFlight = 0;
  private words = 0;
  /** Before the call is set up, the user's word alone counts. */
  private isSettled = false;

  constructor(session: CallSession, emit: Emit<CallEvents>) {
    this.session = session;
    this.emit = emit;
  }

  /** Rejects when the server refuses. Unmuting is taken back then, unless there is a newer word; muting stays. */
  async set(isMuted: boolean): Promise<void> {
    if (isMuted === this.isMuted) return;
    this.words += 1;
    const word = this.words;
    this.apply(isMuted);
    if (this.session.view() === undefined) return;
    try {
      await this.tell();
    } catch (error) {
      if (!isMuted && word === this.words && !this.session.isOver) this.apply(true);
      throw error;
    }
  }

  /** The call was set up, or the server has not heard the last word: tells it what is so. */
  settle(): void {
    this.isSettled = true;
    const self = this.session.view()?.self;
    if (self?.permissions?.includes('unmuteMic') === false) return this.apply(true);
    if (self?.isMuted === this.isMuted) return;
    this.tell().catch((error: unknown) => {
      this.session.platform.logger.warning('the server was not told that the microphone was muted or unmuted', error);
    });
  }

  serverSaid(isMuted: boolean, byOthers: boolean): void {
    if (!this.isSettled || (this.inFlight > 0 && !byOthers)) return;
    if (!isMuted) return this.settle();
    this.apply(true);
    if (byOthers) this.emit('mutedByOthers');
  }

  private async tell(): Promise<void> {
    this.inFlight += 1;
    try {
      await this.session.request('updateSelf', { body: { isMuted: this.isMuted } });
    } finally {
      this.inFlight -= 1;
    }
  }

  private apply(isMuted: boolean): void {
    if (isMuted === this.isMuted) return;
    this.isMuted = isMuted;
    this.session.media.outgoing.setMuted(isMuted);
    this.emit('isMutedChanged');
  }
}
