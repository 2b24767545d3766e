import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sdp, TwoAgents } from './test-agents.ts';

/** Alice has called, Bob has answered, the ACK is there. */
function answered(agents: TwoAgents, sessionId = 'a'): string {
  agents.call({ sessionId });
  agents.pass(20);
  const incoming = agents.event('bob', 'incoming');
  agents.do('bob', { kind: 'accept', sessionId: incoming.sessionId, description: sdp('answer') });
  agents.pass(50);
  agents.event('alice', 'answered');
  agents.event('bob', 'acknowledged');
  agents.steps();
  return incoming.sessionId;
}

test('a blind transfer is accepted, reported and over with a final status (RFC 3515, RFC 5589 §6)', () => {
  const agents = new TwoAgents();
  const sessionId = answered(agents);
  agents.do('alice', { kind: 'refer', sessionId: 'a', target: 'sip:carol@192.0.2.3', referredBy: '<sip:alice@192.0.2.1>' });
  agents.pass(20);
  const refer = agents.event('bob', 'referReceived');
  assert.deepEqual([refer.sessionId, refer.target, refer.replaces, refer.request.headers.first('Referred-By')], [sessionId, 'sip:carol@192.0.2.3', undefined, '<sip:alice@192.0.2.1>']);
  agents.do('bob', { kind: 'answerRefer', sessionId, referId: refer.referId, status: 202 });
  agents.do('bob', { kind: 'reportRefer', sessionId, referId: refer.referId, status: 180 });
  agents.do('bob', { kind: 'reportRefer', sessionId, referId: refer.referId, status: 486, reason: 'Besetzt' });
  agents.do('bob', { kind: 'reportRefer', sessionId, referId: refer.referId, status: 200 });
  agents.pass(50);
  assert.deepEqual(agents.events('alice'), [
    { kind: 'referProgressed', sessionId: 'a', status: 100, reason: 'Trying' },
    { kind: 'referProgressed', sessionId: 'a', status: 180, reason: 'Ringing' },
    { kind: 'referEnded', sessionId: 'a', status: 486, reason: 'Besetzt' },
  ]);
  const notify = agents.latest('NOTIFY');
  assert.deepEqual(['Event', 'Subscription-State', 'Content-Type'].map((name) => notify.headers.first(name)), [`refer;id=${refer.referId}`, 'terminated;reason=noresource', 'message/sipfrag;version=2.0']);
  assert.deepEqual(agents.steps(), ['alice > REFER', 'bob > 202 REFER', 'bob > NOTIFY', 'bob > NOTIFY', 'bob > NOTIFY', 'alice > 200 NOTIFY', 'alice > 200 NOTIFY', 'alice > 200 NOTIFY']);
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.assertNothingLeft();
});

test('a transfer is refused, wants no reports (RFC 4488), or is never heard of again', () => {
  const agents = new TwoAgents();
  const sessionId = answered(agents);
  agents.do('alice', { kind: 'refer', sessionId: 'a', target: 'sip:carol@192.0.2.3' });
  agents.pass(20);
  agents.do('bob', { kind: 'answerRefer', sessionId, referId: agents.event('bob', 'referReceived').referId, status: 603 });
  agents.pass(20);
  assert.deepEqual(agents.events('alice'), [{ kind: 'referEnded', sessionId: 'a', status: 603, reason: 'Decline' }]);
  agents.do('alice', { kind: 'refer', sessionId: 'a', target: 'sip:carol@192.0.2.3', headers: [['Refer-Sub', 'false']] });
  agents.pass(20);
  agents.do('bob', { kind: 'answerRefer', sessionId, referId: agents.event('bob', 'referReceived').referId, status: 202 });
  agents.pass(20);
  assert.deepEqual(agents.events('alice'), [{ kind: 'referEnded', sessionId: 'a', status: 0, reason: 'Accepted' }]);
  agents.do('alice', { kind: 'refer', sessionId: 'a', target: 'sip:carol@192.0.2.3' });
  agents.pass(20);
  agents.do('bob', { kind: 'answerRefer', sessionId, referId: agents.event('bob', 'referReceived').referId, status: 202 });
  agents.pass(200_000);
  assert.deepEqual(agents.events('alice').map((event) => (event.kind === 'referEnded' ? event.status : event.kind)), ['referProgressed', 408]);
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.assertNothingLeft();
});

test('REFER in words that cannot be read is refused with 400, beyond the limit with 503, outside of a dialog with 403', () => {
  const agents = new TwoAgents({ limits: { referrals: 1 } });
  const sessionId = answered(agents);
  agents.do('alice', { kind: 'refer', sessionId: 'a', target: 'sip:carol@192.0.2.3' });
  agents.pass(20);
  const sent = agents.latest('REFER');
  const refer = (sequence: number, referTo: string, to = sent.headers.first('To')): void =>
    agents.receive('bob', `REFER sip:192.0.2.2:5060 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKr${sequence}
From: ${sent.headers.first('From')}
To: ${to}
Call-ID: ${sent.headers.first('Call-ID')}
CSeq: ${sequence} REFER
${referTo}

`);
  agents.steps();
  refer(10_000_000, 'Refer-To: <sip:carol@192.0.2.3?Replaces=nonsense>');
  refer(10_000_001, 'Refer-To: <sip:carol@192.0.2.3>\nRefer-To: <sip:dave@192.0.2.3>');
  refer(10_000_002, 'Subject: no Refer-To');
  refer(10_000_003, 'Refer-To: <sip:carol@192.0.2.3>');
  refer(10_000_004, 'Refer-To: <sip:carol@192.0.2.3>', '<sip:bob@192.0.2.2>');
  assert.deepEqual(agents.steps(), ['bob > 400 REFER', 'bob > 400 REFER', 'bob > 400 REFER', 'bob > 503 REFER', 'bob > 403 REFER']);
  agents.do('bob', { kind: 'end', sessionId });
  agents.assertNothingLeft();
});

test('a call takes over another one (RFC 3891): the replaced session ends, as if hung up', () => {
  const agents = new TwoAgents();
  const first = answered(agents);
  agents.call({ sessionId: 'a2', replacesSessionId: 'a' });
  agents.pass(20);
  const incoming = agents.event('bob', 'incoming');
  assert.equal(incoming.replacesSessionId, first);
  assert.equal(agents.latest('INVITE').headers.first('Require'), 'replaces');
  agents.do('bob', { kind: 'accept', sessionId: incoming.sessionId, description: sdp('answer') });
  agents.pass(100);
  assert.deepEqual(agents.events('bob').map((event) => (event.kind === 'ended' ? `${event.sessionId === first ? 'first' : 'second'} ${event.end.cause}` : event.kind)), ['first replaced', 'acknowledged']);
  assert.deepEqual(agents.events('alice').map((event) => event.kind), ['answered', 'ended']);
  agents.do('alice', { kind: 'end', sessionId: 'a2' });
  agents.assertNothingLeft();
});

test('an attended transfer names the other dialog, in which the one who is referred to finds the session to replace (RFC 5589 §7)', () => {
  const agents = new TwoAgents();
  const first = answered(agents);
  const second = answered(agents, 'a2');
  agents.do('alice', { kind: 'refer', sessionId: 'a', target: 'sip:bob@192.0.2.2', replacesSessionId: 'a2' });
  agents.pass(20);
  const refer = agents.event('bob', 'referReceived');
  assert.deepEqual([refer.sessionId, refer.replacesSessionId, refer.target], [first, second, 'sip:bob@192.0.2.2']);
  agents.do('bob', { kind: 'answerRefer', sessionId: first, referId: refer.referId, status: 202 });
  agents.do('bob', { kind: 'reportRefer', sessionId: first, referId: refer.referId, status: 200 });
  agents.pass(50);
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.do('alice', { kind: 'end', sessionId: 'a2' });
  agents.assertNothingLeft();
});

test('Replaces that names no dialog is 481, an early one of the callee too; early-only of an answered one is 486', () => {
  const agents = new TwoAgents();
  const first = answered(agents);
  const ack = agents.latest('ACK');
  const tag = (name: string): string => ack.headers.first(name)?.split('tag=')[1] ?? '';
  const replace = (value: string): void => {
    agents.call({ sessionId: 'r', headers: [['Replaces', value]] });
    agents.pass(100);
    agents.event('alice', 'ended');
  };
  agents.steps();
  replace('nothing;to-tag=1;from-tag=2');
  replace(`${ack.headers.first('Call-ID')};to-tag=${tag('To')};from-tag=${tag('From')};early-only`);
  replace('no tags');
  agents.call({ sessionId: 'ringing' });
  agents.pass(300);
  agents.do('bob', { kind: 'progress', sessionId: agents.event('bob', 'incoming').sessionId, status: 180 });
  agents.pass(20);
  const ringing = agents.latest('180 INVITE');
  const tagOf = (name: string): string => ringing.headers.first(name)?.split('tag=')[1] ?? '';
  replace(`${ringing.headers.first('Call-ID')};to-tag=${tagOf('To')};from-tag=${tagOf('From')}`);
  assert.deepEqual(agents.steps().filter((step) => step.startsWith('bob')), ['bob > 481 INVITE', 'bob > 486 INVITE', 'bob > 400 INVITE', 'bob > 100 INVITE', 'bob > 180 INVITE', 'bob > 481 INVITE']);
  agents.do('alice', { kind: 'end', sessionId: 'ringing' });
  agents.do('bob', { kind: 'end', sessionId: first });
  agents.assertNothingLeft();
});
