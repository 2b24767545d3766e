import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestClock } from '../../test-clock.ts';
import { PictureSections, type WantedPicture } from './picture-sections.ts';

const camera = (identifier: string, height = 180): WantedPicture => ({ identifier, mediaStreamType: 'Video', width: height * 2, height });

/** Sections as a peer connection that agrees to everything would have them. */
function agreeing(clock = new TestClock()) {
  const transceivers: RTCRtpTransceiver[] = [];
  const addTransceiver = () => {
    const transceiver = { mid: String(transceivers.length), currentDirection: 'recvonly' } as RTCRtpTransceiver;
    transceivers.push(transceiver);
    return transceiver;
  };
  const sections = new PictureSections({ addTransceiver } as unknown as RTCPeerConnection, clock);
  const shown = () => sections.wanted.map(({ mid, identifier, height }) => `${mid} ${identifier} ${height}`);
  return { clock, sections, shown, transceivers };
}

test('each picture has a section, and keeps it when others come, go, or are shown at another size', () => {
  const { sections, shown } = agreeing();
  sections.want([camera('a'), camera('b')]);
  assert.deepEqual(shown(), ['0 a 180', '1 b 180']);
  sections.want([camera('b', 720), camera('c'), camera('a')]);
  assert.deepEqual(shown(), ['0 a 180', '1 b 720', '2 c 180']);
  assert.deepEqual(sections.streams[1], { mid: '1', mediaStreamType: 'Video', source: 'b' });
});

test('a section is given to another picture once the last one can no longer arrive in it', async () => {
  const { clock, sections, shown, transceivers } = agreeing();
  sections.want([camera('a')]);
  sections.want([]);
  assert.deepEqual(shown(), []);
  sections.want([camera('b')]);
  assert.deepEqual(shown(), ['1 b 180']);
  await clock.advance(1000);
  sections.want([camera('b'), camera('c')]);
  assert.deepEqual(shown(), ['0 c 180', '1 b 180']);
  assert.equal(transceivers.length, 2);
});

test('who is watched again after a moment is seen in the same section', () => {
  const { sections, shown } = agreeing();
  sections.want([camera('a'), camera('b')]);
  sections.want([camera('b')]);
  sections.want([camera('b'), camera('a')]);
  assert.deepEqual(shown(), ['0 a 180', '1 b 180']);
});

test('a section that is not agreed on yet is asked for when it is', () => {
  const { sections, shown, transceivers } = agreeing();
  sections.want([camera('a')]);
  Object.assign(transceivers[0] as object, { currentDirection: null });
  assert.deepEqual(shown(), []);
  Object.assign(transceivers[0] as object, { currentDirection: 'recvonly' });
  assert.deepEqual(shown(), ['0 a 180']);
});

test('there are 64 sections at most: then idle ones are used at once, and nobody is turned out', () => {
  const { sections, shown, transceivers } = agreeing();
  const crowd = Array.from({ length: 70 }, (_, index) => camera(`p${index}`));
  sections.want(crowd);
  assert.equal(shown().length, 64);
  sections.want(crowd.slice(10));
  assert.equal(shown().length, 60);
  assert.equal(transceivers.length, 64);
  assert.ok(shown().some((line) => line.includes(' p69 ')));
});
