import assert from 'node:assert/strict';
import { test } from 'node:test';
import { responseTo } from '../message/response-to.ts';
import type { InviteCommand } from './user-agent-command.ts';
import { sdp, textOf, TwoAgents } from './test-agents.ts';

/** Alice has called, Bob has answered, the ACK is there. */
function answered(agents: TwoAgents, call: Partial<InviteCommand> = {}): string {
  agents.call(call);
  agents.pass(20);
  const { sessionId } = agents.event('bob', 'incoming');
  agents.do('bob', { kind: 'accept', sessionId, description: sdp('answer') });
  agents.pass(50);
  agents.event('alice', 'answered');
  agents.event('bob', 'acknowledged');
  agents.steps();
  return sessionId;
}

test('a change goes by re-INVITE, either way; refused, the session goes on (RFC 3261 §14)', () => {
  const agents = new TwoAgents();
  const sessionId = answered(agents);
  agents.do('bob', { kind: 'offer', sessionId, description: sdp('hold') });
  agents.pass(20);
  const offered = agents.event('alice', 'offerReceived');
  assert.equal(textOf(offered.description), 'hold');
  agents.do('alice', { kind: 'answerOffer', sessionId: 'a', description: sdp('held') });
  agents.pass(20);
  assert.equal(textOf(agents.event('bob', 'answerReceived').description), 'held');
  agents.do('alice', { kind: 'offer', sessionId: 'a', description: sdp('strange codec') });
  agents.pass(20);
  agents.event('bob', 'offerReceived');
  agents.do('bob', { kind: 'refuseOffer', sessionId, status: 488, headers: [['Warning', '305 b.example.com "Incompatible media format"']] });
  agents.pass(20);
  const refused = agents.event('alice', 'offerRefused');
  assert.deepEqual([refused.status, refused.response?.headers.first('Warning')], [488, '305 b.example.com "Incompatible media format"']);
  assert.deepEqual(agents.steps(), ['bob > INVITE', 'alice > 200 INVITE', 'bob > ACK', 'alice > INVITE', 'bob > 488 INVITE', 'alice > ACK']);
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.assertNothingLeft();
});

test('a re-INVITE without offer asks for one, and answers it in the ACK', () => {
  const agents = new TwoAgents();
  const sessionId = answered(agents);
  agents.do('alice', { kind: 'offer', sessionId: 'a' });
  agents.pass(20);
  agents.event('bob', 'offerWanted');
  agents.do('bob', { kind: 'answerOffer', sessionId, description: sdp('offer of bob') });
  agents.pass(20);
  assert.equal(textOf(agents.event('alice', 'offerReceived').description), 'offer of bob');
  agents.do('alice', { kind: 'answerOffer', sessionId: 'a', description: sdp('answer of alice') });
  agents.pass(20);
  assert.equal(textOf(agents.event('bob', 'answerReceived').description), 'answer of alice');
  assert.deepEqual(agents.steps(), ['alice > INVITE', 'bob > 200 INVITE', 'alice > ACK']);
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.assertNothingLeft();
});

test('offers that cross are both refused with 491 and made again, the callee first (RFC 3261 §14.1)', () => {
  const agents = new TwoAgents();
  const sessionId = answered(agents);
  agents.do('alice', { kind: 'offer', sessionId: 'a', description: sdp('of alice') });
  agents.do('bob', { kind: 'offer', sessionId, description: sdp('of bob') });
  agents.pass(60);
  assert.deepEqual(agents.steps(), ['alice > INVITE', 'bob > INVITE', 'bob > 491 INVITE', 'alice > 491 INVITE', 'alice > ACK', 'bob > ACK']);
  agents.pass(2000);
  assert.equal(textOf(agents.event('alice', 'offerReceived').description), 'of bob');
  agents.do('alice', { kind: 'answerOffer', sessionId: 'a', description: sdp('to bob') });
  agents.pass(2100);
  assert.equal(textOf(agents.event('bob', 'offerReceived').description), 'of alice');
  agents.do('bob', { kind: 'answerOffer', sessionId, description: sdp('to alice') });
  agents.pass(100);
  assert.equal(textOf(agents.event('alice', 'answerReceived').description), 'to alice');
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.assertNothingLeft();
});

test('of changes that have to wait the latest is made', () => {
  const agents = new TwoAgents();
  const sessionId = answered(agents);
  for (const change of ['first', 'second', 'third']) agents.do('alice', { kind: 'offer', sessionId: 'a', description: sdp(change) });
  const seen: Array<string | undefined> = [];
  for (let round = 0; round < 2; round += 1) {
    agents.pass(20);
    seen.push(textOf(agents.event('bob', 'offerReceived').description));
    agents.do('bob', { kind: 'answerOffer', sessionId, description: sdp('yes') });
    agents.pass(50);
  }
  assert.deepEqual(seen, ['first', 'third']);
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.assertNothingLeft();
});

test('a change that a peer knows no dialog for ends the session with BYE', () => {
  const agents = new TwoAgents();
  const sessionId = answered(agents);
  agents.passes = (from, message) => from === 'alice' || message.kind === 'response';
  agents.do('bob', { kind: 'end', sessionId });
  agents.do('alice', { kind: 'offer', sessionId: 'a', description: sdp('anybody there?') });
  agents.pass(100);
  assert.equal(agents.event('alice', 'ended').end.cause, 'dialogLost');
  agents.assertNothingLeft();
});

test('INFO is passed on both ways, OPTIONS in a dialog answered, requests out of order refused with 500', () => {
  const agents = new TwoAgents();
  const sessionId = answered(agents);
  agents.do('alice', { kind: 'info', sessionId: 'a', requestId: 'digit 5', contentType: 'application/dtmf-relay', body: new TextEncoder().encode('Signal=5\r\nDuration=160\r\n') });
  agents.pass(20);
  const info = agents.event('bob', 'infoReceived');
  assert.deepEqual([info.sessionId, info.contentType, new TextDecoder().decode(info.body)], [sessionId, 'application/dtmf-relay', 'Signal=5\r\nDuration=160\r\n']);
  const ended = agents.event('alice', 'requestEnded');
  assert.deepEqual([ended.requestId, ended.status], ['digit 5', 200]);
  const sent = agents.latest('INFO');
  const again = (method: string, sequence: number, branch: string): string => `${method} sip:192.0.2.2:5060 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK${branch}
From: ${sent.headers.first('From')}
To: ${sent.headers.first('To')}
Call-ID: ${sent.headers.first('Call-ID')}
CSeq: ${sequence} ${method}

`;
  const sequence = Number.parseInt(sent.headers.first('CSeq') ?? '', 10);
  agents.steps();
  agents.receive('bob', again('OPTIONS', sequence + 1, 'o'));
  agents.receive('bob', again('INFO', sequence, 'i'));
  agents.receive('bob', again('MESSAGE', sequence + 2, 'm'));
  agents.receive('bob', again('PRACK', sequence + 3, 'p'));
  assert.deepEqual(agents.steps(), ['bob > 200 OPTIONS', 'bob > 500 INFO', 'bob > 405 MESSAGE', 'bob > 481 PRACK']);
  agents.do('bob', { kind: 'end', sessionId });
  agents.assertNothingLeft();
});

test('who refreshes a session does so at half its time, by UPDATE; nobody is told (RFC 4028)', () => {
  const agents = new TwoAgents();
  answered(agents, { sessionTimer: { intervalSeconds: 1800, refresher: 'us' } });
  assert.equal(agents.latest('200 INVITE').headers.first('Session-Expires'), '1800;refresher=uac');
  assert.equal(agents.latest('200 INVITE').headers.first('Require'), 'timer');
  agents.pass(4_000_000);
  assert.deepEqual(agents.steps(), ['alice > UPDATE', 'bob > 200 UPDATE', 'alice > UPDATE', 'bob > 200 UPDATE', 'alice > UPDATE', 'bob > 200 UPDATE', 'alice > UPDATE', 'bob > 200 UPDATE']);
  assert.deepEqual([agents.events('alice'), agents.events('bob')], [[], []]);
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.assertNothingLeft();
});

test('a session that nobody refreshes any more is hung up before its time is over', () => {
  const agents = new TwoAgents();
  answered(agents, { sessionTimer: { intervalSeconds: 90, refresher: 'peer' } });
  agents.passes = (from) => from === 'alice';
  agents.pass(90_000);
  // 90 s less a third for who waits; the refresher knows after 64·T1 that nobody answers.
  assert.deepEqual([agents.event('alice', 'ended').end.cause, agents.event('bob', 'ended').end.cause], ['expired', 'expired']);
  agents.assertNothingLeft();
});

test('an interval that is too short is refused with 422, and asked for again as long as it has to be', () => {
  const agents = new TwoAgents({ minSessionSeconds: 600 });
  agents.call({ sessionTimer: { intervalSeconds: 90 } });
  agents.pass(100);
  assert.deepEqual(agents.steps(), ['alice > INVITE', 'bob > 422 INVITE', 'alice > ACK', 'alice > INVITE']);
  const invite = agents.latest('INVITE');
  assert.deepEqual([invite.headers.first('Session-Expires'), invite.headers.first('Min-SE')], ['600', '600']);
  agents.pass(200);
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.assertNothingLeft();
});

test('a refresh that is refused is tried again in time, by re-INVITE where UPDATE is not known', () => {
  const agents = new TwoAgents();
  const sessionId = answered(agents, { sessionTimer: { intervalSeconds: 600, refresher: 'us' } });
  const refuse = (method: string, status: number): void => {
    const request = agents.latest(method);
    assert.ok(request.kind === 'request');
    agents.receive('alice', responseTo(request, status));
  };
  agents.passes = (from, message) => from === 'bob' || message.kind === 'response' || message.method !== 'UPDATE';
  agents.pass(300_000);
  refuse('UPDATE', 500);
  agents.pass(160_000);
  refuse('UPDATE', 405);
  agents.pass(20);
  agents.do('bob', { kind: 'answerOffer', sessionId, description: sdp('as before') });
  agents.pass(100);
  assert.deepEqual([textOf(agents.event('bob', 'offerReceived').description), agents.latest('200 INVITE').headers.first('Session-Expires')], ['offer', '600;refresher=uac']);
  agents.do('bob', { kind: 'end', sessionId });
  agents.assertNothingLeft();
});
