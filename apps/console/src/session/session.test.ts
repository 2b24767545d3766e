import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dropSession, keepOperatorToken, keepSession, readOperatorToken, readSession, type SessionStore } from './session.ts';

const memoryStore = (): SessionStore => {
  const items = new Map<string, string>();
  return { getItem: (key) => items.get(key) ?? null, setItem: (key, value) => void items.set(key, value), removeItem: (key) => void items.delete(key) };
};
const session = { identifier: '8:acs:r_ada', displayName: 'Ada', accessToken: 'token', expiresOn: '2026-11-22T12:00:00.000Z' };
const noon = Date.parse(session.expiresOn);

test('a session is kept for the tab until shortly before its token expires', () => {
  const store = memoryStore();
  assert.equal(readSession(store, 0), undefined);
  keepSession(store, session);
  assert.deepEqual(readSession(store, noon - 120_000), session);
  assert.equal(readSession(store, noon - 30_000), undefined);
});

test('the operator token lives apart, and can be forgotten', () => {
  const store = memoryStore();
  keepSession(store, session);
  keepOperatorToken(store, 'operator');
  assert.equal(readOperatorToken(store), 'operator');
  assert.ok(!(store.getItem('dialplane.session') ?? '').includes('operator'));
  keepOperatorToken(store, undefined);
  assert.equal(readOperatorToken(store), undefined);
});

test('a damaged or forgotten session is none', () => {
  const store = memoryStore();
  store.setItem('dialplane.session', '{"identifier":1');
  assert.equal(readSession(store, 0), undefined);
  store.setItem('dialplane.session', '{"identifier":"8:acs:r_ada"}');
  assert.equal(readSession(store, 0), undefined);
  keepSession(store, session);
  dropSession(store);
  assert.equal(readSession(store, 0), undefined);
});
