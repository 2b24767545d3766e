import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Call, CreatedSipDevice, Participant, SipDeviceList } from '@dialplane/calling-api';
import { childProcesses, skip } from '../media/test-group.ts';
import { Person } from '../test-person.ts';
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

test('a SIP phone forwards calls: to another user, whose phone takes keys, and to a telephone that its own user may call; where it may not, the caller hears why', { skip }, async (t) => {
  const telephones = await TelephoneServer.start(t, { demoCarrier: { ringMs: 50 } });
  const { ada, server, sipPort } = telephones;
  const bob = await Person.signIn(server.httpUrl, 'Bob');
  const { identifier } = bob.signedIn;
  await bob.ask('DELETE', `/v1/endpoints/${bob.endpointId}`);
  const [bobs, carols] = await Promise.all([['bob-desk', identifier], ['carol-desk', `${identifier}0`]].map(async ([username, owner]) =>
    Softphone.start(t, await ada.operate<CreatedSipDevice>('POST', '/v1/telephony/devices', { identifier: owner, username }), sipPort)));
  await telephones.own(ourNumber, { kind: 'users', identifiers: [identifier] });
  const callBob = async (goesTo: string): Promise<Call> => {
    const call = await ada.ask<Call>('POST', '/v1/calls', { endpointId: ada.endpointId, targets: [identifier] });
    await telephones.offer(call);
    bobs?.forward(await bobs.event('incoming'), goesTo);
    return call;
  };
  const connected = async () => {
    const isBob = (participant: Participant): boolean => participant.identifier === identifier && participant.state === 'Connected';
    return (await ada.next('participantsUpdated', ({ updated }) => updated.some(isBob))).updated.find(isBob);
  };
  await callBob('+19005550100');
  assert.match((await telephones.end()).message, /premium rate/);
  const { callId } = await callBob('carol-desk');
  const incoming = await carols?.event('incoming') ?? assert.fail();
  assert.match(incoming.request.headers.all('History-Info').join(), /cause=302/);
  carols?.answer(incoming);
  assert.deepEqual((await connected())?.endpointDetails.map(({ device }) => device), ['telephone'], 'it takes keys, and clients are told');
  await telephones.command(callId, 'sendDtmf', { tones: '1#' });
  carols?.hangUp(incoming.sessionId);
  await telephones.end();
  await callBob('+12025550100');
  await connected();
});

test('a SIP phone forwards calls to another user, whose browser rings', { skip }, async (t) => {
  const { telephones, phone, identifier } = await withPhone(t);
  const [bob, carol] = [await Person.signIn(telephones.server.httpUrl, 'Bob'), await Person.signIn(telephones.server.httpUrl, 'Carol')];
  await telephones.ada.ask('DELETE', `/v1/endpoints/${telephones.ada.endpointId}`);
  for (const person of [bob, carol]) await person.next('sync');
  const call = await bob.ask<Call>('POST', '/v1/calls', { endpointId: bob.endpointId, targets: [identifier] });
  phone.forward(await phone.event('incoming'), carol.signedIn.identifier.replaceAll(':', '%3A'));
  const { call: rung } = await carol.next('incomingCall');
  assert.deepEqual([rung.callId, rung.caller.identifier], [call.callId, bob.signedIn.identifier]);
  await carol.ask('POST', `/v1/calls/${rung.callId}:accept`, { endpointId: carol.endpointId });
  await bob.next('participantsUpdated', ({ removed }) => removed.some((one) => one.identifier === identifier));
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

for (const reliable of ['supported', 'none'] as const) {
  const told = { supported: 'by UPDATE while it rings', none: 'by re-INVITE after the answer' }[reliable];
  test(`a SIP phone that calls goes on hearing that it rings after its media process was killed, and is told where that comes from ${told}`, { skip }, async (t) => {
    const { telephones, identifier } = await withPhone(t);
    const bob = await Person.signIn(telephones.server.httpUrl, 'Bob');
    const phone = await Softphone.start(t, await telephones.ada.operate<CreatedSipDevice>('POST', '/v1/telephony/devices', { identifier: bob.signedIn.identifier }), telephones.sipPort);
    phone.dial(identifier.replaceAll(':', '%3A'), reliable);
    const call = await telephones.rung();
    await phone.event('progressed');
    await phone.hearsRinging();
    process.kill(childProcesses()[0] ?? 0, 'SIGKILL');
    if (reliable === 'supported') phone.answerOffer(await phone.event('offerReceived'));
    await phone.hearsRinging();
    await telephones.accept(call);
    await phone.event('answered');
    if (reliable === 'none') phone.answerOffer(await phone.event('offerReceived'));
    await phone.hearsNothing();
  });
}

test('a SIP phone transfers a telephone to another', { skip }, async (t) => {
  const { phone } = await withPhone(t);
  phone.dial('+12025550100');
  await phone.event('answered');
  phone.transfer('+12025550100', '+12025550101');
  assert.equal((await phone.event('referEnded')).status, 200);
});
