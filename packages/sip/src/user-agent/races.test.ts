import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sdp, textOf, TwoAgents } from './test-agents.ts';

/** Bob is called; with `answered` he has accepted, and the ACK is there. */
function called(agents: TwoAgents, state: 'ringing' | 'answered'): string {
  agents.call();
  agents.pass(20);
  const { sessionId } = agents.event('bob', 'incoming');
  if (state === 'answered') agents.do('bob', { kind: 'accept', sessionId, description: sdp('answer') });
  agents.pass(50);
  agents.steps();
  return sessionId;
}

test('the INVITE comes again after the 200: it is absorbed (RFC 5407 §3.1.1)', () => {
  const agents = new TwoAgents();
  const sessionId = called(agents, 'answered');
  agents.receive('bob', agents.latest('INVITE'));
  assert.deepEqual(agents.steps(), []);
  agents.do('bob', { kind: 'end', sessionId });
  agents.assertNothingLeft();
});

test('a re-INVITE overtakes the ACK: it is answered, and the ACK still counts (RFC 5407 §3.1.4)', () => {
  const agents = new TwoAgents();
  let lost = 0;
  agents.passes = (_from, message) => message.kind === 'response' || message.method !== 'ACK' || (lost += 1) > 1;
  agents.call();
  agents.pass(20);
  const { sessionId } = agents.event('bob', 'incoming');
  agents.do('bob', { kind: 'accept', sessionId, description: sdp('answer') });
  agents.pass(20);
  agents.do('alice', { kind: 'offer', sessionId: 'a', description: sdp('change') });
  agents.pass(20);
  assert.equal(textOf(agents.event('bob', 'offerReceived').description), 'change');
  agents.do('bob', { kind: 'answerOffer', sessionId, description: sdp('changed') });
  agents.pass(2000);
  assert.equal(textOf(agents.event('alice', 'answerReceived').description), 'changed');
  agents.event('bob', 'acknowledged');
  assert.deepEqual(agents.steps(), ['alice > INVITE', 'bob > 200 INVITE', 'alice × ACK', 'alice > INVITE', 'bob > 200 INVITE', 'alice > ACK', 'bob > 200 INVITE', 'alice > ACK']);
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.assertNothingLeft();
});

test('BYE overtakes the ACK: the 200 is not repeated any more (RFC 5407 §3.1.5)', () => {
  const agents = new TwoAgents();
  agents.passes = (_from, message) => message.kind === 'response' || message.method !== 'ACK';
  agents.call();
  agents.pass(20);
  agents.do('bob', { kind: 'accept', sessionId: agents.event('bob', 'incoming').sessionId, description: sdp('answer') });
  agents.pass(20);
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.pass(10_000);
  assert.deepEqual(agents.steps(), ['alice > INVITE', 'bob > 200 INVITE', 'alice × ACK', 'alice > BYE', 'bob > 200 BYE']);
  assert.equal(agents.event('bob', 'ended').end.cause, 'hungUp');
  agents.assertNothingLeft();
});

test('both hang up at once (RFC 5407 §3.2.1)', () => {
  const agents = new TwoAgents();
  const sessionId = called(agents, 'answered');
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.do('bob', { kind: 'end', sessionId });
  agents.pass(100);
  assert.deepEqual(agents.steps().toSorted(), ['alice > 481 BYE', 'alice > BYE', 'bob > 481 BYE', 'bob > BYE']);
  assert.deepEqual([agents.event('alice', 'ended').end.by, agents.event('bob', 'ended').end.by], ['local', 'local']);
  agents.assertNothingLeft();
});

test('a re-INVITE meets a dialog that was just hung up: 481, and its sender is told of the BYE (RFC 5407 §3.2.2)', () => {
  const agents = new TwoAgents();
  const sessionId = called(agents, 'answered');
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.do('bob', { kind: 'offer', sessionId, description: sdp('change') });
  agents.pass(1000);
  assert.deepEqual(agents.steps(), ['alice > BYE', 'bob > INVITE', 'bob > 200 BYE', 'alice > 481 INVITE', 'bob > ACK']);
  assert.deepEqual(agents.events('bob').map((event) => event.kind), ['acknowledged', 'ended']);
  agents.assertNothingLeft();
});

test('the 200 of a re-INVITE comes after the BYE: it is acknowledged (RFC 5407 §3.2.3)', () => {
  const agents = new TwoAgents();
  const sessionId = called(agents, 'answered');
  agents.do('alice', { kind: 'offer', sessionId: 'a', description: sdp('change') });
  agents.pass(20);
  agents.do('bob', { kind: 'answerOffer', sessionId, description: sdp('changed') });
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.pass(1000);
  const steps = agents.steps();
  assert.ok(steps.includes('alice > ACK'), steps.join(', '));
  assert.deepEqual([agents.event('alice', 'ended').end.cause, agents.event('bob', 'ended').end.cause], ['hungUp', 'hungUp']);
  agents.assertNothingLeft();
});

test('the 200 of a re-INVITE that crosses the BYE is lost: it is repeated until it is acknowledged, or for 64·T1 (RFC 3261 §13.3.1.4)', () => {
  const crossing = (hasAck: boolean): TwoAgents => {
    const agents = new TwoAgents();
    const sessionId = called(agents, 'answered');
    let lost = 0;
    agents.passes = (from, message) => {
      if (message.kind === 'response' && message.status === 200 && from === 'bob' && /INVITE/.test(message.headers.first('CSeq') ?? '')) return (lost += 1) > 2;
      return hasAck || message.kind === 'response' || message.method !== 'ACK';
    };
    agents.do('alice', { kind: 'offer', sessionId: 'a', description: sdp('change') });
    agents.pass(20);
    agents.do('bob', { kind: 'answerOffer', sessionId, description: sdp('changed') });
    agents.do('alice', { kind: 'end', sessionId: 'a' });
    agents.pass(40_000);
    return agents;
  };
  const answers = (agents: TwoAgents): number => agents.steps().filter((step) => step.endsWith('200 INVITE')).length;
  const acknowledged = crossing(true);
  assert.equal(answers(acknowledged), 3);
  acknowledged.assertNothingLeft();
  const silent = crossing(false);
  assert.equal(answers(silent), 11, 'after 0.5, 1, 2 and then each 4 seconds');
  silent.assertNothingLeft();
});

test('an UPDATE meets a re-INVITE whose offer is not answered: 500, to come again (RFC 6337 §4.3)', () => {
  const agents = new TwoAgents();
  const sessionId = called(agents, 'answered');
  agents.do('alice', { kind: 'offer', sessionId: 'a', description: sdp('change') });
  agents.pass(20);
  const invite = agents.latest('INVITE');
  agents.receive('bob', `UPDATE sip:192.0.2.2:5060 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKupdate
From: ${invite.headers.first('From')}
To: ${invite.headers.first('To')}
Call-ID: ${invite.headers.first('Call-ID')}
CSeq: 9999999 UPDATE
Contact: <sip:alice@192.0.2.1>
Content-Type: application/sdp
Content-Length: 9

v=0 other`);
  assert.deepEqual(agents.steps().slice(1), ['bob > 500 UPDATE']);
  assert.match(agents.latest('500 UPDATE').headers.first('Retry-After') ?? '', /^(?:\d|10)$/);
  agents.do('bob', { kind: 'answerOffer', sessionId, description: sdp('changed') });
  agents.pass(100);
  agents.do('bob', { kind: 'end', sessionId });
  agents.assertNothingLeft();
});

test('the peer cancels its re-INVITE: 487, and what was agreed before holds (RFC 3261 §14.2)', () => {
  const agents = new TwoAgents();
  const sessionId = called(agents, 'answered');
  agents.do('alice', { kind: 'offer', sessionId: 'a', description: sdp('change') });
  agents.pass(64_500);
  assert.deepEqual(agents.steps(), ['alice > INVITE', 'bob > 100 INVITE', 'alice > CANCEL', 'bob > 200 CANCEL', 'bob > 487 INVITE', 'alice > ACK']);
  assert.equal(agents.event('alice', 'offerRefused').status, 487);
  agents.do('bob', { kind: 'answerOffer', sessionId, description: sdp('too late') });
  agents.do('bob', { kind: 'offer', sessionId, description: sdp('of bob') });
  agents.pass(20);
  assert.equal(textOf(agents.event('alice', 'offerReceived').description), 'of bob');
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.assertNothingLeft();
});
