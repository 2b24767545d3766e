import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import { JitterBuffer, jitterStep } from './jitter-buffer.ts';
import type { BufferedPacket } from './packet-places.ts';
import { hear, medianOf } from './test-stream.ts';

const packetAt = (index: number, fields: Partial<BufferedPacket> = {}): BufferedPacket => ({ sequenceNumber: index & 0xffff, timestamp: (index * 960) | 0, duration: 960, level: 30, payload: index, ...fields });

function buffered(hasRedundancy = true) {
  const released: number[] = [];
  const buffer = new JitterBuffer({ clockRate: 48_000, hasRedundancy, release: (payload) => released.push(payload) });
  const takeAt = (ms: number): string => {
    const step = buffer.take(instant(ms));
    return step === jitterStep.nothing ? 'nothing' : step === jitterStep.packet ? `packet ${buffer.payload}` : step === jitterStep.redundancy ? `redundancy of ${buffer.payload}` : 'concealment';
  };
  return { buffer, released, takeAt };
}

/** How many of the steps after the first ten seconds are of one kind. */
function share(steps: string, letter: string): number {
  return steps.slice(500).split(letter).length / (steps.length - 500);
}

test('on a clean network every packet is heard once, in order, without a pause, within 20 ms', () => {
  for (const phaseMs of [0.5, 7, 13, 19.5]) {
    const { played, waitedMs, sent, steps, buffer, kept } = hear({ delayMs: (_at, chance) => 30 + chance, phaseMs });
    assert.deepEqual(played, Array.from({ length: sent }, (_, index) => 65_500 + index));
    assert.match(steps, /^\.*p+c{5}\.*$/);
    assert.ok(Math.max(...waitedMs) < 24, `${Math.max(...waitedMs)}`);
    assert.equal(buffer.targetMs, 2);
    assert.equal(kept, 0);
  }
  const medians = Array.from({ length: 20 }, (_, phaseMs) => medianOf(hear({ delayMs: (_at, chance) => 30 + chance, phaseMs, seconds: 5 }).waitedMs));
  assert.ok(medianOf(medians) < 14, `${medianOf(medians)}`);
});

test('it waits as long as the jitter asks for: hardly anything is made up, and not much longer', () => {
  const { buffer, waitedMs, steps } = hear({ delayMs: (_at, chance) => 30 + 50 * chance, level: (at) => (at % 2000 < 1500 ? 30 : 55) });
  assert.ok(buffer.targetMs >= 44 && buffer.targetMs <= 54, `${buffer.targetMs}`);
  const late = steps.slice(200).replace(/[.c]+$/, '');
  assert.ok((late.match(/c/g) ?? []).length / late.length < 0.05, late);
  assert.ok(medianOf(waitedMs) < 50, `${medianOf(waitedMs)}`);
});

test('delay is won back when the network has calmed down', () => {
  const { buffer, waitedMs } = hear({ delayMs: (at, chance) => 30 + (at < 15_000 ? 80 : 1) * chance, level: (at) => (at % 1000 < 700 ? 30 : 70), seconds: 60 });
  assert.ok(buffer.targetMs <= 6, `${buffer.targetMs}`);
  assert.ok(medianOf(waitedMs.slice(-200)) < 25);
  assert.ok(buffer.skippedPackets > 0);
});

test('of telephones, whose packets do not say how loud they are, delay is won back and clocks are followed in what was measured as soft', () => {
  const level = (at: number): number => (at % 1000 < 700 ? 30 : 70);
  const { buffer, waitedMs } = hear({ delayMs: (at, chance) => 30 + (at < 15_000 ? 80 : 1) * chance, level, levels: 'measured', seconds: 60 });
  assert.ok(medianOf(waitedMs.slice(-200)) < 25, `${medianOf(waitedMs.slice(-200))}`);
  assert.ok(buffer.skippedPackets > 0);
  const drifting = hear({ delayMs: (_at, chance) => 30 + chance, level, levels: 'measured', driftPpm: -300, seconds: 300 });
  assert.ok(medianOf(drifting.waitedMs.slice(-500)) < 30, `${medianOf(drifting.waitedMs.slice(-500))}`);
});

test('a pause of the network is made up for 100 ms; what comes after it is heard without staying late', () => {
  const { steps, buffer, waitedMs, kept } = hear({ delayMs: (at) => 30 + (at >= 5000 && at < 5080 ? 5080 - at : 0) });
  assert.match(steps, /^\.*p+c{3,4}p+c{5}\.*$/);
  assert.ok(medianOf(waitedMs.slice(-100)) < 40, 'while somebody speaks on, a little of it may stay');
  assert.ok(buffer.skippedPackets > 0);
  assert.equal(kept, 0);
});

test('lost packets are made up; where many are, and packets repeat the one before, it waits for the next one', () => {
  const line = { delayMs: (_at: number, chance: number) => 30 + chance, level: (at: number) => (at % 1000 < 700 ? 30 : 55), seconds: 60, seed: 4 };
  const plain = hear({ ...line, loss: 0.08 });
  assert.ok(share(plain.steps, 'c') > 0.06 && share(plain.steps, 'r') < 0.001);
  assert.equal(plain.buffer.targetMs, 2);
  const redundant = hear({ ...line, loss: 0.08, hasRedundancy: true });
  assert.ok(share(redundant.steps, 'r') > 0.05 && share(redundant.steps, 'c') < 0.02);
  assert.ok(medianOf(redundant.waitedMs) < 40);
  const hardly = hear({ ...line, loss: 0.002, hasRedundancy: true });
  assert.ok(medianOf(hardly.waitedMs) < 20);
});

test('what repeats a lost packet is used wherever between two packets the ticks are, also where packets are handed over late', () => {
  for (let phaseMs = 0; phaseMs < 20; phaseMs += 1) {
    const { steps, waitedMs } = hear({ delayMs: (_at, chance) => 30 + chance, phaseMs, handoverMs: 5, loss: 0.08, hasRedundancy: true });
    assert.ok(share(steps, 'c') < 0.02, `${phaseMs}: ${steps}`);
    assert.ok(medianOf(waitedMs) < 50, `${phaseMs}: ${medianOf(waitedMs)}`);
  }
});

test('order is restored while there is time', () => {
  const { buffer, takeAt } = buffered();
  for (const [index, at] of [[1, 1], [0, 2], [2, 3]] as const) buffer.insert(packetAt(index), instant(at));
  assert.deepEqual([10, 30, 50].map(takeAt), ['packet 0', 'packet 1', 'packet 2']);
});

test('what a later packet repeats fills the place of a lost one, and no other; it was lost all the same', () => {
  const { buffer, takeAt, released } = buffered();
  assert.equal(buffer.insertRepeated(packetAt(9)), false, 'nothing begins with it');
  for (const index of [0, 1, 3]) buffer.insert(packetAt(index), instant(index * 20));
  assert.deepEqual([buffer.insertRepeated(packetAt(2)), buffer.insertRepeated(packetAt(2)), buffer.insertRepeated(packetAt(1)), buffer.insertRepeated(packetAt(100))], [true, false, false, false]);
  assert.deepEqual([45, 65, 85, 105].map(takeAt), ['packet 0', 'packet 1', 'packet 2', 'packet 3']);
  assert.equal(buffer.insertRepeated(packetAt(3)), false, 'it has been heard');
  assert.equal(buffer.concealedSteps, 0);
  const targetMs = buffer.targetMs;
  for (let index = 4; index < 40; index += 1) {
    buffer.insert(packetAt(index), instant(index * 20));
    if (index % 5 === 0) buffer.insertRepeated(packetAt(index + 1));
    takeAt(index * 20 + 45);
  }
  assert.ok(buffer.targetMs > targetMs, 'it waits for the packet that repeats a lost one');
  assert.deepEqual(released, []);
});

test('one lost packet, the next one here: what that one says of it; two lost: a guess first', () => {
  const { buffer, takeAt, released } = buffered();
  for (const index of [0, 1, 3]) buffer.insert(packetAt(index), instant(index * 20));
  assert.deepEqual([45, 65, 85, 105].map(takeAt), ['packet 0', 'packet 1', 'redundancy of 3', 'packet 3']);
  buffer.insert(packetAt(6), instant(120));
  assert.deepEqual([125, 145, 165, 185].map(takeAt), ['concealment', 'redundancy of 6', 'packet 6', 'concealment']);
  assert.deepEqual(released, []);
});

test('a pause of the sender is a pause, not a loss', () => {
  const { buffer, takeAt } = buffered();
  buffer.insert(packetAt(0, { level: 90 }), instant(0));
  assert.deepEqual([takeAt(10), takeAt(30), takeAt(50)], ['packet 0', 'nothing', 'nothing']);
  buffer.insert({ ...packetAt(1), timestamp: 960 * 100 }, instant(2000));
  assert.deepEqual([takeAt(2010), takeAt(2030)], ['packet 1', 'concealment']);
  assert.equal(buffer.concealedSteps, 1);
});

test('a long pause without packets goes on in time', () => {
  const { steps } = hear({ delayMs: () => 30, isSending: (at) => at < 2000 || at >= 14_000, level: (at) => (at === 1980 ? 127 : 30) });
  assert.match(steps, /^\.*p{100}\.{590,610}p{300}c{5}\.*$/);
});

test('packets that come twice or too late are not heard', () => {
  const { buffer, takeAt } = buffered();
  assert.equal(buffer.insert(packetAt(5), instant(0)), true);
  assert.equal(buffer.insert(packetAt(5, { payload: 99 }), instant(1)), false);
  assert.equal(takeAt(10), 'packet 5');
  assert.equal(buffer.insert(packetAt(5), instant(11)), false);
  assert.equal(buffer.insert(packetAt(3), instant(12)), false);
  assert.equal(buffer.latePackets, 3);
});

test('one absurd timestamp is nothing, two in a row are a new beginning', () => {
  const { buffer, takeAt, released } = buffered();
  buffer.insert(packetAt(0), instant(0));
  buffer.insert(packetAt(1), instant(20));
  assert.equal(buffer.insert(packetAt(2, { timestamp: 0x7000_0000 }), instant(40)), false);
  assert.equal(takeAt(30), 'packet 0');
  assert.equal(buffer.insert(packetAt(3, { timestamp: 0x1000_0000 }), instant(60)), false);
  assert.equal(buffer.insert(packetAt(4, { timestamp: 0x1000_0000 + 960 }), instant(80)), true);
  assert.deepEqual(released, [1]);
  assert.equal(takeAt(90), 'packet 4');
});

test('a sequence that begins anew is believed with its second packet; one far ahead at once', () => {
  const { buffer, takeAt, released } = buffered();
  buffer.insert(packetAt(30_000, { timestamp: 0 }), instant(0));
  assert.equal(takeAt(5), 'packet 30000');
  assert.equal(buffer.insert(packetAt(7, { timestamp: 960 }), instant(20)), false);
  assert.equal(buffer.insert(packetAt(8, { timestamp: 1920 }), instant(40)), true);
  assert.equal(takeAt(45), 'packet 8');
  assert.equal(buffer.insert(packetAt(5000, { timestamp: 2880 }), instant(60)), true);
  assert.equal(buffer.insert(packetAt(5070, { timestamp: 3840 }), instant(80)), true);
  assert.deepEqual(released, [5000]);
  assert.equal(takeAt(90), 'packet 5070');
});

test('clocks that go apart cost a frame now and then, and nothing else', () => {
  for (const driftPpm of [-200, 200]) {
    const { buffer, waitedMs, played, sent } = hear({ delayMs: (_at, chance) => 30 + chance, driftPpm, seconds: 600, level: (at) => (at % 2000 < 1500 ? 30 : 60) });
    assert.ok(Math.max(...waitedMs.slice(100)) < 50, `${Math.max(...waitedMs)}`);
    assert.ok(sent - played.length <= 8 && buffer.concealedSteps < 20, `${sent - played.length} ${buffer.concealedSteps}`);
  }
});

test('what was dropped is given back', () => {
  const { buffer, released, takeAt } = buffered();
  for (const index of [0, 1, 2]) buffer.insert(packetAt(index), instant(0));
  buffer.clear();
  assert.deepEqual(released, [0, 1, 2]);
  assert.equal(takeAt(10), 'nothing');
  assert.equal(buffer.length, 0);
});
