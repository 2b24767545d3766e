import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MediaStatsReportSample } from '../public/media-stats.ts';
import { StatsSummarizer } from './stats-summary.ts';

const nothing = { send: [], receive: [] };
const sample = (send: MediaStatsReportSample['audio']['send']): MediaStatsReportSample => ({ audio: { send, receive: [] }, video: nothing, screenShare: nothing, transports: [] });

test('numbers become data points and raw values, everything else stays', () => {
  const summarizer = new StatsSummarizer(2, 2);
  const values = [10, 30, 5, 7];
  const summaries = values.map((packets, second) => summarizer.add(sample([{ id: 'a', codecName: 'OPUS', packets }]), second * 1000));
  assert.deepEqual(summaries.slice(0, 3), [undefined, undefined, undefined]);
  assert.deepEqual(summaries[3]?.audio.send, [
    {
      id: 'a',
      codecName: 'OPUS',
      packets: { aggregation: { count: [2, 2], sum: [40, 12], min: [10, 5], max: [30, 7] }, raw: values, timestamp: new Date(3000) },
    },
  ]);
});

test('streams are followed by their id, and one that ended is in the summary still', () => {
  const summarizer = new StatsSummarizer(1, 2);
  summarizer.add(sample([{ id: 'a', packets: 1 }, { id: 'b', packets: 2 }]), 0);
  const summary = summarizer.add(sample([{ id: 'b', packets: 3 }]), 1000);
  assert.deepEqual(summary?.audio.send.map(({ id, packets }) => [id, packets?.raw]), [['b', [2, 3]], ['a', [1]]]);
});

test('a summary starts from nothing', () => {
  const summarizer = new StatsSummarizer(1, 1);
  summarizer.add(sample([{ id: 'a', packets: 1 }]), 0);
  assert.deepEqual(summarizer.add(sample([{ id: 'a', packets: 9 }]), 0)?.audio.send[0]?.packets?.raw, [9]);
});
