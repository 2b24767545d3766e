import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { UndecidedStreams } from './undecided-streams.ts';

test('the first byte decides, and stays to be read', async () => {
  const undecided = new UndecidedStreams();
  const stream = new PassThrough();
  const decided = new Promise<number>((resolve) => undecided.add(stream, resolve));
  stream.write('GET');
  assert.equal(await decided, 0x47);
  assert.equal(undecided.size, 0);
  assert.equal(String(stream.read()), 'GET');
});

test('who is silent, leaves or fails without a byte is let go of', async () => {
  const undecided = new UndecidedStreams({ withinMs: 1 });
  const never = (): never => assert.fail('nothing was said');
  const [silent, leaving, failing] = [new PassThrough(), new PassThrough(), new PassThrough()];
  for (const stream of [silent, leaving, failing]) undecided.add(stream, never);
  leaving.end();
  failing.destroy(new Error('reset'));
  await Promise.all([silent, leaving, failing].map((stream) => (stream.closed ? undefined : once(stream, 'close'))));
  assert.equal(undecided.size, 0);
});

test('beyond the limit the one that was silent longest has to go', async () => {
  const undecided = new UndecidedStreams({ limit: 2 });
  const streams = [new PassThrough(), new PassThrough(), new PassThrough()];
  for (const stream of streams) undecided.add(stream, () => undefined);
  assert.deepEqual(streams.map(({ destroyed }) => destroyed), [true, false, false]);
  for (const stream of streams) stream.destroy();
  await once(streams[2] ?? new PassThrough(), 'close');
  assert.equal(undecided.size, 0);
});
