import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyOf } from '../message/copy-of.ts';
import { sdp, TwoAgents } from './test-agents.ts';

/** What Bob answers to a request out of the blue: status, and the values of these header fields. */
function answerTo(method: string, more: string, uri = 'sip:bob@192.0.2.2', headers: readonly string[] = []): ReadonlyArray<string | number | undefined> {
  const agents = new TwoAgents({ product: 'test' });
  agents.receive('bob', `${method} ${uri} SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1
Max-Forwards: 70
From: <sip:alice@192.0.2.1>;tag=1
To: <sip:bob@192.0.2.2>${more.includes('in a dialog') ? ';tag=2' : ''}
Call-ID: 1
CSeq: 1 ${method}
${more}
`.replace('in a dialog\n', ''));
  const [response] = agents.messages;
  if (response === undefined) return [];
  assert.ok(response.kind === 'response');
  assert.match(response.headers.first('To') ?? '', /;tag=/);
  return [response.status, ...headers.map((name) => response.headers.first(name))];
}

test('OPTIONS tells what we can, with or without a call', () => {
  assert.deepEqual(answerTo('OPTIONS', '', undefined, ['Allow', 'Accept', 'Supported', 'Server']), [200, 'INVITE', 'application/sdp', '100rel', 'test']);
});

test('methods, schemes and extensions that are none of ours are refused each in its way (RFC 3261 §8.2)', () => {
  assert.deepEqual(answerTo('MESSAGE', '', undefined, ['Allow']), [405, 'INVITE']);
  assert.deepEqual(answerTo('NEWMETHOD', '', undefined, ['Allow']), [501, 'INVITE']);
  assert.deepEqual(answerTo('SUBSCRIBE', 'Event: presence\n', undefined, ['Allow-Events']), [489, 'refer']);
  assert.deepEqual(answerTo('OPTIONS', '', 'mailto:bob@example.com'), [416]);
  assert.deepEqual(answerTo('OPTIONS', 'Require: nothingSIPpy, 100rel, resource-priority\n', undefined, ['Unsupported']), [420, 'nothingsippy']);
  assert.deepEqual(answerTo('BYE', 'in a dialog\n'), [481]);
  assert.deepEqual(answerTo('CANCEL', ''), [481]);
  assert.deepEqual(answerTo('NOTIFY', 'Event: refer\n'), [481]);
  assert.deepEqual(answerTo('ACK', 'in a dialog\n'), []);
});

test('an INVITE whose content or header fields are of no use is refused (RFC 3261 §8.2.3, §13.3.1)', () => {
  const contact = 'Contact: <sip:alice@192.0.2.1>\n';
  assert.deepEqual(answerTo('INVITE', 'Contact: nonsense\n'), [400]);
  assert.deepEqual(answerTo('INVITE', `${contact}Accept: text/plain\n`, undefined, ['Accept']), [406, 'application/sdp']);
  assert.deepEqual(answerTo('INVITE', `${contact}Content-Type: application/isup\nContent-Length: 3\n\nabc`, undefined, ['Accept']), [415, 'application/sdp']);
  assert.deepEqual(answerTo('INVITE', `${contact}Content-Type: application/sdp\nContent-Encoding: gzip\nContent-Length: 3\n\nabc`, undefined, ['Accept-Encoding']), [415, 'identity']);
  assert.deepEqual(answerTo('INVITE', `${contact}Supported: timer\nSession-Expires: 30\n`, undefined, ['Min-SE']), [422, '90']);
  assert.deepEqual(answerTo('OPTIONS', 'CSeq: 2 OPTIONS\n'), [400]);
});

test('the same INVITE by another way is a loop: 482 (RFC 3261 §8.2.2.2)', () => {
  const agents = new TwoAgents();
  agents.call();
  agents.pass(20);
  const invite = copyOf(agents.latest('INVITE'));
  invite.headers.set('Via', 'SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bKother');
  agents.steps();
  agents.receive('bob', invite);
  assert.deepEqual(agents.steps(), ['bob > 482 INVITE']);
  agents.pass(300);
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.assertNothingLeft();
});

test('calls beyond the limit are answered 503 with Retry-After', () => {
  const agents = new TwoAgents({ limits: { sessions: 1 } });
  agents.call();
  agents.pass(300);
  agents.alice.handle({ kind: 'invite', sessionId: 'a2', route: { flow: agents.flowOf('alice') }, uri: 'sip:bob@192.0.2.2', from: '<sip:carol@192.0.2.1>', contact: 'sip:carol@192.0.2.1', description: sdp('offer') }, agents.now);
  agents.do('alice', { kind: 'end', sessionId: 'nobody' });
  agents.pass(100);
  const { end } = agents.event('alice', 'ended');
  assert.deepEqual([end.status, end.retryAfterSeconds], [503, 10]);
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.assertNothingLeft();
});
