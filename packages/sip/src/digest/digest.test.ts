import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant, seededRandomness } from '@dialplane/sansio';
import { nodeSipCrypto } from '@dialplane/kernels';
import {
  type DigestAlgorithm,
  DigestClient,
  DigestNonces,
  digestResponse,
  digestSecret,
  DigestServer,
  type DigestVerdict,
  noBody,
  parseAuthParameters,
  responseTo,
  SipHeaders,
  type SipRequest,
  type SipResponse,
} from '../index.ts';

const crypto = nodeSipCrypto;
const secret = new Uint8Array(16).fill(7);
const passwords: Record<string, string> = { bob: 'zanzibar', 'J\u00e4s\u00f8n "Doe"\\': 'Secret, or not?' };

/** A server of one realm, and a client that is `username`. */
class Bench {
  readonly nonces: DigestNonces;
  readonly server: DigestServer;
  readonly client: DigestClient;
  now = instant(1000);

  constructor(username = 'bob', { password = passwords[username] ?? '', algorithms, remembered = 100 }: { password?: string; algorithms?: readonly DigestAlgorithm[]; remembered?: number } = {}) {
    this.nonces = new DigestNonces({ crypto, secret, remembered });
    this.server = new DigestServer({
      realm: 'example.com',
      crypto,
      nonces: this.nonces,
      ...(algorithms === undefined ? {} : { algorithms }),
      secretOf: (name, algorithm) => (passwords[name] === undefined ? undefined : digestSecret(crypto, algorithm, { username: name, realm: 'example.com', password: passwords[name] })),
    });
    this.client = new DigestClient({ crypto, randomness: seededRandomness(1), credentialsFor: (realm) => (realm === 'example.com' ? { username, password } : undefined) });
  }

  request(): SipRequest {
    const request = register();
    this.client.authorize(request, request.headers);
    return request;
  }

  check(request: SipRequest): DigestVerdict {
    return this.server.check(request, 'Authorization', this.now);
  }

  challenge(request: SipRequest, isStale = false): SipResponse {
    return responseTo(request, 401, { headers: this.server.challenges(isStale, this.now).map((value) => ['WWW-Authenticate', value] as const) });
  }

  /** A request with credentials that are made for a fresh challenge. */
  authorized(): SipRequest {
    assert.equal(this.client.handleChallenge(this.challenge(register()), register()), 'answerable');
    return this.request();
  }
}

function register(): SipRequest {
  return { kind: 'request', method: 'REGISTER', uri: 'sip:example.com', headers: new SipHeaders(), body: noBody };
}

function credentialsOf(request: SipRequest): string {
  return request.headers.first('Authorization') ?? assert.fail('no credentials');
}

test('the examples of RFC 2617 §3.5 and RFC 7616 §3.9.1', () => {
  const old = { username: 'Mufasa', realm: 'testrealm@host.com', password: 'Circle Of Life' };
  const base = { isSession: false, method: 'GET', uri: '/dir/index.html', body: noBody } as const;
  const protection = { qop: 'auth', nonceCount: '00000001', clientNonce: '0a4f113b' } as const;
  const first = digestResponse(crypto, { ...base, secret: digestSecret(crypto, 'MD5', old), algorithm: 'MD5', nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093', protection });
  assert.equal(first, '6629fae49393a05397450978507c4ef1');
  const user = { username: 'Mufasa', realm: 'http-auth@example.org', password: 'Circle of Life' };
  const nonce = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v';
  const clientNonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';
  const expected = { MD5: '8ca523f5e9506fed4657c9700eebdbec', 'SHA-256': '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1' } as const;
  for (const algorithm of ['MD5', 'SHA-256'] as const) {
    const response = digestResponse(crypto, { ...base, secret: digestSecret(crypto, algorithm, user), algorithm, nonce, protection: { qop: 'auth', nonceCount: '00000001', clientNonce } });
    assert.equal(response, expected[algorithm]);
  }
});

test('client and server agree in every algorithm, whatever the name is made of', () => {
  for (const algorithm of ['MD5', 'SHA-256', 'SHA-512-256'] as const) {
    for (const username of Object.keys(passwords)) {
      const bench = new Bench(username, { algorithms: [algorithm] });
      assert.deepEqual(bench.check(bench.authorized()), { kind: 'authenticated', username, algorithm });
      assert.deepEqual(bench.check(bench.request()), { kind: 'authenticated', username, algorithm });
    }
  }
});

test('of several challenges the topmost that is understood is answered', () => {
  const bench = new Bench();
  assert.equal(bench.server.challenges(false, bench.now).length, 2);
  assert.equal(parseAuthParameters(credentialsOf(bench.authorized()))?.parameters.get('algorithm'), 'SHA-256');
  const headers = ['Basic realm="example.com"', 'Digest realm="example.com", nonce="n", algorithm=SHA3', 'Digest realm="elsewhere", nonce="n"', 'Digest realm="example.com", nonce="n", algorithm=MD5'];
  const response = responseTo(register(), 401, { headers: headers.map((value) => ['WWW-Authenticate', value] as const) });
  const other = new Bench();
  assert.equal(other.client.handleChallenge(response, register()), 'answerable');
  const credentials = parseAuthParameters(credentialsOf(other.request()))?.parameters;
  assert.equal(credentials?.get('algorithm'), 'MD5');
  assert.equal(credentials?.has('qop'), false);
});

test('a challenge that cannot be answered', () => {
  const bench = new Bench();
  for (const value of ['Basic realm="example.com"', 'Digest realm="other", nonce="n"', 'Digest realm="example.com"', 'Digest realm="example.com", nonce="n", qop="auth-conf"', 'Digest nonce="n', '']) {
    assert.equal(bench.client.handleChallenge(responseTo(register(), 401, { headers: [['WWW-Authenticate', value]] }), register()), 'unanswerable', value);
  }
});

test('a wrong password is challenged, and the client does not insist', () => {
  const bench = new Bench('bob', { password: 'guess' });
  const request = bench.authorized();
  assert.deepEqual(bench.check(request), { kind: 'challenge', why: 'wrong' });
  assert.equal(bench.client.handleChallenge(bench.challenge(request), request), 'refused');
  assert.equal(bench.nonces.size, 0);
});

test('a user that there is not looks like a wrong password', () => {
  const bench = new Bench('mallory');
  assert.deepEqual(bench.check(bench.authorized()), { kind: 'challenge', why: 'wrong' });
});

test('credentials are good once', () => {
  const bench = new Bench();
  const request = bench.authorized();
  assert.equal(bench.check(request).kind, 'authenticated');
  assert.deepEqual(bench.check(request), { kind: 'challenge', why: 'stale' });
});

test('credentials may overtake each other, within limits', () => {
  const bench = new Bench();
  const requests = [bench.authorized(), ...Array.from({ length: 40 }, () => bench.request())];
  for (const at of [3, 1, 2, 40, 39, 9]) assert.equal(bench.check(requests[at] ?? assert.fail()).kind, 'authenticated', `count ${at}`);
  for (const at of [3, 40, 39, 9, 8, 0]) assert.deepEqual(bench.check(requests[at] ?? assert.fail()), { kind: 'challenge', why: 'stale' }, `count ${at}`);
});

test('a nonce that is too old is stale, and the client takes the new one', () => {
  const bench = new Bench();
  assert.equal(bench.check(bench.authorized()).kind, 'authenticated');
  bench.now = instant(302_000);
  const request = bench.request();
  assert.deepEqual(bench.check(request), { kind: 'challenge', why: 'stale' });
  assert.equal(bench.client.handleChallenge(bench.challenge(request, true), request), 'answerable');
  assert.equal(bench.check(bench.request()).kind, 'authenticated');
  bench.now = instant(604_000);
  const unsaid = bench.request();
  assert.equal(bench.client.handleChallenge(bench.challenge(unsaid, false), unsaid), 'answerable', 'a server that does not say stale');
  assert.equal(bench.check(bench.request()).kind, 'authenticated');
  assert.equal(bench.nonces.size, 1);
});

test('nonces of others, of the future and of a former secret are stale', () => {
  const bench = new Bench();
  const foreign = new DigestNonces({ crypto, secret: new Uint8Array(16).fill(8) });
  for (const nonce of ['', 'x'.repeat(40), foreign.issue(bench.now), bench.nonces.issue(instant(9_000_000))]) assert.equal(bench.nonces.isValid(nonce, bench.now), false);
});

test('remembered nonces are limited, and none becomes good again by being forgotten', () => {
  const bench = new Bench('bob', { remembered: 10 });
  const requests = Array.from({ length: 20 }, (_, second) => {
    bench.now = instant(second * 1000);
    const request = bench.authorized();
    assert.equal(bench.check(request).kind, 'authenticated');
    return request;
  });
  assert.equal(bench.nonces.size, 10);
  for (const request of requests) assert.deepEqual(bench.check(request), { kind: 'challenge', why: 'stale' });
});

test('credentials that are no credentials', () => {
  const bench = new Bench();
  const good = credentialsOf(bench.authorized());
  const check = (value: string): string => {
    const headers = SipHeaders.of(['Authorization', value]);
    const verdict = bench.check({ ...register(), headers });
    return verdict.kind === 'challenge' ? verdict.why : verdict.kind;
  };
  assert.equal(check('Basic Zm9vOmJhcg=='), 'absent');
  assert.equal(check('Digest'), 'absent');
  assert.equal(check(good.replace('example.com"', 'elsewhere"')), 'absent');
  assert.equal(check(`${good}, nonce="x"`), 'malformed');
  assert.equal(check(good.replace(/response="[^"]*", /, '')), 'malformed');
  assert.equal(check(good.replace('uri="sip:example.com"', 'uri="sip:elsewhere.com"')), 'malformed');
  assert.equal(check(good.replace('qop=auth', 'qop=auth-int')), 'wrong');
  assert.equal(check(good.replace(/, cnonce.*/, '')), 'wrong');
  assert.equal(check(good.replace('nc=00000001', 'nc=1')), 'wrong');
  assert.equal(check(good.replace('SHA-256', 'SHA-1')), 'wrong');
  assert.equal(check(`Digest realm="elsewhere", x=y`), 'absent');
  assert.equal(bench.nonces.size, 0);
  assert.equal(check(good), 'authenticated');
});
