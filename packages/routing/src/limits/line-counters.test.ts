import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallLimits, DialingPolicy } from '@dialplane/calling-api';
import fc from 'fast-check';
import { LineCounters, type EarlierLine } from './line-counters.ts';
import type { CountedLine } from './limit-scope.ts';

const noon = Date.parse('2026-11-26T12:00:00Z');
const none: DialingPolicy['limits'] = { resource: {}, perNumber: {}, perUser: {}, byPrefix: [] };

function counters(limits: Partial<DialingPolicy['limits']>, trunks: Readonly<Record<string, CallLimits>> = {}, earlier: readonly EarlierLine[] = []): LineCounters {
  return new LineCounters({ policy: () => ({ limits: { ...none, ...limits }, currency: 'EUR' }), ofTrunk: (name) => trunks[name] ?? {} }, earlier, noon);
}

function line(lineId: string, other: Partial<CountedLine> = {}): CountedLine {
  return { lineId, direction: 'outbound', number: '+4930123456', ownNumber: '+14255550101', identifier: '8:acs:r_u', trunk: 'a.example.com', ratePerMinute: 0.5, ...other };
}

test('lines at the same time are counted for the server, the trunk, the number, the user and the prefix', () => {
  const one = { concurrentCalls: 1 };
  const cases: ReadonlyArray<readonly [lines: LineCounters, free: Partial<CountedLine>, sentence: RegExp]> = [
    [counters({ resource: { concurrentCalls: 1 } }), {}, /This server may have 1 telephone calls at a time/],
    [counters({}, { 'a.example.com': one }), { trunk: 'b.example.com' }, /Trunk a.example.com/],
    [counters({ perNumber: one }), { ownNumber: '+14255550102' }, /Number \+14255550101/],
    [counters({ perUser: one }), { identifier: '8:acs:r_v' }, /User 8:acs:r_u/],
    [counters({ byPrefix: [{ prefix: '+49', limits: one }] }), { number: '+33123456789' }, /Calls to \+49… together/],
  ];
  for (const [lines, free, sentence] of cases) {
    assert.equal(lines.refusal(line('1'), noon), undefined);
    lines.begin(line('1'), noon);
    assert.match(lines.refusal(line('2'), noon) ?? '', sentence);
    if (Object.keys(free).length > 0) assert.equal(lines.refusal(line('2', free), noon), undefined);
    lines.end('1', noon + 1);
    assert.equal(lines.refusal(line('2'), noon + 1), undefined);
  }
});

test('a minute is any 60 seconds', () => {
  const lines = counters({ resource: { callsPerMinute: 2 } });
  for (const [id, at] of [['1', 0], ['2', 30_000]] as const) {
    lines.begin(line(id), noon + at);
    lines.end(id, noon + at);
  }
  assert.match(lines.refusal(line('3'), noon + 59_999) ?? '', /begin 2 telephone calls in a minute/);
  assert.equal(lines.refusal(line('3'), noon + 60_000), undefined);
});

test('minutes and cost of the day count what ended, what runs and what an earlier run had', () => {
  const earlier: EarlierLine = { direction: 'outbound', number: '+4930123456', trunk: 'a.example.com', minutes: 7, cost: 3.5 };
  const lines = counters({ resource: { minutesPerDay: 10, costPerDay: 100 }, byPrefix: [{ prefix: '+49', limits: { costPerDay: 4.5 } }] }, {}, [earlier]);
  lines.begin(line('1'), noon);
  lines.answered('1', noon + 10_000);
  assert.equal(lines.refusal(line('2'), noon + 10_000), undefined);
  assert.match(lines.refusal(line('2'), noon + 71_000) ?? '', /Calls to \+49… together may telephone for 4.5 EUR a day/);
  assert.deepEqual(lines.exhausted(noon + 71_000), [], 'it may finish what it was let in for');
  assert.match(lines.exhausted(noon + 131_000)[0]?.sentence ?? '', /4.5 EUR/);
  lines.end('1', noon + 131_000);
  assert.deepEqual(lines.use(noon + 131_000).find(({ scope }) => scope === 'resource'), {
    scope: 'resource', concurrentCalls: 0, callsInLastMinute: 0, minutesToday: 10, costToday: 5, limits: { minutesPerDay: 10, costPerDay: 100 },
  });
  assert.match(lines.refusal(line('2', { number: '+33123456789' }), noon + 131_000) ?? '', /10 minutes a day/);
  assert.equal(lines.refusal(line('2'), noon + 86_400_000), undefined, 'the next day');
});

test('a line that moves to another trunk is counted there', () => {
  const lines = counters({}, { 'a.example.com': { concurrentCalls: 1 } });
  lines.begin(line('1'), noon);
  lines.moveTo('1', 'b.example.com', noon);
  assert.deepEqual([lines.runningOn('a.example.com'), lines.runningOn('b.example.com')], [0, 1]);
  assert.equal(lines.refusal(line('2'), noon), undefined);
  lines.end('1', noon);
  assert.equal(lines.runningOn('b.example.com'), 0);
});

test('whatever happens to lines in whatever order, nothing stays counted once all have ended', () => {
  const steps = fc.array(fc.record({ what: fc.constantFrom('begin', 'moveTo', 'answered', 'end', 'tomorrow'), id: fc.constantFrom('1', '2', '3'), afterMs: fc.integer({ min: 0, max: 100_000 }) }), { maxLength: 60 });
  fc.assert(fc.property(steps, (taken) => {
    const lines = counters({ byPrefix: [{ prefix: '+49', limits: {} }] });
    let now = noon;
    for (const { what, id, afterMs } of taken) {
      now += what === 'tomorrow' ? 86_400_000 : afterMs;
      if (what === 'begin') lines.begin(line(id), now);
      if (what === 'moveTo') lines.moveTo(id, 'b.example.com', now);
      if (what === 'answered') lines.answered(id, now);
      if (what === 'end') lines.end(id, now);
      lines.exhausted(now);
    }
    for (const id of ['1', '2', '3']) lines.end(id, now);
    assert.equal(lines.size, 0);
    for (const use of lines.use(now)) assert.equal(use.concurrentCalls, 0);
  }));
});
