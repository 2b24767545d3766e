import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeRedundantAudio, type SentAudio } from '@dialplane/rtp';
import { instant } from '@dialplane/sansio';
import { amplitudeAt, rateOf, soundFile, Talker, TestMix, tone, withoutAudioKernels } from '../test-mix.ts';

const skip = withoutAudioKernels();
const loud = 20;
const opus = { codec: 'opus' } as const;

/** Members who each say a tone of their own, 300 Hz apart, and hear the mix. */
function choir(size: number, listeners = 0) {
  const room = new TestMix();
  const singers = Array.from({ length: size }, (_, index) => {
    const frequencyHz = 400 + 300 * index;
    return { number: index + 1, frequencyHz, talker: new Talker(room.kernels, 'opus', tone(frequencyHz), index + 1), hearer: room.join(index + 1, opus) };
  });
  const audience = Array.from({ length: listeners }, (_, index) => room.join(100 + index, opus));
  const sing = (ticks: number, level: (singer: number, tick: number) => number = () => loud): void =>
    room.run(ticks, (tick, at) => singers.map(({ number, talker }) => [number, talker.next(at, level(number, tick))] as const));
  return { room, singers, audience, sing };
}

test('everybody hears everybody else and not themselves; who only listens hears all, from one encoder', { skip }, () => {
  const { room, singers, audience, sing } = choir(3, 4);
  sing(100);
  for (const { number, hearer } of singers) {
    const heard = hearer.between(0.5, 1.9);
    for (const other of singers) {
      const amplitude = amplitudeAt(other.frequencyHz, heard);
      if (other.number === number) assert.ok(amplitude < 0.004, `${number} hears itself with ${amplitude}`);
      else assert.ok(Math.abs(amplitude - 0.2) < 0.04, `${number} hears ${other.number} with ${amplitude}`);
    }
  }
  for (const hearer of audience) for (const { frequencyHz } of singers) assert.ok(Math.abs(amplitudeAt(frequencyHz, hearer.between(0.5, 1.9)) - 0.2) < 0.04);
  assert.deepEqual(room.recipientCounts.toSorted().slice(-99), Array.from({ length: 99 }, () => 4), 'four share one frame');
  assert.ok(room.counters.read().encodedFrames <= 400);
});

test('only the loudest are decoded', { skip }, () => {
  const { room, singers, audience, sing } = choir(9, 1);
  sing(100, (singer) => (singer <= 3 ? 40 : loud));
  const { decodedFrames } = room.counters.read();
  assert.ok(decodedFrames <= 6 * 100 + 20, `${decodedFrames}`);
  const heard = audience[0]?.between(1, 1.9) ?? new Float32Array();
  assert.deepEqual(singers.filter(({ frequencyHz }) => amplitudeAt(frequencyHz, heard) > 0.05).map(({ number }) => number), [4, 5, 6, 7, 8, 9]);
});

test('ten who shout do not clip', { skip }, () => {
  const room = new TestMix();
  const talkers = Array.from({ length: 10 }, (_, index) => new Talker(room.kernels, 'opus', tone(400 + 170 * index, { amplitude: 0.9 }), index + 1));
  talkers.forEach((_, index) => room.join(index + 1));
  const hearer = room.join(50, opus);
  room.run(100, (_tick, at) => talkers.map((talker, index) => [index + 1, talker.next(at, 3)] as const));
  const heard = hearer.between(0.5, 1.9);
  assert.ok(heard.every((sample) => Math.abs(sample) < 1.02));
  const tones = talkers.map((_, index) => amplitudeAt(400 + 170 * index, heard)).filter((amplitude) => amplitude > 0.05);
  assert.equal(tones.length, 6);
  let energy = 0;
  for (const sample of heard) energy += sample * sample;
  const spectrum = tones.reduce((sum, amplitude) => sum + (amplitude * amplitude) / 2, 0);
  assert.ok(spectrum / (energy / heard.length) > 0.95, 'what is heard is the tones and hardly anything else');
});

test('when nobody speaks nothing is sent; the first frame after it says so, timestamps went on', { skip }, () => {
  const { room, audience, sing } = choir(1, 1);
  const [hearer] = audience;
  sing(50);
  room.run(200, () => []);
  const before = room.counters.read().encodedFrames;
  room.run(50, () => []);
  assert.equal(room.counters.read().encodedFrames, before);
  assert.equal(room.mix.isActive, false);
  sing(10);
  const frames = hearer?.frames ?? [];
  const resumed = frames.findIndex(({ tick }) => tick > 300);
  assert.deepEqual([frames[0]?.startsTalkspurt, frames[resumed]?.startsTalkspurt], [true, true]);
  assert.equal(frames.filter(({ startsTalkspurt }) => startsTalkspurt).length, 2);
  for (const { tick, timestamp } of frames) assert.equal(timestamp, (tick - 1) * 960);
  assert.equal(frames[resumed - 1]?.level, 127, 'it ended in silence');
});

test('one who speaks alone hears nothing, and is sent nothing', { skip }, () => {
  const { singers, sing } = choir(2);
  sing(100, (singer) => (singer === 1 ? loud : 127));
  assert.equal(singers[0]?.hearer.frames.length, 0);
  assert.ok(amplitudeAt(singers[0]?.frequencyHz ?? 0, singers[1]?.hearer.between(0.5, 1.9) ?? new Float32Array()) > 0.15);
});

test('who is muted is not heard, who leaves neither; who does not receive the mix is heard', { skip }, () => {
  const { room, singers, audience, sing } = choir(3, 1);
  room.mix.setReception(2, undefined);
  sing(50);
  room.mix.setMuted(1, true);
  room.mix.remove(3);
  sing(100);
  const heard = audience[0]?.between(1.5, 2.9) ?? new Float32Array();
  const amplitudes = singers.map(({ frequencyHz }) => amplitudeAt(frequencyHz, heard));
  assert.ok((amplitudes[0] ?? 1) < 0.004 && (amplitudes[1] ?? 0) > 0.15 && (amplitudes[2] ?? 1) < 0.004, `${amplitudes}`);
  assert.ok((singers[1]?.hearer.frames.length ?? 1) === 0);
  room.mix.setMuted(1, false);
  sing(50);
  assert.ok(amplitudeAt(singers[0]?.frequencyHz ?? 0, audience[0]?.between(3.3, 3.9) ?? new Float32Array()) > 0.15);
});

test('who becomes a speaker is moved to a mix of its own without a seam', { skip }, () => {
  const { singers, sing } = choir(2, 1);
  // The second one speaks from 1 s on; until then it heard the first one in the shared stream.
  sing(100, (singer, tick) => (singer === 1 || tick > 50 ? loud : 127));
  const heard = singers[1]?.hearer.between(0.9, 1.1) ?? new Float32Array();
  const steps = heard.subarray(1).map((sample, index) => Math.abs(sample - (heard[index] ?? 0)));
  assert.ok(Math.max(...steps) < 0.2 * ((2 * Math.PI * 400) / 48_000) * 1.5, `${Math.max(...steps)}`);
});

test('telephones and browsers hear each other', { skip }, () => {
  const room = new TestMix();
  const codecs = { 1: 'opus', 2: 'PCMU', 3: 'PCMA', 4: 'G722' } as const;
  const tones = { 1: 500, 2: 900, 3: 1300, 4: 1700 };
  const members = ([1, 2, 3, 4] as const).map((number) => {
    const codec = codecs[number];
    const rate = rateOf(codec).samples * 50;
    return { number, rate, talker: new Talker(room.kernels, codec, tone(tones[number], { rate }), number), hearer: room.join(number, { codec }) };
  });
  room.run(100, (_tick, at) => members.map(({ number, talker }) => [number, talker.next(at, number === 1 ? loud : -1)] as const));
  for (const { number, rate, hearer } of members) {
    const heard = Object.entries(tones).map(([other, frequencyHz]) => [Number(other), amplitudeAt(frequencyHz, hearer.between(0.5, 1.9), rate)] as const);
    for (const [other, amplitude] of heard) {
      if (other === number) assert.ok(amplitude < 0.004, `${number} hears itself with ${amplitude}`);
      else assert.ok(Math.abs(amplitude - 0.2) < 0.04, `${number} hears ${other} with ${amplitude}`);
    }
    assert.equal(hearer.frames[1]?.timestamp, rateOf(codecs[number]).units);
  }
  assert.deepEqual([...room.levels.entries()], [[2, 17], [3, 17], [4, 17]], 'what they do not say was measured');
});

test('a lost packet is not a gap, in any codec', { skip }, () => {
  for (const codec of ['opus', 'PCMU', 'G722'] as const) {
    const room = new TestMix();
    const talker = new Talker(room.kernels, codec, tone(400, { rate: rateOf(codec).samples * 50 }));
    room.join(1);
    const hearer = room.join(2, opus);
    room.run(100, (tick, at) => {
      const packet = talker.next(at, loud);
      return tick % 20 === 0 ? [] : [[1, packet]];
    });
    const heard = hearer.between(0.5, 1.9);
    const frames = Array.from({ length: 70 }, (_, frame) => amplitudeAt(400, heard.subarray(frame * 960, (frame + 1) * 960)));
    assert.ok(frames.every((amplitude) => amplitude > 0.03), `${codec}: ${frames.map((amplitude) => amplitude.toFixed(2)).join(' ')}`);
    const { repairedFrames, concealedFrames } = room.counters.read();
    assert.ok(repairedFrames + concealedFrames >= 5);
  }
});

test('what a packet repeats is heard in place of a lost one, as it was sent', { skip }, () => {
  const room = new TestMix();
  const talker = new Talker(room.kernels, 'opus', tone(400));
  room.join(1);
  const hearer = room.join(2, opus);
  let before: SentAudio | undefined;
  room.run(200, (tick, at) => {
    const packet = talker.next(at, loud);
    const frame = { timestamp: packet.timestamp, payload: packet.bytes.slice(0, packet.length) };
    const bytes = encodeRedundantAudio(111, frame, before);
    before = frame;
    return tick % 10 === 0 ? [] : [[1, { ...packet, payloadType: 63, bytes, length: bytes.length }]];
  });
  const { repairedFrames, concealedFrames } = room.counters.read();
  assert.ok(repairedFrames === 0 && concealedFrames <= 5, `${concealedFrames} made up, until it waits for what is repeated`);
  const heard = hearer.between(2, 3.9);
  assert.ok(Array.from({ length: 95 }, (_, frame) => amplitudeAt(400, heard.subarray(frame * 960, (frame + 1) * 960))).every((amplitude) => amplitude > 0.15));
  room.run(20, (tick, at) => [[1, { ...talker.next(at, loud), payloadType: 63, bytes: Uint8Array.of(0xef, tick, 0xff, 0xff, 63, 1), length: 6 }]]);
});

test('another codec, another stream and rubbish in the middle of a call', { skip }, () => {
  const room = new TestMix();
  const hearer = room.join(2, opus);
  room.join(1);
  const first = new Talker(room.kernels, 'opus', tone(400), 1);
  const second = new Talker(room.kernels, 'PCMU', tone(900, { rate: 8000 }), 1);
  const third = new Talker(room.kernels, 'PCMA', tone(1500, { rate: 8000 }), 3);
  room.run(50, (_tick, at) => [[1, first.next(at, loud)]]);
  room.run(50, (_tick, at) => [[1, second.next(at, loud)]]);
  room.run(50, (_tick, at) => [[1, third.next(at, loud)]]);
  assert.ok(amplitudeAt(400, hearer.between(0.3, 0.9)) > 0.15);
  assert.ok(amplitudeAt(900, hearer.between(1.3, 1.9)) > 0.15);
  assert.ok(amplitudeAt(1500, hearer.between(2.3, 2.9)) > 0.15);
  room.run(50, (tick, at) => [[1, { ...first.next(at, loud), bytes: Uint8Array.of(0xff, 0xff, tick), length: tick % 4, ssrc: tick }]]);
  room.run(10, (_tick, at) => [[1, { ...third.next(at, loud), length: 0 }], [1, { ...third.next(at, loud), payloadType: 13 }], [99, third.next(at, loud)]]);
});

test('packets of 60 and of 10 ms are heard like those of 20 ms', { skip }, () => {
  for (const frames of [3, 0.5]) {
    const room = new TestMix();
    room.join(1);
    const hearer = room.join(2, opus);
    const encoder = room.kernels.opus.openEncoder(48_000, { bitrateBps: 32_000, complexity: 5, expectedLossPercent: 0 });
    const samples = 960 * frames;
    const signal = tone(500, { seconds: 2 });
    const bytes = new Uint8Array(1500);
    const packetAt = (index: number, at: number) => {
      const words = Int32Array.of(encoder, (index * samples) % (signal.length - samples), samples, 0, 1500, 0, 0, 0);
      room.kernels.opus.encode(bytes, signal, words, 1);
      return { ssrc: 1, sequenceNumber: index, timestamp: index * samples, payloadType: 111, level: loud, arrivedAt: instant(at), bytes: bytes.slice(), offset: 0, length: words[5] ?? 0 };
    };
    let index = 0;
    room.run(90, (tick, at) => {
      if (frames === 3) return tick % 3 === 0 ? [[1, packetAt(index++, at)]] : [];
      return [[1, packetAt(index++, at - 10)], [1, packetAt(index++, at)]];
    });
    const heard = hearer.between(0.5, 1.7);
    for (let frame = 0; frame < 60; frame += 1) assert.ok(amplitudeAt(500, heard.subarray(frame * 960, (frame + 1) * 960)) > 0.1, `${frames}: frame ${frame}`);
    assert.equal(room.counters.read().concealedFrames, 0);
  }
});

test('a mix that nobody receives costs nothing, and keeps nothing', { skip }, () => {
  const { room, sing } = choir(3);
  for (const number of [1, 2, 3]) room.mix.setReception(number, undefined);
  sing(50);
  assert.deepEqual([room.counters.read().decodedFrames, room.counters.read().encodedFrames, room.payloads.used], [0, 0, 0]);
  assert.equal(room.mix.isActive, false);
});

test('when all have left nothing is kept', { skip }, () => {
  const { room, sing } = choir(5, 3);
  sing(50, (_singer, tick) => (tick % 7 === 0 ? -1 : loud));
  assert.ok(room.payloads.used > 0);
  room.mix.close();
  assert.equal(room.payloads.used, 0);
  assert.equal(room.workspace.areasInUse, 0);
});

test('a listener behind a lossy line has packets that repeat each other, others have not; changing over costs a frame of it at most', { skip }, () => {
  const room = new TestMix();
  const [lossy, clear] = [room.join(1, { codec: 'opus' }), room.join(2, { codec: 'opus' })];
  const talker = new Talker(room.kernels, 'opus', tone(500, { seconds: 6 }), 3);
  room.join(3);
  const talk = (ticks: number) => room.run(ticks, (_, at) => [[3, talker.next(at, 20)]]);
  const shared = (): number => room.recipientCounts.slice(-1)[0] ?? 0;
  talk(100);
  assert.equal(shared(), 2, 'one encoder');
  room.mix.setReception(1, { codec: 'opus', redundancy: 'inBand' });
  talk(100);
  assert.equal(shared(), 1, 'one each');
  room.mix.setReception(1, { codec: 'opus' });
  talk(60);
  assert.equal(shared(), 2);
  for (const hearer of [lossy, clear]) {
    const heard = hearer.between(0.5, 5);
    const amplitudes = Array.from({ length: heard.length / 960 }, (_, frame) => amplitudeAt(500, heard.subarray(frame * 960, (frame + 1) * 960)));
    assert.ok(amplitudes.every((amplitude) => amplitude > 0.05) && amplitudes.filter((amplitude) => amplitude < 0.15).length <= 2, amplitudes.map((amplitude) => amplitude.toFixed(2)).join(' '));
  }
});

test('what all who are heard sent as voice is coded as voice; with other sound, or where something is played, it is not', { skip }, (t) => {
  const room = new TestMix();
  const configurations: number[] = [];
  room.onFrame = ({ bytes }) => configurations.push((bytes[0] ?? 0) >> 3);
  const sent = (): string => ['voice', 'other sound'].filter((_, index) => configurations.slice(5).some((configuration) => configuration < 16 === (index === 0))).join(' and ');
  const browser = new Talker(room.kernels, 'opus', tone(300), 1, { signal: 'voice' });
  const telephone = new Talker(room.kernels, 'PCMU', tone(500, { rate: 8000 }), 2);
  const music = new Talker(room.kernels, 'opus', tone(900), 3);
  for (const number of [1, 2, 3, 4]) room.join(number, number === 4 ? opus : undefined);
  const hear = (...members: (readonly [number, Talker])[]): string => {
    configurations.length = 0;
    room.run(50, (_, at) => members.map(([number, talker]) => [number, talker.next(at, talker.codec === 'opus' ? loud : -1)] as const));
    return sent();
  };
  assert.equal(hear([1, browser], [2, telephone]), 'voice');
  assert.equal(hear([1, browser], [2, telephone], [3, music]), 'other sound');
  room.run(100, () => []);
  assert.equal(hear([2, telephone]), 'voice');
  room.mix.plays.start(1, { listeners: 'all', sounds: [soundFile(t, tone(700, { seconds: 3 }), 48_000)], isLooped: false });
  assert.equal(hear([1, browser]), 'other sound');
});
