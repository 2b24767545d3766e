import type { TestContext } from 'node:test';
import { ArrivalRecorder } from '@dialplane/rtp';
import { instant } from '@dialplane/sansio';
import type { TestMediaClient } from './test-media-client.ts';

/** A client that is sent packets over a line of so many bits per second, and says when they would have arrived; nothing is really held up. */
export class SlowLine {
  rateBps: number;
  private readonly client: TestMediaClient;
  private readonly recorder = new ArrivalRecorder();
  private readonly queued: Array<{ readonly number: number; readonly at: number }> = [];
  private freeAt = 0;

  private constructor(client: TestMediaClient, rateBps: number) {
    this.client = client;
    this.rateBps = rateBps;
    client.onTransportNumber = (number, length) => {
      const startsAt = Math.max(this.freeAt, performance.now());
      if (number < 0 || startsAt - performance.now() > 300) return;
      this.freeAt = startsAt + (length * 8000) / this.rateBps;
      this.queued.push({ number, at: this.freeAt });
    };
  }

  /** The client says what arrived until the test is over. */
  static open(t: TestContext, client: TestMediaClient, rateBps: number): SlowLine {
    const line = new SlowLine(client, rateBps);
    const telling = setInterval(() => line.tell(), 50);
    t.after(() => clearInterval(telling));
    return line;
  }

  private tell(): void {
    for (let next = this.queued[0]; next !== undefined && next.at <= performance.now(); next = this.queued[0]) {
      this.queued.shift();
      this.recorder.note(next.number, instant(next.at));
    }
    while (this.recorder.hasUnreported) this.client.sendRtcp((writer) => writer.receiverReport(1, []).transportWideFeedback(1, 2000, (bytes, at) => this.recorder.writeFeedback(bytes, at)));
  }
}
