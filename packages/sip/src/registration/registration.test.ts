import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant, type Instant, seededRandomness } from '@dialplane/sansio';
import { nodeSipCrypto } from '@dialplane/kernels';
import { DigestNonces } from '../digest/digest-nonces.ts';
import type { SipFlow } from '../link/sip-flow.ts';
import { responseTo, type ResponseParts } from '../message/response-to.ts';
import type { SipRequest } from '../message/sip-message.ts';
import type { UserAgentEvent } from '../user-agent/user-agent-event.ts';
import { UserAgent } from '../user-agent/user-agent.ts';

const flow: SipFlow = { transport: 'udp', local: { address: '192.0.2.1', port: 5060 }, remote: { address: '192.0.2.2', port: 5060 } };

/** A user agent, and what it has sent to a registrar that answers when the test says so. */
class Client {
  readonly agent = new UserAgent({ crypto: nodeSipCrypto, randomness: seededRandomness(3) });
  readonly requests: SipRequest[] = [];
  readonly told: UserAgentEvent[] = [];
  now: Instant = instant(0);

  do(command: Parameters<UserAgent['handle']>[0]): void {
    this.agent.handle(command, this.now);
    this.drain();
  }

  register(): void {
    this.do({
      kind: 'register',
      registrationId: 'trunk',
      route: { flow },
      registrar: 'sip:carrier.example.com',
      address: 'sip:account@carrier.example.com',
      contact: 'sip:account@192.0.2.1:5060',
      credentials: { username: 'account', password: 'secret' },
    });
  }

  /** Answers the oldest request that has none. */
  answer(status: number, parts: ResponseParts = {}): SipRequest {
    const request = this.requests.shift();
    assert.ok(request !== undefined, 'there is no request');
    this.do({ kind: 'received', flow, message: responseTo(request, status, { toTag: 't', ...parts }) });
    return request;
  }

  /** Lets time pass and returns when requests were sent. */
  pass(milliseconds: number): number[] {
    const until = this.now + milliseconds;
    const times: number[] = [];
    for (let at = this.agent.pollTimeout(); at !== undefined && at <= until; at = this.agent.pollTimeout()) {
      this.now = at;
      this.agent.handleTimeout(at);
      const known = this.requests.length;
      this.drain();
      if (this.requests.length > known) times.push(at);
    }
    this.now = instant(until);
    return times;
  }

  events(): UserAgentEvent[] {
    return this.told.splice(0);
  }

  private drain(): void {
    for (let output = this.agent.poll(); output !== undefined; output = this.agent.poll()) {
      if (output.kind !== 'send') this.told.push(output);
      else if (output.message.kind === 'request') this.requests.push(output.message);
    }
  }
}

test('a binding is asked for with credentials, kept up, and removed (RFC 3665 §2)', () => {
  const client = new Client();
  client.register();
  const nonces = new DigestNonces({ crypto: nodeSipCrypto, secret: new Uint8Array(32) });
  const first = client.answer(401, { headers: [['WWW-Authenticate', `Digest realm="carrier.example.com", nonce="${nonces.issue(instant(0))}", algorithm=SHA-256, qop="auth"`]] });
  assert.equal(first.headers.first('CSeq'), '1 REGISTER');
  const second = client.answer(200, { headers: [['Contact', '<sip:account@192.0.2.1:5060>;expires=300, <sip:other@192.0.2.9>;expires=3000'], ['Service-Route', '<sip:orig@carrier.example.com;lr>']] });
  assert.equal(second.headers.first('CSeq'), '2 REGISTER');
  assert.equal(second.headers.first('Call-ID'), first.headers.first('Call-ID'));
  assert.match(second.headers.first('Authorization') ?? '', /^Digest username="account"/);
  assert.deepEqual(client.events(), [
    { kind: 'registrationChanged', registrationId: 'trunk', state: 'registering' },
    { kind: 'registrationChanged', registrationId: 'trunk', state: 'registered', status: 200, reasonPhrase: 'OK', serviceRoutes: ['<sip:orig@carrier.example.com;lr>'], expiresSeconds: 300 },
  ]);
  assert.deepEqual(client.pass(240_000), [240_000]);
  const refresh = client.answer(200, { headers: [['Contact', '<sip:account@192.0.2.1:5060>;expires=300']] });
  assert.match(refresh.headers.first('Authorization') ?? '', /nc=00000002/);
  assert.deepEqual(client.events(), []);
  client.do({ kind: 'unregister', registrationId: 'trunk' });
  assert.equal(client.answer(200).headers.first('Expires'), '0');
  assert.deepEqual(client.events().map((event) => event.kind === 'registrationChanged' && event.state), ['unregistered']);
  assert.deepEqual(client.pass(10_000_000), []);
});

test('a registrar says how short a binding may be (423)', () => {
  const client = new Client();
  client.register();
  client.answer(423, { headers: [['Min-Expires', '3600']] });
  assert.equal(client.answer(200).headers.first('Expires'), '3600');
  assert.deepEqual(client.events().at(-1), { kind: 'registrationChanged', registrationId: 'trunk', state: 'registered', status: 200, reasonPhrase: 'OK', serviceRoutes: [], expiresSeconds: 3600 });
  assert.deepEqual(client.pass(3_540_000), [3_540_000]);
});

test('a registrar that fails is asked again, later and later; one that refuses, rarely', () => {
  const client = new Client();
  client.register();
  client.answer(503, { headers: [['Retry-After', '7']] });
  assert.deepEqual(client.pass(7000), [7000]);
  client.answer(500);
  const [next = 0] = client.pass(60_000);
  assert.ok(next >= 37_000 && next <= 67_000, `${next}`);
  client.answer(403, { reason: 'Account suspended' });
  const changes = client.events().flatMap((event) => (event.kind === 'registrationChanged' ? [`${event.state} ${event.status} ${event.reasonPhrase}`] : []));
  assert.deepEqual(changes, ['registering undefined undefined', 'unreachable 503 Service Unavailable', 'unreachable 500 Server Internal Error', 'refused 403 Account suspended']);
  assert.equal(client.pass(299_000).length, 0);
});

test('silence makes a binding unreachable', () => {
  const client = new Client();
  client.register();
  client.pass(32_000);
  assert.deepEqual(client.events().at(-1), { kind: 'registrationChanged', registrationId: 'trunk', state: 'unreachable', status: 408 });
});

test('a peer is up after one answer and down after two silences; then it is asked more often', () => {
  const client = new Client();
  client.do({ kind: 'watch', peerId: 'sbc', route: { flow }, uri: 'sip:sbc.example.com', from: '<sip:ping@192.0.2.1>' });
  client.pass(25);
  client.answer(405);
  assert.deepEqual(client.events(), [{ kind: 'peerHealthChanged', peerId: 'sbc', health: 'up', status: 405, roundTripMs: 25 }]);
  client.pass(60_025);
  client.answer(503);
  assert.deepEqual(client.events(), []);
  client.requests.length = 0;
  client.pass(20_100);
  assert.deepEqual(client.events(), [{ kind: 'peerHealthChanged', peerId: 'sbc', health: 'down', status: 408 }]);
  client.requests.length = 0;
  client.pass(10_000);
  client.answer(200);
  assert.deepEqual(client.events().map((event) => event.kind === 'peerHealthChanged' && event.health), ['up']);
  client.do({ kind: 'unwatch', peerId: 'sbc' });
  client.pass(100_000);
  assert.deepEqual([...new Set(client.requests.map((request) => request.headers.first('CSeq')))], ['3 OPTIONS', '4 OPTIONS'], 'only what nobody has answered is still repeated');
});

test('a request of its own is told its end', () => {
  const client = new Client();
  client.do({ kind: 'request', requestId: 'm1', route: { flow }, method: 'MESSAGE', uri: 'sip:bob@192.0.2.2', from: '<sip:a@192.0.2.1>', body: { contentType: 'text/plain', bytes: new TextEncoder().encode('hello') } });
  assert.equal(client.requests[0]?.headers.first('Content-Type'), 'text/plain');
  client.answer(202);
  const [ended] = client.events();
  assert.ok(ended?.kind === 'requestEnded' && ended.requestId === 'm1' && ended.status === 202 && ended.response?.reason === 'Accepted');
});
