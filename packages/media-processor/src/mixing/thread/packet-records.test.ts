import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import fc from 'fast-check';
import { mixClockRates, type AudioPacket } from '../audio-mixer.ts';
import { mostPayloadBytes, readPacket, writePacket } from './packet-records.ts';
import { createRingMemory, RingReader, RingWriter } from '../../threads/record-ring.ts';

const packetArbitrary: fc.Arbitrary<Omit<AudioPacket, 'offset' | 'length'>> = fc.record({
  ssrc: fc.integer(),
  sequenceNumber: fc.nat(0xffff),
  timestamp: fc.integer(),
  payloadType: fc.nat(127),
  level: fc.integer({ min: -1, max: 127 }),
  arrivedAt: fc.double({ min: 0, max: 1e9, noNaN: true }).map(instant),
  bytes: fc.uint8Array({ minLength: 3, maxLength: 100 }),
});

test('a packet comes out of the ring as it went in', () => {
  const memory = createRingMemory(1024);
  const [writer, reader] = [new RingWriter(memory), new RingReader(memory)];
  const read: AudioPacket = { ssrc: 0, sequenceNumber: 0, timestamp: 0, payloadType: 0, level: 0, arrivedAt: instant(0), bytes: new Uint8Array(), offset: 0, length: 0 };
  fc.assert(fc.property(fc.nat(0x7fff_ffff), packetArbitrary, (member, fields) => {
    const packet = { ...fields, offset: 3, length: fields.bytes.length - 3 };
    assert.ok(writePacket(writer, member, packet));
    assert.equal(reader.readAll((_kind, offset) => {
      assert.equal(readPacket(reader, offset, read), member);
      const payload = [...read.bytes.subarray(read.offset, read.offset + read.length)];
      assert.deepEqual({ ...read, bytes: payload, offset: 3 }, { ...packet, bytes: [...packet.bytes.subarray(3)], offset: 3 });
    }), 1);
    reader.release();
  }));
});

test('what is no payload of audio is not taken', () => {
  const writer = new RingWriter(createRingMemory(4096));
  const packet = { ssrc: 0, sequenceNumber: 0, timestamp: 0, payloadType: 0, level: 0, arrivedAt: instant(0), bytes: new Uint8Array(2000), offset: 0, length: mostPayloadBytes + 1 };
  assert.equal(writePacket(writer, 1, packet), false);
  assert.equal(writePacket(writer, 1, { ...packet, length: -1 }), false);
  assert.equal(writePacket(writer, 1, { ...packet, length: mostPayloadBytes }), true);
});

test('a frame of 20 ms is a whole number of units of every RTP clock', () => {
  for (const rate of Object.values(mixClockRates)) assert.equal(rate % 50, 0);
});
