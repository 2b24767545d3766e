import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallFlowRecorder } from './call-flow-recorder.ts';

const time = '2026-01-01T00:00:00.000Z';
const recorder = (): CallFlowRecorder =>
  new CallFlowRecorder({ sequence: 0, clientEvents: 0, isTruncated: false, facts: { startedAt: 0 } }, { maxEvents: 4, maxClientEvents: 2 });

test('clients cannot crowd out what the server saw, and ends are recorded beyond the limit', () => {
  const flow = recorder();
  for (let count = 0; count < 5; count += 1) flow.appendReported(time, 'p1', { kind: 'iceState', state: 'checking' });
  assert.equal(flow.progress.sequence, 2);
  assert.equal(flow.progress.isTruncated, true);
  for (let count = 0; count < 5; count += 1) flow.append('controller', time, 'controller', 'p1', { kind: 'event', type: 'selfUpdated' });
  assert.equal(flow.progress.sequence, 4);
  flow.append('controller', time, 'controller', 'p1', { kind: 'callState', state: 'Disconnected' });
  assert.deepEqual(flow.peekUnsaved().map(({ sequence, detail }) => [sequence, detail.kind]), [[1, 'iceState'], [2, 'iceState'], [3, 'event'], [4, 'event'], [5, 'callState']]);
});

test('lines whose storing failed are stored before newer ones', () => {
  const flow = recorder();
  flow.append('controller', time, 'controller', undefined, { kind: 'decision', what: 'a', why: 'b' });
  const taken = flow.takeUnsaved();
  flow.append('controller', time, 'controller', undefined, { kind: 'decision', what: 'c', why: 'd' });
  flow.putBack(taken);
  assert.deepEqual(flow.takeUnsaved().map(({ sequence }) => sequence), [1, 2]);
  assert.deepEqual(flow.takeUnsaved(), []);
});
