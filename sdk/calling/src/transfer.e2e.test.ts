import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getIdentifierRawId } from '@azure/communication-common';
import { Features } from './features/features.ts';
import type { Call } from './public/call.ts';
import { exitWhenDone, hearsSound, reaches, TestCaller, until } from './test-caller.ts';
import { TestServer } from './test-server.ts';

exitWhenDone();

/** Alice calls Bob, who answers. */
async function connect(alice: TestCaller, bob: TestCaller): Promise<{ call: Call; answered: Call }> {
  const call = alice.agent.startCall([bob.identifier], { audioOptions: alice.audioOptions });
  const answered = await (await bob.ringing()).accept({ audioOptions: bob.audioOptions });
  await Promise.all([reaches(call, 'Connected'), reaches(answered, 'Connected')]);
  return { call, answered };
}

test('a peer is handed over to a third: they talk in a call of their own, and the transferor is out', async () => {
  await using server = await TestServer.start();
  await using alice = await TestCaller.signIn(server, 'Alice');
  await using bob = await TestCaller.signIn(server, 'Bob');
  await using carol = await TestCaller.signIn(server, 'Carol');
  const { call, answered } = await connect(alice, bob);
  const followed = new Promise<Call>((resolve) => answered.feature(Features.Transfer).on('transferAccepted', ({ targetCall }) => resolve(targetCall)));
  const transfer = call.feature(Features.Transfer).transfer({ targetParticipant: carol.identifier });
  const targetCall = await followed;
  const incoming = await carol.ringing();
  assert.deepEqual([incoming.callerInfo.displayName, incoming.transferorInfo?.displayName], ['Bob', 'Alice']);
  const taken = await incoming.accept({ audioOptions: carol.audioOptions });
  await Promise.all([reaches(targetCall, 'Connected'), reaches(taken, 'Connected')]);
  await Promise.all([hearsSound(targetCall), hearsSound(taken)]);
  await Promise.all([reaches(call, 'Disconnected'), reaches(answered, 'Disconnected')]);
  await until(transfer, 'stateChanged', () => transfer.state === 'Transferred', 'the transfer');
  assert.deepEqual([call.callEndReason?.code, targetCall.transferorInfo?.displayName], [0, 'Alice']);
  assert.deepEqual(bob.agent.calls.map(({ id }) => id), [targetCall.id]);
  assert.ok(targetCall.remoteParticipants.some(({ identifier }) => getIdentifierRawId(identifier) === carol.identifier.communicationUserId));
});

test('a third who declines leaves the call as it was', async () => {
  await using server = await TestServer.start();
  await using alice = await TestCaller.signIn(server, 'Alice');
  await using bob = await TestCaller.signIn(server, 'Bob');
  await using carol = await TestCaller.signIn(server, 'Carol');
  const { call, answered } = await connect(alice, bob);
  const transfer = call.feature(Features.Transfer).transfer({ targetParticipant: carol.identifier });
  await (await carol.ringing()).reject();
  await until(transfer, 'stateChanged', () => transfer.state === 'Failed', 'the failure');
  assert.deepEqual(transfer.error, { code: 603, subCode: 0 });
  assert.deepEqual([call.state, answered.state], ['Connected', 'Connected']);
  await hearsSound(call);
});
