import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { ArrivalRecorder } from '@dialplane/rtp';
import { instant } from '@dialplane/sansio';
import type { TestMediaClient } from './test-media-client.ts';
import { camera, midElement, planeTest, ridElement, screenOf, TestMediaPlane, vp8Payload } from './test-media-plane.ts';

const packetBytes = 1_000;

/** Layers of a simulcast, a packet in each interval, which all begin frames that a receiver can start with: 80, 400 and 1,600 kbit/s. */
const layers = [
  { rid: 'q', ssrc: 11, everyMs: 100 },
  { rid: 'h', ssrc: 12, everyMs: 20 },
  { rid: 'f', ssrc: 13, everyMs: 5 },
];

/** A client that is sent packets over a line of so many bits per second, and says when they would have arrived; nothing is really held up. */
class SlowLine {
  rateBps: number;
  private readonly client: TestMediaClient;
  private readonly recorder = new ArrivalRecorder();
  private readonly queued: Array<{ readonly number: number; readonly at: number }> = [];
  private freeAt = 0;

  constructor(t: TestContext, client: TestMediaClient, rateBps: number) {
    this.client = client;
    this.rateBps = rateBps;
    client.onTransportNumber = (number, length) => {
      const startsAt = Math.max(this.freeAt, performance.now());
      if (number < 0 || startsAt - performance.now() > 300) return;
      this.freeAt = startsAt + (length * 8000) / this.rateBps;
      this.queued.push({ number, at: this.freeAt });
    };
    const telling = setInterval(() => this.tell(), 50);
    t.after(() => clearInterval(telling));
  }

  private tell(): void {
    for (let next = this.queued[0]; next !== undefined && next.at <= performance.now(); next = this.queued[0]) {
      this.queued.shift();
      this.recorder.note(next.number, instant(next.at));
    }
    while (this.recorder.hasUnreported) this.client.sendRtcp((writer) => writer.receiverReport(1, []).transportWideFeedback(1, 2000, (bytes, at) => this.recorder.writeFeedback(bytes, at)));
  }
}

/** Sends all layers, each frame with its layer as its last byte. */
function film(t: TestContext, client: TestMediaClient): void {
  for (const [layer, { rid, ssrc, everyMs }] of layers.entries()) {
    let number = 0;
    const showing = setInterval(() => {
      const payload = vp8Payload(number, 'key', packetBytes);
      payload[payload.length - 1] = layer;
      client.sendRtp([{ ssrc, payloadType: 96, sequenceNumber: number & 0xffff, timestamp: Math.round(performance.now() * 90), payload, marker: 1, elements: [midElement('v'), ridElement(rid)] }]);
      number += 1;
    }, everyMs);
    t.after(() => clearInterval(showing));
  }
}

/** Waits until the last `count` pictures that a client got were of `layer`. */
async function seesLayer(client: TestMediaClient, layer: number, count = 20): Promise<void> {
  const pictures = (): number[] => client.heard.filter(({ payloadType }) => payloadType === 96).map(({ payload }) => payload.at(-1) ?? -1);
  await client.until(() => pictures().length >= count && pictures().slice(-count).every((seen) => seen === layer));
}

planeTest('a client is sent the layer that its line takes, a lower one when the line becomes narrow, and a higher one after probes when it is wide again', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', [camera('v', layers.map(({ rid }) => rid))]);
  const bert = await plane.connect('bert', [screenOf('s', 2000)]);
  const line = new SlowLine(t, bert, 20_000_000);
  plane.want('bert', 's', 'anna');
  film(t, anna);
  await seesLayer(bert, 2);
  line.rateBps = 700_000;
  await seesLayer(bert, 1);
  const padding = (): number => bert.heard.filter(({ payloadType, payload }) => payloadType === 97 && payload.length === 0).length;
  assert.equal(bert.undecipherable, 0);
  const before = padding();
  line.rateBps = 20_000_000;
  await seesLayer(bert, 2);
  assert.ok(padding() > before, 'no probe was sent');
});
