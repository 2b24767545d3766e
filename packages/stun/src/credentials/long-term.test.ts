import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import { nodeCrypto } from '@dialplane/kernels';
import {
  encodeNonceCookie,
  encodePasswordAlgorithms,
  LongTermClient,
  longTermKey,
  LongTermServer,
  MessageBuilder,
  parseNonceCookie,
  parseStunMessage,
  type PasswordAlgorithm,
  readText,
  StatelessNonces,
  stunAttribute,
  type StunMessage,
  writeErrorCode,
  writeMessageIntegrity,
  writePasswordAlgorithm,
  writeText,
} from '../index.ts';
import { hex } from '../test-hex.ts';

const realm = 'example.org';
const path = 'udp|192.0.2.1:4000|1';
const start = instant(5000);
const passwords: Record<string, string> = { alice: 'secret' };
const crypto = nodeCrypto;
const nonces = new StatelessNonces({ crypto, secret: hex('00112233445566778899aabbccddeeff') });
const credentials = {
  key: (username: string, algorithm: PasswordAlgorithm) => {
    const password = passwords[username];
    return password === undefined ? undefined : longTermKey(crypto, algorithm, { username, realm, password });
  },
};
const server = new LongTermServer({ realm, nonces, credentials, crypto });
const id = new Uint8Array(12);

function build(messageClass: 'request' | 'success' | 'error', write: (builder: MessageBuilder) => void): StunMessage {
  const builder = new MessageBuilder(new Uint8Array(4096)).begin(messageClass, 3, id);
  write(builder);
  const parsed = parseStunMessage(builder.finish());
  assert.ok(parsed.ok);
  return parsed.value;
}

const challenge = (code: number, now = start): StunMessage =>
  build('error', (builder) => {
    writeErrorCode(builder, { code, reason: '' });
    server.writeChallenge(builder, path, now);
  });

function challenged(username = 'alice', password = 'secret'): LongTermClient {
  const client = new LongTermClient({ username, password }, crypto);
  assert.deepEqual(client.handleResponse(challenge(401), 0), { kind: 'retry' });
  return client;
}

const requestOf = (client: LongTermClient): StunMessage => build('request', (builder) => client.writeCredentials(builder));

test('a client that is challenged authenticates with SHA-256, and the response is protected the same way', () => {
  const client = new LongTermClient({ username: 'alice', password: 'secret' }, crypto);
  const first = requestOf(client);
  assert.deepEqual(first.attributeTypes(), []);
  assert.deepEqual(server.check(first, path, start), { kind: 'challenge', code: 401 });
  assert.deepEqual(client.handleResponse(challenge(401), client.generation), { kind: 'retry' });
  const verdict = server.check(requestOf(client), path, start);
  assert.ok(verdict.kind === 'authenticated');
  assert.deepEqual([verdict.username, verdict.responseIntegrity, verdict.key.length], ['alice', 'sha256', 32]);
  const response = build('success', (builder) => writeMessageIntegrity(builder, verdict.responseIntegrity, verdict.key, crypto));
  assert.deepEqual(client.handleResponse(response, client.generation), { kind: 'accepted' });
  const bare = build('success', () => undefined);
  assert.deepEqual(client.handleResponse(bare, client.generation), { kind: 'discarded', integrityViolated: true });
  const downgraded = build('success', (builder) => writeMessageIntegrity(builder, 'sha1', verdict.key, crypto));
  assert.deepEqual(client.handleResponse(downgraded, client.generation), { kind: 'discarded', integrityViolated: true });
});

test('an older client names no algorithm and is answered with MD5 and MESSAGE-INTEGRITY', () => {
  const key = credentials.key('alice', 'md5');
  assert.ok(key);
  const request = build('request', (builder) => {
    writeText(builder, 'username', 'alice');
    writeText(builder, 'realm', realm);
    writeText(builder, 'nonce', nonces.issue(path, start));
    writeMessageIntegrity(builder, 'sha1', key, crypto);
  });
  assert.deepEqual(server.check(request, path, start), { kind: 'authenticated', username: 'alice', key, responseIntegrity: 'sha1' });
});

test('a nonce serves its own path, for its lifetime only', () => {
  const request = requestOf(challenged());
  assert.equal(server.check(request, path, start).kind, 'authenticated');
  assert.deepEqual(server.check(request, 'udp|192.0.2.1:4001|1', start), { kind: 'challenge', code: 438 });
  assert.equal(server.check(request, path, instant(start + 3_599_000)).kind, 'authenticated');
  assert.deepEqual(server.check(request, path, instant(start + 3_600_000)), { kind: 'challenge', code: 438 });
  assert.equal(nonces.isValid('obMatJos2gAAAnonsense', path, start), false);
  assert.equal(nonces.isValid('', path, start), false);
  const nonce = nonces.issue(path, start);
  assert.equal(nonce.length, 35);
  assert.deepEqual(parseNonceCookie(nonce), { passwordAlgorithms: true, usernameAnonymity: false });
  assert.equal(new StatelessNonces({ crypto, secret: new Uint8Array(16) }).isValid(nonce, path, start), false);
});

test('a server that could never answer is not built', () => {
  assert.throws(() => new StatelessNonces({ crypto, secret: hex('ff') }), /16 bytes/);
  assert.throws(() => new LongTermServer({ realm: 'r'.repeat(128), nonces, credentials, crypto }), /127 characters/);
});

test('438 brings a new nonce; a server that never stops is left', () => {
  const client = challenged();
  const late = instant(start + 3_700_000);
  assert.deepEqual(server.check(requestOf(client), path, late), { kind: 'challenge', code: 438 });
  assert.deepEqual(client.handleResponse(challenge(438, late), client.generation), { kind: 'retry' });
  assert.equal(server.check(requestOf(client), path, late).kind, 'authenticated');
  for (let count = 0; count < 3; count += 1) assert.deepEqual(client.handleResponse(challenge(438), client.generation), { kind: 'retry' });
  assert.deepEqual(client.handleResponse(challenge(438), client.generation), { kind: 'failed', code: 'STUN_NONCE_LOOP' });
});

test('of many requests with one stale nonce only the first brings a new one', () => {
  const client = challenged();
  for (let count = 0; count < 20; count += 1) assert.deepEqual(client.handleResponse(challenge(438), 1), { kind: 'retry' });
  assert.equal(client.generation, 2);
});

test('wrong password, unknown user and USERHASH are all answered 401, and the client gives up', () => {
  for (const client of [challenged('alice', 'wrong'), challenged('nobody')]) {
    assert.deepEqual(server.check(requestOf(client), path, start), { kind: 'challenge', code: 401 });
    assert.deepEqual(client.handleResponse(challenge(401), client.generation), { kind: 'failed', code: 'STUN_CREDENTIALS_REFUSED' });
  }
  const hashed = build('request', (builder) => {
    builder.attribute(stunAttribute.userhash, new Uint8Array(32));
    writeText(builder, 'realm', realm);
    writeText(builder, 'nonce', nonces.issue(path, start));
    writeMessageIntegrity(builder, 'sha1', hex('00'), crypto);
  });
  assert.deepEqual(server.check(hashed, path, start), { kind: 'challenge', code: 401 });
});

test('an incomplete or inconsistent credential is a bad request', () => {
  const key = hex('00');
  const nonce = nonces.issue(path, start);
  const parts = {
    username: (builder: MessageBuilder) => writeText(builder, 'username', 'alice'),
    realm: (builder: MessageBuilder) => writeText(builder, 'realm', realm),
    nonce: (builder: MessageBuilder) => writeText(builder, 'nonce', nonce),
  };
  for (const missing of ['username', 'realm', 'nonce'] as const) {
    const request = build('request', (builder) => {
      for (const [name, write] of Object.entries(parts)) if (name !== missing) write(builder);
      writeMessageIntegrity(builder, 'sha1', key, crypto);
    });
    assert.deepEqual(server.check(request, path, start), { kind: 'badRequest' }, missing);
  }
  const list = encodePasswordAlgorithms(['sha256', 'md5']);
  const choices: ReadonlyArray<(builder: MessageBuilder) => void> = [
    (builder) => writePasswordAlgorithm(builder, 'md5'),
    (builder) => builder.attribute(stunAttribute.passwordAlgorithms, list),
    (builder) => (builder.attribute(stunAttribute.passwordAlgorithms, encodePasswordAlgorithms(['md5'])), writePasswordAlgorithm(builder, 'md5')),
    (builder) => builder.attribute(stunAttribute.passwordAlgorithms, list).attribute(stunAttribute.passwordAlgorithm, hex('00090000')),
  ];
  for (const choose of choices) {
    const request = build('request', (builder) => {
      for (const write of Object.values(parts)) write(builder);
      choose(builder);
      writeMessageIntegrity(builder, 'sha256', key, crypto);
    });
    assert.deepEqual(server.check(request, path, start), { kind: 'badRequest' });
  }
});

test('a challenge stripped of its algorithms is a bid-down and not answered', () => {
  const nonce = nonces.issue(path, start);
  const stripped = (messageClass: 'error' | 'success'): StunMessage =>
    build(messageClass, (builder) => {
      if (messageClass === 'error') writeErrorCode(builder, { code: 401, reason: '' });
      writeText(builder, 'realm', realm);
      writeText(builder, 'nonce', nonce);
    });
  const client = new LongTermClient({ username: 'alice', password: 'secret' }, crypto);
  assert.deepEqual(client.handleResponse(stripped('error'), 0), { kind: 'failed', code: 'STUN_BID_DOWN' });
  assert.deepEqual(client.handleResponse(stripped('success'), 0), { kind: 'discarded', integrityViolated: false });
});

test('servers older or newer than ours: no algorithms, unknown algorithms, anonymous usernames, unusable challenges', () => {
  const client = (): LongTermClient => new LongTermClient({ username: 'alice', password: 'secret' }, crypto);
  const asked = (write: (builder: MessageBuilder) => void): StunMessage => build('error', (builder) => (writeErrorCode(builder, { code: 401, reason: '' }), write(builder)));
  const older = client();
  assert.deepEqual(older.handleResponse(asked((b) => (writeText(b, 'realm', realm), writeText(b, 'nonce', 'abc'))), 0), { kind: 'retry' });
  assert.equal(requestOf(older).has(stunAttribute.passwordAlgorithm), false);
  assert.equal(requestOf(older).has(stunAttribute.messageIntegrity), true);

  const newer = asked((b) => (writeText(b, 'realm', realm), writeText(b, 'nonce', 'abc'), b.attribute(stunAttribute.passwordAlgorithms, hex('00090000'))));
  assert.deepEqual(client().handleResponse(newer, 0), { kind: 'failed', code: 'STUN_NO_COMMON_PASSWORD_ALGORITHM' });
  assert.deepEqual(client().handleResponse(asked((b) => writeText(b, 'realm', realm)), 0), { kind: 'failed', code: 'STUN_CHALLENGE_UNUSABLE' });

  const anonymous = client();
  const cookie = encodeNonceCookie({ passwordAlgorithms: false, usernameAnonymity: true });
  anonymous.handleResponse(asked((b) => (writeText(b, 'realm', realm), writeText(b, 'nonce', `${cookie}abc`))), 0);
  assert.equal(readText(requestOf(anonymous), 'username'), undefined);
  assert.equal(requestOf(anonymous).value(stunAttribute.userhash)?.length, 32);
});

test('realm and nonce of the greatest length of RFC 5389 are returned as they came; an endless list of algorithms is not', () => {
  const long = 'x'.repeat(763);
  const asked = (algorithms: number): StunMessage =>
    build('error', (b) => {
      writeErrorCode(b, { code: 401, reason: '' });
      for (const type of [stunAttribute.realm, stunAttribute.nonce]) b.attribute(type, new TextEncoder().encode(long));
      b.attribute(stunAttribute.passwordAlgorithms, Uint8Array.from({ length: algorithms * 4 }, (_, at) => (at % 4 === 1 ? 2 : 0)));
    });
  const client = new LongTermClient({ username: 'alice', password: 'secret' }, crypto);
  assert.deepEqual(client.handleResponse(asked(64), 0), { kind: 'retry' });
  const request = requestOf(client);
  assert.deepEqual([readText(request, 'realm'), readText(request, 'nonce'), request.value(stunAttribute.passwordAlgorithms)?.length], [long, long, 256]);
  assert.ok(request.bytes.length <= 2400);
  assert.deepEqual(new LongTermClient({ username: 'alice', password: 'secret' }, crypto).handleResponse(asked(65), 0), { kind: 'failed', code: 'STUN_CHALLENGE_UNUSABLE' });
});

test('a 400 without integrity is as if it had never arrived; other answers to a bare request count', () => {
  const bare400 = build('error', (builder) => writeErrorCode(builder, { code: 400, reason: '' }));
  assert.deepEqual(challenged().handleResponse(bare400, 1), { kind: 'discarded', integrityViolated: false });
  const client = new LongTermClient({ username: 'alice', password: 'secret' }, crypto);
  assert.deepEqual(client.handleResponse(bare400, 0), { kind: 'discarded', integrityViolated: false });
  assert.deepEqual(client.handleResponse(build('success', () => undefined), 0), { kind: 'accepted' });
});
