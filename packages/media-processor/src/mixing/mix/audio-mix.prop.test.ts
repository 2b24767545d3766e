import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SoundFile } from '@dialplane/media-api';
import { instant } from '@dialplane/sansio';
import fc from 'fast-check';
import type { MixCodec } from '../audio-mixer.ts';
import { soundFile, TestMix, tone, withoutAudioKernels } from '../test-mix.ts';

const skip = withoutAudioKernels();
const codec = fc.constantFrom<MixCodec>('opus', 'PCMU', 'PCMA', 'G722', 'G729');
const member = fc.integer({ min: 1, max: 5 });

const action = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('packet' as const), member, payloadType: fc.constantFrom(0, 8, 9, 13, 18, 101, 111), bytes: fc.uint8Array({ minLength: 0, maxLength: 400 }), gap: fc.constantFrom(0, 1, 1, 1, 2, 40, 30_000), ssrc: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('ticks' as const), count: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('join' as const), member, speaks: fc.subarray(['opus', 'PCMU', 'PCMA', 'G722', 'G729'] as const), hasKeysInSound: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('listen' as const), member, reception: fc.option(fc.record({ codec, keys: fc.constantFrom('events' as const, 'sound' as const), inSilence: fc.constantFrom('nothing' as const, 'frames' as const, 'word' as const) }), { nil: undefined }) }) },
  fc.record({ kind: fc.constant('leave' as const), member }),
  fc.record({ kind: fc.constant('mute' as const), member, isMuted: fc.boolean() }),
  fc.record({ kind: fc.constant('press' as const), member, tones: fc.string({ maxLength: 6 }) }),
  fc.record({ kind: fc.constant('sound' as const), member, sound: fc.constantFrom('none' as const, 'ringback' as const, 'busy' as const, 'hold' as const, 'silence' as const), music: fc.option(fc.nat({ max: 2 }), { nil: undefined }) }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('play' as const), listeners: fc.oneof(fc.constant('all' as const), fc.array(member, { maxLength: 3 })), sounds: fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 3 }), isLooped: fc.boolean() }) },
  fc.record({ kind: fc.constant('stop' as const), play: fc.nat({ max: 4 }) }),
);
type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never;

/** A mix, and what its members send. */
class World {
  readonly room = new TestMix();
  private readonly files: readonly SoundFile[];
  private plays = 0;
  private readonly numbers = new Map<number, { sequenceNumber: number; timestamp: number }>();

  constructor(files: readonly SoundFile[]) {
    this.files = files;
    for (const number of [1, 2, 3]) this.room.join(number, { codec: number === 1 ? 'opus' : 'PCMU', keys: 'events', inSilence: number === 2 ? 'frames' : 'nothing' });
  }

  perform(done: Action): void {
    const { room } = this;
    switch (done.kind) {
      case 'packet':
        return this.push(done);
      case 'ticks':
        return room.run(done.count, () => []);
      case 'join':
        room.mix.remove(done.member);
        return void room.join(done.member, undefined, done.speaks, { hasKeysInSound: done.hasKeysInSound });
      case 'listen':
        return room.mix.setReception(done.member, done.reception);
      case 'leave':
        return room.mix.remove(done.member);
      case 'mute':
        return room.mix.setMuted(done.member, done.isMuted);
      case 'press':
        return room.mix.sendDtmf(done.member, done.tones);
      case 'play':
        this.plays += 1;
        return room.mix.plays.start(this.plays, { ...done, sounds: done.sounds.flatMap((index) => this.files[index] ?? []) });
      case 'stop':
        return room.mix.plays.stop(this.plays - done.play);
      default:
        room.mix.setSound(done.member, { kind: done.sound, country: 'GB', ...musicOf(this.files[done.music ?? -1]) });
    }
  }

  private push({ member: from, payloadType, bytes, gap, ssrc }: Extract<Action, { readonly kind: 'packet' }>): void {
    const last = this.numbers.get(from) ?? { sequenceNumber: 0, timestamp: 0 };
    const next = { sequenceNumber: (last.sequenceNumber + gap) & 0xffff, timestamp: (last.timestamp + gap * 160) | 0 };
    this.numbers.set(from, next);
    this.room.mix.push(from, { ...next, ssrc, payloadType, level: gap === 2 ? 30 : -1, arrivedAt: instant(this.room.tick * 20 + 5), bytes, offset: 0, length: bytes.length });
  }
}

function musicOf(music: SoundFile | undefined): { readonly music?: SoundFile } {
  return music === undefined ? {} : { music };
}

test('whatever members send and is played, and whoever comes and goes, frames are frames and nothing is kept', { skip }, (t) => {
  const files: readonly SoundFile[] = [soundFile(t, tone(500, { rate: 16_000, seconds: 0.05 }), 16_000), soundFile(t, tone(500, { seconds: 0.1 }), 48_000), { path: '/nowhere', sampleRate: 8000 }];
  let frames = 0;
  fc.assert(fc.property(fc.array(action, { maxLength: 150, size: 'max' }), (actions) => {
    const world = new World(files);
    world.room.onFrame = ({ length, level, timestamp }) => {
      frames += 1;
      assert.ok(length > 0 && length < 1276 && level >= 0 && level <= 127 && Number.isInteger(timestamp));
    };
    for (const done of actions) world.perform(done);
    world.room.mix.close();
    assert.deepEqual([world.room.payloads.used, world.room.workspace.areasInUse], [0, 0]);
  }), { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 60) });
  assert.ok(frames > 200, `${frames} frames`);
});
