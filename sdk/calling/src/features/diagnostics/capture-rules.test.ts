import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientError } from '../../communication-services-error.ts';
import { captureFailure, SpeechGate, Standstill } from './capture-rules.ts';

test('a standstill is timed from the first equal value, and unknown values start over', () => {
  const standstill = new Standstill();
  const observed = [[1, 0], [1, 1000], [1, 5000], [2, 6000], [2, 7000], [undefined, 8000], [2, 9000], [2, 10_000]] as const;
  assert.deepEqual(observed.map(([counter, at]) => standstill.observe(counter, at)), [0, 1000, 5000, 0, 1000, 0, 0, 1000]);
});

test('half a second of loudness within one is speech, a bang is not', () => {
  const gate = new SpeechGate();
  const loud = 0.1;
  assert.deepEqual([loud, loud, 0, 0, 0].map((rms) => gate.observe(rms)), [false, false, false, false, false]);
  assert.deepEqual([loud, loud, loud, 0.001].map((rms) => gate.observe(rms)), [false, false, true, true]);
});

test('the cause of a failed capture is read from the error the browser gave', () => {
  const failure = (name: string, message: string) => captureFailure(clientError('DEVICE_UNAVAILABLE', { cause: new DOMException(message, name) }));
  assert.equal(failure('NotAllowedError', 'Permission denied'), 'permissionDenied');
  assert.equal(failure('NotAllowedError', 'Permission denied by system'), 'deniedBySystem');
  assert.equal(failure('NotReadableError', 'Device in use'), 'failed');
  assert.equal(captureFailure('nonsense'), 'failed');
});
