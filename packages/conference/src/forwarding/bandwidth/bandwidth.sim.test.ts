import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notReceived } from '@dialplane/rtp';
import { instant } from '@dialplane/sansio';
import { BandwidthEstimator } from '../../index.ts';
import { TestLine } from './test-line.ts';

/** Sends as much as the estimate allows, beside sound. */
const everything = (estimateBps: number): number => Math.max(0, estimateBps - 40_000);
const clean = { delayMs: 20, queueMs: 300, loss: 0, jitterMs: 0 };

test('a line is found within seconds, filled, and has no standing queue', (context) => {
  for (const rateBps of [200_000, 500_000, 1_000_000, 3_000_000, 8_000_000]) {
    for (const [name, path] of Object.entries({
      clean,
      'long way': { ...clean, delayMs: 100 },
      '2 % loss': { ...clean, loss: 0.02 },
      '5 % loss and jitter': { ...clean, loss: 0.05, jitterMs: 10 },
      jitter: { ...clean, jitterMs: 30 },
    })) {
      const line = new TestLine({ rateBps, ...path });
      line.estimator.setWanted(10_000_000);
      line.pass(5000, everything);
      const report = line.pass(30_000, everything);
      const text = `${rateBps / 1000} kbit/s, ${name}: ${JSON.stringify(report)}, ${line.paddingBytes} bytes of padding`;
      context.diagnostic(text);
      assert.ok(report.arrivedBps > 0.8 * rateBps, text);
      assert.ok(report.estimateBps < 1.2 * rateBps && report.leastEstimateBps > 0.4 * rateBps, text);
      // One full packet takes a narrow line 50 ms.
      const packetMs = (1200 * 8000) / rateBps;
      assert.ok(report.queueMs < 60 + packetMs && report.queueMs95 < 130 + 2 * packetMs, text);
    }
  }
});

/** Nine pictures of 150 kbit/s, as many as fit; then better ones. */
function ninePictures(estimateBps: number): number {
  const shown = Math.min(9, Math.floor((estimateBps - 80_000) / 172_000));
  const better = Math.min(shown, Math.floor((estimateBps - 80_000 - shown * 172_000) / 400_000));
  return shown < 1 ? 0 : shown * 150_000 + better * 350_000;
}

test('in its first seconds a narrow line loses next to nothing, and a wide one shows nine pictures', (context) => {
  for (const delayMs of [20, 100]) {
    for (const rateBps of [200_000, 300_000, 500_000, 1_000_000, 2_000_000, 8_000_000]) {
      const line = new TestLine({ rateBps, ...clean, delayMs });
      line.estimator.setWanted(5_000_000);
      const report = line.pass(2000, ninePictures);
      const text = `${rateBps / 1000} kbit/s, ${2 * delayMs} ms there and back: ${JSON.stringify(report)}, ${line.paddingBytes} bytes of padding`;
      context.diagnostic(text);
      assert.ok(report.lossFraction < 0.01 && report.queueMs95 < 200, text);
      assert.ok(report.estimateBps < 1.2 * rateBps, text);
      assert.ok(rateBps < 2_000_000 || ninePictures(report.estimateBps) >= 9 * 150_000, text);
    }
  }
});

test('a sender that fills the first guess loses little of it on a line that takes less, and is held back on no other', (context) => {
  const mostLoss = new Map([[100_000, 0.35], [200_000, 0.03]]);
  for (const delayMs of [20, 100]) {
    for (const rateBps of [100_000, 200_000, 300_000, 500_000, 1_000_000, 2_000_000, 8_000_000]) {
      for (const jitterMs of [0, 30]) {
        const line = new TestLine({ rateBps, ...clean, delayMs, jitterMs });
        line.estimator.setWanted(10_000_000);
        const report = line.pass(2000, everything);
        const text = `${rateBps / 1000} kbit/s, ${2 * delayMs} ms there and back, ${jitterMs} ms of jitter: ${JSON.stringify(report)}`;
        context.diagnostic(text);
        assert.ok(report.lossFraction <= (mostLoss.get(rateBps) ?? 0.01), text);
        assert.ok(rateBps < 300_000 || report.leastEstimateBps > 230_000, text);
        assert.ok(rateBps < 500_000 || report.arrivedBps > 290_000, text);
      }
    }
  }
});

test('a receiver that is busy now and then is not taken for a line that is full', (context) => {
  for (const [stallMs, betweenMs] of [[100, 400], [200, 800], [300, 1700], [1000, 4000]] as const) {
    const line = new TestLine({ rateBps: 20_000_000, ...clean, delayMs: 1 });
    line.estimator.setWanted(1_200_000);
    line.pass(3000, everything);
    let leastEstimateBps = Infinity;
    for (let turn = 0; turn < 10; turn += 1) {
      line.stall(stallMs);
      leastEstimateBps = Math.min(leastEstimateBps, line.pass(stallMs + betweenMs, () => 1_000_000).leastEstimateBps);
    }
    context.diagnostic(`${stallMs} ms of ${stallMs + betweenMs}: ${leastEstimateBps}`);
    assert.ok(leastEstimateBps > 1_200_000, `busy for ${stallMs} ms of ${stallMs + betweenMs}: ${leastEstimateBps}`);
  }
});

test('a line that becomes narrow is followed down within two seconds, and up again when it is wide', () => {
  const line = new TestLine({ rateBps: 3_000_000, ...clean });
  line.estimator.setWanted(10_000_000);
  line.pass(15_000, everything);
  line.line = { rateBps: 600_000, ...clean };
  line.pass(2000, everything);
  const narrow = line.pass(5000, everything);
  assert.ok(narrow.estimateBps < 660_000 && narrow.leastEstimateBps > 250_000 && narrow.queueMs < 100, JSON.stringify(narrow));
  line.line = { rateBps: 3_000_000, ...clean };
  line.pass(20_000, everything);
  const wide = line.pass(5000, everything);
  assert.ok(wide.arrivedBps > 2_200_000, JSON.stringify(wide));
});

test('a sender with little to send learns by probes how much more would fit, and what that costs is little', () => {
  const line = new TestLine({ rateBps: 4_000_000, ...clean });
  line.estimator.setWanted(2_000_000);
  const report = line.pass(20_000, () => 150_000);
  assert.ok(report.estimateBps > 1_700_000 && report.queueMs95 < 50, JSON.stringify(report));
  assert.ok(line.paddingBytes < 150_000, `${line.paddingBytes} bytes of padding`);
  line.estimator.setWanted(100_000);
  const before = line.paddingBytes;
  line.pass(20_000, () => 100_000);
  assert.equal(line.paddingBytes, before);
});

test('probes on a line that takes no more become rare and leave the queue alone', () => {
  const line = new TestLine({ rateBps: 400_000, ...clean });
  line.estimator.setWanted(5_000_000);
  const report = line.pass(60_000, () => 150_000);
  assert.ok(report.estimateBps < 500_000 && report.queueMs95 < 100, JSON.stringify(report));
  assert.ok(line.paddingBytes < 60_000, `${line.paddingBytes} bytes of padding`);
});

test('a burst of loss of a third takes the rate down, and the rate comes back', () => {
  const line = new TestLine({ rateBps: 2_000_000, ...clean });
  line.estimator.setWanted(5_000_000);
  line.pass(10_000, everything);
  line.line = { ...line.line, loss: 0.33 };
  const lossy = line.pass(5000, everything);
  assert.ok(lossy.estimateBps < 1_200_000, JSON.stringify(lossy));
  assert.ok(line.estimator.lossFraction(instant(line.now)) > 0.2);
  line.line = { ...line.line, loss: 0 };
  line.pass(20_000, everything);
  assert.ok(line.estimator.estimateBps > 1_500_000, `${line.estimator.estimateBps}`);
});

test('a line that goes dead is thought to take less and less, and is found again', () => {
  const line = new TestLine({ rateBps: 2_000_000, ...clean });
  line.estimator.setWanted(5_000_000);
  line.pass(10_000, everything);
  line.line = { ...line.line, loss: 1 };
  line.pass(8000, everything);
  assert.ok(line.estimator.estimateBps < 200_000, `${line.estimator.estimateBps}`);
  line.line = { ...line.line, loss: 0 };
  line.pass(20_000, everything);
  assert.ok(line.estimator.estimateBps > 1_300_000, `${line.estimator.estimateBps}`);
});

test('who pauses is not answered meanwhile, which says nothing of the line', () => {
  const line = new TestLine({ rateBps: 2_000_000, ...clean });
  line.estimator.setWanted(2_000_000);
  line.pass(10_000, everything);
  const { estimateBps } = line.estimator;
  for (let count = 0; count < 5; count += 1) {
    line.pause(3_000);
    const report = line.pass(1_000, everything);
    assert.ok(report.leastEstimateBps > 0.85 * estimateBps, `${estimateBps}: ${JSON.stringify(report)}`);
  }
});

test('a line so bad that nothing is sent over it any more is tried again, and found when it is good', () => {
  const line = new TestLine({ rateBps: 2_000_000, ...clean });
  line.estimator.setWanted(2_000_000);
  const allOrNothing = (estimateBps: number): number => (estimateBps > 150_000 ? estimateBps : 0);
  line.pass(5000, allOrNothing);
  line.line = { ...line.line, rateBps: 60_000, queueMs: 100, loss: 0.5 };
  line.pass(10_000, allOrNothing);
  assert.ok(line.estimator.estimateBps < 150_000, `${line.estimator.estimateBps}`);
  line.line = { rateBps: 2_000_000, ...clean };
  line.pass(40_000, allOrNothing);
  assert.ok(line.estimator.estimateBps > 1_200_000, `${line.estimator.estimateBps}`);
});

test('the same seed gives the same run', () => {
  const run = (seed: number): unknown => new TestLine({ rateBps: 700_000, ...clean, loss: 0.03, jitterMs: 8 }, seed).pass(10_000, everything);
  assert.deepEqual(run(7), run(7));
  assert.notDeepEqual(run(7), run(8));
});

test('a client that says only how much it wants gets that; feedback that makes no sense harms nobody', () => {
  const estimator = new BandwidthEstimator();
  assert.equal(estimator.estimateBps, 300_000);
  estimator.handleMaximumBitrate(900_000);
  assert.equal(estimator.estimateBps, 900_000);
  estimator.handleMaximumBitrate(0);
  assert.equal(estimator.estimateBps, 30_000);
  estimator.handleMaximumBitrate(1e12);
  for (const arrivals of [[], [notReceived, notReceived], [0, -32_768, 32_767, 2 ** 31 - 1], Array(4096).fill(1)]) {
    for (const referenceTime of [0, -(2 ** 23), 2 ** 23 - 1]) {
      estimator.noteSent(65_535, instant(1));
      estimator.handleFeedback({ senderSsrc: 0, mediaSsrc: 0, feedbackCount: 0, baseSequenceNumber: 65_535, referenceTime, arrivals }, instant(2));
      estimator.update(instant(3));
      assert.ok(Number.isFinite(estimator.estimateBps) && estimator.estimateBps >= 30_000 && estimator.estimateBps <= 20_000_000, `${estimator.estimateBps}`);
    }
  }
});

test('a feedback that waited before it was taken makes the way no longer', () => {
  const estimator = new BandwidthEstimator();
  const number = estimator.noteSent(1_000, instant(100));
  estimator.handleFeedback({ senderSsrc: 0, mediaSsrc: 0, feedbackCount: 0, baseSequenceNumber: number, referenceTime: 0, arrivals: [4] }, instant(180), instant(150));
  assert.equal(estimator.roundTripMs, 50);
});
