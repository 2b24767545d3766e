import type { CallFlow, FlowCandidate, FlowDetail, FlowEvent } from '@dialplane/calling-api';

export const caller = '0b6f3f5e-6c68-4c0e-9f43-0d7f5ad51a01';
export const callee = '0b6f3f5e-6c68-4c0e-9f43-0d7f5ad51a02';
const startMs = Date.parse('2026-11-22T10:00:00.000Z');

export const host: FlowCandidate = { candidateType: 'host', protocol: 'udp', address: '10.10.0.2', port: 50_001 };
export const hostOfCallee: FlowCandidate = { candidateType: 'host', protocol: 'udp', address: '10.10.0.3', port: 50_002 };
export const mapped: FlowCandidate = { candidateType: 'srflx', protocol: 'udp', address: '203.0.113.7', port: 41_000 };
export const relayed: FlowCandidate = { candidateType: 'relay', protocol: 'udp', relayProtocol: 'tls', address: '198.51.100.9', port: 53_250 };

/** Lines of a record: offset in ms, lane, lane or undefined, detail. */
export type Line = readonly [offsetMs: number, from: string, to: string | undefined, detail: FlowDetail];

/** A record of these lines between Ada, the controller and Bob. */
export function flowOf(lines: readonly Line[], endedMs?: number): CallFlow {
  const events = lines.map(([offsetMs, from, to, detail], index): FlowEvent => ({
    sequence: index + 1, time: timeAt(offsetMs), source: from === 'controller' ? 'controller' : 'client', from, detail, ...(to === undefined ? {} : { to }),
  }));
  return {
    callId: 'f0b1f6f0-58a5-4b6e-8a0c-6f3d5a1c2b01', startedAt: timeAt(0), ...(endedMs === undefined ? {} : { endedAt: timeAt(endedMs) }),
    lanes: [
      { id: 'controller', role: 'server' },
      { id: callee, role: 'callee', identifier: '8:acs:r_bob', displayName: 'Bob' },
      { id: caller, role: 'caller', identifier: '8:acs:r_ada', displayName: 'Ada' },
      { id: 'relay', role: 'server' },
    ],
    events, conclusion: 'Ada called Bob; they talked for 20 seconds.', isTruncated: false,
  };
}

const request = (operation: string, durationMs: number, status = 200): FlowDetail => ({ kind: 'request', operation, method: 'POST', path: '/v1/calls', status, durationMs });

/** A call that was answered after 3 s and ended after 25 s, media straight between host candidates. */
export const directCall: CallFlow = flowOf([
  [4, caller, 'controller', request('startCall', 4, 201)],
  [5, 'controller', callee, { kind: 'event', type: 'incomingCall' }],
  [60, callee, undefined, { kind: 'callState', state: 'Ringing' }],
  [3010, callee, 'controller', request('acceptCall', 10)],
  [3011, 'controller', caller, { kind: 'callState', state: 'Connected' }],
  [3020, caller, undefined, { kind: 'candidateGathered', candidate: host }],
  [3021, caller, undefined, { kind: 'candidateGathered', candidate: host }],
  [3022, caller, undefined, { kind: 'candidateGathered', candidate: mapped }],
  [3030, caller, undefined, { kind: 'candidatePair', outcome: 'failed', local: mapped, remote: hostOfCallee }],
  [3040, caller, undefined, { kind: 'candidatePair', outcome: 'succeeded', local: host, remote: hostOfCallee, rttMs: 1.5 }],
  [3041, caller, undefined, { kind: 'candidatePair', outcome: 'selected', local: host, remote: hostOfCallee }],
  [3090, caller, undefined, { kind: 'firstMedia', direction: 'receive', mediaStreamType: 'Audio', codec: 'opus' }],
  [3100, callee, undefined, { kind: 'firstMedia', direction: 'receive', mediaStreamType: 'Audio', codec: 'opus' }],
  [25_000, caller, 'controller', request('hangUp', 2, 204)],
  [25_001, 'controller', caller, { kind: 'ended', identifier: '8:acs:r_ada', endReason: { code: 0, subCode: 0, message: 'The call was ended by one of the people in it.', category: 'Success', endedBy: '8:acs:r_ada' } }],
  [25_002, caller, undefined, { kind: 'lastMedia', direction: 'receive', mediaStreamType: 'Audio', packets: 1095, bytes: 131_400, packetsLost: 2 }],
], 25_001);

function timeAt(offsetMs: number): string {
  return new Date(startMs + offsetMs).toISOString();
}
