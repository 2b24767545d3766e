import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import fc from 'fast-check';
import { AudioSlots, emptySlot, SpeakerDetection } from '../index.ts';

/** A conference whose members send a packet every 20 ms, at a level for each; `undefined` sends nothing. */
class Talk {
  readonly detection: SpeakerDetection;
  now = 1000;

  constructor(count: number, audibleCount = 7) {
    this.detection = new SpeakerDetection({ audibleCount, capacity: 350 });
    for (let member = 0; member < count; member += 1) assert.equal(this.detection.add(), member);
  }

  /** Lets time pass; how often the dominant speaker changed. */
  pass(milliseconds: number, levels: ReadonlyArray<number | undefined>): number {
    let changes = 0;
    for (const end = this.now + milliseconds; this.now < end; this.now += 20) {
      let isUrgent = false;
      for (const [member, level] of levels.entries()) if (level !== undefined && this.detection.note(member, level, instant(this.now))) isUrgent = true;
      const [before] = this.detection.dominant;
      if (isUrgent || this.now % 100 === 0) this.detection.update(instant(this.now));
      if (this.detection.dominant[0] !== before) changes += 1;
    }
    return changes;
  }
}

const quiet = 80;
const voice = 30;

test('who speaks is told within a tenth of a second, and no longer soon after', () => {
  const talk = new Talk(3);
  talk.pass(2000, [quiet, quiet, quiet]);
  assert.deepEqual([talk.detection.speaking, talk.detection.dominant], [[], []]);
  talk.pass(100, [quiet, voice, quiet]);
  assert.deepEqual([talk.detection.speaking, talk.detection.dominant], [[1], [1]]);
  talk.pass(600, [quiet, quiet, quiet]);
  assert.deepEqual([talk.detection.speaking, talk.detection.dominant], [[], [1]]);
});

test('the loudest comes first; silence without packets ends speech', () => {
  const talk = new Talk(3);
  talk.pass(1000, [50, 20, quiet]);
  assert.deepEqual(talk.detection.speaking, [1, 0]);
  talk.pass(600, [50, undefined, quiet]);
  assert.deepEqual(talk.detection.speaking, [0]);
});

test('the floor is kept through pauses, a cough and a word thrown in, and passes on to who goes on', () => {
  const talk = new Talk(2);
  for (let sentence = 0; sentence < 5; sentence += 1) {
    talk.pass(800, [voice, quiet]);
    talk.pass(400, [quiet, quiet]);
  }
  assert.equal(talk.pass(300, [voice, 15]), 0, 'a cough');
  talk.pass(1000, [voice, quiet]);
  assert.deepEqual(talk.detection.dominant, [0]);
  talk.pass(2500, [quiet, voice]);
  assert.deepEqual(talk.detection.dominant, [1, 0]);
});

test('two who speak at once do not toss the floor between them', () => {
  const talk = new Talk(2);
  let changes = 0;
  for (let round = 0; round < 50; round += 1) changes += talk.pass(100, round % 2 === 0 ? [25, 35] : [35, 25]);
  assert.ok(changes <= 1, `${changes} changes`);
});

test('a steady noise is no speech after a while, speech above it is', () => {
  const talk = new Talk(2);
  talk.pass(30_000, [60, quiet]);
  assert.deepEqual(talk.detection.speaking, []);
  talk.pass(20_000, [50, quiet]);
  talk.pass(20_000, [50, quiet]);
  assert.deepEqual(talk.detection.speaking, []);
  talk.pass(200, [25, quiet]);
  assert.deepEqual(talk.detection.speaking, [0]);
});

test('everybody is audible while there is room; with more, whoever begins to speak is at once', () => {
  const talk = new Talk(20);
  talk.pass(1000, Array(20).fill(quiet));
  assert.equal(talk.detection.audible.length, 7);
  const silent = [...Array(20).keys()].find((member) => !talk.detection.audible.includes(member)) ?? 0;
  const before = talk.detection.audible;
  talk.pass(20, Array(20).fill(quiet).with(silent, voice));
  assert.ok(talk.detection.audible.includes(silent));
  assert.equal(talk.detection.audible.filter((member) => before.includes(member)).length, 6);
  talk.detection.remove(silent);
  assert.ok(!talk.detection.audible.includes(silent) && !talk.detection.speaking.includes(silent));
  assert.equal(talk.detection.add(), silent);
});

test('more speakers than places: those who are audible stay, unless another is clearly louder', () => {
  const talk = new Talk(12);
  const levels = Array.from({ length: 12 }, (_, member) => 30 + (member % 3));
  talk.pass(1000, levels);
  const before = [...talk.detection.audible];
  for (let round = 0; round < 50; round += 1) talk.pass(100, levels.map((level, member) => level + ((member + round) % 4)));
  assert.deepEqual(talk.detection.audible, before);
  const silent = levels.findIndex((_, member) => !before.includes(member));
  talk.pass(300, levels.with(silent, 10));
  assert.ok(talk.detection.audible.includes(silent));
});

test('a conference holds as many members as it may', () => {
  const detection = new SpeakerDetection({ audibleCount: 7, capacity: 2 });
  assert.deepEqual([detection.add(), detection.add(), detection.add()], [0, 1, -1]);
  detection.remove(0);
  detection.remove(0);
  assert.deepEqual([detection.add(), detection.add()], [0, -1]);
});

test('slots are kept by who is in them, never twice the same member, never oneself', () => {
  const slots = new AudioSlots(3);
  assert.equal(slots.assign([5, 6], 5), true);
  assert.deepEqual([...slots.members], [6, emptySlot, emptySlot]);
  assert.equal(slots.assign([7, 6, 5], 5), true);
  assert.deepEqual([...slots.members], [6, 7, emptySlot]);
  assert.equal(slots.assign([7, 6], 5), false);
  assert.equal(slots.assign([1, 2, 3, 7], 5), true);
  assert.deepEqual([...slots.members], [1, 2, 3]);
  fc.assert(
    fc.property(fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { maxLength: 7 })), fc.integer({ min: -1, max: 9 }), (turns, own) => {
      const assigned = new AudioSlots(6);
      for (const audible of turns) {
        const before = [...assigned.members];
        assigned.assign(audible, own);
        const expected = audible.filter((member) => member !== own).slice(0, 6);
        assert.deepEqual([...assigned.members].filter((member) => member !== emptySlot).sort(), [...expected].sort());
        for (const [slot, member] of before.entries()) if (expected.includes(member)) assert.equal(assigned.members[slot], member);
      }
    }),
  );
});
