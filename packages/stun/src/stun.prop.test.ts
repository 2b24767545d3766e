import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nodeCrypto } from '@dialplane/kernels';
import {
  AddressTable,
  checkFingerprint,
  decodeUtf8,
  encodeMessageType,
  encodeUtf8,
  formatStunUri,
  formatTransportAddress,
  ipv4Address,
  ipv6Address,
  messageClassOf,
  MessageBuilder,
  methodOf,
  parseStunMessage,
  parseStunUri,
  parseTransportAddress,
  readAddress,
  readChangeRequest,
  readErrorCode,
  readPasswordAlgorithm,
  readPasswordAlgorithms,
  readText,
  readUnknownAttributes,
  readXorAddress,
  stunAttribute,
  stunKnownAttributes,
  transportAddress,
  verifyMessageIntegrity,
  writeAddress,
  writeErrorCode,
  writeFingerprint,
  writeMessageIntegrity,
  writeText,
  writeUnknownAttributes,
  writeXorAddress,
} from './index.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';

const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const ip = fc.oneof(word.map(ipv4Address), fc.tuple(word, word, word, word).map((words) => ipv6Address(...words)));
const address = fc.tuple(ip, fc.integer({ min: 0, max: 65535 })).map(([host, port]) => transportAddress(host, port));
const id = fc.uint8Array({ minLength: 12, maxLength: 12 });
const key = Uint8Array.of(1, 2, 3);
const begin = (transactionId: Uint8Array): MessageBuilder => new MessageBuilder(new Uint8Array(4096)).begin('success', 1, transactionId);

/** Touches everything a receiver may read of a message. */
function readAll(bytes: Uint8Array): void {
  const result = parseStunMessage(bytes);
  if (!result.ok) return;
  const message = result.value;
  message.unknownRequired(stunKnownAttributes);
  readErrorCode(message);
  readUnknownAttributes(message);
  readPasswordAlgorithm(message);
  readPasswordAlgorithms(message);
  readChangeRequest(message);
  checkFingerprint(message);
  for (const type of message.attributeTypes()) {
    readAddress(message, type);
    readXorAddress(message, type);
  }
  for (const name of ['username', 'realm', 'nonce', 'software', 'alternateDomain'] as const) readText(message, name);
  verifyMessageIntegrity(message, 'sha1', key, nodeCrypto);
  verifyMessageIntegrity(message, 'sha256', key, nodeCrypto, 16);
}

/** A plausible message: framed attributes of any type and value, the types this package reads preferred. */
const framed = fc
  .tuple(fc.array(fc.tuple(fc.oneof(fc.constantFrom(...Object.values(stunAttribute)), fc.integer({ min: 0, max: 65535 })), fc.uint8Array({ maxLength: 40 })), { maxLength: 12 }), id)
  .map(([attributes, transactionId]) => {
    const builder = begin(transactionId);
    for (const [type, value] of attributes) builder.attribute(type, value);
    return builder.finish().slice();
  });

test('message types carry method and class', () => {
  fc.assert(
    fc.property(fc.constantFrom('request', 'indication', 'success', 'error'), fc.integer({ min: 0, max: 0xfff }), (messageClass, method) => {
      const type = encodeMessageType(messageClass, method);
      assert.ok(type <= 0x3fff);
      assert.deepEqual([messageClassOf(type), methodOf(type)], [messageClass, method]);
    }),
  );
});

test('what is written is what is read', () => {
  fc.assert(
    fc.property(id, address, fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 300, max: 699 }), fc.array(fc.integer({ min: 0, max: 65535 }), { maxLength: 9 }), (transactionId, where, text, code, types) => {
      const builder = begin(transactionId);
      writeXorAddress(builder, stunAttribute.xorMappedAddress, where);
      writeAddress(builder, stunAttribute.mappedAddress, where);
      writeText(builder, 'realm', text.slice(0, 60));
      writeErrorCode(builder, { code, reason: text });
      writeUnknownAttributes(builder, types);
      writeMessageIntegrity(builder, 'sha1', key, nodeCrypto);
      writeMessageIntegrity(builder, 'sha256', key, nodeCrypto);
      writeFingerprint(builder);
      const result = parseStunMessage(builder.finish());
      assert.ok(result.ok);
      const message = result.value;
      assert.deepEqual(message.transactionId, transactionId);
      assert.deepEqual(readXorAddress(message, stunAttribute.xorMappedAddress), where);
      assert.deepEqual(readAddress(message, stunAttribute.mappedAddress), where);
      assert.equal(readText(message, 'realm'), decodeUtf8(encodeUtf8(text.slice(0, 60))));
      assert.deepEqual(readErrorCode(message), { code, reason: decodeUtf8(encodeUtf8(text)) });
      assert.deepEqual(readUnknownAttributes(message), types);
      assert.ok(verifyMessageIntegrity(message, 'sha1', key, nodeCrypto) && verifyMessageIntegrity(message, 'sha256', key, nodeCrypto));
      assert.equal(checkFingerprint(message), 'valid');
    }),
  );
});

test('arbitrary and damaged bytes never throw, nor does a byte behind the message matter', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), readAll));
  fc.assert(
    fc.property(framed, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }), (bytes, damage) => {
      for (const [at, value] of damage) bytes[at % bytes.length] = value;
      readAll(bytes);
      const roomy = new Uint8Array(bytes.length + 64).fill(0xff);
      roomy.set(bytes);
      const [alone, inside] = [parseStunMessage(bytes), parseStunMessage(roomy.subarray(0, bytes.length))];
      assert.equal(alone.ok, inside.ok);
      if (alone.ok && inside.ok) assert.deepEqual(alone.value.attributeTypes(), inside.value.attributeTypes());
    }),
  );
});

test('one changed bit breaks integrity and fingerprint', () => {
  fc.assert(
    fc.property(framed, fc.nat(), fc.integer({ min: 0, max: 7 }), (body, position, bit) => {
      const builder = new MessageBuilder(new Uint8Array(4096));
      builder.begin('request', 1, body.subarray(8, 20)).attribute(0x8022, body);
      writeMessageIntegrity(builder, 'sha256', key, nodeCrypto);
      writeFingerprint(builder);
      const bytes = builder.finish();
      const at = position % (bytes.length - 8);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
      const result = parseStunMessage(bytes);
      if (!result.ok) return;
      assert.equal(verifyMessageIntegrity(result.value, 'sha256', key, nodeCrypto), false);
      assert.notEqual(checkFingerprint(result.value), 'valid');
    }),
  );
});

test('addresses, text and base64 survive their text forms', () => {
  fc.assert(fc.property(address, (where) => assert.deepEqual(parseTransportAddress(formatTransportAddress(where)), where)));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => assert.deepEqual(decodeBase64(encodeBase64(bytes)), bytes)));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 8 }), (bytes) => {
      const text = decodeUtf8(bytes);
      if (text === undefined) assert.throws(() => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
      else assert.deepEqual(encodeUtf8(text), bytes);
    }),
  );
  fc.assert(
    fc.property(fc.constantFrom('stun', 'stuns'), fc.domain(), fc.integer({ min: 1, max: 65535 }), (scheme, host, port) => {
      assert.deepEqual(parseStunUri(formatStunUri({ scheme, host, port })), { scheme, host, port });
    }),
  );
});

test('the address table is a map', () => {
  const small = fc.integer({ min: -2, max: 2 });
  const few = fc.oneof(small.map(ipv4Address), fc.tuple(small, small).map(([w0, w3]) => ipv6Address(w0, 0, 0, w3)));
  const step = fc.tuple(fc.constantFrom('set' as const, 'delete' as const), fc.integer({ min: 0, max: 3 }), few, fc.integer({ min: 0, max: 2 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.integer(), (steps, seed) => {
      const table = new AddressTable<number>(seed);
      const model = new Map<string, number>();
      for (const [index, [what, scope, address, port]] of steps.entries()) {
        const key = JSON.stringify([scope, address, port]);
        if (what === 'set') {
          table.set(scope, address, port, index);
          model.set(key, index);
        } else {
          table.delete(scope, address, port);
          model.delete(key);
        }
        assert.equal(table.size, model.size);
      }
      for (const [, scope, address, port] of steps) assert.equal(table.get(scope, address, port), model.get(JSON.stringify([scope, address, port])));
    }),
  );
});
