import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import { LegTurns } from './leg-turns.ts';

interface Member {
  readonly name: string;
}

function turnsOf(...names: readonly string[]): { readonly turns: LegTurns<Member>; readonly members: readonly Member[] } {
  const turns = new LegTurns<Member>();
  const members = names.map((name) => ({ name }));
  for (const member of members) turns.add(member);
  return { turns, members };
}

function take(turns: LegTurns<Member>, atMs: number): string {
  return Array.from({ length: turns.takeDue(instant(atMs)) }, () => turns.next()?.name).join('');
}

test('everybody has a turn in 200 ms, however often it is asked', () => {
  const { turns } = turnsOf('a', 'b', 'c', 'd', 'e');
  assert.equal(take(turns, 1000), 'abcde', 'nobody had one yet');
  assert.deepEqual([1050, 1100, 1150, 1200].map((atMs) => take(turns, atMs)), ['a', 'b', 'c', 'de']);
  assert.equal(Array.from({ length: 20 }, (_, tick) => take(turns, 1210 + 10 * tick)).join(''), 'abcde');
  assert.equal(take(turns, 5000), 'abcde', 'once, however long it took');
});

test('who goes leaves the turns of the others as they are, and who comes is the last', () => {
  const { turns, members: [first, , third] } = turnsOf('a', 'b', 'c', 'd');
  assert.equal(take(turns, 0), 'abcd');
  turns.add({ name: 'e' });
  assert.ok(first !== undefined && third !== undefined);
  turns.remove(first);
  turns.remove(first);
  turns.remove(third);
  assert.equal(turns.count, 3);
  assert.deepEqual([...take(turns, 200)].sort(), ['b', 'd', 'e']);
});

test('nobody is left to have a turn', () => {
  const { turns, members } = turnsOf('a', 'b');
  for (const member of members) turns.remove(member);
  assert.equal(turns.count, 0);
  assert.equal(take(turns, 0), '');
  assert.equal(turns.next(), undefined);
});

test('who is in a hurry is so until it is calm again, or gone', () => {
  const { turns, members: [first, second] } = turnsOf('a', 'b');
  assert.ok(first !== undefined && second !== undefined);
  turns.hurry(first);
  turns.hurry(first);
  turns.hurry(second);
  assert.deepEqual([...turns.inHurry], [first, second]);
  turns.calm(first);
  turns.remove(second);
  turns.hurry(second);
  assert.deepEqual([...turns.inHurry], []);
});
