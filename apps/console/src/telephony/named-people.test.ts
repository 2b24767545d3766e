import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameInDirectory, namedPeople } from './named-people.ts';

const directory = [{ identifier: '8:acs:r_ada', displayName: 'Ada Lovelace', isOnline: true }, { identifier: '8:acs:r_bob', displayName: 'Bob', isOnline: false }];

test('names and identifiers are read, each of them once', () => {
  assert.deepEqual(namedPeople(' ada lovelace, 8:acs:r_eve ,Bob, bob,', directory), { ok: true, identifiers: ['8:acs:r_ada', '8:acs:r_eve', '8:acs:r_bob'] });
  assert.deepEqual(namedPeople('', directory), { ok: true, identifiers: [] });
});

test('who is not there is told', () => {
  assert.deepEqual(namedPeople('Bob, Adam', directory), { ok: false, nobody: 'Adam' });
  assert.equal(nameInDirectory('8:acs:r_ada', directory), 'Ada Lovelace');
  assert.equal(nameInDirectory('8:acs:r_0b6f3f5e-6c68-4c0e', directory), 'user 0b6f3f5e…');
});
