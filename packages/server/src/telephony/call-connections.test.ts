import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { CallConnectionProperties } from '@azure/communication-call-automation';
import type { CallFlow, CallRecords, CreatedSipDevice } from '@dialplane/calling-api';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { skip } from '../media/test-group.ts';
import { TestApplication } from './test-application.ts';
import { Softphone } from './test-softphone.ts';
import { ourNumber, TelephoneServer } from './test-telephone-server.ts';

/** Of the demonstration carrier: one that answers, one that is busy, and one that calls back. */
const [willing, busy, callingBack] = ['+12025550100', '+12025550103', '+12025550108'].map((phoneNumber) => ({ phoneNumber })) as [{ phoneNumber: string }, { phoneNumber: string }, { phoneNumber: string }];
const sourceCallIdNumber = { phoneNumber: ourNumber };

interface Scene {
  readonly server: TelephoneServer;
  readonly application: TestApplication;
  readonly ada: { readonly communicationUserId: string };
  readonly phone: Softphone;
}

/** A server with the demonstration carrier, an application, and Ada with a desk phone. */
async function scene(t: TestContext): Promise<Scene> {
  const server = await TelephoneServer.start(t, { webhooks: 'private', demoCarrier: { ringMs: 50 } });
  const { identifier } = server.ada.signedIn;
  const application = await TestApplication.start(t, server);
  const device = await server.ada.operate<CreatedSipDevice>('POST', '/v1/telephony/devices', { identifier, displayName: 'Desk' });
  return { server, application, ada: { communicationUserId: identifier }, phone: await Softphone.start(t, device, server.sipPort) };
}

test('an application is a party of calls', { skip }, async (t) => {
  const shown = await scene(t);
  await t.test('it answers a telephone, hears of it in order with a token of the server, and hangs up', () => answers(shown));
  await t.test('it calls a telephone, adds a user, and leaves them together', () => adds(shown));
  await t.test('it transfers a telephone to a user, and the call goes on without it', () => transfers(shown));
  await t.test('it moves a telephone from one of its calls to another one', () => moves(shown));
  await t.test('it calls several, another one comes to that call, and either is told that it ended', () => gathers(shown));
  await t.test('what it cannot do is said at once, and who does not answer is said later', () => isRefused(shown));
});

async function answers({ server, application }: Scene): Promise<void> {
  const { client, callbackUri } = application;
  await client.createCall({ targetParticipant: callingBack, sourceCallIdNumber }, callbackUri);
  assert.deepEqual((await application.told('CallDisconnected')).resultInformation?.subCode, 560000);
  const context = await application.called();
  application.forget();
  application.refuse(1);
  const { callConnectionProperties, callConnection } = await client.answerCall(context, callbackUri, { operationContext: 'support' });
  const connected = await application.told('CallConnected');
  assert.deepEqual([connected.operationContext, connected.callConnectionId, connected.serverCallId], ['support', callConnectionProperties.callConnectionId, callConnectionProperties.serverCallId]);
  const updated = await application.told('ParticipantsUpdated');
  assert.deepEqual([updated.sequenceNumber, updated.participants?.map(({ identifier, isMuted }) => [identifier, isMuted])], [1, [[{ ...callingBack, rawId: `4:${callingBack.phoneNumber}` }, false]]]);
  assert.equal((await callConnection.listParticipants()).values?.length, 1);
  assert.equal((await callConnection.getCallConnectionProperties()).callConnectionState, 'connected');
  await callConnection.hangUp(false);
  const { resultInformation } = await application.told('CallDisconnected');
  assert.deepEqual([resultInformation?.code, resultInformation?.subCode], [200, 7000]);
  assert.deepEqual(application.names(), ['CallConnected', 'ParticipantsUpdated', 'CallDisconnected']);
  await assert.rejects(callConnection.getCallConnectionProperties(), { statusCode: 404, code: '8522' });
  await provesItself(server, application, callConnectionProperties);
  await isOnRecord(server, connected.correlationId ?? '', callConnectionProperties);
}

/** Whose name the application had: the client writes the field in lower case. */
function ownIdentifier(properties: CallConnectionProperties): string {
  const { answeredby } = properties as unknown as { readonly answeredby?: { readonly communicationUserId: string } };
  return answeredby?.communicationUserId ?? '';
}

async function provesItself({ server }: TelephoneServer, { deliveries }: TestApplication, properties: CallConnectionProperties): Promise<void> {
  const { issuer, jwks_uri: keys } = (await (await fetch(`${server.httpUrl}/calling/.well-known/acsopenidconfiguration`)).json()) as { issuer: string; jwks_uri: string };
  const keySet = createRemoteJWKSet(new URL(new URL(keys).pathname, server.httpUrl));
  for (const { authorization } of deliveries) {
    const { payload } = await jwtVerify(authorization?.replace('Bearer ', '') ?? '', keySet, { issuer, algorithms: ['RS256'] });
    assert.ok(ownIdentifier(properties).startsWith(`8:acs:${String(payload.aud)}_`));
  }
}

async function isOnRecord({ ada }: TelephoneServer, callId: string, properties: CallConnectionProperties): Promise<void> {
  const flow = await ada.operate<CallFlow>('GET', `/v1/calls/${callId}/flow`);
  assert.ok(flow.lanes.some(({ role, identifier }) => role === 'callee' && identifier === ownIdentifier(properties)));
  assert.ok(flow.events.some(({ from, detail }) => detail.kind === 'decision' && detail.what === 'asked: hangUp' && flow.lanes.some(({ id, identifier }) => id === from && identifier === ownIdentifier(properties))));
  const { summaries } = await ada.operate<CallRecords>('GET', `/v1/calls/${callId}/records`);
  assert.deepEqual(summaries.map(({ endpointType }) => endpointType).toSorted(), ['PSTN', 'Server']);
}

async function adds({ application, ada, phone }: Scene): Promise<void> {
  const { callConnection, callConnectionProperties } = await application.client.createCall({ targetParticipant: willing, sourceCallIdNumber }, application.callbackUri);
  assert.equal(callConnectionProperties.callConnectionState, 'connecting');
  await application.told('CallConnected');
  await callConnection.addParticipant({ targetParticipant: busy, sourceCallIdNumber }, { operationContext: 'busy' });
  const failed = await application.told('AddParticipantFailed');
  assert.deepEqual([failed.operationContext, failed.resultInformation?.code, failed.resultInformation?.subCode, failed.resultInformation?.sipDetails?.code], ['busy', 486, 560486, 486]);
  const { invitationId } = await callConnection.addParticipant({ targetParticipant: ada }, { operationContext: 'ada', invitationTimeoutInSeconds: 60 });
  await phone.event('incoming');
  await callConnection.cancelAddParticipantOperation(invitationId ?? '');
  assert.equal((await application.told('CancelAddParticipantSucceeded')).invitationId, invitationId);
  await phone.event('ended');
  await callConnection.addParticipant({ targetParticipant: ada }, { operationContext: 'again' });
  const incoming = await phone.event('incoming');
  phone.answer(incoming);
  assert.equal((await application.told('AddParticipantSucceeded')).operationContext, 'again');
  await callConnection.muteParticipant(ada);
  assert.deepEqual((await callConnection.listParticipants()).values?.map(({ isMuted }) => isMuted), [false, true]);
  assert.equal((await callConnection.getParticipant(ada)).isMuted, true);
  await callConnection.hangUp(false);
  await application.told('CallDisconnected');
  phone.hangUp(incoming.sessionId);
  await phone.event('ended');
}

async function transfers({ application, ada, phone }: Scene): Promise<void> {
  const { callConnection } = await application.client.createCall({ targetParticipant: willing, sourceCallIdNumber }, application.callbackUri);
  await application.told('CallConnected');
  await callConnection.transferCallToParticipant(ada, { operationContext: 'over' });
  const incoming = await phone.event('incoming');
  phone.answer(incoming);
  assert.equal((await application.told('CallTransferAccepted')).operationContext, 'over');
  await application.told('CallDisconnected');
  phone.hangUp(incoming.sessionId);
  await phone.event('ended');
}

async function moves({ application, ada, phone }: Scene): Promise<void> {
  const { client, callbackUri } = application;
  const first = await client.createCall({ targetParticipant: willing, sourceCallIdNumber }, callbackUri, { operationContext: 'first' });
  await application.told('CallConnected');
  const second = await client.createCall({ targetParticipant: ada }, callbackUri, { operationContext: 'second' });
  const incoming = await phone.event('incoming');
  phone.answer(incoming);
  await application.told('CallConnected');
  const fromCall = first.callConnectionProperties.callConnectionId ?? '';
  await assert.rejects(second.callConnection.moveParticipants([willing], 'nonsense'), { statusCode: 404, code: '8522' });
  await assert.rejects(second.callConnection.moveParticipants([willing], second.callConnectionProperties.callConnectionId ?? ''), { statusCode: 400, code: '8523' });
  await second.callConnection.moveParticipants([busy], fromCall, { operationContext: 'nobody' });
  const failed = await application.told('MoveParticipantFailed');
  assert.deepEqual([failed.operationContext, failed.fromCall, failed.resultInformation?.code, failed.participant], ['nobody', fromCall, 404, { ...busy, rawId: `4:${busy.phoneNumber}` }]);
  const moved = await second.callConnection.moveParticipants([willing], fromCall, { operationContext: 'over' });
  assert.deepEqual([moved.fromCall, moved.operationContext], [fromCall, 'over']);
  const succeeded = await application.told('MoveParticipantSucceeded');
  assert.deepEqual([succeeded.operationContext, succeeded.callConnectionId, succeeded.fromCall], ['over', second.callConnectionProperties.callConnectionId, fromCall]);
  assert.equal((await application.told('CallDisconnected')).operationContext, 'first');
  assert.equal((await second.callConnection.listParticipants()).values?.length, 2);
  await second.callConnection.hangUp(true);
  await application.told('CallDisconnected');
  await phone.event('ended');
}

async function gathers({ application }: Scene): Promise<void> {
  const { client, callbackUri } = application;
  application.forget();
  const { callConnection, callConnectionProperties: { serverCallId } } = await client.createGroupCall([willing, busy], callbackUri, { sourceCallIdNumber, operationContext: 'first' });
  await application.told('CallConnected');
  const second = await client.connectCall({ kind: 'serverCallLocator', id: serverCallId ?? '' }, callbackUri, { operationContext: 'second' });
  assert.equal((await application.told('CallConnected')).operationContext, 'second');
  assert.deepEqual((await second.callConnection.listParticipants()).values?.map(({ identifier }) => identifier), [{ ...willing, rawId: `4:${willing.phoneNumber}` }]);
  await callConnection.removeParticipant(callingBack, { operationContext: 'gone' });
  assert.equal((await application.told('RemoveParticipantFailed')).operationContext, 'gone');
  await callConnection.hangUp(true);
  const ends = [await application.told('CallDisconnected'), await application.told('CallDisconnected')];
  assert.deepEqual(ends.map(({ operationContext, resultInformation }) => [operationContext, resultInformation?.subCode]).toSorted(), [['first', 4097], ['second', 4097]]);
}

async function isRefused({ application }: Scene): Promise<void> {
  const { client, callbackUri } = application;
  await assert.rejects(client.answerCall('made up', callbackUri), { statusCode: 404, code: '8522' });
  await assert.rejects(client.connectCall({ kind: 'groupCallLocator', id: '00000000-0000-4000-8000-000000000000' }, callbackUri), { statusCode: 404, code: '8522' });
  await assert.rejects(client.createCall({ targetParticipant: busy, sourceCallIdNumber }, 'ftp://application.example/'), { statusCode: 400, code: '8523' });
  await assert.rejects(client.createGroupCall([], callbackUri), { statusCode: 400, code: '8523' });
  await assert.rejects(client.createCall({ targetParticipant: { phoneNumber: 'hello' }, sourceCallIdNumber }, callbackUri), { statusCode: 400, code: '8523' });
  const nobody = client.getCallConnection('00000000-0000-4000-8000-000000000000');
  await assert.rejects(nobody.listParticipants(), { statusCode: 404, code: '8522' });
  await assert.rejects(nobody.hangUp(true), { statusCode: 404, code: '8522' });
  await assert.rejects(nobody.addParticipant({ targetParticipant: busy, sourceCallIdNumber }, { invitationTimeoutInSeconds: 500 }), { statusCode: 400, code: '8523' });
  await client.createCall({ targetParticipant: busy, sourceCallIdNumber }, callbackUri);
  const { resultInformation } = await application.told('CreateCallFailed');
  assert.deepEqual([resultInformation?.code, resultInformation?.subCode], [486, 560486]);
}
