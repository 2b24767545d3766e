import assert from 'node:assert/strict';
import { test } from 'node:test';
import { legRows, mediaCourse } from './media-course.ts';
import { callee, caller, directCall, flowOf } from './test-flow.ts';

const decided = (what: string, why: string) => ({ kind: 'decision', what, why }) as const;
const report = (why: string, packets: number) => {
  const direction = { packets, bytes: packets * 100, lost: 0, jitterMs: 2 };
  return { kind: 'mediaReport', mediaSessionId: 'f0b1f6f0-58a5-4b6e-8a0c-6f3d5a1c2b02', why, received: direction, sent: direction } as const;
};

const group = flowOf([
  [0, 'controller', undefined, decided('media flows through the backend', 'a group call')],
  [10, 'controller', caller, decided('the relay is offered', 'a credential for this participant was issued')],
  [50, 'mediaProcessor', 'controller', decided('conference opened', 'served by media-1')],
  [900, 'controller', undefined, decided('audio mixed, video mixed for 8:acs:r_bob', 'asked by 8:acs:r_ada')],
  [910, 'mediaProcessor', callee, decided('audio mixed, video mixed', 'It was asked for.')],
  [950, 'mediaProcessor', callee, report('the first report', 10)],
  [990, 'mediaProcessor', callee, report('the connection was closed', 90)],
]);

test('the course of a group call says which process, which mode, and what was switched for whom, with names', () => {
  assert.deepEqual(mediaCourse(group).map(({ atMs, laneId, what, why }) => [atMs, laneId, what, why]), [
    [0, undefined, 'media flows through the backend', 'a group call'],
    [50, undefined, 'conference opened', 'served by media-1'],
    [900, undefined, 'audio mixed, video mixed for Bob', 'asked by Ada'],
    [910, callee, 'audio mixed, video mixed', 'It was asked for.'],
  ]);
  assert.deepEqual(mediaCourse(directCall), []);
});

test('a connection has one row, with its last report', () => {
  assert.deepEqual(legRows(group).map(({ laneId, report: { received, why } }) => [laneId, received.packets, why]), [[callee, 90, 'the connection was closed']]);
});
