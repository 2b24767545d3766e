import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  answerBinding,
  type BindingContext,
  checkFingerprint,
  MessageBuilder,
  parseStunMessage,
  parseTransportAddress,
  readAddress,
  readErrorCode,
  readUnknownAttributes,
  readXorAddress,
  stunAttribute,
  type StunMessage,
  writeChangeRequest,
  writeFingerprint,
} from './index.ts';

const [source, local, other] = ['192.0.2.1:4000', '198.51.100.1:3478', '198.51.100.1:3479'].map((text) => parseTransportAddress(text));
assert.ok(source && local && other);
const id = Uint8Array.from({ length: 12 }, (_, index) => index);

function parsed(bytes: Uint8Array): StunMessage {
  const result = parseStunMessage(bytes);
  assert.ok(result.ok);
  return result.value;
}

function ask(context: BindingContext, write: (builder: MessageBuilder) => void = () => undefined, messageClass: 'request' | 'indication' = 'request', method = 1) {
  const builder = new MessageBuilder(new Uint8Array(200)).begin(messageClass, method, id);
  write(builder);
  const answer = answerBinding(parsed(builder.finish()), context, new MessageBuilder(new Uint8Array(256)));
  return answer === undefined ? undefined : { message: parsed(answer.bytes), fromOther: answer.fromOther };
}

test('a Binding request learns its reflexive address; with two ports also where the server is', () => {
  const plain = ask({ source, software: 'dialplane' });
  assert.ok(plain);
  assert.deepEqual([plain.message.messageClass, plain.message.transactionId, plain.fromOther], ['success', id, false]);
  assert.deepEqual(readXorAddress(plain.message, stunAttribute.xorMappedAddress), source);
  assert.deepEqual(plain.message.attributeTypes(), [stunAttribute.xorMappedAddress, stunAttribute.software]);
  const both = ask({ source, local, other });
  assert.deepEqual(both && [readAddress(both.message, stunAttribute.responseOrigin), readAddress(both.message, stunAttribute.otherAddress)], [local, other]);
});

test('FINGERPRINT is answered with FINGERPRINT, a wrong one not at all', () => {
  const answer = ask({ source }, writeFingerprint);
  assert.equal(answer && checkFingerprint(answer.message), 'valid');
  assert.equal(ask({ source }, (builder) => builder.uint32(stunAttribute.fingerprint, 1)), undefined);
});

test('indications and other methods get no answer', () => {
  assert.equal(ask({ source }, undefined, 'indication'), undefined);
  assert.equal(ask({ source }, undefined, 'request', 3), undefined);
});

test('unknown comprehension-required attributes are listed in a 420', () => {
  const answer = ask({ source }, (builder) => builder.uint32(0x7001, 0).uint32(0x8001, 0).uint32(0x7002, 0));
  assert.ok(answer);
  assert.equal(readErrorCode(answer.message)?.code, 420);
  assert.deepEqual(readUnknownAttributes(answer.message), [0x7001, 0x7002]);
});

test('CHANGE-REQUEST: another port where there is one, another address never', () => {
  const port = (builder: MessageBuilder): void => writeChangeRequest(builder, { changeIp: false, changePort: true });
  const granted = ask({ source, local, other }, port);
  assert.equal(granted?.fromOther, true);
  assert.deepEqual(granted && readAddress(granted.message, stunAttribute.responseOrigin), other);
  const refused = [ask({ source, local }, port), ask({ source, local, other }, (builder) => writeChangeRequest(builder, { changeIp: true, changePort: false }))];
  for (const answer of refused) {
    assert.deepEqual(answer && [readErrorCode(answer.message)?.code, readUnknownAttributes(answer.message), answer.fromOther], [420, [stunAttribute.changeRequest], false]);
  }
});
