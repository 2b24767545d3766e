import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeCrypto } from '@dialplane/kernels';
import {
  looksLikeStun,
  MessageBuilder,
  parseStunMessage,
  stunAttribute,
  type StunMessage,
  stunKnownAttributes,
  verifyMessageIntegrity,
  writeFingerprint,
  writeMessageIntegrity,
  writeText,
  writeTruncatedIntegrity,
} from './index.ts';
import { hex } from './test-hex.ts';

const id = hex('000102030405060708090a0b');
const key = hex('00112233');
const begin = (): MessageBuilder => new MessageBuilder(new Uint8Array(2048)).begin('request', 1, id);

function read(bytes: Uint8Array): StunMessage {
  const result = parseStunMessage(bytes);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

test('a strict parser says what is wrong and where', () => {
  const good = begin().attribute(stunAttribute.software, hex('61626364')).finish();
  const changed = (at: number, value: number): Uint8Array => good.with(at, value);
  const cases: ReadonlyArray<readonly [Uint8Array, string, number]> = [
    [new Uint8Array(0), 'TOO_SHORT', 0],
    [good.subarray(0, 19), 'TOO_SHORT', 19],
    [changed(0, 0x40), 'NOT_STUN', 0],
    [changed(4, 0x20), 'WRONG_MAGIC_COOKIE', 4],
    [changed(3, 9), 'LENGTH_NOT_ALIGNED', 2],
    [changed(3, 12), 'LENGTH_MISMATCH', 2],
    [good.subarray(0, 24), 'LENGTH_MISMATCH', 2],
    [changed(23, 5), 'ATTRIBUTE_TRUNCATED', 20],
    [begin().attribute(stunAttribute.messageIntegrity, new Uint8Array(16)).finish(), 'INTEGRITY_LENGTH', 20],
    [begin().attribute(stunAttribute.messageIntegritySha256, new Uint8Array(12)).finish(), 'INTEGRITY_LENGTH', 20],
    [begin().attribute(stunAttribute.messageIntegritySha256, new Uint8Array(18)).finish(), 'INTEGRITY_LENGTH', 20],
    [begin().attribute(stunAttribute.messageIntegritySha256, new Uint8Array(36)).finish(), 'INTEGRITY_LENGTH', 20],
    [begin().attribute(stunAttribute.fingerprint, new Uint8Array(8)).finish(), 'FINGERPRINT_LENGTH', 20],
    [begin().uint32(stunAttribute.fingerprint, 0).uint32(stunAttribute.software, 0).finish(), 'FINGERPRINT_NOT_LAST', 28],
  ];
  for (const [bytes, code, at] of cases) assert.deepEqual(parseStunMessage(bytes), { ok: false, code, at });
  const many = begin();
  for (let count = 0; count < 129; count += 1) many.uint32(0xc000, count);
  assert.deepEqual(parseStunMessage(many.finish()), { ok: false, code: 'TOO_MANY_ATTRIBUTES', at: 20 + 128 * 8 });
});

test('what follows the message integrity is not found, but for SHA-256 and FINGERPRINT', () => {
  const builder = begin();
  writeText(builder, 'username', 'alice');
  writeMessageIntegrity(builder, 'sha1', key, nodeCrypto);
  writeText(builder, 'software', 'smuggled');
  builder.uint32(0x7f00, 1);
  writeMessageIntegrity(builder, 'sha256', key, nodeCrypto);
  writeFingerprint(builder);
  const message = read(builder.finish());
  assert.equal(message.has(stunAttribute.software), false);
  assert.deepEqual(message.unknownRequired(stunKnownAttributes), []);
  assert.deepEqual(message.attributeTypes(), [stunAttribute.username]);
  assert.ok(verifyMessageIntegrity(message, 'sha1', key, nodeCrypto));
  assert.ok(verifyMessageIntegrity(message, 'sha256', key, nodeCrypto));
  assert.ok(message.has(stunAttribute.fingerprint));
});

test('after MESSAGE-INTEGRITY-SHA256 only FINGERPRINT counts', () => {
  const builder = begin();
  writeMessageIntegrity(builder, 'sha256', key, nodeCrypto);
  writeText(builder, 'username', 'mallory');
  writeMessageIntegrity(builder, 'sha1', key, nodeCrypto);
  const message = read(builder.finish());
  assert.equal(message.has(stunAttribute.username), false);
  assert.equal(message.has(stunAttribute.messageIntegrity), false);
  assert.ok(verifyMessageIntegrity(message, 'sha256', key, nodeCrypto));
});

test('a truncated MESSAGE-INTEGRITY-SHA256 passes only where the usage permits its length', () => {
  for (const length of [16, 20, 32]) {
    const builder = begin();
    writeTruncatedIntegrity(builder, length, key, nodeCrypto);
    const message = read(builder.finish());
    assert.equal(verifyMessageIntegrity(message, 'sha256', key, nodeCrypto), length === 32);
    assert.equal(verifyMessageIntegrity(message, 'sha256', key, nodeCrypto, 20), length >= 20);
    assert.equal(verifyMessageIntegrity(message, 'sha256', hex('00'), nodeCrypto, 16), false);
  }
  assert.throws(() => writeTruncatedIntegrity(begin(), 12, key, nodeCrypto), /invariant/);
});

test('the first of repeated attributes is found, the others by walking on', () => {
  const message = read(begin().uint32(0x0024, 1).uint32(0x8000, 7).uint32(0x0024, 2).uint32(0x7777, 0).uint32(0x7777, 0).finish());
  const first = message.find(0x0024);
  const second = message.findNext(0x0024, first);
  assert.deepEqual([message.valueAt(first)[3], message.valueAt(second)[3], message.findNext(0x0024, second)], [1, 2, -1]);
  assert.deepEqual(message.unknownRequired(new Set([0x0024])), [0x7777]);
});

test('a builder refuses what does not fit', () => {
  const builder = new MessageBuilder(new Uint8Array(28)).begin('request', 1, id);
  assert.equal(builder.fits(4), true);
  assert.equal(builder.fits(5), false);
  assert.throws(() => builder.attribute(1, new Uint8Array(5)), /does not fit/);
  assert.equal(new MessageBuilder(new Uint8Array(70_000)).begin('request', 1, id).fits(65_534), false);
});

test('STUN is told from its neighbours on a shared port', () => {
  assert.ok(looksLikeStun(begin().finish()));
  assert.equal(looksLikeStun(new Uint8Array(20)), false);
  assert.equal(looksLikeStun(Uint8Array.of(0x40, 0, 0, 0)), false);
});
