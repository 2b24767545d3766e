import assert from 'node:assert/strict';
import { camera, microphone, planeTest, screenOf, speaker, testExtensions, TestMediaPlane } from './test-media-plane.ts';

const mid = (text: string): readonly [number, Uint8Array] => [testExtensions.mid, new TextEncoder().encode(text)];
const keyFrame = (id: number, size = 20): Uint8Array => Uint8Array.from([0x90, 0x80, 0x80 | (id >>> 8), id, 0x10, ...new Uint8Array(size)]);
const interFrame = (id: number, size = 20): Uint8Array => Uint8Array.from([0x90, 0x80, 0x80 | (id >>> 8), id, 0x11, ...new Uint8Array(size)]);

planeTest('what one client says, the others hear', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', [microphone('0', 1000), speaker('1', 1001)]);
  const bert = await plane.connect('bert', [microphone('0', 2000), speaker('1', 2001)]);
  const carl = await plane.connect('carl', [microphone('0', 3000), speaker('1', 3001)]);
  const say = (number: number): void => anna.sendRtp([{ ssrc: 77, payloadType: 111, sequenceNumber: number, timestamp: number * 960, payload: Uint8Array.of(1, 2, number), elements: [mid('0')] }]);
  for (const number of [65_534, 65_535, 0, 1]) say(number & 0xffff);
  for (const listener of [bert, carl]) {
    await listener.until(() => listener.heard.length >= 3);
    const [first, second] = listener.heard;
    assert.ok(first !== undefined && second !== undefined);
    assert.deepEqual([first.payloadType, second.sequenceNumber - first.sequenceNumber, (second.timestamp - first.timestamp) | 0], [111, 1, 960]);
    assert.deepEqual([...second.payload].slice(0, 2), [1, 2]);
    assert.ok([2000, 2001, 3000, 3001].includes(first.ssrc));
  }
  assert.deepEqual(anna.heard, []);
});

planeTest('a picture is shown where it is wanted, from a key frame on', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', [camera('v')]);
  const bert = await plane.connect('bert', [screenOf('s', 2000)]);
  plane.handle({ kind: 'setWanted', conferenceId: 'c', legId: 'bert', wanted: [{ mid: 's', identifier: '8:acs:anna', mediaStreamType: 'Video' }] });
  let number = 0;
  const show = (payload: Uint8Array): void => {
    anna.sendRtp([{ ssrc: 5, payloadType: 96, sequenceNumber: number, timestamp: number * 3000, payload, marker: 1, elements: [mid('v')] }]);
    number += 1;
  };
  show(interFrame(7));
  await anna.until(() => anna.feedback.some(({ kind }) => kind === 'pictureLossIndication'));
  assert.equal(bert.heard.length, 0);
  show(keyFrame(8, 900));
  show(interFrame(9, 100));
  await bert.until(() => bert.heard.length === 2);
  const [first, second] = bert.heard;
  assert.ok(first !== undefined && second !== undefined);
  assert.deepEqual([first.ssrc, first.payloadType, first.payload.length, first.marker], [2000, 96, 905, 1]);
  assert.deepEqual([second.sequenceNumber - first.sequenceNumber, second.timestamp - first.timestamp, second.payload.length], [1, 3000, 105]);
});
