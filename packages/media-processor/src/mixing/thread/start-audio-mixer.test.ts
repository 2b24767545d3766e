import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { exportsOf } from '@dialplane/kernels';
import type { AudioMixer, AudioMixerEvents, MixedFrame, MixMemberOptions } from '../audio-mixer.ts';
import { startAudioMixer } from './start-audio-mixer.ts';
import { amplitudeAt, Hearer, payloadTypes, Talker, testKernels, tone, withoutAudioKernels } from '../test-mix.ts';

const skip = withoutAudioKernels();
const listening: MixMemberOptions = { payloadTypes, isMuted: false, reception: { codec: 'opus' } };

async function started(t: TestContext, events: Partial<AudioMixerEvents>): Promise<AudioMixer> {
  const mixer = exportsOf(await startAudioMixer({ onFrames: () => {}, onLevel: () => {}, onDtmf: () => {}, onPlay: () => {}, onFailure: (sentence) => assert.fail(sentence), ...events }));
  t.after(() => mixer.close());
  return mixer;
}

/** Talks on, with a call of what `begin` returns every 20 ms, until `isEnough` of what is heard. */
async function talk(t: TestContext, begin: (mixer: AudioMixer) => (() => void), isEnough: (frames: readonly MixedFrame[]) => boolean, events: Partial<AudioMixerEvents> = {}): Promise<AudioMixer> {
  let enough = (): void => {};
  const heard = new Promise<void>((resolve) => (enough = resolve));
  const mixer = await started(t, { ...events, onFrames: (frames) => (isEnough(frames) ? enough() : undefined) });
  const talking = setInterval(begin(mixer), 20);
  t.after(() => clearInterval(talking));
  await heard;
  return mixer;
}

test('what members say comes back mixed, once for all who only listen', { skip }, async (t) => {
  const talker = new Talker(testKernels(), 'opus', tone(700));
  const hearer = new Hearer(testKernels(), 'opus');
  const members: number[] = [];
  let ticks = 0;
  const mixer = await talk(t, (mixing) => {
    const mix = mixing.openMix();
    for (let count = 0; count < 3; count += 1) members.push(mixing.addMember(mix, listening));
    return () => assert.ok(mixing.push(members[0] ?? 0, talker.next(performance.now(), 20)));
  }, (frames) => {
    for (const frame of frames) {
      assert.deepEqual([...frame.recipients], members.slice(1));
      assert.equal(frame.codec, 'opus');
      ticks += 1;
      hearer.hear(frame.payload.slice(), frame, ticks);
    }
    return ticks >= 60;
  });
  assert.ok(amplitudeAt(700, hearer.between(0.5, 1.2)) > 0.15);
  const timestamps = hearer.frames.map(({ timestamp }) => timestamp);
  assert.ok(timestamps.every((timestamp, index) => index === 0 || timestamp > (timestamps[index - 1] ?? 0)));
  assert.equal(mixer.statistics().droppedPackets, 0);
});

test('conferences are apart, and who has left hears nothing', { skip }, async (t) => {
  const talkers = [new Talker(testKernels(), 'opus', tone(700), 1), new Talker(testKernels(), 'opus', tone(900), 2)];
  const recipients = new Set<number>();
  const expected = new Set<number>();
  let ticks = 0;
  await talk(t, (mixer) => {
    const rooms = talkers.map(() => mixer.openMix());
    const speakers = rooms.map((room) => mixer.addMember(room, { payloadTypes, isMuted: false }));
    for (const room of rooms) expected.add(mixer.addMember(room, listening));
    mixer.removeMember(mixer.addMember(rooms[0] ?? 0, listening));
    const closed = mixer.openMix();
    mixer.addMember(closed, listening);
    mixer.closeMix(closed);
    mixer.addMember(closed, listening);
    return () => speakers.forEach((speaker, index) => mixer.push(speaker, talkers[index]?.next(performance.now(), 20) ?? assert.fail()));
  }, (frames) => {
    for (const frame of frames) for (const member of frame.recipients) recipients.add(member);
    ticks += 1;
    return ticks >= 20;
  });
  assert.deepEqual([...recipients].toSorted(), [...expected].toSorted());
});

test('one that has nothing to do closes, too, and twice', { skip }, async (t) => {
  const mixer = await started(t, {});
  const mix = mixer.openMix();
  mixer.addMember(mix, listening);
  await mixer.close();
  await mixer.close();
  assert.equal(mixer.push(1, new Talker(testKernels(), 'opus', tone(700)).next(performance.now(), 20)), false);
  assert.equal(mixer.statistics().droppedPackets, 1);
});

test('the loudness of who does not say it is told', { skip }, async (t) => {
  const talker = new Talker(testKernels(), 'PCMU', tone(700, { rate: 8000 }));
  const levels: number[] = [];
  await talk(t, (mixer) => {
    const mix = mixer.openMix();
    const member = mixer.addMember(mix, { payloadTypes, isMuted: false });
    mixer.addMember(mix, listening);
    return () => mixer.push(member, talker.next(performance.now(), -1));
  }, () => levels.length > 10, { onLevel: (_member, level) => levels.push(level) });
  assert.ok(Math.abs((levels.at(-1) ?? 0) - 17) <= 1, `${levels}`);
});

test('a thread that fails is started again with the members that there are', { skip }, async (t) => {
  const talker = new Talker(testKernels(), 'opus', tone(700));
  const failures: string[] = [];
  let poison = 0;
  let remove = (): void => {};
  await talk(t, (mixing) => {
    const mix = mixing.openMix();
    const [speaker] = [mixing.addMember(mix, listening), mixing.addMember(mix, listening)];
    remove = () => mixing.removeMember(poison);
    poison = mixing.addMember(mix, { payloadTypes: undefined as never, isMuted: false });
    return () => mixing.push(speaker, talker.next(performance.now(), 20));
  }, () => failures.length > 0, {
    onFailure: (sentence) => {
      failures.push(sentence);
      remove();
    },
  });
  assert.equal(failures.length, 1);
  assert.match(failures[0] ?? '', /^The thread for mixing has failed: .+\.$/);
});
