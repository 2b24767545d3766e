import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alice, bob, candidate, description, TestCall } from '../test-call.ts';

const describe = (call: TestCall, by: string, mediaSessionId: string, ...args: Parameters<typeof description>) =>
  call.command({ kind: 'describe', by, mediaSessionId, description: description(...args) }).lines;

test('both sides renegotiate, also at once', () => {
  const call = new TestCall().ring().answer();
  assert.deepEqual(describe(call, 'bob-1', 'id4', 'offer', 2), ['ok', 'alice-1 < id2 offer 2', 'flow id3 > id1 offer 2 (audio · 1 candidate)']);
  assert.deepEqual(describe(call, 'alice-1', 'id2', 'offer', 2).slice(0, 2), ['ok', 'bob-1 < id4 offer 2'], 'offers cross');
  assert.deepEqual(describe(call, 'bob-1', 'id4', 'answer', 3, 2).slice(0, 2), ['ok', 'alice-1 < id2 answer 3'], 'the polite side rolls back and answers');
});

test('descriptions that do not follow are refused: an old revision, an answer to nothing, to an older offer, or twice', () => {
  const call = new TestCall().ring().answer();
  const refused = ['refused SDP_OUT_OF_ORDER'];
  assert.deepEqual(describe(call, 'alice-1', 'id2', 'offer', 1), refused);
  assert.deepEqual(describe(call, 'alice-1', 'id2', 'answer', 2, 1), refused);
  describe(call, 'alice-1', 'id2', 'offer', 2);
  describe(call, 'alice-1', 'id2', 'offer', 3);
  assert.deepEqual(describe(call, 'bob-1', 'id4', 'answer', 2, 2), refused);
  assert.equal(describe(call, 'bob-1', 'id4', 'answer', 2, 3)[0], 'ok');
  assert.deepEqual(describe(call, 'alice-1', 'another', 'offer', 4), ['refused MEDIA_SESSION_NOT_FOUND']);
  assert.deepEqual(describe(call, 'bob-1', 'id2', 'offer', 4), ['refused MEDIA_SESSION_NOT_FOUND'], 'the session of the other side');
});

test('an answer to an offer that the caller has replaced is dropped; the call is answered nevertheless', () => {
  const call = new TestCall().ring();
  assert.deepEqual(describe(call, 'alice-1', 'id2', 'offer', 2).slice(1, 2), ['bob-1 < id4 offer 2']);
  const { result, lines } = call.command({ kind: 'accept', by: 'bob-1', isMuted: false, description: description('answer', 1, 1) });
  assert.equal(result?.ok === true ? result.call?.mediaSessions[0]?.localRevision : undefined, 0);
  assert.equal(lines.some((line) => line.startsWith('alice-1 < id2')), false);
  assert.equal(describe(call, 'bob-1', 'id4', 'answer', 2, 2)[1], 'alice-1 < id2 answer 2');
});

test('the callee may make the first offer where the caller made none, and the caller may be late', () => {
  const call = new TestCall();
  call.command({ kind: 'start', caller: alice, targets: [bob.identifier], isMuted: false });
  call.find(bob);
  assert.ok(call.command({ kind: 'accept', by: 'bob-1', isMuted: false, description: description('offer', 1) }).lines.includes('alice-1 < id2 offer 1'));
  assert.equal(describe(call, 'alice-1', 'id2', 'answer', 1, 1)[1], 'bob-1 < id4 answer 1');
});

test('a ringing device neither describes nor reports media, and nobody reports a connection before the answer', () => {
  const call = new TestCall().ring();
  assert.deepEqual(describe(call, 'bob-1', 'id4', 'answer', 1, 1), ['refused CALL_STATE_CONFLICT']);
  assert.deepEqual(call.command({ kind: 'reportMedia', by: 'bob-1', mediaSessionId: 'id4', state: 'connected' }).lines, ['refused CALL_STATE_CONFLICT']);
  assert.deepEqual(call.command({ kind: 'reportMedia', by: 'alice-1', mediaSessionId: 'id2', state: 'connected' }).lines, ['refused CALL_STATE_CONFLICT']);
  assert.deepEqual(call.command({ kind: 'hold', by: 'alice-1' }).lines, ['refused CALL_STATE_CONFLICT']);
});

test('candidates are bounded, and those of an older ICE generation are forgotten', () => {
  const call = new TestCall({ limits: { candidatesPerSide: 3 } }).ring().answer();
  const kept = () => call.machine.viewFor('bob-1')?.mediaSessions[0]?.remoteCandidates;
  const trickle = (...candidates: ReturnType<typeof candidate>[]) => call.command({ kind: 'trickle', by: 'alice-1', mediaSessionId: 'id2', candidates }).lines;
  assert.deepEqual(trickle(candidate('host'), candidate('srflx', null)).slice(0, 2), ['ok', 'bob-1 < id4 2 candidates']);
  assert.deepEqual(trickle(candidate('relay'), candidate('relay')).slice(0, 2), ['ok', 'bob-1 < id4 1 candidates']);
  assert.deepEqual(trickle(candidate('relay')), ['ok']);
  assert.equal(kept()?.length, 3);
  describe(call, 'alice-1', 'id2', 'offer', 2);
  assert.equal(kept()?.length, 3, 'the same generation');
  describe(call, 'alice-1', 'id2', 'offer', 3, undefined, 'bbbb');
  assert.deepEqual(kept(), [], 'ICE was restarted');
});

test('candidates that overtake the description of their generation are kept for it', () => {
  const call = new TestCall().ring().answer();
  call.command({ kind: 'trickle', by: 'alice-1', mediaSessionId: 'id2', candidates: [candidate('host', 'bbbb')] });
  describe(call, 'alice-1', 'id2', 'offer', 2, undefined, 'bbbb');
  assert.deepEqual(call.machine.viewFor('bob-1')?.mediaSessions[0]?.remoteCandidates, [candidate('host', 'bbbb')]);
});

test('ICE servers are asked for per participant, each time a session is shown', () => {
  const asked: string[] = [];
  const call = new TestCall({
    iceConfiguration: ({ participantId }) => {
      asked.push(participantId);
      return { iceServers: [{ urls: ['turn:relay'], username: participantId, credential: 'secret' }], iceTransportPolicy: 'relay', relay: 'offered' };
    },
  }).ring();
  assert.deepEqual(asked, ['id1', 'id3', 'id5']);
  assert.deepEqual(call.machine.viewFor('bob-1')?.mediaSessions.map(({ iceServers, iceTransportPolicy }) => [iceServers[0]?.username, iceTransportPolicy]), [['id3', 'relay']]);
});
