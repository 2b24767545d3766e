import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AzureCommunicationTokenCredential } from '@azure/communication-common';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import type { Identity } from './index.ts';
import { openTestIdentity } from './test-identity.ts';

async function issue(identity: Identity, identifier: string, options: { readonly accessKeyId?: string; readonly expiresInMinutes?: number } = {}): Promise<string> {
  const issued = await identity.issueAccessToken({ identifier, scopes: ['voip', 'chat', 'voip'], ...options });
  assert.ok(issued.ok);
  return issued.token;
}

async function verdict(identity: Identity, token: string): Promise<string> {
  const verification = await identity.verifyAccessToken(token);
  return verification.ok ? 'ok' : verification.code;
}

test('a token carries the claims that clients of Azure read, and the endpoint', async (t) => {
  const { identity, resourceId } = await openTestIdentity(t);
  const identifier = await identity.createUser({ resourceId });
  assert.match(identifier, new RegExp(`^8:acs:${resourceId}_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`));
  const token = await issue(identity, identifier, { expiresInMinutes: 60 });
  const { jti, ...claims } = decodeJwt(token);
  const iat = Date.parse('2026-11-22T10:00:00Z') / 1000;
  assert.deepEqual(claims, {
    skypeid: identifier.slice(2), acsScope: 'voip,chat', resourceId, endpoint: 'https://calls.test:8443', iss: 'https://calls.test:8443',
    aud: 'urn:dialplane:access', iat, exp: iat + 3600, tokenGeneration: 0,
  });
  assert.ok(jti);
  assert.equal(decodeProtectedHeader(token).alg, 'ES256');
  const verification = await identity.verifyAccessToken(token);
  assert.deepEqual(verification, {
    ok: true, identifier, resourceId, scopes: new Set(['voip', 'chat']), issuedAt: new Date(iat * 1000), expiresAt: new Date((iat + 3600) * 1000), tokenId: jti,
  });
});

test('the unmodified AzureCommunicationTokenCredential reads when it expires', async (t) => {
  const { identity, resourceId } = await openTestIdentity(t);
  const token = await issue(identity, await identity.createUser({ resourceId }));
  const credential = new AzureCommunicationTokenCredential(token);
  const { expiresOnTimestamp, token: given } = await credential.getToken();
  assert.equal(given, token);
  assert.equal(expiresOnTimestamp, Date.parse('2026-11-23T10:00:00Z'));
  credential.dispose();
});

test('lifetimes and scopes outside the limits are refused, and so is an unknown user', async (t) => {
  const { identity, resourceId } = await openTestIdentity(t);
  const identifier = await identity.createUser({ resourceId });
  for (const expiresInMinutes of [59, 1441, 60.5, Number.NaN, -1]) {
    assert.deepEqual(await identity.issueAccessToken({ identifier, scopes: ['voip'], expiresInMinutes }), { ok: false, code: 'LIFETIME_INVALID' });
  }
  assert.deepEqual(await identity.issueAccessToken({ identifier, scopes: [] }), { ok: false, code: 'SCOPES_INVALID' });
  assert.deepEqual(await identity.issueAccessToken({ identifier, scopes: ['everything' as 'voip'] }), { ok: false, code: 'SCOPES_INVALID' });
  assert.deepEqual(await identity.issueAccessToken({ identifier: `${identifier}0`, scopes: ['voip'] }), { ok: false, code: 'USER_NOT_FOUND' });
});

test('revoking makes the tokens of the same millisecond invalid at once, and none issued after it', async (t) => {
  const { identity, resourceId, reopen } = await openTestIdentity(t);
  const identifier = await identity.createUser({ resourceId });
  const bystander = await issue(identity, await identity.createUser({ resourceId }));
  const before = await issue(identity, identifier);
  assert.equal(await verdict(identity, before), 'ok');
  const heard: string[] = [];
  const stop = identity.onRevoked((revoked) => heard.push(revoked));
  assert.equal(await identity.revokeTokens(identifier), true);
  assert.deepEqual(heard, [identifier]);
  const after = await issue(identity, identifier);
  assert.deepEqual([await verdict(identity, before), await verdict(identity, after), await verdict(identity, bystander)], ['TOKEN_REVOKED', 'ok', 'ok']);
  stop();
  assert.equal(await identity.revokeTokens(`${identifier}0`), false);
  const again = await reopen();
  assert.deepEqual([await verdict(again.identity, before), await verdict(again.identity, after)], ['TOKEN_REVOKED', 'ok']);
});

test('verifications that run while a token is revoked never make it valid again', async (t) => {
  const { identity, resourceId, reopen } = await openTestIdentity(t);
  const identifier = await identity.createUser({ resourceId });
  const token = await issue(identity, identifier);
  const { identity: fresh } = await reopen();
  const verifications = [fresh.verifyAccessToken(token), fresh.revokeTokens(identifier), fresh.verifyAccessToken(token)];
  await Promise.all(verifications);
  assert.equal(await verdict(fresh, token), 'TOKEN_REVOKED');
});

test('deleting a user revokes its tokens and says so, in that order', async (t) => {
  const { identity, resourceId } = await openTestIdentity(t);
  const identifier = await identity.createUser({ resourceId });
  const token = await issue(identity, identifier);
  const heard: string[] = [];
  identity.onUserDeleted((deleted) => heard.push(`deleted ${deleted}`));
  identity.onRevoked((revoked) => heard.push(`revoked ${revoked}`));
  identity.onRevoked(() => { throw new Error('a broken listener'); });
  assert.equal(await identity.deleteUser(identifier), true);
  assert.deepEqual(heard, [`revoked ${identifier}`, `deleted ${identifier}`]);
  assert.equal(await verdict(identity, token), 'TOKEN_REVOKED');
  assert.equal(await identity.userExists(identifier), false);
  assert.equal(await identity.deleteUser(identifier), false);
});

test('an expired token is expired whether or not it was seen before', async (t) => {
  const { identity, resourceId, advanceMinutes } = await openTestIdentity(t);
  const identifier = await identity.createUser({ resourceId });
  const seen = await issue(identity, identifier, { expiresInMinutes: 60 });
  const unseen = await issue(identity, identifier, { expiresInMinutes: 60 });
  assert.equal(await verdict(identity, seen), 'ok');
  advanceMinutes(60);
  assert.deepEqual([await verdict(identity, seen), await verdict(identity, seen), await verdict(identity, unseen)], ['TOKEN_EXPIRED', 'TOKEN_EXPIRED', 'TOKEN_EXPIRED']);
});

test('replacing an access key invalidates what was issued with it, not what the other key issued', async (t) => {
  const { identity, resourceId } = await openTestIdentity(t);
  const [primary, secondary] = identity.resources.accessKeys(resourceId);
  const first = await identity.createUser({ resourceId });
  const second = await identity.createUser({ resourceId });
  const byPrimary = await issue(identity, first, { accessKeyId: primary.id });
  const bySecondary = await issue(identity, second, { accessKeyId: secondary.id });
  await identity.verifyAccessToken(byPrimary);
  const heard: string[] = [];
  identity.onRevoked((revoked) => heard.push(revoked));
  const fresh = await identity.rotateAccessKey(resourceId, 'primary');
  assert.notEqual(fresh.key, primary.key);
  assert.deepEqual(heard, [first]);
  assert.deepEqual([await verdict(identity, byPrimary), await verdict(identity, bySecondary)], ['TOKEN_REVOKED', 'ok']);
});

test('signing keys rotate without making tokens invalid, and the key set lets others verify them', async (t) => {
  const { identity, resourceId, advanceMinutes, reopen } = await openTestIdentity(t);
  const identifier = await identity.createUser({ resourceId });
  const old = await issue(identity, identifier);
  await identity.rotateSigningKey();
  const fresh = await issue(identity, identifier);
  assert.notEqual(decodeProtectedHeader(old).kid, decodeProtectedHeader(fresh).kid);
  assert.equal(identity.jwks().keys.length, 2);
  assert.doesNotMatch(JSON.stringify(identity.jwks()), /"d":/);
  for (const token of [old, fresh]) {
    assert.equal(await verdict(identity, token), 'ok');
    const keySet = createLocalJWKSet({ keys: [...identity.jwks().keys] });
    await jwtVerify(token, keySet, { issuer: String(identity.openidConfiguration('https://calls.test:8443')['issuer']), currentDate: new Date('2026-11-22T10:01:00Z') });
  }
  advanceMinutes(1441);
  await identity.rotateSigningKey();
  assert.equal(identity.jwks().keys.length, 2, 'the first key is gone');
  assert.equal((await reopen()).identity.jwks().keys.length, 2);
});

test('tokens that are not ours are invalid: rubbish, foreign keys, no signature, changed claims', async (t) => {
  const { identity, resourceId } = await openTestIdentity(t);
  const token = await issue(identity, await identity.createUser({ resourceId }));
  const [header = '', payload = '', signature = ''] = token.split('.');
  const other = Buffer.from(JSON.stringify({ ...decodeJwt(token), acsScope: 'voip,chat,chat.join' })).toString('base64url');
  const { privateKey } = await generateKeyPair('ES256');
  const forged = await new SignJWT(decodeJwt(token)).setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: String(decodeProtectedHeader(token).kid) }).sign(privateKey);
  const unsigned = `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${payload}.`;
  for (const bad of ['', 'rubbish', 'a.b.c', `${header}.${other}.${signature}`, `${header}.${payload}.`, unsigned, forged, 'x'.repeat(100_000), `${token}.x`]) {
    assert.equal(await verdict(identity, bad), 'TOKEN_INVALID', bad.slice(0, 40));
  }
});
