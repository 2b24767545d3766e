import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noPathAt, type CandidateFacts, type PathFacts } from './path-verdict.ts';

const some: CandidateFacts = { hasAny: true, hasRelay: false, expectsRelay: false, endedAt: 1000 };
const facts: PathFacts = { since: 500, local: some, remote: some, pairs: 'tried' };

test('without relays: five seconds after both sides have named all they have', () => {
  assert.equal(noPathAt(facts), 6000);
  assert.equal(noPathAt({ ...facts, since: 3000 }), 8000);
  assert.equal(noPathAt({ ...facts, remote: { ...some, endedAt: 2000 } }), 7000);
});

test('at once when ICE has tried every pair', () => {
  assert.equal(noPathAt({ ...facts, pairs: 'failed' }), 1000);
});

test('never while a pair works', () => {
  assert.equal(noPathAt({ ...facts, pairs: 'found' }), undefined);
});

test('soon when a side has no candidate at all', () => {
  assert.equal(noPathAt({ ...facts, local: { ...some, hasAny: false } }), 2500);
  assert.equal(noPathAt({ ...facts, remote: { ...some, hasAny: false } }), 2500);
});

test('gathering that waits for a STUN server is not waited for, that from a relay is', () => {
  const open = { ...some, endedAt: undefined };
  assert.equal(noPathAt({ ...facts, local: open }), 10_500);
  assert.equal(noPathAt({ ...facts, local: { ...open, expectsRelay: true } }), undefined);
  assert.equal(noPathAt({ ...facts, remote: { ...open, hasRelay: true } }), undefined);
});

test('a relayed candidate on either side is given its time, also when ICE is done with the pairs so far', () => {
  assert.equal(noPathAt({ ...facts, remote: { ...some, hasRelay: true } }), 13_000);
  assert.equal(noPathAt({ ...facts, local: { ...some, hasRelay: true }, pairs: 'failed' }), 13_000);
});

test('a relay that gave none by the end is none', () => {
  assert.equal(noPathAt({ ...facts, local: { ...some, expectsRelay: true }, remote: { ...some, expectsRelay: true } }), 6000);
});
