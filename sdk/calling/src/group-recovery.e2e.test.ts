import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Features } from './index.ts';
import type { Call } from './public/call.ts';
import { exitWhenDone, hearsSilence, hearsSound, reaches, TestCaller } from './test-caller.ts';
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

/** Everybody is silent for a moment, then heard again, in the same call as before. */
async function goesOn(calls: readonly Call[], what: string, interrupt: () => void | Promise<void>): Promise<void> {
  const before = calls.map(({ id }) => id);
  const from = performance.now();
  const silence = Promise.all(calls.map(hearsSilence));
  await interrupt();
  await silence;
  await Promise.all(calls.map(hearsSound));
  console.log(`${what}: heard again after ${Math.round(performance.now() - from)} ms`);
  assert.deepEqual(calls.map(({ id, state }) => [id, state]), before.map((id) => [id, 'Connected']));
  assert.deepEqual(calls.map(({ remoteParticipants }) => remoteParticipants.map(({ state }) => state)), calls.map(() => ['Connected']));
}

test('a group call goes on when its media process is killed, and when the whole server is', { timeout: 120_000 }, async () => {
  await using server = await TestWholeServer.start();
  await using alice = await TestCaller.signInAt(server.url, await server.person('Alice'), 'Alice');
  await using bob = await TestCaller.signInAt(server.url, await server.person('Bob'), 'Bob');
  const calls = await gather(alice, bob);
  await goesOn(calls, 'media process killed', () => server.killMediaProcess());
  await goesOn(calls, 'server killed and started again', () => server.crash());
  await Promise.all(calls.map((call) => call.hangUp()));
});
