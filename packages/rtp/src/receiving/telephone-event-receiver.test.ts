import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dtmfTones, TelephoneEventReceiver, telephoneEventLength, writeTelephoneEvent } from '../index.ts';

interface EventPacket {
  readonly tone: string;
  readonly timestamp: number;
  readonly duration: number;
  readonly end?: boolean;
  readonly ssrc?: number;
  readonly marker?: 0 | 1;
}

function packetOf({ tone, timestamp, duration, end = false, ssrc = 7, marker = 0 }: EventPacket) {
  const bytes = new Uint8Array(2 + telephoneEventLength);
  writeTelephoneEvent(bytes, 2, { event: dtmfTones.indexOf(tone), end, volume: 10, duration: duration & 0xffff });
  return { ssrc, timestamp: timestamp | 0, marker, bytes, payloadOffset: 2, payloadLength: telephoneEventLength };
}

/** A press as a sender tells of it: every 20 ms how long it is, and three times that it is over. */
function pressOf(tone: string, timestamp: number, lengthMs: number, unitsPerMs: number): readonly EventPacket[] {
  const frames = Math.ceil(lengthMs / 20);
  const durations = Array.from({ length: frames }, (_, index) => (index + 1) * 20 * unitsPerMs);
  return [...durations.map((duration, index) => ({ tone, timestamp, duration, end: index === frames - 1 })), ...[1, 2].map(() => ({ tone, timestamp, duration: frames * 20 * unitsPerMs, end: true }))];
}

function keysOf(packets: readonly EventPacket[], clockRate: number): string {
  const receiver = new TelephoneEventReceiver(clockRate);
  return packets.map((packet) => receiver.take(packetOf(packet)) ?? '').join('');
}

test('each press is told once, whichever of its packets arrive, in any order', () => {
  for (const clockRate of [8000, 48_000]) {
    const unitsPerMs = clockRate / 1000;
    fc.assert(fc.property(fc.array(fc.constantFrom(...dtmfTones), { maxLength: 12 }), fc.integer(), fc.integer({ min: 0, max: 6 }), fc.array(fc.nat()), (tones, start, lost, seeds) => {
      const packets = tones.flatMap((tone, index) => {
        const press = [...pressOf(tone, start + index * 180 * unitsPerMs, 100, unitsPerMs)];
        for (let count = 0; count < lost; count += 1) press.splice((seeds[count] ?? count) % press.length, 1);
        for (const [at, seed] of seeds.entries()) press.splice(at % press.length, 0, ...press.splice(seed % press.length, 1));
        return press;
      });
      assert.equal(keysOf(packets, clockRate), tones.join(''));
    }));
  }
});

test('a straggler of the key before is no other press', () => {
  const [first, second] = [pressOf('1', 0, 60, 8), pressOf('2', 1200, 60, 8)];
  assert.equal(keysOf([...first.slice(0, 3), ...second.slice(0, 2), ...first.slice(3), ...second.slice(2)], 8000), '12');
});

test('a key that is held for a minute is one press, in segments or with durations that wrap', () => {
  const segments = Array.from({ length: 8 }, (_, segment) => Array.from({ length: 400 }, (_, index) => ({ tone: '0', timestamp: segment * 65_520, duration: Math.min((index + 1) * 164, 65_520) }))).flat();
  assert.equal(keysOf(segments, 8000), '0');
  assert.equal(keysOf(segments.filter((_, index) => index % 400 < 398), 8000), '0', 'the last packets of a segment are lost');
  assert.equal(keysOf(Array.from({ length: 3000 }, (_, index) => ({ tone: '0', timestamp: 5, duration: (index + 1) * 160 })), 8000), '0');
});

test('a sender that moves the timestamp with every packet presses once', () => {
  assert.equal(keysOf(Array.from({ length: 20 }, (_, index) => ({ tone: '#', timestamp: index * 160, duration: 160 })), 8000), '#');
});

test('the same key again, another sender, and one that begins to count anew', () => {
  assert.equal(keysOf([...pressOf('5', 0, 100, 8), ...pressOf('5', 1200, 100, 8)], 8000), '55');
  assert.equal(keysOf([...pressOf('5', 0, 100, 8), ...pressOf('5', 0, 100, 8).map((packet) => Object.assign({}, packet, { ssrc: 8 }))], 8000), '55');
  assert.equal(keysOf([...pressOf('5', 1_000_000, 100, 8), ...pressOf('5', 160, 100, 8)], 8000), '55');
});

test('what is no key of a keypad is nothing', () => {
  const receiver = new TelephoneEventReceiver(8000);
  for (let event = 16; event < 256; event += 1) {
    const packet = packetOf({ tone: '1', timestamp: event, duration: 160 });
    packet.bytes[2] = event;
    assert.equal(receiver.take(packet), undefined);
  }
  assert.equal(receiver.take({ ...packetOf({ tone: '1', timestamp: 0, duration: 160 }), payloadLength: 3 }), undefined);
});

test('where the marker bit is asked for, a press is told with the packet that has it', () => {
  const keysMarked = (packets: readonly EventPacket[]): string => {
    const receiver = new TelephoneEventReceiver(8000, 'ignored');
    return packets.map((packet) => receiver.take(packetOf(packet)) ?? '').join('');
  };
  const marked = (packets: readonly EventPacket[]): readonly EventPacket[] => packets.map((packet, index) => Object.assign({}, packet, { marker: index === 0 ? (1 as const) : (0 as const) }));
  const [one, two, three] = [pressOf('1', 0, 100, 8), marked(pressOf('2', 1600, 100, 8)), pressOf('3', 3200, 100, 8)];
  assert.equal(keysMarked([...one, ...two, ...three]), '2');
  assert.equal(keysMarked([...two.slice(1, 3), ...two.slice(0, 1), ...two.slice(3)]), '2', 'it comes late');
  assert.equal(keysMarked([...marked(one), ...two, ...marked(three)]), '123');
  assert.equal(keysOf([...one, ...two, ...three], 8000), '123');
});
