import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { CallAutomationClient } from '@azure/communication-call-automation';
import type { CallDecision } from '@dialplane/applications-api';
import { startTestServer, type TestServer } from './test-server.ts';



/** An application of the unmodified client: what it does with each `incomingCallContext` is given. */
async function application(t: TestContext, { connectionString }: TestServer, answer: (client: CallAutomationClient, context: string) => Promise<void>): Promise<{ readonly url: string; readonly answered: Promise<void> }> {
  const { promise: answered, resolve, reject } = Promise.withResolvers<void>();
  const client = new CallAutomationClient(connectionString, { allowInsecureConnection: true });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [event] = JSON.parse(Buffer.concat(chunks).toString()) as [{ readonly data: { readonly incomingCallContext: string } }];
      void answer(client, event.data.incomingCallContext).then(resolve, reject).finally(() => response.writeHead(200).end());
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, answered };
}

function decided({ books }: TestServer, { url }: { readonly url: string }): Promise<CallDecision | string> {
  return new Promise((resolve) => {
    books?.incomingCalls.ask({ offerId: 'b9fd42a5-9fbf-4a6a-8c0e-0e8c0b3fd6a1', callId: 'b9fd42a5-9fbf-4a6a-8c0e-0e8c0b3fd6a0', from: '4:+4930123456', to: '4:+14255550101' }, [url], {
      decided: async (decision) => {
        resolve(decision);
        return { ok: true, value: undefined };
      },
      undecided: resolve,
    });
  });
}

test('the unmodified call automation client redirects a call to a user', async (t) => {
  const server = await startTestServer(t, { withTelephony: true });
  const identifier = await server.identity.createUser({ resourceId: server.resourceId });
  const asked = await application(t, server, async (client, context) => client.redirectCall(context, { targetParticipant: { communicationUserId: identifier } }));
  assert.deepEqual(await decided(server, asked), { kind: 'redirect', target: { kind: 'user', identifier } });
});

test('the unmodified call automation client redirects a call to a phone number', async (t) => {
  const server = await startTestServer(t, { withTelephony: true });
  const asked = await application(t, server, async (client, context) => client.redirectCall(context, { targetParticipant: { phoneNumber: '+12065550100' } }));
  assert.deepEqual(await decided(server, asked), { kind: 'redirect', target: { kind: 'number', number: '+12065550100' } });
});

test('the unmodified call automation client rejects a call', async (t) => {
  const server = await startTestServer(t, { withTelephony: true });
  for (const [callRejectReason, reason] of [['busy', 'busy'], ['forbidden', 'forbidden'], [undefined, 'none']] as const) {
    const asked = await application(t, server, async (client, context) => client.rejectCall(context, callRejectReason === undefined ? {} : { callRejectReason }));
    assert.deepEqual(await decided(server, asked), { kind: 'reject', reason });
  }
});

test('what cannot be done with a call is a sentence, and the call goes on waiting', async (t) => {
  const server = await startTestServer(t, { withTelephony: true });
  const refused: Array<readonly [unknown, unknown]> = [];
  const note = (work: Promise<unknown>): Promise<unknown> => work.catch((error: { readonly statusCode?: number; readonly message: string }) => refused.push([error.statusCode, error.message.split(/[.:]/)[0]]));
  const asked = await application(t, server, async (client, context) => {
    await note(client.answerCall(context, 'https://app.example.com/'));
    await note(client.redirectCall(context, { targetParticipant: { communicationUserId: `8:acs:${server.resourceId}_00000000-0000-0000-0000-000000000000` } }));
    await note(client.redirectCall(context, { targetParticipant: { phoneNumber: 'hello' } }));
    await note(client.rejectCall(context, { callRejectReason: 'tired' }));
    await note(client.rejectCall('made up'));
    await client.rejectCall(context, { callRejectReason: 'busy' });
    await note(client.rejectCall(context, { callRejectReason: 'busy' }));
    await note(client.answerCall(context, 'https://app.example.com/'));
  });
  assert.deepEqual(await decided(server, asked), { kind: 'reject', reason: 'busy' });
  await asked.answered;
  assert.deepEqual(refused.map(([status]) => status), [501, 404, 400, 400, 404, 404, 501]);
});
