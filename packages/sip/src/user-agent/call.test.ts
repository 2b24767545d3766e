import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sdp, textOf, TwoAgents } from './test-agents.ts';

/** Alice has called, Bob has answered, the ACK is there. */
function answered(agents: TwoAgents): string {
  agents.call();
  agents.pass(20);
  const { sessionId } = agents.event('bob', 'incoming');
  agents.do('bob', { kind: 'accept', sessionId, description: sdp('answer') });
  agents.pass(50);
  agents.event('alice', 'answered');
  agents.event('bob', 'acknowledged');
  agents.steps();
  return sessionId;
}

test('a call is offered, rings, is answered, acknowledged and hung up (RFC 3665 §3.1)', () => {
  const agents = new TwoAgents();
  agents.call();
  agents.pass(20);
  const incoming = agents.event('bob', 'incoming');
  assert.equal(textOf(incoming.description), 'offer');
  agents.do('bob', { kind: 'progress', sessionId: incoming.sessionId, status: 180 });
  agents.pass(1000);
  const progressed = agents.event('alice', 'progressed');
  assert.equal(progressed.response.status, 180);
  assert.equal(progressed.description, undefined);
  agents.do('bob', { kind: 'accept', sessionId: incoming.sessionId, description: sdp('answer') });
  agents.pass(1000);
  const answer = agents.event('alice', 'answered');
  assert.equal(answer.description?.kind, 'answer');
  assert.equal(textOf(answer.description?.bytes), 'answer');
  assert.equal(answer.earlyDialog, progressed.earlyDialog);
  assert.equal(agents.event('bob', 'acknowledged').description, undefined);
  agents.do('bob', { kind: 'end', sessionId: incoming.sessionId, reason: 'Q.850 ;cause=16 ;text="Normal call clearing"' });
  const ended = agents.event('bob', 'ended').end;
  assert.deepEqual([ended.by, ended.cause], ['local', 'hungUp']);
  agents.pass(1000);
  const { end } = agents.event('alice', 'ended');
  assert.deepEqual([end.by, end.cause, end.reasons], ['remote', 'hungUp', ['Q.850 ;cause=16 ;text="Normal call clearing"']]);
  assert.deepEqual(agents.steps(), ['alice > INVITE', 'bob > 180 INVITE', 'bob > 200 INVITE', 'alice > ACK', 'bob > BYE', 'alice > 200 BYE']);
  agents.assertNothingLeft();
  assert.deepEqual(agents.events('alice'), []);
  assert.deepEqual(agents.events('bob'), []);
});

test('without credentials a challenge is the end; busy, refused and redirected calls say so in the words of who refused', () => {
  const agents = new TwoAgents();
  agents.call();
  agents.pass(20);
  agents.do('bob', { kind: 'refuse', sessionId: agents.event('bob', 'incoming').sessionId, status: 486, reason: 'Besetzt', headers: [['Reason', 'Q.850 ;cause=17'], ['Retry-After', '30 (in a meeting)']] });
  agents.pass(1000);
  const { message, ...end } = agents.event('alice', 'ended').end;
  assert.equal(message?.kind, 'response');
  assert.deepEqual(end, { by: 'remote', cause: 'refused', status: 486, reasonPhrase: 'Besetzt', reasons: ['Q.850 ;cause=17'], retryAfterSeconds: 30 });
  agents.call();
  agents.pass(20);
  agents.do('bob', { kind: 'refuse', sessionId: agents.event('bob', 'incoming').sessionId, status: 302, headers: [['Contact', '<sip:carol@192.0.2.3>;q=0.7'], ['Contact', '<sip:dave@192.0.2.4>;q=0.1']] });
  agents.pass(1000);
  assert.deepEqual(agents.event('alice', 'ended').end.targets, ['<sip:carol@192.0.2.3>;q=0.7', '<sip:dave@192.0.2.4>;q=0.1']);
  assert.deepEqual(agents.steps(), ['alice > INVITE', 'bob > 486 INVITE', 'alice > ACK', 'alice > INVITE', 'bob > 302 INVITE', 'alice > ACK']);
  agents.assertNothingLeft();
});

test('a call that is not wanted any more is cancelled (RFC 3665 §3.8)', () => {
  const agents = new TwoAgents();
  agents.call();
  agents.pass(20);
  const { sessionId } = agents.event('bob', 'incoming');
  agents.do('bob', { kind: 'progress', sessionId, status: 180 });
  agents.pass(100);
  agents.do('alice', { kind: 'end', sessionId: 'a', reason: 'SIP ;cause=200 ;text="Call completed elsewhere"' });
  agents.pass(1000);
  const { message: _message, ...end } = agents.event('bob', 'ended').end;
  assert.deepEqual(end, { by: 'remote', cause: 'cancelled', reasons: ['SIP ;cause=200 ;text="Call completed elsewhere"'] });
  assert.deepEqual(agents.event('alice', 'ended').end, { by: 'local', cause: 'cancelled', status: 487, reasonPhrase: 'Request Terminated', reasons: [] });
  assert.deepEqual(agents.steps(), ['alice > INVITE', 'bob > 180 INVITE', 'alice > CANCEL', 'bob > 200 CANCEL', 'bob > 487 INVITE', 'alice > ACK']);
  agents.assertNothingLeft();
});

test('a CANCEL that was asked for early waits for the first provisional response', () => {
  const agents = new TwoAgents();
  agents.call();
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.pass(1000);
  assert.deepEqual(agents.steps(), ['alice > INVITE', 'bob > 100 INVITE', 'alice > CANCEL', 'bob > 200 CANCEL', 'bob > 487 INVITE', 'alice > ACK']);
  assert.equal(agents.event('alice', 'ended').end.by, 'local');
  agents.assertNothingLeft();
});

test('a 200 that crosses the CANCEL is acknowledged and hung up (RFC 5407 §3.1.2)', () => {
  const agents = new TwoAgents();
  agents.call();
  agents.pass(20);
  const { sessionId } = agents.event('bob', 'incoming');
  agents.do('bob', { kind: 'progress', sessionId, status: 180 });
  agents.pass(20);
  agents.do('bob', { kind: 'accept', sessionId, description: sdp('answer') });
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.pass(1000);
  assert.deepEqual(agents.steps().slice(2), ['bob > 200 INVITE', 'alice > CANCEL', 'alice > ACK', 'alice > BYE', 'bob > 200 CANCEL', 'bob > 200 BYE']);
  assert.deepEqual([agents.event('alice', 'ended').end.cause, agents.event('bob', 'ended').end.cause], ['cancelled', 'hungUp']);
  agents.assertNothingLeft();
});

test('nobody answers: after ringMs the call is cancelled and lost to the network; without any response after 32 seconds', () => {
  const agents = new TwoAgents();
  agents.call({ ringMs: 60_000 });
  agents.pass(59_000);
  assert.deepEqual(agents.events('alice'), []);
  agents.pass(2000);
  assert.deepEqual(agents.event('alice', 'ended').end, { by: 'network', cause: 'noResponse', status: 487, reasons: [], reasonPhrase: 'Request Terminated' });
  agents.passes = (from) => from === 'bob';
  agents.call();
  agents.pass(32_000);
  assert.deepEqual(agents.event('alice', 'ended').end, { by: 'network', cause: 'noResponse', status: 408, reasons: [] });
  agents.assertNothingLeft();
});

test('an INVITE without offer is offered in the 200 and answered in the ACK (RFC 3264 §4)', () => {
  const agents = new TwoAgents();
  agents.callWithoutOffer({ reliable: 'none' });
  agents.pass(20);
  const incoming = agents.event('bob', 'incoming');
  assert.equal(incoming.description, undefined);
  agents.do('bob', { kind: 'progress', sessionId: incoming.sessionId, status: 180, description: sdp('too early') });
  agents.do('bob', { kind: 'accept', sessionId: incoming.sessionId, description: sdp('offer') });
  agents.pass(600);
  const { description } = agents.event('alice', 'answered');
  assert.deepEqual([description?.kind, textOf(description?.bytes)], ['offer', 'offer']);
  agents.do('alice', { kind: 'answerOffer', sessionId: 'a', description: sdp('answer') });
  agents.pass(1000);
  assert.equal(textOf(agents.event('bob', 'acknowledged').description?.bytes), 'answer');
  assert.deepEqual(agents.steps(), ['alice > INVITE', 'bob > 180 INVITE', 'bob > 200 INVITE', 'bob > 200 INVITE', 'alice > ACK']);
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.assertNothingLeft();
});

test('an offer in the 200 that cannot be taken ends the call: ACK, then BYE', () => {
  const agents = new TwoAgents();
  agents.callWithoutOffer();
  agents.pass(20);
  agents.do('bob', { kind: 'accept', sessionId: agents.event('bob', 'incoming').sessionId, description: sdp('offer') });
  agents.pass(20);
  agents.do('alice', { kind: 'refuseOffer', sessionId: 'a', status: 488 });
  agents.pass(1000);
  assert.deepEqual(agents.steps().slice(2), ['alice > ACK', 'alice > BYE', 'bob > BYE', 'bob > 481 BYE', 'alice > 481 BYE']);
  assert.equal(agents.event('alice', 'ended').end.cause, 'noAgreement');
  assert.equal(agents.event('bob', 'ended').end.cause, 'noAgreement');
  agents.assertNothingLeft();
});

test('a 200 is sent again until its ACK is here, and each repetition is acknowledged', () => {
  for (const transport of ['udp', 'tcp'] as const) {
    const agents = new TwoAgents({ transport });
    let lost = 0;
    agents.passes = (_from, message) => message.kind === 'response' || message.method !== 'ACK' || (lost += 1) > 2;
    agents.call();
    agents.pass(20);
    agents.do('bob', { kind: 'accept', sessionId: agents.event('bob', 'incoming').sessionId, description: sdp('answer') });
    agents.pass(10_000);
    assert.deepEqual(agents.steps(), ['alice > INVITE', 'bob > 200 INVITE', 'alice × ACK', 'bob > 200 INVITE', 'alice × ACK', 'bob > 200 INVITE', 'alice > ACK']);
    agents.event('bob', 'acknowledged');
    agents.do('alice', { kind: 'end', sessionId: 'a' });
    agents.assertNothingLeft();
  }
});

test('without ACK the callee hangs up after 32 seconds; hanging up before waits for it (RFC 3261 §13.3.1.4, §15)', () => {
  const agents = new TwoAgents();
  agents.passes = (_from, message) => message.kind === 'response' || message.method !== 'ACK';
  agents.call();
  agents.pass(20);
  const { sessionId } = agents.event('bob', 'incoming');
  agents.do('bob', { kind: 'accept', sessionId, description: sdp('answer') });
  agents.do('bob', { kind: 'end', sessionId });
  agents.pass(31_000);
  assert.equal(agents.steps().includes('bob > BYE'), false);
  agents.pass(2000);
  assert.equal(agents.event('bob', 'ended').end.cause, 'notAcknowledged');
  assert.equal(agents.event('alice', 'ended').end.cause, 'hungUp');
  agents.assertNothingLeft();
});

test('BYE before the final response ends the INVITE with 487; after it, the repetition of the 200', () => {
  const agents = new TwoAgents();
  agents.call();
  agents.pass(20);
  const { sessionId } = agents.event('bob', 'incoming');
  agents.do('bob', { kind: 'progress', sessionId, status: 180 });
  agents.pass(20);
  const ringing = agents.latest('180 INVITE');
  const invite = agents.latest('INVITE');
  agents.receive('bob', `BYE sip:192.0.2.2:5060 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKearlybye
Max-Forwards: 70
From: ${invite.headers.first('From')}
To: ${ringing.headers.first('To')}
Call-ID: ${invite.headers.first('Call-ID')}
CSeq: 99999999 BYE

`);
  agents.pass(100);
  assert.deepEqual(agents.steps().slice(2), ['bob > 200 BYE', 'bob > 487 INVITE', 'alice > ACK']);
  assert.equal(agents.event('bob', 'ended').end.cause, 'hungUp');
  agents.assertNothingLeft();
});

test('a session goes on beside others, and a command for one that is over does nothing', () => {
  const agents = new TwoAgents();
  const first = answered(agents);
  agents.call({ sessionId: 'a2' });
  agents.pass(20);
  agents.do('bob', { kind: 'end', sessionId: first });
  agents.do('bob', { kind: 'end', sessionId: first });
  agents.pass(300);
  agents.do('alice', { kind: 'end', sessionId: 'a2' });
  agents.pass(100);
  assert.deepEqual(agents.events('alice').map((event) => ('sessionId' in event ? `${event.sessionId} ${event.kind}` : event.kind)), ['a ended', 'a2 ended']);
  agents.assertNothingLeft();
});

test('while it rings the provisional response is repeated every minute; the ringing ends when Expires says so, or after ten minutes', () => {
  const agents = new TwoAgents();
  agents.call({ ringMs: 900_000 });
  agents.pass(20);
  agents.do('bob', { kind: 'progress', sessionId: agents.event('bob', 'incoming').sessionId, status: 180 });
  agents.pass(150_000);
  assert.deepEqual(agents.steps(), ['alice > INVITE', 'bob > 180 INVITE', 'bob > 180 INVITE', 'bob > 180 INVITE']);
  agents.pass(460_000);
  assert.deepEqual(agents.steps().slice(-2), ['bob > 487 INVITE', 'alice > ACK']);
  assert.deepEqual([agents.event('bob', 'ended').end.cause, agents.event('alice', 'ended').end.status], ['noResponse', 487]);
  agents.call({ headers: [['Expires', '30']] });
  agents.pass(31_000);
  assert.equal(agents.event('bob', 'ended').end.cause, 'noResponse');
  agents.assertNothingLeft();
});
