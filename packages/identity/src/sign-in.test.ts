import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestIdentity } from './test-identity.ts';

test('an operator token is not an access token, nor the other way round', async (t) => {
  const { identity } = await openTestIdentity(t);
  const signedIn = await identity.signIn({ displayName: 'Ada', operator: true });
  assert.ok(signedIn.ok && signedIn.operatorToken);
  const asOperator = await identity.verifyOperatorToken(signedIn.operatorToken);
  assert.ok(asOperator.ok);
  assert.equal(asOperator.operatorId, signedIn.identifier);
  assert.deepEqual(await identity.verifyAccessToken(signedIn.operatorToken), { ok: false, code: 'TOKEN_INVALID' });
  assert.deepEqual(await identity.verifyOperatorToken(signedIn.accessToken), { ok: false, code: 'TOKEN_INVALID' });
});

test('an operator token lasts an hour, can be renewed for twelve, and ends with its session or its user', async (t) => {
  const { identity, advanceMinutes, reopen } = await openTestIdentity(t);
  const { token: first } = await identity.beginOperatorSession('command line');
  advanceMinutes(59);
  const renewed = await identity.renewOperatorToken(first);
  assert.ok(renewed.ok);
  advanceMinutes(2);
  assert.deepEqual(await identity.verifyOperatorToken(first), { ok: false, code: 'TOKEN_EXPIRED' });
  assert.deepEqual(await identity.renewOperatorToken(first), { ok: false, code: 'TOKEN_EXPIRED' });
  const { identity: reopened } = await reopen();
  assert.ok((await reopened.verifyOperatorToken(renewed.token)).ok);

  let token = renewed.token;
  for (let minutes = 61; minutes < 720; minutes += 30) {
    const next = await reopened.renewOperatorToken(token);
    assert.ok(next.ok && next.expiresOn <= new Date('2026-11-22T22:00:01Z'));
    token = next.token;
    advanceMinutes(30);
  }
  advanceMinutes(30);
  assert.deepEqual(await reopened.verifyOperatorToken(token), { ok: false, code: 'TOKEN_EXPIRED' });

  const ended = await reopened.beginOperatorSession('command line');
  await reopened.endOperatorSession(ended.token);
  assert.deepEqual(await reopened.verifyOperatorToken(ended.token), { ok: false, code: 'TOKEN_REVOKED' });
  const signedIn = await reopened.signIn({ displayName: 'Ada', operator: true });
  assert.ok(signedIn.ok && signedIn.operatorToken);
  await reopened.deleteUser(signedIn.identifier);
  assert.deepEqual(await reopened.verifyOperatorToken(signedIn.operatorToken), { ok: false, code: 'TOKEN_REVOKED' });
});

test('a sign-in link works once, for an hour, and the store does not know its code', async (t) => {
  const { identity, store, advanceMinutes } = await openTestIdentity(t);
  const link = await identity.createSignInLink({ operator: true });
  assert.ok(!JSON.stringify(await store.database.selectFrom('sign_in_link').selectAll().execute()).includes(link.code));
  const both = await Promise.all([identity.signInByLink({ displayName: 'Ada', code: link.code }), identity.signInByLink({ displayName: 'Zoe', code: link.code })]);
  assert.ok(both[0].ok && both[0].operatorToken);
  assert.deepEqual(both[1], { ok: false, code: 'SIGN_IN_CODE_INVALID' });
  const late = await identity.createSignInLink({ operator: false });
  advanceMinutes(60);
  assert.deepEqual(await identity.signInByLink({ displayName: 'Zoe', code: late.code }), { ok: false, code: 'SIGN_IN_CODE_INVALID' });
  assert.deepEqual(await identity.signInByLink({ displayName: 'Zoe', code: 'guess' }), { ok: false, code: 'SIGN_IN_CODE_INVALID' });
});

test('a sign-in link takes over nobody, and a name that is refused does not cost it', async (t) => {
  const { identity } = await openTestIdentity(t);
  const ada = await identity.signIn({ displayName: 'Ada', operator: true });
  assert.ok(ada.ok);
  const { code } = await identity.createSignInLink({ operator: false });
  assert.deepEqual(await identity.signInByLink({ displayName: ' \n', code }), { ok: false, code: 'DISPLAY_NAME_INVALID' });
  assert.deepEqual(await identity.signInByLink({ displayName: ' ADA', code }), { ok: false, code: 'DISPLAY_NAME_TAKEN' });
  assert.deepEqual(await identity.signInByLink({ displayName: 'Ada', code: 'guess' }), { ok: false, code: 'SIGN_IN_CODE_INVALID' }, 'strangers do not learn who there is');
  const zoe = await identity.signInByLink({ displayName: 'Zoe', code });
  assert.ok(zoe.ok);
  assert.equal(zoe.operatorToken, undefined);

  const operatorLink = await identity.createSignInLink({ operator: true });
  const again = await identity.signInByLink({ displayName: 'ada', code: operatorLink.code });
  assert.ok(again.ok && again.operatorToken);
  assert.equal(again.identifier, ada.identifier);

  const links = await Promise.all([1, 2].map(() => identity.createSignInLink({ operator: false })));
  const race = await Promise.all(links.map((link) => identity.signInByLink({ displayName: 'Bob', code: link.code })));
  assert.deepEqual(race.map((result) => (result.ok ? 'in' : result.code)), ['in', 'DISPLAY_NAME_TAKEN']);
});

test('links that nobody uses do not pile up', async (t) => {
  const { identity, store } = await openTestIdentity(t);
  await Promise.all(Array.from({ length: 1_050 }, () => identity.createSignInLink({ operator: false })));
  const { count } = await store.database.selectFrom('sign_in_link').select((column) => column.fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
  assert.equal(count, 1_000);
});

test('the same name is the same user, and names can be searched', async (t) => {
  const { identity } = await openTestIdentity(t);
  const [ada, again, zoe] = await Promise.all([
    identity.signIn({ displayName: ' Ada Lovelace ', operator: false }),
    identity.signIn({ displayName: 'ada lovelace', operator: false }),
    identity.signIn({ displayName: 'Zoe\u0308', operator: false }),
  ]);
  assert.ok(ada.ok && again.ok && zoe.ok);
  assert.equal(ada.identifier, again.identifier);
  assert.equal(ada.operatorToken, undefined);
  assert.deepEqual((await identity.listDevelopmentUsers()).map((user) => user.displayName), ['Ada Lovelace', 'Zoe\u0308']);
  assert.deepEqual(await identity.listDevelopmentUsers('LOVE'), [{ identifier: ada.identifier, displayName: 'Ada Lovelace' }]);
  assert.deepEqual((await identity.listDevelopmentUsers('ZO\u00CB')).map((user) => user.identifier), [zoe.identifier]);
  assert.deepEqual(await identity.listDevelopmentUsers('%'), []);
  assert.ok((await identity.verifyAccessToken(ada.accessToken)).ok);
  assert.equal(await identity.displayNameOf(ada.identifier), 'Ada Lovelace');
});

test('names that are none are refused', async (t) => {
  const { identity } = await openTestIdentity(t);
  for (const displayName of ['', '   ', 'a'.repeat(257), 'line\nbreak', '\u001B[31m']) {
    assert.deepEqual(await identity.signIn({ displayName, operator: false }), { ok: false, code: 'DISPLAY_NAME_INVALID' });
  }
});
