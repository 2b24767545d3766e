import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noon, testBooks, type OpenedBooks } from '../test-store.ts';

const line = { direction: 'outbound', trunk: 'a.example.com', number: '+4930123456', ownNumber: '+14255550101', identifier: '8:acs:r1_alice', callId: 'd2719f13-6d5a-4bd5-9f0c-0d9a4c0a3a11', ratePerMinute: 0.02 } as const;
const page = { limit: 100, cursor: undefined };

async function rows({ books }: OpenedBooks) {
  return (await books.desk.usage({}, page))?.value.map(({ lineId, step, kind, reason, trunk, answeredMs, minutes }) => [lineId, step, kind, reason, trunk, answeredMs, minutes]);
}

test('each step of a line is a row; minutes are charged as they are started', async (t) => {
  const opened = await testBooks(t)();
  const { books, clock } = opened;
  books.meter.begin({ ...line, lineId: '1' });
  books.meter.moveTo('1', 'b.example.com');
  clock.at = noon + 5000;
  books.meter.answered('1');
  clock.at = noon + 65_000;
  books.meter.tick();
  clock.at = noon + 65_500;
  books.meter.end('1', 'hungUp');
  books.meter.end('1', 'hungUp');
  books.meter.begin({ ...line, lineId: '2' });
  books.meter.end('2', '486');
  await books.settled();
  assert.deepEqual(await rows(opened), [
    ['1', 0, 'started', undefined, 'a.example.com', 0, 0], ['1', 1, 'answered', undefined, 'b.example.com', 0, 0], ['1', 2, 'continued', undefined, 'b.example.com', 60_000, 0],
    ['1', 3, 'ended', 'hungUp', 'b.example.com', 500, 2], ['2', 0, 'started', undefined, 'a.example.com', 0, 0], ['2', 1, 'ended', '486', 'a.example.com', 0, 0],
  ]);
  const records = await books.desk.usageRecords({}, page);
  assert.deepEqual(records?.value[0], {
    usageType: 'PSTN', unitType: 'minutes', quantity: 2, recordId: '1', resourceId: 'r1', direction: 'outbound', correlationId: line.callId, callId: line.callId, identifier: line.identifier,
    trunk: 'b.example.com', number: line.number, ownNumber: line.ownNumber, reason: 'hungUp', startTime: '2026-11-26T12:00:00.000Z', answerTime: '2026-11-26T12:00:05.000Z',
    endTime: '2026-11-26T12:01:05.500Z', isFinal: true, answeredMs: 60_500, ratePerMinute: 0.02, cost: 0.04, currency: 'USD',
  });
  assert.deepEqual([records?.value[1]?.quantity, records?.value[1]?.reason], [0, '486']);
  const sums = await books.desk.usageSums({}, 'user');
  assert.deepEqual(sums.value, [{ identifier: line.identifier, resourceId: 'r1', direction: 'outbound', lines: 2, answeredLines: 1, minutes: 2, answeredMs: 60_500, cost: 0.04, currency: 'USD' }]);
  for (const grouping of ['day', 'call', 'trunk', 'number', 'resource'] as const) {
    const sum = (await books.desk.usageSums({}, grouping)).value.reduce((total, { minutes }) => total + minutes, 0);
    assert.equal(sum, 2, grouping);
  }
});

test('lists go on where they stopped, and narrow to what is asked', async (t) => {
  const { books, clock } = await testBooks(t)();
  for (const lineId of ['1', '2', '3']) {
    clock.at += 1000;
    books.meter.begin({ ...line, lineId, trunk: `${lineId}.example.com` });
    books.meter.end(lineId, '486');
  }
  await books.settled();
  const first = await books.desk.usageRecords({}, { limit: 2, cursor: undefined });
  const second = await books.desk.usageRecords({}, { limit: 2, cursor: first?.nextCursor });
  assert.deepEqual([...(first?.value ?? []), ...(second?.value ?? [])].map(({ recordId }) => recordId), ['1', '2', '3']);
  assert.equal(second?.nextCursor, undefined);
  const some = await books.desk.usage({}, { limit: 4, cursor: undefined });
  assert.equal((await books.desk.usage({}, { limit: 4, cursor: some?.nextCursor }))?.value.length, 2);
  assert.equal(await books.desk.usage({}, { limit: 4, cursor: 'what' }), undefined);
  assert.deepEqual((await books.desk.usageRecords({ trunk: '2.example.com', from: noon, to: clock.at }, page))?.value.map(({ recordId }) => recordId), ['2']);
});

test('the lines of a call, and of a user, are found by their first rows; the numbers of a user are forgotten alone', async (t) => {
  const { books } = await testBooks(t)();
  books.meter.begin({ ...line, lineId: '1' });
  books.meter.answered('1');
  books.meter.begin({ ...line, lineId: '2', callId: 'another', identifier: '8:acs:r1_bob' });
  books.meter.end('2', '486');
  await books.settled();
  const of = async (filter: Parameters<typeof books.desk.usage>[0]) => (await books.desk.usage(filter, page))?.value.map(({ lineId, step, number }) => [lineId, step, number]);
  assert.deepEqual(await of({ callId: line.callId }), [['1', 0, line.number], ['1', 1, line.number]]);
  assert.deepEqual((await books.desk.usageRecords({ identifier: '8:acs:r1_bob' }, page))?.value.map(({ recordId }) => recordId), ['2']);
  await books.forgetUser('8:acs:r1_bob');
  assert.deepEqual(await of({ identifier: '8:acs:r1_bob' }), [['2', 0, undefined], ['2', 1, undefined]]);
  assert.deepEqual(await of({ callId: line.callId }), [['1', 0, line.number], ['1', 1, line.number]]);
});

test('lines that a killed run left open are ended and charged by the next, and count for its limits', async (t) => {
  const open = testBooks(t);
  const { books, clock } = await open();
  books.meter.begin({ ...line, lineId: '1' });
  books.meter.answered('1');
  books.meter.begin({ ...line, lineId: '2' });
  clock.at = noon + 60_000;
  books.meter.tick();
  await books.settled();
  clock.at = noon + 90_000;
  const next = await open('abandoned');
  assert.deepEqual((await rows(next))?.filter(([, , kind]) => kind === 'ended'), [['2', 1, 'ended', 'crashed', 'a.example.com', 0, 0], ['1', 3, 'ended', 'crashed', 'a.example.com', 0, 1]]);
  assert.ok(next.logLines.some((text) => text.includes('left open')));
  const user = next.books.meter.use().find(({ scope }) => scope === 'user');
  assert.deepEqual([user?.minutesToday, user?.costToday, user?.concurrentCalls], [1, 0.02, 0]);
  assert.equal((await rows(await open()))?.filter(([, , kind]) => kind === 'ended').length, 2, 'once');
});

test('what a killed run had yet to write of a line is taken from the record of its call', async (t) => {
  const asked: unknown[] = [];
  const open = testBooks(t, {
    recordedLine: async (callId, lineId) => {
      asked.push([callId, lineId]);
      return lineId === '3' ? undefined : { answeredMs: 61_000, endedAt: noon + 90_000 };
    },
  });
  const { books, clock } = await open();
  books.meter.begin({ ...line, lineId: '1' });
  await books.settled();
  books.meter.answered('1');
  const { callId: _none, ...incoming } = line;
  books.meter.begin({ ...incoming, direction: 'inbound', lineId: '2', recordId: '2/+4930' });
  books.meter.begin({ ...line, lineId: '3' });
  books.meter.answered('2');
  clock.at = noon + 60_000;
  books.meter.tick();
  await books.settled();
  const next = await open('abandoned');
  assert.deepEqual(asked, [[line.callId, '1'], ['2', '2'], [line.callId, '3']]);
  const told = (await next.books.desk.usageRecords({}, { limit: 10, cursor: undefined }))?.value.map(({ recordId, reason, answeredMs, quantity }) => [recordId, reason, answeredMs, quantity]);
  assert.deepEqual(told, [['1', 'recovered', 61_000, 2], ['2/+4930', 'recovered', 61_000, 2], ['3', 'crashed', 0, 0]]);
});

test('a line that is past a limit of the day is told of, and another is not let in', async (t) => {
  const { books, clock } = await testBooks(t)();
  const { policy } = books.policy;
  await books.desk.replacePolicy({ ...policy, limits: { ...policy.limits, perUser: { minutesPerDay: 1 } } });
  const told: string[] = [];
  books.meter.onExhausted((lineId, sentence) => told.push(`${lineId}: ${sentence}`));
  assert.equal(books.meter.refusal(line), undefined);
  books.meter.begin({ ...line, lineId: '1' });
  books.meter.answered('1');
  clock.at = noon + 60_000;
  books.meter.tick();
  assert.deepEqual(told, []);
  assert.match(books.meter.refusal(line) ?? '', /1 minutes a day/);
  clock.at = noon + 60_001;
  books.meter.tick();
  assert.deepEqual(told, ['1: User 8:acs:r1_alice may telephone 1 minutes a day, and has used them up.']);
});

test('numbers are forgotten with the call records, minutes later', async (t) => {
  const { books, clock } = await testBooks(t)();
  books.meter.begin({ ...line, lineId: '1' });
  books.meter.end('1', '486');
  await books.settled();
  clock.at = noon + 31 * 86_400_000;
  await books.sweep();
  assert.deepEqual((await books.desk.usage({}, page))?.value.map(({ number }) => number), [undefined, undefined]);
  clock.at = noon + 401 * 86_400_000;
  await books.sweep();
  assert.deepEqual((await books.desk.usage({}, page))?.value, []);
});
