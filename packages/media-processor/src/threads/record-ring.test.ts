import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { createRingMemory, RingReader, RingWriter } from './record-ring.ts';

function write(writer: RingWriter, kind: number, bytes: Uint8Array): boolean {
  const at = writer.reserve(kind, bytes.length);
  if (at < 0) return false;
  writer.bytes.set(bytes, at);
  writer.commit();
  return true;
}

test('records come out as they went in, in order; a full ring takes none and loses none', () => {
  fc.assert(fc.property(fc.array(fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.constant('read' as const)), { maxLength: 200 }), (steps) => {
    const memory = createRingMemory(256);
    const [writer, reader] = [new RingWriter(memory), new RingReader(memory)];
    const waiting: { kind: number; bytes: number[] }[] = [];
    for (const [kind, step] of [...steps, 'read' as const].entries()) {
      if (step !== 'read') {
        if (write(writer, kind, step)) waiting.push({ kind, bytes: [...step] });
        else assert.ok(waiting.length > 0, 'an empty ring takes every record of less than half its size');
        continue;
      }
      const count = reader.readAll((readKind, offset) => {
        const expected = waiting.shift();
        assert.ok(expected !== undefined);
        assert.equal(readKind, expected.kind);
        assert.deepEqual([...reader.bytes.subarray(offset, offset + expected.bytes.length)], expected.bytes);
      });
      assert.equal(waiting.length, 0, `${count} records`);
      reader.release();
    }
  }));
});

test('positions wrap around', () => {
  const memory = createRingMemory(64);
  new Int32Array(memory, 0, 8).fill(-16);
  const [writer, reader] = [new RingWriter(memory), new RingReader(memory)];
  for (let index = 0; index < 10; index += 1) {
    assert.ok(write(writer, index, Uint8Array.of(index)));
    assert.equal(reader.readAll((kind, offset) => assert.deepEqual([kind, reader.bytes[offset]], [index, index])), 1);
    reader.release();
  }
});

test('what has been read is kept until it is released', () => {
  const memory = createRingMemory(64);
  const [writer, reader] = [new RingWriter(memory), new RingReader(memory)];
  assert.ok(write(writer, 1, new Uint8Array(40)));
  reader.readAll(() => {});
  assert.equal(write(writer, 2, new Uint8Array(40)), false);
  reader.release();
  assert.equal(write(writer, 2, new Uint8Array(40)), true);
});

test('another thread reads all that is written', async () => {
  const memory = createRingMemory(4096);
  const count = 20_000;
  const program = `
    const { workerData, parentPort } = require('node:worker_threads');
    import(workerData.module).then(({ RingReader }) => {
      const reader = new RingReader(workerData.memory);
      let seen = 0;
      while (seen < workerData.count) {
        reader.readAll((kind, offset) => {
          if (kind !== seen || reader.words[offset >> 2] !== seen * 7) throw new Error('record ' + seen + ' is ' + kind);
          seen += 1;
        });
        reader.release();
      }
      parentPort.postMessage(seen);
    });`;
  const worker = new Worker(program, { eval: true, workerData: { memory, count, module: new URL('record-ring.ts', import.meta.url).href } });
  const seen = once(worker, 'message');
  const writer = new RingWriter(memory);
  for (let index = 0; index < count; ) {
    const at = writer.reserve(index, 4 + (index % 90));
    if (at < 0) {
      await new Promise(setImmediate);
      continue;
    }
    writer.words[at >> 2] = index * 7;
    writer.commit();
    index += 1;
  }
  assert.deepEqual(await seen, [count]);
  await worker.terminate();
});
