import { Turns } from '../turns.ts';
import type { CallSession } from './call-session.ts';

/**
 * Holding and resuming the call. Requests may overtake each other, and media and server must agree in the end: so each begins
 * when the one before it has had its effect, and the last word of the user is the server's last.
 */
export class HoldState {
  private readonly session: CallSession;
  private readonly turns = new Turns();

  constructor(session: CallSession) {
    this.session = session;
  }

  /** The media stops before the server is asked. Rejects, and takes that back, when the server refuses. */
  async hold(): Promise<void> {
    await this.turns.take(async () => {
      this.session.media.setHeld(true);
      try {
        await this.session.request('hold');
      } catch (error) {
        this.session.media.setHeld(false);
        throw error;
      }
    });
  }

  /** The media goes on once the server has agreed. */
  async resume(): Promise<void> {
    await this.turns.take(async () => {
      await this.session.request('resume');
      this.session.media.setHeld(false);
    });
  }
}
