import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeCrypto } from '@dialplane/kernels';
import {
  checkFingerprint,
  encodeUtf8,
  formatTransportAddress,
  longTermKey,
  MessageBuilder,
  parseStunMessage,
  parseTransportAddress,
  readText,
  readXorAddress,
  shortTermKey,
  stunAttribute,
  type StunMessage,
  userhash,
  verifyMessageIntegrity,
  writeFingerprint,
  writeMessageIntegrity,
  writePasswordAlgorithm,
  writeText,
  writeXorAddress,
} from './index.ts';
import { hex } from './test-hex.ts';

const transactionId = hex('b7e7a701 bc34d686 fa87dfae');
const password = 'VOkJxbRl1RmTxUk/WvJxBt';

const request = hex(`
  00010058 2112a442 b7e7a701 bc34d686 fa87dfae 80220010 5354554e 20746573 7420636c 69656e74 00240004 6e0001ff
  80290008 932ff9b1 51263b36 00060009 6576746a 3a683676 59202020 00080014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249 c1b571a2 80280004 e57a3bcf`);
const ipv4Response = hex(`
  0101003c 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220 00200008 0001a147 e112a643
  00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7 80280004 c07d4c96`);
const ipv6Response = hex(`
  01010048 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220 00200014 0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9
  00080014 a382954e 4be67bf1 1784c97c 8292c275 bfe3ed41 80280004 c8fb0b4c`);
const longTermRequest = hex(`
  00010060 2112a442 78ad3433 c6ad72c0 29da412e 00060012 e3839ee3 8388e383 aae38383 e382afe3 82b90000
  0015001c 662f2f34 39396b39 35346436 4f4c3334 6f4c3946 53547679 36347341 0014000b 6578616d 706c652e 6f726700
  00080014 f6702465 6dd64a3e 02b8e071 2e85c9a2 8ca89666`);

function parsed(bytes: Uint8Array): StunMessage {
  const result = parseStunMessage(bytes);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

/** Writes the padding the vectors were printed with; ours is zero. */
function padLastWith(builder: MessageBuilder, byte: number, count: number): void {
  builder.buffer.fill(byte, builder.length - count, builder.length);
}

test('RFC 5769 §2.1: sample request, read and written', () => {
  const message = parsed(request);
  assert.equal(readText(message, 'software'), 'STUN test client');
  assert.equal(readText(message, 'username'), 'evtj:h6vY');
  assert.equal(checkFingerprint(message), 'valid');
  const key = shortTermKey(password);
  assert.ok(key && verifyMessageIntegrity(message, 'sha1', key, nodeCrypto));
  assert.deepEqual(message.unknownRequired(new Set([stunAttribute.username])), [0x24]);

  const builder = new MessageBuilder(new Uint8Array(200)).begin('request', 1, transactionId);
  writeText(builder, 'software', 'STUN test client');
  builder.uint32(0x0024, 0x6e0001ff).attribute(0x8029, hex('932ff9b151263b36'));
  writeText(builder, 'username', 'evtj:h6vY');
  padLastWith(builder, 0x20, 3);
  writeMessageIntegrity(builder, 'sha1', key, nodeCrypto);
  writeFingerprint(builder);
  assert.deepEqual(builder.finish(), request);
});

for (const { section, bytes, address } of [
  { section: '2.2', bytes: ipv4Response, address: '192.0.2.1:32853' },
  { section: '2.3', bytes: ipv6Response, address: '[2001:db8:1234:5678:11:2233:4455:6677]:32853' },
]) {
  test(`RFC 5769 §${section}: sample response, read and written`, () => {
    const message = parsed(bytes);
    const mapped = readXorAddress(message, stunAttribute.xorMappedAddress);
    assert.equal(mapped && formatTransportAddress(mapped), address);
    assert.equal(checkFingerprint(message), 'valid');
    const key = encodeUtf8(password);
    assert.ok(verifyMessageIntegrity(message, 'sha1', key, nodeCrypto));

    const builder = new MessageBuilder(new Uint8Array(200)).begin('success', 1, transactionId);
    writeText(builder, 'software', 'test vector');
    padLastWith(builder, 0x20, 1);
    const expected = parseTransportAddress(address);
    assert.ok(expected);
    writeXorAddress(builder, stunAttribute.xorMappedAddress, expected);
    writeMessageIntegrity(builder, 'sha1', key, nodeCrypto);
    writeFingerprint(builder);
    assert.deepEqual(builder.finish(), bytes);
  });
}

test('RFC 5769 §2.4: request with long-term authentication, read and written', () => {
  const message = parsed(longTermRequest);
  const username = 'マトリックス';
  assert.equal(readText(message, 'username'), username);
  assert.equal(readText(message, 'nonce'), 'f//499k954d6OL34oL9FSTvy64sA');
  assert.equal(readText(message, 'realm'), 'example.org');
  const key = longTermKey(nodeCrypto, 'md5', { username, realm: 'example.org', password: 'TheMatrIX' });
  assert.ok(key && verifyMessageIntegrity(message, 'sha1', key, nodeCrypto));

  const builder = new MessageBuilder(new Uint8Array(200)).begin('request', 1, hex('78ad3433c6ad72c029da412e'));
  writeText(builder, 'username', username);
  writeText(builder, 'nonce', 'f//499k954d6OL34oL9FSTvy64sA');
  writeText(builder, 'realm', 'example.org');
  writeMessageIntegrity(builder, 'sha1', key, nodeCrypto);
  assert.deepEqual(builder.finish(), longTermRequest);
});

test('RFC 8489 §9.2.2: the key of user, realm and pass', () => {
  const key = longTermKey(nodeCrypto, 'md5', { username: 'user', realm: 'realm', password: 'pass' });
  assert.deepEqual(key && Uint8Array.from(key), hex('8493fbc53ba582fb4c044c456bdc40eb'));
});

const userhashToRealm = `
  001e0020 4a3cf38f ef6992bd a952c678 0417da0f 24819415 569e60b2 05c46e41 407f1704
  00150029 6f62 4d61 744a6f73 32414141 43662f2f 3439396b 39353464 364f4c33 346f4c39 46535476 79363473 41000000
  0014000b 6578616d 706c652e 6f726700`;
const matrixKey = longTermKey(nodeCrypto, 'sha256', { username: 'マトリックス', realm: 'example.org', password: 'TheMatrIX' });

test('RFC 8489 §B.1: the printed length is wrong and refused, though the key fits the printed HMAC', () => {
  const printed = hex(`0001009c 2112a442 78ad3433 c6ad72c0 29da412e ${userhashToRealm}
    001c0020 e4686c8f 0edeb590 13e07090 010a93ef ccbccc54 4c0a45d9 f830aa6d 6f735a01`);
  assert.deepEqual(parseStunMessage(printed), { ok: false, code: 'LENGTH_MISMATCH', at: 2 });
  assert.ok(matrixKey);
  const hmac = nodeCrypto.hmacSha256(matrixKey, [printed.subarray(0, -36)]);
  assert.deepEqual(Uint8Array.from(hmac), printed.subarray(-32));
});

test('RFC 8489 §B.1 as erratum 6268 corrects it (PASSWORD-ALGORITHM added), read and written', () => {
  const corrected = hex(`00010090 2112a442 78ad3433 c6ad72c0 29da412e ${userhashToRealm} 001d0004 00020000
    001c0020 b5c7bf00 5b6c52a2 1c51c5e8 92f81924 136296cb 927c4314 9309278c c6518e65`);
  const hash = userhash(nodeCrypto, 'マトリックス', 'example.org');
  assert.ok(hash && matrixKey);
  assert.deepEqual(parsed(corrected).value(stunAttribute.userhash), Uint8Array.from(hash));
  assert.ok(verifyMessageIntegrity(parsed(corrected), 'sha256', matrixKey, nodeCrypto));

  const builder = new MessageBuilder(new Uint8Array(200)).begin('request', 1, hex('78ad3433c6ad72c029da412e'));
  builder.attribute(stunAttribute.userhash, hash);
  writeText(builder, 'nonce', 'obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA');
  writeText(builder, 'realm', 'example.org');
  writePasswordAlgorithm(builder, 'sha256');
  writeMessageIntegrity(builder, 'sha256', matrixKey, nodeCrypto);
  assert.deepEqual(builder.finish(), corrected);
});
