import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import type { DialPlan } from '@dialplane/calling-api';
import { freePort } from '@dialplane/testing';
import { confirm, pause, receive, requestFromCallee, respond, response, Sipp, skip } from './test-sipp.ts';
import { ourNumber, TelephoneServer, theirNumber } from './test-telephone-server.ts';

const answers = [receive('INVITE'), respond(180, 'Ringing'), respond(200, 'OK', { sdp: 'sendrecv' }), receive('ACK')];

test('a telephone rings, answers, and is hung up here: INVITE to BYE', { skip }, async (t) => {
  const telephones = await TelephoneServer.start(t);
  const sipp = await Sipp.start(t, [...answers, receive('BYE'), confirm()]);
  await telephones.connectTrunks([sipp.port]);
  const { callId } = await telephones.dial();
  await telephones.telephoneIs('Connected');
  await telephones.command(callId, 'hangUp');
  await sipp.finished();
  const log = await sipp.log();
  assert.match(log, /INVITE sip:\+12025550100@127\.0\.0\.1:\d+/);
  assert.match(log, /P-Asserted-Identity: .*<sip:\+12025550190@/);
  assert.match(log, /m=audio \d+ RTP\/AVP/);
});

test('a telephone hangs up, with its own words', { skip }, async (t) => {
  const telephones = await TelephoneServer.start(t);
  const sipp = await Sipp.start(t, [...answers, requestFromCallee('BYE', 1, { headers: ['Reason: Q.850;cause=16;text="Normal call clearing"'] }), response(200)]);
  await telephones.connectTrunks([sipp.port]);
  await telephones.dial();
  const end = await telephones.end();
  assert.deepEqual([end.code, end.subCode], [0, 560000]);
  await sipp.finished();
});

test('busy: the carrier\'s status and words', { skip }, async (t) => {
  const telephones = await TelephoneServer.start(t);
  const sipp = await Sipp.start(t, [receive('INVITE'), respond(486, 'Besetzt', { headers: ['Reason: Q.850;cause=17;text="User busy"'] }), receive('ACK')]);
  await telephones.connectTrunks([sipp.port]);
  await telephones.dial();
  const end = await telephones.end();
  assert.deepEqual([end.code, end.subCode], [486, 560486]);
  assert.match(end.message, /User busy/);
  await sipp.finished();
});

test('hung up while it rings: CANCEL', { skip }, async (t) => {
  const telephones = await TelephoneServer.start(t);
  const sipp = await Sipp.start(t, [receive('INVITE'), respond(180, 'Ringing'), receive('CANCEL'), respond(200, 'OK', { isLast: true }), terminated, receive('ACK')]);
  await telephones.connectTrunks([sipp.port]);
  const { callId } = await telephones.dial();
  await telephones.telephoneIs('Ringing');
  await telephones.command(callId, 'hangUp');
  await telephones.end();
});

/** The INVITE's own final response after a CANCEL: SIPp answers the last request, so its CSeq is set right by hand. */
const terminated = respond(487, 'Request Terminated', { isLast: true }).replace('[last_CSeq:]', 'CSeq: 1 INVITE');

test('a description before the answer: early media', { skip }, async (t) => {
  const telephones = await TelephoneServer.start(t);
  const sipp = await Sipp.start(t, [receive('INVITE'), respond(183, 'Session Progress', { sdp: 'sendrecv' }), pause(300), respond(200, 'OK', { sdp: 'sendrecv' }), receive('ACK'), receive('BYE'), confirm()]);
  await telephones.connectTrunks([sipp.port]);
  const { callId } = await telephones.dial();
  await telephones.telephoneIs('EarlyMedia');
  await telephones.telephoneIs('Connected');
  await telephones.command(callId, 'hangUp');
  await sipp.finished();
});

test('the first border controller answers 503: the second has the call', { skip }, async (t) => {
  const telephones = await TelephoneServer.start(t);
  const [first, second] = [await Sipp.start(t, [receive('INVITE'), respond(503, 'Service Unavailable'), receive('ACK')]), await Sipp.start(t, [...answers, receive('BYE'), confirm()])];
  await telephones.connectTrunks([first.port, second.port]);
  const { callId } = await telephones.dial();
  await telephones.telephoneIs('Connected');
  await telephones.command(callId, 'hangUp');
  await Promise.all([first.finished(), second.finished()]);
});

test('a border controller that says nothing is tried last from then on, and where the number would go says why', { skip }, async (t) => {
  const telephones = await TelephoneServer.start(t);
  const deaf = createSocket('udp4').bind(0, '127.0.0.1');
  t.after(() => deaf.close());
  await once(deaf, 'listening');
  const second = await Sipp.start(t, [...answers, receive('BYE'), confirm()]);
  await telephones.connectTrunks([deaf.address().port, second.port], { profile: { firstResponseMs: 1000 } });
  const { callId } = await telephones.dial();
  await telephones.telephoneIs('Connected');
  await telephones.command(callId, 'hangUp');
  const plan = await telephones.ada.operate<DialPlan>('POST', '/v1/telephony/routes:test', { number: theirNumber, callerId: ourNumber });
  assert.deepEqual(plan.candidates.map(({ trunk }) => trunk), ['sbc2.test', 'sbc1.test']);
  assert.ok(plan.steps.some(({ name, why }) => name === 'sbc1.test' && /It is tried last: .* said nothing/.test(why)));
  await second.finished();
});

test('a carrier that sends the call on to another of its hosts is followed there', { skip }, async (t) => {
  const telephones = await TelephoneServer.start(t);
  const second = await Sipp.start(t, [...answers, receive('BYE'), confirm()]);
  const first = await Sipp.start(t, [receive('INVITE'), respond(302, 'Moved Temporarily').replace(/Contact: .*/, `Contact: <sip:${theirNumber}@127.0.0.1:${second.port}>`), receive('ACK')]);
  await telephones.connectTrunks([first.port]);
  const { callId } = await telephones.dial();
  await telephones.telephoneIs('Connected');
  await telephones.command(callId, 'hangUp');
  await Promise.all([first.finished(), second.finished()]);
});

test('a caller id that is not ours is refused before anybody is asked', { skip }, async (t) => {
  const telephones = await TelephoneServer.start(t);
  await telephones.connectTrunks([await freePort()]);
  await telephones.start(theirNumber, { alternateCallerId: '4:+14255550100' });
  const end = await telephones.end();
  assert.deepEqual([end.code, end.subCode], [403, 510403]);
});

test('an offer in the 200 is answered in the ACK, where the trunk wants it so', { skip }, async (t) => {
  const telephones = await TelephoneServer.start(t);
  const sipp = await Sipp.start(t, [...answers, receive('BYE'), confirm()]);
  await telephones.connectTrunks([sipp.port], { profile: { offer: 'delayed' } });
  const { callId } = await telephones.dial();
  await telephones.telephoneIs('Connected');
  await telephones.command(callId, 'hangUp');
  await sipp.finished();
  assert.match(await sipp.log(), /ACK sip:[^]*?Content-Type: application\/sdp/);
});

test('the telephone holds and takes back', { skip }, async (t) => {
  const telephones = await TelephoneServer.start(t);
  const reinvite = (cseq: number, sdp: string) => [requestFromCallee('INVITE', cseq, { sdp }), response(200), requestFromCallee('ACK', cseq)];
  const sipp = await Sipp.start(t, [...answers, ...reinvite(1, 'sendonly'), pause(300), ...reinvite(2, 'sendrecv'), pause(300), requestFromCallee('BYE', 3), response(200)]);
  await telephones.connectTrunks([sipp.port]);
  await telephones.dial();
  await telephones.telephoneIs('Hold');
  await telephones.telephoneIs('Connected');
  await telephones.end();
  await sipp.finished();
  assert.match(await sipp.log(), /a=recvonly/);
});
