import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { CreatedSipDevice, SipDeviceList } from '@dialplane/calling-api';
import { skip } from '../media/test-group.ts';
import { Softphone } from './test-softphone.ts';
import { ourNumber, TelephoneServer } from './test-telephone-server.ts';

/** A server with the demonstration carrier, and Ada with a desk phone. */
async function withPhone(t: TestContext) {
  const telephones = await TelephoneServer.start(t, { demoCarrier: { ringMs: 50 } });
  const { identifier } = telephones.ada.signedIn;
  await telephones.own(ourNumber, { kind: 'users', identifiers: [identifier] });
  const device = await telephones.ada.operate<CreatedSipDevice>('POST', '/v1/telephony/devices', { identifier, displayName: 'Desk' });
  const phone = await Softphone.start(t, device, telephones.sipPort);
  return { telephones, phone, identifier };
}

test('a SIP phone of a user registers and calls a telephone; the call back rings there beside the browser, and on a phone that registers meanwhile; the first answers', { skip }, async (t) => {
  const { telephones, phone, identifier } = await withPhone(t);
  const { value, registrar } = await telephones.ada.operate<SipDeviceList>('GET', '/v1/telephony/devices');
  assert.deepEqual(value.map(({ registrations }) => registrations?.map(({ transport }) => transport)), [['udp']]);
  assert.equal(registrar?.port, telephones.sipPort);
  phone.dial('+12025550108');
  await phone.event('answered');
  assert.equal((await phone.event('ended')).end.cause, 'hungUp');
  const incoming = await phone.event('incoming');
  assert.match(incoming.request.headers.first('From') ?? '', /\+12025550108/);
  const late = await Softphone.start(t, await telephones.ada.operate<CreatedSipDevice>('POST', '/v1/telephony/devices', { identifier, displayName: 'Kitchen' }), telephones.sipPort);
  await late.event('incoming');
  phone.answer(incoming);
  assert.equal((await late.event('ended')).end.cause, 'cancelled');
  await phone.event('acknowledged');
  const end = await telephones.end();
  assert.deepEqual([end.code, end.subCode], [487, 10003]);
  phone.hangUp(incoming.sessionId);
  await phone.event('ended');
});

test('a SIP phone that calls hears that it rings, or what the carrier plays before the answer', { skip }, async (t) => {
  const { phone } = await withPhone(t);
  for (const number of ['+12025550104', '+12025550106']) {
    const sound = phone.sound();
    phone.dial(number);
    const { response, description } = await phone.event('progressed');
    assert.deepEqual([response.status, description?.kind], [183, 'answer'], number);
    await sound;
    phone.hangUp(number);
    await phone.event('ended');
  }
});

test('a SIP phone transfers a telephone to another', { skip }, async (t) => {
  const { phone } = await withPhone(t);
  phone.dial('+12025550100');
  await phone.event('answered');
  phone.transfer('+12025550100', '+12025550101');
  assert.equal((await phone.event('referEnded')).status, 200);
});
