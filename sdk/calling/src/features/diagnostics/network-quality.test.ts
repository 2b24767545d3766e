import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReceivedStream } from '../../stats/stats-snapshot.ts';
import { recordedSnapshots } from '../../stats/test-recording.ts';
import { DiagnosticBoard } from './diagnostic-board.ts';
import { judgeNetwork, networkFigures, SteadyQuality } from './network-quality.ts';

const well = { loss: 0, rttMs: 20, jitterMs: 2, availableBitrate: 2_000_000 };

test('a second is judged by its worst figure', () => {
  assert.equal(judgeNetwork(well), 1);
  assert.equal(judgeNetwork({ ...well, loss: 0.05 }), 2);
  assert.equal(judgeNetwork({ ...well, rttMs: 250 }), 2);
  assert.equal(judgeNetwork({ ...well, jitterMs: 40 }), 2);
  assert.equal(judgeNetwork({ ...well, availableBitrate: 50_000 }), 2);
  assert.equal(judgeNetwork({ ...well, loss: 0.2 }), 3);
  assert.equal(judgeNetwork({ ...well, rttMs: 600 }), 3);
  assert.equal(judgeNetwork({ loss: undefined, rttMs: undefined, jitterMs: 50, availableBitrate: undefined }), undefined);
});

test('three seconds of five decide', () => {
  const steady = new SteadyQuality();
  assert.deepEqual([3, 1, 3, 1, 3, 3, 1, 1, 1].map((judgement) => steady.observe(judgement as 1 | 3)), [1, 1, 1, 1, 3, 3, 3, 1, 1]);
});

test('figures are of the second between two snapshots', () => {
  const [before, after] = recordedSnapshots();
  const worsened = (stream: ReceivedStream): ReceivedStream => ({ ...stream, packetsLost: stream.packetsLost + 10, jitterMs: stream.mediaStreamType === 'Audio' ? 45 : 1 });
  const lossy = { ...after, received: after.received.map(worsened) };
  const { send, receive } = networkFigures(before, lossy);
  assert.deepEqual(receive, { loss: 20 / (20 + 50 + 20), rttMs: 0, jitterMs: 45, availableBitrate: undefined });
  assert.deepEqual([send.loss, send.rttMs, send.availableBitrate], [0, 1.343, 5_759_333]);
});

test('a board tells changes alone, and holds only what was ever told', () => {
  const board = new DiagnosticBoard<'noNetwork' | 'networkSendQuality'>();
  const told: unknown[] = [];
  board.on('diagnosticChanged', (args) => told.push(args));
  board.setFlag('noNetwork', false);
  board.setQuality('networkSendQuality', 1);
  assert.deepEqual(board.getLatest(), {});
  board.setQuality('networkSendQuality', 3);
  board.setQuality('networkSendQuality', 3);
  board.setQuality('networkSendQuality', 1);
  assert.deepEqual(told, [
    { diagnostic: 'networkSendQuality', value: 3, valueType: 'DiagnosticQuality' },
    { diagnostic: 'networkSendQuality', value: 1, valueType: 'DiagnosticQuality' },
  ]);
  assert.deepEqual(board.getLatest(), { networkSendQuality: { value: 1, valueType: 'DiagnosticQuality' } });
});
