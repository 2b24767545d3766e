import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import { NackGenerator, ntpTimeOf, ReceiveStatistics, SenderClock, StreamClock, unixMillisecondsOf } from '../index.ts';

test('loss between reports and in all, across the end of the numbers', () => {
  const statistics = new ReceiveStatistics(48_000);
  const note = (number: number): boolean => statistics.note(number & 0xffff, number * 960, 100, instant(number * 20));
  for (let number = 65_530; number < 65_530 + 20; number += 1) if (number % 4 !== 0) note(number);
  const first = statistics.report(-7, instant(2_000_000));
  assert.deepEqual([first.ssrc, first.fractionLost, first.cumulativeLost, first.extendedHighestSequenceNumber, first.jitter], [-7, Math.floor((5 * 256) / 20), 5, 65_549, 0]);
  note(65_532);
  note(65_532);
  for (let number = 65_550; number < 65_560; number += 1) note(number);
  const second = statistics.report(-7, instant(2_000_000));
  assert.deepEqual([second.fractionLost, second.cumulativeLost, second.extendedHighestSequenceNumber], [0, 3, 65_559]);
  assert.deepEqual([statistics.received, statistics.bytes], [27, 2700]);
});

test('a number far off counts when the next one confirms it', () => {
  const statistics = new ReceiveStatistics(90_000);
  const note = (number: number): boolean => statistics.note(number, 0, 1, instant(0));
  assert.deepEqual([100, 101, 30_000, 102, 30_001, 30_002].map(note), [true, true, false, true, true, true]);
  assert.deepEqual([statistics.received, statistics.lost, statistics.extendedHighestSequenceNumber], [2, 0, 30_002]);
  assert.deepEqual([29_990, 29_000].map(note), [true, false]);
});

test('jitter is the mean deviation of the transit, and absurd timestamps are none', () => {
  const statistics = new ReceiveStatistics(8000);
  for (let number = 0; number < 1000; number += 1) statistics.note(number, number * 160, 1, instant(number * 20 + (number % 2) * 8));
  assert.ok(Math.abs(statistics.jitterMs - 8) < 0.1, `${statistics.jitterMs} ms`);
  statistics.note(1000, -1e9, 1, instant(20_000));
  assert.ok(statistics.jitterMs < 8.1);
});

test('a report names the last sender report and how long ago it came', () => {
  const statistics = new ReceiveStatistics(8000);
  statistics.noteSenderReport(0xaaaabbbb, 0xccccdddd, instant(1000));
  const block = statistics.report(1, instant(2500));
  assert.deepEqual([block.lastSenderReport, block.delaySinceLastSenderReport, block.fractionLost], [0xbbbbcccc, 1.5 * 65_536, 0]);
});

test('a missing packet is asked for when it is not merely late, again after a round trip, and not for ever', () => {
  const nack = new NackGenerator();
  assert.equal(nack.pollTimeout(), undefined);
  nack.note(65_534, instant(0));
  nack.note(1, instant(10));
  assert.equal(nack.pollTimeout(), 15);
  assert.deepEqual(nack.take(instant(14), 40), []);
  nack.note(65_535, instant(14));
  assert.deepEqual(nack.take(instant(15), 40), [0]);
  assert.equal(nack.pollTimeout(), 15 + 50);
  assert.deepEqual(nack.take(instant(64), 40), []);
  const asked = [15];
  for (let at = nack.pollTimeout(); at !== undefined; at = nack.pollTimeout()) for (const number of nack.take(at, 40)) asked.push(number === 0 ? at : -1);
  assert.deepEqual(asked, [15, 65, 125, 195, 275, 365, 465, 575]);
  nack.note(3, instant(1000));
  nack.note(2, instant(1001));
  assert.equal(nack.pollTimeout(), undefined);
  assert.deepEqual(nack.take(instant(2000), 40), []);
});

test('an outage is told once, and not asked for packet by packet', () => {
  const nack = new NackGenerator();
  assert.equal(nack.note(0, instant(0)), false);
  assert.equal(nack.note(250, instant(0)), false);
  assert.equal(nack.note(1000, instant(1)), true);
  assert.equal(nack.pollTimeout(), undefined);
  assert.equal(nack.note(1002, instant(2)), false);
  assert.deepEqual(nack.take(instant(10), 40), [1001]);
});

test('NTP times are those of RFC 3550', () => {
  assert.deepEqual(ntpTimeOf(0.5), { ntpSeconds: 2_208_988_800, ntpFraction: Math.floor(2 ** 32 / 2000) });
  for (const ms of [0, 1_700_000_000_123.25]) {
    const { ntpSeconds, ntpFraction } = ntpTimeOf(ms);
    assert.ok(Math.abs(unixMillisecondsOf(ntpSeconds, ntpFraction) - ms) < 0.001);
  }
});

test('timestamps and times of the sender follow each other; our clock follows the least delayed report', () => {
  const stream = new StreamClock(90_000);
  assert.deepEqual([stream.senderTimeOf(1), stream.timestampOf(1)], [undefined, undefined]);
  stream.note(1_000_000, 0x7fffffff);
  assert.equal(stream.timestampOf(1_000_100), (0x7fffffff + 9000) | 0);
  assert.equal(stream.senderTimeOf((0x7fffffff + 9000) | 0), 1_000_100);
  const sender = new SenderClock();
  assert.equal(sender.ourTimeOf(0), undefined);
  for (const delay of [30, 10, 50]) sender.note(1000, 1000 + 500 + delay);
  assert.equal(sender.ourTimeOf(2000), 2510);
});
