import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createApiClient, urlOf } from './api-client.ts';
import { ApiFailure, describeFailure, failureOf } from './api-failure.ts';

/** Runs `use` with `fetch` taking relative URLs to a server that answers with `listener`. */
async function withServer(listener: RequestListener, use: () => Promise<void>): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const original = globalThis.fetch;
  globalThis.fetch = (input, init) => original(new URL(String(input), `http://127.0.0.1:${port}`), init);
  try {
    await use();
  } finally {
    globalThis.fetch = original;
    server.closeAllConnections();
    server.close();
  }
}

test('parameters are encoded and undefined query members left out', () => {
  assert.equal(urlOf('/v1/calls/{callId}/flow', { callId: 'a/b?c' }), '/v1/calls/a%2Fb%3Fc/flow');
  assert.equal(urlOf('/v1/calls', {}, { limit: 20, cursor: undefined }), '/v1/calls?limit=20');
});

test('a request carries the token, and a command its repeatability id', async () => {
  const seen: { url: string | undefined; authorization: string | undefined; repeatability: string | string[] | undefined }[] = [];
  await withServer((request, response) => {
    seen.push({ url: request.url, authorization: request.headers.authorization, repeatability: request.headers['repeatability-request-id'] });
    response.setHeader('content-type', 'application/json').end('{"value":[]}');
  }, async () => {
    const api = createApiClient('secret');
    assert.deepEqual(await api('listCalls', { query: { limit: 5 } }), { value: [] });
    await api('createSignInLink', { body: {} });
  });
  assert.deepEqual(seen.map(({ url, authorization }) => [url, authorization]), [['/v1/calls?limit=5', 'Bearer secret'], ['/v1/sign-in-links', 'Bearer secret']]);
  assert.equal(seen[0]?.repeatability, undefined);
  assert.match(String(seen[1]?.repeatability), /^[0-9a-f-]{36}$/);
});

test('a file arrives as bytes, and its refusal as any other', async () => {
  await withServer((request, response) => {
    if (request.url === '/v1/calls/gone/pcap') response.writeHead(404).end('{"error":{"code":"CALL_NOT_FOUND","message":"There is no such call."}}');
    else response.setHeader('content-type', 'application/vnd.tcpdump.pcap').end(Buffer.of(0xd4, 0xc3, 0xb2, 0xa1));
  }, async () => {
    const api = createApiClient('secret');
    assert.deepEqual(await api('getCallCapture', { params: { callId: 'a' } }), Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1));
    await assert.rejects(api('getCallCapture', { params: { callId: 'gone' } }), { code: 'CALL_NOT_FOUND' });
  });
});

test('a refusal keeps the code and the sentence of the server', async () => {
  await withServer((_, response) => {
    response.writeHead(403, { 'content-type': 'application/json' }).end('{"error":{"code":"ROLE_MISSING","message":"This operation is for operators."}}');
  }, async () => {
    await assert.rejects(createApiClient()('listCalls', {}), (error) => {
      assert.ok(error instanceof ApiFailure);
      assert.deepEqual([error.code, error.status, describeFailure(error).sentence], ['ROLE_MISSING', 403, 'This operation is for operators.']);
      return true;
    });
  });
});

test('an answer that is not ours, no answer, and an abort are three things', async () => {
  assert.equal(failureOf(502, null).code, 'RESPONSE_UNREADABLE');
  assert.equal(failureOf(502, { error: 'Bad gateway' }).code, 'RESPONSE_UNREADABLE');
  await withServer((_, response) => response.socket?.destroy(), async () => {
    await assert.rejects(createApiClient()('getServerInfo', {}), { code: 'SERVER_UNREACHABLE', status: 0 });
    await assert.rejects(createApiClient()('getServerInfo', {}, AbortSignal.abort()), { name: 'AbortError' });
  });
});

test('whatever was thrown has a code and a sentence', () => {
  const fromLibrary = Object.assign(new Error('The call has ended.'), { code: 410, subCode: 0 });
  assert.deepEqual(describeFailure(fromLibrary), { code: '410/0', sentence: 'The call has ended.' });
  assert.deepEqual(describeFailure(Object.assign(fromLibrary, { errorCode: 'CALL_ENDED' })).code, 'CALL_ENDED');
  assert.deepEqual(describeFailure(new TypeError('x')), { code: 'TypeError', sentence: 'x' });
  assert.deepEqual(describeFailure('odd'), { code: 'UNKNOWN', sentence: 'odd' });
  assert.equal(describeFailure(new ApiFailure('REQUEST_INVALID', 'Wrong shape.', 400, 'targets')).sentence, 'Wrong shape. (targets)');
});
