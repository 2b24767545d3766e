import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Talker, TestMix, tone } from '../test-mix.ts';

/** The first three quarters fill what is used again: places of numbers, arenas of the allocator. */
const joins = Number(process.env['MIX_JOINS'] ?? 40_000);
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function residentKilobytes(): number {
  collectGarbage();
  return process.memoryUsage.rss() / 1024;
}

/** Who is there at once, and how long each one stays. */
const present = 20;

test('members join, speak and leave, and nothing of them is kept', { timeout: 600_000 }, (t) => {
  const room = new TestMix();
  const talkers = Array.from({ length: present }, (_, index) => new Talker(room.kernels, index % 4 === 3 ? 'G722' : 'opus', tone(300 + 100 * index, { rate: index % 4 === 3 ? 16_000 : 48_000 }), index));
  const members: number[] = [];
  let before = 0;
  for (let number = 1; number <= joins; number += 1) {
    room.mix.add(number, { payloadTypes: [{ payloadType: 111, codec: 'opus' }, { payloadType: 9, codec: 'G722' }], isMuted: false, reception: { codec: number % 5 === 0 ? 'G722' : 'opus' } });
    members.push(number);
    if (members.length > present) room.mix.remove(members.shift() ?? 0);
    room.run(3, (_tick, at) => members.slice(-4).flatMap((member, index) => {
      const talker = talkers[(number + index) % present];
      return talker === undefined ? [] : [[member, talker.next(at, index === 0 ? -1 : 20)] as const];
    }));
    if (number === (joins * 3) / 4) before = residentKilobytes();
    room.recipientCounts.length = 0;
    room.levels.clear();
  }
  const growthKilobytes = residentKilobytes() - before;
  t.diagnostic(`${Math.round(growthKilobytes)} kB more after the last ${joins / 4} joins, of ${Math.round(before)} kB`);
  // An encoder is 20 kB and more: one for each join would be a multiple of this.
  assert.ok(growthKilobytes < joins / 2, `${growthKilobytes} kB`);
  room.mix.close();
  assert.equal(room.payloads.used, 0);
  assert.equal(room.workspace.areasInUse, 0);
});
