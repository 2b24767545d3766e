import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addMilliseconds, type Instant } from '@dialplane/sansio';
import { Agenda, Chance, lossyLink, RequestClient, World, type Disk, type HostMachine, type LinkConditions, type Received, type Transmission } from './index.ts';

const perfect: LinkConditions = { lossRate: 0, duplicateRate: 0, delayMs: 10, jitterMs: 0, reorderRate: 0, reorderMs: 0, isOrdered: false };

/** Sends numbers to `to`, one each 5 ms, and keeps what it receives. */
class Counter implements HostMachine<number> {
  readonly received: number[] = [];
  private readonly to: string;
  private readonly last: number;
  private readonly outputs: Transmission<number>[] = [];
  private next = 1;
  private sendAt: Instant;

  constructor(to: string, last: number, now: Instant) {
    this.to = to;
    this.last = last;
    this.sendAt = addMilliseconds(now, 5);
  }

  handle({ message }: Received<number>): void {
    this.received.push(message);
  }

  handleTimeout(now: Instant): void {
    if (this.sendAt > now) return;
    this.outputs.push({ to: this.to, message: this.next });
    this.next += 1;
    this.sendAt = addMilliseconds(now, 5);
  }

  poll(): Transmission<number> | undefined {
    return this.outputs.shift();
  }

  pollTimeout(): Instant | undefined {
    return this.next > this.last ? undefined : this.sendAt;
  }
}

function send(count: number, conditions: LinkConditions, prepare: (world: World<number>) => void = () => undefined): { received: number[]; world: World<number> } {
  const world = new World<number>(3);
  world.setDefaultConditions(conditions);
  world.add('a', (_disk, now) => new Counter('b', count, now));
  const b = world.add('b', (_disk, now) => new Counter('a', 0, now));
  prepare(world);
  world.run(60_000);
  return { received: b.program?.received ?? [], world };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

test('a perfect link delivers everything in order, after its delay', () => {
  const { received, world } = send(100, perfect);
  assert.deepEqual(received, numbers(100));
  assert.equal(world.step(), false, 'nothing is left to happen');
});

test('a lossy link loses, doubles and reorders, an ordered one only loses and doubles', () => {
  const conditions = { ...perfect, lossRate: 0.2, duplicateRate: 0.2, jitterMs: 50 };
  const { received, world } = send(500, conditions);
  const { lost, duplicated, sent } = world.tally;
  assert.equal(received.length, sent - lost + duplicated);
  assert.ok(lost > 50 && duplicated > 50, `${lost} lost, ${duplicated} doubled`);
  assert.notDeepEqual(received, received.toSorted((a, b) => a - b));
  const ordered = send(500, { ...conditions, isOrdered: true }).received;
  assert.deepEqual(ordered, ordered.toSorted((a, b) => a - b));
});

test('a cut link delivers nothing until it is mended', () => {
  const { received } = send(100, perfect, (world) => {
    world.after(101, () => world.setPartition('a', 'b', true));
    world.after(301, () => world.setPartition('a', 'b', false));
  });
  assert.deepEqual(received, [...numbers(20), ...numbers(100).slice(60)]);
});

test('a crashed host loses what arrives and what it knew, but not its disk', () => {
  const boots: number[] = [];
  const world = new World<number>(1);
  world.setDefaultConditions(perfect);
  world.add('a', (_disk, now) => new Counter('b', 40, now));
  const clocks: Instant[] = [];
  const b = world.add('b', (disk: Disk, now: Instant) => {
    boots.push(Number(disk.get('boots') ?? 0));
    disk.put('boots', boots.length);
    clocks.push(now);
    return new Counter('a', 0, now);
  });
  world.after(52, () => world.crash('b'));
  world.after(152, () => world.restart('b'));
  world.run(1000);
  assert.deepEqual(boots, [0, 1]);
  assert.deepEqual(b.program?.received, numbers(40).slice(28));
  assert.notEqual((clocks[1] ?? 0) - (clocks[0] ?? 0), 152, 'a monotonic clock starts anew');
});

test('a program that never lets time pass is found out', () => {
  const world = new World<number>(1);
  world.add('a', (_disk, now) => ({ handle: () => undefined, handleTimeout: () => undefined, poll: () => undefined, pollTimeout: () => now }));
  assert.throws(() => world.run(1000), /time stands still/);
});

test('checkers look after every step, and what they throw comes out', () => {
  const world = new World<number>(1);
  world.add('a', (_disk, now) => new Counter('b', 3, now));
  world.add('b', (_disk, now) => new Counter('a', 0, now));
  const touched: Array<string | undefined> = [];
  world.check((host) => {
    touched.push(host);
    assert.ok(touched.length < 4, 'enough');
  });
  assert.throws(() => world.run(1000), /enough/);
  assert.equal(touched.length, 4);
});

test('a request is repeated, ever more slowly, until its response is there', () => {
  const client = new RequestClient<string>();
  const sent: number[] = [];
  client.ask('r', 'body', 0 as Instant);
  for (let at: Instant | undefined = 0 as Instant; at !== undefined && sent.length < 8; at = client.pollTimeout()) {
    client.handleTimeout(at);
    for (let request = client.poll(); request !== undefined; request = client.poll()) sent.push(at);
  }
  assert.deepEqual(sent, [0, 500, 1500, 3500, 7500, 15_500, 23_500, 31_500]);
  assert.equal(client.settle('r'), true);
  assert.equal(client.settle('r'), false);
  assert.equal(client.pollTimeout(), undefined);
});

test('the agenda gives back by time, and equal times in the order they were added', () => {
  const agenda = new Agenda<number>();
  const chance = new Chance(5);
  const expected = Array.from({ length: 500 }, (_, index) => ({ at: chance.below(50), index }));
  for (const { at, index } of expected) agenda.add(at, index);
  const taken: number[] = [];
  for (let next = agenda.take(); next !== undefined; next = agenda.take()) taken.push(next.item);
  assert.deepEqual(taken, expected.toSorted((a, b) => a.at - b.at || a.index - b.index).map(({ index }) => index));
});

test('the preset of a bad network is bad', () => {
  const { world } = send(1000, lossyLink);
  assert.ok(world.tally.lost > 20 && world.tally.duplicated > 10);
});
