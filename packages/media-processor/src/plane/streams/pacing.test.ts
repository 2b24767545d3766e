import assert from 'node:assert/strict';
import type { HeardPacket, TestMediaClient } from '../test-media-client.ts';
import { camera, microphone, midElement, planeTest, screenOf, speaker, testExtensions, TestMediaPlane, vp8Payload } from '../test-media-plane.ts';

const framePackets = 30;
/** Of which four or five packets of a frame may leave at once, and the others in 200 ms. */
const lineBps = 400_000;

/** Sends frames as a camera does, each in as many packets as it takes. */
class LargePicture {
  private readonly client: TestMediaClient;
  private readonly ssrc: number;
  private number = 0;
  private frames = 0;

  constructor(client: TestMediaClient, ssrc: number) {
    this.client = client;
    this.ssrc = ssrc;
  }

  show(frame: 'key' | 'inter', packets: number): void {
    const timestamp = 3000 * (this.frames += 1);
    this.client.sendRtp(Array.from({ length: packets }, (_, place) => {
      const payload = vp8Payload(this.frames, frame, 1000);
      // Only the first packet of a frame begins a partition (RFC 7741 §4.2).
      payload.set([place === 0 ? 0x90 : 0x80]);
      payload.set([place], 8);
      return { ssrc: this.ssrc, payloadType: 96, sequenceNumber: this.number++, timestamp, payload, marker: place === packets - 1 ? 1 : 0, elements: [midElement('v')] };
    }));
  }
}

function say(client: TestMediaClient, ssrc: number): void {
  const elements = [midElement('0'), [testExtensions.audioLevel, Uint8Array.of(0x80 | 20)]] as const;
  client.sendRtp([{ ssrc, payloadType: 111, sequenceNumber: 1, timestamp: 960, payload: Uint8Array.of(1, 2, 3), elements }]);
}

/** Says what the line of a client takes; returns once that is known, and a key frame was asked for. */
async function narrow(client: TestMediaClient, ssrc: number, sender: TestMediaClient): Promise<void> {
  sender.feedback.length = 0;
  client.sendRtcp((writer) => writer.receiverReport(1, []).maximumBitrate(1, lineBps, []).pictureLossIndication(1, ssrc));
  await sender.until(() => sender.feedback.some(({ kind }) => kind === 'pictureLossIndication'));
}

function assertContinuous(packets: readonly HeardPacket[]): void {
  const [first] = packets;
  assert.deepEqual(packets.map(({ sequenceNumber }) => (sequenceNumber - (first?.sequenceNumber ?? 0)) & 0xffff), packets.map((_, index) => index));
}

planeTest('a key frame leaves towards a narrow line little by little: sound passes it, and the picture goes on behind it', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', [microphone('0', 1000), camera('v')]);
  const bert = await plane.connect('bert', [speaker('1', 2000), screenOf('s', 3000)]);
  plane.want('bert', 's', 'anna');
  const picture = new LargePicture(anna, 5);
  const pictures = (): readonly HeardPacket[] => bert.heard.filter(({ ssrc }) => ssrc === 3000);
  picture.show('key', 1);
  await bert.until(() => bert.heard.length === 1);
  await narrow(bert, 3000, anna);
  picture.show('key', framePackets);
  picture.show('inter', 1);
  say(anna, 77);
  await bert.until(() => pictures().length === framePackets + 2);
  const heardAt = bert.heard.findIndex(({ ssrc }) => ssrc === 2000);
  assert.ok(heardAt > 0 && heardAt < framePackets, `sound is heard after ${heardAt} packets`);
  assertContinuous(pictures());
  assert.deepEqual(pictures().slice(1, -1).map(({ payload }) => payload[8]), Array.from({ length: framePackets }, (_, place) => place));
});

planeTest('what waits of a picture is not sent any more when another one begins in its place', async (t) => {
  const plane = new TestMediaPlane(t);
  const [anna, carl] = [await plane.connect('anna', [camera('v')]), await plane.connect('carl', [camera('v')])];
  const bert = await plane.connect('bert', [screenOf('s', 3000)]);
  const [annas, carls] = [new LargePicture(anna, 5), new LargePicture(carl, 6)];
  plane.want('bert', 's', 'anna');
  annas.show('key', 1);
  carls.show('key', 1);
  await bert.until(() => bert.heard.length === 1);
  await narrow(bert, 3000, anna);
  annas.show('key', framePackets);
  await bert.until(() => bert.heard.length > 1);
  plane.want('bert', 's', 'carl');
  carls.show('key', 3);
  carls.show('inter', 1);
  const ofCarl = (): number => bert.heard.findIndex(({ payload }, index) => index > 1 && payload[8] === 0);
  await bert.until(() => ofCarl() > 0 && bert.heard.length === ofCarl() + 4);
  assert.ok(bert.heard.length < framePackets, `${bert.heard.length} packets`);
  assertContinuous(bert.heard);
});
