import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConnectionString } from '@azure/communication-common';
import { connectionString, isOriginAllowed } from './index.ts';
import { openTestIdentity } from './test-identity.ts';

test('the first start makes one resource, the next starts find it', async (t) => {
  const { identity, resourceId, reopen } = await openTestIdentity(t);
  const [primary, secondary] = identity.resources.accessKeys(resourceId);
  assert.equal(Buffer.from(primary.key, 'base64').length, 32);
  assert.notEqual(primary.key, secondary.key);
  assert.equal(identity.resources.forHost('anything:1234')?.id, resourceId);
  assert.equal(identity.resources.forHost(undefined)?.id, resourceId);
  await identity.resources.setAllowedOrigins(resourceId, ['https://app.test']);
  const again = await reopen();
  assert.equal(again.resourceId, resourceId);
  assert.deepEqual(again.identity.resources.accessKeys(resourceId), [primary, secondary]);
  const { default: resource } = again.identity.resources;
  assert.deepEqual([isOriginAllowed(resource, 'https://app.test'), isOriginAllowed(resource, 'https://evil.test')], [true, false]);
});

test('a resource is found by its host, and a host belongs to one resource', async (t) => {
  const { identity, resourceId } = await openTestIdentity(t);
  const other = await identity.resources.create({ name: 'other', hosts: ['Other.test:8443'], allowedOrigins: ['*'] });
  assert.equal(identity.resources.forHost('other.TEST:8443')?.id, other.id);
  assert.equal(identity.resources.forHost('other.test')?.id, resourceId);
  await assert.rejects(identity.resources.create({ name: 'third', hosts: ['other.test:8443'], allowedOrigins: [] }), { code: 'STORE_CONFLICT' });
  await assert.rejects(identity.resources.create({ name: 'third', hosts: [], allowedOrigins: [] }), /without hosts/);
  assert.equal(identity.resources.list().length, 2);
});

test('the connection string is one that the Azure packages parse', async (t) => {
  const { identity, resourceId } = await openTestIdentity(t);
  const [primary] = identity.resources.accessKeys(resourceId);
  const text = connectionString('https://calls.test:8443', primary);
  assert.match(text, /^endpoint=https:\/\/calls\.test:8443\/;accesskey=/);
  const { endpoint, credential } = parseConnectionString(text);
  assert.equal(endpoint, 'https://calls.test:8443/');
  assert.equal(credential.key, primary.key);
});
