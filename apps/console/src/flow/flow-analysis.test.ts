import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowDetail } from '@dialplane/calling-api';
import { candidatePairs, inOrder, mediaStreams, milestones, offsetOf, selectedPair } from './flow-analysis.ts';
import { candidateText, pathOf, transportOf, wayText } from './media-path.ts';
import { caller, callee, directCall, flowOf, host, hostOfCallee, mapped, relayed } from './test-flow.ts';

test('a pair is one row with its last word, and stays selected when it is reported again', () => {
  const pairs = candidatePairs(directCall);
  assert.deepEqual(pairs.map(({ outcome, path, rttMs, firstMs }) => ({ outcome, path, rttMs, firstMs })), [
    { outcome: 'failed', path: 'nat', rttMs: undefined, firstMs: 3030 },
    { outcome: 'selected', path: 'direct', rttMs: 1.5, firstMs: 3040 },
  ]);
  assert.equal(selectedPair(pairs, caller)?.local, host);
  assert.equal(selectedPair(pairs, callee), undefined);
});

test('a lane has one selected pair', () => {
  const flow = flowOf([
    [10, caller, undefined, { kind: 'candidatePair', outcome: 'selected', local: host, remote: hostOfCallee }],
    [15, callee, undefined, { kind: 'candidatePair', outcome: 'selected', local: hostOfCallee, remote: host }],
    [20, caller, undefined, { kind: 'candidatePair', outcome: 'selected', local: mapped, remote: hostOfCallee }],
  ]);
  assert.deepEqual(candidatePairs(flow).map(({ laneId, outcome }) => [laneId, outcome]), [[caller, 'succeeded'], [callee, 'selected'], [caller, 'selected']]);
});

test('the pair selected last is the path', () => {
  const flow = flowOf([
    [10, caller, undefined, { kind: 'candidatePair', outcome: 'selected', local: host, remote: hostOfCallee }],
    [20, caller, undefined, { kind: 'candidatePair', outcome: 'failed', local: host, remote: hostOfCallee }],
    [30, caller, undefined, { kind: 'candidatePair', outcome: 'selected', local: relayed, remote: hostOfCallee }],
  ]);
  assert.deepEqual(milestones(flow), { way: { path: 'relayed', transport: 'TLS', isServed: false } });
  assert.deepEqual(candidatePairs(flow).map(({ outcome }) => outcome), ['failed', 'selected']);
});

test('media is folded per lane, direction and kind', () => {
  assert.deepEqual(mediaStreams(directCall), [
    { laneId: caller, direction: 'receive', mediaStreamType: 'Audio', firstMs: 3090, codec: 'opus', lastMs: 25_002, packets: 1095, bytes: 131_400, packetsLost: 2 },
    { laneId: callee, direction: 'receive', mediaStreamType: 'Audio', firstMs: 3100, codec: 'opus' },
  ]);
});

test('milestones count from the moment somebody pressed, and are absent where nothing happened', () => {
  assert.deepEqual(milestones(directCall), { ringingMs: 60, answeredMs: 3000, answerToMediaMs: 90, totalMs: 25_001, way: { path: 'direct', transport: 'UDP', isServed: false } });
  assert.deepEqual(milestones(flowOf([])), {});
  assert.deepEqual(candidatePairs(flowOf([])), []);
});

test('a call that people join counts from there, and its media is served', () => {
  const join: FlowDetail = { kind: 'request', operation: 'joinCall', method: 'POST', path: '/v1/calls', status: 200, durationMs: 5 };
  const flow = flowOf([
    [5, caller, 'controller', join],
    [10, 'mediaProcessor', 'controller', { kind: 'decision', what: 'conference opened', why: 'served by media-1' }],
    [40, caller, undefined, { kind: 'candidatePair', outcome: 'selected', local: relayed, remote: host }],
    [60, caller, undefined, { kind: 'firstMedia', direction: 'receive', mediaStreamType: 'Audio' }],
    [905, callee, 'controller', join],
  ], 2000);
  const way = { path: 'relayed', transport: 'TLS', isServed: true } as const;
  assert.deepEqual(milestones(flow), { totalMs: 2000, way, joined: { people: 2, mediaMs: 60 } });
  assert.equal(wayText(way), 'Relay, media processor · TLS');
});

test('a telephone answers by its state, as it asks nothing of the server', () => {
  const flow = flowOf([[900, callee, 'controller', { kind: 'callState', state: 'Connected' }], [901, 'controller', caller, { kind: 'callState', state: 'Connected' }]]);
  assert.deepEqual(milestones(flow), { answeredMs: 900 });
});

test('a path is direct, through NATs or relayed', () => {
  assert.equal(pathOf(host, hostOfCallee), 'direct');
  assert.equal(pathOf(host, mapped), 'nat');
  assert.equal(pathOf(mapped, relayed), 'relayed');
  const reflexive = { candidateType: 'prflx', protocol: 'udp' } as const;
  assert.equal(pathOf(host, { ...reflexive, address: '192.168.1.20' }), 'direct');
  assert.equal(pathOf(host, { ...reflexive, address: 'fd00::7' }), 'direct');
  assert.equal(pathOf(host, { ...reflexive, address: '203.0.113.20' }), 'nat');
  assert.equal(pathOf(host, { ...reflexive, address: '172.32.0.1' }), 'nat');
});

test('a candidate reads in one line, and a relayed one by the way to its relay', () => {
  assert.equal(candidateText(host), 'host udp 10.10.0.2:50001');
  assert.equal(candidateText(relayed), 'relay tls 198.51.100.9:53250');
  assert.equal(candidateText({ candidateType: 'host', protocol: 'udp', address: '2001:db8::1', port: 9 }), 'host udp [2001:db8::1]:9');
  assert.equal(candidateText({ candidateType: 'host', protocol: 'udp', address: '[2001:db8::1]', port: 9 }), 'host udp [2001:db8::1]:9');
  assert.equal(candidateText({ candidateType: 'host', protocol: 'udp' }), 'host udp hidden address');
  assert.equal(transportOf(relayed), 'TLS');
  assert.equal(transportOf(host), 'UDP');
});

test('a request counts from its arrival, and what it brought about stands after it', () => {
  const flow = flowOf([
    [2, 'controller', callee, { kind: 'event', type: 'incomingCall' }],
    [10, caller, 'controller', { kind: 'request', operation: 'startCall', method: 'POST', path: '/v1/calls', status: 201, durationMs: 8 }],
  ]);
  assert.deepEqual(inOrder(flow).map((event) => [event.detail.kind, offsetOf(flow, event)]), [['request', 2], ['event', 2]]);
});

test('a hidden address that was signaled a moment later is no second pair', () => {
  const hidden = { candidateType: 'prflx', protocol: 'udp', port: 50_002 } as const;
  const flow = flowOf([
    [10, caller, undefined, { kind: 'candidatePair', outcome: 'selected', local: host, remote: hidden }],
    [20, caller, undefined, { kind: 'candidatePair', outcome: 'selected', local: host, remote: hostOfCallee }],
    [30, callee, undefined, { kind: 'candidatePair', outcome: 'selected', local: hostOfCallee, remote: hidden }],
  ]);
  assert.deepEqual(candidatePairs(flow).map(({ laneId, remote }) => [laneId, remote]), [[caller, hostOfCallee], [callee, hidden]]);
});
