import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dtmfTones, parseTelephoneEvent, TelephoneEventReceiver } from '@dialplane/rtp';
import { instant } from '@dialplane/sansio';
import type { AudioPacket, MixCodec } from '../audio-mixer.ts';
import type { EncodedFrame } from '../thread/frame-records.ts';
import { amplitudeAt, payloadTypeOf, rateOf, Talker, TestMix, tone, withoutAudioKernels } from '../test-mix.ts';

const skip = withoutAudioKernels();
const unknown = -1;

function talkerOf(room: TestMix, codec: MixCodec, frequencyHz: number, seconds = 1): Talker {
  return new Talker(room.kernels, codec, tone(frequencyHz, { rate: rateOf(codec).samples * 50, seconds }), 1);
}

/** Somebody who speaks, and a telephone that listens. */
function call(codec: MixCodec, keys: 'events' | 'sound' = 'events') {
  const room = new TestMix();
  room.join(1, undefined, ['opus']);
  const hearer = room.join(2, { codec, keys, inSilence: 'frames' }, [codec]);
  const talker = talkerOf(room, 'opus', 500);
  return { room, hearer, talk: (ticks: number) => room.run(ticks, (_tick, at) => [[1, talker.next(at, unknown)]]) };
}

/** Keys that packets tell of, as a receiver reads them. */
function keysOf(events: readonly EncodedFrame[], clockRate: number): string {
  const receiver = new TelephoneEventReceiver(clockRate);
  return events.map(({ bytes, timestamp, startsTalkspurt }) => receiver.take({ ssrc: 1, timestamp, marker: startsTalkspurt ? 1 : 0, bytes, payloadOffset: 0, payloadLength: bytes.length }) ?? '').join('');
}

for (const [codec, units] of [['PCMU', 160], ['opus', 960]] as const) {
  test(`keys for a telephone are events of RFC 4733 on the clock of ${codec}, and no sound beside them`, { skip }, () => {
    const { room, hearer, talk } = call(codec);
    talk(20);
    room.mix.sendDtmf(2, '5#');
    talk(40);
    const events = room.events;
    assert.equal(keysOf(events, units * 50), '5#');
    const first = events.slice(0, 7);
    const told = first.map(({ bytes }) => parseTelephoneEvent(bytes, 0, 4));
    assert.deepEqual(told.map((event) => event?.duration), [1, 2, 3, 4, 5, 5, 5].map((frames) => frames * units));
    assert.deepEqual(told.map((event) => event?.end), [false, false, false, false, true, true, true]);
    assert.deepEqual(first.map(({ startsTalkspurt }) => startsTalkspurt), [true, false, false, false, false, false, false]);
    assert.deepEqual([new Set(told.map((event) => event?.event)), new Set(first.map(({ timestamp }) => timestamp))], [new Set([5]), new Set([20 * units])]);
    assert.equal(events[7]?.timestamp, 29 * units, 'the next press, after a pause');
    const sounding = hearer.frames.map(({ tick }) => tick);
    assert.ok(!sounding.some((tick) => tick > 20 && tick <= 27) && sounding.includes(60));
    const pause = hearer.between(0.56, 0.58);
    assert.ok(amplitudeAt(500, pause, rateOf(codec).samples * 50) < 0.02, 'nothing of the voice between two keys');
  });
}

test('keys for a telephone without events are heard, each for 100 ms, and the voice is not', { skip }, () => {
  const { room, hearer, talk } = call('PCMA', 'sound');
  talk(20);
  room.mix.sendDtmf(2, '9');
  talk(20);
  const pressed = hearer.between(0.42, 0.5);
  assert.ok(amplitudeAt(852, pressed, 8000) > 0.2 && amplitudeAt(1477, pressed, 8000) > 0.25 && amplitudeAt(500, pressed, 8000) < 0.03);
  assert.ok(amplitudeAt(852, hearer.between(0.6, 0.7), 8000) < 0.01 && amplitudeAt(500, hearer.between(0.6, 0.7), 8000) > 0.15);
});

test('keys in the sound of a telephone are told once each, and the others do not hear them', { skip }, () => {
  const room = new TestMix();
  const browser = room.join(1, { codec: 'opus' }, ['opus']);
  room.join(2, { codec: 'PCMU', inSilence: 'frames' }, ['PCMU'], { hasKeysInSound: true });
  const keypad = new TestMix();
  keypad.join(9, undefined, ['opus']);
  const line = keypad.join(8, { codec: 'PCMU', keys: 'sound', inSilence: 'frames' }, ['PCMU']);
  keypad.mix.sendDtmf(8, dtmfTones);
  keypad.run(16 * 9 + 20, () => []);
  const signal = Float32Array.from(line.heard);
  const dialing = new Talker(room.kernels, 'PCMU', signal, 5);
  room.run(16 * 9 + 20, (_tick, at) => [[2, dialing.next(at, unknown)]]);
  assert.deepEqual(room.pressed.map(([member, key]) => `${member}${key}`).join(''), [...dtmfTones].map((key) => `2${key}`).join(''));
  const leaked = Float32Array.from(browser.heard);
  let longest = 0;
  let run = 0;
  for (const sample of leaked) {
    run = Math.abs(sample) > 0.03 ? run + 1 : Math.max(0, run - 0.02);
    longest = Math.max(longest, run);
  }
  assert.ok(longest / 48 < 36, `${longest / 48} ms of a key are heard: a receiver needs 40`);
});

test('ringing is heard by who waits, with the others; music instead of them; silence is silent', { skip }, () => {
  const { room, hearer, talk } = call('PCMU');
  talk(10);
  room.mix.setSound(2, { kind: 'ringback', country: 'GB' });
  talk(50);
  const ringing = hearer.between(0.3, 0.6);
  assert.ok(amplitudeAt(400, ringing, 8000) > 0.05 && amplitudeAt(450, ringing, 8000) > 0.05 && amplitudeAt(500, ringing, 8000) > 0.1);
  room.mix.setSound(2, { kind: 'hold' });
  talk(50);
  assert.ok(amplitudeAt(500, hearer.between(1.3, 2.1), 8000) < 0.01 && hearer.between(1.3, 2.1).some((sample) => Math.abs(sample) > 0.05));
  room.mix.setSound(2, { kind: 'silence' });
  talk(50);
  assert.ok(hearer.between(2.3, 3.1).every((sample) => Math.abs(sample) < 0.001));
  room.mix.setSound(2, { kind: 'none' });
  talk(50);
  assert.ok(amplitudeAt(500, hearer.between(3.3, 4.1), 8000) > 0.15);
});

test('a telephone gets a frame every 20 ms, whoever speaks, with timestamps that leave nothing out', { skip }, () => {
  const { room, hearer, talk } = call('PCMU');
  talk(30);
  room.run(200, () => []);
  talk(30);
  assert.deepEqual(hearer.frames.map(({ timestamp }) => timestamp), Array.from({ length: 260 }, (_, index) => index * 160));
  assert.equal(hearer.frames.filter(({ startsTalkspurt }) => startsTalkspurt).length, 1);
  assert.equal(room.mix.isActive, true);
});

test('comfort noise is heard while a telephone pauses, and no click before or after it', { skip }, () => {
  const room = new TestMix();
  const browser = room.join(1, { codec: 'opus' }, ['opus']);
  room.join(2, { codec: 'PCMA', inSilence: 'frames' }, ['PCMA']);
  const talker = talkerOf(room, 'PCMA', 400);
  let sequenceNumber = 0;
  const speak = (tick: number, at: number): AudioPacket => Object.assign(talker.next(at, unknown), { sequenceNumber: (sequenceNumber += 1), timestamp: tick * 160 });
  room.run(50, (tick, at) => [[2, speak(tick, at)]]);
  room.run(100, (tick, at) => (tick % 50 === 1 ? [[2, { ...speak(tick, at), payloadType: payloadTypeOf('CN'), bytes: Uint8Array.of(45), length: 1 }]] : []));
  room.run(50, (tick, at) => [[2, speak(tick, at)]]);
  const level = (from: number, to: number): number => {
    const samples = browser.between(from, to);
    return 20 * Math.log10(Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length));
  };
  assert.ok(Math.abs(level(1.3, 2.9) + 45) < 2.5, `${level(1.3, 2.9)}`);
  assert.ok(amplitudeAt(400, browser.between(3.2, 3.9)) > 0.15);
});

test('what stops without a word fades, and begins again without a click', { skip }, () => {
  const room = new TestMix();
  const browser = room.join(1, { codec: 'opus', bitrateBps: 128_000 }, ['opus']);
  room.join(2, { codec: 'PCMU', inSilence: 'frames' }, ['PCMU']);
  const talker = new Talker(room.kernels, 'PCMU', tone(350, { rate: 8000, amplitude: 0.3 }), 1);
  room.run(200, (tick, at) => {
    const packet = talker.next(at, unknown);
    return tick % 40 < 20 ? [[2, packet]] : [];
  });
  const heard = browser.between(0.2, 3.9);
  const sharpest = heard.reduce((most, sample, index) => Math.max(most, Math.abs(sample - 2 * (heard[index - 1] ?? sample) + (heard[index - 2] ?? sample))), 0);
  assert.ok(sharpest < 0.02, `${sharpest}`);
});

test('two telephones of one rate are mixed at that rate, and a third member of another one changes it in the middle', { skip }, () => {
  const room = new TestMix();
  const anna = room.join(1, { codec: 'PCMU', inSilence: 'frames' }, ['PCMU']);
  const bert = room.join(2, { codec: 'G722', inSilence: 'frames' }, ['G722']);
  const talkers = [talkerOf(room, 'PCMU', 600), talkerOf(room, 'G722', 1100)] as const;
  const talk = (ticks: number): void => room.run(ticks, (_tick, at) => [[1, talkers[0].next(at, unknown)], [2, talkers[1].next(at, unknown)]]);
  talk(50);
  const carl = room.join(3, { codec: 'opus' }, ['opus']);
  talk(50);
  room.mix.remove(3);
  talk(50);
  for (const from of [0.4, 1.4, 2.4]) {
    assert.ok(Math.abs(amplitudeAt(1100, anna.between(from, from + 0.5), 8000) - 0.2) < 0.03, `${from}`);
    assert.ok(Math.abs(amplitudeAt(600, bert.between(from, from + 0.5), 16_000) - 0.2) < 0.03, `${from}`);
  }
  assert.ok(Math.abs(amplitudeAt(600, carl.between(1.4, 1.9)) - 0.2) < 0.03);
  room.mix.close();
  assert.deepEqual([room.payloads.used, room.workspace.areasInUse], [0, 0]);
});

test('packets of 10, 30 and 60 ms of telephones are heard like those of 20', { skip }, () => {
  for (const milliseconds of [10, 30, 60]) {
    const room = new TestMix();
    const hearer = room.join(1, { codec: 'opus' }, ['opus']);
    room.join(2, { codec: 'PCMU', inSilence: 'frames' }, ['PCMU']);
    const recorded = new Talker(room.kernels, 'PCMU', tone(500, { rate: 8000, seconds: 4 }), 1);
    const bytes = Uint8Array.from(Array.from({ length: 200 }, () => [...recorded.next(0, unknown).bytes.subarray(0, 160)]).flat());
    let sent = 0;
    room.run(100, (tick, at) => {
      const due: (readonly [number, AudioPacket])[] = [];
      for (; (sent + 1) * milliseconds <= tick * 20; sent += 1) {
        const [offset, length] = [sent * milliseconds * 8, milliseconds * 8];
        due.push([2, { ssrc: 1, sequenceNumber: sent, timestamp: offset, payloadType: 0, level: unknown, arrivedAt: instant(at), bytes, offset, length }]);
      }
      return due;
    });
    const heard = hearer.between(0.5, 1.9);
    for (let frame = 0; frame < 60; frame += 1) assert.ok(amplitudeAt(500, heard.subarray(frame * 960, (frame + 1) * 960)) > 0.15, `${milliseconds} ms: frame ${frame}`);
    assert.equal(room.counters.read().concealedFrames, 0);
  }
});

test('who has agreed to pauses is told of them now and then, and hears no noise that nobody makes', { skip }, () => {
  const room = new TestMix();
  const phone = room.join(1, { codec: 'PCMU', inSilence: 'word' }, ['PCMU']);
  const app = room.join(2, { codec: 'opus', inSilence: 'word' }, ['opus']);
  room.join(3, undefined, ['opus']);
  const talker = new Talker(room.kernels, 'opus', tone(500, { seconds: 4 }), 1);
  const talk = (ticks: number) => room.run(ticks, (_, at) => [[3, talker.next(at, 20)]]);
  talk(50);
  const [told, sent] = [room.noises.length, app.frames.length];
  room.run(100, () => []);
  const noises = room.noises.slice(told);
  assert.deepEqual(noises.map(({ bytes, startsTalkspurt }) => [...bytes, startsTalkspurt]), noises.map(() => [70, false]));
  const steps = (timestamps: readonly number[]) => timestamps.slice(1).map((timestamp, index) => timestamp - (timestamps[index] ?? 0));
  assert.ok(noises.length >= 3 && steps(noises.map(({ timestamp }) => timestamp)).every((step) => step === 20 * 160), `${steps(noises.map(({ timestamp }) => timestamp)).join(' ')}`);
  const pauses = app.frames.slice(sent).map(({ tick }) => tick).slice(-3);
  assert.deepEqual(steps(pauses), [20, 20], 'one frame of silence every 400 ms');
  talk(20);
  assert.deepEqual([phone, app].map(({ frames }) => frames.filter(({ startsTalkspurt }) => startsTalkspurt).length), [2, 2]);
  assert.ok(amplitudeAt(500, phone.between(3.1, 3.3), 8000) > 0.15);
});
