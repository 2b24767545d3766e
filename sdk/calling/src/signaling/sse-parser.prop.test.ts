import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SseParser, type ServerSentEvent } from './sse-parser.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const oneLine = text.map((value) => value.replaceAll(/[\r\n\0]/g, ''));
const event = fc.record({ id: oneLine, type: oneLine.map((value) => (value === '' ? 'message' : value)), data: fc.array(oneLine, { minLength: 1, maxLength: 4 }) });
const lineEnd = fc.constantFrom('\n', '\r\n', '\r');

test('whatever the stream is cut into, the same events come out', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 6 }), lineEnd, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (events, end, sizes) => {
      const lines = events.flatMap(({ id, type, data }) => [`id: ${id}`, `event: ${type}`, ': keep-alive', ...data.map((line) => `data: ${line}`), '']);
      const bytes = new TextEncoder().encode(lines.map((line) => line + end).join(''));
      const parser = new SseParser();
      const parsed: ServerSentEvent[] = [];
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        parsed.push(...parser.push(bytes.subarray(at, at + size)));
        at += size;
      }
      assert.deepEqual(parsed, events.map(({ id, type, data }) => ({ id, type, data: data.join('\n') })));
    }),
  );
});

test('arbitrary bytes never throw', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (chunks) => {
      const parser = new SseParser();
      for (const chunk of chunks) for (const { data } of parser.push(chunk)) assert.equal(typeof data, 'string');
    }),
  );
});

test('an endless event is refused', () => {
  const parser = new SseParser();
  const line = new TextEncoder().encode(`data: ${'x'.repeat(1_000_000)}\n`);
  assert.throws(() => {
    for (let sent = 0; sent < 10; sent += 1) parser.push(line);
  }, RangeError);
});
