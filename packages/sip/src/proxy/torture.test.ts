import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSipMessage } from '../message/check-sip-message.ts';
import { parseSipMessage } from '../message/parse-sip-message.ts';
import { tortureMessages } from '../torture/test-torture-messages.ts';
import { describe, flowWith, TestProxy } from './test-proxy.ts';

test('torture messages get what RFC 4475 and RFC 5118 want of a proxy', () => {
  let judged = 0;
  for (const { name, section, bytes, proxy: outcome } of tortureMessages) {
    const message = parseSipMessage(bytes);
    if (message.kind !== 'request' || message.method === 'ACK' || checkSipMessage(message) !== undefined) continue;
    const proxy = new TestProxy({ flowTo: () => flowWith('192.0.2.2') });
    proxy.core.handle({ kind: 'received', message, flow: flowWith('192.0.2.1') }, proxy.now);
    const outputs = proxy.drain();
    judged += 1;
    const [first] = outputs;
    assert.ok(outputs.length === 1 && first?.kind === 'send', `${name} (${section}): ${describe(outputs)}`);
    if (typeof outcome === 'number') assert.ok(first.message.kind === 'response' && first.message.status === outcome, `${name} (${section}): ${describe(outputs)}`);
    else assert.equal(first.message.kind, 'request', `${name} (${section}): ${describe(outputs)}`);
  }
  assert.ok(judged >= 20, `${judged} messages`);
});
