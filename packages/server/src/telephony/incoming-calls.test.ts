import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PutTrunkRequest } from '@dialplane/calling-api';
import { freePort } from '@dialplane/testing';
import { confirm, invite, pause, receive, requestFromCaller, requestOfInvite, response, Sipp, skip } from './test-sipp.ts';
import { ourNumber, TelephoneServer } from './test-telephone-server.ts';

async function ringing(t: Parameters<typeof TelephoneServer.start>[0], steps: Parameters<typeof Sipp.start>[1], trunk: PutTrunkRequest = {}, number = ourNumber) {
  const telephones = await TelephoneServer.start(t);
  const port = await freePort();
  await telephones.connectTrunks([port], trunk);
  const sipp = await Sipp.start(t, steps, { port, calls: { number, edgePort: telephones.sipPort } });
  return { telephones, sipp };
}

test('a telephone calls, rings, is answered, and hangs up', { skip }, async (t) => {
  const { telephones, sipp } = await ringing(t, [invite({ sdp: 'sendrecv' }), response(180), response(200), requestFromCaller('ACK', 1), pause(300), requestFromCaller('BYE', 2), response(200)]);
  const call = await telephones.rung();
  assert.deepEqual(call.caller, { identifier: '4:+12025550100', displayName: 'Ada' });
  await telephones.accept(call);
  const end = await telephones.end();
  assert.deepEqual([end.code, end.subCode], [0, 540000]);
  await sipp.finished();
});

test('a telephone hears that it rings: 183 with our description, which it acknowledges, and nothing more in the 200', { skip }, async (t) => {
  const progress = '<recv response="100" optional="true"/><recv response="183" rrs="true"><action><ereg regexp="[0-9]+" search_in="hdr" header="RSeq:" assign_to="sequence"/></action></recv>';
  const prack = requestFromCaller('PRACK', 2, { headers: ['RAck: [$sequence] 1 INVITE'] });
  const { telephones, sipp } = await ringing(t, [invite({ sdp: 'sendrecv', headers: ['Supported: 100rel'] }), progress, prack, response(200), response(200), requestFromCaller('ACK', 1), receive('BYE'), confirm()],
    { profile: { ringback: 'ours' } });
  const call = await telephones.rung();
  await sipp.until(/^SIP\/2\.0 200 OK[^]*^CSeq: 2 PRACK/m);
  await telephones.accept(call);
  await telephones.command(call.callId, 'hangUp');
  await sipp.finished();
  const [, ...descriptions] = (await sipp.log()).split(/^m=audio /m);
  assert.equal(descriptions.length, 2, 'theirs and ours');
});

test('a telephone gives up before it is answered', { skip }, async (t) => {
  const { telephones, sipp } = await ringing(t, [invite({ sdp: 'sendrecv' }), response(180), requestOfInvite('CANCEL', 3), '<recv response="200" optional="true"/>', '<recv response="487"/>', requestOfInvite('ACK', 6)]);
  await telephones.rung();
  const end = await telephones.end();
  assert.equal(end.code, 487);
  await sipp.finished();
});

test('a call that is declined', { skip }, async (t) => {
  const { telephones, sipp } = await ringing(t, [invite({ sdp: 'sendrecv' }), response(603), requestOfInvite('ACK', 5)]);
  const { call } = await telephones.ada.next('incomingCall');
  await telephones.command(call.callId, 'reject');
  await sipp.finished();
});

test('an INVITE without description is answered with ours', { skip }, async (t) => {
  const { telephones, sipp } = await ringing(t, [invite(), response(180), response(200), requestFromCaller('ACK', 1, { sdp: 'sendrecv' }), receive('BYE'), confirm()]);
  const call = await telephones.rung();
  await telephones.accept(call);
  await telephones.command(call.callId, 'hangUp');
  await sipp.finished();
});

test('a number that is nobody\'s is 404; what has no codec in common is 488 with a warning', { skip }, async (t) => {
  const { sipp } = await ringing(t, [invite({ sdp: 'sendrecv' }), response(404), requestOfInvite('ACK', 5)], {}, '+12025550199');
  await sipp.finished();
  const odd = invite({ sdp: 'sendrecv' }).replace('RTP/AVP 0 101', 'RTP/AVP 97').replace('a=rtpmap:0 PCMU/8000', 'a=rtpmap:97 ODD/8000');
  const second = await ringing(t, [odd, response(488), requestOfInvite('ACK', 5)]);
  const { call } = await second.telephones.ada.next('incomingCall');
  await second.telephones.command(call.callId, 'accept');
  await second.sipp.finished();
  assert.match(await second.sipp.log(), /Warning: 305 /);
});
