import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Instant, instant } from '@dialplane/sansio';
import { LinePacer } from '../index.ts';

const packetBytes = 1_200;

/** Sends frames of so many packets, what has to wait every 10 ms. @returns for each frame, how long its last packet waited, in ms. */
function waits(lineBps: number, frames: ReadonlyArray<{ readonly at: number; readonly packets: number }>): readonly number[] {
  const pacer = new LinePacer();
  pacer.setLine(lineBps);
  const queue: Array<{ readonly frame: number; readonly at: number }> = [];
  const waited: number[] = frames.map(() => 0);
  const drain = (now: Instant): void => {
    for (let next = queue[0]; next !== undefined && pacer.take(packetBytes, now); next = queue[0]) {
      queue.shift();
      waited[next.frame] = now - next.at;
    }
  };
  const end = (frames.at(-1)?.at ?? 0) + 10_000;
  for (let now = 0; now < end; now += 1) {
    for (const [frame, { at, packets }] of frames.entries()) if (at === now) for (let packet = 0; packet < packets; packet += 1) queue.push({ frame, at });
    if (now % 10 === 0 || frames.some(({ at }) => at === now)) drain(instant(now));
  }
  return waited;
}

test('frames that the line takes leave at once, whatever their pace', () => {
  // 1.2 Mbit/s: 25 frames a second of five packets; 240 kbit/s of one.
  for (const [lineBps, packets] of [[1_400_000, 5], [300_000, 1]] as const) {
    const frames = Array.from({ length: 250 }, (_, frame) => ({ at: frame * 40, packets }));
    assert.deepEqual(waits(lineBps, frames), frames.map(() => 0));
  }
});

test('a key frame leaves in the time that two and a half times the line takes for it, and what follows it catches up', () => {
  const frames = [{ at: 0, packets: 50 }, ...Array.from({ length: 50 }, (_, frame) => ({ at: 40 * (frame + 1), packets: 4 }))];
  const [key = 0, ...others] = waits(1_000_000, frames);
  // 60,000 bytes, of which 12,500 leave at once, at 312 bytes in a millisecond.
  assert.ok(key >= 140 && key <= 170, `${key}`);
  assert.ok(Math.max(...others) <= key && others.slice(15).every((wait) => wait === 0), others.join(' '));
});

test('a wide line waits for nothing, and one that takes nothing gets a little', () => {
  assert.deepEqual(waits(20_000_000, [{ at: 0, packets: 100 }]), [0]);
  const [four = 1] = waits(0, [{ at: 0, packets: 4 }]);
  assert.equal(four, 0);
  const pacer = new LinePacer();
  const passed = Array.from({ length: 10 }, () => pacer.take(packetBytes, instant(0)));
  assert.equal(passed.filter(Boolean).length, 4);
});
