import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrunkList } from '@dialplane/calling-api';
import { skip } from '../media/test-group.ts';
import { ourNumber, TelephoneServer } from './test-telephone-server.ts';

const demo = { demoCarrier: { ringMs: 50 } };

test('its numbers behave as they say, and its trunk is watched like any other', { skip }, async (t) => {
  const telephones = await TelephoneServer.start(t, demo);
  const melody = await telephones.dial('+12025550100');
  await telephones.telephoneIs('Connected', '+12025550100');
  await telephones.command(melody.callId, 'hangUp');
  await telephones.end();
  await telephones.start('+12025550103');
  assert.equal((await telephones.end()).subCode, 560486);
  await telephones.dial('+12025550105');
  await telephones.telephoneIs('EarlyMedia', '+12025550105');
  await telephones.telephoneIs('Connected', '+12025550105');
  const { value: [trunk] } = await telephones.ada.operate<TrunkList>('GET', '/v1/telephony/trunks');
  assert.deepEqual([trunk?.name, trunk?.health.state], ['demo-carrier.test', 'online']);
});

test('who asked for it is called back', { skip }, async (t) => {
  const telephones = await TelephoneServer.start(t, demo);
  await telephones.dial('+12025550108');
  const end = await telephones.end();
  assert.deepEqual([end.code, end.subCode], [0, 560000]);
  const call = await telephones.rung();
  assert.equal(call.caller.identifier, '4:+12025550108');
  await telephones.command(call.callId, 'reject');
  await telephones.end();
});

test('what nobody is reached by is said in the carrier\'s words', { skip }, async (t) => {
  const telephones = await TelephoneServer.start(t, demo);
  await telephones.dial('+12025550106');
  await telephones.telephoneIs('EarlyMedia', '+12025550106');
  const end = await telephones.end();
  assert.equal(end.subCode, 560404);
  assert.match(end.message, /Unallocated \(unassigned\) number/);
});

test('without it its trunk is turned off, and its numbers stay', { skip }, async (t) => {
  const first = await TelephoneServer.start(t, demo);
  const { dataDir } = first;
  await first.server.close(0);
  const second = await TelephoneServer.start(t, { dataDir });
  const { value: [trunk] } = await second.ada.operate<TrunkList>('GET', '/v1/telephony/trunks');
  assert.equal(trunk?.health.state, 'disabled');
  await second.start('+12025550100', { alternateCallerId: `4:${ourNumber}` });
  assert.match((await second.end()).message, /trunk/);
});
