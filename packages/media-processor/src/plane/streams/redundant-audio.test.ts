import assert from 'node:assert/strict';
import { encodeRedundantAudio, parseRedundantAudio } from '@dialplane/rtp';
import type { SectionCodec, SectionSettings } from '../../process-api/leg-settings.ts';
import { Talker, testKernels, tone } from '../../mixing/test-mix.ts';
import { microphone, midElement, planeTest, testCodecs, testExtensions, TestMediaPlane } from '../test-media-plane.ts';

/** A section that has Opus and RED under these numbers, or Opus alone. */
function voice(ssrc: number, opus: number, red?: number): readonly SectionSettings[] {
  const sound: SectionCodec = { ...testCodecs.opus, payloadType: opus, parameters: 'minptime=10;useinbandfec=1' };
  const repeated: readonly SectionCodec[] = red === undefined ? [] : [{ name: 'red', payloadType: red, clockRate: 48_000, channels: 2, parameters: `${opus}/${opus}`, nack: false }];
  return [{ ...microphone('0', ssrc), codecs: [sound, ...repeated] }];
}

planeTest('packets that repeat those before them go as they are to who has agreed to that, to others without', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', voice(1000, 111, 63));
  const [same, none, other] = [await plane.connect('same', voice(2000, 111, 62)), await plane.connect('none', voice(3000, 96)), await plane.connect('other', voice(4000, 100, 101))];
  const say = (sequenceNumber: number, payload: Uint8Array): void => anna.sendRtp([{ ssrc: 70, payloadType: 63, sequenceNumber, timestamp: sequenceNumber * 960, payload, elements: [midElement('0'), [testExtensions.audioLevel, Uint8Array.of(0x80 | 20)]] }]);
  const frame = (number: number) => ({ timestamp: number * 960, payload: Uint8Array.of(8, number) });
  const wrapped = [1, 2, 4].map((number) => encodeRedundantAudio(111, frame(number), frame(number - 1)));
  for (const [index, number] of [1, 2, 4].entries()) say(number, wrapped[index] ?? new Uint8Array());
  say(5, Uint8Array.of(0xef, 0xff, 0xff, 0xff, 111, 1));
  say(6, encodeRedundantAudio(111, frame(6), undefined));
  for (const client of [none, other]) await client.until(() => client.heard.length === 4);
  await same.until(() => same.heard.length === 5);
  assert.deepEqual([same.heard[0]?.payloadType, same.heard.slice(0, 3).map(({ payload }) => payload)], [62, wrapped]);
  for (const [client, payloadType] of [[none, 96], [other, 100]] as const) {
    assert.deepEqual(client.heard.map(({ payload }) => [...payload]), [[8, 1], [8, 2], [8, 4], [8, 6]]);
    assert.deepEqual(new Set(client.heard.map((packet) => packet.payloadType)), new Set([payloadType]));
    const [first = 0, ...later] = client.heard.map(({ sequenceNumber }) => sequenceNumber);
    assert.deepEqual(later.map((number) => (number - first) & 0xffff), [1, 3, 4], 'what was lost is missing, what was nothing is not');
  }
});

planeTest('who loses more than in-band FEC makes good gets each frame of the mix twice, the others once', async (t) => {
  const plane = new TestMediaPlane(t);
  await plane.startMixing(t);
  plane.handle({ kind: 'setModes', conferenceId: 'c', modes: { audio: 'mixed', video: 'forwarded' } });
  const [anna, bert, carl] = [await plane.connect('anna', voice(1000, 111)), await plane.connect('bert', voice(2000, 100, 63)), await plane.connect('carl', voice(3000, 111, 63))];
  const talker = new Talker(testKernels(), 'opus', tone(400));
  const talking = setInterval(() => {
    const { sequenceNumber, timestamp, bytes, length } = talker.next(performance.now(), 20);
    anna.sendRtp([{ ssrc: 70, payloadType: 111, sequenceNumber, timestamp, payload: bytes.slice(0, length), elements: [midElement('0'), [testExtensions.audioLevel, Uint8Array.of(0x80 | 20)]] }]);
  }, 20);
  t.after(() => clearInterval(talking));
  await bert.until(() => bert.heard.length > 10);
  assert.ok(bert.heard.every(({ payloadType }) => payloadType === 100));
  bert.sendRtcp((writer) => writer.receiverReport(1, [{ ssrc: 2000, fractionLost: 52, cumulativeLost: 5, extendedHighestSequenceNumber: 100, jitter: 0, lastSenderReport: 0, delaySinceLastSenderReport: 0 }]));
  await bert.until(() => bert.heard.filter(({ payloadType }) => payloadType === 63).length > 10);
  const frames = bert.heard.filter(({ payloadType }) => payloadType === 63).map(({ payload }) => ({ payload, blocks: parseRedundantAudio(payload, 0, payload.length) ?? [] }));
  const soundOf = ({ payload, blocks }: (typeof frames)[number], index: number): string => {
    const { offset = 0, length = 0 } = blocks.at(index) ?? {};
    return String(payload.slice(offset, offset + length));
  };
  for (const [index, frame] of frames.entries()) {
    const before = frames[index - 1];
    assert.deepEqual(frame.blocks.map(({ payloadType, timestampOffset }) => [payloadType, timestampOffset]), before === undefined ? [[100, 0]] : [[100, 960], [100, 0]]);
    if (before !== undefined) assert.equal(soundOf(frame, 0), soundOf(before, -1));
  }
  assert.ok(carl.heard.every(({ payloadType }) => payloadType === 111));
  const shared = new Set(frames.map((frame) => soundOf(frame, -1)));
  await carl.until(() => carl.heard.filter(({ payload }) => shared.has(String(payload))).length > 5);
});
