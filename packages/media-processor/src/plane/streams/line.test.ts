import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { TestMediaClient } from '../test-media-client.ts';
import { camera, midElement, noExtensions, planeTest, ridElement, screenOf, testCodecs, TestMediaPlane, vp8Payload } from '../test-media-plane.ts';
import { SlowLine } from '../test-slow-line.ts';

const packetBytes = 1_000;

/** Layers of a simulcast, a packet in each interval, which all begin frames that a receiver can start with: 80, 400 and 1,600 kbit/s. */
const layers = [
  { rid: 'q', ssrc: 11, everyMs: 100 },
  { rid: 'h', ssrc: 12, everyMs: 20 },
  { rid: 'f', ssrc: 13, everyMs: 5 },
];

/** Sends all layers that it is asked for, each frame with its layer as its last byte. */
function film(t: TestContext, client: TestMediaClient, askedLayers: () => number = () => layers.length): void {
  for (const [layer, { rid, ssrc, everyMs }] of layers.entries()) {
    let number = 0;
    const showing = setInterval(() => {
      if (layer >= askedLayers()) return;
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
  const line = SlowLine.open(t, bert, 20_000_000);
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

planeTest('a client that cannot be sent padding is not kept waiting for probes of its line', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', [camera('v', layers.map(({ rid }) => rid))]);
  const { rtxPayloadType: _, ...vp8 } = testCodecs.vp8;
  const bert = await plane.connect('bert', [{ ...screenOf('s', 2000), codecs: [vp8], send: { ssrc: 2000 } }]);
  SlowLine.open(t, bert, 20_000_000);
  plane.want('bert', 's', 'anna');
  film(t, anna);
  await seesLayer(bert, 2);
});

planeTest('a layer that no line takes is not sent after a while, and is again as soon as a line takes it', async (t) => {
  const plane = new TestMediaPlane(t);
  const told = () => plane.events.flatMap((event) => (event.kind === 'watchedChanged' ? [event] : []));
  const anna = await plane.connect('anna', [camera('v', layers.map(({ rid }) => rid))]);
  const bert = await plane.connect('bert', [{ ...screenOf('s', 2000), extensions: noExtensions }]);
  const takes = (bitrateBps: number): void => bert.sendRtcp((writer) => writer.receiverReport(1, []).maximumBitrate(1, bitrateBps, []));
  takes(700_000);
  plane.want('bert', 's', 'anna');
  film(t, anna, () => told().at(-1)?.watched[0]?.layers ?? layers.length);
  await seesLayer(bert, 1);
  await plane.until(() => told().length === 1);
  assert.deepEqual([told()[0]?.watched, told()[0]?.why], [[{ mid: 'v', layers: 2 }], 'camera: the 2 smaller of 3 sizes, as no line of those who see it takes more']);
  takes(20_000_000);
  await seesLayer(bert, 2);
  assert.deepEqual([told()[1]?.watched, told()[1]?.why], [[], 'camera: all 3 sizes, as a line takes more of it']);
});

planeTest('a line that was known a moment ago is trusted with a part of that: by the leg before, and by the peer connection before', async (t) => {
  const plane = new TestMediaPlane(t);
  const estimateOf = async (legId: string): Promise<number | undefined> => {
    plane.handle({ kind: 'closeLeg', conferenceId: 'c', legId });
    const told = await plane.until((event) => event.kind === 'legReport' && event.legId === legId);
    return told.kind === 'legReport' ? told.report.estimatedBps : undefined;
  };
  const sections = [screenOf('s', 2000)];
  await plane.connect('known', sections, { startBps: 900_000 });
  assert.equal(await estimateOf('known'), 900_000);
  const before = await plane.connect('anew', sections);
  before.sendRtcp((writer) => writer.receiverReport(1, []).maximumBitrate(1, 2_000_000, []));
  await plane.reconnect('anew', sections);
  await plane.until(() => plane.events.filter((event) => event.kind === 'legStateChanged' && event.legId === 'anew' && event.state === 'connected').length === 2);
  assert.equal(await estimateOf('anew'), 1_000_000);
});
