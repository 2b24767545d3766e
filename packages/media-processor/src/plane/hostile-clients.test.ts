import assert from 'node:assert/strict';
import { camera, microphone, midElement, planeTest, screenOf, speaker, type TestLeg, testExtensions, TestMediaPlane, vp8Payload } from './test-media-plane.ts';
import type { TestMediaClient } from './test-media-client.ts';

const voice = (ssrc: number): ReturnType<typeof microphone>[] => [microphone('0', ssrc), speaker('1', ssrc + 1)];

const say = (client: TestMediaClient, number: number, ssrc = 77, size = 3): void =>
  client.sendRtp([{ ssrc, payloadType: 111, sequenceNumber: number & 0xffff, timestamp: number * 960, payload: new Uint8Array(size).fill(number & 0xff), elements: [midElement('0')] }]);

/** A plane where anna is heard by bert. */
async function talking(t: Parameters<Parameters<typeof planeTest>[1]>[0]): Promise<{ plane: TestMediaPlane; anna: TestMediaClient; bert: TestMediaClient; leg: TestLeg }> {
  const plane = new TestMediaPlane(t);
  const leg = plane.open('anna', voice(1000));
  await leg.client.connect(leg.transport.remote, leg.transport.local);
  const bert = await plane.connect('bert', voice(2000));
  say(leg.client, 0);
  await bert.until(() => bert.heard.length === 1);
  return { plane, anna: leg.client, bert, leg };
}

planeTest('DTLS and media from an address that no check came from reach nobody', async (t) => {
  const { plane, anna, bert } = await talking(t);
  const stranger = plane.client();
  stranger.sendDatagram(Uint8Array.of(22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1));
  stranger.sendDatagram(anna.lastDatagram);
  stranger.sendDatagram(new Uint8Array(1400).fill(0x80));
  say(anna, 1);
  await bert.until(() => bert.heard.length === 2);
  assert.equal(plane.plane.statistics.strangers, 3);
});

planeTest('packets that are repeated, altered or made up are counted and dropped', async (t) => {
  const { plane, anna, bert } = await talking(t);
  const replayed = anna.lastDatagram.slice();
  const altered = replayed.slice();
  altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
  const forged = replayed.slice();
  forged[3] = 99;
  for (const datagram of [replayed, altered, forged, Uint8Array.of(0x80, 200, 0, 1), Uint8Array.of(0x80), new Uint8Array(0)]) anna.sendDatagram(datagram);
  say(anna, 1);
  await bert.until(() => bert.heard.length === 2);
  assert.equal(plane.plane.statistics.notAuthentic, 4);
  assert.deepEqual(bert.heard.map(({ payload }) => payload[0]), [0, 1]);
});

planeTest('SSRCs that nothing says the meaning of are counted and dropped, however many', async (t) => {
  const { plane, anna, bert } = await talking(t);
  for (let ssrc = 1; ssrc <= 40; ssrc += 1) anna.sendRtp([{ ssrc, payloadType: 100, sequenceNumber: 1, timestamp: 1, payload: Uint8Array.of(1), elements: [midElement('x')] }]);
  say(anna, 1);
  await bert.until(() => bert.heard.length === 2);
  assert.equal(plane.plane.statistics.unknownStreams, 40);
});

planeTest('absurd sequence numbers and timestamps do not end a stream', async (t) => {
  const { anna, bert } = await talking(t);
  for (const number of [30_000, 60_000, 90_000]) say(anna, number);
  anna.sendRtp([{ ssrc: 77, payloadType: 111, sequenceNumber: 90_001 & 0xffff, timestamp: -2_000_000_000, payload: Uint8Array.of(2), elements: [midElement('0'), [testExtensions.audioLevel, Uint8Array.of(255)]] }]);
  say(anna, 90_002);
  await bert.until(() => bert.heard.some(({ payload }) => payload[0] === (90_002 & 0xff)));
});

planeTest('a client that sends RTCP without end costs what a budget allows', async (t) => {
  const { anna, bert } = await talking(t);
  for (let count = 0; count < 3_000; count += 1) anna.sendRtcp((writer) => writer.receiverReport(1, []).pictureLossIndication(1, 1000));
  anna.sendRtcp((writer) => writer.receiverReport(1, []).nack(1, 1000, Array.from({ length: 200 }, (_, index) => index)));
  await bert.until(() => bert.feedback.length > 0);
  say(bert, 0, 88);
  await anna.until(() => anna.heard.length === 1);
});

planeTest('a client that sends ten times what it may is heard up to that, and others as before', async (t) => {
  const { plane, anna, bert } = await talking(t);
  const carl = await plane.connect('carl', voice(3000));
  const flood = 20_000;
  for (let number = 1; number <= flood; number += 1) say(anna, number, 77, 1100);
  say(carl, 0, 99);
  await bert.until(() => bert.heard.some(({ payload }) => payload.length === 3 && payload[0] === 0));
  await bert.until(() => bert.heard.some(({ ssrc, payload }) => ssrc !== bert.heard[0]?.ssrc && payload.length === 3));
  assert.ok(bert.heard.length < flood / 2, `${bert.heard.length} were passed on`);
});

planeTest('a receiver that asks for everything again and again gets each packet once in a while', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', [camera('v')]);
  const bert = await plane.connect('bert', [screenOf('s', 2000)]);
  plane.want('bert', 's', 'anna');
  const count = 50;
  for (let number = 0; number < count; number += 1) anna.sendRtp([{ ssrc: 5, payloadType: 96, sequenceNumber: number, timestamp: 0, payload: vp8Payload(1, number === 0 ? 'key' : 'inter', 1100), elements: [midElement('v')] }]);
  await bert.until(() => bert.heard.length === count);
  const numbers = bert.heard.map(({ sequenceNumber }) => sequenceNumber);
  const asked = 100;
  for (let time = 0; time < asked; time += 1) bert.sendRtcp((writer) => writer.receiverReport(1, []).nack(1, 2000, numbers));
  anna.sendRtp([{ ssrc: 5, payloadType: 96, sequenceNumber: count, timestamp: 3000, payload: vp8Payload(2, 'inter', 7), elements: [midElement('v')] }]);
  await bert.until(() => bert.heard.some(({ payload }) => payload.length === 12));
  assert.ok(bert.heard.length > count + 1 && bert.heard.length < (asked * count) / 4, `${bert.heard.length} packets`);
});
