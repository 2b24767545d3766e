import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VoiceRouteList } from './voice-routes.ts';
import { readPattern } from './number-pattern.ts';

const route = { name: 'all', numberPattern: '.*', trunks: ['a.example.com'] };
const isTrunk = (name: string): boolean => name === 'a.example.com';

test('a list of routes says which route is wrong, and where', () => {
  const cases: ReadonlyArray<readonly [routes: ReadonlyArray<typeof route>, index: number, field: string, sentence: RegExp]> = [
    [[route, route], 1, 'name', /Two routes are called all/],
    [[{ ...route, trunks: ['b.example.com'] }], 0, 'trunks', /no such trunk/],
    [[{ ...route, trunks: ['a.example.com', 'a.example.com'] }], 0, 'trunks', /twice/],
    [[route, { ...route, name: 'bad', numberPattern: '(' }], 1, 'numberPattern', /missing closing/],
  ];
  for (const [routes, index, field, sentence] of cases) {
    const reading = VoiceRouteList.read(routes, isTrunk);
    assert.ok(!reading.ok);
    assert.deepEqual([reading.fault.index, reading.fault.field], [index, field]);
    assert.match(reading.fault.sentence, sentence);
  }
});

test('patterns whose matching could take forever elsewhere are harmless or refused', () => {
  for (const text of ['^(a*)*$', String.raw`^(\d|\d|\d)*x$`, String.raw`^((\d?){30}){30}$`, '(x+x+)+y']) {
    const reading = readPattern(text);
    assert.ok(reading.ok, text);
    assert.equal(reading.pattern.matches('+123456789012345'), false);
  }
  for (const text of ['(?=1)', String.raw`(1)\1`, String.raw`(((\d{99}){99}){99}){99}`, 'a'.repeat(1025), '', '[', String.raw`\p{Nope}`]) {
    assert.equal(readPattern(text).ok, false, text);
  }
});
