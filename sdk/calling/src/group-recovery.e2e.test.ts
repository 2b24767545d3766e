import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Features } from './index.ts';
import type { Call } from './public/call.ts';
import { exitWhenDone, hearsSound, hearsSoundAgain, reaches, TestCaller } from './test-caller.ts';
import { TestWholeServer } from './test-whole-server.ts';

exitWhenDone();

/** Two people in a group call hear each other. */
async function gather(...callers: readonly TestCaller[]): Promise<readonly Call[]> {
  const groupId = randomUUID();
  const calls = callers.map(({ agent, audioOptions }) => agent.join({ groupId }, { audioOptions }));
  await Promise.all(calls.map((call) => reaches(call, 'Connected')));
  await calls[0]?.feature(Features.MediaModes).setModes({ audio: 'forwarded', video: 'forwarded' });
  await Promise.all(calls.map(hearsSound));
  return calls;
}

/** Everybody is heard again over another media session, in the same call as before. */
async function goesOn(calls: readonly Call[], what: string, interrupt: () => void | Promise<void>): Promise<void> {
  const before = calls.map(({ id }) => id);
  const again = Promise.all(calls.map(hearsSoundAgain));
  await interrupt();
  const silences = await again;
  console.log(`${what}: silence of ${silences.map((ms) => `${Math.round(ms)} ms`).join(' and ')}`);
  assert.deepEqual(calls.map(({ id, state }) => [id, state]), before.map((id) => [id, 'Connected']));
  assert.deepEqual(calls.map(({ remoteParticipants }) => remoteParticipants.map(({ state }) => state)), calls.map(() => ['Connected']));
}

test('a group call goes on when its media process is killed, when all are, and when the whole server is', async () => {
  await using server = await TestWholeServer.start();
  await using alice = await TestCaller.signInAt(server.url, await server.person('Alice'), 'Alice');
  await using bob = await TestCaller.signInAt(server.url, await server.person('Bob'), 'Bob');
  const calls = await gather(alice, bob);
  await goesOn(calls, 'its media process killed', () => server.killMediaProcesses(1));
  await goesOn(calls, 'all media processes killed', () => server.killMediaProcesses());
  await goesOn(calls, 'server killed and started again', () => server.crash());
  await Promise.all(calls.map((call) => call.hangUp()));
});
