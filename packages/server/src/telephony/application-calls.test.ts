import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { CallAutomationClient } from '@azure/communication-call-automation';
import type { CallList, CallRecords, LimitUseList, TelephoneUsageRecordList } from '@dialplane/calling-api';
import { freePort } from '@dialplane/testing';
import { invite, pause, receive, requestOfInvite, respond, response, Sipp, skip } from './test-sipp.ts';
import { TelephoneServer, ourNumber, theirNumber } from './test-telephone-server.ts';

/** Carries out something with a call, by its context. */
type Word = (client: CallAutomationClient, context: string) => Promise<unknown>;

interface Event {
  readonly eventType: string;
  readonly data: Readonly<Record<string, unknown>> & { readonly validationCode?: string; readonly incomingCallContext?: string };
}

/** An application with a webhook, and the number that is its own. */
async function application(t: TestContext, server: TelephoneServer, word: Word): Promise<{ readonly told: readonly Event[]; close(): void }> {
  const client = new CallAutomationClient(server.server.connectionString.replace(/endpoint=[^;]+/, `endpoint=${server.server.httpUrl}/`), { allowInsecureConnection: true });
  const told: Event[] = [];
  const http = createServer((request, answer) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [event] = JSON.parse(Buffer.concat(chunks).toString()) as [Event];
      told.push(event);
      answer.end(JSON.stringify({ validationResponse: event.data.validationCode }));
      if (event.data.incomingCallContext !== undefined) void word(client, event.data.incomingCallContext);
    });
  });
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  t.after(() => http.close());
  await server.own(ourNumber, { kind: 'webhook', url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/events` });
  return { told, close: () => void http.close() };
}

async function started(t: TestContext): Promise<{ readonly server: TelephoneServer; readonly port: number }> {
  const server = await TelephoneServer.start(t, { webhooks: 'private' });
  const port = await freePort();
  await server.connectTrunks([port]);
  return { server, port };
}

test('an application sends a call to a user, whose client rings', { skip }, async (t) => {
  const { server, port } = await started(t);
  const { told } = await application(t, server, (client, context) => client.redirectCall(context, { targetParticipant: { communicationUserId: server.ada.signedIn.identifier } }));
  const carrier = await Sipp.start(t, [
    invite({ sdp: 'sendrecv', from: theirNumber, headers: ['X-MS-Custom-Kind: vip'] }), response(180), requestOfInvite('CANCEL', 3), '<recv response="200" optional="true"/>', '<recv response="487"/>', requestOfInvite('ACK', 6),
  ], { port, calls: { number: ourNumber, edgePort: server.sipPort } });
  const { call } = await server.ada.next('incomingCall');
  assert.equal(call.participants.find(({ identifier }) => identifier.startsWith('4:'))?.identifier, `4:${theirNumber}`);
  await server.command(call.callId, 'ringing');
  await carrier.finished();
  assert.deepEqual(told.map(({ eventType }) => eventType), ['Microsoft.EventGrid.SubscriptionValidationEvent', 'Microsoft.Communication.IncomingCall']);
  assert.deepEqual(told[1]?.data['from'], { kind: 'phoneNumber', rawId: `4:${theirNumber}`, phoneNumber: { value: theirNumber } });
  assert.deepEqual(told[1]?.data['customContext'], { sipHeaders: { 'X-MS-Custom-Kind': 'vip' }, voipHeaders: {} });
});

test('an application sends a call on to another telephone, which hears whose call it was', { skip }, async (t) => {
  const { server, port } = await started(t);
  const onward = await Sipp.start(t, [receive('INVITE'), respond(486, 'Busy Here'), receive('ACK')]);
  await server.connectTrunks([port, onward.port]);
  await server.ada.operate('PUT', '/v1/telephony/routes', { routes: [{ name: 'onward', numberPattern: '^\\+', trunks: ['sbc2.test'] }] });
  await application(t, server, (client, context) => client.redirectCall(context, { targetParticipant: { phoneNumber: theirNumber } }));
  const carrier = await Sipp.start(t, [invite({ sdp: 'sendrecv', from: '+12025550177', headers: ['Diversion: <sip:+12025550155@[local_ip]>;reason=user-busy'] }), response(486), requestOfInvite('ACK', 5)], { port, calls: { number: ourNumber, edgePort: server.sipPort } });
  await Promise.all([carrier.finished(), onward.finished()]);
  assert.match(await onward.log(), /Diversion: <sip:\+12025550190@[^>]*>;reason=deflection;counter=1;privacy=off\s+Diversion: <sip:\+12025550155@[^>]*>;reason=user-busy;/);
});

test('an application rejects a call', { skip }, async (t) => {
  const { server, port } = await started(t);
  await application(t, server, (client, context) => client.rejectCall(context, { callRejectReason: 'busy' }));
  const carrier = await Sipp.start(t, [invite({ sdp: 'sendrecv' }), response(486), requestOfInvite('ACK', 5)], { port, calls: { number: ourNumber, edgePort: server.sipPort } });
  await carrier.finished();
  const { value } = await server.ada.operate<TelephoneUsageRecordList>('GET', '/v1/telephony/usage-records');
  assert.deepEqual(value.map(({ direction, ownNumber, reason, isFinal }) => [direction, ownNumber, reason, isFinal]), [['inbound', ourNumber, '486', true]]);
  const { value: [call] } = await server.ada.operate<CallList>('GET', '/v1/calls');
  const { summaries } = await server.ada.operate<CallRecords>('GET', `/v1/calls/${call?.callId}/records`);
  assert.deepEqual(summaries.map(({ callerIdentifier, participantEndSubCode, endMessage }) => [callerIdentifier, participantEndSubCode, endMessage]), [
    ['4:+12025550100', 540_486, 'The application that decides about calls to this number has rejected it (486).'],
  ]);
});

test('a call whose application cannot be reached ends, and says why', { skip }, async (t) => {
  const { server, port } = await started(t);
  const { close } = await application(t, server, async () => undefined);
  close();
  await assert.rejects(server.own(ourNumber, { kind: 'webhook', url: `http://127.0.0.1:${await freePort()}/` }), /body.target.url/, 'and one that never could be is not taken');
  const carrier = await Sipp.start(t, [invite({ sdp: 'sendrecv' }), response(480), requestOfInvite('ACK', 5)], { port, calls: { number: ourNumber, edgePort: server.sipPort } });
  await carrier.finished();
  assert.match(await carrier.log(), /Warning: 399 dialplane "The application that decides about this call cannot be reached/);
});

test('a caller who hangs up while the application thinks leaves a record and nothing else', { skip }, async (t) => {
  const { server, port } = await started(t);
  const asked = Promise.withResolvers<{ readonly client: CallAutomationClient; readonly context: string }>();
  await application(t, server, async (client, context) => asked.resolve({ client, context }));
  const carrier = await Sipp.start(t, [
    invite({ sdp: 'sendrecv' }), '<recv response="100"/>', pause(1000), requestOfInvite('CANCEL', 3), '<recv response="200" optional="true"/>', '<recv response="487"/>', requestOfInvite('ACK', 6),
  ], { port, calls: { number: ourNumber, edgePort: server.sipPort } });
  const { client, context } = await asked.promise;
  await carrier.finished();
  await assert.rejects(client.redirectCall(context, { targetParticipant: { communicationUserId: server.ada.signedIn.identifier } }), { statusCode: 404, code: '8522' });
  const { value: [call] } = await server.ada.operate<CallList>('GET', '/v1/calls');
  const { summaries } = await server.ada.operate<CallRecords>('GET', `/v1/calls/${call?.callId}/records`);
  assert.deepEqual(summaries.map(({ participantEndSubCode, endedBy }) => [participantEndSubCode, endedBy]), [[540_487, '4:+12025550100']]);
  const { value } = await server.ada.operate<LimitUseList>('GET', '/v1/telephony/limits');
  assert.deepEqual([...new Set(value.map(({ concurrentCalls }) => concurrentCalls))], [0]);
});
