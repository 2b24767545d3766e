import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowDetail } from '@dialplane/calling-api';
import { eventLabel } from './event-text.ts';
import { categoryOf, flowCategories, type FlowCategory } from './flow-category.ts';
import { namedLanes, namingOf } from './flow-lanes.ts';
import { fitText, layoutLadder, timeColumn, type LadderView } from './ladder-layout.ts';
import { callee, caller, directCall, flowOf } from './test-flow.ts';

const view: LadderView = { hidden: new Set(), width: 1000, rowHeight: 30 };

test('lanes stand caller, servers, callee; a server on which nothing happened is left out', () => {
  assert.deepEqual(namedLanes(directCall).map(({ title, subtitle }) => `${title} (${subtitle})`), ['Ada (caller)', 'Controller (server)', 'Bob (callee)']);
});

test('lanes that only events name are added, and a second device of a person is told apart', () => {
  const flow = flowOf([[1, 'mediaProcessor', 'someone', { kind: 'event', type: 'x' }]]);
  const second = { ...flow, lanes: [...flow.lanes, { id: 'p3', role: 'callee' as const, identifier: '8:acs:r_bob', displayName: 'Bob' }] };
  assert.deepEqual(namedLanes(second).map(({ title, subtitle }) => `${title} (${subtitle})`), [
    'Ada (caller)', 'Media processor (server)', 'Bob (callee)', 'Bob (callee, device 2)', 'someone (participant)',
  ]);
});

test('rows descend in order, inside the picture, and every row lies on a lane', () => {
  const layout = layoutLadder(directCall, view);
  const places = new Set(layout.lanes.map(({ x }) => x));
  layout.rows.forEach((row, index) => {
    assert.ok(row.y > (layout.rows[index - 1]?.y ?? 0) && row.y < layout.height);
    assert.ok(places.has(row.fromX) && (row.toX === undefined || places.has(row.toX)));
  });
  assert.deepEqual(layout.rows.filter(({ gapMs }) => gapMs !== undefined).map(({ gapMs }) => gapMs), [2940, 21_898]);
});

test('candidates gathered in a row are one row, and nothing is lost', () => {
  const { rows } = layoutLadder(directCall, view);
  assert.equal(rows.flatMap(({ events }) => events).length, directCall.events.length);
  assert.deepEqual(rows.filter(({ events }) => events.length > 1).map(({ label }) => label), ['3 candidates gathered: host ×2, srflx']);
});

test('media that arrives is an arrow from the other device', () => {
  const { rows, lanes } = layoutLadder(directCall, view);
  const x = (id: string): number | undefined => lanes.find((lane) => lane.id === id)?.x;
  const first = rows.find(({ category }) => category === 'media');
  assert.deepEqual([first?.fromX, first?.toX], [x(callee), x(caller)]);
});

test('a lane is marked while its call is connected', () => {
  const { spans, rows } = layoutLadder(directCall, view);
  assert.deepEqual(spans.map(({ laneId }) => laneId), [caller]);
  const yOf = (sequence: number): number | undefined => rows.find(({ key }) => key === sequence)?.y;
  assert.deepEqual([spans[0]?.fromY, spans[0]?.toY], [yOf(5), yOf(15)]);
});

test('filters and the window choose what is shown', () => {
  const hidden = new Set<FlowCategory>(flowCategories.filter((category) => category !== 'request'));
  assert.deepEqual(layoutLadder(directCall, { ...view, hidden }).rows.map(({ key }) => key), [1, 4, 14]);
  assert.deepEqual(layoutLadder(directCall, { ...view, windowMs: { from: 5, to: 60 } }).rows.map(({ key }) => key), [2, 3]);
  assert.deepEqual(layoutLadder(flowOf([]), view).rows, []);
});

test('a narrow place makes the ladder scroll instead of unreadable', () => {
  const layout = layoutLadder(directCall, { ...view, width: 300 });
  assert.ok(layout.width > 300);
  assert.ok((layout.lanes[1]?.x ?? 0) - (layout.lanes[0]?.x ?? 0) >= 98);
  assert.ok((layout.lanes[0]?.x ?? 0) > timeColumn);
  assert.equal(fitText('acceptCall 200 · 10 ms', 70), 'acceptCall…');
  assert.equal(fitText('short', 70), 'short');
});

test('refusals and failures are marked', () => {
  const failed = flowOf([
    [1, caller, 'controller', { kind: 'request', operation: 'startCall', method: 'POST', path: '/v1/calls', status: 404, durationMs: 1, errorCode: 'TARGET_INVALID' }],
    [2, 'controller', undefined, { kind: 'ended', endReason: { code: 404, subCode: 10044, message: 'There is no such user.', category: 'ExpectedError', endedBy: 'platform' } }],
  ]);
  assert.deepEqual(layoutLadder(failed, view).rows.map(({ isFailure, label }) => [isFailure, label]), [[true, 'startCall TARGET_INVALID · 1 ms'], [true, 'ended 404/10044']]);
});

test('a SIP message says its start line, and of a response what it answers; a refusal is a failure, a challenge is none', () => {
  const sip = (summary: string, method: string): FlowDetail => ({ kind: 'sip', messageId: summary, direction: 'in', summary, method, cseq: 1, sipCallId: 'a', transport: 'udp', local: '192.0.2.1:5060', remote: '192.0.2.2:5060', bytes: 400 });
  const flow = flowOf([
    [1, 'telephony', 'controller', sip('INVITE sip:+12025550103@192.0.2.2 SIP/2.0', 'INVITE')],
    [2, 'controller', 'telephony', sip('SIP/2.0 407 Proxy Authentication Required', 'INVITE')],
    [3, 'controller', 'telephony', sip('SIP/2.0 486 Busy Here', 'INVITE')],
  ]);
  assert.deepEqual(layoutLadder(flow, view).rows.map(({ label, isFailure }) => [label, isFailure]), [
    ['INVITE sip:+12025550103@192.0.2.2', false], ['407 Proxy Authentication Required (INVITE)', false], ['486 Busy Here (INVITE)', true],
  ]);
});

test('texts of the record are read with names', () => {
  const named = namingOf(directCall);
  assert.equal(named('8:acs:r_bob left, for 4:+12025550107 and 8:acs:r_0b6f3f5e-6c68-4c0e'), 'Bob left, for +12025550107 and user 0b6f3f5e…');
});

test('an entry of a kind that this console does not know yet is still drawn', () => {
  const detail = { kind: 'somethingNew' } as unknown as FlowDetail;
  assert.equal(categoryOf(detail.kind), 'event');
  assert.equal(eventLabel(detail, String), 'somethingNew');
});
