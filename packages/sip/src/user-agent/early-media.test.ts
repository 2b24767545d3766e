import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sdp, textOf, TwoAgents } from './test-agents.ts';

test('early media in a 183 that nobody acknowledges is a preview; the answer is in the 200', () => {
  const agents = new TwoAgents();
  agents.call({ reliable: 'none' });
  agents.pass(20);
  const { sessionId } = agents.event('bob', 'incoming');
  agents.do('bob', { kind: 'progress', sessionId, status: 183, description: sdp('answer') });
  agents.pass(20);
  const progressed = agents.event('alice', 'progressed');
  assert.deepEqual([progressed.response.status, progressed.description?.kind, textOf(progressed.description?.bytes)], [183, 'preview', 'answer']);
  agents.do('bob', { kind: 'accept', sessionId });
  agents.pass(20);
  const { description } = agents.event('alice', 'answered');
  assert.deepEqual([description?.kind, textOf(description?.bytes)], ['answer', 'answer']);
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.assertNothingLeft();
});

test('a reliable 183 brings the answer; PRACK acknowledges it, and the 200 has none (RFC 3262)', () => {
  const agents = new TwoAgents();
  agents.call();
  agents.pass(20);
  const { sessionId } = agents.event('bob', 'incoming');
  agents.do('bob', { kind: 'progress', sessionId, status: 183, description: sdp('answer') });
  agents.do('bob', { kind: 'accept', sessionId, description: sdp('answer') });
  agents.pass(100);
  const progressed = agents.event('alice', 'progressed');
  assert.deepEqual([progressed.description?.kind, textOf(progressed.description?.bytes)], ['answer', 'answer']);
  assert.equal(agents.event('alice', 'answered').description, undefined);
  assert.deepEqual(agents.steps(), ['alice > INVITE', 'bob > 183 INVITE', 'alice > PRACK', 'bob > 200 PRACK', 'bob > 200 INVITE', 'alice > ACK']);
  assert.equal(agents.latest('200 INVITE').body.length, 0);
  assert.match(agents.latest('PRACK').headers.first('RAck') ?? '', new RegExp(`^${agents.latest('183 INVITE').headers.first('RSeq')} \\d+ INVITE$`));
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.assertNothingLeft();
});

test('a reliable response is sent again until PRACK comes, and its repetitions are no news; others wait for their turn', () => {
  const agents = new TwoAgents();
  let lost = 0;
  agents.passes = (_from, message) => message.kind === 'response' || message.method !== 'PRACK' || (lost += 1) > 1;
  agents.call({ reliable: 'required' });
  agents.pass(20);
  const { sessionId } = agents.event('bob', 'incoming');
  agents.do('bob', { kind: 'progress', sessionId, status: 180 });
  agents.do('bob', { kind: 'progress', sessionId, status: 183, description: sdp('answer') });
  agents.pass(3000);
  assert.deepEqual(agents.steps(), [
    'alice > INVITE', 'bob > 180 INVITE', 'alice × PRACK', 'bob > 180 INVITE', 'alice > PRACK', 'bob > 183 INVITE', 'bob > 200 PRACK', 'alice > PRACK', 'bob > 200 PRACK',
  ]);
  assert.deepEqual(agents.events('alice').map((event) => (event.kind === 'progressed' ? event.response.status : event.kind)), [180, 183]);
  agents.do('bob', { kind: 'refuse', sessionId, status: 486 });
  agents.assertNothingLeft();
});

test('without PRACK the call is refused with 504 after 32 seconds', () => {
  const agents = new TwoAgents();
  agents.passes = (_from, message) => message.kind === 'response' || message.method !== 'PRACK';
  agents.call();
  agents.pass(20);
  const { sessionId } = agents.event('bob', 'incoming');
  agents.do('bob', { kind: 'progress', sessionId, status: 183, description: sdp('answer') });
  agents.pass(33_000);
  const { end } = agents.event('bob', 'ended');
  assert.deepEqual([end.by, end.cause, end.status], ['network', 'notAcknowledged', 504]);
  assert.equal(agents.event('alice', 'ended').end.status, 504);
  agents.assertNothingLeft();
});

test('an offer in a reliable 183 is answered by PRACK (RFC 3262 §5)', () => {
  const agents = new TwoAgents();
  agents.callWithoutOffer();
  agents.pass(20);
  const { sessionId } = agents.event('bob', 'incoming');
  agents.do('bob', { kind: 'progress', sessionId, status: 183, description: sdp('offer') });
  agents.do('bob', { kind: 'accept', sessionId });
  agents.pass(20);
  const progressed = agents.event('alice', 'progressed');
  assert.deepEqual([progressed.description?.kind, textOf(progressed.description?.bytes)], ['offer', 'offer']);
  agents.do('alice', { kind: 'answerOffer', sessionId: 'a', description: sdp('answer') });
  agents.pass(100);
  assert.equal(textOf(agents.event('bob', 'answerReceived').description), 'answer');
  assert.equal(agents.event('alice', 'answered').description, undefined);
  assert.deepEqual(agents.steps(), ['alice > INVITE', 'bob > 183 INVITE', 'alice > PRACK', 'bob > 200 PRACK', 'bob > 200 INVITE', 'alice > ACK']);
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.assertNothingLeft();
});

test('before the answer a change goes by UPDATE (RFC 3311)', () => {
  const agents = new TwoAgents();
  agents.call();
  agents.pass(20);
  const { sessionId } = agents.event('bob', 'incoming');
  agents.do('bob', { kind: 'progress', sessionId, status: 183, description: sdp('answer') });
  agents.pass(50);
  agents.steps();
  agents.do('alice', { kind: 'offer', sessionId: 'a', description: sdp('second offer') });
  agents.pass(20);
  assert.equal(textOf(agents.event('bob', 'offerReceived').description), 'second offer');
  agents.do('bob', { kind: 'answerOffer', sessionId, description: sdp('second answer') });
  agents.pass(20);
  assert.equal(textOf(agents.event('alice', 'answerReceived').description), 'second answer');
  agents.do('bob', { kind: 'offer', sessionId, description: sdp('third offer') });
  agents.pass(20);
  assert.equal(textOf(agents.event('alice', 'offerReceived').description), 'third offer');
  agents.do('alice', { kind: 'refuseOffer', sessionId: 'a', status: 488, headers: [['Warning', '304 a.example.com "Media type not available"']] });
  agents.pass(20);
  assert.equal(agents.event('bob', 'offerRefused').status, 488);
  assert.deepEqual(agents.steps(), ['alice > UPDATE', 'bob > 200 UPDATE', 'bob > UPDATE', 'alice > 488 UPDATE']);
  agents.do('bob', { kind: 'accept', sessionId });
  agents.pass(20);
  assert.equal(agents.event('alice', 'answered').description, undefined);
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.assertNothingLeft();
});

test('an UPDATE of who is called waits for the PRACK (RFC 3311 §5.1); where there is nothing reliable, the change waits for the answer', () => {
  for (const reliable of ['supported', 'none'] as const) {
    const agents = new TwoAgents();
    agents.call({ reliable });
    agents.pass(20);
    const { sessionId } = agents.event('bob', 'incoming');
    agents.do('bob', { kind: 'progress', sessionId, status: 183, description: sdp('answer') });
    agents.do('bob', { kind: 'offer', sessionId, description: sdp('change') });
    agents.pass(100);
    const early = agents.steps();
    if (reliable === 'none') agents.do('bob', { kind: 'accept', sessionId });
    agents.pass(100);
    assert.deepEqual([...early, ...agents.steps()].slice(2), reliable === 'none' ? ['bob > 200 INVITE', 'alice > ACK', 'bob > INVITE'] : ['alice > PRACK', 'bob > 200 PRACK', 'bob > UPDATE']);
    agents.do('alice', { kind: 'answerOffer', sessionId: 'a', description: sdp('changed') });
    agents.pass(100);
    assert.equal(textOf(agents.event('bob', 'answerReceived').description), 'changed');
    agents.do('alice', { kind: 'end', sessionId: 'a' });
    agents.assertNothingLeft();
  }
});

test('a call that is accepted while an UPDATE is under way is answered when that is', () => {
  for (const who of ['alice', 'bob'] as const) {
    const agents = new TwoAgents();
    agents.call();
    agents.pass(20);
    const { sessionId } = agents.event('bob', 'incoming');
    agents.do('bob', { kind: 'progress', sessionId, status: 183, description: sdp('answer') });
    agents.pass(50);
    agents.steps();
    agents.do(who, { kind: 'offer', sessionId: who === 'alice' ? 'a' : sessionId, description: sdp('change') });
    agents.pass(20);
    agents.do('bob', { kind: 'accept', sessionId });
    agents.pass(100);
    assert.deepEqual(agents.steps(), [`${who} > UPDATE`]);
    const other = who === 'alice' ? 'bob' : 'alice';
    agents.do(other, { kind: 'answerOffer', sessionId: other === 'alice' ? 'a' : sessionId, description: sdp('changed') });
    agents.pass(100);
    assert.deepEqual(agents.steps(), who === 'alice' ? ['bob > 200 UPDATE', 'bob > 200 INVITE', 'alice > ACK'] : ['alice > 200 UPDATE', 'bob > 200 INVITE', 'alice > ACK']);
    agents.do('alice', { kind: 'end', sessionId: 'a' });
    agents.assertNothingLeft();
  }
});

test('PRACKs that come late, one after the other, keep an accepted call waiting, but nobody else', () => {
  const agents = new TwoAgents();
  let held = true;
  agents.passes = (_from, message) => message.kind === 'response' || message.method !== 'PRACK' || !held;
  agents.call();
  agents.pass(20);
  const { sessionId } = agents.event('bob', 'incoming');
  for (let count = 0; count < 4; count += 1) agents.do('bob', { kind: 'progress', sessionId, status: 180, reliable: true });
  agents.do('bob', { kind: 'accept', sessionId, description: sdp('answer') });
  for (let count = 0; count < 4; count += 1) {
    held = true;
    agents.pass(25_000);
    held = false;
    agents.pass(6000);
  }
  agents.pass(100);
  assert.equal(agents.event('alice', 'answered').description?.kind, 'answer');
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.assertNothingLeft();
});

test('a session timer in an UPDATE before the answer starts nothing', () => {
  const agents = new TwoAgents();
  agents.call({ ringMs: 300_000, sessionTimer: { intervalSeconds: 90 } });
  agents.pass(20);
  const { sessionId } = agents.event('bob', 'incoming');
  agents.do('bob', { kind: 'progress', sessionId, status: 183, description: sdp('answer') });
  agents.pass(50);
  agents.do('alice', { kind: 'offer', sessionId: 'a', description: sdp('change') });
  agents.pass(20);
  agents.do('bob', { kind: 'answerOffer', sessionId, description: sdp('changed') });
  agents.pass(250_000);
  assert.equal(agents.latest('200 UPDATE').headers.has('Session-Expires'), false);
  agents.do('bob', { kind: 'accept', sessionId });
  agents.pass(100);
  agents.event('alice', 'answered');
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.assertNothingLeft();
});
