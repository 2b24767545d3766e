import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { test, type TestContext } from 'node:test';
import type { CallDecision, ConnectionOutcome, OfferedCall } from '@dialplane/applications-api';
import { createLogger } from '@dialplane/telemetry';
import { IncomingCallDesk, type IncomingCallDeskOptions } from './incoming-call-desk.ts';
import { webhookGuard } from './webhook-guard.ts';
import { WebhookSender } from './webhook-sender.ts';

const call: OfferedCall = {
  offerId: 'b9fd42a5-9fbf-4a6a-8c0e-0e8c0b3fd6a1', callId: 'b9fd42a5-9fbf-4a6a-8c0e-0e8c0b3fd6a0', from: '4:+4930123456', to: '4:+14255550101', displayName: 'Anna',
  customContext: { userToUser: 'u;encoding=hex', sipHeaders: [{ key: 'Kind', value: 'vip', sipHeaderPrefix: 'X-MS-Custom-' }] },
};

interface Told {
  readonly headers: IncomingMessage['headers'];
  readonly event: { readonly eventType: string; readonly data: Readonly<Record<string, unknown>> } & Readonly<Record<string, unknown>>;
}

interface Webhook {
  readonly url: string;
  readonly told: readonly Told[];
}

/** A web server of an application. @param answer with a status and a body, to each event in turn; the last one to all that follow. */
async function webhook(t: TestContext, ...answers: ReadonlyArray<(told: Told) => readonly [number, string?]>): Promise<Webhook> {
  const told: Told[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [event] = JSON.parse(Buffer.concat(chunks).toString()) as [Told['event']];
      const one = { headers: request.headers, event };
      told.push(one);
      const [status, body = ''] = answers[Math.min(told.length, answers.length) - 1]?.(one) ?? [200];
      response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:1/' } : {}).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`, told };
}

const senderTo = (reach: 'public' | 'private') => new WebhookSender({ guard: webhookGuard(reach), authorization: async (resourceId) => `token for ${resourceId}` });

function desk(t: TestContext, options: Partial<IncomingCallDeskOptions> = {}): IncomingCallDesk {
  const made = new IncomingCallDesk({ sender: senderTo('private'), logger: createLogger({ level: 'silent' }), resourceId: () => 'r1', serverCallIdOf: (callId) => `server ${callId}`, now: () => 0, retryAfterMs: [1, 1], ...options });
  t.after(() => made.close());
  return made;
}

type Undecided = { readonly kind: 'undecided'; readonly sentence: string };
const ask = (asked: IncomingCallDesk, url: string, decideWithinMs = 30_000): Promise<CallDecision | Undecided> =>
  new Promise((resolve) => {
    asked.ask(call, [url], { decided: async (decision) => carriedOut(() => resolve(decision)), undecided: (sentence) => resolve({ kind: 'undecided', sentence }) }, { decideWithinMs });
  });
const carriedOut = (work: () => void) => {
  work();
  return { ok: true, value: undefined } as const;
};
const wordOf = async (outcome: Promise<ConnectionOutcome<undefined>>): Promise<string> => {
  const result = await outcome;
  return result.ok ? 'done' : result.code;
};
const contextOf = ({ event }: Told): string => String(event.data['incomingCallContext']);

test('an application is told of a call in Azure’s words, and its word is taken once', async (t) => {
  const application = { word: (_told: Told) => undefined as unknown };
  const { url, told } = await webhook(t, (one) => {
    application.word(one);
    return [200];
  });
  const asked = desk(t);
  const outcomes: Array<Promise<string>> = [];
  application.word = (one) => {
    assert.equal(asked.find(contextOf(one))?.callId, call.callId);
    const to = (name: string, requestId: string) => wordOf(asked.redirect(contextOf(one), { kind: 'user', identifier: `8:acs:r1_${name}` }, requestId));
    outcomes.push(to('alice', 'once'), to('alice', 'once'), to('bob', 'twice'), wordOf(asked.reject(contextOf(one), 'busy')));
  };
  assert.deepEqual(await ask(asked, url), { kind: 'redirect', target: { kind: 'user', identifier: '8:acs:r1_alice' } });
  assert.deepEqual(await Promise.all(outcomes), ['done', 'done', 'INCOMING_CALL_NOT_FOUND', 'INCOMING_CALL_NOT_FOUND']);
  const [{ headers, event: { id, ...event } } = { headers: {}, event: { id: '', eventType: '', data: {} } }] = told;
  assert.deepEqual([headers['content-type'], headers['aeg-event-type'], headers.authorization, typeof id], ['application/json; charset=utf-8', 'Notification', 'Bearer token for r1', 'string']);
  const { incomingCallContext: _context, ...data } = event.data;
  assert.deepEqual({ ...event, data }, {
    topic: '/providers/Microsoft.Communication/CommunicationServices/r1', subject: '/caller/4:+4930123456/recipient/4:+14255550101', eventType: 'Microsoft.Communication.IncomingCall',
    dataVersion: '1.0', metadataVersion: '1', eventTime: '1970-01-01T00:00:00.000Z',
    data: {
      to: { kind: 'phoneNumber', rawId: '4:+14255550101', phoneNumber: { value: '+14255550101' } }, from: { kind: 'phoneNumber', rawId: '4:+4930123456', phoneNumber: { value: '+4930123456' } },
      serverCallId: `server ${call.callId}`, callerDisplayName: 'Anna', customContext: { sipHeaders: { 'User-To-User': 'u;encoding=hex', 'X-MS-Custom-Kind': 'vip' }, voipHeaders: {} }, correlationId: call.callId,
    },
  });
  assert.equal(asked.size, 0);
});

test('a webhook that fails is told again, one that refuses is not', async (t) => {
  const flaky = await webhook(t, () => [503], () => [500], () => [200]);
  const asked = desk(t);
  assert.deepEqual(await ask(asked, flaky.url, 1), { kind: 'undecided', sentence: 'The application said nothing about this call within 0.001 seconds.' });
  assert.deepEqual(flaky.told.map(({ headers }) => headers['aeg-delivery-count']), ['0', '1', '2']);
  assert.equal(new Set(flaky.told.map(({ event }) => event['id'])).size, 1, 'it is one event');

  const refusing = await webhook(t, () => [404]);
  assert.deepEqual(await ask(asked, refusing.url), { kind: 'undecided', sentence: 'The application that decides about this call cannot be reached: it answered with 404.' });
  assert.equal(refusing.told.length, 1);
  const leading = await webhook(t, () => [302]);
  assert.match(JSON.stringify(await ask(asked, leading.url)), /answered with 302/);
  const dead = await ask(asked, 'http://127.0.0.1:1/events');
  assert.match(dead.kind === 'undecided' ? dead.sentence : '', /cannot be reached: .*ECONNREFUSED/);
});

test('a caller who hangs up ends the question, and its context is worth nothing then', async (t) => {
  const arrived = Promise.withResolvers<Told>();
  const { url } = await webhook(t, (one) => {
    arrived.resolve(one);
    return [200];
  });
  const asked = desk(t);
  const decided: unknown[] = [];
  asked.ask(call, [url], { decided: async (decision) => carriedOut(() => decided.push(decision)), undecided: (sentence) => decided.push(sentence) });
  const told = await arrived.promise;
  asked.withdraw(call.offerId);
  assert.equal(await wordOf(asked.reject(contextOf(told), 'busy')), 'INCOMING_CALL_NOT_FOUND');
  assert.deepEqual([decided, asked.size], [[], 0]);
});

test('contexts cannot be made up', async (t) => {
  const arrived = Promise.withResolvers<Told>();
  const { url } = await webhook(t, (one) => {
    arrived.resolve(one);
    return [200];
  });
  const asked = desk(t);
  const decided = ask(asked, url);
  for (const context of ['', 'x', `${Buffer.from(call.offerId).toString('base64url')}.`, `${Buffer.from(call.offerId).toString('base64url')}.${Buffer.alloc(32).toString('base64url')}`, '..', 'a.b.c']) {
    assert.equal(await wordOf(asked.reject(context, 'none')), 'INCOMING_CALL_NOT_FOUND', context);
  }
  const other = desk(t);
  const context = contextOf(await arrived.promise);
  assert.equal(await wordOf(other.reject(context, 'none')), 'INCOMING_CALL_NOT_FOUND', 'of another server');
  assert.equal(await wordOf(asked.reject(context, 'forbidden')), 'done');
  assert.deepEqual(await decided, { kind: 'reject', reason: 'forbidden' });
});

test('a word that cannot be carried out leaves the context good for another one', async (t) => {
  const arrived = Promise.withResolvers<Told>();
  const first = await webhook(t, () => [404]);
  const second = await webhook(t, (one) => {
    arrived.resolve(one);
    return [200];
  });
  const asked = desk(t);
  const decided: CallDecision[] = [];
  const refusals: Array<ConnectionOutcome<undefined>> = [{ ok: false, code: 'TARGET_INVALID', message: 'Not them.' }, { ok: true, value: undefined }];
  asked.ask(call, [first.url, second.url], {
    decided: async (decision) => {
      decided.push(decision);
      return refusals.shift() ?? assert.fail('a third word');
    },
    undecided: (sentence) => assert.fail(sentence),
  });
  const context = contextOf(await arrived.promise);
  const redirected = asked.redirect(context, { kind: 'number', number: '+14255550100' }, 'one');
  assert.equal(await wordOf(asked.reject(context, 'busy')), 'INCOMING_CALL_NOT_FOUND', 'one word at a time');
  assert.deepEqual(await redirected, { ok: false, code: 'TARGET_INVALID', message: 'Not them.' });
  assert.equal(await wordOf(asked.redirect(context, { kind: 'number', number: '+14255550100' }, 'one')), 'TARGET_INVALID', 'the same request again');
  assert.equal(await wordOf(asked.reject(context, 'busy')), 'done');
  assert.deepEqual([decided.map(({ kind }) => kind), asked.size], [['redirect', 'reject'], 0]);
});

test('a webhook shows that it wants to be called', async (t) => {
  const willing = await webhook(t, ({ event }) => [200, JSON.stringify({ validationResponse: event.data['validationCode'] })]);
  const asked = desk(t);
  assert.equal(await asked.validate(willing.url), undefined);
  assert.deepEqual([willing.told[0]?.event.eventType, willing.told[0]?.headers['aeg-event-type']], ['Microsoft.EventGrid.SubscriptionValidationEvent', 'SubscriptionValidation']);
  for (const [answer, sentence] of [[[200, ''], /did not answer the validation event/], [[200, '{"validationResponse":"x"}'], /did not answer/], [[200, 'null'], /did not answer/], [[500], /with 500/], [[200, 'x'.repeat(100_000)], /larger than 65536 bytes/]] as const) {
    const { url } = await webhook(t, () => [...answer] as [number, string?]);
    assert.match((await asked.validate(url)) ?? '', sentence);
  }
});

test('this machine and private networks are not called unless that is meant', async (t) => {
  const asked = desk(t, { sender: senderTo('public') });
  const ownAddresses = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  for (const url of [
    'https://127.0.0.1/', 'https://10.0.0.1/', 'https://192.168.1.1/', 'https://169.254.169.254/latest', 'https://[::1]/', 'https://[fd00::1]/', 'https://[::ffff:10.0.0.1]/', 'https://0.0.0.0/', 'https://2130706433/', 'https://localhost/',
    'https://[::ffff:7f00:1]/', 'https://[::7f00:1]/', 'https://[64:ff9b::7f00:1]/', 'https://[64:ff9b:1::7f00:1]/', 'https://[2002:7f00:1::]/', 'https://[2001:0:1::1]/', 'https://[fec0::1]/',
    ...ownAddresses.map(({ address, family }) => (family === 'IPv4' ? `https://${address}/` : `https://[${address}]/`)),
    'http://example.com/', 'https://user:secret@example.com/', 'ftp://example.com/', 'nonsense',
  ]) {
    const sentence = (await asked.validate(url)) ?? 'called';
    assert.match(sentence, /private network|over HTTPS|no password|not an address of a web server/, `${url}: ${sentence}`);
  }
});
