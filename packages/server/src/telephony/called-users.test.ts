import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Call, CallFlow, CallRecords, EventSubscription, EventSubscriptionList } from '@dialplane/calling-api';
import { skip } from '../media/test-group.ts';
import { Person } from '../test-person.ts';
import type { RunningServer } from '../start-server.ts';
import { startTestServer } from '../test-server.ts';
import { TestApplication } from './test-application.ts';

interface Scene {
  readonly server: RunningServer;
  readonly application: TestApplication;
  readonly alice: Person;
  readonly bob: Person;
  readonly carol: Person;
}

/** Three users, and an application that has subscribed to calls between them. */
async function scene(t: TestContext, options: { readonly media?: boolean; readonly filter?: (bob: Person) => object } = {}): Promise<Scene> {
  const server = await startTestServer(t, { webhooks: 'private', media: options.media === true });
  const [alice, bob, carol] = [await Person.signIn(server.httpUrl, 'Alice'), await Person.signIn(server.httpUrl, 'Bob'), await Person.signIn(server.httpUrl, 'Carol')];
  for (const person of [alice, bob, carol]) await person.next('sync');
  const application = await TestApplication.listen(t, server);
  const filter = options.filter === undefined ? {} : { filter: options.filter(bob) };
  await alice.operate<EventSubscription>('PUT', '/v1/event-subscriptions/calls', { url: application.callbackUri, ...filter });
  return { server, application, alice, bob, carol };
}

const call = (caller: Person, callee: Person): Promise<Call> => caller.ask('POST', '/v1/calls', { endpointId: caller.endpointId, targets: [callee.signedIn.identifier] });
const command = (person: Person, { callId }: Call, what: string, more: object = {}): Promise<Call> => person.ask('POST', `/v1/calls/${callId}:${what}`, { endpointId: person.endpointId, ...more });
const rung = async (person: Person): Promise<Call> => (await person.next('incomingCall')).call;
async function endOf(person: Person): Promise<readonly [number, number]> {
  const { endReason } = await person.next('callStateChanged', ({ state }) => state === 'Disconnected');
  return [endReason?.code ?? -1, endReason?.subCode ?? -1];
}
const user = ({ signedIn }: Person) => ({ communicationUserId: signedIn.identifier });
const model = ({ signedIn: { identifier } }: Person) => ({ kind: 'communicationUser', rawId: identifier, communicationUser: { id: identifier } });
const used = { statusCode: 404, code: '8522' };

test('an application is told of a call between users; while it says nothing, the callee rings and answers', async (t) => {
  const { application, alice, bob } = await scene(t);
  const begun = await call(alice, bob);
  const { incomingCallContext, ...data } = await application.toldOfCall();
  assert.deepEqual(data, { to: model(bob), from: model(alice), serverCallId: begun.serverCallId, callerDisplayName: '', correlationId: begun.callId });
  await command(bob, await rung(bob), 'accept');
  await assert.rejects(application.client.redirectCall(String(incomingCallContext), { targetParticipant: user(alice) }), used, 'after the callee has answered');
  await assert.rejects(application.client.answerCall(String(incomingCallContext), application.callbackUri), used);
});

test('an application sends a call between users on, and its word is good once', async (t) => {
  const { application, alice, bob, carol } = await scene(t);
  const begun = await call(alice, bob);
  await rung(bob);
  const context = await application.called();
  await assert.rejects(application.client.redirectCall(context, { targetParticipant: user(alice) }), { statusCode: 400, code: '8523' }, 'to who calls');
  await assert.rejects(application.client.redirectCall(context, { targetParticipant: { phoneNumber: '+12025550100' } }), { statusCode: 412 }, 'without telephony');
  await application.client.redirectCall(context, { targetParticipant: user(carol) });
  assert.deepEqual(await endOf(bob), [487, 10_003]);
  assert.equal((await application.toldOfCall())['correlationId'], begun.callId, 'told of the call to the other one, too');
  await assert.rejects(application.client.rejectCall(context), used);
  await command(carol, await rung(carol), 'accept');
  await alice.next('callStateChanged', ({ state }) => state === 'Connected');
  const flow = await alice.operate<CallFlow>('GET', `/v1/calls/${begun.callId}/flow`);
  const decisions = flow.events.flatMap(({ detail }) => (detail.kind === 'decision' ? [detail.what] : []));
  assert.ok(decisions.includes(`an application is told of the call to ${bob.signedIn.identifier}`) && decisions.includes(`the call to ${bob.signedIn.identifier} is sent on to ${carol.signedIn.identifier}`), decisions.join());
});

test('an application rejects calls between users, and the record says so', async (t) => {
  const { application, alice, bob } = await scene(t);
  for (const [callRejectReason, ended] of [['none', [603, 0]], ['busy', [486, 0]], ['forbidden', [403, 0]]] as const) {
    const { callId } = await call(alice, bob);
    await rung(bob);
    await application.client.rejectCall(await application.called(), { callRejectReason });
    assert.deepEqual([await endOf(bob), await endOf(alice)], [[487, 0], ended]);
    const { summaries } = await alice.operate<CallRecords>('GET', `/v1/calls/${callId}/records`);
    assert.ok(summaries.some(({ participantEndReason, participantEndSubCode }) => participantEndReason === ended[0] && participantEndSubCode === ended[1]), JSON.stringify(summaries));
  }
});

test('a user who is signed in nowhere is waited for while an application may answer, which becomes a party of the call', { skip }, async (t) => {
  const { server, application, alice, bob } = await scene(t, { media: true });
  const absent = await Person.signIn(server.httpUrl, 'Dora');
  await absent.ask('DELETE', `/v1/endpoints/${absent.endpointId}`);
  const begun = await call(alice, absent);
  const context = await application.called();
  const { callConnectionProperties, callConnection } = await application.client.answerCall(context, application.callbackUri, { operationContext: 'reception' });
  assert.deepEqual([callConnectionProperties.serverCallId, callConnectionProperties.callConnectionState], [begun.serverCallId, 'connecting']);
  await alice.next('callPromoted', ({ topology }) => topology === 'backend');
  await assert.rejects(application.client.answerCall(context, application.callbackUri), used);
  await callConnection.hangUp(true);
  assert.equal((await application.told('AnswerFailed')).operationContext, 'reception');
  await alice.next('callStateChanged', ({ state }) => state === 'Disconnected');
  assert.ok(bob);
});

test('a caller who hangs up leaves no call to decide about; nor does anybody know of contexts that are made up', async (t) => {
  const { application, alice, bob } = await scene(t);
  const begun = await call(alice, bob);
  const context = await application.called();
  await command(alice, begun, 'hangUp');
  for (const one of [context, 'nonsense', `${Buffer.from('x').toString('base64url')}.x`]) {
    await assert.rejects(application.client.rejectCall(one), used);
    await assert.rejects(application.client.answerCall(one, application.callbackUri), used);
  }
});

test('subscriptions choose by the subject, are listed and deleted, and webhooks that do not want to be called are not taken', async (t) => {
  const { server, application, alice, bob, carol } = await scene(t, { filter: (one) => ({ subjectEndsWith: `/RECIPIENT/${one.signedIn.identifier.toUpperCase()}` }) });
  await command(alice, await call(alice, carol), 'hangUp');
  const begun = await call(alice, bob);
  assert.equal((await application.toldOfCall())['correlationId'], begun.callId);
  assert.equal(application.deliveries.filter(({ event: { eventType } }) => eventType === 'Microsoft.Communication.IncomingCall').length, 1);
  const { value: [subscription] } = await alice.operate<EventSubscriptionList>('GET', '/v1/event-subscriptions');
  assert.deepEqual([subscription?.name, subscription?.url], ['calls', application.callbackUri]);
  await assert.rejects(alice.operate('PUT', '/v1/event-subscriptions/deaf', { url: `${server.httpUrl}/nowhere` }), /400.*body.url/);
  await assert.rejects(alice.operate('PUT', '/v1/event-subscriptions/file', { url: 'file:///etc/passwd' }), /400/);
  const unknownKey = { operatorType: 'StringIn', key: 'data.colour', values: ['red'] };
  await assert.rejects(alice.operate('PUT', '/v1/event-subscriptions/red', { url: application.callbackUri, filter: { advancedFilters: [unknownKey] } }), /400/);
  await alice.operate('DELETE', '/v1/event-subscriptions/calls');
  await assert.rejects(alice.operate('DELETE', '/v1/event-subscriptions/calls'), /404.*EVENT_SUBSCRIPTION_NOT_FOUND/);
  await assert.rejects(alice.ask('GET', '/v1/event-subscriptions'), /403|401/);
});

test('a subscription chooses by who is called, tells what became of its last delivery, and is told nothing while it is paused', async (t) => {
  const { application, alice, bob, carol } = await scene(t, { filter: (one) => ({ advancedFilters: [{ operatorType: 'StringIn', key: 'data.to.rawId', values: [one.signedIn.identifier] }] }) });
  const subscription = async (): Promise<EventSubscription | undefined> => (await alice.operate<EventSubscriptionList>('GET', '/v1/event-subscriptions')).value[0];
  const before = await subscription();
  assert.ok(before?.validatedAt !== undefined && before.lastDelivery === undefined);
  await command(alice, await call(alice, carol), 'hangUp');
  const begun = await call(alice, bob);
  assert.equal((await application.toldOfCall())['correlationId'], begun.callId, 'and not of the call to Carol');
  // Its answer is on the way for as long as Bob rings.
  let delivery: EventSubscription['lastDelivery'];
  while (delivery === undefined) delivery = (await subscription())?.lastDelivery;
  assert.deepEqual([delivery.outcome, delivery.sentence], ['taken', 'it answered with 200.']);

  application.isGone = true;
  const { url, filter } = before;
  const paused = await alice.operate<EventSubscription>('PUT', '/v1/event-subscriptions/calls', { url, filter, isPaused: true });
  assert.deepEqual([paused.isPaused, paused.validatedAt, paused.lastDelivery], [true, before.validatedAt, delivery]);
  await assert.rejects(alice.operate('PUT', '/v1/event-subscriptions/calls', { url, filter }), /400.*body.url/, 'resumed, it has to want to be called');
});

test('an application that takes nothing changes nothing: who is signed in rings, and who is not is said to be away', async (t) => {
  const { server, application, alice, bob } = await scene(t);
  application.isGone = true;
  await command(bob, await call(alice, bob).then(() => rung(bob)), 'accept');
  const absent = await Person.signIn(server.httpUrl, 'Dora');
  await absent.ask('DELETE', `/v1/endpoints/${absent.endpointId}`);
  await call(bob, absent);
  assert.deepEqual(await endOf(bob), [480, 10_037]);
});
