import assert from 'node:assert/strict';
import type { SectionSettings } from '../../process-api/leg-settings.ts';
import type { HeardPacket, TestMediaClient } from '../test-media-client.ts';
import { camera, microphone, midElement, planeTest, ridElement, screenOf, speaker, testExtensions, TestMediaPlane, vp8Payload } from '../test-media-plane.ts';
import { SlowLine } from '../test-slow-line.ts';

/** Sends what a microphone does, packet by packet. */
class Voice {
  private readonly client: TestMediaClient;
  private readonly ssrc: number;
  private number: number;

  constructor(client: TestMediaClient, ssrc: number, firstNumber = 0) {
    this.client = client;
    this.ssrc = ssrc;
    this.number = firstNumber;
  }

  say(level = 20): void {
    const elements = [midElement('0'), [testExtensions.audioLevel, Uint8Array.of(0x80 | level)]] as const;
    this.client.sendRtp([{ ssrc: this.ssrc, payloadType: 111, sequenceNumber: this.number & 0xffff, timestamp: this.number * 960, payload: Uint8Array.of(1, 2, this.number), elements }]);
    this.number += 1;
  }
}

/** Sends what a camera does, a packet for each frame. */
class Picture {
  private readonly client: TestMediaClient;
  private readonly ssrc: number;
  private readonly rid: string | undefined;
  number = 0;

  constructor(client: TestMediaClient, ssrc: number, rid?: string) {
    this.client = client;
    this.ssrc = ssrc;
    this.rid = rid;
  }

  show(frame: 'key' | 'inter', size = 20, height?: number): void {
    const elements = [midElement('v'), ...(this.rid === undefined ? [] : [ridElement(this.rid)])];
    this.client.sendRtp([{ ssrc: this.ssrc, payloadType: 96, sequenceNumber: this.number, timestamp: this.number * 3000, payload: vp8Payload(this.number, frame, size, height), marker: 1, elements }]);
    this.number += 1;
  }
}

const voice = (ssrc: number): readonly SectionSettings[] => [microphone('0', ssrc), speaker('1', ssrc + 1)];

function assertContinuous(packets: readonly HeardPacket[]): void {
  for (const [index, packet] of packets.entries()) {
    const before = packets[index - 1];
    if (before !== undefined) assert.equal((packet.sequenceNumber - before.sequenceNumber) & 0xffff, 1);
  }
}

planeTest('what one client says, the others hear, and nobody hears itself', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', voice(1000));
  const bert = await plane.connect('bert', voice(2000));
  const carl = await plane.connect('carl', voice(3000));
  const annas = new Voice(anna, 77, 65_534);
  for (let count = 0; count < 4; count += 1) annas.say();
  for (const listener of [bert, carl]) {
    await listener.until(() => listener.heard.length === 4);
    const [first, second] = listener.heard;
    assert.ok(first !== undefined && second !== undefined);
    assert.deepEqual([first.payloadType, (second.timestamp - first.timestamp) | 0, [...second.payload].slice(0, 2)], [111, 960, [1, 2]]);
    assertContinuous(listener.heard);
  }
  assert.deepEqual(anna.heard, []);
});

planeTest('two who speak are heard in sections of their own', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', voice(1000));
  const bert = await plane.connect('bert', voice(2000));
  const carl = await plane.connect('carl', voice(3000));
  new Voice(anna, 77).say();
  new Voice(bert, 88).say();
  await carl.until(() => carl.heard.length === 2);
  assert.deepEqual(new Set(carl.heard.map(({ ssrc }) => ssrc)), new Set([3000, 3001]));
});

planeTest('a participant that is muted is not heard, whatever it sends; a leg on hold neither hears nor is heard', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', voice(1000));
  const bert = await plane.connect('bert', voice(2000));
  const carl = await plane.connect('carl', voice(3000));
  const [annas, berts] = [new Voice(anna, 77), new Voice(bert, 88)];
  /** Both say something; what carl hears of bert has passed after what anna said. */
  const talk = async (expected: number): Promise<void> => {
    annas.say();
    berts.say();
    await carl.until(() => carl.heard.length === expected);
  };
  await talk(2);
  plane.handle({ kind: 'setMuted', conferenceId: 'c', legId: 'anna', isMuted: true });
  await talk(3);
  plane.handle({ kind: 'setMuted', conferenceId: 'c', legId: 'anna', isMuted: false });
  plane.handle({ kind: 'setHeld', conferenceId: 'c', legId: 'anna', isHeld: true });
  await talk(4);
  plane.handle({ kind: 'setHeld', conferenceId: 'c', legId: 'anna', isHeld: false });
  await talk(6);
  await anna.until(() => anna.heard.length >= 3);
  await bert.until(() => bert.heard.length >= 2);
  assert.deepEqual(anna.heard.map(({ payload }) => payload[2]), [0, 1, 3]);
  assert.deepEqual(bert.heard.map(({ payload }) => payload[2]), [0, 3]);
  assertContinuous(anna.heard);
  assertContinuous(bert.heard);
});

planeTest('what a client may not send reaches nobody', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', [microphone('0', 1000), camera('v')]);
  const bert = await plane.connect('bert', [speaker('1', 2001), screenOf('s', 2000)]);
  plane.want('bert', 's', 'anna');
  const [voiceOfAnna, picture] = [new Voice(anna, 77), new Picture(anna, 5)];
  const heard = (ssrc: number): number => bert.heard.filter((packet) => packet.ssrc === ssrc).length;
  picture.show('key');
  await bert.until(() => heard(2000) === 1);
  plane.handle({ kind: 'setSendable', conferenceId: 'c', legId: 'anna', streams: ['Audio'] });
  picture.show('key');
  voiceOfAnna.say();
  await bert.until(() => heard(2001) === 1);
  plane.handle({ kind: 'setSendable', conferenceId: 'c', legId: 'anna', streams: ['Video'] });
  voiceOfAnna.say();
  picture.show('key', 77);
  await bert.until(() => heard(2000) === 2);
  assert.deepEqual([heard(2001), bert.heard.at(-1)?.payload.length], [1, 82]);
});

planeTest('who speaks is told', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', voice(1000));
  await plane.connect('bert', voice(2000));
  const annas = new Voice(anna, 77);
  const talking = setInterval(() => annas.say(), 20);
  t.after(() => clearInterval(talking));
  await plane.until((event) => event.kind === 'speakersChanged' && event.speaking[0] === '8:acs:anna' && event.dominant[0] === '8:acs:anna');
});

planeTest('a picture is shown where it is wanted, from a key frame on, which is asked for', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', [camera('v')]);
  const bert = await plane.connect('bert', [screenOf('s', 2000)]);
  plane.want('bert', 's', 'anna');
  const picture = new Picture(anna, 5);
  picture.show('inter');
  await anna.until(() => anna.feedback.some(({ kind }) => kind === 'pictureLossIndication'));
  assert.equal(bert.heard.length, 0);
  picture.show('key', 900);
  picture.show('inter', 100);
  await bert.until(() => bert.heard.length === 2);
  const [first, second] = bert.heard;
  assert.ok(first !== undefined && second !== undefined);
  assert.deepEqual([first.ssrc, first.payloadType, first.payload.length, first.marker], [2000, 96, 905, 1]);
  assert.deepEqual([second.sequenceNumber - first.sequenceNumber, second.timestamp - first.timestamp, second.payload.length], [1, 3000, 105]);
});

planeTest('a key frame that a receiver asks for is asked of the sender', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', [camera('v')]);
  const bert = await plane.connect('bert', [screenOf('s', 2000)]);
  plane.want('bert', 's', 'anna');
  const picture = new Picture(anna, 5);
  picture.show('inter');
  await anna.until(() => anna.feedback.some(({ kind }) => kind === 'pictureLossIndication'));
  picture.show('key');
  await bert.until(() => bert.heard.length === 1);
  anna.feedback.length = 0;
  bert.sendRtcp((writer) => writer.receiverReport(1, []).pictureLossIndication(1, 2000));
  await anna.until(() => anna.feedback.some((packet) => packet.kind === 'pictureLossIndication' && packet.mediaSsrc === 5));
});

planeTest('another picture in the same section goes on in its numbers, and begins with a key frame', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', [camera('v')]);
  const carl = await plane.connect('carl', [camera('v')]);
  const bert = await plane.connect('bert', [screenOf('s', 2000)]);
  const [annas, carls] = [new Picture(anna, 5), new Picture(carl, 6)];
  carls.number = 40_000;
  plane.want('bert', 's', 'anna');
  annas.show('key');
  carls.show('key');
  await bert.until(() => bert.heard.length === 1);
  plane.want('bert', 's', 'carl');
  carls.show('inter');
  annas.show('inter');
  await bert.until(() => bert.heard.length === 2);
  carls.show('key', 77);
  await bert.until(() => bert.heard.length === 3);
  annas.show('inter');
  carls.show('inter', 78);
  await bert.until(() => bert.heard.length === 4);
  assert.deepEqual(bert.heard.map(({ payload }) => payload.length), [25, 25, 82, 83]);
  assertContinuous(bert.heard);
  const [, second, third] = bert.heard;
  assert.ok(second !== undefined && third !== undefined && ((third.timestamp - second.timestamp) | 0) > 0);
  assert.ok(bert.heard.every(({ ssrc }) => ssrc === 2000));
});

planeTest('what is lost on the way in is asked for again, and reaches the receivers with its number', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', [camera('v')]);
  const bert = await plane.connect('bert', [screenOf('s', 2000)]);
  plane.want('bert', 's', 'anna');
  const picture = new Picture(anna, 5);
  picture.show('key');
  picture.show('inter');
  picture.number += 1;
  picture.show('inter');
  await anna.until(() => anna.feedback.some((packet) => packet.kind === 'nack' && packet.mediaSsrc === 5 && packet.sequenceNumbers.includes(2)));
  const payload = Uint8Array.from([0, 2, ...vp8Payload(2, 'inter', 33)]);
  anna.sendRtp([{ ssrc: 9, payloadType: 97, sequenceNumber: 500, timestamp: 6000, payload, marker: 1, elements: [midElement('v')] }]);
  await bert.until(() => bert.heard.length === 4);
  const numbers = bert.heard.map(({ sequenceNumber }) => (sequenceNumber - (bert.heard[0]?.sequenceNumber ?? 0)) & 0xffff);
  assert.deepEqual(numbers, [0, 1, 3, 2]);
  assert.equal(bert.heard[3]?.payload.length, 38);
});

planeTest('what is lost on the way out is sent again, once for each round trip', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', [camera('v')]);
  const bert = await plane.connect('bert', [screenOf('s', 2000)]);
  plane.want('bert', 's', 'anna');
  const picture = new Picture(anna, 5);
  for (const frame of ['key', 'inter', 'inter'] as const) picture.show(frame, 50 + picture.number);
  await bert.until(() => bert.heard.length === 3);
  const lost = bert.heard[1];
  assert.ok(lost !== undefined);
  const ask = (): void => bert.sendRtcp((writer) => writer.receiverReport(1, []).nack(1, 2000, [lost.sequenceNumber, (lost.sequenceNumber + 100) & 0xffff]));
  ask();
  ask();
  await bert.until(() => bert.heard.length === 4);
  const again = bert.heard[3];
  assert.ok(again !== undefined);
  assert.deepEqual([again.ssrc, again.payloadType, again.timestamp, again.marker], [2001, 97, lost.timestamp, 1]);
  assert.deepEqual([...again.payload], [lost.sequenceNumber >>> 8, lost.sequenceNumber & 255, ...lost.payload]);
  picture.show('inter');
  await bert.until(() => bert.heard.length === 5);
  assert.equal(bert.heard[4]?.ssrc, 2000);
});

planeTest('of a simulcast the receiver gets the layer that fills what it shows', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', [camera('v', ['q', 'h', 'f'])]);
  const bert = await plane.connect('bert', [screenOf('s', 2000)]);
  const layers = [new Picture(anna, 11, 'q'), new Picture(anna, 12, 'h'), new Picture(anna, 13, 'f')];
  const sizes = [180, 360, 720];
  const show = (): void => {
    for (const [index, layer] of layers.entries()) layer.show('key', (sizes[index] ?? 0));
  };
  const showing = setInterval(show, 20);
  t.after(() => clearInterval(showing));
  SlowLine.open(t, bert, 20_000_000);
  plane.want('bert', 's', 'anna', 720);
  // Padding that probes the line comes between, as retransmissions.
  const pictures = (): readonly HeardPacket[] => bert.heard.filter(({ ssrc }) => ssrc === 2000);
  await bert.until(() => pictures().some(({ payload }) => payload.length === 725));
  plane.want('bert', 's', 'anna', 1);
  bert.heard.length = 0;
  await bert.until(() => pictures().length >= 10);
  assertContinuous(pictures());
  assert.ok(pictures().every(({ payload }) => payload.length === 725), 'heights are not in these pictures, so the highest is taken');
});

planeTest('who sends what nobody watches is told after a while, who is watched again at once', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', [camera('v', ['q', 'h', 'f'])]);
  await plane.connect('bert', [screenOf('s', 2000)]);
  const layers = [new Picture(anna, 11, 'q'), new Picture(anna, 12, 'h'), new Picture(anna, 13, 'f')];
  const sending = setInterval(() => layers.map((layer, index) => layer.show('key', 20, 180 * 2 ** index)), 20);
  t.after(() => clearInterval(sending));
  const told = () => plane.events.flatMap((event) => (event.kind === 'watchedChanged' ? [[event.legId, ...event.watched.map(({ mid, layers: count }) => `${mid}:${count}`)]] : []));
  await plane.until(() => told().length === 1);
  plane.want('bert', 's', 'anna', 300);
  assert.deepEqual(told(), [['anna', 'v:0'], ['anna', 'v:2']], 'that was said at once');
  plane.want('bert', 's', 'anna');
  assert.deepEqual(told().at(-1), ['anna']);
  plane.want('bert', 's', 'nobody');
  plane.want('bert', 's', 'anna', 180);
  await plane.until(() => told().length === 4);
  assert.deepEqual(told().at(-1), ['anna', 'v:1'], 'who was not watched for a moment was told nothing');
});
