import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WantedStream } from '@dialplane/calling-api';
import { TestClock } from '../../test-clock.ts';
import { WantedReporter } from './wanted-reporter.ts';

const wanted = (mid: string): WantedStream[] => [{ mid, identifier: 'a', mediaStreamType: 'Video' }];

function reporter(deliver: () => Promise<void> = async () => {}) {
  const clock = new TestClock();
  const sent: string[] = [];
  let list: WantedStream[] = [];
  const report = new WantedReporter(clock, () => list, async (streams) => {
    sent.push(streams.map(({ mid }) => mid).join(' '));
    await deliver();
  });
  const change = (streams: WantedStream[]) => {
    list = streams;
    report.changed();
  };
  return { clock, sent, change, report };
}

test('the newest list is told, ten times a second at most, and only when it is another one', async () => {
  const { clock, sent, change } = reporter();
  change([]);
  await clock.advance(0);
  assert.deepEqual(sent, []);
  change(wanted('1'));
  await clock.advance(0);
  change(wanted('2'));
  change(wanted('3'));
  assert.deepEqual(sent, ['1']);
  await clock.advance(100);
  assert.deepEqual(sent, ['1', '3']);
  change(wanted('3'));
  await clock.advance(100);
  assert.deepEqual(sent, ['1', '3']);
});

test('a list that was not delivered is told again with the next change', async () => {
  const { clock, sent, change, report } = reporter(() => Promise.reject(new Error('no network')));
  change(wanted('1'));
  await clock.advance(0);
  report.changed();
  await clock.advance(100);
  assert.deepEqual(sent, ['1', '1']);
});
