import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isOpusVoice, opusPacketMs } from './opus-packet.ts';

const durationOf = (...bytes: number[]): number => opusPacketMs(Uint8Array.of(0xff, ...bytes), 1, bytes.length);

test('the frame sizes of every configuration (RFC 6716 table 2)', () => {
  const expected = [10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 10, 20, ...Array.from({ length: 4 }, () => [2.5, 5, 10, 20]).flat()];
  assert.deepEqual(expected.map((_, configuration) => durationOf(configuration << 3)), expected);
});

test('one frame, two, or as many as the second byte says, up to 120 ms', () => {
  const celt20 = 0xf8;
  assert.deepEqual([durationOf(celt20), durationOf(celt20 | 1), durationOf(celt20 | 2), durationOf(celt20 | 3, 0x43)], [20, 40, 40, 60]);
  assert.equal(durationOf(celt20 | 3, 6), 120);
  assert.deepEqual([durationOf(celt20 | 3, 7), durationOf(celt20 | 3), durationOf(celt20 | 3, 0x40), durationOf()], [0, 0, 0, 0]);
});

test('whatever the bytes are, at most 120 ms', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 5 }), (bytes) => {
    const durationMs = opusPacketMs(bytes, 0, bytes.length);
    assert.ok(durationMs >= 0 && durationMs <= 120);
  }));
});

test('voice is what SILK codes, alone or in a hybrid (RFC 6716 table 2)', () => {
  assert.deepEqual([0x00, 0x5f, 0x60, 0x7f, 0x80, 0xff].map(isOpusVoice), [true, true, true, true, false, false]);
});
