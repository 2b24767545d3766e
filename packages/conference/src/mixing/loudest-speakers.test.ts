import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Loudness, LoudestSpeakers } from './loudest-speakers.ts';

class Person {
  readonly name: string;
  level = 127;
  readonly loudness = new Loudness();

  constructor(name: string) {
    this.name = name;
  }
}

function people(count: number): readonly Person[] {
  return Array.from({ length: count }, (_, index) => new Person(`p${index}`));
}

function frame(speakers: LoudestSpeakers<Person>, everybody: readonly Person[], levels: readonly number[], frames = 1): string {
  let names = '';
  for (let index = 0; index < frames; index += 1) {
    for (const [at, person] of everybody.entries()) person.level = levels[at] ?? 127;
    names = [...speakers.select(everybody)].map(({ name }) => name).join(' ');
  }
  return names;
}

test('whoever begins to speak is in with the first frame, and out after a pause that is longer than between words', () => {
  const everybody = people(3);
  const speakers = new LoudestSpeakers<Person>(2);
  assert.equal(frame(speakers, everybody, [127, 90, 70]), '', 'noise is nobody');
  assert.equal(frame(speakers, everybody, [127, 30, 70]), 'p1');
  assert.equal(frame(speakers, everybody, [127, 127, 127], 39), 'p1');
  assert.equal(frame(speakers, everybody, [127, 127, 127]), '');
});

test('a full mix changes for who is clearly louder, not for who is as loud', () => {
  const everybody = people(3);
  const speakers = new LoudestSpeakers<Person>(2);
  assert.equal(frame(speakers, everybody, [30, 40], 50), 'p0 p1');
  assert.equal(frame(speakers, everybody, [30, 40, 37], 50), 'p0 p1');
  assert.equal(frame(speakers, everybody, [30, 40, 20], 50), 'p0 p2');
  assert.equal(frame(speakers, everybody, [30, 22, 20], 50), 'p2 p1');
});

test('who pauses makes room for who speaks', () => {
  const everybody = people(3);
  const speakers = new LoudestSpeakers<Person>(2);
  frame(speakers, everybody, [30, 30], 50);
  assert.equal(frame(speakers, everybody, [30, 127, 35], 15), 'p0 p2');
});

test('who has left is not mixed', () => {
  const everybody = people(2);
  const speakers = new LoudestSpeakers<Person>(2);
  frame(speakers, everybody, [30, 30]);
  for (const person of everybody.slice(0, 1)) speakers.remove(person);
  assert.equal(frame(speakers, everybody.slice(1), [30]), 'p1');
});

test('never more than allowed, never somebody silent, and no room is left while somebody new speaks', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 6 }), fc.array(fc.tuple(fc.constantFrom(1, 5, 45), fc.array(fc.constantFrom(20, 35, 70, 127), { minLength: 8, maxLength: 8 })), { maxLength: 20 }), (most, stretches) => {
    const everybody = people(8);
    const speakers = new LoudestSpeakers<Person>(most);
    for (const [frames, levels] of stretches) {
      frame(speakers, everybody, levels, frames);
      const chosen = speakers.select([]);
      assert.ok(chosen.size <= most);
      for (const person of chosen) assert.ok(person.loudness.isSpeaking);
      const loud = everybody.filter((person) => person.loudness.isSpeaking);
      assert.equal(chosen.size, Math.min(loud.length, most));
    }
  }));
});
