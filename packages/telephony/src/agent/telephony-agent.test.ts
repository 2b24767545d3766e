import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sdpBytes, sdpText } from '../line/sdp-text.ts';
import { attempt, far } from '../line/test-line.ts';
import { kindsOf, TestExchange } from './test-exchange.ts';

const place = { conferenceId: 'conference', legId: 'leg' };

/** A line that whom it called has answered. */
function talking(): TestExchange {
  const exchange = new TestExchange();
  exchange.dial();
  const { sessionId } = exchange.last('incoming');
  exchange.carrierDoes({ kind: 'accept', sessionId, description: sdpBytes('carrier answer') });
  return exchange;
}

test('a call out: offered, ringing, answered, hung up by the carrier; nothing is left', () => {
  const exchange = new TestExchange();
  exchange.dial();
  const { sessionId, description, request } = exchange.last('incoming');
  assert.equal(sdpText(description ?? new Uint8Array()), 'our offer');
  assert.equal(request.uri, 'sip:+12025550100@a.test');
  exchange.carrierDoes({ kind: 'progress', sessionId, status: 180 });
  exchange.carrierDoes({ kind: 'accept', sessionId, description: sdpBytes('carrier answer') });
  exchange.carrierDoes({ kind: 'end', sessionId, reason: 'Q.850;cause=16;text="Normal call clearing"' });
  assert.deepEqual(kindsOf(exchange.told, 'line'), ['routed', 'progress', 'answered', 'ended']);
  assert.deepEqual(exchange.told.at(-1), { kind: 'ended', lineId: 'line', end: { by: 'remote', reasonText: 'Normal call clearing', q850: 16 } });
  assert.equal(exchange.last('ended').end.by, 'local');
  assert.equal(exchange.agent.size, 0);
});

test('a call in: rung, answered, hung up here', () => {
  const exchange = new TestExchange();
  exchange.carrierCalls('theirs');
  const lineId = 'incoming 1';
  exchange.command({ kind: 'alert', lineId });
  assert.equal(exchange.last('progressed').response.status, 180);
  exchange.command({ kind: 'connect', lineId, callId: 'c', ...place });
  assert.equal(sdpText(exchange.last('answered').description?.bytes ?? new Uint8Array()), 'our answer');
  exchange.command({ kind: 'hangUp', lineId });
  assert.equal(exchange.last('ended').end.cause, 'hungUp');
  assert.deepEqual(kindsOf(exchange.told, lineId), ['incoming', 'answered', 'ended']);
});

test('a caller who hears our ringing tone acknowledges it (PRACK), and its answer has no other description', () => {
  const exchange = new TestExchange({ receive: () => ({ kind: 'line', far: far('a.test', { ringback: 'ours' }), line: { from: '4:+12025550100', to: '4:+12025550190', target: { kind: 'users', identifiers: ['8:acs:ada'] } } }) });
  exchange.carrierCalls('theirs');
  exchange.command({ kind: 'alert', lineId: 'incoming 1', sound: place });
  const { response, description } = exchange.last('progressed');
  assert.deepEqual([response.status, description?.kind, sdpText(description?.bytes ?? new Uint8Array())], [183, 'answer', 'our answer']);
  assert.ok(exchange.messages.some((message) => message.kind === 'request' && message.method === 'PRACK'));
  exchange.command({ kind: 'connect', lineId: 'incoming 1', callId: 'c', ...place });
  assert.equal(exchange.last('answered').description, undefined);
  assert.equal(exchange.media.filter(({ kind }) => kind === 'openLeg').length, 1);
});

test('cancelled on either side', () => {
  const ours = new TestExchange();
  ours.dial();
  ours.carrierDoes({ kind: 'progress', sessionId: ours.last('incoming').sessionId, status: 180 });
  ours.command({ kind: 'hangUp', lineId: 'line' });
  assert.equal(ours.last('ended').end.cause, 'cancelled');
  const theirs = new TestExchange();
  theirs.carrierCalls('theirs');
  theirs.command({ kind: 'alert', lineId: 'incoming 1' });
  theirs.carrierDoes({ kind: 'end', sessionId: 'theirs' });
  assert.deepEqual(theirs.told.at(-1), { kind: 'ended', lineId: 'incoming 1', end: { by: 'remote', status: 487 } });
});

test('who is not let in is refused, and no line begins', () => {
  const exchange = new TestExchange({ receive: () => ({ kind: 'refuse', status: 404 }) });
  exchange.carrierCalls('theirs');
  assert.equal(exchange.last('ended').end.status, 404);
  assert.deepEqual(exchange.told, []);
});

test('a call that an application decides about waits for it, or gives up', () => {
  const exchange = new TestExchange({ receive: () => ({ kind: 'later' }) });
  exchange.carrierCalls('theirs');
  exchange.decide('incoming 1', { kind: 'refuse', status: 603 });
  assert.equal(exchange.last('ended').end.status, 603);
  exchange.carrierCalls('again');
  exchange.carrierDoes({ kind: 'end', sessionId: 'again' });
  exchange.decide('incoming 2', { kind: 'refuse', status: 603 });
  assert.equal(exchange.last('ended').end.cause, 'cancelled');
  assert.deepEqual(exchange.told, []);
});

test('a blind transfer by the telephone, told step by step', () => {
  const exchange = talking();
  const { sessionId } = exchange.last('incoming');
  exchange.carrierDoes({ kind: 'refer', sessionId, target: 'sip:+12025550101@a.test' });
  assert.deepEqual(exchange.told.at(-1), { kind: 'transferRequested', lineId: 'line', target: { kind: 'number', number: '+12025550101' } });
  exchange.command({ kind: 'reportTransfer', lineId: 'line', status: 180 });
  exchange.command({ kind: 'reportTransfer', lineId: 'line', status: 200 });
  assert.equal(exchange.last('referProgressed').status, 180);
  assert.equal(exchange.last('referEnded').status, 200);
});

test('the telephone is transferred by us, attended: it takes the place of the other line', () => {
  const exchange = talking();
  const first = exchange.last('incoming').sessionId;
  exchange.dial('second');
  const second = exchange.last('incoming').sessionId;
  exchange.carrierDoes({ kind: 'accept', sessionId: second, description: sdpBytes('carrier answer') });
  exchange.command({ kind: 'transfer', lineId: 'line', target: { kind: 'number', number: '+12025550101' }, replacesLineId: 'second' });
  const { replacesSessionId, referId } = exchange.last('referReceived');
  assert.equal(replacesSessionId, second);
  exchange.carrierDoes({ kind: 'answerRefer', sessionId: first, referId, status: 202 });
  exchange.carrierDoes({ kind: 'reportRefer', sessionId: first, referId, status: 200 });
  assert.deepEqual(exchange.told.at(-1), { kind: 'transferEnded', lineId: 'line', status: 200, reasonText: 'OK' });
});

test('an INVITE with Replaces takes over the line, whose leg stays', () => {
  const exchange = talking();
  exchange.carrierCalls('successor', { replacesSessionId: exchange.last('incoming').sessionId });
  assert.equal(sdpText(exchange.last('answered').description?.bytes ?? new Uint8Array()), 'our answer');
  assert.equal(exchange.agent.size, 1);
  assert.equal(exchange.media.filter(({ kind }) => kind === 'openLeg').length, 1);
  exchange.carrierDoes({ kind: 'end', sessionId: 'successor' });
  assert.deepEqual(kindsOf(exchange.told, 'line').at(-1), 'ended');
  assert.equal(exchange.agent.size, 0);
});

test('dialogs are named after their call, until they are over', () => {
  const exchange = talking();
  const [named] = exchange.named;
  assert.deepEqual([named?.callId, named?.lane], ['call of line', 'trunk:a.test']);
  assert.equal(named?.sipCallId, exchange.messages[0]?.headers.first('Call-ID'));
  exchange.command({ kind: 'hangUp', lineId: 'line' });
  assert.deepEqual(exchange.over, [named?.sipCallId]);
  exchange.carrierCalls('theirs');
  exchange.command({ kind: 'connect', lineId: 'incoming 1', callId: 'another', ...place });
  assert.equal(exchange.named.at(-1)?.callId, 'another');
});

test('keys of others go to a trunk that takes them by INFO, one after the other', () => {
  const exchange = new TestExchange({
    plan: (dial) => ({ kind: 'ways', dial, attempts: [attempt('a.test', { media: { srtp: 'forbidden', dtmf: 'info', codecs: ['PCMU'] } })], identifier: '4:+12025550100' }),
  });
  exchange.dial();
  exchange.carrierDoes({ kind: 'accept', sessionId: exchange.last('incoming').sessionId, description: sdpBytes('carrier answer') });
  for (const tone of '5#') exchange.tellMedia({ kind: 'dtmfReceived', conferenceId: 'conference', legId: 'leg of a browser', tone });
  const bodies = exchange.heard.flatMap((event) => (event.kind === 'infoReceived' ? [sdpText(event.body)] : []));
  assert.deepEqual(bodies, ['Signal=5\r\nDuration=160\r\n', 'Signal=#\r\nDuration=160\r\n']);
  exchange.tellMedia({ kind: 'dtmfReceived', conferenceId: 'conference', legId: 'leg of line', tone: '1' });
  assert.equal(exchange.heard.filter(({ kind }) => kind === 'infoReceived').length, 2);
});
