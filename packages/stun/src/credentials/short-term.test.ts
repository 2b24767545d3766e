import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeCrypto } from '@dialplane/kernels';
import {
  checkShortTerm,
  checkShortTermResponse,
  MessageBuilder,
  opaqueString,
  parseStunMessage,
  shortTermKey,
  type StunMessage,
  writeErrorCode,
  writeMessageIntegrity,
  writeShortTerm,
  writeText,
} from '../index.ts';

const key = shortTermKey('password') ?? new Uint8Array();
const keyOf = (username: string): Uint8Array | undefined => (username === 'a:b' ? key : undefined);

function build(write: (builder: MessageBuilder) => void, messageClass: 'request' | 'success' | 'error' = 'request'): StunMessage {
  const builder = new MessageBuilder(new Uint8Array(512)).begin(messageClass, 1, new Uint8Array(12));
  write(builder);
  const parsed = parseStunMessage(builder.finish());
  assert.ok(parsed.ok);
  return parsed.value;
}

test('requests are checked in the order of RFC 8489 §9.1.3', () => {
  const check = (write: (builder: MessageBuilder) => void) => checkShortTerm(build(write), keyOf, nodeCrypto);
  for (const integrity of ['sha1', 'sha256'] as const) {
    assert.deepEqual(check((b) => writeShortTerm(b, 'a:b', integrity, key, nodeCrypto)), { kind: 'authenticated', username: 'a:b', key, responseIntegrity: integrity });
  }
  assert.deepEqual(check((b) => writeText(b, 'username', 'a:b')), { kind: 'rejected', code: 400 });
  assert.deepEqual(check((b) => writeMessageIntegrity(b, 'sha1', key, nodeCrypto)), { kind: 'rejected', code: 400 });
  assert.deepEqual(check((b) => writeShortTerm(b, 'c:d', 'sha1', key, nodeCrypto)), { kind: 'rejected', code: 401 });
  assert.deepEqual(check((b) => writeShortTerm(b, 'a:b', 'sha1', Uint8Array.of(1), nodeCrypto)), { kind: 'rejected', code: 401 });
});

test('a response must carry what the request carried', () => {
  const response = build((b) => writeMessageIntegrity(b, 'sha1', key, nodeCrypto), 'success');
  assert.deepEqual(checkShortTermResponse(response, 'sha1', key, nodeCrypto), { kind: 'accepted' });
  assert.deepEqual(checkShortTermResponse(response, 'sha256', key, nodeCrypto), { kind: 'discarded', integrityViolated: true });
  const rejection = build((b) => writeErrorCode(b, { code: 401, reason: '' }), 'error');
  assert.deepEqual(checkShortTermResponse(rejection, 'sha1', key, nodeCrypto), { kind: 'discarded', integrityViolated: false });
});

test('OpaqueString (RFC 8265 §4.2)', () => {
  assert.equal(opaqueString('correct horse'), 'correct horse');
  assert.equal(opaqueString('a\u00a0b'), 'a b');
  assert.equal(opaqueString('e\u0301'), '\u00e9');
  assert.equal(opaqueString('Πολυφημος'), 'Πολυφημος');
  for (const refused of ['', 'tab\there', 'soft\u00adhyphen', '\ud800']) assert.equal(opaqueString(refused), undefined, JSON.stringify(refused));
});
