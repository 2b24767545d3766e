import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitWhenDone, hearsSound, reaches, TestCaller } from './test-caller.ts';
import { TestServer } from './test-server.ts';

exitWhenDone();

test('two people call, hear each other, and hang up', async () => {
  await using server = await TestServer.start();
  await using alice = await TestCaller.signIn(server, 'Alice');
  await using bob = await TestCaller.signIn(server, 'Bob');

  const call = alice.agent.startCall([bob.identifier], { audioOptions: alice.audioOptions });
  assert.equal(call.state, 'None');
  const incoming = await bob.ringing();
  assert.equal(incoming.callerInfo.displayName, 'Alice');
  await reaches(call, 'Ringing');
  const answered = await incoming.accept({ audioOptions: bob.audioOptions });
  await Promise.all([reaches(call, 'Connected'), reaches(answered, 'Connected')]);
  await Promise.all([hearsSound(call), hearsSound(answered)]);

  await answered.hangUp();
  await reaches(call, 'Disconnected');
  assert.deepEqual([call.callEndReason?.code, call.callEndReason?.subCode], [0, 0]);
  assert.deepEqual(alice.agent.calls, []);
});
