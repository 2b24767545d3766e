import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, TestServer } from '../test-server.ts';

test('an operator token is renewed for the same operator, and a user token is no operator token', async () => {
  await using server = await TestServer.start();
  const signedIn = await ask(server.url, 'signIn', { body: { displayName: 'Ada' } });
  const { operatorToken = '', accessToken } = signedIn.body;
  const renewed = await ask(server.url, 'renewOperatorToken', { token: operatorToken });
  assert.equal(renewed.status, 200);
  const verified = await server.identity.verifyOperatorToken(renewed.body.operatorToken);
  assert.ok(verified.ok);
  assert.equal(verified.operatorId, signedIn.body.identifier);
  assert.equal(verified.expiresAt.toISOString(), renewed.body.expiresOn);
  const refused = await ask(server.url, 'renewOperatorToken', { token: accessToken });
  assert.deepEqual([refused.status, refused.body.error?.code], [403, 'ROLE_MISSING']);
});
